//! The round trip of an import: its text goes through the same pipeline as any file, and the bodies that it renders to are
//! compared with those that were imported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::redact;
use crate::fields::Dialect;
use crate::finding::{Finding, Severity};
use crate::lint::engine::{Checker, Overlay};
use crate::model::Definition;
use crate::project::discovery::{PROJECT_FILE, Scope, ScopeFile};
use crate::rules::copied_campaign;
use crate::wire::{self, Body};

/// What the pipeline makes of a campaign's text.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// The body that it renders to; none where the text has no such campaign.
    pub(super) body: Option<Body>,
    /// What the linter says of it, in words, and whether that is an error.
    pub(super) findings: Vec<(String, bool)>,
}

/// Checks campaigns that are in no file yet.
#[derive(Debug)]
pub struct Verifier {
    scope: Scope,
    overlays: Vec<Overlay>,
    /// The folder of the files that the texts pretend to be in.
    folder: PathBuf,
}

/// How much text is taken for one file, in bytes: far below what a file may hold.
const FILE: usize = 1 << 20;

impl Verifier {
    /// In a project.
    pub fn project(scope: &Scope, root: &Path) -> Self {
        Self {
            scope: scope.clone(),
            overlays: Vec::new(),
            folder: root.to_owned(),
        }
    }

    /// Outside any project, in this dialect. Nothing of `folder` is read.
    pub fn standalone(folder: &Path, dialect: Dialect) -> Self {
        let project_file = folder.join(PROJECT_FILE);
        let mut scope = Scope {
            root: Some(folder.to_owned()),
            ..Scope::default()
        };
        scope.add(project_file.clone());
        let content = format!("project {{ dialect \"{dialect}\"; }}\n").into_bytes();
        let overlays = vec![Overlay {
            path: project_file,
            content,
        }];
        Self {
            scope,
            overlays,
            folder: folder.to_owned(),
        }
    }

    /// Puts texts of campaigns through the pipeline; gives the result for each of these keys.
    pub(super) fn check(&mut self, checker: &mut Checker, texts: &[&str], keys: &[&str]) -> Vec<RoundTrip> {
        let (mut scope, mut overlays) = (self.scope.clone(), self.overlays.clone());
        let mut files = BTreeSet::new();
        for (number, content) in in_files(texts).into_iter().enumerate() {
            // A name that no campaign file has.
            let path = self.folder.join(format!("dialform-import-{number}.tmp.kdl"));
            files.insert(path.clone());
            let content = content.into_bytes();
            overlays.push(Overlay { path, content });
        }
        scope.add_all(files.iter().map(|path| ScopeFile::from(path.as_path())));
        let checked = checker.check(&scope, &overlays);
        let project = checked.project();
        let is_here = |file| checked.path(file).is_some_and(|path| files.contains(path));
        let keys_here: BTreeSet<&str> = keys.iter().copied().collect();
        let campaigns = checked.campaigns(|key| keys_here.contains(key));
        let campaigns = campaigns.iter().filter(|campaign| is_here(campaign.keyword.file));
        let campaigns: BTreeMap<&str, &Definition> = campaigns.map(|campaign| (campaign.title(), campaign)).collect();
        // A finding that stands in no campaign is one of each.
        let mut findings: BTreeMap<Option<&str>, Vec<(String, bool)>> = BTreeMap::new();
        // Of copies the import says so itself, at either of the two.
        let is_copy = |finding: &Finding| finding.rule.code == copied_campaign::RULE.code;
        let here = checked.findings.iter().filter(|finding| is_here(finding.place.file));
        for finding in here.filter(|finding| !is_copy(finding)) {
            let within = finding.within.as_ref().map(|within| &*within.name);
            let is_error = finding.severity == Severity::Error;
            findings.entry(within).or_default().push((words(finding), is_error));
        }
        let round_trip = |key: &&str| RoundTrip {
            body: campaigns
                .get(key)
                .map(|campaign| wire::body(&project, &project.resolve(campaign))),
            findings: [Some(*key), None]
                .iter()
                .flat_map(|within| findings.get(within).into_iter().flatten().cloned())
                .collect(),
        };
        keys.iter().map(round_trip).collect()
    }
}

/// The texts, as many behind one another as one file takes.
fn in_files(texts: &[&str]) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for text in texts {
        match files.last_mut().filter(|file| file.len() + text.len() < FILE) {
            Some(file) => {
                file.push('\n');
                file.push_str(text);
            }
            None => files.push((*text).to_owned()),
        }
    }
    files
}

fn words(finding: &Finding) -> String {
    let help = finding
        .help
        .as_deref()
        .map(|help| format!("; {help}"))
        .unwrap_or_default();
    let message = &finding.message;
    redact::plain(&format!("{}: {message}{help}", finding.rule.code))
}

/// The wire paths at which two bodies differ, with what the first has there.
pub(super) fn differences(wanted: &Value, rendered: &Value, at: &str) -> Vec<(String, Value)> {
    match (wanted, rendered) {
        (Value::Object(one), Value::Object(other)) => {
            let below = |name: &str| {
                if at.is_empty() {
                    name.to_owned()
                } else {
                    format!("{at}.{name}")
                }
            };
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            names
                .flat_map(|name| {
                    let of = |body: &Body| body.get(name).cloned().unwrap_or_default();
                    differences(&of(one), &of(other), &below(name))
                })
                .collect()
        }
        _ if wanted == rendered => Vec::new(),
        _ => vec![(at.to_owned(), wanted.clone())],
    }
}
