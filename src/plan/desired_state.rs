//! The desired state: a request body for each campaign, and the same body redacted for all that is kept or shown.

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fields::Setting;
use crate::lint::engine::Checked;
use crate::model::{Definition, OnChange, Project, RemovedTask, Resolved};
use crate::project::source::{Place, Sources};
use crate::wire::{self, Body, BodyRedactor};

/// Where in the files something is declared, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "location")]
pub struct Location {
    /// The file, relative to the working folder where it lies below it.
    pub file: String,
    /// Line, 1-based.
    #[schemars(range(min = 1))]
    pub line: usize,
    /// Column in Unicode scalar values, 1-based.
    #[schemars(range(min = 1))]
    pub column: usize,
}

impl Location {
    pub(crate) fn of(place: Place, sources: &Sources) -> Self {
        let file = sources.file(place.file);
        let at = file.position(place.span.start);
        Self {
            file: file.path().display().to_string(),
            line: at.line,
            column: at.column,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column } = self;
        write!(f, "{file}:{line}:{column}")
    }
}

/// The place of each setting of a campaign: its own line, or the line of the template that it takes it from.
#[derive(Clone, Debug, Default)]
pub struct SettingPlaces {
    /// By the setting's or the field's name; several only for what repeats.
    by_path: BTreeMap<String, Vec<Location>>,
}

impl SettingPlaces {
    fn of(campaign: &Resolved<'_>, sources: &Sources) -> Self {
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

/// One campaign, as the API is to have it.
#[derive(Clone, Debug)]
pub struct Desired {
    /// Its key.
    pub key: String,
    /// Wire field `name`.
    pub name: String,
    /// Where its key is declared.
    pub at: Location,
    /// What is to be done about its task once they differ.
    pub on_change: OnChange,
    /// Where each of its settings is stated, by itself or by a template.
    pub places: SettingPlaces,
    /// The exact request body, without the marker. It may hold secrets of webhook URLs: it is sent, never kept or shown.
    pub body: Body,
    /// The body that is kept, compared and shown: `wire-value`s under their names, secrets of webhook URLs as hashes.
    pub redacted: Body,
    /// The fingerprint of `redacted`.
    pub fingerprint: String,
    /// `wire-value`s that it needs and the project leaves at their default: name and default.
    pub defaulted: Vec<(&'static str, &'static str)>,
}

/// `moved from="…" to="…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The key until now.
    pub from: String,
    /// The key from now on.
    pub to: String,
    /// Where that is said.
    pub at: Location,
}

/// `removed "…" task="…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remove {
    /// The key that the campaign had.
    pub key: String,
    /// What is to become of its task.
    pub task: RemovedTask,
    /// Where that is said.
    pub at: Location,
}

/// Everything that a project asks for.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The campaigns, in path order.
    pub campaigns: Vec<Desired>,
    /// The moves, in path order.
    pub moves: Vec<Move>,
    /// The removals, in path order.
    pub removals: Vec<Remove>,
    /// A hash of all that decides what is sent and under which key: a saved plan is bound to it. Comments, blanks and
    /// templates do not change it.
    pub digest: String,
    /// The campaigns by their keys.
    by_key: HashMap<String, usize>,
    /// Where the moves lead from a key in the end.
    ends: HashMap<String, String>,
}

impl Configuration {
    /// What a project without errors asks for.
    pub fn of(checked: &Checked<'_>, redactor: BodyRedactor) -> Self {
        Self::of_some(checked, redactor, |_| true)
    }

    /// The same of those campaigns alone whose files have no errors, whatever is wrong with others.
    pub fn of_some(checked: &Checked<'_>, redactor: BodyRedactor, wanted: impl Fn(&str) -> bool + Sync) -> Self {
        let (project, sources) = (&checked.project(), checked.sources);
        let campaigns = checked.campaigns(wanted);
        let campaigns = campaigns
            .iter()
            .map(|campaign| Desired::of(project, campaign, sources, redactor));
        let campaigns: Vec<Desired> = campaigns.collect();
        let moves: Vec<Move> = project
            .moves()
            .map(|moved| Move {
                from: moved.from.value.to_string(),
                to: moved.to.value.to_string(),
                at: Location::of(moved.from.place, sources),
            })
            .collect();
        let removals: Vec<Remove> = project
            .removals()
            .map(|removed| Remove {
                key: removed.key.value.to_string(),
                task: removed.task,
                at: Location::of(removed.key.place, sources),
            })
            .collect();
        let digest = digest(&campaigns, &moves, &removals, redactor);
        let mut by_key = HashMap::new();
        for (index, campaign) in campaigns.iter().enumerate() {
            by_key.entry(campaign.key.clone()).or_insert(index);
        }
        Self {
            by_key,
            ends: ends(&moves),
            campaigns,
            moves,
            removals,
            digest,
        }
    }

    /// The campaign of this key.
    pub fn campaign(&self, key: &str) -> Option<&Desired> {
        self.campaigns.get(*self.by_key.get(key)?)
    }

    /// The key that a key has after every `moved`; the key itself where none names it.
    pub fn moved_to<'a>(&'a self, key: &'a str) -> &'a str {
        self.ends.get(key).map_or(key, String::as_str)
    }
}

/// Where the moves lead from each key in the end. The linter refuses circles; here they end where they began.
fn ends(moves: &[Move]) -> HashMap<String, String> {
    // Of two moves from one key, the first counts.
    let mut next: HashMap<&str, &str> = HashMap::new();
    for moved in moves {
        next.entry(&moved.from).or_insert(&moved.to);
    }
    let mut ends: HashMap<&str, &str> = HashMap::new();
    for moved in moves {
        let mut way = Vec::new();
        let mut at = moved.from.as_str();
        let end = loop {
            if let Some(end) = ends.get(at) {
                break *end;
            }
            let Some(to) = next.get(at) else { break at };
            // Known for the time being, which ends a circle.
            ends.insert(at, at);
            way.push(at);
            at = to;
        };
        ends.extend(way.into_iter().map(|key| (key, end)));
    }
    let owned = |(from, end): (&str, &str)| (from.to_owned(), end.to_owned());
    ends.into_iter().map(owned).collect()
}

impl Desired {
    fn of(project: &Project<'_>, definition: &Definition, sources: &Sources, redactor: BodyRedactor) -> Self {
        let campaign = project.resolve(definition);
        let body = wire::body(project, &campaign);
        let redacted = redactor.redact(&wire::comparable_body(project, &campaign));
        Self {
            key: definition.title().to_owned(),
            name: body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            at: Location::of(
                definition.name.as_ref().map_or(definition.keyword, |name| name.place),
                sources,
            ),
            on_change: project.on_change(&campaign),
            places: SettingPlaces::of(&campaign, sources),
            fingerprint: wire::fingerprint(&redacted),
            defaulted: wire::defaulted_wire_values(project, &campaign),
            body,
            redacted,
        }
    }
}

fn digest(campaigns: &[Desired], moves: &[Move], removals: &[Remove], redactor: BodyRedactor) -> String {
    let campaigns: Vec<Value> = campaigns
        .iter()
        .map(|campaign| {
            let mut of_campaign = serde_json::json!({ "key": campaign.key, "body": redactor.redact(&campaign.body) });
            // Left out where nothing is said, so that the digest is the one of earlier versions.
            let said = match campaign.on_change {
                OnChange::Refuse => return of_campaign,
                OnChange::Keep => "keep",
                OnChange::Replace { running: false } => "replace",
                OnChange::Replace { running: true } => "replace running",
            };
            if let Some(of_campaign) = of_campaign.as_object_mut() {
                of_campaign.insert("on-change".to_owned(), said.into());
            }
            of_campaign
        })
        .collect();
    let moves: Vec<Value> = moves
        .iter()
        .map(|moved| serde_json::json!({ "from": moved.from, "to": moved.to }))
        .collect();
    let mut all = Body::from_iter([
        ("campaigns".to_owned(), Value::Array(campaigns)),
        ("moves".to_owned(), Value::Array(moves)),
    ]);
    // Plans that were saved before there were removals are still those of their files.
    if !removals.is_empty() {
        let removals = removals.iter();
        let removals = removals.map(|removed| serde_json::json!({ "key": removed.key, "task": removed.task.word() }));
        all.insert("removals".to_owned(), Value::Array(removals.collect()));
    }
    wire::fingerprint(&all)
}
