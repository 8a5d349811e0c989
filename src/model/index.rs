//! What the rules about a whole project see of a file: what it declares, what it uses by name, and what it states for
//! campaigns that inherit. Everything else was said about the file by itself, and is dropped.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

use super::inline_ids::IdHashes;
use super::{Definition, File, Resolved, Spanned, around};
use crate::fields::types::Moment;
use crate::fields::{AliasKind, Dialect, Field, FieldSpec, IdValue, Setting, Slot, Value};
use crate::project::source::Place;
use crate::util::suggest::comparable_name;

/// One file, indexed.
pub type FileIndex = File<CampaignEntry>;

/// A campaign in the index.
#[derive(Clone, Debug)]
pub struct CampaignEntry {
    /// The key; nothing where it could not be read.
    pub key: Option<Spanned<Box<str>>>,
    /// The word `campaign`.
    pub keyword: Place,
    /// All of it, from that word to the end of its block.
    pub whole: Place,
    /// The environments that it is for; none where it is for all of them.
    pub only: Box<[Spanned<Box<str>>]>,
    /// What it states.
    pub body: CampaignBody,
}

/// What is kept of the settings of a campaign.
#[derive(Clone, Debug)]
pub enum CampaignBody {
    /// It takes nothing from templates.
    Own(OwnBody),
    /// It takes settings from a template, so it is checked once all files are read.
    Inheriting(Box<Definition>),
}

/// What the project's rules ask of a campaign without templates.
#[derive(Clone, Debug)]
pub struct OwnBody {
    /// The facts that are compared across campaigns.
    pub facts: CampaignFacts,
    /// The aliases that it names, in the order of the text.
    pub alias_uses: Box<[AliasUse<Box<str>>]>,
    /// A hash of one id of each kind that is written in it.
    pub ids: IdHashes,
    /// The fields that only the extended dialect has, in the order of the text.
    pub extended: Box<[ExtendedUse]>,
}

/// What is compared across campaigns, of one with all that it inherits.
#[derive(Clone, Copy, Debug)]
pub struct CampaignFacts {
    /// Its `name`; nothing where it has none that can be read.
    pub name: Option<NameFact>,
    /// When it starts by itself, and where that is.
    pub start: Option<(Moment, Place)>,
}

/// A campaign's `name`.
#[derive(Clone, Copy, Debug)]
pub struct NameFact {
    /// A hash, equal for names that [`comparable_name`] takes for the same.
    pub hash: u64,
    /// Its place in the campaign itself; nothing where it is inherited.
    pub place: Option<Place>,
}

/// The name of an alias where an id belongs.
#[derive(Clone, Copy, Debug)]
pub struct AliasUse<S> {
    /// The name.
    pub name: S,
    /// The field that it stands for.
    pub field: Field,
    /// What it has to be the name of: `caller-id "number" id="…"` takes a number only, of all that `id=` takes.
    pub kind: AliasKind,
    /// Its place.
    pub place: Place,
    /// Whether the field has an effect, as far as its own campaign or template tells.
    pub has_effect: bool,
}

impl<S: AsRef<str>> AliasUse<S> {
    /// The same, borrowed.
    pub fn as_ref(&self) -> AliasUse<&str> {
        AliasUse {
            name: self.name.as_ref(),
            field: self.field,
            kind: self.kind,
            place: self.place,
            has_effect: self.has_effect,
        }
    }

    /// What the field takes, whatever the other fields of its node say.
    pub fn widest_kind(&self) -> AliasKind {
        self.field.spec().kind.alias().unwrap_or(self.kind)
    }

    /// The least dialect that has the field.
    pub fn dialect(&self) -> Dialect {
        self.field.spec().dialect
    }
}

impl AliasUse<&str> {
    fn to_owned(self) -> AliasUse<Box<str>> {
        AliasUse {
            name: self.name.into(),
            field: self.field,
            kind: self.kind,
            place: self.place,
            has_effect: self.has_effect,
        }
    }
}

/// A field that only the extended dialect has: the first one of its node.
#[derive(Clone, Copy, Debug)]
pub struct ExtendedUse {
    /// Which.
    pub field: Field,
    /// Its place.
    pub place: Place,
}

impl CampaignEntry {
    /// What is kept of a campaign after it was checked by itself.
    pub fn new(mut campaign: Definition) -> Self {
        let (keyword, whole) = (campaign.keyword, campaign.whole);
        let only = campaign.only();
        if campaign.template.is_some() {
            campaign.stated.shrink_to_fit();
            return Self {
                key: campaign.name.clone(),
                keyword,
                whole,
                only,
                body: CampaignBody::Inheriting(Box::new(campaign)),
            };
        }
        let body = OwnBody {
            facts: Resolved::alone(&campaign).facts(),
            alias_uses: campaign.alias_uses().map(AliasUse::to_owned).collect(),
            ids: campaign.id_hashes(),
            extended: campaign.extended_uses().collect(),
        };
        Self {
            key: campaign.name.take(),
            keyword,
            whole,
            only,
            body: CampaignBody::Own(body),
        }
    }

    /// What it states, where it takes settings from a template.
    pub fn inheriting(&self) -> Option<&Definition> {
        match &self.body {
            CampaignBody::Own(_) => None,
            CampaignBody::Inheriting(definition) => Some(definition),
        }
    }

    /// Every alias that it names itself, in the order of the text.
    pub fn alias_uses(&self) -> impl Iterator<Item = AliasUse<&str>> {
        let (own, inheriting) = match &self.body {
            CampaignBody::Own(body) => (Some(&body.alias_uses), None),
            CampaignBody::Inheriting(definition) => (None, Some(definition)),
        };
        let own = own.into_iter().flatten().map(AliasUse::as_ref);
        own.chain(inheriting.into_iter().flat_map(|definition| definition.alias_uses()))
    }

    /// Every field that it states itself and that only the extended dialect has, the first one of each node.
    pub fn extended_uses(&self) -> impl Iterator<Item = ExtendedUse> {
        let (own, inheriting) = match &self.body {
            CampaignBody::Own(body) => (Some(&body.extended), None),
            CampaignBody::Inheriting(definition) => (None, Some(definition)),
        };
        let own = own.into_iter().flatten().copied();
        own.chain(inheriting.into_iter().flat_map(|definition| definition.extended_uses()))
    }

    /// The key, for messages.
    pub fn title(&self) -> &str {
        self.key.as_ref().map_or("?", |key| &key.value)
    }
}

impl FileIndex {
    /// The campaign or template around a place: the word that declares it, and its name where that can be read.
    pub fn owner_at(&self, place: Place) -> Option<(&'static str, Option<&Spanned<Box<str>>>)> {
        let campaign = around(&self.campaigns, place, |campaign| campaign.whole);
        let template = || around(&self.templates, place, |template| template.whole);
        campaign
            .map(|campaign| ("campaign", campaign.key.as_ref()))
            .or_else(|| template().map(|template| ("template", template.name.as_ref())))
    }
}

impl Definition {
    /// Every alias that it names, in the order of the text.
    pub fn alias_uses(&self) -> impl Iterator<Item = AliasUse<&str>> {
        self.stated.aliases().map(|(value, kind, name)| AliasUse {
            name,
            field: value.field,
            kind: self.narrowed(kind, value.field),
            place: value.place,
            has_effect: self.stated.has_effect(value.field),
        })
    }

    pub(super) fn narrowed(&self, kind: AliasKind, field: Field) -> AliasKind {
        if field != Field::CallerIdSource {
            return kind;
        }
        let stated = self
            .stated
            .find(Setting::CallerId)
            .and_then(|stated| stated.get(Field::CallerId));
        match stated
            .and_then(|stated| stated.value)
            .map(|value| value.word(Field::CallerId.spec()))
        {
            Some("number") => AliasKind::Number,
            Some("pool") => AliasKind::Pool,
            _ => kind,
        }
    }

    /// Every field that only the extended dialect has, the first one of each node.
    pub fn extended_uses(&self) -> impl Iterator<Item = ExtendedUse> {
        let is_in_use = self.stated.dialect() == Dialect::Extended;
        let nodes = is_in_use.then(|| self.stated.iter()).into_iter().flatten();
        nodes.filter_map(|node| {
            let is_extended = |field: Field| field.spec().dialect == Dialect::Extended;
            let value = node.values().find(|value| is_extended(value.field))?;
            let is_argument = value.field.spec().slot == Slot::Argument;
            let place = if is_argument { node.name } else { value.entry };
            Some(ExtendedUse {
                field: value.field,
                place,
            })
        })
    }
}

impl Resolved<'_> {
    /// What is compared across campaigns.
    pub fn facts(&self) -> CampaignFacts {
        let start = || {
            let stated = self.stated(Field::StartAt)?;
            match stated.value {
                Some(Value::Moment(at)) => Some((*at, stated.place)),
                _ => None,
            }
        };
        CampaignFacts {
            name: self.name_fact(),
            start: (self.starts_by_time() == Some(true)).then(start).flatten(),
        }
    }

    fn name_fact(&self) -> Option<NameFact> {
        let stated = self.stated(Field::Name)?;
        let Some(Value::Text(name)) = stated.value else {
            return None;
        };
        let hash = hash_of(&comparable_name(name));
        let is_own = self.definition.stated.find(Setting::Name).is_some();
        let place = is_own.then_some(stated.place);
        Some(NameFact { hash, place })
    }

    /// A hash of everything that is stated but for aliases, the same whatever the order of the settings. A choice that is
    /// what leaving it out means counts as left out.
    pub(super) fn fingerprint(&self) -> Option<u64> {
        if !self.is_readable() {
            return None;
        }
        // Webhooks are sent in their order.
        let single = self.all_single().map(|node| (0, node));
        let nodes = single.chain(self.webhooks().enumerate());
        let mut sum = 0_u64;
        for (order, node) in nodes {
            for stated in node.values().filter(|stated| stated.field.spec().is_sent()) {
                let spec = stated.field.spec();
                sum = sum.wrapping_add(match stated.value {
                    None | Some(Value::Id(IdValue::Alias(_))) => 0,
                    Some(Value::Id(IdValue::Uuid(id))) => fingerprint_of_id(spec.id, *id),
                    Some(value) if is_default(spec, value) => 0,
                    Some(value) => hash_of(&(order, spec.id, value)),
                });
            }
        }
        Some(sum)
    }
}

/// What an id adds to a campaign's fingerprint: a written one and one that an alias stands for add the same.
pub(super) fn fingerprint_of_id(field: Field, id: uuid::Uuid) -> u64 {
    hash_of(&(field, id))
}

fn is_default(spec: &FieldSpec, value: &Value) -> bool {
    matches!(value, Value::Choice(_)) && spec.default.is_some_and(|(word, _)| value.word(spec) == word)
}

fn hash_of(item: &impl Hash) -> u64 {
    FixedState::with_seed(0).hash_one(item)
}
