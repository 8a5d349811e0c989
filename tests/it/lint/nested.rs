//! A repository inside another one, as a submodule is: lint says the same in it and around it.

use std::fs;

use crate::common::site::{CLEAN, Site, keyed};

/// `shop` has a project whose patterns reach into the submodule `shop/calls`, which has none, and not into `shop/vendor`. The
/// alias that the submodule's campaign names stands in `shop`.
fn site() -> Site {
    let text = CLEAN.replace(
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario \"promo\"",
    );
    let aliases = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
    let site = Site::new(&[
        ("shop/.git/HEAD", ""),
        (
            "shop/dialform.kdl",
            "project {\n    campaigns \"campaigns/*.kdl\" \n    campaigns \"calls/**/*.kdl\"\n}\n",
        ),
        ("shop/campaigns/shared.kdl", aliases),
        ("shop/calls/.git", "gitdir: ../.git/modules/calls\n"),
        ("shop/calls/spring/a.kdl", &text),
        ("shop/vendor/.git/HEAD", ""),
        ("shop/vendor/b.kdl", &keyed("b")),
    ]);
    fs::create_dir_all(site.path("shop/.git")).unwrap();
    site
}

#[test]
fn a_file_of_a_submodule_is_judged_alike_alone_and_in_the_whole() {
    let site = site();
    for (folder, paths, files) in [
        ("shop", &[][..], "4 files"),
        ("shop", &["calls/spring/a.kdl"], "1 file"),
        ("shop/calls", &[], "1 file"),
        ("shop/calls", &["spring/a.kdl"], "1 file"),
        ("shop/calls/spring", &["a.kdl"], "1 file"),
        ("", &["shop/calls/spring/a.kdl"], "1 file"),
    ] {
        let arguments: Vec<&str> = paths.iter().copied().chain(["--output-format", "human"]).collect();
        let ran = site.lint_in(folder, &arguments);
        assert_eq!(ran.code, Some(0), "{folder} {paths:?}: {ran:?}");
        let told = format!("no findings in {files}");
        let is_whole = folder == "shop" && paths.is_empty();
        assert!(is_whole || ran.stderr.contains(&told), "{folder} {paths:?}: {ran:?}");
    }
    let bad = site.read("shop/calls/spring/a.kdl").replace("\"promo\"", "\"prono\"");
    site.write("shop/calls/spring/a.kdl", bad);
    for (folder, paths, at) in [
        ("shop", &[][..], "calls/spring/a.kdl:3"),
        ("shop/calls", &[], "spring/a.kdl:3"),
        ("shop/calls/spring", &["a.kdl"], "a.kdl:3"),
    ] {
        let ran = site.lint_in(folder, paths);
        assert!(ran.stdout.starts_with(at), "{ran:?}");
        assert_eq!(ran.stdout.lines().count(), 1, "{ran:?}");
        assert!(ran.stdout.contains("error[DF301]"), "{ran:?}");
    }
}

#[test]
fn what_the_outer_project_does_not_match_is_alone_in_both() {
    let site = site();
    site.write("shop/vendor/b.kdl", keyed("b").replace("\"3/s\"", "\"0/s\""));
    let whole = site.lint_in("shop", &[]);
    assert_eq!((whole.code, whole.stdout.as_str()), (Some(0), ""), "{whole:?}");
    let alone = site.lint_in("shop/vendor", &[]);
    assert!(alone.stdout.contains("error[DF114]"), "{alone:?}");
}

#[test]
fn a_repository_that_is_in_no_other_has_nothing_above_it() {
    let text = CLEAN.replace(
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario \"promo\"",
    );
    let aliases = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
    let site = Site::new(&[
        // Anybody may put a file there.
        ("dialform.kdl", "project {\n    campaigns \"**/*.kdl\"\n}\n"),
        ("shared.kdl", aliases),
        ("own/.git/HEAD", ""),
        ("own/a.kdl", &text),
    ]);
    let _ = fs::remove_dir_all(site.path(".git"));
    let ran = site.lint_in("own", &["a.kdl"]);
    assert!(ran.stdout.contains("error[DF301]"), "{ran:?}");
}
