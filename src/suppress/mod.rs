//! Comments that ask not to be told of a finding: `// dialform: ignore[DF402] reason`, and `file-ignore[…]` for a file.
//!
//! [`read`] finds them in the text of one file; [`Suppressions`] holds them against the findings of a whole project.

mod comment;
mod lines;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::finding::{Finding, Fix, Rule, Severity, Sink};
use crate::model::{FileModel, Spanned, Suppression};
use crate::rules;
use crate::rules::expired_suppression::ExpiredSuppression;
use crate::rules::not_ignorable::NotIgnorable;
use crate::rules::unused_suppression::UnusedSuppression;
use crate::source::{FileId, Place, Span};

pub use read::read;

/// Every suppression of a project, and what became of it.
pub struct Suppressions<'m> {
    by_file: BTreeMap<FileId, Vec<Held<'m>>>,
    /// What nothing may hide.
    enforced: &'m [Box<str>],
    /// The day on which the question is asked; without one, nothing has expired.
    today: Option<Date>,
}

/// One suppression.
struct Held<'m> {
    said: &'m Suppression,
    /// The campaign or template that it is about a part of.
    owner: Option<&'m str>,
    /// What became of each of its rules.
    fates: Vec<Fate>,
}

/// What became of one rule of a suppression.
#[derive(Clone, Copy)]
enum Fate {
    /// It hid nothing.
    Unused,
    /// It hid something, or would have if it had not expired.
    Used,
    /// The project does not let anybody ignore this rule.
    Refused(&'static Rule),
}

impl<'m> Suppressions<'m> {
    /// Collects the suppressions of a project's files. `enforced` are the rules that it does not let anybody ignore.
    pub fn new(files: &[&'m FileModel], enforced: &'m [Box<str>], today: Option<Date>) -> Self {
        let mut by_file = BTreeMap::new();
        for file in files.iter().filter(|file| !file.suppressions.is_empty()) {
            let held = file.suppressions.iter().map(|said| {
                let start = Place::new(file.file, Span::point(said.covers.start as usize));
                let refused = |rule: &Spanned<Box<str>>| {
                    // A group is refused where it would hide a rule that is enforced, and serves for the others.
                    rules::find(&rule.value)
                        .filter(|found| rules::is_exact(&rule.value) && is_enforced(enforced, found))
                };
                Held {
                    said,
                    owner: file.owner_at(start).map(|(_, owner)| owner.title()),
                    fates: said
                        .rules
                        .iter()
                        .map(|rule| refused(rule).map_or(Fate::Unused, Fate::Refused))
                        .collect(),
                }
            });
            by_file.insert(file.file, held.collect());
        }
        Self {
            by_file,
            enforced,
            today,
        }
    }

    /// Takes out of `findings` what a comment hides, and gives it back. Findings about suppressions themselves stay, and so
    /// does what the project enforces.
    pub fn hide(&mut self, findings: &mut Vec<Finding>) -> Vec<Finding> {
        if self.by_file.is_empty() {
            return Vec::new();
        }
        findings.extract_if(.., |finding| self.hides(finding)).collect()
    }

    fn hides(&mut self, finding: &Finding) -> bool {
        if rules::is_about_suppressions(finding.rule) {
            return false;
        }
        let Some(held) = self.by_file.get_mut(&finding.place.file) else {
            return false;
        };
        let mut is_hidden = false;
        for Held { said, fates, .. } in held.iter_mut().filter(|held| held.said.covers(finding.place.span)) {
            let has_expired = expiry(said, self.today).is_some();
            for (rule, fate) in said.rules.iter().zip(fates) {
                if !rules::selects(&rule.value, finding.rule) {
                    continue;
                }
                if is_enforced(self.enforced, finding.rule) {
                    *fate = Fate::Refused(finding.rule);
                } else {
                    if matches!(fate, Fate::Unused) {
                        *fate = Fate::Used;
                    }
                    is_hidden |= !has_expired;
                }
            }
        }
        is_hidden
    }

    /// Reports what may not be ignored, what has expired, and what hid nothing. `left` are the findings that are still
    /// there: where a mistake keeps rules silent, nobody knows what a comment would hide. `has_run` says whether all rules
    /// of a code, name or group were asked.
    pub fn report<'f>(&self, left: impl Iterator<Item = &'f Finding>, has_run: impl Fn(&str) -> bool, sink: &mut Sink) {
        if self.by_file.is_empty() {
            return;
        }
        let silenced = Silenced::by(left);
        for (file, held) in &self.by_file {
            for Held { said, owner, fates } in held {
                for (rule, fate) in said.rules.iter().zip(fates) {
                    if let Fate::Refused(refused) = fate {
                        sink.report(rule.place, &NotIgnorable { rule: refused });
                    }
                }
                if let Some(until) = expiry(said, self.today) {
                    sink.report(until.place, &ExpiredSuppression { until: until.value });
                    continue;
                }
                if silenced.hide(*file, said, *owner) {
                    continue;
                }
                let is_unused =
                    |index: &usize| matches!(fates[*index], Fate::Unused) && has_run(&said.rules[*index].value);
                let unused: Vec<usize> = (0..fates.len()).filter(is_unused).collect();
                report_unused(said, &unused, sink);
            }
        }
    }
}

/// Whether a project lets nobody ignore a rule.
pub fn is_enforced(enforced: &[Box<str>], rule: &Rule) -> bool {
    enforced.iter().any(|selector| rules::selects(selector, rule))
}

/// The day until which a suppression held, if that is over.
fn expiry(said: &Suppression, today: Option<Date>) -> Option<&Spanned<Date>> {
    said.until
        .as_ref()
        .filter(|until| today.is_some_and(|today| today > until.value))
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

/// Where mistakes keep other rules silent.
#[derive(Default)]
struct Silenced<'f> {
    /// Files of which a part may not have been read.
    files: BTreeSet<FileId>,
    /// By file, the campaigns and templates with a value that nobody understands; nothing stands for what is outside them.
    owners: BTreeSet<(FileId, Option<&'f str>)>,
}

impl<'f> Silenced<'f> {
    fn by(left: impl Iterator<Item = &'f Finding>) -> Self {
        let mut silenced = Self::default();
        for finding in left.filter(|finding| finding.rule.severity == Severity::Error) {
            let file = finding.place.file;
            if rules::is_about_text(finding.rule) {
                silenced.files.insert(file);
            } else if finding.rule.code.starts_with("DF1") || finding.rule.code.starts_with("DF3") {
                silenced
                    .owners
                    .insert((file, finding.within.as_ref().map(|within| &*within.name)));
            }
        }
        silenced
    }

    fn hide(&self, file: FileId, said: &Suppression, owner: Option<&str>) -> bool {
        let mut owners = self.owners.range((file, None)..).take_while(|(of, _)| *of == file);
        self.files.contains(&file) || owners.any(|(_, around)| around.is_none() || said.whole_file || *around == owner)
    }
}
