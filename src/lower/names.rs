//! `aliases` and `moved`: the top-level nodes that declare and rename names.

use super::{Lowering, fixes, whole};
use crate::fields::{AliasKind, parse_uuid};
use crate::model::{Alias, Moved, Spanned, Swallowed};
use crate::project::source::Place;
use crate::project::source::Span;
use crate::rules::bad_id::InvalidId;
use crate::rules::bad_key::InvalidKey;
use crate::rules::empty_text::EmptyText;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::nil_id::{NilId, is_nil};
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_property::UnknownProperty;
use crate::syntax::{Node, Scalar, Value};
use crate::util::suggest::{closest, is_key};

/// How `moved` is written.
const MOVED_TAKES: &str = "moved from=\"old-key\" to=\"new-key\"";

impl Lowering<'_> {
    /// `aliases { scenario promo="…" }`
    pub(super) fn aliases(&mut self, node: Node<'_, '_>, aliases: &mut Vec<Alias>) {
        const TAKES: &str = "scenario promo=\"228cc4fa-92f2-4709-94e3-7344a96a5903\"";
        let reported = self.sink.len();
        let mut nil: Vec<(AliasKind, Span)> = Vec::new();
        let mut is_lost = node.is_damaged();
        self.refuse_annotations(node);
        if let Some(entry) = node.entries().first() {
            let violation = UnexpectedArgument {
                setting: "aliases",
                takes: "aliases { scenario promo=\"UUID\" }",
                suggestion: None,
            };
            self.sink.report(self.place(entry.span()), &violation);
        }
        for child in node.children() {
            let word = &*child.name().text;
            let Some(kind) = AliasKind::ALL.into_iter().find(|kind| kind.word() == word) else {
                self.presume_names(child);
                is_lost |= child.is_damaged();
                if !self.is_unread(word, child.name().span) {
                    let known = AliasKind::ALL.map(AliasKind::word);
                    self.unknown_name(word, child.name().span, "`aliases`", &known);
                }
                continue;
            };
            is_lost |= child.is_damaged();
            self.refuse_annotations(child);
            if let Some(block) = child.block() {
                self.sink.report(
                    self.place(block.open),
                    &UnexpectedBlock {
                        setting: word,
                        takes: TAKES,
                    },
                );
            }
            if child.entries().is_empty() && !child.is_damaged() {
                is_lost = true;
                self.sink.report(
                    self.place(child.name().span),
                    &MissingArgument {
                        setting: word,
                        takes: TAKES,
                        suggestion: None,
                    },
                );
            }
            let mut has_name = false;
            for entry in child.entries() {
                let Some(name) = &entry.name else {
                    self.sink.report(
                        self.place(entry.span()),
                        &UnexpectedArgument {
                            setting: word,
                            takes: TAKES,
                            suggestion: None,
                        },
                    );
                    // `scenario promo "228c…"`: the id follows the name.
                    has_name |= self.is_alias_presumed(&entry.value);
                    is_lost |= !has_name;
                    continue;
                };
                if self.is_unread(&name.text, name.span) {
                    is_lost = true;
                    continue;
                }
                let id = self.alias_id(kind, &entry.value);
                nil.extend(id.as_deref().filter(|id| is_nil(id)).map(|_| (kind, entry.value.span)));
                let place = self.place(name.span);
                aliases.push(Alias {
                    kind,
                    name: Spanned::new(name.text.as_ref().into(), place),
                    id,
                });
            }
        }
        self.model.incomplete |= self.sink.len() > reported;
        for (kind, span) in nil {
            self.sink.report(self.place(span), &NilId { path: kind.word() });
        }
        if is_lost {
            let kinds = Swallowed {
                aliases: true,
                ..Swallowed::default()
            };
            self.swallow(kinds, whole(node));
        }
    }

    /// Whether a value that stands in the place of `name="UUID"` is the name: then it counts as declared.
    #[cold]
    fn is_alias_presumed(&mut self, value: &Value<'_>) -> bool {
        match &value.scalar {
            Scalar::String(text) if parse_uuid(text).is_none() => {
                self.model.meant.push(text.as_ref().into());
                true
            }
            _ => false,
        }
    }

    fn alias_id(&mut self, alias: AliasKind, value: &Value<'_>) -> Option<Box<str>> {
        let place = self.place(value.span);
        let kind = alias.word();
        if matches!(value.scalar, Scalar::Number(_)) {
            self.number_for_text(value.span, kind, Some(alias), false);
            return None;
        }
        let Scalar::String(text) = &value.scalar else {
            if value.scalar == Scalar::Invalid {
                self.unquoted_alias(alias, value.span);
            }
            return self.text_value(value, kind).map(|text| text.value);
        };
        if let Some(id) = parse_uuid(text) {
            return Some(id.hyphenated().to_string().into());
        }
        if text.trim().is_empty() {
            self.sink.report(place, &EmptyText { path: kind });
            return None;
        }
        let violation = InvalidId {
            path: kind,
            written: text,
            alias: Some(alias),
        };
        self.sink.report(place, &violation).fix = fixes::uuid(value.span, text);
        None
    }

    /// `moved from="old" to="new"`
    pub(super) fn moved(&mut self, node: Node<'_, '_>) -> Option<Moved> {
        self.refuse_annotations(node);
        let mut from = None;
        let mut to = None;
        let mut whole = !node.is_damaged();
        for entry in node.entries() {
            let place = self.place(entry.span());
            let slot = match entry.name.as_ref().map(|name| &*name.text) {
                Some("from") => &mut from,
                Some("to") => &mut to,
                Some(name) => {
                    whole = false;
                    let known = ["from", "to"];
                    let suggestion = closest(name, known);
                    let violation = UnknownProperty {
                        setting: "moved",
                        name,
                        suggestion,
                        known: &known,
                        extended: &[],
                    };
                    let span = entry.name.as_ref().map_or(place.span, |name| name.span);
                    let finding = self.sink.report(self.place(span), &violation);
                    if let Some(suggestion) = suggestion {
                        finding.fix(fixes::suggested(span, name, suggestion, suggestion));
                    }
                    continue;
                }
                // `moved "old" "new"` is one mistake.
                None if !whole => continue,
                None => {
                    whole = false;
                    self.sink.report(
                        place,
                        &UnexpectedArgument {
                            setting: "moved",
                            takes: MOVED_TAKES,
                            suggestion: None,
                        },
                    );
                    continue;
                }
            };
            if slot.is_some() {
                let name = entry.name.as_ref().map_or("", |name| &*name.text);
                self.repeated_property(name, node, entry);
                continue;
            }
            let Scalar::String(text) = &entry.value.scalar else {
                whole &= self.text_value(&entry.value, "moved").is_some();
                continue;
            };
            let value = Spanned::new(Box::<str>::from(text.as_ref()), Place::new(self.file, entry.value.span));
            if is_key(text) {
                *slot = Some(value);
            } else {
                whole = false;
                self.sink.report(
                    value.place,
                    &InvalidKey {
                        kind: "campaign",
                        written: text,
                        instead: None,
                    },
                );
            }
        }
        if let Some(block) = node.block() {
            self.sink.report(
                self.place(block.open),
                &UnexpectedBlock {
                    setting: "moved",
                    takes: MOVED_TAKES,
                },
            );
        }
        match (from, to) {
            (Some(from), Some(to)) => Some(Moved { from, to }),
            _ => {
                if whole {
                    self.sink.report(
                        self.place(node.name().span),
                        &MissingArgument {
                            setting: "moved",
                            takes: MOVED_TAKES,
                            suggestion: None,
                        },
                    );
                }
                None
            }
        }
    }
}
