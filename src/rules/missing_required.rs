//! DF202: a setting that every campaign needs.

use crate::fields::{Condition, FieldSpec, SETTINGS, usage};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Resolved;

pub(crate) static RULE: Rule = Rule {
    code: "DF202",
    name: "missing-required",
    group: RuleGroup::Conditions,
    phase: Phase::Campaign,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Required settings that neither the campaign nor its templates state.",
    why: "The API refuses a task without them, and nobody would be called on the day that was planned.",
    about: |field| matches!(field.required, Condition::Always),
    bad: r#"campaign "a" {
    name "Spring promo"
}"#,
    good: r#"campaign "a" {
    name "Spring promo"
    scenario "228cc4fa-92f2-4709-94e3-7344a96a5903"
    on-transfer "end"
    caller-id "default"
    start "manual"
    pace "3/s"
    effective-after "12s"
    record #false
    redial #false
}"#,
};

/// Required settings that are missing. One finding a campaign: without its `template=`, several are missing at once.
pub struct MissingRequired<'a> {
    /// Their rows; at least one.
    pub missing: &'a [&'static FieldSpec],
}

impl Violation for MissingRequired<'_> {
    fn message(&self) -> String {
        let names = in_a_row(self.missing.iter().map(|spec| format!("`{}`", spec.written())));
        match self.missing {
            [spec] => format!("{names} is missing: {}", spec.setting.spec().doc),
            _ => format!("{names} are missing"),
        }
    }

    fn label(&self) -> String {
        match self.missing {
            [spec] => format!("has no `{}`", spec.written()),
            several => format!("lacks {} settings", several.len()),
        }
    }

    fn help(&self) -> Option<String> {
        let usages = in_a_row(self.missing.iter().map(|spec| format!("`{}`", usage(spec.setting))));
        let wire = in_a_row(self.missing.iter().map(|spec| format!("`{}`", spec.wire_name())));
        Some(format!(
            "write {usages} in the campaign or in its template; the API requires {wire}"
        ))
    }
}

/// `a`, `a and b`, `a, b and c`
fn in_a_row(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        parts => parts.concat(),
    }
}

/// Checks every campaign with what it inherits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    let required = SETTINGS
        .iter()
        .map(|spec| spec.id)
        .filter(|setting| setting.is_required());
    let missing = required.filter(|setting| campaign.lacks(*setting));
    let missing: Vec<&'static FieldSpec> = missing.filter_map(|setting| setting.argument()).collect();
    // An unknown setting may be a misspelling of one of them.
    if missing.len() > campaign.unguessed() {
        let place = campaign
            .definition
            .name
            .as_ref()
            .map_or(campaign.definition.keyword, |name| name.place);
        sink.report(place, &MissingRequired { missing: &missing });
    }
}
