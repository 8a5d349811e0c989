//! The head of a campaign or template: its key or name, its template, and what people write there instead.

use super::definition::DefinitionKind;
use super::wire_names::{field_of_wire, instead_of_wire};
use super::{Lowering, fixes};
use crate::fields::{Setting, usage};
use crate::finding::Fix;
use crate::model::{Definition, Spanned};
use crate::project::source::Place;
use crate::rules::bad_key::{InvalidKey, key_of_name};
use crate::rules::empty_text::EmptyText;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unknown_property::UnknownProperty;
use crate::rules::wire_name::{Instead, WireName};
use crate::syntax::{Entry, Node, Scalar, Text, Value};
use crate::util::suggest::{closest, is_key};

impl Lowering<'_> {
    /// Whether it is known which key is meant by one that cannot be taken: that and what is written count as declared.
    #[cold]
    pub(super) fn is_name_presumed(&mut self, node: Node<'_, '_>) -> bool {
        let written = node.entries().iter().find(|entry| entry.name.is_none());
        let Some(Scalar::String(written)) = written.map(|entry| &entry.value.scalar) else {
            return false;
        };
        let Some(instead) = key_like(written) else { return false };
        self.model.meant.push(written.as_ref().into());
        self.model.meant.push(instead.into());
        true
    }

    pub(super) fn head(&mut self, node: Node<'_, '_>, kind: DefinitionKind, definition: &mut Definition) {
        let mut seen_name = false;
        for (index, entry) in node.entries().iter().enumerate() {
            match &entry.name {
                None if !seen_name => {
                    seen_name = true;
                    definition.name = self.name(&entry.value, kind);
                }
                None => {
                    self.surplus_in_head(node.entries().get(index..).unwrap_or_default(), kind, definition);
                    break;
                }
                Some(name) if name.text == "template" => {
                    if definition.template.is_some() {
                        self.repeated_property("template", node, entry);
                        continue;
                    }
                    definition.template = self.text_value(&entry.value, "template").filter(|name| {
                        let is_empty = name.value.trim().is_empty();
                        if is_empty {
                            self.sink.report(name.place, &EmptyText { path: "template" });
                        }
                        !is_empty
                    });
                    // What the campaign inherits is unknown.
                    definition.incomplete |= definition.template.is_none();
                }
                Some(name) if !seen_name && self.is_key_meant(node, name, entry, kind, definition) => seen_name = true,
                Some(name) => self.unknown_in_head(name, kind, definition),
            }
        }
        if !seen_name && !node.is_damaged() {
            let violation = MissingArgument {
                setting: kind.word(),
                takes: kind.written(),
                suggestion: None,
            };
            self.sink.report(definition.keyword, &violation);
        }
    }

    /// A value behind the key, and all that follows it: often the template, `campaign "spring" "weekday"`, or
    /// `campaign "spring" template "weekday"`.
    #[cold]
    fn surplus_in_head(&mut self, surplus: &[Entry<'_>], kind: DefinitionKind, definition: &mut Definition) {
        let [first, ..] = surplus else { return };
        let is_word = |entry: &Entry<'_>| {
            let written = self.text.get(entry.value.span.range());
            entry.name.is_none() && written == Some("template")
        };
        let is_name = |entry: &&Entry<'_>| entry.name.is_none() && matches!(entry.value.scalar, Scalar::String(_));
        let (whole, template) = match surplus {
            [word, name, ..] if is_word(word) => (word.span().to(name.span()), Some(name)),
            [name, ..] => (name.span(), Some(name)),
            [] => return,
        };
        let is_free = kind == DefinitionKind::Campaign && definition.template.is_none();
        let template = template.filter(is_name).filter(|name| is_free && !is_word(name));
        let value = template.and_then(|name| self.text.get(name.value.span.range()));
        let meant = value.map(|value| format!("template={value}"));
        let violation = UnexpectedArgument {
            setting: kind.word(),
            takes: kind.written(),
            suggestion: meant.clone(),
        };
        let finding = self
            .sink
            .report(Place::new(self.file, first.span().to(whole)), &violation);
        if let Some(meant) = meant {
            finding.fix(Fix::likely(whole, meant));
        }
        // Whatever it is, it may be what the campaign inherits.
        definition.incomplete = true;
    }

    /// `campaign key="spring"` for `campaign "spring"`: reports it, and takes the name from there.
    #[cold]
    fn is_key_meant(
        &mut self,
        node: Node<'_, '_>,
        name: &Text<'_>,
        entry: &Entry<'_>,
        kind: DefinitionKind,
        definition: &mut Definition,
    ) -> bool {
        let Scalar::String(text) = &entry.value.scalar else {
            return false;
        };
        let is_near = closest(&name.text, ["template"]).is_some();
        let is_other =
            name.text != "name" && (Setting::find(&name.text, None).is_some() || field_of_wire(&name.text).is_some());
        let is_alone = node.entries().iter().all(|entry| entry.name.is_some());
        let key = match self.is_name(text, kind) {
            true => Some(text.as_ref().to_owned()),
            // A key as import makes it.
            false => key_like(text),
        };
        let Some(key) = key.filter(|_| !is_near && !is_other && is_alone) else {
            return false;
        };
        let value = format!("\"{key}\"");
        if key != *text {
            self.model.meant.push(text.as_ref().into());
        }
        let violation = MissingArgument {
            setting: kind.word(),
            takes: kind.written(),
            suggestion: Some(format!("{} {value}", kind.word())),
        };
        let name_place = self.place(name.span);
        let finding = self.sink.report(name_place, &violation);
        finding.fix(Fix::likely(entry.span(), value));
        definition.name = Some(Spanned::new(key.into(), self.place(entry.value.span)));
        true
    }

    /// Whether a text can be the name of a campaign or template. The names of templates reach nobody but the files.
    fn is_name(&self, text: &str, kind: DefinitionKind) -> bool {
        let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let is_script = || !text.is_ascii() && text.starts_with(char::is_alphanumeric) && text.chars().all(is_inner);
        is_key(text) || (kind == DefinitionKind::Template && is_script())
    }

    /// A property of the campaign itself that is not `template=`: often a setting that belongs into the block.
    fn unknown_in_head(&mut self, name: &Text<'_>, kind: DefinitionKind, definition: &mut Definition) {
        let place = self.place(name.span);
        if let Some(setting) = Setting::find(&name.text, None) {
            definition.presume([setting]);
            let belongs = format!("in the block, as `{}`", usage(setting));
            self.sink.report(
                place,
                &MisplacedSetting {
                    name: &name.text,
                    belongs: &belongs,
                },
            );
            return;
        }
        if let Some(spec) = field_of_wire(&name.text) {
            definition.presume([spec.setting]);
            let violation = WireName {
                wire: &name.text,
                instead: Instead::Write(&instead_of_wire(spec)),
            };
            self.sink.report(place, &violation);
            return;
        }
        let known = ["template"];
        let suggestion = closest(&name.text, known);
        match suggestion {
            Some(_) => definition.incomplete = true,
            None => definition.unguessed += 1,
        }
        let violation = UnknownProperty {
            setting: kind.word(),
            name: &name.text,
            suggestion,
            known: &known,
            extended: &[],
        };
        let finding = self.sink.report(place, &violation);
        if let Some(suggestion) = suggestion {
            finding.fix(fixes::suggested(name.span, &name.text, suggestion, suggestion));
        }
    }

    fn name(&mut self, value: &Value<'_>, kind: DefinitionKind) -> Option<Spanned<Box<str>>> {
        let name = self.text_value(value, kind.word())?;
        if self.is_name(&name.value, kind) {
            return Some(name);
        }
        let instead = key_like(&name.value);
        let violation = InvalidKey {
            kind: kind.word(),
            written: &name.value,
            instead: instead.clone(),
        };
        let finding = self.sink.report(name.place, &violation);
        if let Some(instead) = instead {
            finding.fix(Fix::likely(name.place.span, format!("\"{instead}\"")));
        }
        None
    }
}

/// The key that a text comes close to, if enough of it is left.
fn key_like(text: &str) -> Option<String> {
    // `visitReminder` is two words.
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut was_small = false;
    for c in text.chars() {
        if was_small && c.is_uppercase() {
            spaced.push('-');
        }
        was_small = c.is_lowercase() || c.is_ascii_digit();
        spaced.push(c);
    }
    let lower: String = spaced
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let parts: Vec<&str> = lower.split('-').filter(|part| !part.is_empty()).collect();
    let key = parts.join("-");
    let key = key.trim_start_matches('_');
    if key.len() * 2 >= text.chars().count() && is_key(key) {
        return Some(key.to_owned());
    }
    // As import makes keys of names.
    text.chars().any(char::is_alphanumeric).then(|| key_of_name(text))
}
