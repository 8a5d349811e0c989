//! GitHub Actions annotations: one workflow command per finding.

use std::io;

use super::LintRun;
use crate::finding::{Finding, Severity};
use crate::util::printable::{Text, TextStream};

/// Renders findings, which are in file order.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(run: &LintRun<'_>, out: &mut TextStream<'_>) -> io::Result<()> {
    for (shown, left_out) in super::limited(run.findings) {
        for finding in shown {
            annotation(out.text()?, finding, run);
        }
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = run.path_of(first.place.file);
            let message = format!("{left_out} more findings are not shown");
            out.text()?
                .command("notice", &[("file", &path), ("title", "dialform")], &message);
        }
    }
    Ok(())
}

fn annotation(out: &mut Text, finding: &Finding, run: &LintRun<'_>) {
    let file = run.sources.file(finding.place.file);
    let span = finding.place.span;
    let (start, last) = (file.position(span.start), super::last(span, file));
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let path = run.path_of(finding.place.file);
    let number = |number: usize| number.to_string();
    let (line, end_line) = (number(start.line), number(last.line));
    let (column, end_column) = (number(start.column), number(last.column));
    let title = format!("{} {}", finding.rule.code, finding.rule.name);
    let mut properties = vec![("file", path.as_str()), ("line", &line), ("endLine", &end_line)];
    // The runner takes columns only where both lines are one. What it counts them in is written nowhere; these are Unicode
    // scalar values, as in the other forms that people read. As the end line is the last one, so is the end column.
    if start.line == last.line {
        properties.extend([("col", column.as_str()), ("endColumn", &end_column)]);
    }
    properties.push(("title", &title));
    out.command(command, &properties, &super::words(finding));
}
