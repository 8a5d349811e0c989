//! Findings as data: what is wrong, where, why, and what to write. No rendering.

use std::collections::BTreeSet;

use crate::fields::FieldSpec;
use crate::project::source::{Place, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; does not fail a lint.
    Warning,
    /// Must be mended; stops plan and apply.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One rule: its number, its name and its documentation. The logic and the words stand in the same file as each rule.
///
/// The examples are short, and completed where they are run (`explain::example`): `project { … }` is the `dialform.kdl` of its project; other
/// top-level nodes make up a file, in which a campaign with an empty block (`campaign "a" {}`) gets all settings that a
/// campaign needs; anything else stands in such a campaign, in the place of its settings of the same name. A project
/// without a campaign gets one. The bad example breaks its rule and no other, the good one none.
#[derive(Debug)]
pub struct Rule {
    /// `DF201`; never reused.
    pub code: &'static str,
    /// `missing-required-if`; never reused.
    pub name: &'static str,
    /// The severity where a project says nothing else.
    pub severity: Severity,
    /// What it checks, in a sentence.
    pub summary: &'static str,
    /// Why it matters to the people who are called, or to the bill.
    pub why: &'static str,
    /// Whether it is about this field of the table, and not about texts, names or files as such. The API page's words
    /// for these fields stand in the rule's documentation, and the rule is named where one of them is explained.
    pub about: fn(&FieldSpec) -> bool,
    /// An example that breaks it: settings of a campaign, or top-level nodes.
    pub bad: &'static str,
    /// The same, mended.
    pub good: &'static str,
}

/// A rule broken in one place, with all that its words need. Implemented in the rule's own file.
pub trait Violation {
    /// The rule.
    fn rule() -> &'static Rule;
    /// What is wrong, in one sentence without a full stop.
    fn message(&self) -> String;
    /// A few words for the place itself.
    fn label(&self) -> String;
    /// What to write instead, and why.
    fn help(&self) -> Option<String>;
}

/// A finding, in words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// The severity, as the project sets it.
    pub severity: Severity,
    /// The smallest place that is wrong.
    pub place: Place,
    /// The campaign or template around it: `check` fills it in. With the rule it names a finding whose lines have moved.
    pub within: Option<Within>,
    /// Whether neither a comment, nor a baseline, nor an option may hide it.
    pub enforced: bool,
    /// What is wrong.
    pub message: String,
    /// A few words for the place.
    pub label: String,
    /// What to write instead, and why.
    pub help: Option<String>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// An edit that mends it, where one is certain.
    pub fix: Option<Fix>,
}

/// The campaign or template in which a finding stands.
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
    /// Adds a further place.
    pub fn label(&mut self, place: Place, text: impl Into<String>) -> &mut Self {
        self.labels.push(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// Adds to what is to be done, if there is anything to add.
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

/// So many findings have words of their own; nobody is shown more than the first thousand of a file, and the words of a
/// million would take gigabytes. What comes behind them is counted, and says what its rule is about.
const WORDED: usize = 20_000;

/// Takes findings in.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
    asked: BTreeSet<(Place, &'static str)>,
}

impl Sink {
    /// Reports a violation. There is no finding without a place. To the compiler whatever leads here is unlikely.
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

    /// Whether this is the first time that this is asked of a rule and a place: what many campaigns inherit is reported
    /// once.
    pub fn is_first(&mut self, rule: &Rule, place: Place) -> bool {
        self.asked.insert((place, rule.code))
    }

    /// Takes in what another sink holds, but for what [`Sink::is_first`] says is here already.
    pub fn absorb(&mut self, other: Self) {
        let Self { findings, asked } = other;
        let is_new = |finding: &Finding| {
            let key = (finding.place, finding.rule.code);
            !(asked.contains(&key) && self.asked.contains(&key))
        };
        self.findings.extend(findings.into_iter().filter(is_new));
        self.asked.extend(asked);
    }

    /// Adds to what is to be done about every finding.
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
