//! A saved plan that was changed by anybody is refused, whatever was changed.

use dialform::plan::{SavedPlan, SavedPlanError};

use super::run;
use crate::common::project::Project;

fn saved() -> (Project, String) {
    let project = Project::of(&["autumn", "spring"]);
    let ran = run(&project, &["plan", "--out", "saved.plan", "--create", "spring"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = std::fs::read_to_string(project.path("saved.plan")).unwrap();
    (project, text)
}

#[test]
fn every_byte_counts_but_for_blanks() {
    let (project, text) = saved();
    let path = project.path("edited.plan");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        SavedPlan::read(&path)
    };
    let plan = read(&text).unwrap();
    assert_eq!(read(&text.replace('\n', "\r\n")).unwrap(), plan);
    let mut changed = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_graphic()) {
        let other = if byte == b'0' { "1" } else { "0" };
        let edited = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        assert!(read(&edited).is_err(), "{edited}");
        changed += 1;
    }
    assert!(changed > 1_000, "{changed}");
}

#[test]
fn fields_that_say_the_same_are_changes_too() {
    let (project, text) = saved();
    let path = project.path("edited.plan");
    for (from, to) in [
        ("\"create\": [", "\"create\": [\n\"winter\", "),
        ("\"replace\": []", "\"replace\": [\"autumn\"]"),
        ("\"replace\": []", "\"replace\": [], \"replace\": []"),
        ("\"version\": 2", "\"version\": 2, \"version\": 2"),
        ("\"version\": 2", "\"version\": 2.0"),
        ("\"spring\"", "\"spr\\u0069ng\""),
        ("1.03", "1.030"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let read = SavedPlan::read(&path);
        assert!(read.is_err(), "{from} -> {to}");
        let ran = run(&project, &["apply", "edited.plan"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(
            ran.stderr.contains("plan again") || ran.stderr.contains("is no plan"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_plan_of_an_older_version_is_to_be_made_again() {
    let project = Project::of(&["spring"]);
    project.write(
        "old.plan",
        r#"{"format": "dialform-plan", "version": 1, "made_at": "2026-11-27T10:00:00Z"}"#,
    );
    let refused = SavedPlan::read(&project.path("old.plan")).unwrap_err();
    assert!(matches!(refused, SavedPlanError::Older { version: 1, .. }), "{refused}");
    assert!(refused.to_string().ends_with("plan again"), "{refused}");
}
