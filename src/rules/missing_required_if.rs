//! DF201: a setting that another one makes necessary.

use crate::fields::{Condition, Facts, Field, FieldSpec, Known, Setting, Slot, fields_of, usage_with};
use crate::finding::{Fix, Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Definition, SettingNode};
use crate::project::source::Span;

pub(crate) static RULE: Rule = Rule {
    code: "DF201",
    name: "missing-required-if",
    group: RuleGroup::Conditions,
    phase: Phase::Definition,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A property that the API requires because of another value.",
    why: "The API refuses the task, or makes it with a part missing: calls that are to be handed over but to no channel, or that show no number.",
    about: |field| !matches!(field.required, Condition::Always | Condition::Never) && field.slot != Slot::Argument,
    bad: r#"on-transfer "channel""#,
    good: r#"on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b""#,
};

/// A setting that another value makes necessary.
pub struct MissingRequiredIf<'a> {
    /// The node.
    pub setting: Setting,
    /// The value that makes it necessary, as written in the language.
    pub because: &'a str,
    /// The word of that value in conditions; empty where it is no choice.
    pub word: &'a str,
    /// What is missing.
    pub missing: &'a [&'static FieldSpec],
}

impl Violation for MissingRequiredIf<'_> {
    fn message(&self) -> String {
        {
            let names: Vec<String> = self
                .missing
                .iter()
                .map(|spec| format!("`{}`", spec.written()))
                .collect();
            format!("`{}` needs {}", self.because, names.join(" and "))
        }
    }

    fn label(&self) -> String {
        {
            let names: Vec<String> = self.missing.iter().map(|spec| spec.written()).collect();
            format!("{} missing", names.join(" and "))
        }
    }

    fn help(&self) -> Option<String> {
        let wire: Vec<String> = self
            .missing
            .iter()
            .map(|spec| format!("`{}`", spec.wire_name()))
            .collect();
        Some(format!(
            "write {}; the API requires {}",
            usage_with(self.setting, self.word),
            wire.join(" and ")
        ))
    }
}

/// Checks each node by itself: every such condition of the table is about its own node. One finding a node, at the value
/// that makes the missing part necessary.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    for stated in owner
        .stated
        .iter()
        .filter(|stated| stated.setting.has_conditions() && !stated.is_null && !stated.incomplete)
    {
        if stated.values().len() == stated.setting.field_count() {
            // Nearly all nodes state all that they can.
            continue;
        }
        let missing: Vec<&'static FieldSpec> = fields_of(stated.setting)
            .filter(|spec| spec.slot != Slot::Argument && !matches!(spec.required, Condition::Never))
            .filter(|spec| stated.get(spec.id).is_none() && spec.required.holds(&OneNode(stated)) == Some(true))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let trigger = stated.setting.argument().and_then(|spec| stated.get(spec.id));
        let word = trigger.and_then(|value| Some(value.value?.word(value.field.spec())));
        let trigger = trigger.filter(|value| value.place != stated.name);
        let name = stated.setting.spec().name;
        let place = trigger.map_or(stated.name, |value| value.place);
        let because = match trigger.and_then(|value| value.value?.choice(value.field.spec())) {
            Some(choice) => format!("{name} {}", choice.written.source()),
            None => name.to_owned(),
        };
        let (setting, word) = (stated.setting, word.unwrap_or_default());
        let finding = sink.report(
            place,
            &MissingRequiredIf {
                setting,
                because: &because,
                word,
                missing: &missing,
            },
        );
        let [missing] = missing.as_slice() else { continue };
        if let (Some(text), Some(trigger)) = (neutral(missing), trigger) {
            finding.fix(Fix::likely(
                Span::point(trigger.place.span.end as usize),
                format!(" {text}"),
            ));
        }
    }
}

/// A value that keeps the meaning, for the fix: a recording that is not cut. For all other fields nobody knows what was meant.
fn neutral(missing: &FieldSpec) -> Option<&'static str> {
    (missing.id == Field::RecordTrim).then_some("trim-left=\"0s\"")
}

/// What one node states.
struct OneNode<'a>(SettingNode<'a>);

impl Facts for OneNode<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        match self.0.get(field) {
            Some(stated) => stated
                .value
                .map_or(Known::Unknown, |value| Known::Is(value.word(field.spec()))),
            None if self.0.setting == field.spec().setting => Known::Absent,
            None => Known::Unknown,
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        (setting == self.0.setting).then_some(true)
    }
}
