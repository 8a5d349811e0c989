//! Where a campaign's settings are stated, for words about them that come back from the API.

use std::collections::BTreeMap;

use crate::fields::Setting;
use crate::model::Resolved;
use crate::project::source::Sources;

use super::Location;

/// The place of each setting of a campaign: its own line, or the line of the template that it takes it from.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// By the setting's or the field's name; several only for what repeats.
    by_path: BTreeMap<String, Vec<Location>>,
}

impl Places {
    /// The places of what stands for a campaign.
    pub(super) fn of(campaign: &Resolved<'_>, sources: &Sources) -> Self {
        let mut places = Self::default();
        for stated in campaign.all_stated() {
            let setting = stated.setting.path();
            let fields = stated.values().map(|value| (value.field.spec().path(), value.place));
            let fields: Vec<_> = fields.collect();
            // The argument has the setting's own name, and is the smaller place.
            if fields.iter().all(|(path, _)| *path != setting) {
                places.add(setting, Location::of(stated.name, sources));
            }
            for (path, place) in fields {
                places.add(path, Location::of(place, sources));
            }
        }
        places
    }

    fn add(&mut self, path: String, at: Location) {
        self.by_path.entry(path).or_default().push(at);
    }

    /// Where `path` (`redial.busy.after`) is stated; for what is left to a default, the setting that it belongs to.
    /// `number` counts the elements of what repeats, from 0.
    pub fn find(&self, path: &str, number: Option<usize>) -> Option<&Location> {
        // Not each webhook states each of its fields, so that only the webhooks themselves can be counted.
        let webhook = Setting::Webhook.path();
        if let Some(number) = number
            && path.split('.').next() == Some(&webhook)
        {
            return self.by_path.get(&webhook)?.get(number);
        }
        let parents = std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(parent, _)| parent));
        parents.filter_map(|path| self.by_path.get(path)?.first()).next()
    }
}
