//! What each fix writes.

use std::collections::BTreeMap;

use dialform::finding::Applicability::{self, Safe, Unsafe};
use dialform::finding::Fixable;
use dialform::rules::RULES;

use super::site::{Files, Site, bytes, example_files};
use crate::mistakes::all;
use crate::mistakes::harness::files;

/// The settings that every campaign needs.
const NEEDED: [&str; 9] = [
    "name \"A\"",
    "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    "on-transfer \"end\"",
    "caller-id \"default\"",
    "start \"manual\"",
    "pace \"1/s\"",
    "effective-after \"5s\"",
    "record #false",
    "redial #false",
];

/// A mistake, and the same fixed: settings of a campaign.
type Case = (Applicability, &'static str, &'static str);

const CASES: &[Case] = &[
    // The text.
    (Safe, "record false", "record #false"),
    (Safe, "record true trim-left=\"0s\"", "record #true trim-left=\"0s\""),
    (
        Safe,
        "call-window from=09:10 to=19:50",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (Safe, "record \"#false\"", "record #false"),
    (Unsafe, "record ture trim-left=\"0s\"", "record #true trim-left=\"0s\""),
    (Unsafe, "detect-robot \"off\"", "detect-robot #false"),
    (Safe, "pace 3/s", "pace \"3/s\""),
    (Safe, "pace 3 / s", "pace \"3/s\""),
    (Safe, "pace 1 / 30 s", "pace \"1/30s\""),
    (Safe, "pace 2 per second", "pace \"2/s\""),
    (Safe, "effective-after 12 s", "effective-after \"12s\""),
    (Safe, "effective-after 1m 30s", "effective-after \"1m30s\""),
    (
        Safe,
        "redial {\n    busy after= 5 m times=3\n}",
        "redial {\n    busy after= \"5m\" times=3\n}",
    ),
    (
        Safe,
        "redial {\n    busy after=\"20m\" times=3 no-answer after=\"2h\" times=2\n}",
        "redial {\n    busy after=\"20m\" times=3; no-answer after=\"2h\" times=2\n}",
    ),
    (
        Unsafe,
        "webhook https://example.com/in/* the CRM */",
        "webhook \"https://example.com/in\" /* the CRM */",
    ),
    (
        Safe,
        "webhook https://example.com/in?id={call}",
        "webhook \"https://example.com/in?id={call}\"",
    ),
    (
        Unsafe,
        "start \"2035-12-02 10:00\"",
        "start \"time\" at=\"2035-12-02 10:00\"",
    ),
    (Unsafe, "name true", "name \"true\""),
    (
        Safe,
        "call-window from=\"09:00\" to=\"19:50\" useTr=#false",
        "call-window from=\"09:00\" to=\"19:50\" clock=\"company\"",
    ),
    (Safe, "effective-after 12s", "effective-after \"12s\""),
    (
        Safe,
        "start time at=2035-12-02 10:00",
        "start time at=\"2035-12-02 10:00\"",
    ),
    (
        Safe,
        "scenario 228cc4fa-92f2-4709-94e3-7344a96a5903",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    ),
    (Safe, "comment r\"C:\\lists\"", "comment #\"C:\\lists\"#"),
    (Safe, "name “Spring promo”", "name \"Spring promo\""),
    (Safe, "name «Весна»", "name \"Весна\""),
    (Safe, "name: \"Spring\"", "name \"Spring\""),
    (Safe, "name = \"Spring\"", "name \"Spring\""),
    (
        Safe,
        "call-window from=\"09:10\", to=\"19:50\"",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (
        Unsafe,
        "call-window from: \"09:10\" to: \"19:50\"",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (Safe, "name \"Spring\u{200B}\"", "name \"Spring\""),
    (
        Safe,
        "webhook https://example.com/a",
        "webhook \"https://example.com/a\"",
    ),
    (
        Safe,
        "webhook https://example.com/in,",
        "webhook \"https://example.com/in\"",
    ),
    (
        Unsafe,
        "webhook https://example.com/in.",
        "webhook \"https://example.com/in\"",
    ),
    (
        Unsafe,
        "webhook https://example.com/in//the CRM",
        "webhook \"https://example.com/in\" //the CRM",
    ),
    (
        Unsafe,
        "webhook https://example.com/in/*CRM*/",
        "webhook \"https://example.com/in\" /*CRM*/",
    ),
    (Safe, "# a note", "// a note"),
    (Unsafe, "name \"Spring", "name \"Spring\""),
    (Unsafe, "record #no", "record #false"),
    (
        Unsafe,
        "call-window from=#\"09:10\"#to=\"19:50\"",
        "call-window from=#\"09:10\"# to=\"19:50\"",
    ),
    (
        Unsafe,
        "redial {\n    busy after=\"20m\" times=3\n} pace \"3/s\"",
        "redial {\n    busy after=\"20m\" times=3\n}\npace \"3/s\"",
    ),
    // Names.
    (Unsafe, "effective-aftre \"12s\"", "effective-after \"12s\""),
    (Safe, "effective_after \"12s\"", "effective-after \"12s\""),
    (Safe, "Effective-After \"12s\"", "effective-after \"12s\""),
    (Unsafe, "record #true trim-lef=\"0s\"", "record #true trim-left=\"0s\""),
    (Safe, "record #true trim_left=\"0s\"", "record #true trim-left=\"0s\""),
    (Safe, "(text)name \"Spring\"", "name \"Spring\""),
    (Safe, "name (text)\"Spring\"", "name \"Spring\""),
    // Words of the wire.
    (Safe, "cidType \"default\"", "caller-id \"default\""),
    (
        Safe,
        "cidType \"gornum\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "caller-id \"number\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
    ),
    (
        Safe,
        "caller-id \"gornum\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "caller-id \"number\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
    ),
    (
        Safe,
        "on-transfer \"ch\" channel=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
        "on-transfer \"channel\" channel=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
    ),
    (Safe, "secondExec \"ignore\"", "on-transfer \"ignore\""),
    (Safe, "startType \"manual\"", "start \"manual\""),
    (Unsafe, "cps 1.03", "pace \"3/s\""),
    (Unsafe, "cps 0.4", "pace \"1/60s\""),
    (Safe, "fullListTime 90", "effective-after \"1m30s\""),
    (Safe, "recordCall #false", "record #false"),
    (Safe, "taskComment \"First\"", "comment \"First\""),
    (Safe, "record #true recTrimLeft=3", "record #true trim-left=\"3s\""),
    (
        Safe,
        "call-window allowCallTimeFrom=33000 allowCallTimeTo=71400",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (
        Unsafe,
        "redial {\n    candidateLimit 6\n    busy time=1200 count=3\n}",
        "redial {\n    max-per-candidate 6\n    busy after=\"20m\" times=3\n}",
    ),
    (
        Safe,
        "redial {\n    candidateLimit 6\n    busy after=\"20m\" times=3\n}",
        "redial {\n    max-per-candidate 6\n    busy after=\"20m\" times=3\n}",
    ),
    // Pairs of the API, which the language says together.
    (
        Safe,
        "cidType \"gornum\"\ncidData \"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "caller-id \"number\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
    ),
    (
        Safe,
        "caller-id \"number\"\ncidData \"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "caller-id \"number\" id=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
    ),
    (Safe, "cidType \"default\"\ncidData #null", "caller-id \"default\""),
    (
        Safe,
        "secondExecData \"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"\nsecondExec \"ch\"",
        "on-transfer \"channel\" channel=\"48a77bd7-8762-4e0f-a277-4ef77e36c41b\"",
    ),
    (
        Safe,
        "startType \"time\"\nstartMoment \"2035-12-02 10:00\"",
        "start \"time\" at=\"2035-12-02 10:00\"",
    ),
    (Safe, "additionalOptions {\nrecordCall #false\n}", "record #false"),
    (Safe, "additionalOptions { recordCall #false; }", "record #false"),
    (
        Safe,
        "additionalOptions { recordCall #false }; comment \"x\"",
        "record #false; comment \"x\"",
    ),
    (
        Safe,
        "additionalOptions {\nrecordCall #false\n}; comment \"x\"",
        "record #false\ncomment \"x\"",
    ),
    (Safe, "defaultExec \"robot\"\nrecord #false", "record #false"),
    (
        Safe,
        "call-window from=\"10:00\" to=\"19:00\"\nredial yes {\n    busy after=\"20m\" times=3\n}",
        "call-window from=\"10:00\" to=\"19:00\"\nredial {\n    busy after=\"20m\" times=3\n}",
    ),
    (
        Safe,
        "call-window from=\"10:00\" to=\"19:00\"\nredial {\n    busy да after=\"20m\" times=3\n}",
        "call-window from=\"10:00\" to=\"19:00\"\nredial {\n    busy after=\"20m\" times=3\n}",
    ),
    // Values.
    (Safe, "on-transfer \"End\"", "on-transfer \"end\""),
    (Unsafe, "on-transfer \"ingore\"", "on-transfer \"ignore\""),
    (Safe, "record \"no\"", "record #false"),
    (Safe, "name 007", "name \"007\""),
    (Unsafe, "effective-after \"12\"", "effective-after \"12s\""),
    (Unsafe, "effective-after 12", "effective-after \"12s\""),
    (Safe, "effective-after 0", "effective-after \"0s\""),
    (Safe, "effective-after \"12 s\"", "effective-after \"12s\""),
    (Safe, "effective-after \"12sec\"", "effective-after \"12s\""),
    (Safe, "effective-after \"1 мин 30 сек\"", "effective-after \"1m30s\""),
    (Unsafe, "effective-after \"2M\"", "effective-after \"2m\""),
    (
        Unsafe,
        "redial {\n    busy after=1200 times=\"3\"\n}",
        "redial {\n    busy after=\"20m\" times=3\n}",
    ),
    (
        Safe,
        "call-window from=\"9:10\" to=\"19:50\"",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (
        Safe,
        "start \"time\" at=\"02.12.2035 10:00\"",
        "start \"time\" at=\"2035-12-02 10:00\"",
    ),
    (
        Safe,
        "start \"time\" at=\"25/12/2035 9:00\"",
        "start \"time\" at=\"2035-12-25 09:00\"",
    ),
    (
        Safe,
        "start \"time\" at=\"2035-12-02T10:00\"",
        "start \"time\" at=\"2035-12-02 10:00\"",
    ),
    (
        Unsafe,
        "start \"time\" at=\"02-12-2035 10:00\"",
        "start \"time\" at=\"2035-12-02 10:00\"",
    ),
    (Safe, "pace \"3/sec\"", "pace \"3/s\""),
    (Safe, "pace \"180/min\"", "pace \"3/s\""),
    (Safe, "pace \"2/min\"", "pace \"1/30s\""),
    (Unsafe, "pace 3", "pace \"3/s\""),
    (Unsafe, "pace 1.03", "pace \"3/s\""),
    (
        Safe,
        "scenario \"{228CC4FA-92F2-4709-94E3-7344A96A5903}\"",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    ),
    (
        Safe,
        "scenario \"228cc4fa92f2470994e37344a96a5903\"",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    ),
    // What stands twice.
    (Safe, "pace \"3/s\"\npace \"3/s\"", "pace \"3/s\""),
    (Safe, "pace \"3/s\"; pace \"3/s\"", "pace \"3/s\""),
    (
        Safe,
        "pace \"3/s\" // fast\n  pace   \"3/s\" ; ",
        "pace \"3/s\" // fast",
    ),
    (
        Safe,
        "call-window from=\"09:10\" to=\"19:50\" to=\"19:50\"",
        "call-window from=\"09:10\" to=\"19:50\"",
    ),
    (
        Safe,
        "redial {\n    busy after=\"20m\" times=3\n}\nredial {\n    busy after=\"20m\" times=3\n}",
        "redial {\n    busy after=\"20m\" times=3\n}",
    ),
    (
        Safe,
        "redial {\n    busy after=\"20m\" times=3\n    busy after=\"20m\" times=3\n}",
        "redial {\n    busy after=\"20m\" times=3\n}",
    ),
    (Safe, "pace \"3/s\" {\n}", "pace \"3/s\""),
    (Unsafe, "record #true", "record #true trim-left=\"0s\""),
    (Unsafe, "record true", "record #true trim-left=\"0s\""),
    // Comments that hide findings.
    (
        Safe,
        "pace \"3/s\" // dialform: ignore[http-webhook] a reason",
        "pace \"3/s\"",
    ),
    (
        Safe,
        "// dialform: ignore[http-webhook] a reason\npace \"3/s\"",
        "pace \"3/s\"",
    ),
    (
        Safe,
        "webhook \"http://example.com/hook\" // dialform: ignore[DF402, http-webhook] a reason",
        "webhook \"http://example.com/hook\" // dialform: ignore[http-webhook] a reason",
    ),
    (
        Safe,
        "webhook \"http://example.com/hook\" // dialform: ignore[DF601,DF402] a reason",
        "webhook \"http://example.com/hook\" // dialform: ignore[DF601] a reason",
    ),
    (
        Unsafe,
        "webhook \"http://example.com/hook\" // dialform: ignor[http-webhook] a reason",
        "webhook \"http://example.com/hook\" // dialform: ignore[http-webhook] a reason",
    ),
    (
        Unsafe,
        "webhook \"http://example.com/hook\" // dialform: ignore[http-webhok] a reason",
        "webhook \"http://example.com/hook\" // dialform: ignore[http-webhook] a reason",
    ),
];

/// What is left as it is, whatever is asked: nobody knows what was meant, or another mistake would come up.
const KEPT: &[&str] = &[
    // In UTC it is another hour.
    "start \"time\" at=\"2035-12-02T10:00:00Z\"",
    "detect-robot #true",
    "detectRobot #true",
    "pace \"3/s\"\npace \"5/s\"",
    "pace \"3/s\"\npace \"3/s\" // twice as a test",
    "call-window from=\"09:10\" to=\"19:50\" to=\"21:00\"",
    "start \"time\" at=\"12/02/2035 10:00\"",
    "start \"time\" at=\"2035-12-02\"",
    "call-window from=\"19:50\" to=\"09:10\"",
    "call-window from=\"24:00\" to=\"19:50\"",
    "webhook \"http://example.com/hooks/twin\"",
    "effective-after \"1.5h\"",
    "effective-after \"soon\"",
    "pace \"100/s\"",
    "redial {\n    busy after=(minutes)20 times=3\n}",
    "redial {\n    busy after=\"20m\" times=1,5\n}",
    "caller-id \"number\"",
];

/// A campaign with these settings in the place of the usual ones, of which `other` says some as well.
fn campaign(settings: &str, other: &str) -> String {
    let is_said = |name: &str| {
        let mut lines = settings.lines().chain(other.lines());
        lines.any(|line| line.split([' ', ':']).next() == Some(name) || line.contains(&format!("}} {name} ")))
    };
    let usual = NEEDED.iter().filter(|line| !is_said(line.split(' ').next().unwrap()));
    let usual: String = usual.map(|line| format!("{line}\n")).collect();
    format!("campaign \"a\" {{\n{usual}{settings}\n}}\n")
}

fn project(text: &str) -> Files {
    let files = [("dialform.kdl", ""), ("campaigns/a.kdl", text)];
    files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect()
}

#[test]
fn each_writes_what_is_meant() {
    let mut wrong = Vec::new();
    for (applicability, bad, good) in CASES {
        let before = campaign(bad, good);
        let wanted = campaign(good, bad);
        let files = project(&before);
        let site = Site::new(&files);
        let safe = site.fix(&files, Safe);
        let all = site.fix(&files, Unsafe);
        let is_safe = safe.text("campaigns/a.kdl") == wanted;
        if is_safe != (*applicability == Safe) {
            wrong.push(format!(
                "{applicability:?} {bad}\nsafe fixes give\n{}",
                safe.text("campaigns/a.kdl")
            ));
        }
        if all.text("campaigns/a.kdl") != wanted {
            wrong.push(format!(
                "{bad}\nall fixes give\n{}{:?}",
                all.text("campaigns/a.kdl"),
                all.left
            ));
        }
        let mut left = site.found(&all.files).0;
        // These campaigns have no hours.
        left.retain(|(_, code, _)| *code != "DF406");
        if !left.is_empty() {
            wrong.push(format!("{bad}: {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_certain_is_left() {
    for bad in KEPT {
        let files = project(&campaign(bad, ""));
        let fixed = Site::new(&files).fix(&files, Unsafe);
        assert_eq!(fixed.text("campaigns/a.kdl"), campaign(bad, ""), "{bad}");
        assert_eq!(fixed.fixed, 0);
    }
}

#[test]
fn line_ends_marks_and_a_missing_last_line_end_stay() {
    let bad = campaign("pace \"3/s\"\npace \"3/s\"\nrecord false", "");
    let good = campaign("pace \"3/s\"\nrecord #false", "record");
    for change in [
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| format!("\u{FEFF}{text}"),
        |text: &str| text.trim_end().to_owned(),
    ] {
        let files = project(&change(&bad));
        let fixed = Site::new(&files).fix(&files, Safe);
        assert_eq!(fixed.text("campaigns/a.kdl"), change(&good));
        assert_eq!(fixed.fixed, 2);
    }
}

/// The rules of which some finding in the tests has a fix, and whether one of them is safe.
fn seen_fixable() -> BTreeMap<&'static str, bool> {
    let mut seen = BTreeMap::new();
    let mut look = |files: &Files| {
        for (code, applicability) in Site::new(files).fixable(files) {
            *seen.entry(code).or_default() |= applicability == Safe;
        }
    };
    for (_, bad, good) in CASES {
        look(&project(&campaign(bad, good)));
    }
    for rule in RULES {
        look(&example_files(rule.bad));
    }
    for planted in all() {
        let mut files = files(planted.base());
        planted.plant_into(&mut files);
        look(&bytes(&files));
    }
    seen
}

#[test]
fn rules_say_truly_whether_they_can_be_fixed() {
    let seen = seen_fixable();
    for rule in RULES {
        let wanted = match seen.get(rule.code) {
            None => Fixable::Never,
            Some(false) => Fixable::Likely,
            Some(true) => Fixable::Safely,
        };
        assert_eq!(rule.fixable, wanted, "{} {}", rule.code, rule.name);
    }
}
