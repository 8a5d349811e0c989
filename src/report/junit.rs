//! The JUnit report: a suite per file, with a failed test per finding or one passed test.

use std::collections::{BTreeMap, HashMap};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::{LintRun, limited, sentences};
use crate::finding::Finding;
use crate::project::source::SourceFile;
use crate::util::printable::{Medium, shown};

/// The findings of one file.
#[derive(Default)]
struct TestSuiteOfFile<'a> {
    shown: Vec<&'a Finding>,
    left_out: usize,
}

/// Renders a run, with a newline at the end.
pub fn render(run: &LintRun<'_>) -> String {
    let clean = run
        .files
        .iter()
        .map(|file| (run.path(file), TestSuiteOfFile::default()));
    let mut files: BTreeMap<String, TestSuiteOfFile<'_>> = clean.collect();
    for (shown, left_out) in limited(run.findings) {
        let Some(first) = shown.first() else { continue };
        let of_file = files.entry(run.path_of(first.place.file)).or_default();
        of_file.shown.extend(shown);
        of_file.left_out += left_out;
    }
    let mut report = Report::new("dialform lint");
    for (path, of_file) in &files {
        report.add_test_suite(suite(path, of_file, run));
    }
    let mut out = report.to_string().unwrap_or_default();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

fn suite(path: &str, TestSuiteOfFile { shown, left_out }: &TestSuiteOfFile<'_>, run: &LintRun<'_>) -> TestSuite {
    let path = &xml(path);
    let mut suite = TestSuite::new(path.clone());
    let mut names: HashMap<String, usize> = HashMap::new();
    for finding in shown {
        // Services match tests between runs by name, so the name has no line number.
        let mut name = format!("{} {}", finding.rule.code, finding.rule.name);
        if let Some(within) = &finding.within {
            name.push_str(&xml(&format!(" in {} {}", within.keyword, within.name)));
        }
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name.push_str(&format!(" ({count})"));
        }
        suite.add_test_case(failed(path, &name, finding, run.sources.file(finding.place.file)));
    }
    if *left_out > 0 {
        let words = format!("{left_out} more findings are not shown");
        suite.add_property(Property::new("findings-not-shown", left_out.to_string()));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(words);
        suite.add_test_case(case(path, "more findings", status));
    } else if shown.is_empty() {
        suite.add_test_case(case(path, "no findings", TestCaseStatus::success()));
    }
    suite
}

/// Removes characters that XML forbids even if they are escaped.
fn xml(text: &str) -> String {
    shown(text, Medium::Xml).into_owned()
}

fn failed(path: &str, name: &str, finding: &Finding, file: &SourceFile) -> TestCase {
    let at = file.position(finding.place.span.start);
    let severity = finding.severity.as_str();
    let description = format!(
        "{path}:{}:{}: {severity}[{}] {}",
        at.line,
        at.column,
        finding.rule.code,
        sentences(finding).map(xml).collect::<Vec<_>>().join("\n")
    );
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_type(severity)
        .set_message(xml(&finding.message))
        .set_description(description);
    let mut case = case(path, name, status);
    case.extra.insert("line".into(), at.line.to_string().into());
    case
}

fn case(path: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(path);
    // What GitLab and CircleCI link to.
    case.extra.insert("file".into(), path.into());
    case
}
