//! Annotations: one line a finding, escaped as the runner reads it.

use crate::common::site::Site;

#[test]
fn annotations_letter_by_letter() {
    assert_eq!(
        Site::sample().all("github"),
        "\
::error file=campaigns/a.kdl,line=2,endLine=2,col=26,endColumn=30,title=DF010 bare-keyword::`false` is written `#false`%0Awrite `#false`
::error file=campaigns/a.kdl,line=3,endLine=3,col=25,endColumn=28,title=DF101 unknown-setting::a campaign has no `pase`%0Adid you mean `pace`?
::error file=campaigns/b.kdl,line=1,endLine=1,col=10,endColumn=17,title=DF305 duplicate-name::campaign `spring` is declared twice%0Adeclared again%0Agive one campaign another name
::warning file=campaigns/b.kdl,line=6,endLine=6,col=21,endColumn=38,title=DF401 start-in-past::the start 2001-01-01 10:00 has passed%0Ain the past%0Ait is 2026-12-02 13:00 now; the task would start as soon as it is created
"
    );
}

#[test]
fn nothing_is_printed_where_nothing_is_found() {
    let ran = Site::clean().lint(&["--output-format", "github"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
}

/// Commas and colons would end a property, percent signs start an escape, and lines end the command.
#[test]
fn what_has_a_meaning_in_a_command_is_escaped() {
    let site = Site::now(&[(
        "campaigns/a,b:100%.kdl",
        "campaign \"spring\" {\n    name 1 2\n    pace \"5%0A\n",
    )]);
    let printed = site.all("github");
    assert!(!printed.is_empty());
    for line in printed.lines() {
        assert!(
            line.starts_with("::error file=campaigns/a%2Cb%3A100%25.kdl,line="),
            "{line}"
        );
        assert!(
            !line
                .split_once("::")
                .unwrap()
                .1
                .split_once("::")
                .unwrap()
                .0
                .contains(':'),
            "{line}"
        );
    }
    assert!(!printed.contains("5%0A"), "{printed}");
}

/// The runner drops columns, and says so, where the lines are not the same.
#[test]
fn columns_only_where_there_is_one_line() {
    let site = Site::now(&[("a.kdl", "campaign \"a\" {\n    name \"\"\"\n  bad\n    \"\"\"\n}\n")]);
    let printed = site.all("github");
    let long = printed.lines().find(|line| line.contains("line=2,endLine=4"));
    for line in printed.lines() {
        assert_eq!(line.contains(",col="), Some(line) != long, "{line}");
    }
}

/// Annotations belong to paths from the checkout's root, wherever in it the program runs.
#[test]
fn paths_start_at_the_checkout() {
    let site = Site::sample();
    let run = |workspace: &std::path::Path| {
        let mut command = site.lint_command("campaigns", &["a.kdl", "--output-format", "github"]);
        command.env("GITHUB_WORKSPACE", workspace);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run(site.root()).starts_with("::error file=campaigns/a.kdl,"));
    // Elsewhere it says nothing of these files.
    let other = tempfile::tempdir().unwrap();
    assert!(run(other.path()).starts_with("::error file=a.kdl,"));
}
