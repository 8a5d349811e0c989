//! Comments that hide findings: `// dialform: ignore[DF402] reason`, and `file-ignore[…]` for a whole file.
//!
//! [`read`] finds them in the text of one file; [`Suppressions`] applies them to the findings of a whole project.

mod comment;
mod file;
mod read;
mod unreliable_scope;

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use crate::finding::{Finding, Fix, RuleGroup, Sink};
use crate::model::{Project, Suppression};
use crate::project::source::FileId;
use crate::rules::expired_suppression::ExpiredSuppression;
use crate::rules::not_ignorable::NotIgnorable;
use crate::rules::unused_suppression::UnusedSuppression;

use file::{FileSuppressions, TrackedSuppression, UsageState};
pub use read::read;
use unreliable_scope::UnreliableScope;

/// Every suppression of a project, and whether it was used.
pub struct Suppressions<'m> {
    project: &'m Project<'m>,
    files: BTreeMap<FileId, FileSuppressions<'m>>,
    /// The present day; without one, nothing has expired.
    today: Option<Date>,
}

impl<'m> Suppressions<'m> {
    /// Collects the suppressions of a project's files. `enforced` are the codes of the rules that no comment may hide.
    pub fn new(project: &'m Project<'m>, enforced: HashSet<&'static str>, today: Option<Date>) -> Self {
        let files = project.files().iter().filter(|file| !file.suppressions.is_empty());
        Self {
            project,
            files: files
                .map(|file| (file.file, FileSuppressions::new(file, &enforced)))
                .collect(),
            today,
        }
    }

    /// Removes the findings that a comment hides, and returns them. Findings about suppressions stay, and so does what the
    /// project enforces.
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

    /// Reports what may not be ignored, what has expired, and what hid nothing. `left` are the findings that are not hidden:
    /// where one of them keeps rules silent, nobody knows what a comment would hide. `have_run` says whether all rules of a
    /// selector were checked.
    pub fn report<'f>(
        &self,
        left: impl Iterator<Item = &'f Finding>,
        have_run: impl Fn(&str) -> bool,
        sink: &mut Sink,
    ) {
        if self.files.is_empty() {
            return;
        }
        let unreliable = UnreliableScope::new(left, self.project);
        for (file, in_file) in &self.files {
            for tracked in &in_file.suppressions {
                let TrackedSuppression {
                    suppression,
                    definition,
                    usage,
                } = tracked;
                for (rule, state) in suppression.rules.iter().zip(usage) {
                    if let UsageState::Refused(refused) = state {
                        sink.report(rule.place, &NotIgnorable { rule: refused });
                    }
                }
                if let Some(until) = tracked.expiry(self.today) {
                    sink.report(until.place, &ExpiredSuppression { until: until.value });
                    continue;
                }
                let is_unused = |index: &usize| {
                    let selector = &suppression.rules[*index].value;
                    matches!(usage[*index], UsageState::Unused)
                        && have_run(selector)
                        && !unreliable.contains(*file, suppression, *definition, selector)
                };
                let unused: Vec<usize> = (0..usage.len()).filter(is_unused).collect();
                report_unused(suppression, &unused, sink);
            }
        }
    }
}

/// Reports the rules at these indices, in one finding if that is all of them and the whole comment can go.
fn report_unused(suppression: &Suppression, unused: &[usize], sink: &mut Sink) {
    if let Some(removal) = suppression.removal
        && !unused.is_empty()
        && unused.len() == suppression.rules.len()
    {
        let names = suppression.rules.iter().map(|rule| &*rule.value).collect();
        let finding = sink.report(suppression.place, &UnusedSuppression { rules: names });
        finding.fix(Fix::safe(removal, ""));
        return;
    }
    for index in unused {
        let rule = &suppression.rules[*index];
        let rules = vec![&*rule.value];
        let finding = sink.report(rule.place, &UnusedSuppression { rules });
        finding.fix(Fix::safe(suppression.without[*index], ""));
    }
}
