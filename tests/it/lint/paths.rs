//! What is checked and what is shown: paths, standard input, projects.

use std::fs;

use super::broken;
use crate::common::site::{CLEAN, Site, keyed};

#[test]
fn standard_input_takes_the_place_of_its_file() {
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", CLEAN),
        ("campaigns/b.kdl", &broken("b")),
    ]);
    // Only findings of that file are shown, and its text counts, not what is on disk.
    let same = site.lint_text(&["-", "--stdin-filename", "campaigns/b.kdl"], &keyed("b"));
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{same:?}");
    let twice = site.lint_text(&["-", "--stdin-filename", "campaigns/b.kdl"], CLEAN);
    assert!(
        twice.stdout.starts_with("campaigns/b.kdl:1:10: error[DF305]"),
        "{twice:?}"
    );
    // A file that does not exist yet.
    let new = site.lint_text(&["-", "--stdin-filename", "campaigns/new.kdl"], &broken("n"));
    assert!(
        new.stdout.starts_with("campaigns/new.kdl:7:10: error[DF114]"),
        "{new:?}"
    );
    // The project file itself.
    let project = site.lint_text(
        &["-", "--stdin-filename", "dialform.kdl"],
        "project {\n    dialect \"extendd\"\n}\n",
    );
    assert!(
        project.stdout.starts_with("dialform.kdl:2:13: error[DF110]"),
        "{project:?}"
    );
    // No name at all: a lone file.
    let alone = site.lint_text(&["-"], &broken("n"));
    assert_eq!(alone.code, Some(1));
}

#[test]
fn only_the_named_paths_are_shown_but_the_whole_project_is_read() {
    let text = CLEAN.replace(
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
        "scenario \"promo\"",
    );
    let aliases = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
    let site = Site::new(&[
        ("dialform.kdl", ""),
        ("campaigns/a.kdl", &text),
        ("campaigns/b.kdl", &broken("b")),
        ("campaigns/shared.kdl", aliases),
    ]);
    assert_eq!(site.lint(&["campaigns/a.kdl"]).code, Some(0));
    assert_eq!(site.lint(&["campaigns/b.kdl"]).code, Some(1));
    assert_eq!(site.lint(&["campaigns"]).code, Some(1));
    // A file that no pattern names is read with the project all the same.
    let other = text.replacen("\"a\"", "\"c\"", 1).replacen("\"A\"", "\"C\"", 1);
    site.write("drafts/c.kdl", other);
    assert_eq!(site.lint(&["drafts/c.kdl"]).code, Some(0));
    site.write("drafts/d.kdl", text);
    assert!(
        site.lint(&["drafts/d.kdl"])
            .stdout
            .contains("drafts/d.kdl:1:10: error[DF305]")
    );
}

#[test]
fn paths_are_relative_to_the_working_folder() {
    let site = Site::new(&[
        ("dialform.kdl", "project {\n    dialect \"new\"\n}\n"),
        ("campaigns/x/a.kdl", &broken("a")),
    ]);
    let ran = site.lint_in("campaigns", &["--output-format", "concise", ".."]);
    let files: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["../dialform.kdl", "x/a.kdl"]);
    // In a folder of a project, only what lies in it is shown.
    let here = site.lint_in("campaigns", &[]);
    assert!(
        here.stdout.starts_with("x/a.kdl:7:10") && here.stdout.lines().count() == 1,
        "{here:?}"
    );
}

#[test]
fn a_folder_above_several_projects_checks_each_by_itself() {
    let site = Site::new(&[
        ("one/dialform.kdl", ""),
        ("one/campaigns/a.kdl", CLEAN),
        ("two/dialform.kdl", "project {\n    dialect \"extended\"\n}\n"),
        (
            "two/campaigns/a.kdl",
            &CLEAN.replace("    record", "    lifetime \"2d\"\n    record"),
        ),
        ("one/campaigns/inner/dialform.kdl", ""),
        ("one/campaigns/inner/campaigns/a.kdl", &broken("a")),
    ]);
    let ran = site.lint(&["."]);
    // The same key in each is no duplicate, and the nested project is one of its own.
    assert_eq!(
        ran.stdout,
        "one/campaigns/inner/campaigns/a.kdl:7:10: error[DF114] the API cannot say the pace `0/s`\n"
    );
    assert_eq!(site.lint(&["two"]).code, Some(0));
}

#[test]
fn the_search_for_a_project_ends_at_the_repository() {
    let site = Site::new(&[("dialform.kdl", "project {\n    dialect \"extended\"\n}\n")]);
    fs::create_dir_all(site.path("repo/.git")).unwrap();
    site.write(
        "repo/a.kdl",
        CLEAN.replace("    record", "    lifetime \"2d\"\n    record"),
    );
    let ran = site.lint(&["repo/a.kdl"]);
    assert!(
        ran.stdout.contains("error[DF204]"),
        "a file without a project is classic: {ran:?}"
    );
}

#[test]
fn a_file_named_absolutely_is_shown_relative() {
    let site = Site::new(&[("dialform.kdl", ""), ("campaigns/a.kdl", &broken("a"))]);
    let absolute = site.path("campaigns/a.kdl").canonicalize().unwrap();
    let ran = site.lint(&[absolute.to_str().unwrap()]);
    assert!(ran.stdout.starts_with("campaigns/a.kdl:7:10"), "{ran:?}");
}
