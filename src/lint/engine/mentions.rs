//! What one file of a project says that concerns others.

use std::hash::{BuildHasher as _, Hash};

use foldhash::fast::FixedState;
use uuid::Uuid;

use crate::fields::AliasKind;
use crate::finding::Sink;
use crate::model::{
    Alias, CampaignBody, CampaignEntry, Chain, Definition, EnvironmentNode, FileIndex, Project, hash_of_id,
};
use crate::project::source::{FileId, Place, Span};
use crate::rules;

/// A project as a whole, and as each of its environments sees it.
pub(super) struct EnvironmentViews<'p> {
    pub(super) whole: Project<'p>,
    in_environments: Vec<Project<'p>>,
}

impl<'p> EnvironmentViews<'p> {
    /// Collects files that are in path order.
    pub(super) fn new(files: Vec<&'p FileIndex>) -> Self {
        let whole = Project::new(files);
        let environments: Vec<&EnvironmentNode> = whole.environments().collect();
        let of = |environment: &'p EnvironmentNode| Project::in_environment(whole.files().to_vec(), Some(environment));
        Self {
            in_environments: environments.into_iter().map(of).collect(),
            whole,
        }
    }

    /// What the rules about accounts see: each environment, or the project where it has none.
    pub(super) fn accounts(&self) -> &[Project<'p>] {
        match self.in_environments.is_empty() {
            true => std::slice::from_ref(&self.whole),
            false => &self.in_environments,
        }
    }
}

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Usage {
    /// As that of a template.
    Template,
    /// As that of an environment.
    Environment,
    /// As that of an alias of this kind, where the field alone would take the second one.
    Alias(AliasKind, AliasKind),
}

/// How an id is used: the kind of thing, and a hash of the environments that it is for.
pub(super) type IdUse = (usize, u64);

/// What several campaigns inherit, and a rule reports at the first of them. It is the same while the template is, wherever that
/// is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Inherited {
    rule: &'static str,
    /// In which environment, where the rule asks.
    account: Option<usize>,
    file: FileId,
    /// A hash of the template's name.
    template: u64,
    /// From the start of the template.
    span: Span,
}

/// What one file says that concerns others. Each list is sorted, and has nothing twice.
#[derive(Default)]
pub(super) struct Mentions<'a> {
    /// Hashes of keys and names: no two campaigns should have the same.
    pub(super) own: Vec<u64>,
    /// Hashes of ids, and how each is used.
    pub(super) ids: Vec<(u32, IdUse)>,
    pub(super) uses: Vec<(&'a str, Usage)>,
    /// What is inherited from other files.
    pub(super) inherited: Vec<Inherited>,
}

impl<'a> Mentions<'a> {
    /// Reads a file. `views` have all templates and environments.
    pub(super) fn new(file: &'a FileIndex, views: &EnvironmentViews<'_>) -> Self {
        let mut said = Self::default();
        for campaign in &file.campaigns {
            said.campaign(campaign, views);
        }
        for template in &file.templates {
            said.definition(template);
            let only = said.environments(template.only_names().map(|(name, _)| name));
            said.id_hashes(&template.id_hashes(), only);
        }
        said.aliases(&file.aliases, 0);
        for environment in &file.environments {
            said.aliases(&environment.aliases, hash(&*environment.name.value));
        }
        sort(&mut said.own);
        sort(&mut said.ids);
        sort(&mut said.uses);
        said.inherited.retain(|inherited| inherited.file != file.file);
        sort(&mut said.inherited);
        said
    }

    fn aliases(&mut self, aliases: &[Alias], only: u64) {
        for alias in aliases {
            let id = alias.id.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            let id = id.filter(|id| !id.is_nil());
            self.ids
                .extend(id.map(|id| (hash_of_id(id), (alias.kind as usize, only))));
        }
    }

    fn campaign(&mut self, campaign: &'a CampaignEntry, views: &EnvironmentViews<'_>) {
        self.own.extend(campaign.key.as_ref().map(|key| key_hash(&key.value)));
        let environments = campaign.only.iter().map(|name| &*name.value);
        let only = self.environments(environments);
        match &campaign.body {
            CampaignBody::Own(body) => {
                self.own.extend(body.facts.name.map(|name| name_hash(name.hash)));
                self.id_hashes(&body.ids, only);
                let uses = body.alias_uses.iter();
                self.uses
                    .extend(uses.map(|used| (&*used.name, Usage::Alias(used.kind, used.widest_kind()))));
            }
            CampaignBody::Inheriting(definition) => {
                self.definition(definition);
                self.id_hashes(&definition.id_hashes(), only);
                self.inheriting(definition, campaign, views);
            }
        }
    }

    fn inheriting(&mut self, definition: &Definition, campaign: &CampaignEntry, views: &EnvironmentViews<'_>) {
        let mut sink = Sink::default();
        rules::check_campaign(&views.whole.resolve(definition), &mut sink);
        for finding in sink.into_findings() {
            let chain = views.whole.chain(definition);
            self.inherits((finding.rule.code, None), finding.place, &chain);
        }
        let accounts = views.accounts().iter().enumerate();
        for (number, account) in accounts.filter(|(_, account)| account.includes(&campaign.only)) {
            let facts = account.resolve(definition).facts();
            self.own.extend(facts.name.map(|name| name_hash(name.hash)));
            // Two rules look at starts.
            if let Some((_, place)) = facts.start {
                self.inherits(("start", Some(number)), place, &account.chain(definition));
            }
        }
    }

    fn inherits(&mut self, (rule, account): (&'static str, Option<usize>), place: Place, chain: &Chain<'_>) {
        let Chain::Whole(templates) = chain else { return };
        let around = templates.iter().find(|template| template.whole.contains(place));
        self.inherited.extend(around.map(|template| {
            let start = template.whole.span.start;
            Inherited {
                rule,
                account,
                file: place.file,
                template: hash(template.title()),
                span: Span {
                    start: place.span.start - start,
                    end: place.span.end - start,
                },
            }
        }));
    }

    /// Notes the environments that something is for. Returns a hash of them, and 0 for all.
    fn environments(&mut self, names: impl Iterator<Item = &'a str>) -> u64 {
        let mut names: Vec<&str> = names.collect();
        if names.is_empty() {
            return 0;
        }
        sort(&mut names);
        self.uses.extend(names.iter().map(|name| (*name, Usage::Environment)));
        hash(&names)
    }

    fn id_hashes(&mut self, hashes: &[u32], only: u64) {
        let ids = hashes.iter().enumerate().filter(|(_, id)| **id != 0);
        self.ids.extend(ids.map(|(kind, id)| (*id, (kind, only))));
    }

    fn definition(&mut self, definition: &'a Definition) {
        let uses = definition.alias_uses();
        self.uses
            .extend(uses.map(|used| (used.name, Usage::Alias(used.kind, used.widest_kind()))));
        let template = definition.template.as_ref();
        self.uses.extend(template.map(|name| (&*name.value, Usage::Template)));
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

fn hash(item: &(impl Hash + ?Sized)) -> u64 {
    FixedState::with_seed(0).hash_one(item)
}

pub(super) fn key_hash(key: &str) -> u64 {
    hash(&("key", key))
}

fn name_hash(name: u64) -> u64 {
    hash(&("name", name))
}
