//! What import knows of the project: its dialect, its aliases, its `wire-value`s and the keys that are taken.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::fields::{AliasKind, Dialect, WireContext};
use crate::lint::engine::Checked;
use crate::wire;

/// The project that bodies are imported into.
#[derive(Clone, Debug, Default)]
pub struct ImportContext {
    /// The form of the request.
    pub dialect: Dialect,
    /// Alias names by kind and UUID, the first in path order.
    aliases: BTreeMap<(AliasKind, String), String>,
    /// Alias names with the UUID that each stands for, by the kind of a field.
    meanings: BTreeMap<(AliasKind, String), String>,
    /// Wire strings that the project sets.
    wire_values: BTreeMap<String, String>,
    /// Keys of campaigns, and keys that a `moved` names.
    pub(super) taken: BTreeSet<String>,
    /// The campaigns' keys by the fingerprints of their bodies, to notice one that is imported a second time.
    pub(super) by_fingerprint: HashMap<String, String>,
}

impl ImportContext {
    /// Outside any project: only a dialect.
    pub fn without_project(dialect: Dialect) -> Self {
        Self {
            dialect,
            ..Self::default()
        }
    }

    /// A project's.
    pub fn from_project(checked: &Checked<'_>) -> Self {
        let project = &checked.project();
        let mut context = Self::without_project(project.dialect());
        for alias in project.aliases() {
            // An alias without a UUID names none.
            let id = alias.id.as_deref().and_then(|id| uuid::Uuid::try_parse(id).ok());
            let Some(id) = id.map(|id| id.hyphenated().to_string()) else {
                continue;
            };
            let name = alias.name.value.to_string();
            context.aliases.entry((alias.kind, id)).or_insert(name);
        }
        for kind in AliasKind::ALL.into_iter().chain([AliasKind::NumberOrPool]) {
            for alias in project.aliases() {
                let meant = project
                    .alias(kind, &alias.name.value)
                    .and_then(|alias| alias.id.clone());
                if let Some(id) = meant {
                    context.meanings.insert((kind, alias.name.value.to_string()), id.into());
                }
            }
        }
        // The first of a name counts.
        for (name, value) in project.wire_values() {
            let values = &mut context.wire_values;
            values.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        context.taken = project.campaigns().map(|owner| owner.title().to_owned()).collect();
        for moved in project.moves() {
            context
                .taken
                .extend([moved.from.value.to_string(), moved.to.value.to_string()]);
        }
        let removed = project.removals().map(|removed| removed.key.value.to_string());
        context.taken.extend(removed);
        let campaigns = checked.all_campaigns();
        let by_fingerprint = campaigns.iter().map(|campaign| {
            let body = wire::body(project, &project.resolve(campaign));
            (wire::fingerprint(&body), campaign.title().to_owned())
        });
        context.by_fingerprint = by_fingerprint.collect();
        context
    }

    /// Whether a campaign, a `moved` or a `removed` has this key.
    pub fn has(&self, key: &str) -> bool {
        self.taken.contains(key)
    }

    /// The alias of this kind for a UUID, where a field that takes `field` reads it as just that.
    fn narrowed_alias(&self, kind: AliasKind, field: AliasKind, id: &str) -> Option<&str> {
        let name = self.aliases.get(&(kind, id.to_owned()))?;
        let meant = self.meanings.get(&(field, name.clone()))?;
        (meant == id).then_some(name)
    }

    /// The context of a field whose argument asks for one kind of alias: `caller-id "pool"` for a pool.
    pub(super) fn narrowed(&self, alias: Option<AliasKind>) -> FieldContext<'_> {
        FieldContext { context: self, alias }
    }
}

impl WireContext for ImportContext {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn wire_value<'a>(&'a self, name: &'a str, default: &'a str) -> &'a str {
        self.wire_values.get(name).map_or(default, String::as_str)
    }

    fn alias_name(&self, kind: AliasKind, id: &str) -> Option<&str> {
        self.narrowed_alias(kind, kind, id)
    }
}

/// An [`ImportContext`] for one field.
pub(super) struct FieldContext<'a> {
    context: &'a ImportContext,
    alias: Option<AliasKind>,
}

impl WireContext for FieldContext<'_> {
    fn dialect(&self) -> Dialect {
        self.context.dialect
    }

    fn wire_value<'a>(&'a self, name: &'a str, default: &'a str) -> &'a str {
        self.context.wire_value(name, default)
    }

    fn alias_name(&self, kind: AliasKind, id: &str) -> Option<&str> {
        self.context.narrowed_alias(self.alias.unwrap_or(kind), kind, id)
    }
}
