//! Campaigns and templates: their head, and the settings in their block.

use super::wire_names::{field_of_wire, fields_in_wire, instead_of_wire};
use super::wire_pairs;
use super::{Lowering, TOP_LEVEL, describe, fixes, whole};
use crate::fields::{SETTINGS, Setting, Slot, usage};
use crate::finding::Fix;
use crate::model::{Definition, MAX_WEBHOOKS, SettingNodes, Spanned, Swallowed};
use crate::project::source::{Place, Span};
use crate::rules::bad_key::{InvalidKey, key_of_name};
use crate::rules::empty_text::EmptyText;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::too_many_webhooks::TooManyWebhooks;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unknown_property::UnknownProperty;
use crate::rules::wire_name::{self, Instead, WireBody, WireName};
use crate::rules::wrong_type::WrongType;
use crate::rules::{bad_number, bare_keyword, bare_value, url_cut_by_comment};
use crate::syntax::{Entry, Node, Scalar, Text, Value};
use crate::util::suggest::{closest, is_key, is_template_name};

/// How many arguments of a usual campaign are implied by the rest of their nodes.
const IMPLIED: usize = 8;

/// A campaign or a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DefinitionKind {
    Campaign,
    Template,
}

impl DefinitionKind {
    fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Template => "template",
        }
    }

    fn written(self) -> &'static str {
        match self {
            Self::Campaign => "campaign \"key\" template=\"name\" { … }",
            Self::Template => "template \"name\" { … }",
        }
    }
}

/// So many words of the API in one campaign are a request body.
const WIRE_BODY: usize = 6;

/// The node whose block a setting is in.
struct Enclosing<'t, 's> {
    /// The campaign, the template or the `redial` block itself.
    node: Node<'t, 's>,
    /// Its setting, if it is `redial`.
    parent: Option<Setting>,
    /// What the block belongs to.
    kind: DefinitionKind,
}

impl Lowering<'_> {
    pub(super) fn definition(&mut self, node: Node<'_, '_>, kind: DefinitionKind) -> Definition {
        let stated = SettingNodes::new(self.file, node.descendants(), node.entries_below() + IMPLIED);
        let mut definition = Definition::new(stated);
        definition.keyword = self.place(node.name().span);
        definition.whole = self.place(whole(node));
        definition.incomplete = node.is_damaged() || self.spills;
        self.refuse_annotations(node);
        self.head(node, kind, &mut definition);
        if definition.name.is_none() && (kind == DefinitionKind::Template || !self.is_name_presumed(node)) {
            let kinds = Swallowed {
                keys: kind == DefinitionKind::Campaign,
                templates: kind == DefinitionKind::Template,
                aliases: false,
            };
            self.swallow(kinds, node.head());
        }
        let enclosing = Enclosing {
            node,
            parent: None,
            kind,
        };
        let reported = self.sink.len();
        for child in node.children() {
            self.child(child, &enclosing, &mut definition);
        }
        // The settings that a body lacks are what import asks for.
        definition.incomplete |= self.sink.len() >= reported + WIRE_BODY && self.fold_wire_names(reported, whole(node));
        definition
    }

    /// Makes one finding of many words of the API: whoever writes so many has typed a whole request body.
    #[cold]
    fn fold_wire_names(&mut self, from: usize, whole: Span) -> bool {
        let folded = self.sink.take_from(from, &wire_name::RULE, WIRE_BODY);
        if let Some(first) = folded.iter().min_by_key(|finding| finding.place) {
            // Its values are the API's as well: `true`, `1800`.
            let about_values = [
                bare_keyword::RULE.code,
                bare_value::RULE.code,
                bad_number::RULE.code,
                url_cut_by_comment::RULE.code,
            ];
            self.syntax_findings -= self.sink.drop_in(whole, self.syntax_findings, &about_values);
            self.sink.report(first.place, &WireBody { count: folded.len() });
        }
        !folded.is_empty()
    }

    /// Whether it is known which key is meant by one that cannot be taken: that and what is written count as declared.
    #[cold]
    fn is_name_presumed(&mut self, node: Node<'_, '_>) -> bool {
        let written = node.entries().iter().find(|entry| entry.name.is_none());
        let Some(Scalar::String(written)) = written.map(|entry| &entry.value.scalar) else {
            return false;
        };
        let Some(instead) = key_like(written) else { return false };
        self.model.meant.push(written.as_ref().into());
        self.model.meant.push(instead.into());
        true
    }

    fn head(&mut self, node: Node<'_, '_>, kind: DefinitionKind, definition: &mut Definition) {
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

    /// Whether a text can be the name of a campaign or template.
    fn is_name(&self, text: &str, kind: DefinitionKind) -> bool {
        match kind {
            DefinitionKind::Campaign => is_key(text),
            DefinitionKind::Template => is_template_name(text),
        }
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

    /// Expects a string.
    pub(super) fn text_value(&mut self, value: &Value<'_>, path: &str) -> Option<Spanned<Box<str>>> {
        let place = self.place(value.span);
        match &value.scalar {
            // Reading keys reports an empty one.
            Scalar::String(text) => Some(Spanned::new(text.as_ref().into(), place)),
            Scalar::Invalid => None,
            Scalar::Number(_) => {
                self.number_for_text(value.span, path, None, false);
                None
            }
            _ => {
                self.sink.report(
                    place,
                    &WrongType {
                        path,
                        found: describe(value),
                        expected: "a text",
                    },
                );
                None
            }
        }
    }

    /// One node in a campaign, a template or a `redial` block.
    fn child(&mut self, node: Node<'_, '_>, enclosing: &Enclosing<'_, '_>, definition: &mut Definition) {
        let name = node.name();
        if self.is_unread(&name.text, name.span) {
            // The name was reported by the parser.
            definition.incomplete = true;
            return;
        }
        let Some(setting) = Setting::find(&name.text, enclosing.parent) else {
            self.unknown_child(node, enclosing, definition);
            return;
        };
        if let Some(first) = definition.stated.find(setting)
            && (!setting.spec().repeats || first.is_null || is_null(node))
        {
            let first = first.name;
            let mut siblings = enclosing.node.children();
            let earlier = siblings.find(|earlier| earlier.name().span == first.span);
            self.duplicate(setting.spec().name, node, first, earlier);
            return;
        }
        if setting.spec().repeats && definition.stated.all(setting).nth(MAX_WEBHOOKS - 1).is_some() {
            definition.incomplete = true;
            self.sink.report(self.place(name.span), &TooManyWebhooks);
            return;
        }
        self.setting(node, setting, &mut definition.stated);
        if !self.presumed.is_empty() {
            // The block belongs to the last of them.
            definition.presume(self.presumed.drain(..));
            return;
        }
        if setting.has_settings() {
            self.settings_below(node, setting, enclosing.kind, definition);
        }
    }

    fn settings_below(
        &mut self,
        node: Node<'_, '_>,
        setting: Setting,
        kind: DefinitionKind,
        definition: &mut Definition,
    ) {
        let enclosing = Enclosing {
            node,
            parent: Some(setting),
            kind,
        };
        for child in node.children() {
            self.child(child, &enclosing, definition);
        }
    }

    #[cold]
    fn unknown_child(&mut self, node: Node<'_, '_>, enclosing: &Enclosing<'_, '_>, definition: &mut Definition) {
        let Enclosing { parent, kind, .. } = *enclosing;
        let name = &*node.name().text;
        let place = self.place(node.name().span);
        let elsewhere = SETTINGS.iter().find(|spec| spec.name == name);
        if let Some(spec) = elsewhere {
            let belongs = match spec.parent {
                Some(parent) => format!("in `{} {{ … }}`", parent.spec().name),
                None => format!("directly in the {}", kind.word()),
            };
            definition.presume([spec.id]);
            definition.presume(spec.parent);
            self.sink.report(
                place,
                &MisplacedSetting {
                    name,
                    belongs: &belongs,
                },
            );
            return;
        }
        if TOP_LEVEL.contains(&name) {
            // Names that it declares are not seen; and `template "weekday"` may be meant for `template="weekday"`.
            self.presume_names(node);
            definition.incomplete |= name == "template";
            self.sink.report(
                place,
                &MisplacedSetting {
                    name,
                    belongs: "at the top level of a file",
                },
            );
            return;
        }
        if super::project::is_setting(name) {
            let belongs = "in the `project { … }` of dialform.kdl";
            self.sink.report(place, &MisplacedSetting { name, belongs });
            return;
        }
        if self.wire_child(node, enclosing, definition) {
            return;
        }
        let known: Vec<&str> = SETTINGS
            .iter()
            .filter(|spec| spec.parent == parent)
            .map(|spec| spec.name)
            .collect();
        let where_it_stands = match parent {
            Some(parent) => format!("`{}`", parent.spec().name),
            None => format!("a {}", kind.word()),
        };
        let suggestion = self.unknown_name(name, place.span, &where_it_stands, &known);
        match suggestion.and_then(|name| Setting::find(name, parent)) {
            Some(setting) => definition.presume([setting]),
            None => definition.unguessed += 1,
        }
    }

    /// A name of the wire: of one field, or of an object of the body that holds several.
    fn wire_child(&mut self, node: Node<'_, '_>, enclosing: &Enclosing<'_, '_>, definition: &mut Definition) -> bool {
        let Enclosing { parent, kind, .. } = *enclosing;
        let name = &*node.name().text;
        let place = self.place(node.name().span);
        let held = fields_in_wire(name);
        if !held.is_empty() {
            definition.presume(held.iter().map(|spec| spec.setting));
            let instead = match name {
                "redialStrategyOptions" => Instead::Write("redial { … }"),
                _ => Instead::Directly(kind.word()),
            };
            let fix = match instead {
                Instead::Directly(_) => wire_pairs::unwrapped(self.text, node),
                _ => None,
            };
            self.sink.report(place, &WireName { wire: name, instead }).fix = fix;
            return true;
        }
        let Some(spec) = field_of_wire(name) else { return false };
        if spec.slot != Slot::Constant {
            definition.presume([spec.setting]);
        }
        let written = instead_of_wire(spec);
        let instead = if spec.slot == Slot::Constant {
            Instead::Nothing
        } else {
            Instead::Write(&written)
        };
        let finding = self.sink.report(place, &WireName { wire: name, instead });
        finding.fix = match spec.slot {
            Slot::Constant => wire_pairs::dropped(self.text, node, spec),
            _ => wire_pairs::into_sibling(self.text, node, enclosing.node, spec),
        };
        let setting = spec.setting.spec();
        let is_new = setting.repeats || definition.stated.find(spec.setting).is_none();
        if spec.slot == Slot::Argument && setting.parent == parent && is_new {
            // With its value as the API writes it, there is no doubt.
            let is_own = |entry: &Entry<'_>| {
                let name = entry.name.as_ref();
                name.is_some_and(|name| spec.setting.property(&name.text).is_some())
            };
            let value = match (node.entries(), node.block()) {
                ([first, others @ ..], None) if first.name.is_none() && others.iter().all(is_own) => {
                    fixes::as_wire_says(name, spec, &first.value, self.text)
                }
                _ => None,
            };
            finding.fix(match value {
                Some(value) => Fix::safe(place.span, setting.name).and(value),
                None => Fix::likely(place.span, setting.name),
            });
        }
        true
    }
}

/// Whether a node says `#null`: that its setting is not sent, which another node of the setting contradicts.
fn is_null(node: Node<'_, '_>) -> bool {
    node.may_be_null() && node.arguments().any(|argument| argument.scalar == Scalar::Null)
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
