//! DF203: a value that another value makes meaningless.

use super::Context;
use crate::fields::{Condition, Facts, Field, Known, Setting, Slot};
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::Stated;
use crate::source::Place;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF203",
    name: "set-but-no-effect",
    severity: Severity::Error,
    summary: "A property or setting that has no effect beside another value.",
    why: "It reads as if it did something, but it is not sent.",
    bad: r#"on-transfer "end" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b""#,
    good: r#"on-transfer "end""#,
};

/// A value without effect.
pub struct NoEffect<'a> {
    /// What has no effect.
    pub what: &'a str,
    /// When it would have one.
    pub condition: String,
}

impl Violation for NoEffect<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` has no effect here", self.what)
    }

    fn label(&self) -> String {
        "is not sent".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("it only counts with {}; remove it or change that", self.condition))
    }
}

/// Checks every node as written, against its own node and, within `redial`, against the node around it.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    for owner in context.project.campaigns().chain(context.project.templates()) {
        let facts = Written(&owner.stated);
        let mut switched_off: Option<Setting> = None;
        for stated in &owner.stated {
            for value in &stated.values {
                let spec = value.field.spec();
                if spec.allowed.holds(&facts) != Some(false) {
                    continue;
                }
                let is_argument = spec.slot == Slot::Argument;
                let parent = stated.setting.spec().parent;
                if is_argument && parent.is_some() && switched_off == parent {
                    // `redial #false { … }` is one mistake, however much stands in the block.
                    break;
                }
                switched_off = switched_off.or(parent.filter(|_| is_argument));
                let what = if is_argument { stated.setting.spec().name.to_owned() } else { spec.written() };
                let place = if is_argument { stated.name } else { Place::new(value.place.file, value.entry) };
                sink.report(place, &NoEffect { what: &what, condition: in_words(&spec.allowed) });
                if is_argument {
                    break;
                }
            }
        }
    }
}

/// What one campaign or template states itself. What it leaves to others is not known here.
struct Written<'a>(&'a [Stated]);

impl Facts for Written<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        let Some(stated) = self.0.iter().find(|stated| stated.setting == field.spec().setting) else {
            return Known::Unknown;
        };
        match stated.get(field) {
            Some(value) => value.value.as_ref().map_or(Known::Unknown, |value| Known::Is(value.word(field.spec()))),
            None if stated.incomplete => Known::Unknown,
            None => Known::Absent,
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        self.0.iter().any(|stated| stated.setting == setting).then_some(true)
    }
}

/// A condition of the table as people read it.
pub(crate) fn in_words(condition: &Condition) -> String {
    let list = |parts: &[Condition], joint: &str| parts.iter().map(in_words).collect::<Vec<_>>().join(joint);
    match condition {
        Condition::Always => "any campaign".to_owned(),
        Condition::Never => "no campaign".to_owned(),
        Condition::Is(field, words) => {
            let spec = field.spec();
            let name = spec.setting.path();
            let values = spec.choices().iter().filter(|choice| words.contains(&choice.written.word()));
            let values: Vec<String> = values
                .map(|choice| match choice.written {
                    crate::fields::Written::Implied => format!("`{name}` switched on"),
                    written => format!("`{name} {}`", written.source()),
                })
                .collect();
            values.join(" or ")
        }
        Condition::Stands(setting) => format!("`{}`", setting.path()),
        Condition::All(parts) => list(parts, " and "),
        Condition::Any(parts) => list(parts, " or "),
        Condition::Not(part) => format!("anything but {}", in_words(part)),
    }
}
