//! Renders findings, plans and the results of apply in every output format; `schema` describes the formats.

pub mod apply;
pub mod concise;
pub mod diff;
pub mod events;
mod excerpt;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
mod line_hash;
pub mod link;
pub mod markdown;
pub mod order;
pub mod page;
pub mod plan;
pub mod rdjson;
mod run;
pub mod sarif;
pub mod schema;
mod shared_words;
pub mod status;

pub use run::LintRun;

use crate::finding::{Finding, Severity};
use crate::project::source::{Position, SourceFile, Span};
use crate::util::plural::counted;

/// The most findings of one file that are printed; the rest is counted.
pub const MAX_PER_FILE: usize = 1_000;

/// How many findings of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
            }
        }
        counts
    }

    /// `2 errors, 1 warning`, or `no findings`.
    pub fn words(self) -> String {
        let some = |count: usize, word: &str| match count {
            0 => None,
            some => Some(counted(some, word)),
        };
        let parts: Vec<String> = [some(self.errors, "error"), some(self.warnings, "warning")]
            .into_iter()
            .flatten()
            .collect();
        if parts.is_empty() {
            "no findings".to_owned()
        } else {
            parts.join(", ")
        }
    }
}

/// Splits findings, which are in file order, into those that are printed and how many of each file are not.
fn limited(findings: &[Finding]) -> impl Iterator<Item = (&[Finding], usize)> {
    findings.chunk_by(|a, b| a.place.file == b.place.file).map(|of_file| {
        let shown = of_file.len().min(MAX_PER_FILE);
        (&of_file[..shown], of_file.len() - shown)
    })
}

/// Message, label and help as sentences.
fn sentences(finding: &Finding) -> impl Iterator<Item = &str> {
    let label = Some(finding.label.as_str()).filter(|label| !label.is_empty());
    let message = std::iter::once(finding.message.as_str());
    message.chain(label).chain(finding.help.as_deref())
}

/// The same, one per line.
pub(crate) fn words(finding: &Finding) -> String {
    sentences(finding).collect::<Vec<_>>().join("\n")
}

/// The last character of a span, for formats with inclusive ends; the start of an empty span.
fn last(span: Span, file: &SourceFile) -> Position {
    file.position(span.end.saturating_sub(1).max(span.start))
}
