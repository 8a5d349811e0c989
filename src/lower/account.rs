//! What `project` and environments say of an account.

use jiff::tz::TimeZone;

use super::{Lowering, fixes};
use crate::fields::types::{BadStateAddress, StateAddress};
use crate::fields::{Dialect, FIELDS, Json};
use crate::finding::Fix;
use crate::model::{AccountNode, Spanned};
use crate::project::source::Span;
use crate::rules::bad_address::InvalidAddress;
use crate::rules::bad_state_address::InvalidStateAddress;
use crate::rules::bad_token_env::InvalidTokenEnv;
use crate::rules::duplicate_setting::DuplicateSetting;
use crate::rules::empty_text::EmptyText;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_property::UnknownProperty;
use crate::rules::unknown_value::UnknownValue;
use crate::syntax::{Node, Scalar};
use crate::util::suggest::closest;

/// How the names of variables begin that `token-env` takes.
const TOKEN_VARIABLES: [&str; 2] = ["DIALFORM_", "TWIN_"];

/// The properties of `state`.
const OF_STATE: [&str; 2] = ["endpoint", "region"];

impl Lowering<'_> {
    /// A node about the account.
    pub(super) fn account_setting(&mut self, node: Node<'_, '_>, known: &str, takes: &str, account: &mut AccountNode) {
        if known == "state" {
            self.state(node, takes, account);
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
                } else if known == "api" {
                    account.api = Some(first.clone());
                } else {
                    account.login = Some(first.clone());
                }
            }
            "dialect" => match &*first.value {
                "classic" => account.dialect = Some(Dialect::Classic),
                "extended" => account.dialect = Some(Dialect::Extended),
                other => self.unknown_word("dialect", other, first.place.span, &["classic", "extended"]),
            },
            "timezone" => self.timezone(first, account),
            "token-command" => account.token_command = Some(first.value.clone()),
            "token-env" => {
                let name = &*first.value;
                let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
                let rest = TOKEN_VARIABLES.iter().find_map(|start| name.strip_prefix(start));
                if rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_sign)) {
                    account.token_env = Some(first.value.clone());
                } else {
                    self.sink.report(first.place, &InvalidTokenEnv { name });
                }
            }
            _ => {
                let names = wire_value_names();
                if names.contains(&&*first.value) {
                    self.wire_value_node(node, first, rest, account);
                } else {
                    self.unknown_word("wire-value", &first.value, first.place.span, &names);
                }
            }
        }
    }

    fn timezone(&mut self, name: &Spanned<Box<str>>, account: &mut AccountNode) {
        if TimeZone::get(&name.value).is_ok() {
            account.timezone = Some(name.value.clone());
            return;
        }
        let suggestion = closest_zone(&name.value);
        let known = vec!["an IANA name such as \"Europe/Moscow\" or \"Asia/Yekaterinburg\"".to_owned()];
        let violation = UnknownValue {
            path: "timezone",
            value: &name.value,
            suggestion: suggestion.clone(),
            known,
            takes: None,
        };
        let finding = self.sink.report(name.place, &violation);
        finding.fix = suggestion.map(|suggestion| Fix::likely(name.place.span, suggestion));
    }

    /// `state "s3://BUCKET/PREFIX" endpoint="…" region="…"`
    fn state(&mut self, node: Node<'_, '_>, takes: &str, account: &mut AccountNode) {
        // Nothing takes the state of another place where this one is wrong.
        let unusable = StateAddress::Unusable(BadStateAddress::Path);
        account.state = Some(Spanned::new(unusable, self.place(node.name().span)));
        let mut properties = [None, None];
        let mut place = None;
        for entry in node.entries() {
            let Some(name) = &entry.name else {
                if place.is_some() {
                    let violation = UnexpectedArgument {
                        setting: "state",
                        takes,
                        suggestion: None,
                    };
                    self.sink.report(self.place(entry.span()), &violation);
                    return;
                }
                let Some(text) = self.text_value(&entry.value, "state") else {
                    return;
                };
                place = Some(text);
                continue;
            };
            let Some(index) = OF_STATE.iter().position(|known| name.text == *known) else {
                self.unknown_property_of("state", &name.text, name.span, &OF_STATE);
                return;
            };
            if properties[index].is_some() {
                self.repeated_property(&name.text, node, entry);
                continue;
            }
            let Some(text) = self.text_value(&entry.value, OF_STATE[index]) else {
                return;
            };
            properties[index] = Some(text);
        }
        if let Some(block) = node.block() {
            let setting = "state";
            self.sink
                .report(self.place(block.open), &UnexpectedBlock { setting, takes });
            return;
        }
        let Some(written) = place else {
            if !node.is_damaged() {
                let violation = MissingArgument {
                    setting: "state",
                    takes,
                    suggestion: None,
                };
                self.sink.report(self.place(node.name().span), &violation);
            }
            return;
        };
        if written.value.trim().is_empty() {
            self.sink.report(written.place, &EmptyText { path: "state" });
            return;
        }
        let [endpoint, region] = properties.map(|text| text.map(|text| text.value));
        let parsed = StateAddress::parse(&written.value, endpoint.as_deref(), region.as_deref());
        let address = parsed.unwrap_or_else(|why| {
            let violation = InvalidStateAddress { why };
            self.sink.report(written.place, &violation);
            StateAddress::Unusable(violation.why)
        });
        account.state = Some(Spanned::new(address, written.place));
    }

    /// Reports a property that a node outside of campaigns does not have.
    pub(super) fn unknown_property_of(&mut self, setting: &str, name: &str, span: Span, known: &[&str]) {
        let suggestion = closest(name, known.iter().copied());
        let violation = UnknownProperty {
            setting,
            name,
            suggestion,
            known,
            extended: &[],
        };
        let finding = self.sink.report(self.place(span), &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(fixes::suggested(span, name, suggestion, suggestion));
        }
    }

    fn wire_value_node(
        &mut self,
        node: Node<'_, '_>,
        name: &Spanned<Box<str>>,
        rest: &[Spanned<Box<str>>],
        account: &mut AccountNode,
    ) {
        if account.wire_values.iter().any(|(known, _)| *known == name.value) {
            let full = format!("wire-value \"{}\"", name.value);
            self.sink
                .report(self.place(node.head()), &DuplicateSetting { name: &full });
            return;
        }
        let value = rest.first().map(|value| (name.value.clone(), value.value.clone()));
        account.wire_values.extend(value);
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
    pub(super) fn texts(
        &mut self,
        node: Node<'_, '_>,
        name: &str,
        takes: &str,
        wanted: usize,
    ) -> Option<Vec<Spanned<Box<str>>>> {
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
