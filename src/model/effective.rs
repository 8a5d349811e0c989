//! A campaign as it will be sent: its own settings over those of its templates.

use super::{Owner, Stated, StatedValue};
use crate::fields::{Facts, Field, Known, SETTINGS, Setting, Value};

/// A campaign or template with what it inherits. Settings are taken over as whole nodes; only `redial` merges, by whole
/// outcome or limit.
#[derive(Debug)]
pub struct Effective<'p> {
    /// The campaign or template itself.
    pub owner: &'p Owner,
    /// By setting, in the order of the table.
    single: Vec<Here<'p>>,
    webhooks: Vec<&'p Stated>,
    /// Whether everything it could inherit is known.
    is_whole: bool,
    unguessed: usize,
    /// The templates, nearest first.
    templates: Vec<&'p Owner>,
}

/// What stands for a setting.
#[derive(Clone, Copy, Debug)]
pub enum Here<'p> {
    /// Nothing.
    Absent,
    /// Something that could not be read.
    Unknown,
    /// This node.
    Stated(&'p Stated),
}

impl<'p> Effective<'p> {
    /// Lays `owner` over its templates, which are in order, nearest first. Without `is_whole`, a template is missing.
    pub(super) fn new(owner: &'p Owner, templates: &[&'p Owner], is_whole: bool) -> Self {
        let is_whole = is_whole && !owner.incomplete && templates.iter().all(|template| !template.incomplete);
        let mut effective = Self {
            owner,
            single: vec![Here::Absent; SETTINGS.len()],
            webhooks: Vec::new(),
            is_whole,
            templates: templates.to_vec(),
            unguessed: owner.unguessed + templates.iter().map(|template| template.unguessed).sum::<usize>(),
        };
        for template in templates.iter().rev() {
            effective.overlay(template);
        }
        effective.overlay(owner);
        effective
    }

    fn overlay(&mut self, layer: &'p Owner) {
        if layer.stated.iter().any(|stated| stated.setting == Setting::Webhook) {
            self.webhooks.clear();
        }
        for stated in &layer.stated {
            if stated.setting == Setting::Webhook {
                if !stated.is_null {
                    self.webhooks.push(stated);
                }
                continue;
            }
            if stated.setting == Setting::Redial && is_switched_off(stated) {
                for spec in SETTINGS.iter().filter(|spec| spec.parent == Some(Setting::Redial)) {
                    self.single[spec.id as usize] = Here::Absent;
                }
            }
            let here = if stated.is_null {
                Here::Absent
            } else {
                Here::Stated(stated)
            };
            self.single[stated.setting as usize] = here;
        }
        for setting in &layer.presumed {
            self.single[*setting as usize] = Here::Unknown;
        }
    }

    /// What stands for a setting that cannot repeat.
    pub fn here(&self, setting: Setting) -> Here<'p> {
        match self.single[setting as usize] {
            Here::Absent if !self.is_whole || self.unguessed > 0 => Here::Unknown,
            here => here,
        }
    }

    /// Every node that stands, in the order of the table; webhooks in the order of the text.
    pub fn all_stated(&self) -> impl Iterator<Item = &'p Stated> {
        let single = self.single.iter().filter_map(|here| match here {
            Here::Stated(stated) => Some(*stated),
            Here::Absent | Here::Unknown => None,
        });
        single.chain(self.webhooks.iter().copied())
    }

    /// Whether it takes settings from this template, directly or through others.
    pub fn inherits(&self, template: &Owner) -> bool {
        self.templates.iter().any(|known| std::ptr::eq(*known, template))
    }

    /// Whether nothing stands for a setting, as far as the names that can be read tell.
    pub fn lacks(&self, setting: Setting) -> bool {
        self.is_whole && matches!(self.single[setting as usize], Here::Absent)
    }

    /// How many names nobody can guess stand in it and its templates. Each may be meant for a setting that it lacks.
    pub fn unguessed(&self) -> usize {
        self.unguessed
    }

    /// The webhooks, in the order of the text.
    pub fn webhooks(&self) -> &[&'p Stated] {
        &self.webhooks
    }

    /// What was written for a field, if it could be read.
    pub fn stated(&self, field: Field) -> Option<&'p StatedValue> {
        match self.here(field.spec().setting) {
            Here::Stated(stated) => stated.get(field),
            Here::Absent | Here::Unknown => None,
        }
    }

    /// The value of a field, if it was written and could be read.
    pub fn value(&self, field: Field) -> Option<&'p Value> {
        self.stated(field)?.value.as_ref()
    }
}

impl Facts for Effective<'_> {
    fn field(&self, field: Field) -> Known<'_> {
        let spec = field.spec();
        match self.here(spec.setting) {
            Here::Absent => Known::Absent,
            Here::Unknown => Known::Unknown,
            Here::Stated(stated) => match stated.get(field) {
                Some(StatedValue { value: Some(value), .. }) => Known::Is(value.word(spec)),
                Some(_) => Known::Unknown,
                None if stated.incomplete => Known::Unknown,
                None => Known::Absent,
            },
        }
    }

    fn stands(&self, setting: Setting) -> Option<bool> {
        if setting == Setting::Webhook && !self.webhooks.is_empty() {
            return Some(true);
        }
        match self.here(setting) {
            Here::Absent => Some(false),
            Here::Unknown => None,
            Here::Stated(_) => Some(true),
        }
    }
}

/// `redial #false`
fn is_switched_off(stated: &Stated) -> bool {
    stated
        .get(Field::Redial)
        .and_then(|redial| redial.value.as_ref())
        .is_some_and(|value| value.word(Field::Redial.spec()) == "#false")
}
