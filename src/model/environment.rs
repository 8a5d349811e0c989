//! Environments: the accounts that the same campaigns are for, and what campaigns say of them.

use super::{Alias, CampaignEntry, Definition, Project, Spanned};
use crate::fields::types::StateAddress;
use crate::fields::{AliasKind, Dialect, Setting, Value};
use crate::project::source::Place;

/// What `project` or an environment says of an account.
#[derive(Clone, Debug, Default)]
pub struct AccountNode {
    /// Base address of the call service.
    pub api: Option<Spanned<Box<str>>>,
    /// Base address of the login service.
    pub login: Option<Spanned<Box<str>>>,
    /// The dialect the account speaks.
    pub dialect: Option<Dialect>,
    /// Whether a mistake hides the dialect.
    pub hides_dialect: bool,
    /// The company's time zone, an IANA name.
    pub timezone: Option<Box<str>>,
    /// The shell command that prints a token.
    pub token_command: Option<Box<str>>,
    /// The environment variable that holds the token.
    pub token_env: Option<Box<str>>,
    /// Where the state is kept.
    pub state: Option<Spanned<StateAddress>>,
    /// Wire strings that the vendor does not publish, by name.
    pub wire_values: Vec<(Box<str>, Box<str>)>,
}

/// `environment "staging" { … }`
#[derive(Clone, Debug)]
pub struct EnvironmentNode {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// All of it, from the word `environment` to the end of its block.
    pub whole: Place,
    /// What it says of the account.
    pub account: AccountNode,
    /// The aliases that hold in it beside the common ones.
    pub aliases: Vec<Alias>,
}

impl EnvironmentNode {
    /// Whether it says less than the text, as a part of that could not be read.
    pub(super) fn is_partial(&self) -> bool {
        self.account.hides_dialect || self.aliases.iter().any(|alias| alias.id.is_none())
    }
}

/// Whether a campaign or template that is for these environments, or for all where there are none, is for the one of this name.
pub fn is_for(only: &[Spanned<Box<str>>], environment: &str) -> bool {
    only.is_empty() || only.iter().any(|name| *name.value == *environment)
}

impl Definition {
    /// The environments that it is for, each with its place; none where it is for all of them.
    pub fn only(&self) -> Box<[Spanned<Box<str>>]> {
        let names = self.only_names();
        names.map(|(name, place)| Spanned::new(name.into(), place)).collect()
    }

    /// The same, borrowed.
    pub fn only_names(&self) -> impl Iterator<Item = (&str, Place)> {
        let node = self.stated.find(Setting::Only);
        let values = node.into_iter().flat_map(|node| node.values());
        values.filter_map(|value| match value.value {
            Some(Value::Text(name)) => Some((&**name, value.place)),
            _ => None,
        })
    }
}

impl<'p> Project<'p> {
    /// The environments that the project has, in the order of the text. Where a name is declared twice, the first one counts.
    pub fn environments(&self) -> impl Iterator<Item = &'p EnvironmentNode> + use<'_, 'p> {
        let files = self.files().iter();
        let mut seen: Vec<&str> = Vec::new();
        let all = files.flat_map(|file| &file.environments);
        all.filter(move |environment| {
            let is_new = !seen.contains(&&*environment.name.value);
            seen.push(&environment.name.value);
            is_new
        })
    }

    /// The environment of this name.
    pub fn environment_of(&self, name: &str) -> Option<&'p EnvironmentNode> {
        self.environments().find(|environment| *environment.name.value == *name)
    }

    /// The alias of this kind and name: a common one, or the first of an environment.
    pub fn alias_anywhere(&self, kind: AliasKind, name: &str) -> Option<&'p Alias> {
        let is_it = |alias: &&Alias| kind.takes(alias.kind) && *alias.name.value == *name;
        let in_environment = || {
            self.environments()
                .flat_map(|environment| &environment.aliases)
                .find(is_it)
        };
        self.alias(kind, name).or_else(in_environment)
    }

    /// Whether a campaign or template that is for these environments is in the chosen one. All are in where none is chosen.
    pub fn includes(&self, only: &[Spanned<Box<str>>]) -> bool {
        let environment = self.environment();
        environment.is_none_or(|environment| is_for(only, &environment.name.value))
    }

    /// The campaigns of a file that are in the chosen environment.
    pub fn campaigns_of(&self, campaigns: &'p [CampaignEntry]) -> impl Iterator<Item = &'p CampaignEntry> {
        campaigns.iter().filter(|campaign| self.includes(&campaign.only))
    }

    /// The templates of a file that are in the chosen environment.
    pub fn templates_of(&self, templates: &'p [Definition]) -> impl Iterator<Item = &'p Definition> {
        templates.iter().filter(|template| self.includes(&template.only()))
    }
}
