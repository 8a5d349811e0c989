//! The concise format: one line per finding, `path:line:col: error[DF201] message`.

use std::io;

use super::link;
use crate::finding::Finding;
use crate::project::source::Sources;
use crate::util::printable::{TextStream, path};

/// Renders findings, which are in file order. Their places are links where `links` says so.
///
/// # Errors
///
/// Where the report could not leave.
pub fn render(findings: &[Finding], sources: &Sources, links: bool, out: &mut TextStream<'_>) -> io::Result<()> {
    for (shown, left_out) in super::limited(findings) {
        for finding in shown {
            let out = out.text()?;
            let file = sources.file(finding.place.file);
            let at = file.position(finding.place.span.start);
            let (severity, code) = (finding.severity.as_str(), finding.rule.code);
            let place = format!("{}:{}:{}", path(file.path()), at.line, at.column);
            match links.then(|| link::address(file.path())).flatten() {
                Some(address) => out.link(&address, place),
                None => out.push(place),
            };
            out.push(format_args!(": {severity}[{code}] {}", finding.message));
            match finding.label.starts_with("did you mean") {
                true => out.line(format_args!("; {}", finding.label)),
                false => out.line(""),
            };
        }
        if let (Some(first), 1..) = (shown.first(), left_out) {
            let path = path(sources.file(first.place.file).path());
            out.text()?
                .line(format_args!("{path}: {left_out} more findings are not shown"));
        }
    }
    Ok(())
}
