//! One setting: its argument, its properties, its block, each against the rows of the table.

use super::meant::{choice_meant, properties_meant};
use super::value::literal;
use super::wire_names::{choice_of_wire, field_of_wire, instead_of_wire};
use super::{Lowering, fixes};
use crate::fields::{Field, FieldSpec, Setting, Slot, Value, fields_of, least_dialect, usage};
use crate::finding::{Edit, Fix};
use crate::model::{FieldValue, SettingNodes};
use crate::project::source::{Place, Span};
use crate::rules::duplicate_setting::DuplicateSetting;
use crate::rules::missing_argument::MissingArgument;
use crate::rules::misused_null::{MisusedNull, NullMistake};
use crate::rules::repeated_property::RepeatedProperty;
use crate::rules::unexpected_argument::UnexpectedArgument;
use crate::rules::unexpected_block::UnexpectedBlock;
use crate::rules::unknown_property::UnknownProperty;
use crate::rules::wire_name::{Instead, WireName};
use crate::syntax::{Block, Entry, Node, Scalar, Text};
use crate::util::suggest::closest;

/// A setting while its node is lowered.
pub(super) struct SettingBuilder<'s> {
    pub(super) setting: Setting,
    is_null: bool,
    pub(super) incomplete: bool,
    statements: &'s mut SettingNodes,
}

impl SettingBuilder<'_> {
    #[inline]
    fn has(&self, field: Field) -> bool {
        self.statements.added().iter().any(|value| value.field == field)
    }

    pub(super) fn get(&self, field: Field) -> Option<&FieldValue> {
        self.statements.added().iter().find(|value| value.field == field)
    }

    /// Keeps what an entry sets a field to.
    pub(super) fn keep(&mut self, spec: &FieldSpec, entry: &Entry<'_>, value: Option<Value>) {
        let span = entry.value.span;
        self.statements.add(spec, value, span, entry.start());
    }

    /// Keeps a value without an entry of its own.
    fn keep_at(&mut self, spec: &FieldSpec, span: Span, value: Option<Value>) {
        self.statements.add(spec, value, span, span.start);
    }
}

impl Lowering<'_> {
    /// Reads a node that sets something into `statements`.
    pub(super) fn setting(&mut self, node: Node<'_, '_>, setting: Setting, statements: &mut SettingNodes) {
        statements.open(setting);
        let mut stated = SettingBuilder {
            setting,
            is_null: false,
            incomplete: node.is_damaged(),
            statements,
        };
        self.refuse_annotations(node);
        self.fields(node, &mut stated);
        let SettingBuilder {
            is_null, incomplete, ..
        } = stated;
        statements.close(setting, node.name().span, is_null, incomplete);
    }

    fn fields(&mut self, node: Node<'_, '_>, stated: &mut SettingBuilder<'_>) {
        let entries = node.entries();
        let is_null = |entry: &Entry<'_>| entry.name.is_none() && matches!(entry.value.scalar, Scalar::Null);
        if node.may_be_null() && entries.iter().any(is_null) {
            self.null(node, stated);
            return;
        }
        let mut rest = entries;
        while let [entry, behind @ ..] = rest {
            rest = behind;
            let field = match &entry.name {
                None => match self.argument(stated) {
                    None if self.begins_setting(node, rest_with(entries, behind), stated) => return,
                    None => {
                        self.surplus_argument(node, stated.setting.argument(), entry, stated);
                        None
                    }
                    free => free,
                },
                Some(name) => self.property(node, name, entry, stated),
            };
            if let Some(spec) = field
                && !self.value(spec, entry, stated)
            {
                if self.begins_setting(node, rest_with(entries, behind), stated) {
                    return;
                }
                rest = self.split_value(spec, entry, behind);
            }
        }
        if let Some(block) = node.block().filter(|_| !stated.setting.has_settings()) {
            self.block(node, block, stated);
        }
        if let Some(spec) = stated.setting.argument().filter(|spec| !stated.has(spec.id)) {
            self.imply_argument(spec, node, stated);
        }
    }

    /// `NODE #null`: not sent. Only for what is optional, and alone.
    #[cold]
    fn null(&mut self, node: Node<'_, '_>, stated: &mut SettingBuilder<'_>) {
        let name = stated.setting.spec().name;
        let required = stated.setting.is_required();
        // One `#null` says it all.
        let mut nulls = 0;
        let others = node.entries().iter().find(|entry| {
            let is_null = entry.value.scalar == Scalar::Null && entry.name.is_none();
            nulls += usize::from(is_null);
            !is_null || nulls > 1
        });
        let null = node.entries().iter().find(|entry| entry.value.scalar == Scalar::Null);
        let place = |span: Span| self.place(span);
        if required {
            let at = place(null.map_or(node.name().span, Entry::span));
            self.sink.report(
                at,
                &MisusedNull {
                    what: NullMistake::Required(name),
                },
            );
            stated.incomplete = true;
        } else if let Some(other) = others {
            let at = place(other.span());
            self.sink.report(
                at,
                &MisusedNull {
                    what: NullMistake::WithEntries(name),
                },
            );
            stated.incomplete = true;
        } else if let Some(block) = node.block() {
            let at = place(block.open);
            self.sink.report(
                at,
                &MisusedNull {
                    what: NullMistake::WithEntries(name),
                },
            );
            stated.incomplete = true;
        } else {
            stated.is_null = true;
        }
    }

    /// The field that an argument sets, if it is free.
    #[inline]
    fn argument(&self, stated: &SettingBuilder<'_>) -> Option<&'static FieldSpec> {
        let argument = stated.setting.argument();
        argument.filter(|spec| !stated.has(spec.id) || spec.kind.repeats())
    }

    /// An argument that has no place, of a node that takes none or has its own, `argument`, already.
    #[cold]
    fn surplus_argument(
        &mut self,
        node: Node<'_, '_>,
        argument: Option<&FieldSpec>,
        entry: &Entry<'_>,
        stated: &mut SettingBuilder<'_>,
    ) {
        match argument {
            // `pace 3 s`: the first was reported, and the second belongs to it.
            Some(spec) if stated.get(spec.id).is_some_and(|first| first.value.is_none()) => {}
            // `id=8 800`: the same.
            _ if stated
                .statements
                .added()
                .last()
                .is_some_and(|last| last.value.is_none()) => {}
            // Whatever it was meant for may now be missing: `call-window null`.
            _ if entry.value.scalar == Scalar::Invalid => stated.incomplete = true,
            _ if stated.incomplete => {}
            _ => {
                let takes = usage(stated.setting);
                let meant = properties_meant(node, argument, entry, stated);
                let written = |(name, entry): &(&str, &Entry<'_>)| {
                    let value = self.text.get(entry.span().range())?;
                    Some(format!("{name}={value}"))
                };
                let written: Option<Vec<String>> = meant.iter().map(written).collect();
                let violation = UnexpectedArgument {
                    setting: stated.setting.spec().name,
                    takes: &takes,
                    suggestion: written.filter(|all| !all.is_empty()).map(|all| all.join(" ")),
                };
                let mut names = meant
                    .iter()
                    .map(|(name, entry)| (Span::point(entry.span().start as usize), format!("{name}=")));
                let finding = self.sink.report(self.place(entry.span()), &violation);
                if let Some((place, name)) = names.next() {
                    let others = names.map(|(span, text)| Edit { span, text });
                    finding.fix(Fix::likely(place, name).and(others));
                }
                // It was meant for something that may now be missing.
                stated.incomplete = true;
            }
        }
    }

    /// The field that a property sets, unless it is reported.
    #[inline]
    fn property(
        &mut self,
        node: Node<'_, '_>,
        name: &Text<'_>,
        entry: &Entry<'_>,
        stated: &mut SettingBuilder<'_>,
    ) -> Option<&'static FieldSpec> {
        match stated.setting.property(&name.text) {
            Some(spec) if !stated.has(spec.id) && entry.value.scalar != Scalar::Null => return Some(spec),
            Some(spec) => self.known_property(spec, node, name, entry, stated),
            None => self.unknown_property(entry, name, stated),
        }
        None
    }

    /// A property that stands there a second time, or that is nothing.
    #[cold]
    fn known_property(
        &mut self,
        spec: &FieldSpec,
        node: Node<'_, '_>,
        name: &Text<'_>,
        entry: &Entry<'_>,
        stated: &mut SettingBuilder<'_>,
    ) {
        if stated.has(spec.id) {
            self.repeated_property(&name.text, node, entry);
            return;
        }
        let path = spec.path();
        let violation = MisusedNull {
            what: NullMistake::Property(&path),
        };
        self.sink.report(self.place(entry.value.span), &violation);
        stated.keep(spec, entry, None);
    }

    #[cold]
    fn unknown_property(&mut self, entry: &Entry<'_>, name: &Text<'_>, stated: &mut SettingBuilder<'_>) {
        let (name, span) = (&*name.text, name.span);
        if self.is_unread(name, span) {
            stated.incomplete = true;
            return;
        }
        let own = |spec: &&FieldSpec| spec.setting == stated.setting && spec.slot != Slot::Constant;
        if let Some(spec) = field_of_wire_in(name, stated.setting).or_else(|| field_of_wire(name).filter(own)) {
            let property = spec.property().map(|name| format!("{name}="));
            let written = property.unwrap_or_else(|| instead_of_wire(spec));
            let violation = WireName {
                wire: name,
                instead: Instead::Write(&written),
            };
            let is_new = !stated.has(spec.id);
            let finding = self.sink.report(self.place(span), &violation);
            if let Some(property) = spec.property().filter(|_| is_new) {
                finding.fix(match fixes::as_wire_says(name, spec, &entry.value, self.text) {
                    Some(value) => Fix::safe(span, property).and(value),
                    None => Fix::likely(span, property),
                });
            }
            if is_new {
                stated.keep(spec, entry, None);
            }
            return;
        }
        let known: Vec<&str> = fields_of(stated.setting).filter_map(FieldSpec::property).collect();
        let suggestion = closest(name, known.iter().copied());
        // `detect-robot #true mode="back"`: the property says what the argument should.
        let argument = stated.setting.argument();
        let is_argument = argument.is_some_and(|spec| {
            !spec.choices().is_empty() && literal(&entry.value).is_some_and(|value| spec.kind.read(value).is_ok())
        });
        let value = self.text.get(entry.value.span.range()).unwrap_or_default();
        let wrong = argument
            .and_then(|spec| stated.get(spec.id))
            .filter(|first| first.value.is_none());
        if let (Some(wrong), None) = (wrong, suggestion) {
            let wrong = wrong.span;
            if let Some(finding) = self
                .sink
                .last()
                .filter(|finding| is_argument && finding.place.span == wrong)
            {
                finding.fix = Some(Fix::likely(wrong.to(entry.span()), value));
            }
            return;
        }
        let least = least_dialect(stated.setting);
        let (own, extended): (Vec<&'static FieldSpec>, Vec<&'static FieldSpec>) =
            fields_of(stated.setting).partition(|spec| spec.dialect <= least);
        let names = |specs: Vec<&'static FieldSpec>| specs.into_iter().filter_map(FieldSpec::property).collect();
        let (known, extended): (Vec<&str>, Vec<&str>) = (names(own), names(extended));
        let violation = UnknownProperty {
            setting: stated.setting.spec().name,
            name,
            suggestion,
            known: &known,
            extended: &extended,
        };
        let is_free = argument.is_some_and(|spec| !stated.has(spec.id));
        let finding = self.sink.report(self.place(span), &violation);
        if suggestion.is_none() && is_argument && is_free {
            finding.label = format!("did you mean `{} {value}`?", stated.setting.spec().name);
            finding.fix(Fix::likely(entry.span(), value));
        }
        if let Some(suggestion) = suggestion {
            finding.fix(fixes::suggested(span, name, suggestion, suggestion));
        }
        let meant = suggestion.and_then(|name| stated.setting.property(name));
        match meant {
            Some(spec) if !stated.has(spec.id) => stated.keep(spec, entry, None),
            Some(_) => {}
            // Whatever it means, it may stand for the value that is missing.
            None => stated.incomplete = true,
        }
    }

    /// The block of a node that takes no settings: `events` is lowered, and all else is reported.
    #[inline(never)]
    fn block(&mut self, node: Node<'_, '_>, block: Block, stated: &mut SettingBuilder<'_>) {
        let setting = stated.setting;
        if !setting.has_fields_below() {
            let takes = usage(setting);
            let violation = UnexpectedBlock {
                setting: setting.spec().name,
                takes: &takes,
            };
            let finding = self.sink.report(self.place(block.open), &violation);
            finding.fix = fixes::without_block(self.text, block);
            // `on-transfer "channel" { channel "sales" }`: what is missing may stand in the block.
            stated.incomplete = true;
            return;
        }
        let children: Vec<&FieldSpec> = fields_of(setting).filter(|spec| spec.child().is_some()).collect();
        for child in node.children() {
            let name = &*child.name().text;
            let Some(spec) = children.iter().find(|spec| spec.child() == Some(name)) else {
                let least = least_dialect(setting);
                let (own, extended): (Vec<&FieldSpec>, Vec<&FieldSpec>) =
                    children.iter().partition(|spec| spec.dialect <= least);
                let names = |specs: Vec<&FieldSpec>| specs.into_iter().filter_map(FieldSpec::child).collect();
                let (own, extended): (Vec<&str>, Vec<&str>) = (names(own), names(extended));
                let owner = format!("the block of `{}`", setting.spec().name);
                self.unknown_name_of(name, child.name().span, &owner, &own, &extended);
                continue;
            };
            if let Some(first) = stated.get(spec.id) {
                let first = first.span;
                let earlier = node.children().find(|earlier| earlier.head() == first);
                self.duplicate(name, child, self.place(first), earlier);
                continue;
            }
            let value = self.list(spec, child);
            stated.keep_at(spec, child.head(), value);
        }
    }

    /// The arguments of a child node, as a list of choices.
    fn list(&mut self, spec: &FieldSpec, node: Node<'_, '_>) -> Option<Value> {
        self.refuse_annotations(node);
        let mut chosen = Vec::new();
        let mut good = !node.is_damaged();
        for entry in node.entries() {
            if let Some(name) = &entry.name {
                let violation = UnknownProperty {
                    setting: &node.name().text,
                    name: &name.text,
                    suggestion: None,
                    known: &[],
                    extended: &[],
                };
                self.sink.report(self.place(name.span), &violation);
                good = false;
                continue;
            }
            match self.read(spec, &entry.value) {
                Some(Value::Choice(index)) if !chosen.contains(&index) => chosen.push(index),
                Some(_) => {}
                None => good = false,
            }
        }
        if let Some(block) = node.block() {
            let takes = usage(spec.setting);
            let violation = UnexpectedBlock {
                setting: &node.name().text,
                takes: &takes,
            };
            self.sink.report(self.place(block.open), &violation);
            good = false;
        }
        if chosen.is_empty() && good {
            let takes = usage(spec.setting);
            let violation = MissingArgument {
                setting: &node.name().text,
                takes: &takes,
                suggestion: None,
            };
            self.sink.report(self.place(node.name().span), &violation);
            return None;
        }
        good.then(|| Value::Choices(chosen.into_boxed_slice()))
    }

    /// An argument that is not written: implied by properties or a block, or missing.
    #[inline]
    fn imply_argument(&mut self, spec: &FieldSpec, node: Node<'_, '_>, stated: &mut SettingBuilder<'_>) {
        let is_implied = node.block().is_some() || !stated.setting.has_settings();
        match stated.setting.implied_argument() {
            Some(index) if is_implied => stated.keep_at(spec, node.name().span, Some(Value::Choice(index))),
            _ => self.missing_argument(spec, node, stated),
        }
    }

    #[cold]
    fn missing_argument(&mut self, spec: &FieldSpec, node: Node<'_, '_>, stated: &mut SettingBuilder<'_>) {
        if stated.incomplete {
            return;
        }
        let place = self.place(node.name().span);
        let takes = usage(stated.setting);
        let name = stated.setting.spec().name;
        let choice = choice_meant(node, stated.setting);
        let rest = self
            .text
            .get(place.span.end as usize..node.head().end as usize)
            .unwrap_or_default();
        let violation = MissingArgument {
            setting: name,
            takes: &takes,
            suggestion: choice.as_ref().map(|choice| format!("{name} {choice}{rest}")),
        };
        let finding = self.sink.report(place, &violation);
        if let Some(choice) = choice {
            finding.fix(Fix::likely(Span::point(place.span.end as usize), format!(" {choice}")));
        }
        stated.keep_at(spec, place.span, None);
    }

    /// Reports a property that stands on its node already.
    #[cold]
    pub(super) fn repeated_property(&mut self, name: &str, node: Node<'_, '_>, later: &Entry<'_>) {
        let fix = fixes::without_entry(self.text, node.entries(), later);
        self.sink
            .report(self.place(later.span()), &RepeatedProperty { name })
            .fix = fix;
    }

    /// Reports a node that stands a second time, behind `earlier`.
    #[cold]
    pub(super) fn duplicate(&mut self, name: &str, node: Node<'_, '_>, first: Place, earlier: Option<Node<'_, '_>>) {
        let fix = earlier.and_then(|earlier| fixes::without_node(self.text, node, earlier));
        self.sink
            .report(self.place(node.name().span), &DuplicateSetting { name })
            .label(first, "first stated here")
            .fix = fix;
    }

    /// Reports a wire value where the language has a word of its own.
    pub(super) fn wire_value(&mut self, spec: &FieldSpec, text: &str, span: Span) -> bool {
        let Some(instead) = choice_of_wire(spec.id, text) else {
            return false;
        };
        let place = self.place(span);
        self.sink
            .report(
                place,
                &WireName {
                    wire: text,
                    instead: Instead::Write(&instead),
                },
            )
            .fix(Fix::safe(span, instead));
        true
    }
}

/// The entries from the one before `behind` on.
fn rest_with<'n, 't>(all: &'n [Entry<'t>], behind: &[Entry<'t>]) -> &'n [Entry<'t>] {
    all.get(all.len() - behind.len() - 1..).unwrap_or_default()
}

/// The field of this setting with a wire name: `time` in `busy`.
fn field_of_wire_in(name: &str, setting: Setting) -> Option<&'static FieldSpec> {
    fields_of(setting).find(|spec| spec.wire_name() == name)
}
