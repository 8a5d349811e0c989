//! DF128: a variable that no token may be read from.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF128",
    name: "bad-token-env",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A `token-env` whose name does not begin with DIALFORM_ or TWIN_.",
    why: "What the variable holds is sent to the service: a file must not be able to have another secret of the machine sent there.",
    about: |_| false,
    bad: r#"project {
    token-env "AWS_SECRET_ACCESS_KEY"
}"#,
    good: r#"project {
    token-env "TWIN_STAGING_TOKEN"
}"#,
};

/// A variable that no token may be read from.
pub struct InvalidTokenEnv<'a> {
    /// Its name.
    pub name: &'a str,
}

impl Violation for InvalidTokenEnv<'_> {
    fn message(&self) -> String {
        format!("no token is read from the variable `{}`", self.name)
    }

    fn label(&self) -> String {
        "begins with neither DIALFORM_ nor TWIN_".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(
            "name a variable that begins with DIALFORM_ or TWIN_ and goes on with A-Z, 0-9 and `_`: token-env \
             \"TWIN_STAGING_TOKEN\""
                .to_owned(),
        )
    }
}
