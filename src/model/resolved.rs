//! A campaign as it will be sent: its own settings over those of its templates.

use super::{Definition, SettingNode, SettingNodes, SettingValue};
use crate::fields::{AliasKind, Condition, Facts, Field, IdValue, Known, SETTINGS, Setting, Value};

/// A campaign or template with what it inherits. Settings are taken over as whole nodes; only `redial` merges, by whole
/// outcome or limit.
#[derive(Debug)]
pub struct Resolved<'p> {
    /// The campaign or template itself.
    pub definition: &'p Definition,
    /// By setting, in the order of the table; nothing where there are no templates, so that what is stated applies.
    single: Option<Box<[Slot; SETTINGS.len()]>>,
    /// The layer whose webhooks apply.
    webhooks: Option<u32>,
    /// Whether everything it could inherit is known.
    is_whole: bool,
    unguessed: usize,
    /// The templates, nearest first. The definition itself is layer 0, the first template layer 1.
    templates: Vec<&'p Definition>,
}

/// What stands for a setting: a node by the index of its layer and its own index there.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Absent,
    Unknown,
    Stated { layer: u32, index: u32 },
}

/// What stands for a setting.
#[derive(Clone, Copy, Debug)]
pub enum ResolvedSetting<'p> {
    /// Nothing.
    Absent,
    /// Something that could not be read.
    Unknown,
    /// This node.
    Stated(SettingNode<'p>),
}

impl<'p> Resolved<'p> {
    /// A campaign that takes nothing from templates.
    pub fn alone(definition: &'p Definition) -> Self {
        Self::new(definition, Vec::new(), true)
    }

    /// Lays `definition` over its templates, which are in order, nearest first. Without `is_whole`, a template is missing.
    pub(super) fn new(definition: &'p Definition, templates: Vec<&'p Definition>, is_whole: bool) -> Self {
        let is_whole = is_whole && !definition.incomplete && templates.iter().all(|template| !template.incomplete);
        let mut resolved = Self {
            definition,
            single: None,
            webhooks: definition.stated.index(Setting::Webhook).map(|_| 0),
            is_whole,
            unguessed: definition.unguessed + templates.iter().map(|template| template.unguessed).sum::<usize>(),
            templates,
        };
        if !resolved.templates.is_empty() {
            let mut single = Box::new([Slot::Absent; SETTINGS.len()]);
            resolved.webhooks = None;
            for layer in (0..=resolved.templates.len()).rev() {
                resolved.overlay(layer, &mut single);
            }
            resolved.single = Some(single);
        }
        resolved
    }

    fn layer(&self, layer: usize) -> &'p Definition {
        match layer.checked_sub(1) {
            Some(template) => self.templates[template],
            None => self.definition,
        }
    }

    fn overlay(&mut self, layer: usize, single: &mut [Slot; SETTINGS.len()]) {
        let owner = self.layer(layer);
        let layer = u32::try_from(layer).unwrap_or(u32::MAX);
        for (index, (setting, is_null)) in (0..).zip(owner.stated.outline()) {
            if setting == Setting::Webhook {
                self.webhooks = Some(layer);
                continue;
            }
            if setting == Setting::Redial && is_switched_off(&owner.stated) {
                for spec in SETTINGS.iter().filter(|spec| spec.parent == Some(Setting::Redial)) {
                    single[spec.id as usize] = Slot::Absent;
                }
            }
            single[setting as usize] = if is_null {
                Slot::Absent
            } else {
                Slot::Stated { layer, index }
            };
        }
        for setting in &owner.presumed {
            single[*setting as usize] = Slot::Unknown;
        }
    }

    /// Whether what the definition itself states of a setting is all that can stand for it.
    #[inline]
    fn is_alone(&self, setting: Setting) -> bool {
        self.single.is_none() && self.definition.presumed.is_empty() && setting != Setting::Webhook
    }

    /// What stands for a setting, as far as the names that can be read tell.
    #[inline]
    fn standing(&self, setting: Setting) -> ResolvedSetting<'p> {
        if let Some(single) = &self.single {
            return self.at(single[setting as usize]);
        }
        if self.definition.presumed.contains(&setting) {
            return ResolvedSetting::Unknown;
        }
        match self.definition.stated.find(setting) {
            Some(stated) if setting != Setting::Webhook && !stated.is_null => ResolvedSetting::Stated(stated),
            _ => ResolvedSetting::Absent,
        }
    }

    #[inline(never)]
    fn at(&self, slot: Slot) -> ResolvedSetting<'p> {
        match slot {
            Slot::Absent => ResolvedSetting::Absent,
            Slot::Unknown => ResolvedSetting::Unknown,
            Slot::Stated { layer, index } => {
                ResolvedSetting::Stated(self.layer(layer as usize).stated.at(index as usize))
            }
        }
    }

    /// What stands for a setting that cannot repeat.
    #[inline]
    pub fn here(&self, setting: Setting) -> ResolvedSetting<'p> {
        match self.standing(setting) {
            ResolvedSetting::Absent if !self.is_whole || self.unguessed > 0 => ResolvedSetting::Unknown,
            here => here,
        }
    }

    /// Whether candidates are called again.
    pub fn redials(&self) -> Option<bool> {
        Condition::Is(Field::Redial, &["on"]).holds(self)
    }

    /// Whether candidates are called again after any outcome.
    pub fn calls_again(&self) -> Option<bool> {
        const CALLS_AGAIN: Condition = Condition::All(&[
            Condition::Is(Field::Redial, &["on"]),
            Condition::Any(&[
                Condition::Is(Field::Busy, &["on"]),
                Condition::Is(Field::NoAnswer, &["on"]),
                Condition::Is(Field::AnsweringMachine, &["on"]),
                Condition::Is(Field::Congestion, &["on"]),
                Condition::Is(Field::Ineffective, &["on"]),
            ]),
        ]);
        CALLS_AGAIN.holds(self)
    }

    /// Whether it starts by itself, at a time.
    pub fn starts_by_time(&self) -> Option<bool> {
        Condition::Is(Field::Start, &["time"]).holds(self)
    }

    /// Every node that applies, in the order of the table; webhooks in the order of the text.
    pub fn all_stated(&self) -> impl Iterator<Item = SettingNode<'p>> {
        self.all_single().chain(self.webhooks())
    }

    /// Every node that applies, of settings that cannot repeat, in the order of the table.
    pub(super) fn all_single(&self) -> impl Iterator<Item = SettingNode<'p>> {
        SETTINGS.iter().filter_map(|spec| match self.standing(spec.id) {
            ResolvedSetting::Stated(stated) => Some(stated),
            ResolvedSetting::Absent | ResolvedSetting::Unknown => None,
        })
    }

    /// Every alias in the place of an id, with its field and the kind that the field takes.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (Field, AliasKind, &'p str)> {
        let values = self.all_stated().flat_map(|node| node.values());
        values.filter_map(|stated| match (stated.value, stated.field.spec().kind.alias()) {
            (Some(Value::Id(IdValue::Alias(name))), Some(kind)) => Some((stated.field, kind, &**name)),
            _ => None,
        })
    }

    /// Whether all of it could be read, and every template is declared.
    pub(super) fn is_readable(&self) -> bool {
        let mut layers = self.templates.iter().copied().chain([self.definition]);
        self.is_whole && !layers.any(Definition::is_partial)
    }

    /// Whether nothing stands for a setting, as far as the names that can be read tell.
    pub fn lacks(&self, setting: Setting) -> bool {
        self.is_whole && matches!(self.standing(setting), ResolvedSetting::Absent)
    }

    /// How many unknown names without a suggestion it and its templates have. Each may be meant for a setting that it lacks.
    pub fn unguessed(&self) -> usize {
        self.unguessed
    }

    /// The webhooks, in the order of the text.
    pub fn webhooks(&self) -> impl Iterator<Item = SettingNode<'p>> + use<'p> {
        let layer = self.webhooks.map(|layer| self.layer(layer as usize));
        let stated = layer.into_iter().flat_map(|layer| layer.stated.iter());
        stated.filter(|stated| stated.setting == Setting::Webhook && !stated.is_null)
    }

    /// What was written for a field, if it could be read.
    #[inline]
    pub fn stated(&self, field: Field) -> Option<SettingValue<'p>> {
        if self.is_alone(field.spec().setting) {
            return self.definition.stated.get(field);
        }
        match self.here(field.spec().setting) {
            ResolvedSetting::Stated(stated) => stated.get(field),
            ResolvedSetting::Absent | ResolvedSetting::Unknown => None,
        }
    }

    /// The value of a field, of a setting that cannot repeat, if it was written and could be read.
    pub fn value(&self, field: Field) -> Option<&'p Value> {
        self.stated(field)?.value
    }
}

impl Facts for Resolved<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        let spec = field.spec();
        if let Some(stated) = self.stated(field) {
            return stated.value.map_or(Known::Unknown, |value| Known::Is(value.word(spec)));
        }
        match self.here(spec.setting) {
            ResolvedSetting::Absent => Known::Absent,
            ResolvedSetting::Stated(node) if !node.incomplete => Known::Absent,
            ResolvedSetting::Stated(_) | ResolvedSetting::Unknown => Known::Unknown,
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        if setting == Setting::Webhook && self.webhooks().next().is_some() {
            return Some(true);
        }
        match self.here(setting) {
            ResolvedSetting::Absent => Some(false),
            ResolvedSetting::Unknown => None,
            ResolvedSetting::Stated(_) => Some(true),
        }
    }
}

/// Whether `redial #false` is stated.
fn is_switched_off(statements: &SettingNodes) -> bool {
    statements
        .find(Setting::Redial)
        .and_then(|stated| stated.get(Field::Redial))
        .and_then(|redial| redial.value)
        .is_some_and(|value| value.word(Field::Redial.spec()) == "#false")
}
