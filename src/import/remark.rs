//! The lines of an import's report.

use std::fmt;

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing is lost.
    Note,
    /// Something was normalized, is missing, or is kept in a comment only.
    Warning,
    /// A body was not imported.
    Error,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// How much it matters.
    pub weight: Weight,
    /// Where in the input: `$.cps`, `$[1].body.cps`, `curl 2: $.cps`; the key of a campaign for what its text is like.
    pub at: String,
    /// The message.
    pub text: String,
}

impl Remark {
    pub(super) fn note(at: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Weight::Note, at, text)
    }

    pub(super) fn warning(at: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Weight::Warning, at, text)
    }

    pub(super) fn error(at: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Weight::Error, at, text)
    }

    fn new(weight: Weight, at: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            weight,
            at: at.into(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Note => "note",
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        let Self { at, text, .. } = self;
        if at.is_empty() {
            write!(f, "{weight}: {text}")
        } else {
            write!(f, "{weight}: {at}: {text}")
        }
    }
}
