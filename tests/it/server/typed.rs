//! A check of the file that was typed in finds what a check of everything finds.

use std::collections::BTreeMap;

use dialform::finding::Finding;
use dialform::lint::engine::{Checker, LastCheck, Overlay};
use jiff::Timestamp;

use super::PROJECT;
use crate::common::site::{CLEAN, keyed, repository};

const OTHERS: &str = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n    number unused=\"9a67dee5-398e-4570-9426-fbb3f067b271\"\n}\ntemplate \"t\" {\n    pace \"3/s\"\n    start \"time\" at=\"2020-12-02 23:30\"\n}\ntemplate \"u\" template=\"t\" {\n    // dialform: ignore[DF401] tried\n    start \"time\" at=\"2020-12-03 12:00\"\n}\nmoved from=\"z\" to=\"e\"\n";

/// The id of an alias of another kind.
const ID_IN_PLACE: &str = "scenario \"9a67dee5-398e-4570-9426-fbb3f067b270\"";

/// Texts that stand in a file, and what is put in their place.
const EDITS: [(&str, &str); 46] = [
    ("3/s", "0/s"),
    ("0/s", "3/s"),
    ("\"5s\"", "\"12s\""),
    ("// x", "// Я😀 x"),
    ("// Я😀 x", "// x"),
    ("campaign \"a\"", "\n\ncampaign \"a\""),
    ("\n\n", "\n"),
    ("record #false", "record #true"),
    ("record #true", "record #false"),
    ("\"A\"", "\"B\""),
    ("\"B\"", "\"A\""),
    ("\"B\"", "\"C\""),
    ("\"C\"", "\"A\""),
    ("campaign \"a\"", "campaign \"c\""),
    ("campaign \"b\"", "campaign \"c\""),
    ("campaign \"c\"", "campaign \"b\""),
    ("campaign \"c\"", "campaign \"z\""),
    ("campaign \"z\"", "campaign \"gone\""),
    ("campaign \"gone\"", "campaign \"a\""),
    (" template=\"t\"", " template=\"u\""),
    (" template=\"u\"", " template=\"v\""),
    (" template=\"v\"", ""),
    ("\" {\n    name", "\" template=\"t\" {\n    name"),
    ("    start \"manual\"\n", ""),
    ("    on-transfer", "    start \"manual\"\n    on-transfer"),
    ("id=\"moscow\"", "id=\"moskow\""),
    ("id=\"moskow\"", "id=\"moscow\""),
    ("number moscow", "number moskow"),
    ("number moskow", "number moscow"),
    (
        "228cc4fa-92f2-4709-94e3-7344a96a5903",
        "9a67dee5-398e-4570-9426-fbb3f067b270",
    ),
    (
        "scenario \"9a67dee5-398e-4570-9426-fbb3f067b270\"",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    ),
    ("redial #false", "redial"),
    ("redial\n", "redial #false\n"),
    ("moved from=\"old\"", "moved from=\"b\""),
    ("moved from=\"b\"", "moved from=\"old\""),
    ("to=\"e\"", "to=\"gone\""),
    ("to=\"gone\"", "to=\"e\""),
    ("to=\"gone\"", "to=\"d\""),
    ("removed \"z\"", "removed \"c\""),
    ("removed \"c\"", "removed \"z\""),
    (
        "    name",
        "    // dialform: ignore[DF312,DF309,DF402] needed\n    name",
    ),
    ("    // dialform: ignore[DF312,DF309,DF402] needed\n", ""),
    ("campaign \"", "campaigm \""),
    ("campaigm \"", "campaign \""),
    ("record", "recrod \"a"),
    ("recrod \"a", "record"),
];

/// What is shown, by file: rule, place, words, further places, fix.
fn outline(findings: &[Finding], checker: &Checker) -> BTreeMap<String, Vec<String>> {
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let name = |file| checker.real_path(file).unwrap().display().to_string();
    for finding in findings {
        let labels: Vec<String> = finding
            .labels
            .iter()
            .map(|label| format!("{} {:?} {}", name(label.place.file), label.place.span, label.text))
            .collect();
        let line = format!(
            "{} {:?} {:?} {} {:?} {labels:?} {:?} {:?}",
            finding.rule.code,
            finding.severity,
            finding.place.span,
            finding.message,
            finding.help,
            finding.fix,
            finding.within
        );
        shown.entry(name(finding.place.file)).or_default().push(line);
    }
    shown
}

#[test]
fn it_finds_what_a_check_of_everything_finds() {
    let campaign = CLEAN.replace("caller-id \"default\"", "caller-id \"number\" id=\"moscow\" // x");
    let start = format!("{campaign}moved from=\"old\" to=\"a\"\nremoved \"z\" task=\"keep\"\n");
    let with_template = |key: &str| {
        let text = keyed(key).replace(&format!("\"{key}\" {{"), &format!("\"{key}\" template=\"t\" {{"));
        text.replace("    start \"manual\"\n", "")
    };
    let now = Timestamp::now();
    let mut quick = 0;
    for (round, lint) in ["", "", "; lint { warn \"DF305\"; allow \"unused-alias\"; }"]
        .into_iter()
        .cycle()
        .take(9)
        .enumerate()
    {
        let own = PROJECT.replace(" }", &format!("{lint} }}"));
        let files = [
            ("dialform.kdl", own.clone()),
            ("campaigns/a.kdl", start.clone()),
            ("campaigns/b.kdl", with_template("b")),
            ("campaigns/d.kdl", with_template("d")),
            ("campaigns/e.kdl", keyed("e")),
            (
                "campaigns/o.kdl",
                if round < 6 {
                    OTHERS.replace("dialform: ignore[DF401]", "")
                } else {
                    OTHERS.to_owned()
                },
            ),
            // The key of another file in some rounds: each is named beside the other.
            ("campaigns/c.kdl", keyed(if round % 3 == 1 { "a" } else { "c" })),
        ];
        let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let folder = repository(&named);
        let root = folder.path().canonicalize().unwrap();
        let mut texts: BTreeMap<&str, String> = files.into_iter().collect();
        let names = [
            "campaigns/a.kdl",
            "campaigns/b.kdl",
            "campaigns/d.kdl",
            "campaigns/e.kdl",
            "campaigns/o.kdl",
        ];
        let mut checker = Checker::new(&root, Some(now));
        let scope = checker.project_scope(&root, &[]);
        let mut last = LastCheck::default();
        let mut shown = outline(
            &checker.check_keeping(&scope, &[], Some(&mut last)).findings.clone(),
            &checker,
        );
        let mut dice = 0x9E37_79B9_u64 + round as u64;
        for step in 0..500 {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (old, new) = EDITS[(dice >> 33) as usize % EDITS.len()];
            // Whatever needs a check of everything is to go soon.
            let asks_for_all = |text: &str| text.contains(ID_IN_PLACE) || text.contains("to=\"gone\"");
            let slow = names.into_iter().find(|name| asks_for_all(&texts[name]));
            let name = slow
                .filter(|_| step % 4 != 0)
                .unwrap_or(names[(dice >> 24) as usize % names.len()]);
            let text = texts.get_mut(name).unwrap();
            if slow == Some(name) && step % 4 != 0 {
                *text = text.replace(ID_IN_PLACE, "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"");
                *text = text.replace("to=\"gone\"", "to=\"e\"");
            } else if text.contains(old) && text.len() < 3_000 {
                *text = text.replacen(old, new, 1);
            } else {
                continue;
            }
            let path = root.join(name);
            let overlays: Vec<Overlay> = texts
                .iter()
                .map(|(name, text)| Overlay {
                    path: root.join(name),
                    content: text.clone().into_bytes(),
                })
                .collect();
            match checker.check_one(&scope, &overlays, &path, &mut last) {
                Some(changed) => {
                    quick += 1;
                    for (file, findings) in changed {
                        shown.remove(&checker.real_path(file).unwrap().display().to_string());
                        shown.extend(outline(&findings, &checker));
                    }
                }
                None => {
                    let findings = checker
                        .check_keeping(&scope, &overlays, Some(&mut last))
                        .findings
                        .clone();
                    shown = outline(&findings, &checker);
                }
            }
            let mut fresh = Checker::new(&root, Some(now));
            let findings = fresh.check(&scope, &overlays).findings.clone();
            assert_eq!(
                shown,
                outline(&findings, &fresh),
                "round {round}, step {step}, {name}: {old:?} → {new:?}\n{}",
                texts[name]
            );
        }
    }
    assert!(quick > 350, "{quick} checks looked at a few files only");
}
