//! Annotations of GitHub Actions: one workflow command a finding, which the runner reads from the step's output.

use std::fmt::Write;

use super::Run;
use super::excerpt::visible;
use crate::finding::{Finding, Severity};

/// Renders findings, which are in file order.
pub fn render(run: &Run<'_>) -> String {
    let mut out = String::new();
    for (shown, left_out) in super::limited(run.findings) {
        for finding in shown {
            annotation(&mut out, finding, run);
        }
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = property(&run.path_of(first.place.file));
            let _ = writeln!(
                out,
                "::notice file={path},title=dialform::{left_out} more findings are not shown"
            );
        }
    }
    out
}

fn annotation(out: &mut String, finding: &Finding, run: &Run<'_>) {
    let file = run.sources.file(finding.place.file);
    let span = finding.place.span;
    let (start, last) = (file.position(span.start), super::last(span, file));
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let _ = write!(
        out,
        "::{command} file={},line={},endLine={}",
        property(&run.path_of(finding.place.file)),
        start.line,
        last.line
    );
    // The runner takes columns only where both lines are one. What it counts them in is written nowhere; these are Unicode
    // scalar values, as in the other forms that people read. As the end line is the last one, so is the end column.
    if start.line == last.line {
        let _ = write!(out, ",col={},endColumn={}", start.column, last.column);
    }
    let title = format!("{} {}", finding.rule.code, finding.rule.name);
    let _ = writeln!(out, ",title={}::{}", property(&title), data(&super::words(finding)));
}

/// The message. The runner turns exactly these back. Other controls are shown as in the other forms that people read.
fn data(text: &str) -> String {
    visible(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

/// A property's value, which ends at a comma, and the properties at colons.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
