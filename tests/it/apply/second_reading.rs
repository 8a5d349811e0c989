//! What two readers read differently is not sent.

use crate::common::project::Project;

/// A campaign that the `kdl` crate, up to 6.7, takes for no KDL: `/-` behind a value without white space.
const ODD: &str = "    comment \"Only this\"/-\"but not this\"\n";

#[test]
fn two_readings_that_differ_stop_apply() {
    let project = Project::of(&["autumn"]);
    project.campaign("spring", ODD);
    assert_eq!(project.output(&["lint"]).code, Some(0));
    assert_eq!(project.output(&["plan", "--sandbox", "--out", "a.plan"]).code, Some(0));
    for arguments in [
        &["apply", "--sandbox", "--auto-approve"][..],
        &["apply", "--sandbox", "a.plan"],
    ] {
        let ran = project.output(arguments);
        assert_eq!((ran.code, &*ran.stdout), (Some(1), ""), "{}", ran.stderr);
        for part in [
            "disagree, so nothing was sent",
            "spring.kdl:",
            "dialform parses: comment \"Only this\"",
            "the kdl crate parses: no KDL",
            "--one-reading",
        ] {
            assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
        }
        assert_eq!(ran.stderr.matches("dialform parses").count(), 1, "{}", ran.stderr);
    }
    let listed = project.output(&["state", "list", "--sandbox"]);
    assert!(!listed.stdout.contains("spring"), "{}", listed.stdout);

    let ran = project.output(&["apply", "--sandbox", "--auto-approve", "--one-reading"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.ends_with("Apply: 2 created.\n"), "{}", ran.stdout);
    // What is not created anew is not read again.
    project.campaign("winter", "");
    let ran = project.output(&["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.ends_with("Apply: 1 created.\n"), "{}", ran.stdout);
}

/// Each reading stands on a line of its own, and no name or value begins another.
#[test]
fn what_is_shown_has_no_lines_of_its_own() {
    let project = Project::new();
    let text = "campaign \"spring\" template=\"common\" {\n    name \"One\\n::error::two\"/-\"off\"\n}\n";
    project.write("campaigns/a\n::error::b.kdl", text);
    let ran = project.output(&["apply", "--sandbox", "--auto-approve"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("dialform parses: name \"One"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 5, "{}", ran.stderr);
    assert!(
        !ran.stderr.lines().any(|line| line.trim_start().starts_with("::")),
        "{}",
        ran.stderr
    );
}

/// The campaign's own file is plain in each case; what it takes from elsewhere is not.
#[test]
fn every_file_that_has_a_part_in_a_campaign_is_read_again() {
    let plain = "template \"common\" {";
    let shared = |project: &Project| std::fs::read_to_string(project.path("dialform.kdl")).unwrap();
    for (name, part) in [
        ("the project", "project {"),
        ("an alias", "aliases {"),
        ("a template", plain),
    ] {
        let project = Project::of(&["spring"]);
        let whole = shared(&project);
        // Each of the three in a file of its own.
        let begins = ["project {", "aliases {", plain].map(|begin| whole.find(begin).unwrap());
        let texts = [
            &whole[begins[0]..begins[1]],
            &whole[begins[1]..begins[2]],
            &whole[begins[2]..],
        ];
        let paths = ["dialform.kdl", "campaigns/aliases.kdl", "campaigns/templates.kdl"];
        for (path, text) in paths.iter().zip(texts) {
            let text = if text.starts_with(part) {
                text.replacen(part, &format!("/-odd \"1\"/-\"2\"\n{part}"), 1)
            } else {
                text.to_owned()
            };
            std::fs::write(project.path(path), text).unwrap();
        }
        let ran = project.output(&["apply", "--sandbox", "--auto-approve"]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("disagree, so nothing was sent"),
            "{name}: {}",
            ran.stderr
        );
    }
    // A file without a part in it may be as odd as it likes.
    let project = Project::of(&["spring"]);
    std::fs::write(project.path("campaigns/odd.kdl"), "/-odd \"1\"/-\"2\"\n").unwrap();
    let ran = project.output(&["apply", "--sandbox", "--auto-approve", "-v"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("parsed 2 files a second time in"), "{}", ran.stderr);
}
