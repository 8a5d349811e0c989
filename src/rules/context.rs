//! What rules about whole campaigns see.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fields::AliasKind;
use crate::finding::{Finding, Sink, Violation};
use crate::model::{Chain, Definition, FileIndex, InlineId, Project, Resolved, Spanned, around};
use crate::project::source::{FileId, Place};

/// A whole project, and the present moment as an input.
pub struct Context<'a> {
    /// The project.
    pub project: &'a Project<'a>,
    /// The company's time zone, where the project names one.
    pub zone: Option<TimeZone>,
    /// The present moment; without one, rules about it do not run.
    pub now: Option<Timestamp>,
    /// The start of `dialform.kdl`, where there is one.
    pub project_file: Option<Place>,
    /// Of each campaign that has the name of another one, by its place: a hash of all that it states and inherits. Nothing
    /// where a part of it is not known.
    pub fingerprints: HashMap<Place, u64>,
    /// The ids written in campaigns and templates, where one of them is used as two kinds of thing; in path order.
    pub inline_ids: Vec<InlineId>,
    /// Where only some files are checked: what is known of all of them.
    pub rest: Option<&'a dyn RestOfProject>,
}

/// What rules ask about all files of a project where only some of them are checked.
pub trait RestOfProject: Sync {
    /// Every file, in path order.
    fn files(&self) -> Vec<&FileIndex>;
    /// Whether any of them uses the name of an alias of this kind.
    fn uses_alias(&self, kind: AliasKind, name: &str) -> bool;
    /// Whether any of them uses the name of a template.
    fn uses_template(&self, name: &str) -> bool;
}

impl<'a> Context<'a> {
    /// Prepares a project for the rules.
    pub fn new(project: &'a Project<'a>, now: Option<Timestamp>, project_file: Option<Place>) -> Self {
        Self {
            project,
            zone: project.timezone(),
            now,
            project_file,
            fingerprints: HashMap::new(),
            inline_ids: Vec::new(),
            rest: None,
        }
    }

    /// Every file of the project, whether it is checked or not.
    pub(super) fn all_files(&self) -> Vec<&FileIndex> {
        self.rest
            .map_or_else(|| self.project.files().to_vec(), RestOfProject::files)
    }

    /// Adds to each finding inside a template a label at the first campaign that inherits from it. A finding with a label at a
    /// campaign is left as it is.
    pub(crate) fn label_heirs(&self, findings: &mut [Finding]) {
        let mut templates: BTreeMap<FileId, Vec<&Definition>> = BTreeMap::new();
        for template in self.project.templates() {
            templates.entry(template.whole.file).or_default().push(template);
        }
        let mut heirs: Option<Heirs<'_>> = None;
        for finding in findings {
            let Some(in_file) = templates.get(&finding.place.file) else {
                continue;
            };
            let Some(template) = around(in_file, finding.place, |template| template.whole) else {
                continue;
            };
            let heirs = heirs.get_or_insert_with(|| Heirs::new(self.project, self.all_files()));
            if finding.labels.iter().any(|label| heirs.keys.contains(&label.place)) {
                continue;
            }
            if let Some((key, count)) = heirs.by_template.get(&template.whole) {
                let others = match count - 1 {
                    0 => String::new(),
                    1 => " and one more".to_owned(),
                    more => format!(" and {more} more"),
                };
                finding.label(key.place, format!("in the campaign `{}`{others}", key.value));
            }
        }
    }
}

/// The campaigns that inherit from templates, as far as their keys can be read.
#[derive(Default)]
struct Heirs<'a> {
    /// The places of their keys.
    keys: HashSet<Place>,
    /// By the place of a template: the first campaign that inherits from it, and how many do.
    by_template: HashMap<Place, (&'a Spanned<Box<str>>, usize)>,
}

impl<'a> Heirs<'a> {
    fn new(project: &Project<'_>, files: Vec<&'a FileIndex>) -> Self {
        let mut heirs = Self::default();
        for campaign in files.into_iter().flat_map(|file| &file.campaigns) {
            let (Some(key), Some(definition)) = (&campaign.key, campaign.inheriting()) else {
                continue;
            };
            heirs.keys.insert(key.place);
            if let Chain::Whole(templates) = project.chain(definition) {
                for template in templates {
                    heirs.by_template.entry(template.whole).or_insert((key, 0)).1 += 1;
                }
            }
        }
        heirs
    }
}

/// Reports a violation at a value that a campaign may have inherited, with the campaign as a label in that case. Several
/// campaigns that inherit one value give one finding.
pub(super) fn report_inherited<'s, V: Violation>(
    campaign: &Resolved<'_>,
    place: Place,
    violation: &V,
    sink: &'s mut Sink,
) -> Option<&'s mut Finding> {
    if !sink.is_first(V::rule(), place) {
        return None;
    }
    let mut own = campaign.definition.stated.iter();
    let is_own = own.any(|stated| stated.name == place || stated.values().any(|value| value.place == place));
    let finding = sink.report(place, violation);
    if let Some(name) = campaign.definition.name.as_ref().filter(|_| !is_own) {
        finding.label(name.place, format!("in the campaign `{}`", name.value));
    }
    Some(finding)
}
