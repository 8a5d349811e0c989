//! Campaigns and templates: their head, and the settings in their block.

use super::wire_names::{field_of_wire, fields_in_wire, instead_of_wire};
use super::wire_pairs;
use super::{Lowering, TOP_LEVEL, describe, fixes, whole};
use crate::fields::{SETTINGS, Setting, Slot};
use crate::finding::Fix;
use crate::model::{Definition, MAX_WEBHOOKS, SettingNodes, Spanned, Swallowed};
use crate::project::source::Span;
use crate::rules::misplaced_setting::MisplacedSetting;
use crate::rules::too_many_webhooks::TooManyWebhooks;
use crate::rules::wire_name::{self, Instead, WireBody, WireName};
use crate::rules::wrong_type::WrongType;
use crate::rules::{bad_number, bare_keyword, bare_value, url_cut_by_comment};
use crate::syntax::{Entry, Node, Scalar, Value};

/// How many arguments of a usual campaign are implied by the rest of their nodes.
const IMPLIED: usize = 8;

/// A campaign or a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DefinitionKind {
    Campaign,
    Template,
}

impl DefinitionKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Template => "template",
        }
    }

    pub(super) fn written(self) -> &'static str {
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
