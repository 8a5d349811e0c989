//! Where errors keep other rules silent, so that a suppression that hid nothing cannot be called unused.

use std::cmp::max;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, RuleGroup, Severity};
use crate::model::{Chain, Definition, Project, Suppression};
use crate::project::source::FileId;
use crate::rules::{RULES, selects};

/// Which rules an error keeps silent about its campaign or template, and about those that share settings with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SilentRules {
    /// Those that compare settings: one of them is missing.
    Comparisons,
    /// All of them: a value could not be read.
    All,
}

/// A campaign or template: its file, and its name.
type DefinitionKey<'p> = (FileId, &'p str);

/// Where errors keep other rules silent.
#[derive(Default)]
pub(super) struct UnreliableScope<'p> {
    /// Whether the project's own settings could not be read.
    everywhere: bool,
    /// Files that may not have been read to the end, or with an error outside campaigns and templates.
    files: BTreeSet<FileId>,
    definitions: BTreeMap<DefinitionKey<'p>, SilentRules>,
    /// The most that is silent in a campaign or template of each file.
    worst: BTreeMap<FileId, SilentRules>,
}

impl<'p> UnreliableScope<'p> {
    pub(super) fn new<'f>(findings: impl Iterator<Item = &'f Finding>, project: &Project<'p>) -> Self {
        let mut scope = Self::default();
        // By file and name; the names in findings do not live as long as the project.
        let mut with_errors: BTreeMap<(FileId, &'f str), SilentRules> = BTreeMap::new();
        for finding in findings.filter(|finding| finding.rule.severity == Severity::Error) {
            let file = finding.place.file;
            let is_about_value = matches!(finding.rule.group, RuleGroup::Values | RuleGroup::Names);
            let silent = match &finding.within {
                _ if finding.rule.group.is_about_text() => {
                    scope.files.insert(file);
                    continue;
                }
                None if is_about_value => {
                    scope.files.insert(file);
                    scope.everywhere |= project.is_own_file(file);
                    continue;
                }
                Some(_) if is_about_value => SilentRules::All,
                Some(_) if finding.rule.always_blocks_apply => SilentRules::Comparisons,
                Some(_) | None => continue,
            };
            if let Some(within) = &finding.within {
                let known = with_errors.entry((file, &*within.name)).or_insert(silent);
                *known = max(*known, silent);
            }
        }
        let is_clean = scope.files.is_empty() && with_errors.is_empty();
        if !(scope.everywhere || is_clean) {
            scope.spread(&with_errors, project);
        }
        scope
    }

    /// An error in a template keeps rules silent about whatever inherits from it, and the other way round: settings of a
    /// template are checked together with those of a campaign.
    fn spread(&mut self, with_errors: &BTreeMap<(FileId, &str), SilentRules>, project: &Project<'p>) {
        let own = |(file, name): DefinitionKey<'_>| match self.files.contains(&file) {
            true => Some(SilentRules::All),
            false => with_errors.get(&(file, name)).copied(),
        };
        let key = |template: &'p Definition| (template.whole.file, template.title());
        let mut definitions: BTreeMap<DefinitionKey<'p>, SilentRules> = BTreeMap::new();
        let mut mark = |key: DefinitionKey<'p>, silent: SilentRules| {
            let known = definitions.entry(key).or_insert(silent);
            *known = max(*known, silent);
        };
        let campaigns = project.campaigns();
        let campaigns = campaigns.map(|campaign| ((campaign.whole.file, campaign.title()), project.chain_of(campaign)));
        let templates = project
            .templates()
            .map(|template| (key(template), project.chain(template)));
        for (heir, chain) in campaigns.chain(templates) {
            let silent = own(heir);
            match chain {
                Chain::Whole(templates) => {
                    let inherited = templates.iter().filter_map(|template| own(key(template))).max();
                    if let Some(silent) = max(silent, inherited) {
                        mark(heir, silent);
                    }
                    if let Some(silent) = silent {
                        templates.into_iter().for_each(|template| mark(key(template), silent));
                    }
                }
                Chain::Missing | Chain::Cycle | Chain::TooLong => mark(heir, SilentRules::All),
            }
        }
        for ((file, _), silent) in &definitions {
            let worst = self.worst.entry(*file).or_insert(*silent);
            *worst = max(*worst, *silent);
        }
        self.definitions = definitions;
    }

    /// Whether a selector of a suppression may select a rule that was kept silent where the suppression applies.
    pub(super) fn contains(
        &self,
        file: FileId,
        suppression: &Suppression,
        definition: Option<&str>,
        selector: &str,
    ) -> bool {
        let silent = match definition {
            _ if suppression.whole_file => self.worst.get(&file).copied(),
            Some(name) => self.definitions.get(&(file, name)).copied(),
            None => None,
        };
        let is_silent = match silent {
            Some(SilentRules::All) => true,
            Some(SilentRules::Comparisons) => RULES
                .iter()
                .any(|rule| rule.group.compares_settings() && selects(selector, rule)),
            None => false,
        };
        self.everywhere || self.files.contains(&file) || is_silent
    }
}
