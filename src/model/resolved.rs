//! A campaign as it will be sent: its own settings over those of its templates.

use super::{AliasUse, Definition, Project, SettingNode, SettingNodes, SettingValue};
use crate::fields::{Facts, Field, Glance, Known, OneOf, SETTINGS, Setting, SettingSet, Value};

/// A campaign or template with what it inherits. Settings are taken over as whole nodes; only `redial` merges, by whole
/// outcome or limit.
#[derive(Debug)]
pub struct Resolved<'p> {
    /// The campaign or template itself.
    pub owner: &'p Definition,
    /// By setting, in the order of the table; nothing where there are no templates, so that what the owner states stands.
    single: Option<Box<[Slot; SETTINGS.len()]>>,
    /// The layer whose webhooks stand.
    webhooks: Option<u32>,
    /// Whether everything it could inherit is known.
    is_whole: bool,
    unguessed: usize,
    /// The templates, nearest first. The owner is layer 0, the first template layer 1.
    templates: Vec<&'p Definition>,
}

/// What stands for a setting: a node by the index of its layer and its own index there.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Absent,
    Unknown,
    SettingNode { layer: u32, index: u32 },
}

/// What stands for a setting.
#[derive(Clone, Copy, Debug)]
pub enum ResolvedSetting<'p> {
    /// Nothing.
    Absent,
    /// Something that could not be read.
    Unknown,
    /// This node.
    SettingNode(SettingNode<'p>),
}

impl<'p> Resolved<'p> {
    /// A campaign that takes nothing from templates.
    pub fn alone(owner: &'p Definition) -> Self {
        Self::new(owner, Vec::new(), true)
    }

    /// Lays `owner` over its templates, which are in order, nearest first. Without `is_whole`, a template is missing.
    pub(super) fn new(owner: &'p Definition, templates: Vec<&'p Definition>, is_whole: bool) -> Self {
        let is_whole = is_whole && !owner.incomplete && templates.iter().all(|template| !template.incomplete);
        let mut effective = Self {
            owner,
            single: None,
            webhooks: owner.stated.index(Setting::Webhook).map(|_| 0),
            is_whole,
            unguessed: owner.unguessed + templates.iter().map(|template| template.unguessed).sum::<usize>(),
            templates,
        };
        if !effective.templates.is_empty() {
            let mut single = Box::new([Slot::Absent; SETTINGS.len()]);
            effective.webhooks = None;
            for layer in (0..=effective.templates.len()).rev() {
                effective.overlay(layer, &mut single);
            }
            effective.single = Some(single);
        }
        effective
    }

    fn layer(&self, layer: usize) -> &'p Definition {
        match layer.checked_sub(1) {
            Some(template) => self.templates[template],
            None => self.owner,
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
                Slot::SettingNode { layer, index }
            };
        }
        for setting in &owner.presumed {
            single[*setting as usize] = Slot::Unknown;
        }
    }

    /// What stands for a setting, as far as the names that can be read tell.
    #[inline]
    fn standing(&self, setting: Setting) -> ResolvedSetting<'p> {
        if let Some(single) = &self.single {
            return self.at(single[setting as usize]);
        }
        if self.owner.presumed.contains(&setting) {
            return ResolvedSetting::Unknown;
        }
        match self.owner.stated.find(setting) {
            Some(stated) if setting != Setting::Webhook && !stated.is_null => ResolvedSetting::SettingNode(stated),
            _ => ResolvedSetting::Absent,
        }
    }

    #[inline(never)]
    fn at(&self, slot: Slot) -> ResolvedSetting<'p> {
        match slot {
            Slot::Absent => ResolvedSetting::Absent,
            Slot::Unknown => ResolvedSetting::Unknown,
            Slot::SettingNode { layer, index } => {
                ResolvedSetting::SettingNode(self.layer(layer as usize).stated.at(index as usize))
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
        const REDIALS: OneOf = OneOf::new(Field::Redial, &["on"]);
        self.is_set_to(REDIALS)
    }

    /// Whether it starts by itself, at a time.
    pub fn starts_by_time(&self) -> Option<bool> {
        const BY_TIME: OneOf = OneOf::new(Field::Start, &["time"]);
        self.is_set_to(BY_TIME)
    }

    /// Whether a field, of a setting that cannot repeat, is set to one of some choices.
    #[inline]
    pub fn is_set_to(&self, wanted: OneOf) -> Option<bool> {
        // What a campaign that stands by itself has chosen is known without looking for it.
        let own = self.own().and_then(|stated| stated.choice(wanted.field));
        match own {
            Some(choice) => Some(wanted.has(choice)),
            None => wanted.condition().holds(self),
        }
    }

    /// Whether it states these settings itself, and takes none from templates: then there is no more to ask.
    pub fn states(&self, settings: SettingSet) -> bool {
        self.own()
            .is_some_and(|stated| settings.without(stated.standing()).is_empty())
    }

    /// What stands, where that is just what the campaign states.
    #[inline]
    fn own(&self) -> Option<&'p SettingNodes> {
        (self.single.is_none() && self.owner.presumed.is_empty()).then_some(&*self.owner.stated)
    }

    /// Every node that stands, in the order of the table; webhooks in the order of the text.
    pub fn all_stated(&self) -> impl Iterator<Item = SettingNode<'p>> {
        let single = SETTINGS.iter().filter_map(|spec| match self.standing(spec.id) {
            ResolvedSetting::SettingNode(stated) => Some(stated),
            ResolvedSetting::Absent | ResolvedSetting::Unknown => None,
        });
        single.chain(self.webhooks())
    }

    /// Whether all of it could be read, and all names in it are declared: then its request is what will be sent.
    pub fn is_known(&self, project: &Project<'_>) -> bool {
        let is_known = |owner: &Definition| {
            let mut aliases = owner.alias_uses();
            let is_declared = |used: AliasUse<&str>| {
                project
                    .alias(used.kind, used.name)
                    .is_some_and(|alias| alias.id.is_some())
            };
            !owner.is_partial() && owner.stated.has_details() && aliases.all(is_declared)
        };
        let mut layers = self.templates.iter().copied().chain([self.owner]);
        self.is_whole && layers.all(is_known)
    }

    /// Whether nothing stands for a setting, as far as the names that can be read tell.
    pub fn lacks(&self, setting: Setting) -> bool {
        self.is_whole && matches!(self.standing(setting), ResolvedSetting::Absent)
    }

    /// How many names nobody can guess stand in it and its templates. Each may be meant for a setting that it lacks.
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
        debug_assert!(self.owner.stated.tells(field), "{field:?} may have been forgotten");
        match self.here(field.spec().setting) {
            ResolvedSetting::SettingNode(stated) => stated.get(field),
            ResolvedSetting::Absent | ResolvedSetting::Unknown => None,
        }
    }

    /// The value of a field, of a setting that cannot repeat, if it was written and could be read.
    pub fn value(&self, field: Field) -> Option<&'p Value> {
        debug_assert!(self.owner.stated.tells(field), "{field:?} may have been forgotten");
        match self.own() {
            Some(stated) => stated.value(field),
            None => self.stated(field)?.value,
        }
    }
}

impl Facts for Resolved<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        debug_assert!(self.owner.stated.tells(field), "{field:?} may have been forgotten");
        let spec = field.spec();
        match self.here(spec.setting) {
            ResolvedSetting::Absent => Known::Absent,
            ResolvedSetting::Unknown => Known::Unknown,
            ResolvedSetting::SettingNode(stated) => match stated.get(field) {
                Some(SettingValue { value: Some(value), .. }) => Known::Is(value.word(spec)),
                Some(_) => Known::Unknown,
                None if stated.incomplete => Known::Unknown,
                None => Known::Absent,
            },
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        if setting == Setting::Webhook && self.webhooks().next().is_some() {
            return Some(true);
        }
        match self.here(setting) {
            ResolvedSetting::Absent => Some(false),
            ResolvedSetting::Unknown => None,
            ResolvedSetting::SettingNode(_) => Some(true),
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
