//! What rules about whole campaigns see.

use jiff::Timestamp;

use crate::fields::{Setting, Value, types::WebhookUrl};
use crate::finding::{Finding, Sink, Violation};
use crate::model::{Effective, Project};
use crate::source::Place;

/// A project, its campaigns with all that they inherit, and the present moment as an input.
pub struct Context<'a> {
    /// The project.
    pub project: &'a Project<'a>,
    /// Its campaigns, in path order.
    pub campaigns: Vec<Effective<'a>>,
    /// The present moment; without one, no rule asks for it.
    pub now: Option<Timestamp>,
    /// The start of `dialform.kdl`, where there is one.
    pub project_file: Option<Place>,
}

impl<'a> Context<'a> {
    /// Prepares a project for the rules.
    pub fn new(project: &'a Project<'a>, now: Option<Timestamp>, project_file: Option<Place>) -> Self {
        let campaigns = project
            .campaigns()
            .map(|campaign| project.effective(campaign))
            .collect();
        Self {
            project,
            campaigns,
            now,
            project_file,
        }
    }

    /// Reports something about a value that a campaign may have inherited. The finding points at the value, with this
    /// very campaign as a label; several campaigns that inherit one value give one finding.
    pub(super) fn report<'s, V: Violation>(
        &self,
        campaign: &Effective<'_>,
        place: Place,
        violation: &V,
        sink: &'s mut Sink,
    ) -> Option<&'s mut Finding> {
        if sink.has(V::rule(), place) {
            return None;
        }
        let mut own = campaign.owner.stated.iter();
        let is_own = own.any(|stated| stated.name == place || stated.values.iter().any(|value| value.place == place));
        let finding = sink.report(place, violation);
        if let Some(name) = campaign.owner.name.as_ref().filter(|_| !is_own) {
            finding.label(name.place, format!("in the campaign `{}`", name.value));
        }
        Some(finding)
    }

    /// Gives each finding inside a template a label at the first campaign that takes settings from it, so that people
    /// see whom it concerns. A finding that names a campaign already is left as it is.
    pub(crate) fn label_heirs(&self, findings: &mut [Finding]) {
        let keys: Vec<(Place, &Effective<'_>)> = self
            .campaigns
            .iter()
            .filter_map(|campaign| Some((campaign.owner.name.as_ref()?.place, campaign)))
            .collect();
        for finding in findings {
            let around = self
                .project
                .templates()
                .find(|template| template.whole.contains(finding.place));
            let Some(template) = around else { continue };
            if finding
                .labels
                .iter()
                .any(|label| keys.iter().any(|(key, _)| *key == label.place))
            {
                continue;
            }
            let mut heirs = keys.iter().filter(|(_, campaign)| campaign.inherits(template));
            if let Some((key, campaign)) = heirs.next() {
                let others = match heirs.count() {
                    0 => String::new(),
                    1 => " and one more".to_owned(),
                    more => format!(" and {more} more"),
                };
                finding.label(*key, format!("in the campaign `{}`{others}", campaign.owner.title()));
            }
        }
    }

    /// Every webhook address as written.
    pub(super) fn webhook_urls(&self) -> impl Iterator<Item = (Place, &'a WebhookUrl)> {
        let owners = self.project.campaigns().chain(self.project.templates());
        let webhooks = owners
            .flat_map(|owner| &owner.stated)
            .filter(|stated| stated.setting == Setting::Webhook);
        webhooks
            .flat_map(|stated| &stated.values)
            .filter_map(|value| match &value.value {
                Some(Value::Url(url)) => Some((value.place, &**url)),
                _ => None,
            })
    }
}
