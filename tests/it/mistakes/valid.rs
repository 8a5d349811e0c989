//! Valid projects in which nothing is found, and what a template's mistake says of its campaigns.

use std::fs;

use dialform::lint::engine::Checker;

use super::base::{CLASSIC, EXTENDED};
use super::harness::{assert_clean, check, check_folder, files};

const CLASSIC_PROJECT: &str = "project {\n    dialect \"classic\"\n}\n";
const EXTENDED_PROJECT: &str = "project {\n    dialect \"extended\"\n}\n";

/// The settings that every campaign needs.
const NEEDED: [(&str, &str); 9] = [
    ("name", "name \"A\""),
    ("scenario", "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\""),
    ("on-transfer", "on-transfer \"end\""),
    ("caller-id", "caller-id \"default\""),
    ("start", "start \"manual\""),
    ("pace", "pace \"1/s\""),
    ("effective-after", "effective-after \"5s\""),
    ("record", "record #false"),
    ("redial", "redial #false"),
];

/// A campaign with these lines in the place of the usual ones.
fn campaign(key: &str, lines: &str) -> String {
    let is_said = |name: &str| lines.lines().any(|line| line.split_whitespace().next() == Some(name));
    let usual: Vec<&str> = NEEDED
        .iter()
        .filter(|(name, _)| !is_said(name))
        .map(|(_, line)| *line)
        .collect();
    let usual = usual
        .join("\n")
        .replace("\"A\"", &format!("\"{}\"", key.to_uppercase()));
    format!("campaign \"{key}\" {{\n{usual}\n{lines}\n}}\n")
}

#[test]
fn the_base_projects_lint_clean() {
    for base in [CLASSIC, EXTENDED] {
        let found = check(&files(base));
        assert!(found.is_empty(), "{found:#?}");
    }
}

/// The example of the design, word for word.
#[test]
fn the_example_of_the_language_lints_clean() {
    let project = r#"project {
    api "https://cis.twin24.ai/api/v1"        // default
    login "https://iam.twin24.ai/api/v1"      // default
    dialect "classic"                         // or "extended"; default classic
    timezone "Europe/Moscow"                  // the company's; start times are in it
    campaigns "campaigns/**/*.kdl"            // default; may repeat
    lint { warn "http-webhook"; allow "unused-alias"; error "start-in-past" }
}
"#;
    let text = r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    number moscow="9a67dee5-398e-4570-9426-fbb3f067b270"
    // also: pool, trunk, schedule, sound
}

template "weekday" {
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
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

campaign "spring-promo" template="weekday" {
    name "Spring promo 2026"
    scenario "promo"                              // an alias, or a UUID
    on-transfer "channel" channel="sales"         // "end" | "ignore" | "channel"
    caller-id "number" id="moscow"                // "default" | "number" | "pool"
    start "time" at="2030-12-02 10:00"            // "manual" | "time"
    pace "3/s"                                    // or "1/60s", "1/min"
    effective-after "12s"
    comment "Lapsed customers, first wave"
    webhook "https://example.com/hooks/twin"
    detect-robot "back"                           // "back" | "block" | #false
    normalize "RU" on-error="skip"                // "skip" | "mark"
}
"#;
    assert_clean(project, text);
}

#[test]
fn every_way_to_say_a_thing() {
    for lines in [
        "name Bare",
        "on-transfer ignore",
        "caller-id \"pool\" id=\"48A77BD7-8762-4E0F-A277-4EF77E36C41B\"",
        "start time at=\"2030-12-02 08:00\"",
        "pace \"99/s\"",
        "pace \"1/99s\"",
        "pace \"1/min\"",
        "pace #\"3/s\"#",
        "effective-after \"0s\"",
        "effective-after \"0h59m30s\"",
        "call-window from=\"00:00\" to=\"24:00\" clock=company",
        "call-window from=\"09:10:30\" to=\"23:59:59\" clock=company",
        "call-window clock=\"recipient\" to=\"19:00\" from=\"10:00\"",
        "record #true trim-left=\"3s\"",
        "detect-robot #false",
        "detect-robot block",
        "normalize RU",
        "normalize \"RU\" on-error=mark",
        "redial #false",
        "call-window from=\"09:10\" to=\"19:50\"\nredial {\n busy #false\n congestion after=\"5m\" times=1\n}",
        "call-window from=\"08:00\" to=\"22:00\"\nredial {\n busy after=\"0s\" times=1\n max-per-number 2\n}",
        "webhook \"https://example.com/a\"\nwebhook \"https://example.com/b\"",
        "webhook \"https://xn--e1afmkfd.xn--p1ai:8443/%D0%BF%D1%83%D1%82%D1%8C?a=1#x\"",
        "webhook \"https://[2001:db8::1]/hook\"",
        "comment \"\"\"\n    Two\n    lines\n    \"\"\"",
        "comment \"time is 9:10, {braces}\"",
        "comment #null\ncall-window #null\nwebhook #null\ndetect-robot #null\nnormalize #null\ntrunk #null",
        "name \"\\u{41}\" // a comment\n/- pace \"nothing\"",
    ] {
        assert_clean(CLASSIC_PROJECT, &campaign("a", lines));
    }
    for lines in [
        "strategy parallel",
        "strategy \"sequential\"",
        "lifetime \"2d\"",
        "check-phones #false\nemail-report #true",
        "comply \"230-fz\"",
        "schedule \"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
        "detect-robot \"back\" greeting=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
        "webhook \"https://example.com/a\" delay=\"0s\"",
        "webhook \"https://example.com/a\" partial=#true {\n events call-ended candidate-changed call-redirected recall-scheduled efficiency-reached autocall-status-changed\n}",
        "schedule #null\nlifetime #null\ncomply #null\nstrategy #null",
        "call-window from=\"09:10\" to=\"19:50\"\nredial {\n max-per-candidate 6\n answering-machine #false\n busy after=\"5m\" times=1\n}",
    ] {
        assert_clean(EXTENDED_PROJECT, &campaign("a", lines));
    }
}

#[test]
fn templates_and_what_takes_their_place() {
    let template = r#"template "base" {
    redial {
        max-per-candidate 3
        busy after="1h" times=2
    }
    comment "from the template"
    webhook "https://example.com/a"
    call-window from="09:00" to="20:00"
    start "time" at="2030-12-02 10:00"
}
template "mid" template="base" {
    record #false
}
"#;
    for (head, lines) in [
        ("template=\"mid\"", ""),
        ("template=\"mid\"", "comment #null\nwebhook #null\ncall-window #null"),
        ("template=\"mid\"", "redial #false"),
        (
            "template=\"mid\"",
            "redial {\n busy #null\n max-per-candidate #null\n no-answer after=\"1h\" times=1\n}",
        ),
        (
            "template=\"mid\"",
            "redial {\n busy #false\n congestion after=\"5m\" times=1\n}",
        ),
        ("template=\"mid\"", "start \"manual\""),
    ] {
        let text = campaign("a", lines).replacen("\"a\"", &format!("\"a\" {head}"), 1);
        // What the usual lines say would hide what is inherited.
        let text = text.replace("start \"manual\"\npace", "pace");
        assert_clean(CLASSIC_PROJECT, &format!("{template}{text}"));
    }
}

#[test]
fn aliases_of_every_kind_lint_clean() {
    let kinds = ["scenario", "channel", "number", "pool", "trunk", "schedule", "sound"];
    let aliases: Vec<String> = kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let id = format!("48a77bd7-8762-4e0f-a277-4ef77e36c41{index}");
            format!("{kind} x=\"{id}\" \"y z\"=\"{id}\"")
        })
        .collect();
    let uses = |name: &str, caller: &str| {
        format!(
            "scenario \"{name}\"\non-transfer \"channel\" channel=\"{name}\"\ncaller-id \"{caller}\" id=\"{name}\"\n\
             trunk \"{name}\"\nschedule \"{name}\"\ndetect-robot \"back\" greeting=\"{name}\""
        )
    };
    let mut text = format!("aliases {{\n{}\n}}\n", aliases.join("\n"));
    for (key, name, caller) in [
        ("a", "x", "number"),
        ("b", "y z", "number"),
        ("c", "x", "pool"),
        ("d", "y z", "pool"),
    ] {
        text.push_str(&campaign(key, &uses(name, caller)));
    }
    assert_clean(EXTENDED_PROJECT, &text);
}

#[test]
fn moves_in_a_chain_lint_clean() {
    let text = format!(
        "moved from=\"a\" to=\"b\"\nmoved from=\"b\" to=\"c\"\n{}",
        campaign("c", "")
    );
    assert_clean(CLASSIC_PROJECT, &text);
}

#[test]
fn campaigns_in_the_project_file_and_in_nested_folders() {
    let found = check(&vec![
        (
            "dialform.kdl".to_owned(),
            format!("{CLASSIC_PROJECT}{}", campaign("a", "")),
        ),
        ("campaigns/empty.kdl".to_owned(), String::new()),
        (
            "campaigns/comments.kdl".to_owned(),
            "// nothing yet\n/* at all */\n".to_owned(),
        ),
        ("campaigns/2030/spring/b.kdl".to_owned(), campaign("b", "")),
        ("campaigns/notes.txt".to_owned(), "not KDL {".to_owned()),
        ("elsewhere/c.kdl".to_owned(), "not KDL {".to_owned()),
    ]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_file_without_a_project_is_classic() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let path = root.join("alone.kdl");
    fs::write(&path, campaign("a", "")).unwrap();
    let scope = dialform::project::discovery::Scope::of_file(path);
    let mut checker = Checker::new(&root, None);
    let checked = checker.check(&scope, &[]);
    assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
}

#[test]
fn a_mistake_in_a_template_is_one_finding_with_its_campaigns_as_label() {
    for (line, code) in [
        ("call-window from=\"9:10\" to=\"19:50\"", "DF112"),
        ("call-window from=\"19:50\" to=\"09:10\"", "DF403"),
        ("start \"time\" at=\"2020-01-01 10:00\"", "DF401"),
        ("trunk \"nobody\"", "DF301"),
        ("webhook \"http://example.com/\"", "DF601"),
    ] {
        let heirs: Vec<String> = ["a", "b", "c"]
            .into_iter()
            .map(|key| {
                let text = campaign(key, "").replacen("{", "template=\"t\" {", 1);
                text.replace(
                    "start \"manual\"\n",
                    if line.starts_with("start") {
                        ""
                    } else {
                        "start \"manual\"\n"
                    },
                )
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("campaigns")).unwrap();
        fs::write(root.join("dialform.kdl"), CLASSIC_PROJECT).unwrap();
        fs::write(
            root.join("campaigns/t.kdl"),
            format!("template \"t\" {{\n    {line}\n}}\n"),
        )
        .unwrap();
        fs::write(root.join("campaigns/a.kdl"), heirs.join("\n")).unwrap();
        let found = check_folder(&root);
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert_eq!((found[0].code, found[0].at.0.as_str()), (code, "campaigns/t.kdl"));

        let mut checker = Checker::new(&root, Some("2030-01-01T00:00:00Z".parse().unwrap()));
        let scope = checker.project_scope(&root, &[]);
        let checked = checker.check(&scope, &[]);
        let of_campaign = checked.findings[0]
            .labels
            .iter()
            .find(|label| label.text.contains("campaign `a`"));
        let place = of_campaign.unwrap_or_else(|| panic!("{line}: no label")).place;
        assert_eq!(checked.sources.slice(place), "\"a\"");
    }
}
