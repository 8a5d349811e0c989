//! DF117: a webhook address that is no URL.

use crate::fields::Kind;
use crate::fields::types::BadUrl;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF117",
    name: "bad-url",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A webhook address without scheme or host, with blanks in it, or that programs read in two ways.",
    why: "Nothing would ever arrive there: what the people who were called have answered would be lost. And where two \
          programs read an address in two ways (`\\`, `%` in a host, letters that are not ASCII, numbers for a host), what \
          a reviewer sees is not where the answers go. A national domain is written in its ASCII form (`xn--…`).",
    about: |field| matches!(field.kind, Kind::Url),
    bad: r#"webhook "https:///hooks/twin""#,
    good: r#"webhook "https://example.com/hooks/twin""#,
};

/// A text that is no webhook URL.
pub struct InvalidUrl<'a> {
    /// The text.
    pub written: &'a str,
    /// What is wrong with it.
    pub why: &'a BadUrl,
}

impl Violation for InvalidUrl<'_> {
    fn message(&self) -> String {
        match self.why {
            BadUrl::Unclear { what, .. } => format!("`{}` is not clear: {what}", self.written),
            BadUrl::NoScheme => format!("`{}` has no `https://` in front", self.written),
            BadUrl::Scheme(scheme) => format!("webhooks go over https, not over `{scheme}`"),
            BadUrl::NoHost => format!("`{}` has no host", self.written),
            BadUrl::WhiteSpace => "a URL has no blanks in it".to_owned(),
            BadUrl::Port => format!("`{}` has a port that does not exist", self.written),
        }
    }

    fn label(&self) -> String {
        "not a webhook address".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(match self.why {
            BadUrl::Unclear {
                instead: Some(instead), ..
            } => format!("if this is what is meant, write \"{instead}\""),
            _ => "write the whole address: \"https://example.com/hooks/twin\"".to_owned(),
        })
    }
}
