//! The JUnit report: a suite per file, with a failed test per finding or one passed test.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{LintRun, limited, sentences};
use crate::finding::Finding;
use crate::project::source::SourceFile;
use crate::util::printable::{Medium, TextStream, shown};

/// The findings of one file.
#[derive(Default)]
struct TestSuiteOfFile<'a> {
    shown: Vec<&'a Finding>,
    left_out: usize,
}

impl TestSuiteOfFile<'_> {
    /// How many of its tests fail; one that says how many findings are left out does, too.
    fn failures(&self) -> usize {
        self.shown.len() + usize::from(self.left_out > 0)
    }

    /// How many tests it has. A file without findings has one, which passes.
    fn tests(&self) -> usize {
        self.failures().max(1)
    }
}

/// Renders a run, with a newline at the end.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(run: &LintRun<'_>, out: &mut TextStream<'_>) -> io::Result<()> {
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
    out.xml(|out| {
        let mut report = JunitReport {
            out: Writer::new_with_indent(out, b' ', 4),
        };
        report.write(&files, run)
    })
}

/// Removes characters that XML forbids even if they are escaped.
fn xml(text: &str) -> Cow<'_, str> {
    shown(text, Medium::Xml)
}

/// The report, written element by element.
struct JunitReport<'o> {
    out: Writer<&'o mut dyn Write>,
}

impl JunitReport<'_> {
    fn write(&mut self, files: &BTreeMap<String, TestSuiteOfFile<'_>>, run: &LintRun<'_>) -> io::Result<()> {
        self.out
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let tests: usize = files.values().map(TestSuiteOfFile::tests).sum();
        let failures: usize = files.values().map(TestSuiteOfFile::failures).sum();
        self.start(
            "testsuites",
            &[
                ("name", "dialform lint"),
                ("tests", &tests.to_string()),
                ("skipped", "0"),
                ("failures", &failures.to_string()),
                ("errors", "0"),
            ],
        )?;
        for (path, of_file) in files {
            self.suite(&xml(path), of_file, run)?;
        }
        self.end("testsuites")?;
        self.out.write_indent()
    }

    fn suite(&mut self, path: &str, of_file: &TestSuiteOfFile<'_>, run: &LintRun<'_>) -> io::Result<()> {
        self.start(
            "testsuite",
            &[
                ("name", path),
                ("tests", &of_file.tests().to_string()),
                ("skipped", "0"),
                ("errors", "0"),
                ("failures", &of_file.failures().to_string()),
            ],
        )?;
        let left_out = of_file.left_out;
        if left_out > 0 {
            self.start("properties", &[])?;
            let property = [("name", "findings-not-shown"), ("value", &left_out.to_string())];
            self.empty("property", &property)?;
            self.end("properties")?;
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        for finding in &of_file.shown {
            // Services match tests between runs by name, so the name has no line number.
            let mut name = format!("{} {}", finding.rule.code, finding.rule.name);
            if let Some(within) = &finding.within {
                name.push_str(&xml(&format!(" in {} {}", within.keyword, within.name)));
            }
            let count = match names.get_mut(&name) {
                Some(count) => count,
                None => names.entry(name.clone()).or_default(),
            };
            *count += 1;
            if *count > 1 {
                name.push_str(&format!(" ({count})"));
            }
            self.failed(path, &name, finding, run.sources.file(finding.place.file))?;
        }
        if left_out > 0 {
            let words = format!("{left_out} more findings are not shown");
            self.start("testcase", &case(path, "more findings"))?;
            self.empty("failure", &[("message", &words)])?;
            self.end("testcase")?;
        } else if of_file.shown.is_empty() {
            self.empty("testcase", &case(path, "no findings"))?;
        }
        self.end("testsuite")
    }

    fn failed(&mut self, path: &str, name: &str, finding: &Finding, file: &SourceFile) -> io::Result<()> {
        let at = file.position(finding.place.span.start);
        let severity = finding.severity.as_str();
        let mut description = format!("{path}:{}:{}: {severity}[{}] ", at.line, at.column, finding.rule.code);
        for (index, sentence) in sentences(finding).enumerate() {
            if index > 0 {
                description.push('\n');
            }
            description.push_str(&xml(sentence));
        }
        let line = at.line.to_string();
        let [name, class, file] = case(path, name);
        self.start("testcase", &[name, class, file, ("line", &line)])?;
        self.start("failure", &[("message", &xml(&finding.message)), ("type", severity)])?;
        self.out.write_event(Event::Text(BytesText::new(&description)))?;
        self.end("failure")?;
        self.end("testcase")
    }

    fn start(&mut self, tag: &'static str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.out.write_event(Event::Start(element(tag, attributes)))
    }

    fn empty(&mut self, tag: &'static str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.out.write_event(Event::Empty(element(tag, attributes)))
    }

    fn end(&mut self, tag: &'static str) -> io::Result<()> {
        self.out.write_event(Event::End(BytesEnd::new(tag)))
    }
}

fn element(tag: &'static str, attributes: &[(&str, &str)]) -> BytesStart<'static> {
    BytesStart::new(tag).with_attributes(attributes.iter().copied())
}

/// The attributes of a test. The file is what GitLab and CircleCI link to.
fn case<'a>(path: &'a str, name: &'a str) -> [(&'static str, &'a str); 3] {
    [("name", name), ("classname", path), ("file", path)]
}
