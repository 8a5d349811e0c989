//! What a project says, typed and with places: campaigns, templates, aliases, moves, and the project's own settings.

mod environment;
mod index;
mod inline_ids;
mod on_change;
mod resolved;
mod project;
mod setting_nodes;

pub use environment::{AccountNode, EnvironmentNode, is_for};
pub use index::{AliasUse, CampaignBody, CampaignEntry, CampaignFacts, ExtendedUse, FileIndex, NameFact, OwnBody};
pub use inline_ids::InlineId;
pub(crate) use inline_ids::hash_of as hash_of_id;
pub use on_change::OnChange;
pub use project::{Chain, MAX_TEMPLATES, Project};
pub use resolved::{Resolved, ResolvedSetting};
pub use setting_nodes::{FieldValue, SettingNode, SettingNodes, SettingValue};

use crate::fields::{AliasKind, Setting};
use crate::finding::Severity;
use crate::project::source::{FileId, Place, Span};
use jiff::civil::Date;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub place: Place,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

/// The kinds of names that a file may declare where a mistake swallowed the declaration. About names of these kinds that
/// nobody declares, rules are silent, and the finding of the mistake says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swallowed {
    /// Keys of campaigns, and moves.
    pub keys: bool,
    /// Names of templates.
    pub templates: bool,
    /// Names of aliases.
    pub aliases: bool,
}

impl Swallowed {
    /// Nobody knows what the file declares.
    pub const ALL: Self = Self {
        keys: true,
        templates: true,
        aliases: true,
    };

    /// What either of two swallowed.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            keys: self.keys || other.keys,
            templates: self.templates || other.templates,
            aliases: self.aliases || other.aliases,
        }
    }

    /// What is to be said at the mistake; nothing where it swallowed nothing.
    pub fn words(self) -> Option<String> {
        let kinds = [
            (self.keys, "campaigns"),
            (self.templates, "templates"),
            (self.aliases, "aliases"),
        ];
        let kinds: Vec<&str> = kinds
            .into_iter()
            .filter(|(is_it, _)| *is_it)
            .map(|(_, kind)| kind)
            .collect();
        let kinds = match kinds.as_slice() {
            [] => return None,
            [one] => (*one).to_owned(),
            [others @ .., last] => format!("{} and {last}", others.join(", ")),
        };
        Some(format!(
            "{kinds} may be declared here and were not read: unknown {kinds} are not reported until this is fixed"
        ))
    }
}

/// One file, lowered: its campaigns whole.
pub type FileModel = File<Definition>;

/// What one file declares. `C` is what is kept of a campaign: a [`Definition`] or a [`CampaignEntry`].
#[derive(Clone, Debug)]
pub struct File<C> {
    /// The file.
    pub file: FileId,
    /// Its campaigns, in the order of the text.
    pub campaigns: Vec<C>,
    /// Its templates.
    pub templates: Vec<Definition>,
    /// Its aliases.
    pub aliases: Vec<Alias>,
    /// Its moves.
    pub moves: Vec<Moved>,
    /// Its removals.
    pub removals: Vec<Removal>,
    /// Its `project` node.
    pub project: Option<Box<ProjectNode>>,
    /// Its environments, in the order of the text.
    pub environments: Vec<EnvironmentNode>,
    /// Its comments that hide findings.
    pub suppressions: Box<[Suppression]>,
    /// Whether something at the top level could not be read, so that it says less than its text.
    pub incomplete: bool,
    /// What it may declare that nobody could read.
    pub swallowed: Swallowed,
    /// Names in what may be meant as declarations: a `tempalte "weekday"`, a template in the block of another.
    pub meant: Vec<Box<str>>,
    /// Whether a syntax error hides what this file says of the project, so that nobody knows its dialect.
    pub hides_project: bool,
}

impl<C> File<C> {
    /// A file that declares nothing yet.
    pub fn new(file: FileId) -> Self {
        Self {
            file,
            campaigns: Vec::new(),
            templates: Vec::new(),
            aliases: Vec::new(),
            moves: Vec::new(),
            removals: Vec::new(),
            project: None,
            environments: Vec::new(),
            suppressions: Box::default(),
            incomplete: false,
            swallowed: Swallowed::default(),
            meant: Vec::new(),
            hides_project: false,
        }
    }

    /// The same file with other campaigns.
    pub(crate) fn with_campaigns<D>(self, campaigns: Vec<D>) -> File<D> {
        File {
            file: self.file,
            campaigns,
            templates: self.templates,
            aliases: self.aliases,
            moves: self.moves,
            removals: self.removals,
            project: self.project,
            environments: self.environments,
            suppressions: self.suppressions,
            incomplete: self.incomplete,
            swallowed: self.swallowed,
            meant: self.meant,
            hides_project: self.hides_project,
        }
    }

    /// Whether it says less than the text outside of campaigns, as a part of that could not be read.
    pub fn is_partial(&self) -> bool {
        self.incomplete
            || self.hides_project
            || self
                .project
                .as_ref()
                .is_some_and(|project| project.account.hides_dialect)
            || self.environments.iter().any(EnvironmentNode::is_partial)
            || self.aliases.iter().any(|alias| alias.id.is_none())
            || self.templates.iter().any(Definition::is_partial)
    }
}

/// The item around a place, of a list in the order of the text: a file of thousands is not gone through for each finding.
pub(crate) fn around<T>(list: &[T], place: Place, whole: impl Fn(&T) -> Place) -> Option<&T> {
    let behind = list.partition_point(|item| whole(item).span.start <= place.span.start);
    list.get(behind.checked_sub(1)?)
        .filter(|item| whole(item).contains(place))
}

/// A campaign or template may have so many webhooks: each campaign that takes settings from a template sends all of them.
pub const MAX_WEBHOOKS: usize = 100;

/// A campaign or a template: something that states settings.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The campaign's key or the template's name; nothing where it could not be read.
    pub name: Option<Spanned<Box<str>>>,
    /// The word `campaign` or `template`.
    pub keyword: Place,
    /// All of it, from that word to the end of its block.
    pub whole: Place,
    /// The template it takes settings from.
    pub template: Option<Spanned<Box<str>>>,
    /// Its settings. In a box, since owners are handed on while thousands of them are read.
    pub stated: Box<SettingNodes>,
    /// Settings that a misspelt or a wire name stands for: they count as present.
    pub presumed: Vec<Setting>,
    /// How many names in it nobody can guess: each may stand for one setting that seems to be missing.
    pub unguessed: usize,
    /// Whether a part could not be read, so that what is missing may be missing through that mistake.
    pub incomplete: bool,
}

impl Definition {
    /// Nothing but what it states. Its places are at the start of the file.
    pub(crate) fn new(stated: SettingNodes) -> Self {
        let start = Place::new(stated.file(), Span::point(0));
        Self {
            name: None,
            keyword: start,
            whole: start,
            template: None,
            stated: Box::new(stated),
            presumed: Vec::new(),
            unguessed: 0,
            incomplete: false,
        }
    }

    /// Whether it says less than the text, as a part of that could not be read.
    #[inline]
    pub fn is_partial(&self) -> bool {
        self.incomplete
            || self.stated.is_partial()
            || self.name.is_none()
            || self.unguessed > 0
            || !self.presumed.is_empty()
    }

    /// Takes settings as present, each once, however often they are meant.
    pub(crate) fn presume(&mut self, settings: impl IntoIterator<Item = Setting>) {
        for setting in settings {
            if !self.presumed.contains(&setting) {
                self.presumed.push(setting);
            }
        }
    }

    /// The key or name, for messages.
    pub fn title(&self) -> &str {
        self.name.as_ref().map_or("?", |name| &name.value)
    }
}

/// `scenario promo="228c…"` in `aliases`.
#[derive(Clone, Debug)]
pub struct Alias {
    /// What it names.
    pub kind: AliasKind,
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// The UUID; nothing where it could not be read.
    pub id: Option<Box<str>>,
}

/// `moved from="old" to="new"`
#[derive(Clone, Debug)]
pub struct Moved {
    /// The old key.
    pub from: Spanned<Box<str>>,
    /// The new key.
    pub to: Spanned<Box<str>>,
}

/// `removed "city-07" task="halt"`
#[derive(Clone, Debug)]
pub struct Removal {
    /// The key that the campaign had.
    pub key: Spanned<Box<str>>,
    /// What is to become of its task.
    pub task: RemovedTask,
}

/// What is to become of the task of a campaign that is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedTask {
    /// It is stopped for good.
    Halt,
    /// It is let go, and goes on as it is.
    Keep,
}

impl RemovedTask {
    /// Every answer.
    pub const ALL: [Self; 2] = [Self::Halt, Self::Keep];

    /// The word in the files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::Keep => "keep",
        }
    }
}

/// A comment that hides findings.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The comment.
    pub place: Place,
    /// The codes, names and groups of rules that exist.
    pub rules: Box<[Spanned<Box<str>>]>,
    /// The last day on which it holds.
    pub until: Option<Spanned<Date>>,
    /// Whether it is about the whole file.
    pub whole_file: bool,
    /// The bytes in which the findings begin that it is about.
    pub covers: Span,
    /// What goes where it is taken out; nothing where it says more than could be read.
    pub removal: Option<Span>,
    /// What goes where one of its rules is taken out.
    pub without: Box<[Span]>,
}

/// The `project` node as written. What it leaves out has a default in [`Project`].
#[derive(Clone, Debug, Default)]
pub struct ProjectNode {
    /// What it says of the account.
    pub account: AccountNode,
    /// Which files hold campaigns.
    pub campaigns: Vec<Spanned<Box<str>>>,
    /// Severities the project turns, in order: `None` allows a rule.
    pub lint: Vec<(Box<str>, Option<Severity>)>,
    /// Rules that nothing but `allow` hides.
    pub enforced: Vec<Box<str>>,
    /// What apply does about changed campaigns that do not say it themselves.
    pub on_change: Option<OnChange>,
}
