//! Campaigns about which all is said.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZero;

use super::{Definition, Part, Project, Spanned, around};
use crate::fields::{AliasKind, Dialect, Field, Kind, Setting};
use crate::project::source::{FileId, Place};
use crate::util::hashed::BuildHashed;
use crate::util::suggest::comparable_name;

/// What is left of a campaign in which no rule found anything, once only the names in it can still be wrong: where so much
/// is known of every campaign as it is read, a project of thousands needs no memory for what they state.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The key.
    pub key: Spanned<Box<str>>,
    /// A hash of its `name`: equal for those that [`comparable_name`] takes for the same. Nothing for one without a name.
    pub name: Option<NonZero<u64>>,
    /// All of it, from the word `campaign` to the end of its block.
    pub whole: Place,
    /// The aliases that it names, in the order of the text.
    pub aliases: Box<[AliasUse<Box<str>>]>,
}

impl Settled {
    /// What is kept of a campaign, its key taken out of it; nothing where the names that it refers to decide about more than
    /// themselves.
    pub fn of(campaign: &mut Definition) -> Option<Self> {
        if campaign.template.is_some() {
            return None;
        }
        let key = campaign.name.take()?;
        let name = campaign.own_name().and_then(name_hash);
        let aliases = campaign.alias_uses().map(|used| AliasUse {
            name: used.name.into(),
            field: used.field,
            kind: used.kind,
            place: used.place,
        });
        Some(Self {
            key,
            name,
            whole: campaign.whole,
            aliases: aliases.collect(),
        })
    }

    /// The one around a place, of those of its file: the word that declares it, and its key.
    pub fn owner_at(settled: &[Self], place: Place) -> Option<(&'static str, Option<&Spanned<Box<str>>>)> {
        let around = around(settled, place, |settled| settled.whole)?;
        Some(("campaign", Some(&around.key)))
    }
}

/// A hash of a campaign's `name`. The rare name whose hash is nothing has no namesakes.
pub fn name_hash(name: &str) -> Option<NonZero<u64>> {
    let mut hasher = DefaultHasher::new();
    comparable_name(name).hash(&mut hasher);
    NonZero::new(hasher.finish())
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
    /// Where it stands.
    pub place: Place,
}

impl<S: AsRef<str>> AliasUse<S> {
    fn borrowed(&self) -> AliasUse<&str> {
        AliasUse {
            name: self.name.as_ref(),
            field: self.field,
            kind: self.kind,
            place: self.place,
        }
    }

    /// What the field takes, whatever the other fields of its node say.
    pub fn widest_kind(&self) -> AliasKind {
        match self.field.spec().kind {
            Kind::Id(kind) => kind,
            _ => self.kind,
        }
    }

    /// The least dialect that has the field.
    pub fn dialect(&self) -> Dialect {
        self.field.spec().dialect
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
        })
    }

    fn narrowed(&self, kind: AliasKind, field: Field) -> AliasKind {
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
}

impl<'p> Part<'p> {
    /// The key of every campaign whose key can be read, in the order of the text.
    pub fn keys(self) -> impl Iterator<Item = &'p Spanned<Box<str>>> {
        let open = self.campaigns().iter().filter_map(|campaign| campaign.name.as_ref());
        let (mut open, mut settled) = (
            open.peekable(),
            self.settled().iter().map(|settled| &settled.key).peekable(),
        );
        std::iter::from_fn(move || {
            let is_settled = match (open.peek(), settled.peek()) {
                (Some(open), Some(settled)) => settled.place < open.place,
                (open, _) => open.is_none(),
            };
            if is_settled { settled.next() } else { open.next() }
        })
    }

    /// Every alias that settled campaigns name.
    pub fn settled_alias_uses(self) -> impl Iterator<Item = AliasUse<&'p str>> {
        let uses = self.settled().iter().flat_map(|settled| &settled.aliases);
        uses.map(AliasUse::borrowed)
    }
}

impl<'p> Project<'p> {
    /// The key of every campaign whose key can be read, in path order.
    pub fn keys(&self) -> impl Iterator<Item = &'p Spanned<Box<str>>> {
        self.parts.iter().flat_map(|part| part.keys())
    }

    /// The files of campaigns that share their `name` with another one.
    pub fn namesakes(&self) -> BTreeSet<FileId> {
        let mut firsts: HashMap<u64, FileId, BuildHashed> = HashMap::default();
        firsts.reserve(self.parts.len());
        let mut files = BTreeSet::new();
        let mut add = |name: Option<NonZero<u64>>, file: FileId| {
            let Some(name) = name else { return };
            if let Some(first) = firsts.insert(name.get(), file) {
                firsts.insert(name.get(), first);
                files.extend([first, file]);
            }
        };
        for part in &self.parts {
            for settled in part.settled() {
                add(settled.name, settled.whole.file);
            }
            for campaign in part.campaigns() {
                add(self.name(campaign).and_then(name_hash), campaign.whole.file);
            }
        }
        files
    }

    /// Whether there is any campaign.
    pub fn has_campaigns(&self) -> bool {
        let is_empty = |part: &Part<'_>| part.campaigns().is_empty() && part.settled().is_empty();
        !self.parts.iter().all(is_empty)
    }
}
