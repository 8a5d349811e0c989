//! A check that reads nothing again, since nothing changed, finds what the first one found.

use std::fs;
use std::path::Path;

use dialform::explain::example;
use dialform::lint::engine::{Checked, Checker};
use dialform::rules::RULES;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

use super::base::{CLASSIC, EXTENDED};
use super::harness::{Files, NOW, Planted, files};
use super::{all, mutations};
use crate::common::sample::{every, generated};

/// Plain campaigns beside those of the bases, which nearly all refer to something.
const PLAIN: &str = r#"campaign "plain-1" {
    name "One"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "time" at="2030-12-02 10:00"
    call-window from="09:10" to="19:50"
    pace "1/s"
    effective-after "5s"
    record #false
    detect-robot "back"
    redial {
        max-per-candidate 6
        busy after="20m" times=3
    }
}

campaign "plain-2" {
    name "Two"
    scenario "promo"
    on-transfer "channel" channel="sales"
    caller-id "number" id="moscow"
    start "manual"
    pace "1/s"
    effective-after "5s"
    record #false
    detect-robot "back"
    redial #false
}
"#;

/// A folder for one project after the other.
struct Site(TempDir);

impl Site {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Everything that is found, as it is shown, by a first check and by one after it.
    fn both(&self, files: &[(String, Vec<u8>)]) -> [String; 2] {
        let root = self.0.path().join("project");
        let _ = fs::remove_dir_all(&root);
        for (path, content) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let root = root.canonicalize().unwrap();
        let mut checker = Checker::new(&root, Some(NOW.parse().unwrap()));
        checker.keep_stamps();
        [(); 2].map(|()| found(&mut checker, &root))
    }
}

fn found(checker: &mut Checker, root: &Path) -> String {
    let scope = checker.project_scope(root, &[]);
    let checked = checker.check(&scope, &[]);
    let shown = checked.findings.iter().chain(&checked.blocking).map(|finding| {
        let labels = finding.labels.iter().map(|label| label.place).chain([finding.place]);
        let texts = labels.map(|place| text_at(&checked, place)).collect::<Vec<_>>();
        format!("{finding:?}\n    {texts:?}\n")
    });
    shown.collect()
}

fn text_at(checked: &Checked<'_>, place: dialform::project::source::Place) -> String {
    let file = checked.sources.file(place.file);
    format!("{}: {:?}", file.path().display(), file.text().get(place.span.range()))
}

fn with_plain(base: &Files) -> Files {
    let mut files = base.clone();
    files.push(("campaigns/plain.kdl".to_owned(), PLAIN.to_owned()));
    files
}

fn bytes(files: Files) -> Vec<(String, Vec<u8>)> {
    files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect()
}

fn agree(site: &Site, files: &[(String, Vec<u8>)]) -> Result<(), TestCaseError> {
    let [first, second] = site.both(files);
    prop_assert_eq!(first, second);
    Ok(())
}

#[test]
fn the_examples_of_every_rule() {
    let site = Site::new();
    for rule in RULES {
        for text in [rule.bad, rule.good] {
            let files: Vec<_> = example::project(text)
                .into_iter()
                .map(|(path, content)| (path.to_owned(), content))
                .collect();
            let [first, second] = site.both(&files);
            assert_eq!(first, second, "{} {}", rule.code, rule.name);
        }
    }
}

#[test]
fn a_second_check_finds_every_planted_mistake_again() {
    let site = Site::new();
    // Half of them; all with `EVERY_CASE=1`.
    for planted in all().step_by(every(2)) {
        let mut files = with_plain(&files(planted.base()));
        planted.plant_into(&mut files);
        let [first, second] = site.both(&bytes(files));
        assert_eq!(first, second, "{planted:?}");
    }
}

/// Names that go across files, and what refers to them from campaigns that are settled.
#[test]
fn a_second_check_finds_the_same_where_names_meet() {
    let site = Site::new();
    for (old, new) in [
        ("\"plain-2\"", "\"plain-1\""),
        ("\"plain-1\"", "\"spring-promo\""),
        ("\"plain-2\"", "\"winter-promo\""),
        ("\"promo\"", "\"prono\""),
        ("\"sales\"", "\"nobody\""),
        ("\"moscow\"", "\"regions\""),
        ("\"number\" id=\"moscow\"", "\"pool\" id=\"regions\""),
        ("2030-12-02 10:00", "2029-12-02 10:00"),
        ("2030-12-02 10:00", "2030-12-02 23:00"),
    ] {
        assert!(PLAIN.contains(old), "{old}");
        let mut files = files(CLASSIC);
        files.push(("campaigns/plain.kdl".to_owned(), PLAIN.replace(old, new)));
        let [first, second] = site.both(&bytes(files));
        assert_eq!(first, second, "{new}");
    }
}

/// The settings of a campaign with which nothing is wrong.
const SETTINGS: [&str; 11] = [
    r#"name "One""#,
    r#"scenario "promo""#,
    r#"on-transfer "channel" channel="sales""#,
    r#"caller-id "number" id="moscow""#,
    r#"start "time" at="2030-12-02 10:00""#,
    r#"call-window from="09:10" to="19:50""#,
    r#"pace "1/s""#,
    r#"effective-after "5s""#,
    r#"record #true trim-left="0s""#,
    r#"detect-robot "back""#,
    r#"redial { max-per-candidate 6; busy after="20m" times=3; }"#,
];

/// What can be wrong with a campaign as a whole: the rule, how the lines begin that are left out, and what stands instead.
const WRONG: [(&str, &[&str], &[&str]); 7] = [
    ("DF202", &["pace"], &[]),
    ("DF301", &["scenario"], &[r#"scenario "nobody""#]),
    ("DF401", &["start"], &[r#"start "time" at="2020-12-02 10:00""#]),
    ("DF402", &["start"], &[r#"start "time" at="2030-12-02 23:00""#]),
    (
        "DF501",
        &["detect-robot", "redial"],
        &[
            "detect-robot #false",
            r#"redial { max-per-candidate 6; answering-machine after="4h" times=1; }"#,
        ],
    ),
    (
        "DF502",
        &["redial"],
        &[r#"redial { max-per-candidate 3; busy after="20m" times=3; no-answer after="2h" times=5; }"#],
    ),
    ("DF503", &["redial"], &["redial { max-per-candidate 3; }"]),
];

/// Rules about whole campaigns, whatever of what they look at stands in a template.
#[test]
fn settings_divided_between_a_campaign_and_its_template() {
    let site = Site::new();
    for (code, left_out, instead) in WRONG {
        let right = SETTINGS
            .iter()
            .filter(|line| !left_out.iter().any(|word| line.starts_with(word)));
        let settings: Vec<&str> = right.chain(instead).copied().collect();
        let mut found = 0;
        for mask in (0..1 << settings.len()).step_by(every(75)) {
            let part = |own: bool| {
                let lines = (0..)
                    .zip(&settings)
                    .filter(|(index, _)| (mask >> index & 1 == 1) == own);
                lines.map(|(_, line)| format!("    {line}\n")).collect::<String>()
            };
            let (campaign, template) = (part(true), part(false));
            let text = format!(
                "campaign \"divided\" template=\"rest\" {{\n{campaign}}}\n\ntemplate \"rest\" {{\n{template}}}\n"
            );
            let mut files = files(CLASSIC);
            files.push(("campaigns/divided.kdl".to_owned(), text.clone()));
            let [first, second] = site.both(&bytes(files));
            assert_eq!(first, second, "{text}");
            found += usize::from(second.contains(code));
        }
        assert!(found > 0, "{code}");
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: generated(80, 200),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn several_mistakes_together_and_bytes_at_random() {
    let site = Site::new();
    for base in [CLASSIC, EXTENDED] {
        let planted: Vec<&Planted> = all().filter(|planted| planted.base() == base).collect();
        let changes = || vec((any::<Index>(), mutations::change()), 0..3);
        proptest!(config(), |(picks in vec(any::<Index>(), 0..4), changes in changes())| {
            let mut files = with_plain(&files(base));
            for pick in picks {
                planted[pick.index(planted.len())].plant_into(&mut files);
            }
            let mut files = bytes(files);
            for (file, change) in changes {
                let index = file.index(files.len());
                mutations::changed(&mut files[index].1, &change);
            }
            agree(&site, &files)?;
        });
    }
}
