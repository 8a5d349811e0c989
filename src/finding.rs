//! Findings as data: what is wrong, where, why, and what to write. No rendering.

use std::collections::BTreeSet;

use crate::fields::FieldSpec;
use crate::project::source::{Place, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; does not fail a lint.
    Warning,
    /// Has to be fixed; stops plan and apply.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One rule: its facts and its documentation. The logic and the messages are in the same file.
///
/// The examples are short, and completed where they are run (`explain::example`): `project { … }` is the `dialform.kdl`
/// of its project; other top-level nodes make up a file, in which a campaign with an empty block (`campaign "a" {}`) gets
/// all settings that a campaign needs; anything else goes into such a campaign, in the place of its settings of the same
/// name. A project without a campaign gets one. The bad example breaks its rule and no other, the good one none.
#[derive(Debug)]
pub struct Rule {
    /// `DF201`; never reused.
    pub code: &'static str,
    /// `missing-required-if`; never reused.
    pub name: &'static str,
    /// What it is about. Codes are given out by group.
    pub group: RuleGroup,
    /// When it is checked.
    pub phase: Phase,
    /// The severity where a project does not set another one.
    pub severity: Severity,
    /// Whether plan and apply stop at its errors even where lint ignores them: the request would lack a part, or say
    /// something else than the file.
    pub always_blocks_apply: bool,
    /// Whether its findings have fixes.
    pub fixable: Fixable,
    /// What it checks, in a sentence.
    pub summary: &'static str,
    /// Why it matters to the people who are called, or to the bill.
    pub why: &'static str,
    /// Whether it is about this field of the table, and not about texts, names or files as such. The API page's words
    /// for these fields are part of the rule's documentation, and the rule is named where one of them is explained.
    pub about: fn(&FieldSpec) -> bool,
    /// An example that breaks it: settings of a campaign, or top-level nodes.
    pub bad: &'static str,
    /// The same, fixed.
    pub good: &'static str,
}

impl Rule {
    /// Whether it is checked only where no error is in its way: what it finds once the last error is fixed was there
    /// before.
    pub fn waits_for_errors(&self) -> bool {
        matches!(self.phase, Phase::Unused | Phase::UnusedSuppression)
    }
}

/// When a rule is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While files are looked for, read and decoded.
    Reading,
    /// While a text is parsed.
    Syntax,
    /// While a tree is lowered to the model: settings and their values.
    Value,
    /// On the whole text of a file, comments included.
    Text,
    /// On what one campaign or template states by itself.
    Definition,
    /// On one campaign with everything that it inherits.
    Campaign,
    /// On the index of the whole project.
    Project,
    /// The same, compared with the present moment.
    Now,
    /// On a project without errors, each of which may hide a use.
    Unused,
    /// On comments that hide findings.
    Suppression,
    /// On comments that hid nothing, after everything else; where an error keeps rules silent, nobody knows.
    UnusedSuppression,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleGroup {
    /// DF001 to DF049
    NotKdl,
    /// DF050 to DF089
    DubiousKdl,
    /// DF090 to DF099
    Limits,
    /// DF1
    Values,
    /// DF2
    Conditions,
    /// DF3
    Names,
    /// DF4
    Schedule,
    /// DF5
    Redial,
    /// DF6
    Security,
    /// DF7
    Compliance,
    /// DF9
    Suppressions,
}

impl RuleGroup {
    /// Every group, in the order of the codes.
    pub const ALL: [Self; 11] = [
        Self::NotKdl,
        Self::DubiousKdl,
        Self::Limits,
        Self::Values,
        Self::Conditions,
        Self::Names,
        Self::Schedule,
        Self::Redial,
        Self::Security,
        Self::Compliance,
        Self::Suppressions,
    ];

    /// The heading in docs/rules.md.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotKdl => "The text is not KDL 2.0",
            Self::DubiousKdl => "The text is KDL 2.0, but hardly means what it says",
            Self::Limits => "Limits on files",
            Self::Values => "Structure and values",
            Self::Conditions => "Conditions and dialect",
            Self::Names => "Names and references",
            Self::Schedule => "Schedule",
            Self::Redial => "Redial",
            Self::Security => "Security",
            Self::Compliance => "Compliance",
            Self::Suppressions => "Suppressions",
        }
    }

    /// What is written in `lint { … }` and behind `dialform rule` to select all of its rules.
    pub const fn selectors(self) -> &'static [&'static str] {
        match self {
            Self::NotKdl => &["DF00", "DF01", "DF02", "DF03", "DF04"],
            Self::DubiousKdl => &["DF05", "DF06", "DF07", "DF08"],
            Self::Limits => &["DF09"],
            Self::Values => &["DF1"],
            Self::Conditions => &["DF2"],
            Self::Names => &["DF3"],
            Self::Schedule => &["DF4"],
            Self::Redial => &["DF5"],
            Self::Security => &["DF6"],
            Self::Compliance => &["DF7"],
            Self::Suppressions => &["DF9"],
        }
    }

    /// The tag of its rules in SARIF.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::NotKdl | Self::DubiousKdl | Self::Limits => "syntax",
            Self::Values => "settings",
            Self::Conditions => "conditions",
            Self::Names => "names",
            Self::Schedule => "schedule",
            Self::Redial => "redial",
            Self::Security => "security",
            Self::Compliance => "compliance",
            Self::Suppressions => "suppressions",
        }
    }

    /// Whether its rules are about the text, so that a part of the file may not have been read.
    pub const fn is_about_text(self) -> bool {
        matches!(self, Self::NotKdl | Self::DubiousKdl | Self::Limits)
    }

    /// Whether its rules compare settings, and are silent where one of them is missing.
    pub const fn compares_settings(self) -> bool {
        matches!(self, Self::Conditions | Self::Schedule | Self::Redial)
    }
}

/// Whether `lint --fix` can fix findings of a rule. Some findings of a fixable rule have no fix: where it is not certain
/// what was meant, or where the fix would leave another finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    /// None of them: nobody knows what was meant.
    Never,
    /// Some of them, with `--unsafe-fixes`.
    Likely,
    /// Some of them for certain, with `--fix`.
    Safely,
}

/// Tells the rule of a violation. `rules::registry` implements it for what is on its list, and nothing else does, so that a
/// rule that is not registered does not compile.
pub trait Registered {
    /// The rule.
    fn rule() -> &'static Rule;
}

/// A rule broken in one place, with everything that its message needs. Implemented in the rule's own file.
pub trait Violation: Registered {
    /// What is wrong, in one sentence without a full stop.
    fn message(&self) -> String;
    /// A few words for the place itself.
    fn label(&self) -> String;
    /// What to write instead, and why.
    fn help(&self) -> Option<String>;
}

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// The severity, as the project sets it.
    pub severity: Severity,
    /// The smallest wrong place.
    pub place: Place,
    /// The campaign or template around it, set by `lint::engine`. With the rule it identifies a finding whose lines moved.
    pub within: Option<Within>,
    /// Whether no comment, baseline or option may hide it.
    pub enforced: bool,
    /// What is wrong.
    pub message: String,
    /// A few words for the place.
    pub label: String,
    /// What to write instead, and why.
    pub help: Option<String>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// An edit that fixes it, if there is one.
    pub fix: Option<Fix>,
}

/// The campaign or template around a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Within {
    /// `campaign` or `template`.
    pub keyword: &'static str,
    /// The campaign's key or the template's name.
    pub name: Box<str>,
}

/// A further place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there.
    pub text: String,
}

/// Whether a fix may be made without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// Keeps what the author meant.
    Safe,
    /// Probably what the author meant.
    Unsafe,
}

/// An edit of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it needs a person's eye.
    pub applicability: Applicability,
    /// Replacements in the finding's file that do not overlap.
    pub edits: Vec<Edit>,
}

/// Replaces a span with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The text that comes there.
    pub text: String,
}

impl Fix {
    /// A safe replacement of one span.
    pub fn safe(span: Span, text: impl Into<String>) -> Self {
        Self {
            applicability: Applicability::Safe,
            edits: vec![Edit {
                span,
                text: text.into(),
            }],
        }
    }

    /// The same with further edits.
    #[must_use]
    pub fn and(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.edits.extend(edits);
        self
    }

    /// A likely replacement of one span.
    pub fn likely(span: Span, text: impl Into<String>) -> Self {
        Self {
            applicability: Applicability::Unsafe,
            ..Self::safe(span, text)
        }
    }
}

impl Finding {
    /// Whether it stops plan and apply even where lint ignores its rule.
    pub fn always_blocks_apply(&self) -> bool {
        self.severity == Severity::Error && self.rule.always_blocks_apply
    }

    /// Adds a further place.
    pub fn label(&mut self, place: Place, text: impl Into<String>) -> &mut Self {
        self.labels.push(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// Adds to the help, if there is anything to add.
    pub fn add_help(&mut self, words: Option<String>) {
        if let Some(words) = words {
            self.help = Some(match self.help.take() {
                Some(help) => format!("{help}\n{words}"),
                None => words,
            });
        }
    }

    /// Adds a fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }
}

/// How many findings have a message of their own. No more than the first thousand of a file are shown, and the messages of a
/// million would take gigabytes: the rest is counted, with the rule's summary as the message.
const WORDED: usize = 20_000;

/// Collects findings.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
    asked: BTreeSet<(Place, &'static str)>,
}

impl Sink {
    /// Reports a violation. There is no finding without a place.
    #[cold]
    pub fn report<V: Violation>(&mut self, place: Place, violation: &V) -> &mut Finding {
        let rule = V::rule();
        let index = self.findings.len();
        let (message, label, help) = if index < WORDED {
            (violation.message(), violation.label(), violation.help())
        } else {
            (rule.summary.to_owned(), String::new(), None)
        };
        self.findings.push(Finding {
            rule,
            severity: rule.severity,
            place,
            within: None,
            enforced: false,
            message,
            label,
            help,
            labels: Vec::new(),
            fix: None,
        });
        &mut self.findings[index]
    }

    /// Whether this is the first call for a rule and a place: what many campaigns inherit is reported once.
    pub fn is_first(&mut self, rule: &Rule, place: Place) -> bool {
        self.asked.insert((place, rule.code))
    }

    /// Adds the findings of another sink, without those that [`Sink::is_first`] lets through once and that are here already.
    pub fn absorb(&mut self, other: Self) {
        let Self { findings, asked } = other;
        let is_new = |finding: &Finding| {
            let key = (finding.place, finding.rule.code);
            !(asked.contains(&key) && self.asked.contains(&key))
        };
        self.findings.extend(findings.into_iter().filter(is_new));
        self.asked.extend(asked);
    }

    /// Adds to the help of every finding.
    pub(crate) fn add_help(&mut self, words: Option<&str>) {
        for finding in &mut self.findings {
            finding.add_help(words.map(str::to_owned));
        }
    }

    /// The first finding that begins in a span; the first of all where there is none.
    pub(crate) fn first_in(&mut self, span: Span) -> Option<&mut Finding> {
        let is_in = |finding: &Finding| span.start <= finding.place.span.start && finding.place.span.start <= span.end;
        let index = self.findings.iter().position(is_in).unwrap_or_default();
        self.findings.get_mut(index)
    }

    /// Takes the findings of a rule from a number on, if there are at least so many of them.
    pub(crate) fn take_from(&mut self, from: usize, rule: &Rule, least: usize) -> Vec<Finding> {
        let is_one = |finding: &Finding| finding.rule.code == rule.code;
        let count = self
            .findings
            .iter()
            .skip(from)
            .filter(|finding| is_one(finding))
            .count();
        if count < least {
            return Vec::new();
        }
        let (taken, kept): (Vec<Finding>, Vec<Finding>) = self.findings.drain(from..).partition(is_one);
        self.findings.extend(kept);
        taken
    }

    /// The number and the code of the finding about exactly this span, among the first so many, which are in the order of the text.
    pub(crate) fn find_at(&self, span: Span, count: usize) -> Option<(usize, &'static str)> {
        let ordered = self.findings.get(..count)?;
        let index = ordered.partition_point(|finding| finding.place.span < span);
        let finding = ordered.get(index).filter(|finding| finding.place.span == span)?;
        Some((index, finding.rule.code))
    }

    /// Puts the finding that was reported last in the place of an earlier one.
    pub(crate) fn replace_by_last(&mut self, index: usize) {
        if index + 1 < self.findings.len() {
            self.findings.swap_remove(index);
        }
    }

    /// Takes the finding that was reported last back, if it is about this span.
    pub(crate) fn take_last_at(&mut self, span: Span) -> Option<Finding> {
        self.findings.pop_if(|finding| finding.place.span == span)
    }

    /// Drops the findings of these rules in a span, among the first so many, which are in the order of the text. Says how many.
    pub(crate) fn drop_in(&mut self, span: Span, count: usize, codes: &[&str]) -> usize {
        let ordered = self.findings.get(..count).unwrap_or_default();
        let first = ordered.partition_point(|finding| finding.place.span.start < span.start);
        let end = ordered.partition_point(|finding| finding.place.span.start < span.end);
        let before = self.findings.len();
        let mut kept: Vec<Finding> = self.findings.drain(first..end).collect();
        kept.retain(|finding| !codes.contains(&finding.rule.code));
        self.findings.splice(first..first, kept);
        before - self.findings.len()
    }

    /// The finding that was reported last.
    pub(crate) fn last(&mut self) -> Option<&mut Finding> {
        self.findings.last_mut()
    }

    /// How many findings were reported so far.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether any finding so far is one of these.
    pub fn has(&self, is_one: impl Fn(&Finding) -> bool) -> bool {
        self.findings.iter().any(is_one)
    }

    /// Whether nothing was reported so far.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Everything reported so far.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
