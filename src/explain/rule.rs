//! A rule's documentation: what it checks and why, what lint reports, and how to configure or ignore it.

use serde::Serialize;

use super::example;
use super::page::DocPage;
use crate::fields::{FIELDS, FieldSpec};
use crate::finding::{Applicability, Rule, RuleGroup, Severity};
use crate::rules::{selectors_of, selects};

/// The documentation of a rule.
#[derive(Clone, Debug, Serialize)]
pub struct RuleDoc {
    /// `DF201`
    pub code: &'static str,
    /// `missing-required-if`
    pub name: &'static str,
    /// `error` or `warning`, where a project says nothing else.
    pub severity: &'static str,
    /// The group's title.
    pub group: &'static str,
    /// What it checks.
    pub summary: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example that breaks it; empty where the rule is about files as such.
    pub bad: &'static str,
    /// The same, fixed.
    pub good: &'static str,
    /// What lint reports in the bad example.
    pub says: Vec<ExampleFinding>,
    /// Whether lint can fix the bad example: `safe`, `unsafe`, or not.
    pub fix: Option<&'static str>,
    /// The fields that it is about.
    pub fields: Vec<FieldWords>,
}

/// A finding in an example.
#[derive(Clone, Debug, Serialize)]
pub struct ExampleFinding {
    /// `error` or `warning`
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// The source text of the place.
    pub at: String,
    /// A few words for the place.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// A field, with the API page's words about it.
#[derive(Clone, Debug, Serialize)]
pub struct FieldWords {
    /// `caller-id.id`
    pub path: String,
    /// `cidData`
    pub wire: &'static [&'static str],
    /// The API page's words.
    pub page: &'static str,
}

impl FieldWords {
    pub(super) fn new(spec: &FieldSpec) -> Self {
        Self {
            path: spec.path(),
            wire: spec.wire,
            page: spec.page,
        }
    }
}

/// Collects the documentation of a rule; its bad example is linted for that.
pub fn rule(rule: &'static Rule) -> RuleDoc {
    let Rule {
        code,
        name,
        group,
        phase: _,
        severity,
        always_blocks_apply: _,
        fixable: _,
        summary,
        why,
        about,
        bad,
        good,
    } = rule;
    let (says, fix) = example_findings(rule);
    RuleDoc {
        code,
        name,
        severity: severity.as_str(),
        group: group.title(),
        summary,
        why,
        bad,
        good,
        says,
        fix,
        fields: FIELDS.iter().filter(|spec| about(spec)).map(FieldWords::new).collect(),
    }
}

/// What lint reports in a rule's bad example, and whether it can fix that.
fn example_findings(rule: &Rule) -> (Vec<ExampleFinding>, Option<&'static str>) {
    if rule.bad.is_empty() {
        return (Vec::new(), None);
    }
    let (findings, sources) = example::check(&example::project(rule.bad));
    let own: Vec<_> = findings
        .iter()
        .filter(|finding| finding.rule.code == rule.code)
        .collect();
    let fix = own.iter().find_map(|finding| finding.fix.as_ref());
    let fix = fix.map(|fix| match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    });
    let says = own.iter().map(|finding| ExampleFinding {
        severity: finding.severity.as_str(),
        message: finding.message.clone(),
        at: at(sources.slice(finding.place)),
        label: finding.label.clone(),
        help: finding.help.clone(),
    });
    (says.collect(), fix)
}

/// The text of a place, if it is short enough to quote.
fn at(text: &str) -> String {
    let is_short = text.len() <= 60 && !text.contains(['\n', '`']);
    let text = if is_short { text.trim() } else { "" };
    example::shown(text).trim_end().to_owned()
}

/// The rule's page.
pub fn page(rule: &'static Rule) -> DocPage {
    let doc = self::rule(rule);
    let selector = selectors_of(rule.group).find(|selector| selects(selector, rule));
    let about = match selector {
        Some(selector) => format!("{} by default · {selector}: {}", doc.severity, doc.group),
        None => format!("{} by default", doc.severity),
    };
    let mut page = DocPage::new(format!("{} {}", doc.code, doc.name), about);
    page.text(doc.summary);
    page.heading("Why it matters").text(doc.why);
    if doc.bad.is_empty() {
        page.heading("Example")
            .text("None: it is about a file as such, not about what stands in one.");
    } else {
        page.heading("Fails").code(example::shown(doc.bad));
        page.blocks.push(super::PageBlock::Output(output(&doc)));
        page.heading("Passes").code(example::shown(doc.good));
    }
    if let Some(words) = match doc.fix {
        Some("safe") => Some("`dialform lint --fix` fixes the example above."),
        Some(_) => Some(
            "`dialform lint --unsafe-fixes` fixes the example above; look at what comes out, since it is only likely what \
             was meant.",
        ),
        None => None,
    } {
        page.heading("Fix").text(words);
    }
    let words = words_of(&doc.fields);
    if !words.is_empty() {
        page.heading("In the words of the API page").items(words);
    } else if !doc.fields.is_empty() {
        let fields = doc.fields.iter().map(|field| {
            let wire: Vec<String> = field.wire.iter().map(|wire| format!("`{wire}`")).collect();
            let sent = match wire.as_slice() {
                [] => "never sent".to_owned(),
                wire => wire.join(", "),
            };
            (format!("`{}`", field.path), sent)
        });
        page.heading("Its fields, here and in the API").items(fields.collect());
    }
    configuring(&mut page, rule);
    page
}

fn output(doc: &RuleDoc) -> String {
    let mut out = String::new();
    for said in &doc.says {
        out.push_str(&format!("{}[{}]: {}\n", said.severity, doc.code, said.message));
        if !said.label.is_empty() && !said.at.is_empty() {
            out.push_str(&format!("  at `{}`: {}\n", said.at, said.label));
        }
        if let Some(help) = &said.help {
            out.push_str(&format!("  help: {help}\n"));
        }
    }
    out
}

/// The API page's words for each field; fields with the same words are grouped.
fn words_of(fields: &[FieldWords]) -> Vec<(String, String)> {
    let mut words: Vec<(String, String)> = Vec::new();
    for field in fields.iter().filter(|field| !field.wire.is_empty()) {
        // Some fields have only their name there.
        if field.wire.iter().any(|wire| wire.ends_with(field.page)) {
            continue;
        }
        let names: Vec<String> = field.wire.iter().map(|wire| format!("`{}`", short(wire))).collect();
        let names = names.join(", ");
        match words.iter_mut().find(|(_, page)| page == field.page) {
            Some((known, _)) => known.push_str(&format!(", {names}")),
            None => words.push((names, field.page.to_owned())),
        }
    }
    words
}

/// A wire path without the object that nearly all of them are in.
pub(super) fn short(wire: &'static str) -> &'static str {
    ["additionalOptions.", "redialStrategyOptions."]
        .iter()
        .find_map(|object| wire.strip_prefix(object))
        .unwrap_or(wire)
}

/// How to configure the rule for a project, and to ignore it in a place.
fn configuring(page: &mut DocPage, rule: &Rule) {
    let Rule {
        code, name, severity, ..
    } = rule;
    let (turn, into) = match severity {
        Severity::Error => ("warn", "a warning"),
        Severity::Warning => ("error", "an error"),
    };
    let mut ways = vec![(
        format!("`lint {{ {turn} \"{name}\" }}`"),
        format!("in `project`: {into} in the whole project; `allow` instead hides it"),
    )];
    let is_about_a_place = !rule.bad.is_empty();
    if is_about_a_place && rule.group != RuleGroup::Suppressions {
        ways.push((
            format!("`// dialform: ignore[{code}] why`"),
            "above the line or at its end: hides it there; `file-ignore` instead, in the whole file".to_owned(),
        ));
    }
    page.heading("Turning and ignoring it").items(ways);
    if rule.always_blocks_apply {
        page.text("`plan` and `apply` stop at it all the same: the request would lack a part, or say something else.");
    }
}
