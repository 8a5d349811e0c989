//! Hints in the lines of a document: what values mean, what is inherited. Each kind can be switched off.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::cursor::{literal, setting};
use super::document::Document;
use super::hover::Around;
use super::outline::each_value;
use super::position::Encoding;
use crate::fields::{FieldSpec, Kind, Setting};
use crate::model::{Chain, FileIndex};
use crate::project::source::Span;
use crate::syntax::{Scalar, parse};

/// How much of an id a hint shows.
const SHOWN_ID: usize = 8;
/// How many settings a hint names.
const SHOWN_SETTINGS: usize = 6;

/// Which hints a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Switches {
    /// The id behind an alias.
    pub(super) ids: bool,
    /// The seconds behind a time or duration, and what is sent for a pace.
    pub(super) seconds: bool,
    /// How many calls somebody gets at most.
    pub(super) calls: bool,
    /// The settings that come from templates.
    pub(super) inherited: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            ids: true,
            seconds: true,
            calls: true,
            inherited: true,
        }
    }
}

impl Switches {
    /// The switches in an editor's settings: `{ "inlayHints": { "ids": false } }`. What is not said is on.
    pub(super) fn read(settings: &Value) -> Self {
        let is_on = |name: &str| settings["inlayHints"][name].as_bool().unwrap_or(true);
        Self {
            ids: is_on("ids"),
            seconds: is_on("seconds"),
            calls: is_on("calls"),
            inherited: is_on("inherited"),
        }
    }
}

/// The hints of the lines in a range.
pub(super) fn hints(
    document: &Document,
    index: Option<&FileIndex>,
    range: Range,
    around: &Around<'_>,
    (encoding, switches): (Encoding, Switches),
) -> Vec<Value> {
    let parsed = parse(document.text());
    let wanted = document.span(range, encoding);
    let mut hints = Vec::new();
    let mut add = |span: Span, label: String| {
        if span.start <= wanted.end && wanted.start <= span.end {
            let position = document.range(Span::point(span.end as usize), encoding).start;
            hints.push(json!({ "position": position, "label": label, "paddingLeft": true }));
        }
    };
    each_value(parsed.tree.roots(), &mut Vec::new(), &mut |names, entry| {
        let row = setting(names).and_then(|setting| match &entry.name {
            Some(name) => setting.property(&name.text),
            None => setting.argument(),
        });
        let label = row.and_then(|row| hint(row, names, &entry.value.scalar, around, switches));
        if let Some(label) = label {
            add(entry.value.span, label);
        }
    });
    for campaign in index
        .into_iter()
        .filter(|_| switches.inherited)
        .flat_map(|index| &index.campaigns)
    {
        let Some(definition) = campaign.inheriting() else {
            continue;
        };
        let (Some(name), Chain::Whole(templates)) = (&definition.template, around.project.chain(definition)) else {
            continue;
        };
        let mut stated: Vec<Setting> = definition.stated.iter().map(|node| node.setting).collect();
        let mut labels = Vec::new();
        for template in templates {
            let new = template.stated.iter().map(|node| node.setting);
            let mut new: Vec<Setting> = new
                .filter(|setting| setting.spec().parent.is_none() && !stated.contains(setting))
                .collect();
            new.dedup();
            let shown: Vec<&str> = new
                .iter()
                .take(SHOWN_SETTINGS)
                .map(|setting| setting.spec().name)
                .collect();
            let more = if new.len() > SHOWN_SETTINGS { ", …" } else { "" };
            if !shown.is_empty() {
                labels.push(format!("{}{more} from {}", shown.join(", "), template.title()));
            }
            stated.extend(new);
        }
        if !labels.is_empty() {
            add(name.place.span, format!("+ {}", labels.join("; ")));
        }
    }
    hints
}

fn hint(
    row: &FieldSpec,
    names: &[&str],
    scalar: &Scalar<'_>,
    around: &Around<'_>,
    switches: Switches,
) -> Option<String> {
    if let (Some(kind), Scalar::String(name)) = (row.kind.alias(), scalar) {
        let alias = around.project.alias(kind, name).filter(|_| switches.ids)?;
        return Some(format!("= {}…", alias.id.as_deref()?.get(..SHOWN_ID)?));
    }
    let value = row.kind.read(literal(scalar)?).ok()?;
    let sent = row.kind.encode(&value, around);
    let sent = sent.first()?.as_ref()?;
    let is_limit = sent.as_u64().is_some_and(|limit| limit > 0);
    match (row.kind, names.last()) {
        (Kind::Duration | Kind::Time { .. } | Kind::Pace, _) if switches.seconds => Some(format!("= {sent}")),
        (_, Some(&"max-per-candidate")) if switches.calls && is_limit => {
            Some(format!("at most {sent} calls to a candidate"))
        }
        (_, Some(&"max-per-number")) if switches.calls && is_limit => Some(format!("at most {sent} calls to a number")),
        _ => None,
    }
}
