//! DF307: a `moved` to a key that is not declared.

use super::Context;
use crate::finding::{Fix, Rule, Severity, Sink, Violation};
use crate::model::Moved;
use crate::names::closest;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF307",
    name: "moved-to-undeclared",
    severity: Severity::Error,
    summary: "A `moved` that leads to no campaign of the project, or in a circle.",
    why: "The task in state would belong to no campaign: it goes on calling, and no file says so any more.",
    about: |_| false,
    bad: r#"moved from="a" to="c"
campaign "b" {}"#,
    good: r#"moved from="a" to="b"
campaign "b" {}"#,
};

/// A move to a key that is not there.
pub struct MovedToUndeclared<'a> {
    /// The key.
    pub key: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// Whether further moves lead from it back to where this one began.
    pub is_circle: bool,
}

impl Violation for MovedToUndeclared<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        if self.is_circle {
            return format!("the moves to `{}` lead in a circle, and to no campaign", self.key);
        }
        format!("no campaign has the key `{}`", self.key)
    }

    fn label(&self) -> String {
        match self.suggestion {
            Some(name) => format!("did you mean \"{name}\"?"),
            None if self.is_circle => "leads back to its own `from=`".to_owned(),
            None => "not declared".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let what = "`moved` gives the task of the old key to a campaign that is declared";
        Some(format!("{what}: write that campaign's key, or remove this `moved`"))
    }
}

/// Checks each `moved`; a key that moves on is as good as declared, unless it comes back to where it was.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete || context.project.moves().next().is_none() {
        return;
    }
    let keys: Vec<&str> = context.project.keys().map(|key| &*key.value).collect();
    let is_declared = |key: &str| keys.contains(&key);
    let moves: Vec<&Moved> = context.project.moves().collect();
    let mut circles: Vec<&str> = Vec::new();
    for moved in &moves {
        let to = &*moved.to.value;
        if is_declared(to) || circles.contains(&to) {
            continue;
        }
        let chain = chain(moved, &moves);
        let is_circle = chain.last().is_some_and(|last| last.to.value == moved.from.value);
        if is_circle {
            circles.extend(chain.iter().map(|moved| &*moved.to.value));
            // A member that is still declared was reported as that.
            if chain.iter().any(|moved| is_declared(&moved.from.value)) {
                continue;
            }
        } else if chain.len() > 1 {
            // The last move of the chain is the one that leads nowhere.
            continue;
        }
        let suggestion = closest(to, keys.iter().copied()).filter(|_| !is_circle);
        let finding = sink.report(moved.to.place, &MovedToUndeclared { key: to, suggestion, is_circle });
        if let Some(suggestion) = suggestion {
            finding.fix(Fix::likely(moved.to.place.span, format!("\"{suggestion}\"")));
        }
        for next in chain.iter().skip(1) {
            finding.label(next.to.place, "and on to here");
        }
    }
}

/// This move and those that go on from it, until the last or until it comes back to its beginning.
fn chain<'a>(first: &'a Moved, moves: &[&'a Moved]) -> Vec<&'a Moved> {
    let mut chain = vec![first];
    let mut at = first;
    while at.to.value != first.from.value {
        let next = moves.iter().find(|moved| moved.from.value == at.to.value);
        match next {
            Some(next) if !chain.iter().any(|known| std::ptr::eq(*known, *next)) => {
                chain.push(next);
                at = next;
            }
            _ => break,
        }
    }
    chain
}
