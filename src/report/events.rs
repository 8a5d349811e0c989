//! The runs of `watch` as events, one JSON object a line: the contract for editors and other programs that stay.

use serde::Serialize;

use super::Counts;
use super::json::{JsonDiagnostic, diagnostic};
use crate::finding::Finding;
use crate::project::source::Sources;
use crate::util::printable::json_line;

/// The version of the events' form.
pub const FORMAT_VERSION: &str = "1.0";

/// One line. Each run is a `begin`, then its findings and an `end`, or an `error`.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum WatchEvent<'f> {
    Begin {
        format_version: &'static str,
    },
    JsonDiagnostic {
        #[serde(flatten)]
        diagnostic: &'f JsonDiagnostic<'f>,
    },
    End {
        valid: bool,
        error_count: usize,
        warning_count: usize,
        files: usize,
    },
    Error {
        message: &'f str,
    },
}

impl WatchEvent<'_> {
    fn line(&self) -> String {
        json_line(self)
    }
}

/// The line before a run.
pub fn begin() -> String {
    let begin = WatchEvent::Begin {
        format_version: FORMAT_VERSION,
    };
    begin.line()
}

/// A line for each finding, and the run's last one. The counts are exact even where findings are left out.
pub fn report(findings: &[Finding], files: usize, sources: &Sources) -> String {
    let counts = Counts::of(findings);
    let shown = super::limited(findings).flat_map(|(shown, _)| shown);
    let mut lines: String = shown
        .map(|finding| {
            let diagnostic = &diagnostic(finding, sources);
            WatchEvent::JsonDiagnostic { diagnostic }.line()
        })
        .collect();
    let end = WatchEvent::End {
        valid: counts.errors == 0,
        error_count: counts.errors,
        warning_count: counts.warnings,
        files,
    };
    lines.push_str(&end.line());
    lines
}

/// The last line of a run in which nothing could be checked: what was found earlier is neither confirmed nor gone.
pub fn error(message: &str) -> String {
    WatchEvent::Error { message }.line()
}
