//! A whole project: every file's part, and the names that go across files.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{Alias, Effective, FileModel, Moved, Owner, ProjectNode, Settled, Spanned};
use crate::fields::{AliasKind, DEFAULT_API, DEFAULT_LOGIN, Dialect, Setting};
use crate::source::FileId;

/// Every file of a project, in path order, with its names looked up.
#[derive(Debug)]
pub struct Project<'p> {
    /// The files, or what is left of them.
    pub parts: Vec<Part<'p>>,
    node: Option<&'p ProjectNode>,
    templates: BTreeMap<&'p str, &'p Owner>,
    aliases: BTreeMap<(AliasKind, &'p str), &'p Alias>,
    /// Whether a file could not be read whole, so that names may be declared that nobody saw.
    pub incomplete: bool,
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
    pub fn campaigns(&self) -> &'p [Owner] {
        self.file().map_or(&[], |file| &file.campaigns)
    }
}

/// What became of a chain of templates.
#[derive(Debug)]
pub enum Chain<'p> {
    /// The templates, nearest first.
    Whole(Vec<&'p Owner>),
    /// A template is not declared.
    Missing {
        /// The template or campaign that names it.
        by: &'p Owner,
        /// The name.
        name: &'p Spanned<Box<str>>,
    },
    /// The templates name one another in a circle: the members, in order.
    Cycle(Vec<&'p Owner>),
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
        let incomplete = files().any(|file| file.incomplete);
        Self {
            parts,
            node,
            templates,
            aliases,
            incomplete,
        }
    }

    /// Every file of which more is left than settled campaigns, in path order.
    pub fn files(&self) -> impl Iterator<Item = &'p FileModel> {
        self.parts.iter().filter_map(Part::file)
    }

    /// Every campaign that is not settled, in path order.
    pub fn campaigns(&self) -> impl Iterator<Item = &'p Owner> {
        self.files().flat_map(|file| &file.campaigns)
    }

    /// Whether a file is the one in which the project says what holds for all of it.
    pub fn is_own_file(&self, file: FileId) -> bool {
        let mut own = self.files().filter(|file| file.project.is_some());
        own.any(|own| own.file == file)
    }

    /// Every template, in path order.
    pub fn templates(&self) -> impl Iterator<Item = &'p Owner> {
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
    pub fn template(&self, name: &str) -> Option<&'p Owner> {
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

    /// The templates of a campaign or template.
    pub fn chain(&self, owner: &'p Owner) -> Chain<'p> {
        let mut seen: Vec<&'p Owner> = Vec::new();
        let mut at = owner;
        while let Some(name) = &at.template {
            let Some(next) = self.template(&name.value) else {
                return Chain::Missing { by: at, name };
            };
            if let Some(start) = seen.iter().position(|known| std::ptr::eq(*known, next)) {
                return Chain::Cycle(seen.split_off(start));
            }
            if std::ptr::eq(next, owner) {
                return Chain::Cycle(std::iter::once(owner).chain(seen).collect());
            }
            seen.push(next);
            at = next;
        }
        Chain::Whole(seen)
    }

    /// A campaign or template with everything that it takes from its templates.
    pub fn effective(&self, owner: &'p Owner) -> Effective<'p> {
        match self.chain(owner) {
            Chain::Whole(templates) => Effective::new(owner, templates, true),
            Chain::Missing { .. } | Chain::Cycle(_) => Effective::new(owner, Vec::new(), false),
        }
    }

    /// The files that decide what is sent for campaigns: their own, those of their templates and of the aliases that any of
    /// these names, and the project's own.
    pub fn files_behind(&self, campaigns: impl Iterator<Item = &'p Owner>) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        for campaign in campaigns {
            let templates = match self.chain(campaign) {
                Chain::Whole(templates) => templates,
                Chain::Missing { .. } | Chain::Cycle(_) => Vec::new(),
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
    pub fn name(&self, campaign: &'p Owner) -> Option<&'p str> {
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
