//! Files that several projects of a repository include: each of the projects judges them, and what all say is said once.

use crate::common::site::{Site, keyed};

const PROMO: &str = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
const SHARED: &str = "project {\n    timezone \"Europe/Moscow\"\n    campaigns \"../campaigns/**/*.kdl\"\n}\n";

/// Two projects that include `campaigns/spring.kdl`, and a third that does not.
fn site(campaign: &str, of_a: &str, of_b: &str) -> Site {
    Site::new(&[
        ("a/dialform.kdl", &format!("{SHARED}{of_a}")),
        ("b/dialform.kdl", &format!("{SHARED}{of_b}")),
        ("c/dialform.kdl", "project { timezone \"Europe/Moscow\" }\n"),
        ("c/campaigns/own.kdl", &keyed("own")),
        ("campaigns/spring.kdl", campaign),
    ])
}

fn with_alias() -> String {
    keyed("spring").replace("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "\"promo\"")
}

fn concise(site: &Site, arguments: &[&str]) -> Vec<String> {
    let ran = site.run(&[&["lint", "--output-format", "concise"], arguments].concat());
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_shared_file_is_judged_by_the_projects_that_include_it_however_it_is_named() {
    let site = site(&with_alias(), PROMO, PROMO);
    for arguments in [
        &[][..],
        &["."],
        &["campaigns"],
        &["campaigns/spring.kdl"],
        &["a", "campaigns/spring.kdl"],
        &["a"],
    ] {
        assert_eq!(concise(&site, arguments), [""; 0], "{arguments:?}");
    }
}

#[test]
fn an_alias_that_one_of_the_projects_lacks_is_unknown() {
    let site = site(&with_alias(), PROMO, "");
    for arguments in [&[][..], &["campaigns"], &["campaigns/spring.kdl"], &["b"]] {
        let found = concise(&site, arguments);
        assert!(
            found[0].starts_with("campaigns/spring.kdl:3:14: error[DF301]"),
            "{arguments:?}: {found:?}"
        );
        assert_eq!(found.len(), 1, "{arguments:?}: {found:?}");
    }
}

#[test]
fn what_every_project_finds_is_said_and_counted_once() {
    let site = site(&keyed("spring").replace("3/s", "0/s"), PROMO, PROMO);
    for arguments in [&[][..], &["campaigns"], &["campaigns/spring.kdl"]] {
        let shown = concise(&site, arguments)
            .into_iter()
            .filter(|line| line.contains("DF114"));
        assert_eq!(shown.count(), 1, "{arguments:?}");
    }
    let ran = site.run(&["lint", "campaigns/spring.kdl"]);
    assert!(ran.stderr.contains("1 error in 1 file"), "{}", ran.stderr);
}

#[test]
fn a_named_file_shows_nothing_of_the_other_files_of_its_projects() {
    let site = site(&with_alias(), PROMO, PROMO);
    site.write(
        "a/dialform.kdl",
        format!("{SHARED}{PROMO}template \"unused\" {{ pace \"0/s\" }}\n"),
    );
    assert_eq!(concise(&site, &["campaigns/spring.kdl"]), [""; 0]);
    assert!(!concise(&site, &[]).is_empty());
}

#[test]
fn a_file_that_no_project_includes_is_judged_alone() {
    let site = site(&with_alias(), PROMO, PROMO);
    site.write("drafts/loose.kdl", with_alias());
    let found = concise(&site, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("drafts/loose.kdl:3:14: error[DF301]"), "{found:?}");
}

#[test]
fn a_shared_file_is_fixed_once() {
    let site = site(&keyed("spring").replace("pace \"3/s\"", "pace 3/s"), PROMO, PROMO);
    let ran = site.run(&["lint", "--fix", "campaigns/spring.kdl"]);
    assert!(ran.stderr.contains("1 fixed"), "{}", ran.stderr);
    assert_eq!(site.read("campaigns/spring.kdl"), keyed("spring"));
}
