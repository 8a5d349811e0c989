//! Baselines: the existing findings that a team does not want to see for now, counted by rule and campaign.
//!
//! Lines may move, files may be renamed, and what was there before stays hidden. A campaign with more findings of a rule
//! than the baseline has is shown with all of them, since nobody can tell which is the new one.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::finding::Finding;

/// The version of the file's form.
pub const FORMAT_VERSION: &str = "1.0";

/// The key by which findings are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct BaselineGroup {
    /// The folder of the project, relative to that of the baseline; or the file, where it is in no project.
    pub project: String,
    /// `campaign spring-promo`, `template weekday`, or `file campaigns/a.kdl`, relative to the project, for what is
    /// outside both.
    #[serde(rename = "in")]
    #[schemars(regex(pattern = "^(campaign|template|file) ."))]
    pub within: String,
    /// The rule's code.
    #[schemars(regex(pattern = "^DF[0-9]{3}$"))]
    pub rule: String,
}

impl BaselineGroup {
    /// The group of a finding in this project and file.
    pub fn of(finding: &Finding, project: &str, file: &str) -> Self {
        let within = match &finding.within {
            Some(within) => format!("{} {}", within.keyword, within.name),
            None => format!("file {file}"),
        };
        Self {
            project: project.to_owned(),
            within,
            rule: finding.rule.code.to_owned(),
        }
    }
}

/// How many findings of each group are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    counts: BTreeMap<BaselineGroup, usize>,
}

/// Why a baseline cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// It is not JSON, or not of the form that [`Baseline::to_text`] writes.
    #[error("it is not a baseline: {why}; `--write-baseline` writes one")]
    Form {
        /// What is wrong, with the line.
        why: String,
    },
    /// A later version of the program wrote it.
    #[error(
        "its format is {found:?}, and this version of dialform knows {FORMAT_VERSION:?}; use a newer dialform, or write it anew"
    )]
    Version {
        /// The version that it states.
        found: String,
    },
    /// It says two things of one group.
    #[error("it counts {rule} in {within} twice; write it anew, or keep one of the two lines", rule = .0.rule, within = .0.within)]
    Twice(BaselineGroup),
}

#[derive(Deserialize)]
struct Sniffed {
    format_version: String,
}

/// Findings that a team accepts for now.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaselineFile {
    /// The version of this format.
    #[serde(rename = "format_version")]
    #[schemars(extend("const" = FORMAT_VERSION))]
    _version: String,
    /// The counts, each rule at most once for one place.
    findings: Vec<Counted>,
}

/// The number of findings of a rule that are hidden in one place.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "group", deny_unknown_fields)]
struct Counted {
    #[serde(flatten)]
    group: BaselineGroup,
    /// The number of findings.
    count: usize,
}

impl Baseline {
    /// Counts findings by their groups.
    pub fn of(groups: impl IntoIterator<Item = BaselineGroup>) -> Self {
        let mut baseline = Self::default();
        for group in groups {
            *baseline.counts.entry(group).or_default() += 1;
        }
        baseline
    }

    /// How many findings of a group are not shown.
    pub fn count(&self, group: &BaselineGroup) -> usize {
        self.counts.get(group).copied().unwrap_or_default()
    }

    /// Every group with its count, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&BaselineGroup, usize)> {
        self.counts.iter().map(|(group, count)| (group, *count))
    }

    /// How many findings it hides at most.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Reads what [`Baseline::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`BaselineError`] where it is something else, or of a newer version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let form = |error: serde_json::Error| BaselineError::Form { why: error.to_string() };
        let Sniffed { format_version: found } = serde_json::from_str(text).map_err(form)?;
        if found.split('.').next() != FORMAT_VERSION.split('.').next() {
            return Err(BaselineError::Version { found });
        }
        let written: BaselineFile = serde_json::from_str(text).map_err(form)?;
        let mut baseline = Self::default();
        for Counted { group, count } in written.findings {
            if baseline.counts.contains_key(&group) {
                return Err(BaselineError::Twice(group));
            }
            baseline.counts.insert(group, count);
        }
        Ok(baseline)
    }

    /// The file: one line a group, so that two branches that fix different campaigns do not get in each other's way.
    pub fn to_text(&self) -> String {
        let mut text = format!("{{\n  \"format_version\": \"{FORMAT_VERSION}\",\n  \"findings\": [");
        for (index, (group, count)) in self.iter().enumerate() {
            let counted = Counted {
                group: group.clone(),
                count,
            };
            let line = serde_json::to_string(&counted).unwrap_or_default();
            text.push_str(if index == 0 { "\n" } else { ",\n" });
            text.push_str("    ");
            text.push_str(&line);
        }
        text.push_str(if self.counts.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }
}

/// A path as a baseline writes it: relative, with `/` on every system, `.` for the folder itself.
pub fn written(path: &Path) -> String {
    let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}
