//! The runs of `watch` as JSON lines: the contract with editors and other long-running programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::Counts;
use super::json::{JsonDiagnostic, diagnostic};
use crate::finding::Finding;
use crate::project::source::Sources;
use crate::util::printable::json_line;

/// The version of the events' format.
pub const FORMAT_VERSION: &str = "1.0";

/// One line. A run is a `begin`, then a `diagnostic` for each finding and an `end`, or an `error`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) enum WatchEvent<'f> {
    /// A run begins. It reports all findings anew.
    Begin {
        /// The version of this format.
        #[schemars(extend("const" = FORMAT_VERSION))]
        format_version: &'static str,
    },
    /// A finding of the run, the same object as in the lint report.
    Diagnostic {
        #[serde(flatten)]
        diagnostic: &'f JsonDiagnostic<'f>,
    },
    /// A run ended. The counts are exact even if a file has so many findings that some are left out.
    End {
        /// Whether there are no errors.
        valid: bool,
        /// The number of errors.
        error_count: usize,
        /// The number of warnings.
        warning_count: usize,
        /// The number of files that were checked and reported.
        files: usize,
    },
    /// A run ended in which nothing could be checked. Earlier findings are neither confirmed nor gone.
    Error {
        /// Why nothing could be checked.
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
            WatchEvent::Diagnostic { diagnostic }.line()
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
