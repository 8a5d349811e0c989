//! The rules about accounts, in each environment: what several of them find is one finding.

use std::collections::HashMap;

use super::Checker;
use crate::finding::{Finding, Sink};
use crate::model::{EnvironmentNode, FileIndex, Project};
use crate::project::source::Place;
use crate::rules::{self, Context, in_environments};

/// A finding, and the environments that have it.
struct Found<'p> {
    finding: Finding,
    environments: Vec<&'p str>,
}

impl Checker {
    /// Chooses the one environment that is checked, and that campaigns are for; without one, all are checked.
    pub fn set_environment(&mut self, name: Option<&str>) {
        self.environment = name.map(str::to_owned);
    }

    /// The chosen environment, if these files have it.
    pub(super) fn chosen<'f>(&self, files: &[&'f FileIndex]) -> Option<&'f EnvironmentNode> {
        let name = self.environment.as_deref()?;
        let mut all = files.iter().flat_map(|file| &file.environments);
        all.find(|environment| *environment.name.value == *name)
    }

    /// What the rules about accounts find in the chosen environment, or in any; nothing where the project has no environments.
    pub(super) fn check_environments(&self, project: &Project<'_>, place: Option<Place>) -> Option<Vec<Finding>> {
        let mut environments: Vec<&EnvironmentNode> = project.environments().collect();
        if environments.is_empty() {
            return None;
        }
        if let Some(chosen) = self.chosen(project.files()) {
            environments = vec![chosen];
        }
        let mut all: Vec<Found<'_>> = Vec::new();
        let mut known: HashMap<(Place, &str, usize), usize> = HashMap::new();
        for environment in &environments {
            let mut own = Project::in_environment(project.files().to_vec(), Some(environment));
            own.swallowed = project.swallowed;
            let mut context = Context::new(&own, self.now, place);
            context.fingerprints = self.fingerprints(&own);
            context.inline_ids = self.ids_of_two_kinds(&own);
            let mut sink = Sink::default();
            rules::check_environment(&context, &mut sink);
            // A rule may find two things at one place.
            let mut counts: HashMap<(Place, &str), usize> = HashMap::new();
            for finding in sink.into_findings() {
                let (place, code) = (finding.place, finding.rule.code);
                let count = counts.entry((place, code)).or_default();
                *count += 1;
                let index = *known.entry((place, code, *count)).or_insert(all.len());
                match all.get_mut(index) {
                    Some(found) => found.environments.push(&environment.name.value),
                    None => all.push(Found {
                        finding,
                        environments: vec![&environment.name.value],
                    }),
                }
            }
        }
        let count = environments.len();
        let named = all.into_iter().map(
            |Found {
                 mut finding,
                 environments,
             }| {
                if environments.len() < count {
                    finding.message = format!("{} {}", finding.message, in_environments(&environments));
                }
                finding
            },
        );
        Some(named.collect())
    }
}
