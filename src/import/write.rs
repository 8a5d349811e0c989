//! A draft → the text of its campaign.

use super::draft::{Draft, settings_in_order};
use super::kdl::{self, quoted};
use crate::fields::{Condition, Field, FieldSpec, SETTINGS, Setting, Slot, Written, fields_of};
use crate::syntax::format::{self, FormatError};

/// The text of a campaign, formatted.
pub(super) fn campaign(key: &str, draft: &Draft<'_>, more: &[String]) -> Result<String, FormatError> {
    let mut lines = Vec::new();
    for setting in settings_in_order() {
        if setting.spec().repeats {
            lines.extend(draft.webhooks.iter().cloned());
        } else if setting.has_settings() {
            block(draft, setting, &mut lines);
        } else {
            lines.extend(node(draft, setting));
        }
        lines.extend(kept(draft, setting));
    }
    lines.extend(
        draft
            .kept
            .iter()
            .filter(|(at, _)| at.is_none())
            .map(|(_, line)| line.clone()),
    );
    lines.extend(more.iter().cloned());
    format::format(&format!("campaign {} {{\n{}\n}}\n", quoted(key), lines.join("\n")))
}

/// A setting with settings in its block.
fn block(draft: &Draft<'_>, setting: Setting, lines: &mut Vec<String>) {
    let mut inner = Vec::new();
    for spec in SETTINGS.iter().filter(|spec| spec.parent == Some(setting)) {
        inner.extend(node(draft, spec.id));
        inner.extend(kept(draft, spec.id));
    }
    let argument = setting.argument();
    let value = argument.and_then(|spec| draft.values.get(&spec.id));
    let is_on = value.is_some_and(|value| value.word == Written::Implied.word());
    if is_on {
        lines.push(format!("{} {{\n{}\n}}", setting.spec().name, inner.join("\n")));
    } else {
        lines.extend(node(draft, setting));
        // Nothing but comments: whatever stands in the block needs it to be on.
        lines.extend(inner.into_iter().filter(|line| line.starts_with("//")));
    }
}

/// One node; nothing where all that it would say is sent by default.
fn node(draft: &Draft<'_>, setting: Setting) -> Option<String> {
    let mut out = setting.spec().name.to_owned();
    let mut is_needed = false;
    // The argument first; what has a default last: `from="09:10" to="19:50" clock="company"`.
    let mut rows: Vec<&FieldSpec> = fields_of(setting).collect();
    rows.sort_by_key(|spec| (spec.slot != Slot::Argument, spec.default.is_some()));
    for spec in rows {
        let Some(value) = draft.values.get(&spec.id) else {
            continue;
        };
        if is_default(spec.id, value.word) {
            continue;
        }
        is_needed = true;
        let source = kdl::source(&value.source);
        match spec.slot {
            Slot::Argument if source.is_empty() => {}
            Slot::Argument => out.push_str(&format!(" {source}")),
            Slot::Property(name) => out.push_str(&format!(" {name}={source}")),
            Slot::Child(name) => out.push_str(&format!(" {{\n{name} {source}\n}}")),
            Slot::Constant => {}
        }
    }
    is_needed.then_some(out)
}

/// Whether a value goes without saying.
fn is_default(field: Field, word: &str) -> bool {
    let default = &field.spec().default;
    default.as_ref().is_some_and(|(default, when)| {
        // That a condition fits is not asked: the value stands only where its node does.
        *default == word && matches!(when, Condition::Always | Condition::Stands(_))
    })
}

fn kept(draft: &Draft<'_>, setting: Setting) -> impl Iterator<Item = String> {
    let of_setting = draft.kept.iter().filter(move |(at, _)| *at == Some(setting));
    of_setting.map(|(_, line)| line.clone())
}
