//! The `project` node, with its `lint` block.

use jiff::tz::TimeZone;

use super::{Lowering, TOP_LEVEL, fixes};
use crate::fields::{Dialect, FIELDS, Json, PROJECT, Setting, TopLevelSpec, in_project};
use crate::finding::{Fix, Severity};
use crate::model::{OnChange, ProjectNode, SettingNodes, Spanned};
use crate::project::discovery::{MAX_PATTERNS, check_pattern};
use crate::project::source::Span;
use crate::rules::bad_address::InvalidAddress;
use crate::rules::bad_glob::InvalidGlob;
use crate::rules::duplicate_setting::DuplicateSetting;
use crate::rules::empty_text::EmptyText;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::set_but_no_effect::NoEffect;
use crate::rules::too_many_patterns::TooManyPatterns;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_rule::UnknownRule;
use crate::rules::unknown_value::UnknownValue;
use crate::syntax::{Node, Scalar};
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
            let span = child.name().span;
            let Some(TopLevelSpec {
                name: known,
                usage: takes,
                ..
            }) = in_project(name).copied()
            else {
                // Whatever it is, it may be meant for the dialect.
                project.hides_dialect |= project.dialect.is_none();
                self.unknown_in_project(child);
                continue;
            };
            if !matches!(known, "campaigns" | "wire-value" | "lint") {
                if let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == known) {
                    project.hides_dialect |= known == "dialect";
                    let earlier = node.children().find(|earlier| earlier.name().span == *first);
                    self.duplicate(known, child, self.place(*first), earlier);
                    continue;
                }
                seen.push((known, span));
            }
            self.refuse_annotations(child);
            self.project_setting(child, known, takes, &mut project);
            project.hides_dialect |= known == "dialect" && project.dialect.is_none();
        }
        project.hides_dialect |= node.is_damaged() && project.dialect.is_none();
        project
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
            if TOP_LEVEL.contains(&name) {
                self.presume_names(node);
            }
            self.sink.report(self.place(span), &MisplacedSetting { name, belongs });
            return;
        }
        let known: Vec<&str> = PROJECT.iter().map(|spec| spec.name).collect();
        self.unknown_name(name, span, "`project`", &known);
    }

    fn project_setting(&mut self, node: Node<'_, '_>, known: &str, takes: &str, project: &mut ProjectNode) {
        if known == "lint" {
            self.lint(node, takes, project);
            return;
        }
        if known == "on-change" {
            project.on_change = self.default_on_change(node);
            return;
        }
        let wanted = if known == "wire-value" { 2 } else { 1 };
        let Some(arguments) = self.texts(node, known, takes, wanted) else {
            return;
        };
        let [first, rest @ ..] = arguments.as_slice() else {
            return;
        };
        match known {
            "api" | "login" => {
                if let Err(why) = first.value.parse::<crate::fields::base_url::BaseUrl>() {
                    let why = why.to_string();
                    self.sink.report(
                        first.place,
                        &InvalidAddress {
                            setting: known,
                            written: &first.value,
                            why: &why,
                        },
                    );
                    return;
                }
                if known == "api" {
                    project.api = Some(first.clone());
                } else {
                    project.login = Some(first.clone());
                }
            }
            "dialect" => match &*first.value {
                "classic" => project.dialect = Some(Dialect::Classic),
                "extended" => project.dialect = Some(Dialect::Extended),
                other => self.unknown_word("dialect", other, first.place.span, &["classic", "extended"]),
            },
            "timezone" => {
                if TimeZone::get(&first.value).is_ok() {
                    project.timezone = Some(first.value.clone());
                } else {
                    let suggestion = closest_zone(&first.value);
                    let known = vec!["an IANA name such as \"Europe/Moscow\" or \"Asia/Yekaterinburg\"".to_owned()];
                    let violation = UnknownValue {
                        path: "timezone",
                        value: &first.value,
                        suggestion: suggestion.clone(),
                        known,
                        takes: None,
                    };
                    let finding = self.sink.report(first.place, &violation);
                    finding.fix = suggestion.map(|suggestion| Fix::likely(first.place.span, suggestion));
                }
            }
            "campaigns" if project.campaigns.len() == MAX_PATTERNS => {
                self.sink.report(first.place, &TooManyPatterns);
            }
            "campaigns" => match check_pattern(&first.value) {
                Ok(()) => match unfindable(&first.value) {
                    None => project.campaigns.push(first.clone()),
                    Some(why) => {
                        let written = &*first.value;
                        self.sink.report(first.place, &InvalidGlob { written, why });
                    }
                },
                Err(why) => {
                    self.sink.report(
                        first.place,
                        &InvalidGlob {
                            written: &first.value,
                            why: &why,
                        },
                    );
                }
            },
            "token-command" => project.token_command = Some(first.value.clone()),
            _ => {
                let names = wire_value_names();
                if names.contains(&&*first.value) {
                    self.wire_value_node(node, first, rest, project);
                } else {
                    self.unknown_word("wire-value", &first.value, first.place.span, &names);
                }
            }
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

    fn wire_value_node(
        &mut self,
        node: Node<'_, '_>,
        name: &Spanned<Box<str>>,
        rest: &[Spanned<Box<str>>],
        project: &mut ProjectNode,
    ) {
        if project.wire_values.iter().any(|(known, _)| *known == name.value) {
            let full = format!("wire-value \"{}\"", name.value);
            self.sink
                .report(self.place(node.head()), &DuplicateSetting { name: &full });
            return;
        }
        let value = rest.first().map(|value| (name.value.clone(), value.value.clone()));
        project.wire_values.extend(value);
    }

    fn unknown_word(&mut self, path: &str, word: &str, span: Span, known: &[&str]) {
        let suggestion = closest(word, known.iter().copied()).map(|word| format!("\"{word}\""));
        let known = known.iter().map(|word| format!("\"{word}\"")).collect();
        let violation = UnknownValue {
            path,
            value: word,
            suggestion: suggestion.clone(),
            known,
            takes: None,
        };
        let finding = self.sink.report(self.place(span), &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(fixes::suggested(
                span,
                word,
                suggestion.trim_matches('"'),
                suggestion.clone(),
            ));
        }
    }

    /// Exactly so many string arguments, no properties, no block.
    fn texts(&mut self, node: Node<'_, '_>, name: &str, takes: &str, wanted: usize) -> Option<Vec<Spanned<Box<str>>>> {
        let mut found = Vec::new();
        for (index, entry) in node.entries().iter().enumerate() {
            if entry.name.is_some() || index >= wanted {
                self.sink.report(
                    self.place(entry.span()),
                    &UnexpectedArgument {
                        setting: name,
                        takes,
                        suggestion: None,
                    },
                );
                return None;
            }
            let text = match entry.value.scalar {
                // Quotation marks make no zone of `3`.
                Scalar::Number(written) if name == "timezone" => {
                    Spanned::new(written.into(), self.place(entry.value.span))
                }
                _ => self.text_value(&entry.value, name)?,
            };
            if text.value.trim().is_empty() {
                self.sink.report(text.place, &EmptyText { path: name });
                return None;
            }
            found.push(text);
        }
        if let Some(block) = node.block() {
            self.sink
                .report(self.place(block.open), &UnexpectedBlock { setting: name, takes });
            return None;
        }
        if found.len() < wanted {
            if !node.is_damaged() {
                self.sink.report(
                    self.place(node.name().span),
                    &MissingArgument {
                        setting: name,
                        takes,
                        suggestion: None,
                    },
                );
            }
            return None;
        }
        Some(found)
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

/// The names that `wire-value` takes, from the table.
pub(crate) fn wire_value_names() -> Vec<&'static str> {
    let choices = FIELDS.iter().flat_map(|spec| spec.choices());
    choices
        .flat_map(|choice| choice.wire)
        .filter_map(|wire| match wire {
            Json::Configured { name, .. } => Some(*name),
            _ => None,
        })
        .collect()
}

fn closest_zone(name: &str) -> Option<String> {
    let zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|zone| zone.as_str().to_owned())
        .collect();
    let by_city = zones.iter().find(|zone| {
        zone.rsplit('/')
            .next()
            .is_some_and(|city| city.eq_ignore_ascii_case(&name.replace(' ', "_")))
    });
    let zone = by_city
        .map(String::as_str)
        .or_else(|| closest(name, zones.iter().map(String::as_str)));
    zone.map(|zone| format!("\"{zone}\""))
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
