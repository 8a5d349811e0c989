//! What `render` prints comes back, however much it is.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{import_in, project};
use crate::common::command::dialform;

/// Together they are more than a file may hold (8 MiB).
const CAMPAIGNS: usize = 135;

fn campaigns() -> String {
    let campaign = |number: usize| {
        format!(
            "campaign \"k{number:04}\" template=\"t\" {{\n    name \"Campaign {} of {number}\"\n    comment \"{}\"\n}}\n",
            number % 10,
            "It's \\\\ 50% ^_^ `off` $5. ".repeat(2_400)
        )
    };
    (0..CAMPAIGNS).map(campaign).collect()
}

const TEMPLATE: &str = r#"template "t" {
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "3/s"
    effective-after "12s"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back"
    normalize "RU" on-error="skip"
    redial {
        max-per-candidate 6
        max-per-number 6
        busy after="20m" times=3
        no-answer after="2h" times=5
        answering-machine #false
        congestion after="15m" times=5
        ineffective after="1h" times=2
    }
}
"#;

fn bodies(rendered: &str) -> BTreeMap<String, Value> {
    let all: Value = serde_json::from_str(rendered).unwrap();
    let one = |one: &Value| (one["key"].as_str().unwrap().to_owned(), one["body"].clone());
    all.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn more_than_a_file_may_hold_comes_back_key_by_key() {
    let text = campaigns();
    let (from, to) = (project("classic", ""), TempDir::new().unwrap());
    fs::write(from.path().join("campaigns/template.kdl"), TEMPLATE).unwrap();
    for (number, part) in text.split_inclusive("}\n").collect::<Vec<_>>().chunks(50).enumerate() {
        fs::write(from.path().join(format!("campaigns/{number}.kdl")), part.concat()).unwrap();
    }
    let printed = dialform(from.path(), &["render"]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert!(printed.stdout.len() > 8 << 20);
    fs::write(to.path().join("dialform.kdl"), "project\n").unwrap();
    let ran = import_in(to.path(), &["--write", "campaigns"], printed.stdout.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr.lines().take(5).collect::<String>());
    let again = dialform(to.path(), &["render"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(bodies(&again.stdout) == bodies(&printed.stdout), "not the same");

    let commands = dialform(from.path(), &["render", "--curl"]);
    let ran = import_in(TempDir::new().unwrap().path(), &[], commands.stdout.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr.lines().take(5).collect::<String>());
    let keys = ran
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("campaign \"")?.split('"').next());
    assert!(
        keys.eq(bodies(&printed.stdout).keys().map(String::as_str)),
        "other keys"
    );

    let one = dialform(from.path(), &["render", "k0007"]);
    let ran = import_in(to.path(), &[], one.stdout.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}
