//! One mistake hides no other: whatever is planted into a project, names that nobody declares are reported in its other files,
//! unless the mistake may have swallowed their declaration, and then its finding says so.

use super::all;
use super::base::CLASSIC;
use super::harness::{Files, check, files};

/// A file in which one name of each kind is not declared.
const OTHERS: &str = r#"moved from="zz-old" to="zz-nowhere"
template "zz-template" template="zz-missing" { scenario "zz-unknown"; }
"#;
const FILE: &str = "campaigns/zz-others.kdl";
/// What is found in it, and the kind of names that must have been swallowed where it is not found.
const KINDS: [(&str, &str); 3] = [("DF301", "aliases"), ("DF303", "templates"), ("DF307", "campaigns")];

/// The kinds of which nothing is found though a name is not declared, and all that is said of what was swallowed.
fn silent(mut files: Files) -> (Vec<&'static str>, String) {
    files.push((FILE.to_owned(), OTHERS.to_owned()));
    let found = check(&files);
    let is_found = |code: &str| found.iter().any(|found| found.code == code && found.at.0 == FILE);
    let silent = KINDS.iter().filter(|(code, _)| !is_found(code)).map(|(_, kind)| *kind);
    let helps = found.iter().filter_map(|found| found.help.as_deref());
    let said: Vec<&str> = helps
        .filter(|help| help.contains("are not reported until this is fixed"))
        .collect();
    (silent.collect(), said.join("\n"))
}

#[test]
fn every_mistake_that_hides_unknown_names_says_so() {
    let mut hiding = 0;
    let mut wrong = Vec::new();
    // What is no file of the project is not read.
    for planted in all().filter(|planted| planted.code() != "DF311") {
        let mut files = files(planted.base());
        assert!(planted.plant_into(&mut files), "{planted:?}");
        let (silent, said) = silent(files);
        hiding += usize::from(!silent.is_empty());
        let unsaid: Vec<&str> = silent.into_iter().filter(|kind| !said.contains(kind)).collect();
        if !unsaid.is_empty() {
            wrong.push(format!("{planted:?}: {unsaid:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} hide in silence:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!((1..30).contains(&hiding), "{hiding} mistakes hide names");
}

#[test]
fn only_the_names_that_a_mistake_may_have_swallowed_are_not_reported() {
    let cases: [(&str, &[&str]); 16] = [
        ("campaign {}", &["campaigns"]),
        ("campaign \"Not A Key\" {}", &[]),
        ("campaign 5 {}", &["campaigns"]),
        ("campaign \"a\" template=\"nowhere\" {}", &[]),
        ("campaign \"a\" { nonsense 1; }", &[]),
        ("template {}", &["templates"]),
        ("template \"Not A Key\" {}", &["templates"]),
        ("tempalte \"weekend\" {}", &[]),
        ("nonsense", &[]),
        ("aliases { scenaro a=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"; }", &[]),
        ("aliases { scenario; }", &["aliases"]),
        ("aliases { scenario a=true; }", &[]),
        ("moved from=\"x\"", &[]),
        ("moved from=\"x\" to=\"Y Z\"", &[]),
        (
            "campaign \"a\" { name \"x }; template b {}",
            &["aliases", "templates", "campaigns"],
        ),
        ("/* template \"b\" {}", &["aliases", "templates", "campaigns"]),
    ];
    for (text, expected) in cases {
        let mut files = files(CLASSIC);
        files.push(("campaigns/mistake.kdl".to_owned(), text.to_owned()));
        let (silent, said) = silent(files);
        assert_eq!(silent, expected, "{text}");
        assert_eq!(said.is_empty(), expected.is_empty(), "{text}: {said}");
    }
}

#[test]
fn a_name_that_is_meant_by_a_mistake_is_no_second_one() {
    let cases = [
        "tempalte \"zz-missing\" {}",
        "campaign \"a\" { template \"zz-missing\" {}; }",
        "template \"ZZ-Missing\" {}",
        "template \"a\" {\n    record #true\n}\n}\ntempalte \"zz-missing\" {\n}\n",
    ];
    for text in cases {
        let mut files = files(CLASSIC);
        files.push(("campaigns/mistake.kdl".to_owned(), text.to_owned()));
        let (silent, _) = silent(files);
        assert_eq!(silent, ["templates"], "{text}");
    }
    for text in [
        "aliases { scenaro zz-unknown=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"; }",
        "alias { scenario zz-unknown=\"x\"; }",
    ] {
        let mut files = files(CLASSIC);
        files.push(("campaigns/mistake.kdl".to_owned(), text.to_owned()));
        let (silent, _) = silent(files);
        assert_eq!(silent, ["aliases"], "{text}");
    }
}
