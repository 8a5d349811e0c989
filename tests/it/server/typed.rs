//! A check of the file that was typed in finds what a check of everything finds.

use std::collections::BTreeMap;

use dialform::finding::Finding;
use dialform::lint::engine::{Checker, LastCheck, Overlay};
use jiff::Timestamp;

use super::PROJECT;
use crate::common::site::{CLEAN, keyed, repository};

const OTHERS: &str = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n    number unused=\"9a67dee5-398e-4570-9426-fbb3f067b271\"\n}\ntemplate \"t\" {\n    pace \"3/s\"\n}\nmoved from=\"z\" to=\"gone\"\n";

/// Texts that stand in the file, and what is put in their place.
const EDITS: [(&str, &str); 16] = [
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
    ("id=\"moscow\"", "id=\"moskow\""),
    ("id=\"moskow\"", "id=\"moscow\""),
    ("redial #false", "redial"),
    ("redial\n", "redial #false\n"),
    ("moved from=\"old\"", "moved from=\"older\""),
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
    let now = Timestamp::now();
    let mut quick = 0;
    for (has_error, lint) in [
        (false, ""),
        (true, ""),
        (false, "; lint { warn \"DF305\"; allow \"unused-alias\"; }"),
    ] {
        let own = PROJECT.replace(" }", &format!("{lint} }}"));
        let mut files = vec![("dialform.kdl", own.clone()), ("campaigns/o.kdl", OTHERS.to_owned())];
        files.push(("campaigns/a.kdl", start.clone()));
        files.push((
            "campaigns/b.kdl",
            keyed("b").replace("\"b\" {", "\"b\" template=\"t\" {"),
        ));
        if has_error {
            // The key of the other file: each is named beside the other.
            files.push(("campaigns/c.kdl", CLEAN.replace("\"A\"", "\"C\"")));
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let folder = repository(&files);
        let root = folder.path().canonicalize().unwrap();
        let path = root.join("campaigns/a.kdl");
        let mut checker = Checker::new(&root, Some(now));
        let scope = checker.project_scope(&root, &[]);
        let mut last = LastCheck::default();
        let mut shown = outline(
            &checker.check_keeping(&scope, &[], Some(&mut last)).findings.clone(),
            &checker,
        );
        let mut text = start.clone();
        let mut dice = 0x9E37_79B9_u64;
        for step in 0..400 {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (old, new) = EDITS[(dice >> 33) as usize % EDITS.len()];
            if !text.contains(old) {
                continue;
            }
            text = text.replacen(old, new, 1);
            let overlays = [Overlay {
                path: path.clone(),
                content: text.clone().into_bytes(),
            }];
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
                "step {step}: {old:?} → {new:?}\n{text}"
            );
        }
    }
    assert!(quick > 100, "{quick} checks looked at one file only");
}
