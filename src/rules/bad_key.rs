//! DF118: a campaign key or template name in other letters.

use any_ascii::any_ascii;

use super::secret_in_file::is_secret;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};
use crate::util::suggest::is_key;

pub(crate) static RULE: Rule = Rule {
    code: "DF118",
    name: "bad-key",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A key that is not made of a-z, 0-9, `-` and `_`, or does not begin with a letter or digit.",
    why: "The key is how state, plan and the task's marker name the campaign, so it must be plain: a campaign whose task is not found again is created once more, and calls everybody twice.",
    about: |_| false,
    bad: r#"campaign "Spring Promo" {}"#,
    good: r#"campaign "spring-promo" {}"#,
};

/// A key in other letters.
pub struct InvalidKey<'a> {
    /// `campaign` or `template`.
    pub kind: &'a str,
    /// The key.
    pub written: &'a str,
    /// A valid key.
    pub instead: Option<String>,
}

impl Violation for InvalidKey<'_> {
    fn message(&self) -> String {
        if self.written.trim().is_empty() {
            return format!("this {} has no name between its quotes", self.kind);
        }
        let article = if self.kind.starts_with('e') { "an" } else { "a" };
        format!("`{}` cannot be the name of {article} {}", self.written, self.kind)
    }

    fn label(&self) -> String {
        self.instead
            .as_ref()
            .map_or_else(|| "not a key".to_owned(), |key| format!("did you mean \"{key}\"?"))
    }

    fn help(&self) -> Option<String> {
        Some(match self.kind {
            "template" => {
                "names of templates are made of letters, digits, `-` and `_`; Latin letters are small".to_owned()
            }
            _ => "keys are made of a-z, 0-9, `-` and `_`, and begin with a letter or digit".to_owned(),
        })
    }
}

/// The most letters of a name that become a key.
const LONGEST: usize = 60;

/// The key of a campaign whose name has no letter and no digit.
const NAMELESS: &str = "campaign";

/// A key that says the name in Latin letters: `Весенняя акция №2` gives `vesennyaya-aktsiya-no2`.
pub(crate) fn key_of_name(name: &str) -> String {
    let mut key = String::new();
    for c in any_ascii(name).chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => key.push(c),
            // Soft signs and the like are written so in Latin letters.
            '\'' | '"' | '`' => {}
            _ if key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    if key.len() > LONGEST {
        key.truncate(LONGEST);
        // Not in the middle of a word, unless it is one long word.
        if let Some(at) = key.rfind('-').filter(|at| *at > LONGEST / 2) {
            key.truncate(at);
        }
    }
    let key = key.trim_matches(['-', '_']);
    if is_secret(key) {
        // `SK: the yearly service contract` is no token, but its key would look like one.
        format!("{NAMELESS}-{key}")
    } else if is_key(key) {
        key.to_owned()
    } else {
        NAMELESS.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys() {
        for (name, key) in [
            ("Spring promo 2026", "spring-promo-2026"),
            ("Напоминание о визите", "napominanie-o-vizite"),
            ("Щедрый объём: скидка 20%!", "shchedryy-obem-skidka-20"),
            ("Опитування їжаків", "opituvannya-izhakiv"),
            ("  --weird__ name-- ", "weird__-name"),
            ("!!!", "campaign"),
            ("", "campaign"),
            ("_", "campaign"),
            ("2026", "2026"),
            (
                "SK: сервисный контракт до мая",
                "campaign-sk-servisnyy-kontrakt-do-maya",
            ),
            (
                "Help line: yearly contract reminder",
                "help-line-yearly-contract-reminder",
            ),
        ] {
            assert_eq!(key_of_name(name), key, "{name}");
        }
        let long = key_of_name(&"слово ".repeat(40));
        assert!(long.len() <= LONGEST && long.ends_with("slovo"), "{long}");
        assert!(is_key(&key_of_name(&"ы".repeat(500))));
    }
}
