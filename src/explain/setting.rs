//! The pages of settings and their fields, generated from the table.

use super::page::DocPage;
use super::rule::short;
use crate::fields::{
    Choice, Condition, Dialect, FIELDS, Field, FieldSpec, Json, SETTINGS, Setting, SettingSpec, Slot, Written,
    fields_of, usages,
};
use crate::rules::RULES;

/// The page of a node: its syntax, each of its fields, the nodes of its block.
pub(super) fn setting_page(setting: Setting) -> DocPage {
    let spec = setting.spec();
    let mut page = DocPage::new(setting.path(), sentence(spec.doc));
    forms(&mut page, spec);
    let rows: Vec<&FieldSpec> = fields_of(setting).collect();
    for spec in &rows {
        field(&mut page, spec, rows.len() > 1);
    }
    let children = SETTINGS.iter().filter(|child| child.parent == Some(setting));
    let children: Vec<_> = children
        .map(|child| (format!("`{}`", child.name), sentence(child.doc)))
        .collect();
    if !children.is_empty() {
        page.heading("In its block").items(children);
    }
    constants(&mut page, setting);
    examples(&mut page, spec, |_| true);
    rules(&mut page, &rows);
    page
}

/// The page of one field that is a property or a child node.
pub(super) fn field_page(field: Field) -> DocPage {
    let row = field.spec();
    let setting = row.setting.spec();
    if row.slot == Slot::Constant {
        let mut page = DocPage::new(row.wire_name(), row.doc);
        page.text("It is not written: dialform always sends it.");
        on_the_wire(&mut page, row);
        return page;
    }
    let mut page = DocPage::new(row.path(), row.doc);
    forms(&mut page, setting);
    self::field(&mut page, row, false);
    let written = row.written();
    examples(&mut page, setting, |example| example.contains(&written));
    rules(&mut page, &[row]);
    page
}

/// The examples of a node, with the dialect that each needs.
pub fn examples_of(setting: &SettingSpec) -> impl Iterator<Item = (Dialect, &'static str)> {
    let classic = setting.examples.iter().map(|example| (Dialect::Classic, *example));
    let extended = setting.extended_examples.iter();
    classic.chain(extended.map(|example| (Dialect::Extended, *example)))
}

/// The rules about any of these fields.
pub(super) fn rules_about(rows: &[&FieldSpec]) -> Vec<(&'static str, &'static str, &'static str)> {
    let rules = RULES.iter().filter(|rule| rows.iter().any(|row| (rule.about)(row)));
    rules.map(|rule| (rule.code, rule.name, rule.summary)).collect()
}

fn forms(page: &mut DocPage, setting: &SettingSpec) {
    let mut lines: Vec<String> = usages(setting.id);
    if let Some(parent) = setting.parent {
        for line in &mut lines {
            *line = format!("{} {{ {line} }}", parent.spec().name);
        }
    }
    page.heading("Written").code(lines.join("\n") + "\n");
    if setting.repeats {
        page.text("May stand several times.");
    }
}

/// The table's row of one field. `is_named` where the page is about several.
fn field(page: &mut DocPage, row: &FieldSpec, is_named: bool) {
    let heading = match row.slot {
        _ if !is_named => "Meaning".to_owned(),
        Slot::Property(name) => format!("`{name}=`"),
        Slot::Child(name) => format!("`{name}` in its block"),
        Slot::Argument | Slot::Constant => "Its value".to_owned(),
    };
    page.heading(heading);
    if page.about != row.doc {
        page.text(row.doc);
    }
    let mut facts = Vec::new();
    facts.push(("takes".to_owned(), row.kind.takes()));
    facts.extend(values(row));
    facts.push(("required".to_owned(), required_in_words(row)));
    if let Some(allowed) = allowed_in_words(row) {
        facts.push(("only with".to_owned(), allowed));
    }
    if let Some(default) = default_in_words(row) {
        facts.push(("by default".to_owned(), default));
    }
    if row.dialect == Dialect::Extended {
        facts.push(("dialect".to_owned(), "`extended` only".to_owned()));
    }
    page.items(facts);
    on_the_wire(page, row);
}

/// Each value, what it means, and what it becomes.
fn values(row: &FieldSpec) -> Vec<(String, String)> {
    let value = |choice: &Choice| {
        let written = match choice.written {
            Written::Implied => "no argument".to_owned(),
            written => format!("`{}`", written.source()),
        };
        let meaning = match row.is_sent() {
            true => format!("{} → {}", choice.doc, wire_of(row, choice)),
            false => choice.doc.to_owned(),
        };
        (written, meaning)
    };
    row.choices().iter().map(value).collect()
}

fn wire_of(row: &FieldSpec, choice: &Choice) -> String {
    let parts = row.wire.iter().zip(choice.wire).map(|(path, wire)| {
        let name = path.rsplit('.').next().unwrap_or(path);
        match (wire, wire.source()) {
            (Json::Configured { name: key, .. }, Some(value)) => {
                format!("`{name}`: `{value}`, or what `wire-value \"{key}\"` says")
            }
            // An event is a member of its own.
            (_, Some(value)) if row.kind.takes_several() => format!("`{}`", value.trim_matches('"')),
            (_, Some(value)) => format!("`{name}`: `{value}`"),
            (_, None) => format!("no `{name}`"),
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn on_the_wire(page: &mut DocPage, row: &FieldSpec) {
    if !row.is_sent() {
        page.text("It is never sent, and changing it changes no task.");
        return;
    }
    let mut wires = Vec::new();
    for (index, path) in row.wire.iter().enumerate() {
        let classic = row.kind.wire_type(index, Dialect::Classic);
        let extended = row.kind.wire_type(index, Dialect::Extended);
        let kind = match row.dialect {
            Dialect::Classic if classic != extended => format!("{classic}; in the extended dialect {extended}"),
            _ => extended.to_owned(),
        };
        let fixed = match (row.slot, row.choices()) {
            (Slot::Constant, [only]) => only.wire.get(index).and_then(|wire| wire.source()),
            _ => None,
        };
        let kind = fixed.map_or(kind, |value| format!("always `{value}`"));
        wires.push((format!("`{path}`"), kind));
    }
    if !row.wire.iter().any(|wire| wire.ends_with(row.page)) {
        wires.push(("the API page".to_owned(), row.page.to_owned()));
    }
    page.items(wires);
}

/// The fields that are always sent with one value.
fn constants(page: &mut DocPage, setting: Setting) {
    let constants = FIELDS
        .iter()
        .filter(|row| row.setting == setting && row.slot == Slot::Constant);
    for row in constants {
        page.heading("Sent besides").text(row.doc);
        on_the_wire(page, row);
    }
}

fn examples(page: &mut DocPage, setting: &SettingSpec, is_wanted: impl Fn(&str) -> bool) {
    let wanted: Vec<_> = examples_of(setting).filter(|(_, example)| is_wanted(example)).collect();
    let needs_extended = |dialect| wanted.iter().any(|(of, _)| *of == dialect);
    for dialect in [Dialect::Classic, Dialect::Extended] {
        if !needs_extended(dialect) {
            continue;
        }
        page.heading(match dialect {
            Dialect::Classic => "Example",
            Dialect::Extended => "Example, in the extended dialect",
        });
        for (_, example) in wanted.iter().filter(|(of, _)| *of == dialect) {
            page.code(format!("{example}\n"));
        }
    }
}

fn rules(page: &mut DocPage, rows: &[&FieldSpec]) {
    let rules = rules_about(rows);
    if !rules.is_empty() {
        let items = rules
            .into_iter()
            .map(|(code, name, summary)| (format!("{code} {name}"), summary.to_owned()));
        page.heading("Checked by").items(items.collect());
    }
}

/// When a field has to be set.
pub(super) fn required_in_words(row: &FieldSpec) -> String {
    match row.required {
        Condition::Always => "in every campaign, by itself or by its template".to_owned(),
        Condition::Never => "no".to_owned(),
        // A node that is there has its argument.
        Condition::Stands(setting) if setting == row.setting && row.slot == Slot::Argument => "no".to_owned(),
        Condition::Stands(_) => format!("where {} stands", row.required.in_words()),
        _ => format!("with {}", row.required.in_words()),
    }
}

/// The condition under which it has an effect; nothing where it always has.
pub(super) fn allowed_in_words(row: &FieldSpec) -> Option<String> {
    (!matches!(row.allowed, Condition::Always)).then(|| row.allowed.in_words())
}

/// The value that is sent where it is not set.
pub(super) fn default_in_words(row: &FieldSpec) -> Option<String> {
    let (word, when) = row.default?;
    let choice = row.choices().iter().find(|choice| choice.written.word() == word)?;
    Some(match when {
        Condition::Always => format!("`{}`", choice.written.source()),
        when => format!("`{}`, where {} stands", choice.written.source(), when.in_words()),
    })
}

/// A few words as a sentence.
pub(super) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    format!("{first}{}.", chars.as_str())
}

/// The short names on the wire: `recTrimLeft`, `busy.time`.
pub(super) fn wire_names(row: &FieldSpec) -> impl Iterator<Item = &'static str> + use<> {
    row.wire.iter().map(|wire| short(wire))
}
