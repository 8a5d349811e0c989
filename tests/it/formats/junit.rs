//! The JUnit report: the structure that CI services read, and letter by letter.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use crate::common::site::Site;

/// What the form says of an element: which elements may stand in it, which attributes it must have, which it may.
fn allowed(
    name: &str,
) -> (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
) {
    match name {
        "testsuites" => (&["testsuite"], &["name", "tests", "failures", "errors"], &["skipped"]),
        "testsuite" => (
            &["properties", "testcase"],
            &["name", "tests", "failures", "errors"],
            &["skipped"],
        ),
        "properties" => (&["property"], &[], &[]),
        "property" => (&[], &["name", "value"], &[]),
        "testcase" => (&["failure"], &["name", "classname"], &["file", "line"]),
        "failure" => (&[], &["message"], &["type"]),
        _ => panic!("no report has <{name}>"),
    }
}

#[track_caller]
fn assert_element(node: Node<'_, '_>) {
    let name = node.tag_name().name();
    let (children, required, optional) = allowed(name);
    for child in node.children().filter(Node::is_element) {
        assert!(children.contains(&child.tag_name().name()), "<{name}> has {child:?}");
        assert_element(child);
    }
    for attribute in node.attributes() {
        let is_known = required.contains(&attribute.name()) || optional.contains(&attribute.name());
        assert!(is_known && !attribute.value().is_empty(), "{attribute:?}");
    }
    for attribute in required {
        assert!(node.has_attribute(*attribute), "{node:?} has no {attribute}");
    }
    // The counts are those of what stands in it.
    if required.contains(&"tests") {
        let count = |tag: &str| {
            node.descendants()
                .filter(|node| node.has_tag_name(tag))
                .count()
                .to_string()
        };
        assert_eq!(node.attribute("tests"), Some(count("testcase").as_str()));
        assert_eq!(node.attribute("failures"), Some(count("failure").as_str()));
        assert_eq!(node.attribute("errors"), Some("0"));
    }
}

/// Made as the form has it, with no suite empty and no test twice.
#[track_caller]
pub(super) fn assert_valid(report: &str) {
    let document = Document::parse(report).unwrap_or_else(|why| panic!("{why}: {report}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_element(root);
    let mut names = BTreeSet::new();
    for suite in root.children().filter(Node::is_element) {
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        assert!(!cases.is_empty(), "{suite:?}");
        for case in cases {
            assert_eq!(case.attribute("classname"), suite.attribute("name"));
            assert!(
                names.insert((case.attribute("classname"), case.attribute("name"))),
                "{case:?}"
            );
        }
    }
}

#[test]
fn a_report_letter_by_letter() {
    let report = Site::sample().all("junit");
    assert_valid(&report);
    assert_eq!(
        report,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="dialform lint" tests="5" skipped="0" failures="4" errors="0">
    <testsuite name="campaigns/a.kdl" tests="2" skipped="0" errors="0" failures="2">
        <testcase name="DF010 bare-keyword in campaign spring" classname="campaigns/a.kdl" file="campaigns/a.kdl" line="2">
            <failure message="`false` is written `#false`" type="error">campaigns/a.kdl:2:26: error[DF010] `false` is written `#false`
write `#false`</failure>
        </testcase>
        <testcase name="DF101 unknown-setting in campaign spring" classname="campaigns/a.kdl" file="campaigns/a.kdl" line="3">
            <failure message="a campaign has no `pase`" type="error">campaigns/a.kdl:3:25: error[DF101] a campaign has no `pase`
did you mean `pace`?</failure>
        </testcase>
    </testsuite>
    <testsuite name="campaigns/b.kdl" tests="2" skipped="0" errors="0" failures="2">
        <testcase name="DF305 duplicate-name in campaign spring" classname="campaigns/b.kdl" file="campaigns/b.kdl" line="1">
            <failure message="campaign `spring` is declared twice" type="error">campaigns/b.kdl:1:10: error[DF305] campaign `spring` is declared twice
declared again
give one campaign another name</failure>
        </testcase>
        <testcase name="DF401 start-in-past in campaign spring" classname="campaigns/b.kdl" file="campaigns/b.kdl" line="6">
            <failure message="the start 2001-01-01 10:00 has passed" type="warning">campaigns/b.kdl:6:21: warning[DF401] the start 2001-01-01 10:00 has passed
in the past
it is 2026-12-02 13:00 now; the task would start as soon as it is created</failure>
        </testcase>
    </testsuite>
    <testsuite name="dialform.kdl" tests="1" skipped="0" errors="0" failures="0">
        <testcase name="no findings" classname="dialform.kdl" file="dialform.kdl"/>
    </testsuite>
</testsuites>
"#
    );
}

/// A service that finds no test in a report takes it for a failure.
#[test]
fn a_clean_project_shows_that_it_was_checked() {
    let report = Site::clean().all("junit");
    assert_valid(&report);
    assert!(
        report.contains("tests=\"2\" skipped=\"0\" failures=\"0\" errors=\"0\""),
        "{report}"
    );
}

/// Names stay when lines move, and tell equal findings apart.
#[test]
fn equal_findings_are_numbered() {
    let site = Site::now(&[("a.kdl", "campaign \"a\" {\n    pase 1\n    pase 1\n    pase 1\n}\n")]);
    let report = site.all("junit");
    assert_valid(&report);
    for name in ["in campaign a\"", "in campaign a (2)\"", "in campaign a (3)\""] {
        assert!(report.contains(&format!("DF101 unknown-setting {name}")), "{report}");
    }
    site.write(
        "a.kdl",
        b"\n\ncampaign \"a\" {\n\n    pase 1\n    pase 1\n    pase 1\n}\n",
    );
    let names = |report: &str| -> Vec<String> {
        let document = Document::parse(report).unwrap();
        let names = document.descendants().filter(|node| node.has_tag_name("testcase"));
        names.map(|node| node.attribute("name").unwrap().to_owned()).collect()
    };
    assert_eq!(names(&site.all("junit")), names(&report));
}

/// Control characters have no place in XML; they are left out.
#[test]
fn characters_that_xml_cannot_hold_are_left_out() {
    let site = Site::now(&[("a.kdl", "campaign \"a\" {\n    pa\u{7}se \"<&\u{1b}[31m]]>\"\n}\n")]);
    assert_valid(&site.all("junit"));
}
