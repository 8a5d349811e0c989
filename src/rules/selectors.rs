//! Codes, names and groups of rules, as people write them in `lint { … }`, in comments and on the command line.

use super::RULES;
use crate::finding::{Rule, RuleGroup};

/// The rule of this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| selects(code_or_name, rule))
}

/// Whether a code (`DF402`), a name (`start-outside-window`) or a group (`DF4`) selects this rule.
pub fn selects(selector: &str, rule: &Rule) -> bool {
    let is_group = selector.len() >= 3 && selector.len() < rule.code.len() && selector.starts_with("DF");
    selector == rule.code || selector == rule.name || (is_group && rule.code.starts_with(selector))
}

/// Whether any of several codes, names and groups selects this rule.
pub fn selected_by(selectors: &[Box<str>], rule: &Rule) -> bool {
    selectors.iter().any(|selector| selects(selector, rule))
}

/// Whether a selector selects any rule at all.
pub fn selects_any(selector: &str) -> bool {
    RULES.iter().any(|rule| selects(selector, rule))
}

/// Whether a selector is the code or name of one rule, and no group.
pub fn is_exact(selector: &str) -> bool {
    RULES.iter().any(|rule| selector == rule.code || selector == rule.name)
}

/// Whether a word looks like the code of a rule or group, whether there is one or not.
pub fn looks_like_code(word: &str) -> bool {
    let number = word
        .get(..2)
        .filter(|start| start.eq_ignore_ascii_case("DF"))
        .map(|_| &word[2..]);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The rules of a group, by code.
pub fn in_group(group: RuleGroup) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(move |rule| rule.group == group)
}

/// The selectors of a group that select any rule so far.
pub fn selectors_of(group: RuleGroup) -> impl Iterator<Item = &'static str> {
    group
        .selectors()
        .iter()
        .copied()
        .filter(|selector| selects_any(selector))
}
