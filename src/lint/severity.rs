//! What becomes of findings: the project turns their severities, comments hide some, and some stop apply all the same.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{Finding, Phase, Rule, Severity, Sink};
use crate::lint::suppress::Suppressions;
use crate::model::ProjectNode;
use crate::rules::{self, Context};

/// What a project says of a rule.
#[derive(Clone, Copy, Default)]
struct Turn {
    /// The severity that it gives it; `Some(None)` where it allows it.
    severity: Option<Option<Severity>>,
    /// Whether nothing but that hides it.
    enforced: bool,
}

impl Turn {
    /// The last word about a rule stands.
    fn of(project: &ProjectNode, rule: &Rule) -> Self {
        let mut turns = project.lint.iter().rev();
        let last = turns.find(|(selector, _)| rules::selects(selector, rule));
        Self {
            severity: last.map(|(_, severity)| *severity),
            enforced: rules::selected_by(&project.enforced, rule),
        }
    }
}

/// Judges the findings of one project.
pub(in crate::lint) struct Verdict<'a> {
    /// What the project says of rules, by their codes: it may say a lot, and there may be many findings.
    turns: HashMap<&'static str, Turn>,
    suppressions: Suppressions<'a>,
    /// Whether start times were compared with the present.
    has_asked_for_now: bool,
    /// Whether the rules about what nothing uses were asked.
    pub(in crate::lint) has_asked_for_unused: bool,
    shown: Vec<Finding>,
    held: Vec<Finding>,
}

/// The findings of a project.
pub(in crate::lint) struct Judged {
    /// What lint shows.
    pub(in crate::lint) shown: Vec<Finding>,
    /// What lint does not show as an error, and what stops plan and apply all the same.
    pub(in crate::lint) held: Vec<Finding>,
}

impl<'a> Verdict<'a> {
    pub(in crate::lint) fn new(context: &Context<'a>) -> Self {
        let project = context.project.node();
        let turns = project.map(|project| rules::RULES.iter().map(|rule| (rule.code, Turn::of(project, rule))));
        let turns: HashMap<&str, Turn> = turns.into_iter().flatten().collect();
        let enforced = turns.iter().filter(|(_, turn)| turn.enforced).map(|(code, _)| *code);
        Self {
            suppressions: Suppressions::new(context.project, enforced.collect(), today(context)),
            turns,
            has_asked_for_now: context.now.is_some(),
            has_asked_for_unused: false,
            shown: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Takes findings in.
    pub(in crate::lint) fn judge(&mut self, mut findings: Vec<Finding>) {
        self.turn(&mut findings);
        let mut hidden = self.suppressions.hide(&mut findings);
        // One that the project turns down besides is held already.
        hidden.retain(Finding::always_blocks_apply);
        self.hold(hidden, "a comment asks to ignore it");
        self.shown.append(&mut findings);
    }

    /// `lint { warn … }`
    fn turn(&mut self, findings: &mut Vec<Finding>) {
        let mut turned_down = Vec::new();
        let turns = &self.turns;
        findings.retain_mut(|finding| {
            let turn = turns.get(finding.rule.code).copied().unwrap_or_default();
            finding.enforced = turn.enforced;
            let Some(severity) = turn.severity else {
                return true;
            };
            if severity != Some(Severity::Error) && finding.always_blocks_apply() {
                turned_down.push(finding.clone());
            }
            if let Some(severity) = severity {
                finding.severity = severity;
            }
            severity.is_some()
        });
        self.hold(turned_down, "the `lint` of dialform.kdl turns it down");
    }

    fn hold(&mut self, findings: Vec<Finding>, since: &str) {
        for mut finding in findings {
            finding.severity = Severity::Error;
            let words = format!("lint passes over this, since {since}; the request still needs it mended");
            finding.add_help(Some(words));
            self.held.push(finding);
        }
    }

    /// Whether there are errors, whatever lint shows of them.
    pub(in crate::lint) fn has_errors(&self) -> bool {
        !self.held.is_empty() || self.shown.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Ends with what is to be said of the comments themselves.
    pub(in crate::lint) fn done(mut self) -> Judged {
        let mut sink = Sink::default();
        let (has_now, has_unused) = (self.has_asked_for_now, self.has_asked_for_unused);
        let was_asked =
            |rule: &Rule| (has_now || rule.phase != Phase::Now) && (has_unused || rule.phase != Phase::Unused);
        let has_run = |selector: &str| {
            let mut meant = rules::RULES.iter().filter(|rule| rules::selects(selector, rule));
            meant.all(|rule| was_asked(rule))
        };
        self.suppressions
            .report(self.shown.iter().chain(&self.held), has_run, &mut sink);
        let mut found = sink.into_findings();
        self.turn(&mut found);
        self.shown.append(&mut found);
        Judged {
            shown: self.shown,
            held: self.held,
        }
    }
}

/// The present day where the company is.
fn today(context: &Context<'_>) -> Option<Date> {
    let zone = context.zone.clone().unwrap_or(TimeZone::UTC);
    context.now.map(|now| now.to_zoned(zone).date())
}
