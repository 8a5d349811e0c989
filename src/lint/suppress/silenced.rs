//! Where mistakes keep other rules silent, so that nobody knows what a comment there would hide.

use std::cmp::max;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, RuleGroup, Severity};
use crate::model::{Chain, Definition, Project, Suppression};
use crate::project::source::FileId;
use crate::rules::{RULES, selects};

/// How much a mistake keeps silent in a campaign or template, and in those that it shares settings with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Silence {
    /// What is asked of several settings at once: one of them is missing.
    Together,
    /// Everything: a value is one that nobody understands.
    All,
}

/// A campaign or template: its file, and its name.
type Named<'p> = (FileId, &'p str);

/// Where mistakes keep other rules silent.
#[derive(Default)]
pub(super) struct Silenced<'p> {
    /// Whether nobody knows what the project says of itself.
    everywhere: bool,
    /// Files of which a part may not have been read, or with a mistake outside of campaigns and templates.
    files: BTreeSet<FileId>,
    owners: BTreeMap<Named<'p>, Silence>,
    /// The most that is kept silent in a campaign or template of each file.
    most: BTreeMap<FileId, Silence>,
}

impl<'p> Silenced<'p> {
    /// What findings keep silent in a project.
    pub(super) fn by<'f>(findings: impl Iterator<Item = &'f Finding>, project: &Project<'p>) -> Self {
        let mut silenced = Self::default();
        // By file and name; those of the findings do not live as long as the project.
        let mut mistaken: BTreeMap<(FileId, &'f str), Silence> = BTreeMap::new();
        for finding in findings.filter(|finding| finding.rule.severity == Severity::Error) {
            let file = finding.place.file;
            let is_of_value = matches!(finding.rule.group, RuleGroup::Values | RuleGroup::Names);
            let silence = match &finding.within {
                _ if finding.rule.group.is_about_text() => {
                    silenced.files.insert(file);
                    continue;
                }
                None if is_of_value => {
                    silenced.files.insert(file);
                    silenced.everywhere |= project.is_own_file(file);
                    continue;
                }
                Some(_) if is_of_value => Silence::All,
                Some(_) if finding.rule.always_blocks_apply => Silence::Together,
                Some(_) | None => continue,
            };
            if let Some(within) = &finding.within {
                let known = mistaken.entry((file, &*within.name)).or_insert(silence);
                *known = max(*known, silence);
            }
        }
        let is_clean = silenced.files.is_empty() && mistaken.is_empty();
        if !(silenced.everywhere || is_clean) {
            silenced.spread(&mistaken, project);
        }
        silenced
    }

    /// A mistake in a template keeps rules silent about those that take settings from it, and the other way round: what
    /// stands in a template is asked about together with what a campaign says.
    fn spread(&mut self, mistaken: &BTreeMap<(FileId, &str), Silence>, project: &Project<'p>) {
        let of = |(file, name): Named<'_>| match self.files.contains(&file) {
            true => Some(Silence::All),
            false => mistaken.get(&(file, name)).copied(),
        };
        let name_of = |template: &'p Definition| (template.whole.file, template.title());
        let mut owners: BTreeMap<Named<'p>, Silence> = BTreeMap::new();
        let mut mark = |name: Named<'p>, silence: Silence| {
            let known = owners.entry(name).or_insert(silence);
            *known = max(*known, silence);
        };
        let campaigns = project.campaigns();
        let campaigns = campaigns.map(|campaign| ((campaign.whole.file, campaign.title()), project.chain_of(campaign)));
        let templates = project
            .templates()
            .map(|template| (name_of(template), project.chain(template)));
        for (name, chain) in campaigns.chain(templates) {
            let own = of(name);
            match chain {
                Chain::Whole(templates) => {
                    let inherited = templates.iter().filter_map(|template| of(name_of(template))).max();
                    if let Some(silence) = max(own, inherited) {
                        mark(name, silence);
                    }
                    if let Some(silence) = own {
                        templates
                            .into_iter()
                            .for_each(|template| mark(name_of(template), silence));
                    }
                }
                Chain::Missing | Chain::Cycle | Chain::TooLong => mark(name, Silence::All),
            }
        }
        for ((file, _), silence) in &owners {
            let most = self.most.entry(*file).or_insert(*silence);
            *most = max(*most, *silence);
        }
        self.owners = owners;
    }

    /// Whether nobody knows what a suppression in this campaign or template would hide of the rules that are meant.
    pub(super) fn hides(&self, file: FileId, said: &Suppression, owner: Option<&str>, selector: &str) -> bool {
        let silence = match owner {
            _ if said.whole_file => self.most.get(&file).copied(),
            Some(owner) => self.owners.get(&(file, owner)).copied(),
            None => None,
        };
        let is_silent = match silence {
            Some(Silence::All) => true,
            Some(Silence::Together) => RULES
                .iter()
                .any(|rule| rule.group.compares_settings() && selects(selector, rule)),
            None => false,
        };
        self.everywhere || self.files.contains(&file) || is_silent
    }
}
