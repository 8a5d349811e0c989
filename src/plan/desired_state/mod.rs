//! What the configuration asks for, between the campaigns and the plan: a request body for each campaign, and the same
//! body sealed for everything that is kept or shown.

// What stands here works on numbers and times from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod places;

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fields::types::WebhookUrl;
use crate::lint::engine::Checked;
use crate::model::{Definition, Project};
use crate::project::source::{Place, Sources};
use crate::wire::{self, Body};

pub use places::Places;

/// The bytes of a hash that a sealed value keeps. Eight are enough to tell two values of one project apart, and no more
/// is wanted.
const SEAL_BYTES: usize = 8;

/// Where in the files something is declared, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The file, relative to the working folder where it lies below it.
    pub file: String,
    /// Line, 1-based.
    pub line: usize,
    /// Column in Unicode scalar values, 1-based.
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

/// One campaign, as the API is to have it.
#[derive(Clone, Debug)]
pub struct Desired {
    /// Its key.
    pub key: String,
    /// Wire field `name`.
    pub name: String,
    /// Where its key is declared.
    pub at: Location,
    /// Where each of its settings is stated, by itself or by a template.
    pub places: Places,
    /// The exact request body, without the marker. It may hold secrets of webhook URLs: it is sent, never kept or shown.
    pub body: Body,
    /// The body that is kept, compared and shown: `wire-value`s under their names, secrets of webhook URLs as hashes.
    pub sealed: Body,
    /// The fingerprint of `sealed`.
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

/// Everything that a project asks for.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The campaigns, in path order.
    pub campaigns: Vec<Desired>,
    /// The moves, in path order.
    pub moves: Vec<Move>,
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
    pub fn of(checked: &Checked<'_>, seal: Seal) -> Self {
        let (project, sources) = (&checked.project(), checked.sources);
        let campaigns = checked.all_campaigns();
        let campaigns = campaigns
            .iter()
            .map(|campaign| Desired::of(project, campaign, sources, seal));
        let campaigns: Vec<Desired> = campaigns.collect();
        let moves: Vec<Move> = project
            .moves()
            .map(|moved| Move {
                from: moved.from.value.to_string(),
                to: moved.to.value.to_string(),
                at: Location::of(moved.from.place, sources),
            })
            .collect();
        let digest = digest(&campaigns, &moves, seal);
        let mut by_key = HashMap::new();
        for (index, campaign) in campaigns.iter().enumerate() {
            by_key.entry(campaign.key.clone()).or_insert(index);
        }
        Self {
            by_key,
            ends: ends(&moves),
            campaigns,
            moves,
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
    // Of two moves from one key, the first stands.
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
    fn of(project: &Project<'_>, definition: &Definition, sources: &Sources, seal: Seal) -> Self {
        let campaign = project.resolve(definition);
        let body = wire::body(project, &campaign);
        let sealed = seal.body(&wire::comparable_body(project, &campaign));
        Self {
            key: definition.title().to_owned(),
            name: body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            at: Location::of(
                definition.name.as_ref().map_or(definition.keyword, |name| name.place),
                sources,
            ),
            places: Places::of(&campaign, sources),
            fingerprint: wire::fingerprint(&sealed),
            defaulted: wire::defaulted_wire_values(project, &campaign),
            body,
            sealed,
        }
    }
}

fn digest(campaigns: &[Desired], moves: &[Move], seal: Seal) -> String {
    let campaigns: Vec<Value> = campaigns
        .iter()
        .map(|campaign| serde_json::json!({ "key": campaign.key, "body": seal.body(&campaign.body) }))
        .collect();
    let moves: Vec<Value> = moves
        .iter()
        .map(|moved| serde_json::json!({ "from": moved.from, "to": moved.to }))
        .collect();
    let all = Body::from_iter([
        ("campaigns".to_owned(), Value::Array(campaigns)),
        ("moves".to_owned(), Value::Array(moves)),
    ]);
    wire::fingerprint(&all)
}

/// Puts hashes in the place of what may be secret in a body: user info and query values of webhook URLs.
///
/// The hashes are keyed by the lineage, so that equal secrets of two projects do not look equal, and a list of likely
/// secrets has to be hashed anew for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal(Uuid);

impl Seal {
    /// The seal of a lineage. While no state has been written there is none, and nothing is compared either.
    pub fn new(lineage: Option<Uuid>) -> Self {
        Self(lineage.unwrap_or_default())
    }

    /// The body with its secrets sealed.
    pub fn body(self, body: &Body) -> Body {
        let mut body = body.clone();
        let hooks = body.get_mut("webhookUrls").and_then(Value::as_array_mut);
        for hook in hooks.into_iter().flatten() {
            let url = match hook {
                Value::Object(fields) => fields.get_mut("url"),
                plain => Some(plain),
            };
            if let Some(Value::String(url)) = url {
                *url = match WebhookUrl::parse(url) {
                    Ok(parsed) => parsed.sealed(|secret| self.value(secret)),
                    // The linter lets no such URL through; what cannot be read is hidden whole.
                    Err(_) => self.value(url),
                };
            }
        }
        body
    }

    fn value(self, secret: &str) -> String {
        let hash = Sha256::new()
            .chain_update(self.0.as_bytes())
            .chain_update(secret.as_bytes())
            .finalize();
        let hex: String = hash.iter().take(SEAL_BYTES).map(|byte| format!("{byte:02x}")).collect();
        format!("sealed:{hex}")
    }
}
