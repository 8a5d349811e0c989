//! One line a finding: `path:line:col: error[DF201] message`.

use std::fmt::Write;

use super::excerpt::visible;
use super::link;
use crate::finding::Finding;
use crate::source::Sources;

/// Renders findings, which are in file order. Their places are links where `links` says so.
pub fn render(findings: &[Finding], sources: &Sources, links: bool) -> String {
    let mut out = String::new();
    for (shown, left_out) in super::limited(findings) {
        for finding in shown {
            let file = sources.file(finding.place.file);
            let at = file.position(finding.place.span.start);
            let (severity, code) = (finding.severity.word(), finding.rule.code);
            // A newline would make two lines of one finding, and a terminal would obey other controls.
            let path = visible(&file.path().display().to_string());
            let message = visible(&finding.message.replace(['\n', '\r'], " "));
            let place = format!("{path}:{}:{}", at.line, at.column);
            let place = if links { link::file(file.path(), &place) } else { place };
            let _ = writeln!(out, "{place}: {severity}[{code}] {message}");
        }
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = visible(&sources.file(first.place.file).path().display().to_string());
            let _ = writeln!(out, "{path}: {left_out} more findings are not shown");
        }
    }
    out
}
