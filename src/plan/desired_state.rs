//! The desired state: a request body for each campaign, and the same body redacted for all that is kept or shown.

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fields::{Field, Setting, Slot};
use crate::lint::engine::Checked;
use crate::model::{Definition, OnChange, Project, RemovedTask, Resolved};
use crate::project::source::{FileId, Place, Sources};
use crate::wire::{self, BodyRedactor, FieldOrder, PackedBody, write_json, write_object};

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
    places: Vec<SettingPlace>,
    /// The paths of the files that they are in.
    files: Vec<(FileId, Arc<str>)>,
}

/// Kept small: there are some twenty of each campaign, and hardly any is ever asked for.
#[derive(Clone, Copy, Debug)]
struct SettingPlace {
    of: SettingOrField,
    file: FileId,
    line: usize,
    column: usize,
}

/// What is stated at a place.
#[derive(Clone, Copy, Debug)]
enum SettingOrField {
    Setting(Setting),
    Field(Field),
}

impl SettingOrField {
    fn path(self) -> String {
        match self {
            Self::Setting(setting) => setting.path(),
            Self::Field(field) => field.spec().path(),
        }
    }
}

impl SettingPlaces {
    fn of(campaign: &Resolved<'_>, sources: &Sources) -> Self {
        let mut places = Self::default();
        for stated in campaign.all_stated() {
            // The argument has the setting's own name, and is the smaller place.
            let is_named = |field: Field| matches!(field.spec().slot, Slot::Argument | Slot::Constant);
            if !stated.values().any(|value| is_named(value.field)) {
                places.add(SettingOrField::Setting(stated.setting), stated.name, sources);
            }
            for value in stated.values() {
                places.add(SettingOrField::Field(value.field), value.place, sources);
            }
        }
        places
    }

    fn add(&mut self, of: SettingOrField, place: Place, sources: &Sources) {
        let source = sources.file(place.file);
        if !self.files.iter().any(|(file, _)| *file == place.file) {
            let path = source.path().display().to_string();
            self.files.push((place.file, path.into()));
        }
        let at = source.position(place.span.start);
        self.places.push(SettingPlace {
            of,
            file: place.file,
            line: at.line,
            column: at.column,
        });
    }

    /// Where `path` (`redial.busy.after`) is stated; for what is left to a default, the setting that it belongs to.
    /// `number` counts the elements of what repeats, from 0.
    pub fn find(&self, path: &str, number: Option<usize>) -> Option<Location> {
        // Not each webhook states each of its fields, so that only the webhooks themselves can be counted.
        let webhook = Setting::Webhook.path();
        if let Some(number) = number
            && path.split('.').next() == Some(&webhook)
        {
            let found = self.named(&webhook).nth(number);
            return self.location(found?);
        }
        let parents = std::iter::successors(Some(path), |path| path.rsplit_once('.').map(|(parent, _)| parent));
        let mut found = parents.filter_map(|path| self.named(path).next());
        self.location(found.next()?)
    }

    fn named<'s>(&'s self, path: &'s str) -> impl Iterator<Item = &'s SettingPlace> {
        self.places.iter().filter(move |place| place.of.path() == path)
    }

    fn location(&self, place: &SettingPlace) -> Option<Location> {
        let (_, path) = self.files.iter().find(|(file, _)| *file == place.file)?;
        Some(Location {
            file: path.to_string(),
            line: place.line,
            column: place.column,
        })
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
    pub body: PackedBody,
    /// The body that is kept, compared and shown: `wire-value`s under their names, secrets of webhook URLs as hashes.
    pub redacted: PackedBody,
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
    /// The environment that it is for, where the project has some.
    pub environment: Option<String>,
    /// The keys of campaigns that this environment leaves out.
    pub left_out: BTreeSet<String>,
    /// What the digest has of each campaign.
    digested: Vec<Vec<u8>>,
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
        let campaigns = checked.of_campaigns(wanted, |campaign| Desired::of(project, &campaign, sources, redactor));
        let (campaigns, digested): (Vec<Desired>, Vec<Vec<u8>>) = campaigns.into_iter().unzip();
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
        let environment = project
            .environment()
            .map(|environment| environment.name.value.to_string());
        let all = environment.iter().flat_map(|_| project.files());
        let all = all.flat_map(|file| &file.campaigns);
        let left_out = all.filter(|campaign| !project.includes(&campaign.only));
        let left_out = left_out.map(|campaign| campaign.title().to_owned()).collect();
        let mut by_key = HashMap::with_capacity(campaigns.len());
        for (index, campaign) in campaigns.iter().enumerate() {
            by_key.entry(campaign.key.clone()).or_insert(index);
        }
        Self {
            by_key,
            ends: ends(&moves),
            campaigns,
            moves,
            removals,
            environment,
            left_out,
            digested,
        }
    }

    /// A hash of all that decides what is sent and under which key: a saved plan is bound to it. Comments, blanks and
    /// templates do not change it.
    pub fn digest(&self) -> String {
        digest(&self.digested, &self.moves, &self.removals)
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
    /// The campaign, and what the digest has of it.
    fn of(
        project: &Project<'_>,
        definition: &Definition,
        sources: &Sources,
        redactor: BodyRedactor,
    ) -> (Self, Vec<u8>) {
        let campaign = project.resolve(definition);
        let (body, comparable) = wire::bodies(project, &campaign);
        let redacted = redactor.redacted(&body);
        let mut canonical = Vec::with_capacity(1024);
        write_object(
            &mut canonical,
            redacted.as_ref().unwrap_or(&body),
            FieldOrder::Canonical,
        );
        // What is compared mostly is what is sent, and what is not: its texts are made once.
        let packed = PackedBody::of(&body);
        let (compared, fingerprint) = match (comparable.map(|body| redactor.redact(body)), &redacted) {
            (Some(compared), _) => (PackedBody::of(&compared), wire::fingerprint(&compared)),
            (None, Some(redacted)) => (PackedBody::of(redacted), wire::fingerprint_of([&*canonical])),
            (None, None) => (packed.clone(), wire::fingerprint_of([&*canonical])),
        };
        let on_change = project.on_change(&campaign);
        let desired = Self {
            key: definition.title().to_owned(),
            name: body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            at: Location::of(
                definition.name.as_ref().map_or(definition.keyword, |name| name.place),
                sources,
            ),
            on_change,
            places: SettingPlaces::of(&campaign, sources),
            fingerprint,
            defaulted: wire::defaulted_wire_values(project, &campaign),
            body: packed,
            redacted: compared,
        };
        let digested = digested(&desired.key, &canonical, on_change);
        (desired, digested)
    }
}

/// What the digest has of a campaign.
fn digested(key: &str, body: &[u8], on_change: OnChange) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len().saturating_add(key.len()).saturating_add(64));
    out.extend(b"{\"body\":");
    out.extend(body);
    out.extend(b",\"key\":");
    write_json(&mut out, key);
    // Left out where nothing is said, so that the digest is the one of earlier versions.
    let said = match on_change {
        OnChange::Refuse => None,
        OnChange::Keep => Some("keep"),
        OnChange::Replace { running: false } => Some("replace"),
        OnChange::Replace { running: true } => Some("replace running"),
    };
    if let Some(said) = said {
        out.extend(b",\"on-change\":");
        write_json(&mut out, said);
    }
    out.push(b'}');
    out
}

/// The fingerprint of the one object that holds all of it, written with its keys in order.
fn digest(campaigns: &[Vec<u8>], moves: &[Move], removals: &[Remove]) -> String {
    let comma: &[u8] = b",";
    let between = |index: usize| if index > 0 { comma } else { b"" };
    let mut rest = b"],\"moves\":[".to_vec();
    for (index, moved) in moves.iter().enumerate() {
        rest.extend(between(index));
        rest.extend(b"{\"from\":");
        write_json(&mut rest, &moved.from);
        rest.extend(b",\"to\":");
        write_json(&mut rest, &moved.to);
        rest.push(b'}');
    }
    rest.push(b']');
    // Plans that were saved before there were removals are still those of their files.
    if !removals.is_empty() {
        rest.extend(b",\"removals\":[");
        for (index, removed) in removals.iter().enumerate() {
            rest.extend(between(index));
            rest.extend(b"{\"key\":");
            write_json(&mut rest, &removed.key);
            rest.extend(b",\"task\":");
            write_json(&mut rest, removed.task.word());
            rest.push(b'}');
        }
        rest.push(b']');
    }
    rest.push(b'}');
    let mut parts: Vec<&[u8]> = vec![b"{\"campaigns\":["];
    for (index, campaign) in campaigns.iter().enumerate() {
        parts.extend([between(index), campaign]);
    }
    parts.push(&rest);
    wire::fingerprint_of(parts)
}
