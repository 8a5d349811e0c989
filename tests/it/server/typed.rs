//! A check of the file that was typed in finds what a check of everything finds.

use std::collections::BTreeMap;

use dialform::finding::Finding;
use dialform::lint::engine::{Checker, LastCheck, Overlay};
use jiff::Timestamp;

use super::PROJECT;
use crate::common::site::{CLEAN, keyed, repository};

const OTHERS: &str = "aliases {\n    number moscow=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n    number unused=\"9a67dee5-398e-4570-9426-fbb3f067b271\"\n}\ntemplate \"t\" {\n    pace \"3/s\"\n    start \"time\" at=\"2020-12-02 23:30\"\n}\ntemplate \"u\" template=\"t\" {\n    // dialform: ignore[DF401] tried\n    start \"time\" at=\"2020-12-03 12:00\"\n}\nmoved from=\"z\" to=\"e\"\n";

/// One alias is another id in each environment, one is in one of them only, and a start has passed in one of them first.
const ENVIRONMENTS: &str = "environment \"staging\" {\n    aliases { scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"; }\n}\nenvironment \"production\" {\n    timezone \"America/New_York\"\n    dialect \"extended\"\n    aliases {\n        scenario promo=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n        number tver=\"9a67dee5-398e-4570-9426-fbb3f067b272\"\n    }\n}\n";

/// Texts that stand in a file, and what is put in their place.
const EDITS: [(&str, &str); 80] = [
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
    // Environments.
    ("    name", "    only \"staging\"\n    name"),
    ("only \"staging\"\n", "only \"production\"\n"),
    ("only \"production\"\n", "only \"prodution\" \"staging\"\n"),
    ("only \"prodution\" \"staging\"\n", "only \"staging\"\n"),
    ("    only \"production\"\n", ""),
    ("    only \"staging\"\n", ""),
    ("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "\"promo\""),
    (
        "scenario \"promo\"",
        "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    ),
    ("id=\"moscow\"", "id=\"tver\""),
    ("id=\"tver\"", "id=\"moscow\""),
    // Templates.
    ("template \"t\" {", "template \"t\" {\n    only \"production\""),
    ("template \"t\" {\n    only \"production\"", "template \"t\" {"),
    ("template \"u\" template=\"t\"", "template \"u\""),
    ("template \"u\" {", "template \"u\" template=\"t\" {"),
    ("template \"u\"", "template \"t\""),
    ("template \"t\"", "template \"u\""),
    ("    pace", "    name \"A\"\n    pace"),
    ("    name \"A\"\n    pace", "    pace"),
    ("    pace", "    scenario \"promo\"\n    pace"),
    ("    scenario \"promo\"\n    pace", "    pace"),
    ("23:30", "12:00"),
    ("12:00", "23:30"),
    ("template \"", "tempalte \""),
    ("tempalte \"", "template \""),
    // Aliases.
    (
        "aliases {",
        "aliases {\n    scenario promo=\"9a67dee5-398e-4570-9426-fbb3f067b270\"",
    ),
    ("    scenario promo=\"9a67dee5-398e-4570-9426-fbb3f067b270\"\n", ""),
    ("number unused", "scenario unused"),
    ("scenario unused", "number unused"),
    ("b271", "b270"),
    ("b270", "b271"),
    ("number tver", "number tverr"),
    ("number tverr", "number tver"),
    ("America/New_York", "Europe/Paris"),
    ("Europe/Paris", "America/New_York"),
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
    let (mut checks, mut of_own_file, mut environments) = (0, 0, 0);
    for (round, lint) in ["", "", "; lint { warn \"DF305\"; allow \"unused-alias\"; }"]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        let mut own = PROJECT.replace(" }", &format!("{lint} }}"));
        if round % 2 == 1 {
            own.push_str(ENVIRONMENTS);
        }
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
            "dialform.kdl",
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
            let name = names[(dice >> 24) as usize % names.len()];
            let text = texts.get_mut(name).unwrap();
            if !text.contains(old) || text.len() > 3_000 {
                continue;
            }
            *text = text.replacen(old, new, 1);
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
                    checks += 1;
                    of_own_file += usize::from(name == "dialform.kdl");
                    for (file, findings) in changed {
                        shown.remove(&checker.real_path(file).unwrap().display().to_string());
                        shown.extend(outline(&findings, &checker));
                    }
                }
                None => {
                    assert_eq!(name, "dialform.kdl", "nothing else concerns all files");
                    let all = checker.check_keeping(&scope, &overlays, Some(&mut last));
                    let findings = all.findings.clone();
                    shown = outline(&findings, &checker);
                }
            }
            environments += usize::from(shown.values().flatten().any(|line| line.contains("in the environment")));
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
    assert!(checks > 1_000, "{checks} checks");
    assert!(of_own_file > 20, "{of_own_file} of them in dialform.kdl");
    assert!(
        environments > 50,
        "{environments} with findings in some environments only"
    );
}

/// How many files a key stroke has looked at that puts `new` in the place of `old` in a file of a project. It has found what a check
/// of everything finds.
fn looked_at(files: &[(&str, &str)], name: &str, (old, new): (&str, &str)) -> usize {
    let folder = repository(files);
    let root = folder.path().canonicalize().unwrap();
    let now = Timestamp::now();
    let mut checker = Checker::new(&root, Some(now));
    let scope = checker.project_scope(&root, &[]);
    let mut last = LastCheck::default();
    let findings = checker.check_keeping(&scope, &[], Some(&mut last)).findings.clone();
    let mut shown = outline(&findings, &checker);
    assert_eq!(last.looked_at(), files.len());
    let (_, text) = files.iter().find(|(known, _)| *known == name).unwrap();
    assert!(text.contains(old), "{name} has no {old}");
    let path = root.join(name);
    let content = text.replacen(old, new, 1).into_bytes();
    let overlays = [Overlay {
        path: path.clone(),
        content,
    }];
    let changed = checker.check_one(&scope, &overlays, &path, &mut last);
    for (file, findings) in changed.expect("everything was to be checked again") {
        shown.remove(&checker.real_path(file).unwrap().display().to_string());
        shown.extend(outline(&findings, &checker));
    }
    let mut fresh = Checker::new(&root, Some(now));
    let findings = fresh.check(&scope, &overlays).findings.clone();
    assert_eq!(shown, outline(&findings, &fresh), "{name}: {old} → {new}");
    last.looked_at()
}

#[test]
fn a_key_stroke_looks_at_few_files_of_many() {
    let many: Vec<(String, String)> = (0..300)
        .map(|number| {
            let key = format!("key-{number}");
            let (mut text, mut from) = (keyed(&key), " template=\"common\"");
            if number % 100 == 0 {
                // What is found in it points at the template.
                text = text.replace("\"manual\"", "\"time\" at=\"2036-12-02 23:30\"");
                from = " template=\"rare\"";
            }
            let text = text.replace(
                &format!("\"{key}\" {{"),
                &format!("\"{key}\"{from} {{\n    trunk \"line-{}\"", number % 150),
            );
            (format!("campaigns/{number:03}.kdl"), text)
        })
        .collect();
    let aliases: Vec<String> = (0..150)
        .map(|number| format!("    trunk line-{number}=\"9a67dee5-398e-4570-9426-fbb3f06{number:05}\"\n"))
        .collect();
    let aliases = format!("aliases {{\n{}}}\n", aliases.concat());
    let templates = "template \"rare\" { comment \"R\"; call-window from=\"09:10\" to=\"10:00\"; }\ntemplate \"common\" { comment \"C\"; }\n";
    let elsewhere =
        "campaign \"odd\" { scenario \"9a67dee5-398e-4570-9426-fbb3f0600007\" }\nmoved from=\"old\" to=\"nowhere\"\n";
    let own = format!("{PROJECT}{ENVIRONMENTS}");
    let mut files = vec![
        ("dialform.kdl", own.as_str()),
        ("campaigns/aliases.kdl", &aliases),
        ("campaigns/templates.kdl", templates),
    ];
    files.extend(many.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    for further in [None, Some(("campaigns/odd.kdl", elsewhere))] {
        files.extend(further);
        let few = 16;
        for (name, edit) in [
            ("campaigns/150.kdl", ("\"KEY-", "\"KEX-")),
            ("campaigns/150.kdl", ("key-150", "key-x")),
            ("campaigns/150.kdl", ("pace \"", "pace \"0")),
            ("campaigns/templates.kdl", ("\"R\"", "\"S\"")),
            ("campaigns/templates.kdl", ("template \"rare\"", "\ntemplate \"rare\"")),
            ("campaigns/templates.kdl", ("10:00", "23:50")),
            ("campaigns/templates.kdl", ("template \"rare\"", "template \"rarer\"")),
            ("campaigns/aliases.kdl", ("line-7=\"9", "line-7=\"8")),
            ("campaigns/aliases.kdl", ("line-7=", "line-seven=")),
            ("dialform.kdl", ("tver=\"9", "tver=\"8")),
        ] {
            let count = looked_at(&files, name, edit);
            assert!(count <= few, "{name} {edit:?}: {count} files");
        }
    }
}
