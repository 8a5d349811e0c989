//! What rules about whole campaigns see.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fields::Dialect;
use crate::finding::{Finding, Sink, Violation};
use crate::model::{Effective, Owner, Project};
use crate::source::{FileId, Place};

/// What holds for every campaign of a project: what its own file says, and the present moment as an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The company's time zone, where the project names one.
    pub zone: Option<TimeZone>,
    /// The dialect, unless a mistake that was reported hides it.
    pub known_dialect: Option<Dialect>,
    /// The present moment; without one, no rule asks for it.
    pub now: Option<Timestamp>,
}

impl Frame {
    /// What a project says. All of it stands in its own file, but for mistakes elsewhere that hide the dialect.
    pub fn new(project: &Project<'_>, now: Option<Timestamp>) -> Self {
        Self {
            zone: project.timezone(),
            known_dialect: project.known_dialect(),
            now,
        }
    }
}

/// A whole project.
pub struct Context<'a> {
    /// The project.
    pub project: &'a Project<'a>,
    /// What holds for all of it.
    pub frame: Frame,
    /// The start of `dialform.kdl`, where there is one.
    pub project_file: Option<Place>,
}

impl<'a> Context<'a> {
    /// Prepares a project for the rules.
    pub fn new(project: &'a Project<'a>, now: Option<Timestamp>, project_file: Option<Place>) -> Self {
        Self {
            project,
            frame: Frame::new(project, now),
            project_file,
        }
    }

    /// Gives each finding inside a template a label at the first campaign that takes settings from it, so that people
    /// see whom it concerns. A finding that names a campaign already is left as it is.
    pub(crate) fn label_heirs(&self, findings: &mut [Finding]) {
        let mut templates: BTreeMap<FileId, Vec<&Owner>> = BTreeMap::new();
        for template in self.project.templates() {
            templates.entry(template.whole.file).or_default().push(template);
        }
        let mut keys: Option<Keys<'_>> = None;
        for finding in findings {
            let in_file = templates
                .get(&finding.place.file)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let around = in_file.iter().find(|template| template.whole.contains(finding.place));
            let Some(template) = around else { continue };
            let keys = keys.get_or_insert_with(|| self.keys());
            if finding.labels.iter().any(|label| keys.places.contains(&label.place)) {
                continue;
            }
            let mut heirs = keys.campaigns.iter().filter(|campaign| campaign.inherits(template));
            let first = heirs.next().and_then(|campaign| campaign.owner.name.as_ref());
            if let Some(key) = first {
                let others = match heirs.count() {
                    0 => String::new(),
                    1 => " and one more".to_owned(),
                    more => format!(" and {more} more"),
                };
                finding.label(key.place, format!("in the campaign `{}`{others}", key.value));
            }
        }
    }

    fn keys(&self) -> Keys<'a> {
        let named = self.project.campaigns().filter(|campaign| campaign.name.is_some());
        let campaigns: Vec<Effective<'a>> = named.map(|campaign| self.project.effective(campaign)).collect();
        let places = campaigns
            .iter()
            .filter_map(|campaign| Some(campaign.owner.name.as_ref()?.place));
        Keys {
            places: places.collect(),
            campaigns,
        }
    }
}

/// Reports something about a value that a campaign may have inherited. The finding points at the value, with this very
/// campaign as a label; several campaigns that inherit one value give one finding.
pub(super) fn report_inherited<'s, V: Violation>(
    campaign: &Effective<'_>,
    place: Place,
    violation: &V,
    sink: &'s mut Sink,
) -> Option<&'s mut Finding> {
    if !sink.is_first(V::rule(), place) {
        return None;
    }
    let mut own = campaign.owner.stated.iter();
    let is_own = own.any(|stated| stated.name == place || stated.values().any(|value| value.place == place));
    let finding = sink.report(place, violation);
    if let Some(name) = campaign.owner.name.as_ref().filter(|_| !is_own) {
        finding.label(name.place, format!("in the campaign `{}`", name.value));
    }
    Some(finding)
}

/// The campaigns whose keys can be read, and where those stand.
struct Keys<'a> {
    places: BTreeSet<Place>,
    campaigns: Vec<Effective<'a>>,
}
