//! DF129: a place where no state can be kept.

use crate::fields::types::{AddressError, BadStateAddress};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF129",
    name: "bad-state-address",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `state` that is no path in the project and no address of a store, or that holds a password or a key.",
    why: "The state alone says which campaigns were created: kept in the wrong place, everybody is called again. Files under git are \
          read by many and kept for ever, and a password in them as well.",
    about: |_| false,
    bad: r#"project {
    state "postgres://bot:secret@db.example.com/campaigns?state=production"
}"#,
    good: r#"project {
    state "postgres://db.example.com/campaigns?state=production"
}"#,
};

/// A place where no state can be kept. What is written is not repeated, as it may hold a password.
pub struct InvalidStateAddress {
    /// What is wrong with it.
    pub why: BadStateAddress,
}

impl Violation for InvalidStateAddress {
    fn message(&self) -> String {
        match self.why {
            BadStateAddress::Store(AddressError::Credentials(_)) => "the `state` address holds credentials".to_owned(),
            BadStateAddress::Store(_) => "no state can be kept at this address".to_owned(),
            BadStateAddress::NotS3 => "a state in a file has no endpoint and no region".to_owned(),
            BadStateAddress::Path => "no state can be kept at this path".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self.why {
            BadStateAddress::Store(AddressError::Credentials(_)) => "a user or a password".to_owned(),
            BadStateAddress::Store(_) => "not a usable address".to_owned(),
            BadStateAddress::NotS3 | BadStateAddress::Path => "not a path in the project".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let why = &self.why;
        Some(match why {
            BadStateAddress::Store(AddressError::Credentials(_)) => {
                format!("{why}; what stands in a file under git is read by many and kept for ever, so have it replaced")
            }
            why => why.to_string(),
        })
    }
}
