//! In what form findings are printed.

use clap::ValueEnum;

use super::terminal;
use crate::finding::Finding;
use crate::render::{concise, human, json};
use crate::source::Sources;

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// With the source beside them
    Human,
    /// One line a finding
    Concise,
    /// A JSON report
    Json,
}

impl OutputFormat {
    /// The format where none is asked for.
    pub(super) fn usual() -> Self {
        if terminal::stdout_is_terminal() {
            Self::Human
        } else {
            Self::Concise
        }
    }

    /// Renders findings, which are in file order.
    pub(super) fn render(self, findings: &[Finding], sources: &Sources) -> String {
        match self {
            Self::Human => human::render(findings, sources, terminal::look()),
            Self::Concise => concise::render(findings, sources),
            Self::Json => json::render(findings, sources),
        }
    }
}
