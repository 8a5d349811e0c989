//! What few projects need of whole campaigns, which the index does without: these are lowered again.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::{Checker, FILES_PER_THREAD, FileLinter};
use crate::model::{CampaignBody, CampaignEntry, Definition, FileIndex, InlineId, Project, hash_of_id};
use crate::project::discovery;
use crate::project::source::{Place, Sources};
use crate::util::threads;

/// What is made of the full model of the campaigns that are `wanted`, lowered again from the text that was checked.
pub(super) fn lower_again<R: Send>(
    files: &[&FileIndex],
    sources: &Sources,
    paths: &[Arc<Path>],
    wanted: impl Fn(&CampaignEntry) -> bool + Sync,
    make: impl Fn(Definition) -> R + Sync,
) -> Vec<R> {
    let is_wanted = |file: &&&FileIndex| file.campaigns.iter().any(&wanted);
    let files: Vec<&FileIndex> = files.iter().filter(is_wanted).copied().collect();
    let lowered = threads::in_parts(&files, FILES_PER_THREAD, |files| {
        let mut linter = FileLinter::default();
        let mut campaigns = Vec::new();
        for file in files {
            let text = sources.file(file.file).text();
            let path = paths.get(file.file.index());
            let is_project_file = path.is_some_and(|path| discovery::is_project_file(path));
            let model = linter.relower(file.file, text, is_project_file);
            let of_file = model.campaigns.into_iter().zip(&file.campaigns);
            let of_file = of_file.filter(|(_, entry)| wanted(entry));
            campaigns.extend(of_file.map(|(campaign, _)| make(campaign)));
        }
        campaigns
    });
    lowered.into_iter().flatten().collect()
}

impl Checker {
    /// A hash of all that is stated and inherited of each campaign that has the name of another one, by its place. Few have,
    /// so the index does without.
    pub(super) fn fingerprints(&self, project: &Project<'_>) -> HashMap<Place, u64> {
        let namesakes: HashSet<Place> = project.namesakes().iter().map(|(_, campaign)| campaign.whole).collect();
        if namesakes.is_empty() {
            return HashMap::new();
        }
        let is_wanted = |campaign: &CampaignEntry| namesakes.contains(&campaign.whole);
        let fingerprint =
            |campaign: Definition| Some((campaign.whole, project.fingerprint(&project.resolve(&campaign))?));
        let found = lower_again(project.files(), &self.sources, &self.paths, is_wanted, fingerprint);
        found.into_iter().flatten().collect()
    }

    /// The ids written in campaigns and templates that are used as two kinds of thing. Nearly no project has one, so that the
    /// index has no more than a hash of each.
    pub(super) fn ids_of_two_kinds(&self, project: &Project<'_>) -> Vec<InlineId> {
        let hashes = project.ids_of_two_kinds();
        if hashes.is_empty() {
            return Vec::new();
        }
        let is_wanted = |campaign: &CampaignEntry| match &campaign.body {
            CampaignBody::Own(body) => body.ids.iter().any(|hash| hashes.contains(hash)),
            CampaignBody::Inheriting(_) => true,
        };
        let campaigns = lower_again(project.files(), &self.sources, &self.paths, is_wanted, |campaign| {
            campaign
        });
        let definitions = campaigns.iter().chain(project.templates());
        let is_suspect = |inline: &InlineId| hashes.contains(&hash_of_id(inline.id));
        let mut found: Vec<InlineId> = definitions
            .flat_map(Definition::inline_ids)
            .filter(is_suspect)
            .collect();
        let path = |inline: &InlineId| self.sources.file(inline.place.file).path();
        found.sort_by(|a, b| path(a).cmp(path(b)).then(a.place.span.cmp(&b.place.span)));
        found
    }
}
