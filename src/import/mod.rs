//! Request bodies that others wrote → campaigns in KDL that render back to the same bodies, field by field.
//!
//! | file here | holds |
//! | --- | --- |
//! | `input` | what a person gives → bodies, by way of `json` and `exports`, or `shell` and `curl` |
//! | `context` | the project: dialect, aliases, taken keys |
//! | `draft`, `webhook` | a body → the settings of a campaign, row by row of the table |
//! | `write`, `kdl`, `key` | the text |
//! | `round_trip` | the text through the pipeline again, compared with the body |
//! | `redact`, `remark` | a stranger's body without its secrets, and the lines of the report |

mod context;
mod curl;
mod draft;
mod exports;

mod input;
mod json;
mod kdl;
mod key;
mod round_trip;
mod remark;
mod shell;
mod redact;
mod webhook;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::lint::engine::Checker;
use crate::project::read_file::MAX_FILE;
use crate::rules::bad_key::key_of_name;
use crate::util::suggest::is_key;
use crate::wire::{Body, fingerprint};

pub use context::ImportContext;
pub use input::{Input, InputError, Item, MAX_INPUT, read};
pub use json::JsonError;
pub(crate) use kdl::line as quoted_line;
pub use remark::{Remark, Weight};
pub use round_trip::Verifier;
pub use shell::ShellError;

use draft::Draft;
use round_trip::differences;

/// A campaign that was imported.
#[derive(Debug)]
pub struct Campaign {
    /// Its key.
    pub key: String,
    /// Its text, formatted.
    pub text: String,
    /// Whether the linter finds errors in it: a person has to finish it.
    pub is_unfinished: bool,
}

/// What came of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// The campaigns, in the order of the input.
    pub campaigns: Vec<Campaign>,
    /// The report.
    pub remarks: Vec<Remark>,
    /// How many bodies were not imported.
    pub failed: usize,
}

/// Writes every body as a campaign. `wished` is the key of the only one.
pub fn import(
    input: Input,
    mut context: ImportContext,
    verifier: &mut Verifier,
    checker: &mut Checker,
    wished: Option<&str>,
) -> Imported {
    let mut imported = Imported {
        remarks: input.remarks,
        ..Imported::default()
    };
    let mut wanted = Vec::new();
    let mut numbers = BTreeMap::new();
    for Item { at, key, body } in input.items {
        let body = match body {
            Ok(body) => body,
            Err(why) => {
                imported.fail(&at, why);
                continue;
            }
        };
        let key = wished.map_or_else(|| key_for(key.as_deref(), &body), str::to_owned);
        let key = key::unique(key, &context.taken, &mut numbers);
        context.taken.insert(key.clone());
        wanted.push((at, key, body));
    }
    let drafts: Vec<(&String, &String, Draft<'_>)> = wanted
        .iter()
        .map(|(at, key, body)| (at, key, Draft::new(at, body, &context)))
        .collect();
    imported.check(drafts, verifier, checker);
    imported
}

impl Imported {
    fn fail(&mut self, at: &str, why: impl Into<String>) {
        self.failed += 1;
        self.remarks.push(Remark::error(at, why));
    }

    /// Writes the drafts, and compares the bodies that they render to with those that were imported.
    fn check(&mut self, drafts: Vec<(&String, &String, Draft<'_>)>, verifier: &mut Verifier, checker: &mut Checker) {
        let mut written = Vec::new();
        for (at, key, draft) in drafts {
            match write::campaign(key, &draft, &[]) {
                Ok(text) if text.len() as u64 > MAX_FILE => {
                    self.fail(
                        at,
                        format!("its campaign is larger than a file may be ({} MiB)", MAX_FILE >> 20),
                    );
                }
                Ok(text) => written.push((at, key, draft, text)),
                Err(error) => self.fail(at, format!("its text cannot be formatted: {error}")),
            }
        }
        let whole: Vec<&str> = written.iter().map(|(.., text)| text.as_str()).collect();
        let keys: Vec<&str> = written.iter().map(|(_, key, ..)| key.as_str()).collect();
        let round_trips = verifier.check(checker, &whole, &keys);
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for ((at, key, draft, mut text), round_trip) in written.into_iter().zip(round_trips) {
            let Some(body) = round_trip.body else {
                self.fail(
                    at,
                    "the campaign written for it cannot be read again; this is a mistake in dialform",
                );
                continue;
            };
            let wanted = Value::Object(draft.normalized.clone());
            let lost = differences(&wanted, &Value::Object(body), "");
            self.remarks.extend(draft.remarks.iter().cloned());
            if !lost.is_empty() {
                let why = "the campaign does not render to this";
                let comments: Vec<String> = lost.iter().map(|(path, value)| kdl::kept(path, value, why)).collect();
                for (path, value) in &lost {
                    let name = path.rsplit('.').next().unwrap_or(path);
                    let text = format!(
                        "the campaign does not render to {}, which is kept in a comment",
                        redact::value(name, value)
                    );
                    self.remarks.push(Remark::warning(draft.at(path), text));
                }
                text = write::campaign(key, &draft, &comments).unwrap_or(text);
            }
            let body = fingerprint(&draft.normalized);
            let of_project = draft
                .context
                .by_fingerprint
                .get(&body)
                .map(|twin| (twin.as_str(), format!("the project's campaign `{twin}`")));
            let of_import = seen.get(&body).map(|twin| (*twin, format!("`{twin}` of this import")));
            match of_project.or(of_import) {
                Some((twin, words)) => {
                    // Two tasks were there, so two it may be: lint does not hold that against the import.
                    text = format!(
                        "// dialform: ignore[DF312] imported: it renders to the same body as `{twin}`.\n{text}"
                    );
                    let words = format!("{words} renders to the same body; apply would create two tasks");
                    self.remarks.push(Remark::warning(key.as_str(), words));
                }
                None => {
                    seen.insert(body, key);
                }
            }
            let is_unfinished = round_trip.findings.iter().any(|(_, is_error)| *is_error);
            let findings = round_trip.findings.into_iter();
            self.remarks
                .extend(findings.map(|(words, _)| Remark::warning(key.as_str(), words)));
            self.campaigns.push(Campaign {
                key: key.clone(),
                text,
                is_unfinished,
            });
        }
    }
}

/// The key that stands beside a body, or one made from its name.
fn key_for(beside: Option<&str>, body: &Body) -> String {
    match beside {
        Some(key) if is_key(key) => key.to_owned(),
        _ => key_of_name(body.get("name").and_then(Value::as_str).unwrap_or_default()),
    }
}
