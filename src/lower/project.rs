//! The `project` node, with its `lint` block.

use super::{Lowering, TOP_LEVEL};
use crate::fields::{PROJECT, Setting, TopLevelSpec, in_project};
use crate::finding::{Fix, Severity};
use crate::model::{OnChange, ProjectNode, SettingNodes};
use crate::project::discovery::{MAX_PATTERNS, check_pattern};
use crate::project::source::Span;
use crate::rules::bad_glob::InvalidGlob;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::set_but_no_effect::NoEffect;
use crate::rules::too_many_patterns::TooManyPatterns;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_rule::UnknownRule;
use crate::syntax::Node;
use crate::util::suggest::closest;

/// Whether `project` has a node of this name.
pub(super) fn is_setting(name: &str) -> bool {
    in_project(name).is_some()
}

/// How a line of `lint { … }` is written.
const LINT_TAKES: &str = "warn \"rule-name\" \"DF402\" \"DF4\"";

/// What a line of `lint { … }` does with its rules.
#[derive(Clone, Copy)]
enum LintLine {
    /// Sets their severity; `None` switches them off.
    Severity(Option<Severity>),
    /// Nothing hides their findings.
    Enforce,
}

impl Lowering<'_> {
    pub(super) fn project(&mut self, node: Node<'_, '_>) -> ProjectNode {
        let mut project = ProjectNode::default();
        self.refuse_annotations(node);
        if let Some(entry) = node.entries().first() {
            let violation = UnexpectedArgument {
                setting: "project",
                takes: "project { … }",
                suggestion: None,
            };
            self.sink.report(self.place(entry.span()), &violation);
        }
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for child in node.children() {
            let name = &*child.name().text;
            let Some(TopLevelSpec {
                name: known,
                usage: takes,
                ..
            }) = in_project(name).copied()
            else {
                // Whatever it is, it may be meant for the dialect.
                project.account.hides_dialect |= project.account.dialect.is_none();
                self.unknown_in_project(child);
                continue;
            };
            let stands_once = !matches!(known, "campaigns" | "wire-value" | "lint");
            if stands_once && self.is_second(node, child, known, &mut seen) {
                project.account.hides_dialect |= known == "dialect";
                continue;
            }
            self.refuse_annotations(child);
            self.project_setting(child, known, takes, &mut project);
            project.account.hides_dialect |= known == "dialect" && project.account.dialect.is_none();
        }
        project.account.hides_dialect |= node.is_damaged() && project.account.dialect.is_none();
        project
    }

    /// Whether a block has a node of this name already, which is reported. Otherwise it is kept as `seen`.
    pub(super) fn is_second<'k>(
        &mut self,
        block: Node<'_, '_>,
        node: Node<'_, '_>,
        known: &'k str,
        seen: &mut Vec<(&'k str, Span)>,
    ) -> bool {
        let first = seen.iter().find(|(seen, _)| *seen == known).map(|(_, first)| *first);
        match first {
            Some(first) => {
                let earlier = block.children().find(|earlier| earlier.name().span == first);
                self.duplicate(known, node, self.place(first), earlier);
            }
            None => seen.push((known, node.name().span)),
        }
        first.is_some()
    }

    /// Reports a node that belongs elsewhere; what it declares is not unknown.
    pub(super) fn misplaced(&mut self, node: Node<'_, '_>, belongs: &str) {
        let (name, span) = (&*node.name().text, node.name().span);
        if TOP_LEVEL.contains(&name) {
            self.presume_names(node);
        }
        self.sink.report(self.place(span), &MisplacedSetting { name, belongs });
    }

    fn unknown_in_project(&mut self, node: Node<'_, '_>) {
        let (name, span) = (&*node.name().text, node.name().span);
        if self.is_unread(name, span) {
            return;
        }
        let belongs = match name {
            _ if Setting::find(name, None).is_some() => Some("in `campaign \"…\" { … }` or a template"),
            _ if TOP_LEVEL.contains(&name) => Some("at the top level of a file"),
            _ => None,
        };
        if let Some(belongs) = belongs {
            self.misplaced(node, belongs);
            return;
        }
        let known: Vec<&str> = PROJECT.iter().map(|spec| spec.name).collect();
        self.unknown_name(name, span, "`project`", &known);
    }

    fn project_setting(&mut self, node: Node<'_, '_>, known: &str, takes: &str, project: &mut ProjectNode) {
        match known {
            "lint" => self.lint(node, takes, project),
            "on-change" => project.on_change = self.default_on_change(node),
            "campaigns" => self.campaigns(node, takes, project),
            _ => self.account_setting(node, known, takes, &mut project.account),
        }
    }

    fn campaigns(&mut self, node: Node<'_, '_>, takes: &str, project: &mut ProjectNode) {
        let texts = self.texts(node, "campaigns", takes, 1);
        let Some(first) = texts.as_ref().and_then(|texts| texts.first()) else {
            return;
        };
        if project.campaigns.len() == MAX_PATTERNS {
            self.sink.report(first.place, &TooManyPatterns);
            return;
        }
        let written = &*first.value;
        match check_pattern(written) {
            Ok(()) => match unfindable(written) {
                None => project.campaigns.push(first.clone()),
                Some(why) => drop(self.sink.report(first.place, &InvalidGlob { written, why })),
            },
            Err(why) => drop(self.sink.report(first.place, &InvalidGlob { written, why: &why })),
        }
    }

    /// `on-change` of the project: the setting of campaigns, as a default for all of them.
    fn default_on_change(&mut self, node: Node<'_, '_>) -> Option<OnChange> {
        let mut stated = SettingNodes::new(self.place(node.name().span).file, 1, 2);
        self.setting(node, Setting::OnChange, &mut stated);
        let node = stated.find(Setting::OnChange)?;
        for value in node.values() {
            let spec = value.field.spec();
            if spec.allowed.holds(&stated) == Some(false) {
                let (what, condition) = (vec![spec.written()], spec.allowed.in_words());
                self.sink.report(value.entry, &NoEffect { what, condition });
            }
        }
        OnChange::of(node)
    }

    /// `lint { warn "http-webhook"; allow "unused-alias"; error "start-in-past"; enforce "DF6" }`
    fn lint(&mut self, node: Node<'_, '_>, takes: &str, project: &mut ProjectNode) {
        if let Some(entry) = node.entries().first() {
            let violation = UnexpectedArgument {
                setting: "lint",
                takes,
                suggestion: None,
            };
            self.sink.report(self.place(entry.span()), &violation);
        } else if node.block().is_none() && !node.is_damaged() {
            let violation = MissingArgument {
                setting: "lint",
                takes,
                suggestion: None,
            };
            self.sink.report(self.place(node.name().span), &violation);
        }
        for child in node.children() {
            self.refuse_annotations(child);
            let name = &*child.name().text;
            let line = match name {
                "error" => LintLine::Severity(Some(Severity::Error)),
                "warn" => LintLine::Severity(Some(Severity::Warning)),
                "allow" => LintLine::Severity(None),
                "enforce" => LintLine::Enforce,
                _ if self.is_unread(name, child.name().span) => continue,
                _ => {
                    self.unknown_name(
                        name,
                        child.name().span,
                        "`lint`",
                        &["error", "warn", "allow", "enforce"],
                    );
                    continue;
                }
            };
            if let Some(block) = child.block() {
                let violation = UnexpectedBlock {
                    setting: name,
                    takes: LINT_TAKES,
                };
                self.sink.report(self.place(block.open), &violation);
            }
            let mut count = 0;
            for entry in child.entries() {
                count += 1;
                if entry.name.is_some() {
                    let violation = UnexpectedArgument {
                        setting: name,
                        takes: LINT_TAKES,
                        suggestion: None,
                    };
                    self.sink.report(self.place(entry.span()), &violation);
                    continue;
                }
                let Some(rule) = self.text_value(&entry.value, "lint") else {
                    continue;
                };
                if crate::rules::selects_any(&rule.value) {
                    match line {
                        LintLine::Severity(severity) => project.lint.push((rule.value, severity)),
                        LintLine::Enforce => project.enforced.push(rule.value),
                    }
                } else {
                    let names = crate::rules::RULES.iter().map(|rule| rule.name);
                    let suggestion = closest(&rule.value, names);
                    let violation = UnknownRule {
                        name: &rule.value,
                        suggestion,
                    };
                    let finding = self.sink.report(rule.place, &violation);
                    if let Some(suggestion) = suggestion {
                        finding.fix(Fix::likely(rule.place.span, format!("\"{suggestion}\"")));
                    }
                }
            }
            if count == 0 && !child.is_damaged() {
                let violation = MissingArgument {
                    setting: name,
                    takes: LINT_TAKES,
                    suggestion: None,
                };
                self.sink.report(self.place(child.name().span), &violation);
            }
        }
    }
}

/// Why a pattern finds nothing, whatever files there are.
fn unfindable(pattern: &str) -> Option<&'static str> {
    if pattern.starts_with('/') {
        return Some("patterns are relative to the folder of dialform.kdl");
    }
    let mut parts = pattern
        .split('/')
        .skip_while(|part| !part.contains(['*', '?', '[', '{']));
    parts
        .any(|part| part == "..")
        .then_some("`..` goes before every wildcard")
}
