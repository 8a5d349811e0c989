//! Comments that ask not to be told of a finding: `// dialform: ignore[DF402] reason`, and `file-ignore[…]` for a file.
//!
//! [`read`] finds them in the text of one file; [`Suppressions`] holds them against the findings of a whole project.

mod comment;
mod file;
mod lines;
mod read;
mod silenced;

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use crate::finding::{Finding, Fix, RuleGroup, Sink};
use crate::model::{Project, Suppression};
use crate::project::source::FileId;
use crate::rules::expired_suppression::ExpiredSuppression;
use crate::rules::not_ignorable::NotIgnorable;
use crate::rules::unused_suppression::UnusedSuppression;

use file::{Fate, Held, OfFile};
pub use read::read;
use silenced::Silenced;

/// Every suppression of a project, and what became of it.
pub struct Suppressions<'m> {
    project: &'m Project<'m>,
    files: BTreeMap<FileId, OfFile<'m>>,
    /// The day on which the question is asked; without one, nothing has expired.
    today: Option<Date>,
}

impl<'m> Suppressions<'m> {
    /// Collects the suppressions of a project's files. `enforced` are the codes of the rules that it does not let anybody ignore.
    pub fn new(project: &'m Project<'m>, enforced: HashSet<&'static str>, today: Option<Date>) -> Self {
        let files = project.files().iter().filter(|file| !file.suppressions.is_empty());
        Self {
            project,
            files: files.map(|file| (file.file, OfFile::new(file, &enforced))).collect(),
            today,
        }
    }

    /// Takes out of `findings` what a comment hides, and gives it back. Findings about suppressions themselves stay, and so
    /// does what the project enforces.
    pub fn hide(&mut self, findings: &mut Vec<Finding>) -> Vec<Finding> {
        if self.files.is_empty() {
            return Vec::new();
        }
        findings.extract_if(.., |finding| self.hides(finding)).collect()
    }

    fn hides(&mut self, finding: &Finding) -> bool {
        if finding.rule.group == RuleGroup::Suppressions {
            return false;
        }
        let Some(file) = self.files.get_mut(&finding.place.file) else {
            return false;
        };
        file.hides(finding, finding.enforced, self.today)
    }

    /// Reports what may not be ignored, what has expired, and what hid nothing. `left` are the findings that are still
    /// there: where a mistake keeps rules silent, nobody knows what a comment would hide. `has_run` says whether all rules
    /// of a code, name or group were asked.
    pub fn report<'f>(&self, left: impl Iterator<Item = &'f Finding>, has_run: impl Fn(&str) -> bool, sink: &mut Sink) {
        if self.files.is_empty() {
            return;
        }
        let silenced = Silenced::by(left, self.project);
        for (file, of_file) in &self.files {
            for held in &of_file.held {
                let Held { said, owner, fates } = held;
                for (rule, fate) in said.rules.iter().zip(fates) {
                    if let Fate::Refused(refused) = fate {
                        sink.report(rule.place, &NotIgnorable { rule: refused });
                    }
                }
                if let Some(until) = held.expiry(self.today) {
                    sink.report(until.place, &ExpiredSuppression { until: until.value });
                    continue;
                }
                let is_unused = |index: &usize| {
                    let selector = &said.rules[*index].value;
                    matches!(fates[*index], Fate::Unused)
                        && has_run(selector)
                        && !silenced.hides(*file, said, *owner, selector)
                };
                let unused: Vec<usize> = (0..fates.len()).filter(is_unused).collect();
                report_unused(said, &unused, sink);
            }
        }
    }
}

fn report_unused(said: &Suppression, unused: &[usize], sink: &mut Sink) {
    if let Some(removal) = said.removal
        && !unused.is_empty()
        && unused.len() == said.rules.len()
    {
        let names = said.rules.iter().map(|rule| &*rule.value).collect();
        let finding = sink.report(said.place, &UnusedSuppression { rules: names });
        finding.fix(Fix::safe(removal, ""));
        return;
    }
    for index in unused {
        let rule = &said.rules[*index];
        let finding = sink.report(
            rule.place,
            &UnusedSuppression {
                rules: vec![&rule.value],
            },
        );
        finding.fix(Fix::safe(said.without[*index], ""));
    }
}
