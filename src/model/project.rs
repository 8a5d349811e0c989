//! A whole project: every file's part, and the names that go across files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::index::fingerprint_of_id;
use super::{
    AccountNode, Alias, CampaignBody, CampaignEntry, CampaignFacts, Definition, EnvironmentNode, FileIndex, Moved,
    OnChange, ProjectNode, Removal, Resolved, Spanned, Swallowed,
};
use crate::fields::types::StateAddress;
use crate::fields::{AliasKind, DEFAULT_API, DEFAULT_LOGIN, Dialect};
use crate::project::source::FileId;
use crate::util::suggest::Names;

/// Every file of a project, in path order, with its names looked up.
#[derive(Debug, Default)]
pub struct Project<'p> {
    files: Vec<&'p FileIndex>,
    node: Option<&'p ProjectNode>,
    environment: Option<&'p EnvironmentNode>,
    campaigns: Vec<&'p CampaignEntry>,
    /// What campaigns state that take settings from templates.
    inheriting: Vec<&'p Definition>,
    templates: Vec<&'p Definition>,
    aliases: Vec<&'p Alias>,
    moves: Vec<&'p Moved>,
    removals: Vec<&'p Removal>,
    templates_by_name: BTreeMap<&'p str, &'p Definition>,
    aliases_by_name: BTreeMap<(AliasKind, &'p str), &'p Alias>,
    /// Whether a mistake hides what the project says of its dialect.
    hides_dialect: bool,
    template_names: OnceLock<Names>,
    alias_names: OnceLock<BTreeMap<AliasKind, Names>>,
    /// What may be declared that nobody could read.
    pub swallowed: Swallowed,
    /// Names in what may be meant as declarations.
    meant: BTreeSet<&'p str>,
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
    /// Collects files that are in path order. Where a name is declared twice, the first one counts. No environment is chosen:
    /// every campaign is in, and only the common aliases are.
    pub fn new(files: Vec<&'p FileIndex>) -> Self {
        Self::in_environment(files, None)
    }

    /// The same with the campaigns, templates, aliases and account of an environment.
    pub fn in_environment(files: Vec<&'p FileIndex>, environment: Option<&'p EnvironmentNode>) -> Self {
        let mut project = Self {
            environment,
            ..Self::default()
        };
        for file in &files {
            project.node = project.node.or(file.project.as_deref());
            project.hides_dialect |= file.hides_project;
            project.swallowed = project.swallowed.or(file.swallowed);
            project.meant.extend(file.meant.iter().map(|name| &**name));
            let campaigns = file.campaigns.iter();
            let is_in = |campaign: &&CampaignEntry| environment.is_none() || project.includes(&campaign.only);
            let campaigns: Vec<&CampaignEntry> = campaigns.filter(is_in).collect();
            project
                .inheriting
                .extend(campaigns.iter().filter_map(|campaign| campaign.inheriting()));
            project.campaigns.extend(campaigns);
            project.moves.extend(&file.moves);
            project.removals.extend(&file.removals);
            for template in &file.templates {
                if environment.is_some() && !project.includes(&template.only()) {
                    continue;
                }
                project.templates.push(template);
                if let Some(name) = &template.name {
                    project.templates_by_name.entry(&name.value).or_insert(template);
                }
            }
            project.add_aliases(&file.aliases);
        }
        if let Some(environment) = environment {
            project.add_aliases(&environment.aliases);
        }
        let hides_dialect = project.accounts().any(|account| account.hides_dialect);
        project.hides_dialect |= hides_dialect;
        project.files = files;
        project
    }

    fn add_aliases(&mut self, aliases: &'p [Alias]) {
        for alias in aliases {
            self.aliases.push(alias);
            self.aliases_by_name
                .entry((alias.kind, &alias.name.value))
                .or_insert(alias);
        }
    }

    /// The chosen environment.
    pub fn environment(&self) -> Option<&'p EnvironmentNode> {
        self.environment
    }

    /// What is said of the account: by the environment first, then by the project.
    fn accounts(&self) -> impl Iterator<Item = &'p AccountNode> + use<'p> {
        let environment = self.environment.map(|environment| &environment.account);
        environment.into_iter().chain(self.node.map(|node| &node.account))
    }

    /// Every file, in path order.
    pub fn files(&self) -> &[&'p FileIndex] {
        &self.files
    }

    /// Every campaign, in path order.
    pub fn campaigns(&self) -> impl Iterator<Item = &'p CampaignEntry> {
        self.campaigns.iter().copied()
    }

    /// The key of every campaign whose key can be read, in path order.
    pub fn keys(&self) -> impl Iterator<Item = &'p Spanned<Box<str>>> {
        self.campaigns().filter_map(|campaign| campaign.key.as_ref())
    }

    /// Every template, and every campaign that takes settings from one; each in path order.
    pub fn with_templates(&self) -> impl Iterator<Item = &'p Definition> {
        self.inheriting().iter().copied().chain(self.templates())
    }

    /// What each campaign states that takes settings from a template, in path order.
    pub fn inheriting(&self) -> &[&'p Definition] {
        &self.inheriting
    }

    /// Whether a file is the one in which the project says what holds for all of it.
    pub fn is_own_file(&self, file: FileId) -> bool {
        let mut own = self.files.iter().filter(|file| file.project.is_some());
        own.any(|own| own.file == file)
    }

    /// Every template, in path order.
    pub fn templates(&self) -> impl Iterator<Item = &'p Definition> {
        self.templates.iter().copied()
    }

    /// Every alias, in path order.
    pub fn aliases(&self) -> impl Iterator<Item = &'p Alias> {
        self.aliases.iter().copied()
    }

    /// Every `moved`, in path order.
    pub fn moves(&self) -> impl Iterator<Item = &'p Moved> {
        self.moves.iter().copied()
    }

    /// Every `removed`, in path order.
    pub fn removals(&self) -> impl Iterator<Item = &'p Removal> {
        self.removals.iter().copied()
    }

    /// The template of this name.
    pub fn template(&self, name: &str) -> Option<&'p Definition> {
        self.templates_by_name.get(name).copied()
    }

    /// The alias of this kind and name. A caller id may be a number or a pool.
    pub fn alias(&self, kind: AliasKind, name: &str) -> Option<&'p Alias> {
        let kinds: &[AliasKind] = match kind {
            AliasKind::NumberOrPool => &[AliasKind::Number, AliasKind::Pool],
            _ => &[kind],
        };
        kinds
            .iter()
            .find_map(|kind| self.aliases_by_name.get(&(*kind, name)).copied())
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
    pub fn chain(&self, definition: &Definition) -> Chain<'p> {
        let mut seen: Vec<&'p Definition> = Vec::new();
        let mut next = definition.template.as_ref();
        while let Some(name) = next {
            let Some(template) = self.template(&name.value) else {
                return Chain::Missing;
            };
            if std::ptr::eq(template, definition) || seen.iter().any(|known| std::ptr::eq(*known, template)) {
                return Chain::Cycle;
            }
            if seen.len() == MAX_TEMPLATES {
                return Chain::TooLong;
            }
            seen.push(template);
            next = template.template.as_ref();
        }
        Chain::Whole(seen)
    }

    /// The templates of a campaign.
    pub fn chain_of(&self, campaign: &CampaignEntry) -> Chain<'p> {
        campaign
            .inheriting()
            .map_or(Chain::Whole(Vec::new()), |definition| self.chain(definition))
    }

    /// A campaign or template with everything that it takes from its templates.
    pub fn resolve<'a>(&self, definition: &'a Definition) -> Resolved<'a>
    where
        'p: 'a,
    {
        match self.chain(definition) {
            Chain::Whole(templates) => Resolved::new(definition, templates, true),
            Chain::Missing | Chain::Cycle | Chain::TooLong => Resolved::new(definition, Vec::new(), false),
        }
    }

    /// The files that decide what is sent for campaigns: their own, those of their templates and of the aliases that any of
    /// these names, and the project's own.
    pub fn files_behind(&self, campaigns: impl Iterator<Item = &'p CampaignEntry>) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        for campaign in campaigns {
            let templates = match self.chain_of(campaign) {
                Chain::Whole(templates) => templates,
                Chain::Missing | Chain::Cycle | Chain::TooLong => Vec::new(),
            };
            files.insert(campaign.keyword.file);
            files.extend(templates.iter().map(|template| template.keyword.file));
            let inherited = templates.into_iter().flat_map(Definition::alias_uses);
            // Whatever kind is meant in the end.
            let aliases = campaign.alias_uses().chain(inherited).flat_map(|used| {
                let named = |kind| self.aliases_by_name.get(&(kind, used.name));
                AliasKind::ALL.into_iter().filter_map(named)
            });
            files.extend(aliases.map(|alias| alias.name.place.file));
        }
        if !files.is_empty() {
            let is_own = |file: &&&FileIndex| file.project.is_some() || !file.environments.is_empty();
            files.extend(self.files.iter().filter(is_own).map(|file| file.file));
        }
        files
    }

    /// What is compared across campaigns, of one with all that it inherits.
    pub fn facts(&self, campaign: &CampaignEntry) -> CampaignFacts {
        match &campaign.body {
            CampaignBody::Own(body) => body.facts,
            CampaignBody::Inheriting(definition) => self.resolve(definition).facts(),
        }
    }

    /// A hash of all that a campaign states and inherits: equal for campaigns that only their keys tell apart. Nothing where
    /// a part of it is not known.
    pub fn fingerprint(&self, campaign: &Resolved<'_>) -> Option<u64> {
        campaign
            .aliases()
            .try_fold(campaign.fingerprint()?, |sum, (field, kind, name)| {
                let id = self.alias(kind, name)?.id.as_deref()?;
                let id = uuid::Uuid::try_parse(id).ok()?;
                Some(sum.wrapping_add(fingerprint_of_id(field, id)))
            })
    }

    /// The campaigns that have the name of another one: the name's hash and the campaign, those of one name together and in
    /// path order.
    pub fn namesakes(&self) -> Vec<(u64, &'p CampaignEntry)> {
        let named = self
            .campaigns()
            .filter_map(|campaign| Some((self.facts(campaign).name?.hash, campaign)));
        let mut named: Vec<(u64, &CampaignEntry)> = named.collect();
        named.sort_by_key(|(name, _)| *name);
        let shared = named.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1);
        shared.flatten().copied().collect()
    }

    /// The dialect the account speaks.
    pub fn dialect(&self) -> Dialect {
        self.accounts().find_map(|account| account.dialect).unwrap_or_default()
    }

    /// The dialect, unless a mistake that was reported hides it: then nobody can say which settings are wrong.
    pub fn known_dialect(&self) -> Option<Dialect> {
        (!self.hides_dialect).then(|| self.dialect())
    }

    /// Base address of the call service, as written or the default.
    pub fn api(&self) -> &'p str {
        let api = self.accounts().find_map(|account| account.api.as_ref());
        api.map_or(DEFAULT_API, |api| &api.value)
    }

    /// Base address of the login service, as written or the default.
    pub fn login(&self) -> &'p str {
        let login = self.accounts().find_map(|account| account.login.as_ref());
        login.map_or(DEFAULT_LOGIN, |login| &login.value)
    }

    /// The company's time zone, where the project names one.
    pub fn timezone(&self) -> Option<TimeZone> {
        let name = self.accounts().find_map(|account| account.timezone.as_deref())?;
        TimeZone::get(name).ok()
    }

    /// What says where the token is from.
    fn account_with_token(&self) -> Option<&'p AccountNode> {
        self.accounts()
            .find(|account| account.token_command.is_some() || account.token_env.is_some())
    }

    /// The shell command that prints a token. One that the project says does not count where the environment names a variable.
    pub fn token_command(&self) -> Option<&'p str> {
        self.account_with_token()?.token_command.as_deref()
    }

    /// The environment variable that holds the token, where it is another one than usual.
    pub fn token_env(&self) -> Option<&'p str> {
        self.account_with_token()?.token_env.as_deref()
    }

    /// Where the state is kept, if that is said.
    pub fn state(&self) -> Option<&'p Spanned<StateAddress>> {
        self.accounts().find_map(|account| account.state.as_ref())
    }

    /// The wire string that the project sets for a name that the vendor does not publish.
    pub fn wire_value(&self, name: &str) -> Option<&'p str> {
        let mut values = self.accounts().flat_map(|account| &account.wire_values);
        let value = values.find(|(known, _)| **known == *name);
        value.map(|(_, value)| &**value)
    }

    /// Every wire string that the project sets, by name.
    pub fn wire_values(&self) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
        let values = self.accounts().flat_map(|account| &account.wire_values);
        values.map(|(name, value)| (&**name, &**value))
    }

    /// What apply does about the task of a campaign that has changed.
    pub fn on_change(&self, campaign: &Resolved<'_>) -> OnChange {
        OnChange::of_campaign(campaign, self.node.and_then(|node| node.on_change))
    }

    /// The `project` node, where there is one.
    pub fn node(&self) -> Option<&'p ProjectNode> {
        self.node
    }
}
