//! DF021: a file in JSON, YAML or TOML.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF021",
    name: "other-language",
    group: RuleGroup::NotKdl,
    phase: Phase::Syntax,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Campaigns are KDL files, not JSON, YAML or TOML.",
    why: "Nothing in the file can be read, so none of its campaigns would be checked or created.",
    about: |_| false,
    bad: "{ \"name\": \"Spring promo\" }",
    good: "name \"Spring promo\"",
};

/// A file in another language.
pub struct OtherLanguage {
    /// `JSON`, `YAML` or `TOML`.
    pub language: &'static str,
}

impl Violation for OtherLanguage {
    fn message(&self) -> String {
        format!("this looks like {}, and campaigns are KDL", self.language)
    }

    fn label(&self) -> String {
        format!("{} begins like this", self.language)
    }

    fn help(&self) -> Option<String> {
        Some(match self.language {
            "JSON" => "a campaign is `campaign \"key\" { … }`, with settings like `name \"Spring promo\"`; `dialform import` turns request bodies into KDL".to_owned(),
            _ => "KDL has braces around blocks and a blank between a name and its value: `campaign \"key\" { … }`, with settings like `name \"Spring promo\"`".to_owned(),
        })
    }
}
