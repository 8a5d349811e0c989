//! Fingerprints of findings, which stay the same when lines move.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::LintRun;
use crate::finding::Finding;
use crate::project::source::{FileId, Sources};
use crate::rules::{secret_in_file, webhook_credentials};
use crate::util::hex;

/// The version of the hash, which is hashed first. Changing it makes every finding look new.
const VERSION: &str = "dialform/v1";

/// Computes the fingerprints of one report, in the order of its findings.
#[derive(Debug)]
pub(super) struct Fingerprints {
    /// How often each fingerprint occurred.
    seen: HashMap<[u8; 32], usize>,
    /// The projects in folders of the checkout, by their files. Equal campaigns of two of them are two.
    projects: HashMap<FileId, String>,
}

impl Fingerprints {
    /// For the findings of a run.
    pub(super) fn new(run: &LintRun<'_>) -> Self {
        Self {
            seen: HashMap::new(),
            projects: run.projects_of_files(),
        }
    }

    /// The fingerprint of the next finding: of its rule, of its project where that has a folder of its own, of the campaign or template around it, of the text under it, and
    /// of how many equal ones came before. A file counts by its name, and only where no campaign is around: folders and
    /// checkouts may move.
    pub(super) fn next(&mut self, finding: &Finding, sources: &Sources) -> String {
        let file = sources.file(finding.place.file);
        let (keyword, name) = match &finding.within {
            Some(within) => (within.keyword, within.name.to_string()),
            None => {
                let name = file.path().file_name().unwrap_or_default();
                ("file", name.to_string_lossy().into_owned())
            }
        };
        // Short texts can be guessed from their hash, and reports have more readers than the files.
        let text = match is_secret(finding) {
            true => String::new(),
            false => sources
                .slice(finding.place)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        };
        let mut parts = vec![VERSION, finding.rule.code, keyword, &name, &text];
        parts.extend(self.projects.get(&finding.place.file).map(String::as_str));
        let alike = digest(&parts);
        let before = self.seen.entry(alike).or_default();
        *before += 1;
        let whole = digest(&[&hex::encode(&alike), &before.to_string()]);
        hex::encode(&whole[..16])
    }
}

fn is_secret(finding: &Finding) -> bool {
    [secret_in_file::RULE.code, webhook_credentials::RULE.code].contains(&finding.rule.code)
}

/// Each part with its length, so that no two lists of parts are one text.
fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
