//! Fixes that would leave something new are left out, and all others are made.

use dialform::finding::Applicability::{Safe, Unsafe};
use dialform::lint::fix::SkipReason;

use super::site::{Files, Site};

fn campaign(key: &str, lines: &str) -> String {
    format!(
        "campaign \"{key}\" {{\n    name \"{key}\"\n    scenario \"promo\"\n    on-transfer \"end\"\n    caller-id \"default\"\n    \
         start \"manual\"\n    pace \"1/s\"\n    effective-after \"5s\"\n    redial #false\n{lines}}}\n"
    )
}

fn project(files: &[(&str, String)]) -> Files {
    let shared = "aliases {\n    scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"\n}\n";
    let own = [("dialform.kdl", String::new()), ("campaigns/0.kdl", shared.to_owned())];
    own.iter()
        .chain(files)
        .map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes()))
        .collect()
}

#[test]
fn one_of_a_campaign_and_none_of_the_others() {
    // Without its mistake, `record #true` needs a `trim-left=`.
    let bad = "    record true\n    call-window from=9:10 to=\"19:50\"\n    comment r\"x\"\n";
    let fixed = "    record true\n    call-window from=\"09:10\" to=\"19:50\"\n    comment #\"x\"#\n";
    let texts: Vec<(String, String)> = (0..30)
        .map(|number| {
            (
                format!("campaigns/{number:02}a.kdl"),
                campaign(&format!("c{number}"), bad),
            )
        })
        .collect();
    let files: Vec<(&str, String)> = texts.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    let files = project(&files);
    let site = Site::new(&files);
    let result = site.prove(&files, Safe).unwrap();
    assert_eq!(result.left.len(), 30);
    for (code, why) in &result.left {
        assert_eq!(*code, "DF010");
        assert!(
            matches!(why, SkipReason::Brings { rule, .. } if rule.code == "DF201"),
            "{why:?}"
        );
    }
    assert_eq!(result.fixed, 60);
    for number in 0..30 {
        let text = result.text(&format!("campaigns/{number:02}a.kdl"));
        assert_eq!(text, campaign(&format!("c{number}"), fixed));
    }
}

#[test]
fn one_that_would_be_felt_in_another_file() {
    // Two campaigns would have one key.
    let files = project(&[
        ("campaigns/a.kdl", campaign("spring promo", "    record false\n")),
        ("campaigns/b.kdl", campaign("spring-promo", "    record false\n")),
    ]);
    let site = Site::new(&files);
    let result = site.prove(&files, Unsafe).unwrap();
    assert_eq!(
        result.text("campaigns/a.kdl"),
        campaign("spring promo", "    record #false\n")
    );
    assert_eq!(
        result.text("campaigns/b.kdl"),
        campaign("spring-promo", "    record #false\n")
    );
    assert!(matches!(result.left.as_slice(), [("DF118", SkipReason::Brings { rule, .. })] if rule.code == "DF305"));
}

#[test]
fn a_campaign_under_a_new_key_keeps_its_findings() {
    let files = project(&[(
        "campaigns/a.kdl",
        campaign(
            "Spring Promo",
            "    record #false\n    webhook \"http://example.com/a\"\n",
        ),
    )]);
    let result = Site::new(&files).prove(&files, Unsafe).unwrap();
    assert!(
        result.text("campaigns/a.kdl").starts_with("campaign \"spring-promo\""),
        "{result:?}"
    );
    assert!(result.left.is_empty(), "{:?}", result.left);
}

#[test]
fn the_mistake_of_a_declaration_is_fixed_where_it_stands() {
    let campaign = |alias: &str| campaign("a", "    record #false\n").replace("\"promo\"", &format!("\"{alias}\""));
    let files = project(&[("campaigns/a.kdl", campaign("promoo"))]);
    let site = Site::new(&files);
    assert_eq!(site.prove(&files, Safe).unwrap().fixed, 0);
    let result = site.prove(&files, Unsafe).unwrap();
    assert_eq!(result.text("campaigns/a.kdl"), campaign("promo"));
    assert_eq!(result.fixed, 1);
}

#[test]
fn what_nobody_asked_about() {
    let bad = |key: &str| campaign(key, "    record false\n    call-window from=\"9:10\" to=\"19:50\"\n");
    let files = project(&[("campaigns/a.kdl", bad("a")), ("campaigns/b.kdl", bad("b"))]);
    let site = Site::new(&files);
    let result = site.fix_some(&files, Safe, |path, code| path == "campaigns/a.kdl" && code == "DF112");
    assert_eq!(result.text("campaigns/b.kdl"), bad("b"));
    assert_eq!(
        result.text("campaigns/a.kdl"),
        campaign("a", "    record false\n    call-window from=\"09:10\" to=\"19:50\"\n")
    );
    assert_eq!(result.fixed, 1);
}

#[test]
fn the_pattern_of_a_project_is_fixed_with_the_files_that_it_then_names() {
    let mut files = project(&[("calls/a.kdl", campaign("a", "    record false\n"))]);
    files.insert(
        "dialform.kdl".to_owned(),
        b"project {\n    campaings \"calls/*.kdl\" \"x\"\n}\n".to_vec(),
    );
    let site = Site::new(&files);
    site.prove(&files, Unsafe).unwrap();
    files.insert(
        "dialform.kdl".to_owned(),
        b"project {\n    campaings \"calls/*.kdl\"\n}\n".to_vec(),
    );
    site.prove(&files, Unsafe).unwrap();
}

/// What a warning says of the fixed text, nobody could see before: it does not keep the error there.
#[test]
fn a_warning_about_the_fixed_text_keeps_no_error() {
    const REDIALS: &str = "    redial {\n        busy after=\"20m\" times=3\n    }\n";
    for (bad, good, code) in [
        // Redials without hours.
        (
            "    record false\n    redial\n    {\n        busy after=\"20m\" times=3\n    }\n".to_owned(),
            format!("    record #false\n{REDIALS}"),
            "DF406",
        ),
        (
            "    record #false\n    redial {\n        busy after=20m times=3\n    }\n".to_owned(),
            format!("    record #false\n{REDIALS}"),
            "DF406",
        ),
        (
            "    record #false\n    call_window from=\"06:00\" to=\"19:50\"\n".to_owned(),
            "    record #false\n    call-window from=\"06:00\" to=\"19:50\"\n".to_owned(),
            "DF404",
        ),
        (
            "    record #true trim-left= 1 h\n".to_owned(),
            "    record #true trim-left= \"1h\"\n".to_owned(),
            "DF205",
        ),
        (
            "    record #false\n    webhook https://crm.local/in\n".to_owned(),
            "    record #false\n    webhook \"https://crm.local/in\"\n".to_owned(),
            "DF604",
        ),
    ] {
        let write = |lines: &str| {
            let text = campaign("a", lines);
            if lines.contains("redial") {
                text.replace("    redial #false\n", "")
            } else {
                text
            }
        };
        let files = project(&[("campaigns/a.kdl", write(&bad))]);
        let site = Site::new(&files);
        let result = site.fix(&files, Safe);
        assert_eq!(result.text("campaigns/a.kdl"), write(&good), "{:?}", result.left);
        assert!(result.left.is_empty(), "{:?}", result.left);
        let left: Vec<&str> = site.found(&result.files).0.iter().map(|(_, code, _)| *code).collect();
        assert_eq!(left, [code], "{bad}");
    }
}

/// The other half of a pair of the API's words stays where it is, unless it is what the property takes.
#[test]
fn a_value_that_cannot_be_an_id_is_not_moved_into_its_pair() {
    for (pair, value) in [
        ("on-transfer \"channel\"", "secondExecData \"не знаю\""),
        ("on-transfer \"channel\"", "secondExecData 14"),
        ("on-transfer \"channel\"", "secondExecData #true"),
        ("caller-id \"number\"", "cidData \"+7 495 123-45-67\""),
        ("caller-id \"pool\"", "cidData \"regions\""),
        ("caller-id \"number\"", "cidData 74951234567"),
        ("start \"time\"", "startMoment \"завтра\""),
        ("start \"time\"", "startMoment \"02.12.2030\""),
        ("start \"time\"", "startMoment 1890000000"),
    ] {
        let name = pair.split(' ').next().unwrap();
        let kept: String = campaign("a", "    record #false\n")
            .lines()
            .filter(|line| !line.trim_start().starts_with(name))
            .map(|line| format!("{line}\n"))
            .collect();
        let text = kept.replace("    record", &format!("    {pair}\n    {value}\n    record"));
        let files = project(&[("campaigns/a.kdl", text.clone())]);
        let site = Site::new(&files);
        for most in [Safe, Unsafe] {
            let fixed = site.fix(&files, most);
            assert!(
                fixed.text("campaigns/a.kdl").contains(&format!("\n    {value}\n")),
                "{}",
                fixed.text("campaigns/a.kdl")
            );
        }
    }
}
