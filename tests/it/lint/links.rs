//! A file of the project that is a link and is named is that file: it keeps its project, wherever the link leads.

use std::os::unix::fs::symlink;

use crate::common::site::{CLEAN, Site, keyed};

/// `campaigns/s.kdl` leads out of the project's folder, and needs an alias of the project.
fn site() -> Site {
    let text = CLEAN.replace(
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario \"promo\"",
    );
    let aliases = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
    let site = Site::new(&[
        ("shop/dialform.kdl", ""),
        ("shop/campaigns/aliases.kdl", aliases),
        ("shop/campaigns/b.kdl", &keyed("b")),
        ("lib/s.kdl", &text),
        (
            "lib/team/t.kdl",
            &text.replacen("\"a\"", "\"t\"", 1).replacen("\"A\"", "\"T\"", 1),
        ),
    ]);
    symlink("../../lib/s.kdl", site.path("shop/campaigns/s.kdl")).unwrap();
    symlink("../../lib/team", site.path("shop/campaigns/team")).unwrap();
    site
}

#[test]
fn a_linked_file_that_is_named_keeps_its_project() {
    let site = site();
    let whole = site.lint_in("shop", &[]);
    assert_eq!((whole.code, whole.stdout.as_str()), (Some(0), ""), "{whole:?}");
    for (folder, named) in [
        ("shop", "campaigns/s.kdl"),
        ("shop", "./campaigns/s.kdl"),
        ("shop/campaigns", "../campaigns/s.kdl"),
        ("", "shop/campaigns/s.kdl"),
        ("shop", "campaigns/team/t.kdl"),
    ] {
        let ran = site.lint_in(folder, &[named, "--output-format", "human"]);
        assert_eq!(ran.code, Some(0), "{named}: {ran:?}");
        assert!(ran.stderr.contains("no findings in 1 file"), "{named}: {ran:?}");
    }
}

#[test]
fn standard_input_in_its_place_keeps_the_project_too() {
    let site = site();
    let text = site.read("lib/s.kdl");
    let arguments = ["-", "--stdin-filename", "shop/campaigns/s.kdl"];
    let ran = site.lint_text(&arguments, &text);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    let bad = site.lint_text(&arguments, &text.replace("\"promo\"", "\"prono\""));
    assert!(
        bad.stdout.starts_with("shop/campaigns/s.kdl:3:14: error[DF301]"),
        "{bad:?}"
    );
}

/// The fix goes into the file that the link leads to.
#[test]
fn a_linked_file_is_fixed_in_its_place() {
    let site = site();
    let text = site.read("lib/s.kdl");
    site.write("lib/s.kdl", text.replace("record #false", "record false"));
    let ran = site.lint_in("shop", &["--fix", "campaigns/s.kdl"]);
    assert_eq!(ran.stderr, "no findings in 1 file, 1 fixed\n");
    assert_eq!(site.read("lib/s.kdl"), text);
    assert!(site.path("shop/campaigns/s.kdl").is_symlink());
}
