//! A whole project: every file's part, and the names that go across files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::{Alias, Definition, FileModel, Moved, ProjectNode, Resolved, Settled, Swallowed};
use crate::fields::{AliasKind, DEFAULT_API, DEFAULT_LOGIN, Dialect, Setting};
use crate::project::source::FileId;
use crate::util::suggest::Names;

/// Every file of a project, in path order, with its names looked up.
#[derive(Debug)]
pub struct Project<'p> {
    /// The files, or what is left of them.
    pub parts: Vec<Part<'p>>,
    node: Option<&'p ProjectNode>,
    templates: BTreeMap<&'p str, &'p Definition>,
    aliases: BTreeMap<(AliasKind, &'p str), &'p Alias>,
    template_names: OnceLock<Names>,
    alias_names: OnceLock<BTreeMap<AliasKind, Names>>,
    /// What may be declared that nobody could read.
    pub swallowed: Swallowed,
    /// Names in what may be meant as declarations.
    meant: BTreeSet<&'p str>,
}

/// One file of a project.
#[derive(Clone, Copy, Debug)]
pub enum Part<'p> {
    /// All of it.
    File(&'p FileModel),
    /// Its campaigns, which are settled, and which are all that it holds.
    Settled(&'p [Settled]),
}

impl<'p> Part<'p> {
    /// The file, where all of it is there.
    pub fn file(&self) -> Option<&'p FileModel> {
        match self {
            Self::File(file) => Some(file),
            Self::Settled(_) => None,
        }
    }

    /// Its settled campaigns.
    pub fn settled(&self) -> &'p [Settled] {
        match self {
            Self::File(file) => &file.settled,
            Self::Settled(settled) => settled,
        }
    }

    /// Its other campaigns.
    pub fn campaigns(&self) -> &'p [Definition] {
        self.file().map_or(&[], |file| &file.campaigns)
    }
}

/// A campaign may take settings from so many templates, each of which takes some from the next. People have to read all of them
/// to know how it calls.
pub const MAX_TEMPLATES: usize = 64;

/// What became of a chain of templates.
#[derive(Debug)]
pub enum Chain<'p> {
    /// The templates, nearest first.
    Whole(Vec<&'p Definition>),
    /// A template is not declared.
    Missing,
    /// The templates name one another in a circle.
    Cycle,
    /// There are more than [`MAX_TEMPLATES`], in a circle or not.
    TooLong,
}

impl<'p> Project<'p> {
    /// Collects files that are in path order. Where a name is declared twice, the first stands.
    pub fn new(files: Vec<&'p FileModel>) -> Self {
        Self::of(files.into_iter().map(Part::File).collect())
    }

    /// The same where of some files only settled campaigns are left.
    pub fn of(parts: Vec<Part<'p>>) -> Self {
        let files = || parts.iter().filter_map(Part::file);
        let mut templates = BTreeMap::new();
        let mut aliases = BTreeMap::new();
        for file in files() {
            for template in &file.templates {
                if let Some(name) = &template.name {
                    templates.entry(&*name.value).or_insert(template);
                }
            }
            for alias in &file.aliases {
                aliases.entry((alias.kind, &*alias.name.value)).or_insert(alias);
            }
        }
        let node = files().find_map(|file| file.project.as_deref());
        let swallowed = files().fold(Swallowed::default(), |all, file| all.or(file.swallowed));
        let meant = files().flat_map(|file| &file.meant).map(|name| &**name).collect();
        Self {
            parts,
            node,
            templates,
            aliases,
            template_names: OnceLock::new(),
            alias_names: OnceLock::new(),
            swallowed,
            meant,
        }
    }

    /// Every file of which more is left than settled campaigns, in path order.
    pub fn files(&self) -> impl Iterator<Item = &'p FileModel> {
        self.parts.iter().filter_map(Part::file)
    }

    /// Every campaign that is not settled, in path order.
    pub fn campaigns(&self) -> impl Iterator<Item = &'p Definition> {
        self.files().flat_map(|file| &file.campaigns)
    }

    /// Whether a file is the one in which the project says what holds for all of it.
    pub fn is_own_file(&self, file: FileId) -> bool {
        let mut own = self.files().filter(|file| file.project.is_some());
        own.any(|own| own.file == file)
    }

    /// Every template, in path order.
    pub fn templates(&self) -> impl Iterator<Item = &'p Definition> {
        self.files().flat_map(|file| &file.templates)
    }

    /// Every alias, in path order.
    pub fn aliases(&self) -> impl Iterator<Item = &'p Alias> {
        self.files().flat_map(|file| &file.aliases)
    }

    /// Every `moved`, in path order.
    pub fn moves(&self) -> impl Iterator<Item = &'p Moved> {
        self.files().flat_map(|file| &file.moves)
    }

    /// The template of this name.
    pub fn template(&self, name: &str) -> Option<&'p Definition> {
        self.templates.get(name).copied()
    }

    /// The alias of this kind and name. A caller id may be a number or a pool.
    pub fn alias(&self, kind: AliasKind, name: &str) -> Option<&'p Alias> {
        let kinds: &[AliasKind] = match kind {
            AliasKind::NumberOrPool => &[AliasKind::Number, AliasKind::Pool],
            _ => &[kind],
        };
        kinds.iter().find_map(|kind| self.aliases.get(&(*kind, name)).copied())
    }

    /// Whether a name may be one that a mistake keeps from being declared.
    pub fn is_meant(&self, name: &str) -> bool {
        self.meant.contains(name)
    }

    /// The template that a misspelt name most likely stands for.
    pub fn closest_template(&self, name: &str) -> Option<&str> {
        let declared = || self.templates().filter_map(|template| template.name.as_ref());
        let names = self
            .template_names
            .get_or_init(|| Names::new(declared().map(|name| &*name.value)));
        names.closest(name)
    }

    /// The alias of this kind that a misspelt name most likely stands for.
    pub fn closest_alias(&self, kind: AliasKind, name: &str) -> Option<&str> {
        let kinds = AliasKind::ALL.into_iter().chain([AliasKind::NumberOrPool]);
        let of_kind = |kind: AliasKind| {
            let aliases = self.aliases().filter(|alias| kind.takes(alias.kind));
            Names::new(aliases.map(|alias| &*alias.name.value))
        };
        let names = self
            .alias_names
            .get_or_init(|| kinds.map(|kind| (kind, of_kind(kind))).collect());
        names.get(&kind)?.closest(name)
    }

    /// An alias of this name, whatever its kind.
    pub fn namesake(&self, name: &str) -> Option<&'p Alias> {
        AliasKind::ALL.into_iter().find_map(|kind| self.alias(kind, name))
    }

    /// The templates of a campaign or template.
    pub fn chain(&self, owner: &'p Definition) -> Chain<'p> {
        let mut seen: Vec<&'p Definition> = Vec::new();
        let mut at = owner;
        while let Some(name) = &at.template {
            let Some(next) = self.template(&name.value) else {
                return Chain::Missing;
            };
            if std::ptr::eq(next, owner) || seen.iter().any(|known| std::ptr::eq(*known, next)) {
                return Chain::Cycle;
            }
            if seen.len() == MAX_TEMPLATES {
                return Chain::TooLong;
            }
            seen.push(next);
            at = next;
        }
        Chain::Whole(seen)
    }

    /// A campaign or template with everything that it takes from its templates.
    pub fn effective(&self, owner: &'p Definition) -> Resolved<'p> {
        match self.chain(owner) {
            Chain::Whole(templates) => Resolved::new(owner, templates, true),
            Chain::Missing | Chain::Cycle | Chain::TooLong => Resolved::new(owner, Vec::new(), false),
        }
    }

    /// The files that decide what is sent for campaigns: their own, those of their templates and of the aliases that any of
    /// these names, and the project's own.
    pub fn files_behind(&self, campaigns: impl Iterator<Item = &'p Definition>) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        for campaign in campaigns {
            let templates = match self.chain(campaign) {
                Chain::Whole(templates) => templates,
                Chain::Missing | Chain::Cycle | Chain::TooLong => Vec::new(),
            };
            for owner in std::iter::once(campaign).chain(templates) {
                files.insert(owner.keyword.file);
                // Whatever kind is meant in the end.
                let aliases = owner.stated.aliases().flat_map(|(_, _, name)| {
                    let named = |kind| self.aliases.get(&(kind, name));
                    AliasKind::ALL.into_iter().filter_map(named)
                });
                files.extend(aliases.map(|alias| alias.name.place.file));
            }
        }
        if !files.is_empty() {
            let own = self.files().filter(|file| file.project.is_some());
            files.extend(own.map(|file| file.file));
        }
        files
    }

    /// A campaign's `name`, its own or that of its nearest template that has one, if it can be read.
    pub fn name(&self, campaign: &'p Definition) -> Option<&'p str> {
        let mut owner = campaign;
        // As many steps as there are templates end any chain; a circle is reported as such.
        for _ in 0..=self.templates.len() {
            if owner.presumed.contains(&Setting::Name) {
                return None;
            }
            if owner.stated.find(Setting::Name).is_some() {
                return owner.own_name();
            }
            owner = self.template(&owner.template.as_ref()?.value)?;
        }
        None
    }

    /// The dialect the account speaks.
    pub fn dialect(&self) -> Dialect {
        self.node.and_then(|node| node.dialect).unwrap_or_default()
    }

    /// The dialect, unless a mistake that was reported hides it: then nobody can say which settings are wrong.
    pub fn known_dialect(&self) -> Option<Dialect> {
        let hidden = self.node.is_some_and(|node| node.hides_dialect) || self.files().any(|file| file.hides_project);
        (!hidden).then(|| self.dialect())
    }

    /// Base address of the call service, as written or the default.
    pub fn api(&self) -> &str {
        self.node
            .and_then(|node| node.api.as_ref())
            .map_or(DEFAULT_API, |api| &api.value)
    }

    /// Base address of the login service, as written or the default.
    pub fn login(&self) -> &str {
        self.node
            .and_then(|node| node.login.as_ref())
            .map_or(DEFAULT_LOGIN, |login| &login.value)
    }

    /// The company's time zone, where the project names one.
    pub fn timezone(&self) -> Option<TimeZone> {
        let name = self.node?.timezone.as_deref()?;
        TimeZone::get(name).ok()
    }

    /// The wire string that the project sets for a name that the vendor does not publish.
    pub fn wire_value(&self, name: &str) -> Option<&'p str> {
        self.node?
            .wire_values
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, value)| &**value)
    }

    /// The `project` node, where there is one.
    pub fn node(&self) -> Option<&'p ProjectNode> {
        self.node
    }
}
