//! Campaigns that are copies of one another, and campaigns of one name: in a check that keeps everything, as plan and editors
//! have it, and in one that keeps only what findings need, as lint has it.

use std::fs;

use dialform::lint::engine::Checker;

/// What every campaign here states, each setting in the way that most people write it.
const REST: &str = r#"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    caller-id "default"
    start "manual"
    pace "1/60s"
    effective-after "2m"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back"
    webhook "https://example.com/a"
    redial {
        busy after="20m" times=3
        no-answer #false
    }
"#;

/// The same request in other words.
const SAME: &str = r#"
    redial {
        no-answer #false
        busy times=3 after="1200s"
    }
    webhook "https://example.com/a"
    record #true trim-left="0m"
    call-window clock="recipient" to="19:50:00" from="09:10"
    detect-robot "back"
    effective-after "120s"
    pace "1/min"
    start "manual"
    caller-id "default"
    on-transfer channel="sales" "channel"
    scenario "228CC4FA-92F2-4709-94E3-7344A96A5903"
"#;

const PROJECT: &str = r#"
project { lint { allow "unused-alias"; allow "unused-template" } }
aliases {
    scenario promo="228CC4FA-92F2-4709-94E3-7344A96A5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
}
"#;

fn campaign(key: &str, name: &str, rest: &str) -> String {
    format!("campaign \"{key}\" {{\n    name \"{name}\"\n{rest}\n}}\n")
}

/// What the two rules say of these campaigns, each in a file of its own, as `CODE at FILE of FILE`; whether plan and apply go
/// on; and all codes besides.
fn look(files: &[(&str, String)]) -> (Vec<String>, bool, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("dialform.kdl"), PROJECT).unwrap();
    fs::create_dir(root.join("campaigns")).unwrap();
    for (name, text) in files {
        fs::write(root.join(format!("campaigns/{name}.kdl")), text).unwrap();
    }
    let mut checker = Checker::new(&root, None);
    let scope = checker.project_scope(&root, &[]);
    let checked = checker.check(&scope, &[]);
    let name = |place: dialform::project::source::Place| {
        let path = checked.sources.file(place.file).path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    };
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for finding in &checked.findings {
        match finding.rule.code {
            code @ ("DF312" | "DF313") => {
                assert!(!checked.sources.file(finding.place.file).text().is_empty());
                ours.push(format!(
                    "{code} at {} of {}",
                    name(finding.place),
                    name(finding.labels[0].place)
                ));
            }
            code => others.push(code),
        }
    }
    (ours, !checked.has_errors(), others)
}

/// Asserts what the two rules say, and that nothing else is said.
fn says(files: &[(&str, String)], expected: &[&str]) {
    let (ours, _, others) = look(files);
    assert_eq!(ours, expected, "{files:?}");
    assert_eq!(others, Vec::<&str>::new(), "{files:?}");
}

#[test]
fn a_copy_is_reported_at_the_later_one_however_it_is_written() {
    let template = |name: &str, rest: &str| format!("template \"t\" {{\n{name}\n{rest}\n}}\n");
    let inheriting = |key: &str, own: &str| format!("campaign \"{key}\" template=\"t\" {{\n{own}\n}}\n");
    let scenario = SAME.replace("\"228CC4FA-92F2-4709-94E3-7344A96A5903\"", "\"promo\"");
    let cases = [
        campaign("b", "Spring", REST),
        campaign("b", "Spring", SAME),
        campaign("b", "Spring", &scenario),
        campaign("b", "Spr\\u{69}ng", SAME),
        // From templates: all of it, some of it, overridden, through another one.
        template("name \"Spring\"", SAME) + &inheriting("b", ""),
        template("", SAME) + &inheriting("b", "name \"Spring\""),
        template("name \"Other\"", REST) + &inheriting("b", "name \"Spring\""),
        template("name \"Spring\"", &REST.replace("\"1/60s\"", "\"5/s\"")) + &inheriting("b", "pace \"1/min\""),
        template("comment \"Any\"", REST) + &inheriting("b", "name \"Spring\"; comment #null"),
        format!(
            "template \"u\" template=\"t\" {{}}\n{}",
            template("name \"Spring\"", REST)
        ) + &inheriting("b", "").replace("\"t\"", "\"u\""),
    ];
    for second in cases {
        let files = [("a", campaign("a", "Spring", REST)), ("b", second.clone())];
        says(&files, &["DF312 at b of a"]);
        assert!(!look(&files).1, "plan and apply stop at it");
        // In the order of paths, whatever the keys.
        says(
            &[("z", campaign("a", "Spring", REST)), ("b", second)],
            &["DF312 at z of b"],
        );
    }
    // In one file, after others, and several.
    let both = campaign("a", "Spring", REST) + &campaign("b", "Spring", SAME) + &campaign("c", "Spring", REST);
    says(
        &[("0", campaign("0", "Zero", REST)), ("a", both)],
        &["DF312 at a of a", "DF312 at a of a"],
    );
}

#[test]
fn one_name_with_other_settings_is_a_warning() {
    let others = [
        REST.replace("\"1/60s\"", "\"5/s\""),
        REST.replace("no-answer #false", "no-answer after=\"1h\" times=2"),
        REST.replace("/a\"", "/b\""),
        REST.replace("start \"manual\"", "start \"manual\"; comment \"Any\""),
    ];
    for rest in others {
        let files = [
            ("a", campaign("a", "Spring", REST)),
            ("b", campaign("b", "Spring", &rest)),
        ];
        says(&files, &["DF313 at b of a"]);
        assert!(look(&files).1);
    }
    // Blanks around a name are not seen.
    let blank = campaign("b", "Spring ", REST);
    says(
        &[("a", campaign("a", "Spring", REST)), ("b", blank)],
        &["DF313 at b of a"],
    );
    // A name that a template gives.
    let template = format!("template \"t\" {{\n name \"Spring\"\n{REST}\n}}\n");
    let of = |key: &str, own: &str| format!("campaign \"{key}\" template=\"t\" {{ {own} }}\n");
    says(
        &[
            ("0", template),
            ("a", of("a", "")),
            ("b", of("b", "pace \"5/s\"")),
            ("c", of("c", "")),
        ],
        &["DF313 at b of a", "DF312 at c of a"],
    );
}

#[test]
fn one_finding_for_each_and_the_first_of_each_as_its_label() {
    let other = REST.replace("\"1/60s\"", "\"5/s\"");
    says(
        &[
            ("a", campaign("a", "Spring", REST)),
            ("b", campaign("b", "Spring", &other)),
            ("c", campaign("c", "Spring", SAME)),
            ("d", campaign("d", "Spring", &other)),
            ("e", campaign("e", "Summer", REST)),
        ],
        &["DF313 at b of a", "DF312 at c of a", "DF312 at d of b"],
    );
}

#[test]
fn campaigns_that_are_alike_but_for_their_names_are_not_bothered() {
    let mut files = vec![("t".to_owned(), format!("template \"t\" {{\n{REST}\n}}\n"))];
    for number in 0..100 {
        let text = format!("campaign \"c{number}\" template=\"t\" {{ name \"Town {number}\" }}\n");
        files.push((format!("c{number}"), text));
        files.push((
            format!("p{number}"),
            campaign(&format!("p{number}"), &format!("Place {number}"), REST),
        ));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    says(&files, &[]);
}

#[test]
fn what_is_not_known_is_left_alone() {
    for mistake in [
        REST.replace("\"1/60s\"", "\"fast\""),
        REST.replace("pace \"1/60s\"", "pase \"1/60s\""),
        REST.replace("\"228cc4fa-92f2-4709-94e3-7344a96a5903\"", "\"nobody\""),
        REST.replace("from=\"09:10\"", "from=\"25:10\""),
        format!("{REST}\n    gornum 5"),
    ] {
        for files in [
            [
                ("a", campaign("a", "Spring", REST)),
                ("b", campaign("b", "Spring", &mistake)),
            ],
            [
                ("a", campaign("a", "Spring", &mistake)),
                ("b", campaign("b", "Spring", REST)),
            ],
        ] {
            let (ours, _, others) = look(&files);
            assert_eq!(ours, Vec::<String>::new(), "{files:?}");
            assert!(!others.is_empty(), "{files:?}");
        }
    }
    let missing = "campaign \"b\" template=\"nobody\" { name \"Spring\" }\n".to_owned();
    let (ours, _, others) = look(&[("a", campaign("a", "Spring", REST)), ("b", missing)]);
    assert_eq!((ours, others), (Vec::new(), vec!["DF303"]));
    // One mistake, one finding: a file that was copied whole.
    let (ours, _, others) = look(&[
        ("a", campaign("a", "Spring", REST)),
        ("b", campaign("a", "Spring", REST)),
    ]);
    assert_eq!((ours, others), (Vec::new(), vec!["DF305"]));
}

#[test]
fn a_comment_at_either_of_two_says_that_both_are_meant() {
    let commented = |key: &str, comment: &str| format!("{comment}\n{}", campaign(key, "Spring", REST));
    let comments = [
        "// dialform: ignore[DF312] two lines call at once",
        "// dialform: ignore[copied-campaign] two lines call at once",
        "// dialform: file-ignore[DF312] two lines call at once",
    ];
    let plain = |key: &str| campaign(key, "Spring", REST);
    for comment in comments {
        for files in [
            vec![("a", plain("a")), ("b", commented("b", comment))],
            vec![("a", commented("a", comment)), ("b", plain("b"))],
            vec![
                ("a", commented("a", comment)),
                ("b", plain("b")),
                ("c", commented("c", comment)),
            ],
        ] {
            says(&files, &[]);
            assert!(look(&files).1, "plan and apply go on: {files:?}");
        }
        // It is about one copy, and no other.
        says(
            &[("a", plain("a")), ("b", commented("b", comment)), ("c", plain("c"))],
            &["DF312 at c of a"],
        );
        // Where it is about none, it is in nobody's way either.
        let (ours, _, others) = look(&[("a", commented("a", comment))]);
        assert_eq!((ours, others), (Vec::new(), vec!["DF901"]));
    }
}

#[test]
fn texts_that_cannot_be_read_twice_are_read_once() {
    let site = super::Site::new(&[("a.kdl", &campaign("a", "Spring", REST))]);
    let both = campaign("a", "Spring", REST) + &campaign("b", "Spring", REST);
    let ran = site.lint_text(&["--output-format", "concise", "-"], &both);
    assert!(ran.stdout.contains("error[DF312]"), "{ran:?}");
}
