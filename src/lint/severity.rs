//! What becomes of a project's findings: it overrides the severities of rules, comments hide findings, and some findings
//! block plan and apply all the same.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{Finding, Phase, Rule, Severity, Sink};
use crate::lint::suppress::Suppressions;
use crate::model::ProjectNode;
use crate::project::source::FileId;
use crate::rules::{self, Context, RULES};

/// What the `lint` of a project says about one rule.
#[derive(Clone, Copy, Default)]
struct SeverityOverride {
    /// The severity that it sets; `Some(None)` where it allows the rule.
    severity: Option<Option<Severity>>,
    /// Whether no comment may hide its findings.
    enforced: bool,
}

impl SeverityOverride {
    /// Of several entries that select a rule, the last one counts.
    fn new(project: &ProjectNode, rule: &Rule) -> Self {
        let mut entries = project.lint.iter().rev();
        let last = entries.find(|(selector, _)| rules::selects(selector, rule));
        Self {
            severity: last.map(|(_, severity)| *severity),
            enforced: rules::selected_by(&project.enforced, rule),
        }
    }
}

/// Sorts the findings of one project into those that lint shows and those that block apply without being shown as errors.
pub(in crate::lint) struct Triage<'a> {
    /// By code: a project may have many entries, and many findings.
    overrides: HashMap<&'static str, SeverityOverride>,
    suppressions: Suppressions<'a>,
    /// Whether start times were compared with the present.
    has_now: bool,
    /// Whether the rules about what nothing uses ran.
    pub(in crate::lint) has_checked_unused: bool,
    findings: TriagedFindings,
}

/// The findings of a project.
#[derive(Default)]
pub(in crate::lint) struct TriagedFindings {
    /// What lint shows.
    pub(in crate::lint) shown: Vec<Finding>,
    /// What lint does not show as an error, and plan and apply stop at all the same.
    pub(in crate::lint) blocking: Vec<Finding>,
}

impl<'a> Triage<'a> {
    pub(in crate::lint) fn new(context: &Context<'a>) -> Self {
        let project = context.project.node();
        let overrides = project.map(|project| {
            RULES
                .iter()
                .map(|rule| (rule.code, SeverityOverride::new(project, rule)))
        });
        let overrides: HashMap<&str, SeverityOverride> = overrides.into_iter().flatten().collect();
        let enforced = overrides
            .iter()
            .filter(|(_, entry)| entry.enforced)
            .map(|(code, _)| *code);
        Self {
            suppressions: Suppressions::new(context.project, enforced.collect(), today(context)),
            overrides,
            has_now: context.now.is_some(),
            has_checked_unused: false,
            findings: TriagedFindings::default(),
        }
    }

    pub(in crate::lint) fn add(&mut self, mut findings: Vec<Finding>) {
        self.override_severities(&mut findings);
        let mut hidden = self.suppressions.hide(&mut findings);
        // One whose severity is overridden as well is no error any more, and is blocking already.
        hidden.retain(Finding::always_blocks_apply);
        self.block(hidden, "a comment asks to ignore it");
        self.findings.shown.append(&mut findings);
    }

    fn override_severities(&mut self, findings: &mut Vec<Finding>) {
        let mut lowered = Vec::new();
        let overrides = &self.overrides;
        findings.retain_mut(|finding| {
            let entry = overrides.get(finding.rule.code).copied().unwrap_or_default();
            finding.enforced = entry.enforced;
            let Some(severity) = entry.severity else {
                return true;
            };
            if severity != Some(Severity::Error) && finding.always_blocks_apply() {
                lowered.push(finding.clone());
            }
            if let Some(severity) = severity {
                finding.severity = severity;
            }
            severity.is_some()
        });
        self.block(lowered, "the `lint` of dialform.kdl turns it down");
    }

    fn block(&mut self, findings: Vec<Finding>, why: &str) {
        for mut finding in findings {
            finding.severity = Severity::Error;
            let words = format!("lint passes over this, since {why}; the request still needs it fixed");
            finding.add_help(Some(words));
            self.findings.blocking.push(finding);
        }
    }

    /// Whether there are errors, shown or not.
    pub(in crate::lint) fn has_errors(&self) -> bool {
        let TriagedFindings { shown, blocking } = &self.findings;
        !blocking.is_empty() || shown.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// How many errors each file has that has some, shown or not.
    pub(in crate::lint) fn errors_by_file(&self) -> HashMap<FileId, usize> {
        let TriagedFindings { shown, blocking } = &self.findings;
        let shown = shown.iter().filter(|finding| finding.severity == Severity::Error);
        let mut errors = HashMap::new();
        for finding in shown.chain(blocking) {
            *errors.entry(finding.place.file).or_default() += 1;
        }
        errors
    }

    /// Adds the findings about the comments themselves, which depend on all others.
    pub(in crate::lint) fn finish(mut self) -> TriagedFindings {
        let mut sink = Sink::default();
        let (has_now, has_checked_unused) = (self.has_now, self.has_checked_unused);
        let has_run = |rule: &Rule| match rule.phase {
            Phase::Now => has_now,
            Phase::Unused => has_checked_unused,
            _ => true,
        };
        let have_run = |selector: &str| {
            let mut selected = RULES.iter().filter(|rule| rules::selects(selector, rule));
            selected.all(|rule| has_run(rule))
        };
        let TriagedFindings { shown, blocking } = &self.findings;
        self.suppressions
            .report(shown.iter().chain(blocking), have_run, &mut sink);
        let mut found = sink.into_findings();
        self.override_severities(&mut found);
        self.findings.shown.append(&mut found);
        self.findings
    }
}

/// The present day in the company's time zone.
fn today(context: &Context<'_>) -> Option<Date> {
    let zone = context.zone.clone().unwrap_or(TimeZone::UTC);
    context.now.map(|now| now.to_zoned(zone).date())
}
