//! What may be written at a place: nodes, properties and values of the table, and the project's names.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, Documentation, InsertTextFormat, MarkupContent,
    MarkupKind, TextEdit,
};

use super::cursor::{Cursor, setting};
use super::document::Document;
use super::hover::{Around, usage_line};
use super::line::{Line, Slot};
use super::position::{Encoding, with_line_ends_of};
use crate::fields::{
    AliasKind, FieldSpec, Kind, PROJECT, SETTINGS, Setting, TOP_LEVEL, TopLevelSpec, Written, fields_of,
};
use crate::finding::RuleGroup;
use crate::import::quoted_line;
use crate::project::source::Span;
use crate::rules::RULES;
use crate::syntax::parse;

/// Makes the items for one place.
struct Completer<'a> {
    document: &'a Document,
    encoding: Encoding,
    /// What an item replaces.
    span: Span,
    /// What stands behind that on the line.
    behind: &'a str,
    /// Whether the place is inside quotes.
    is_quoted: bool,
    /// Whether it is that of a node's name.
    is_name: bool,
    /// Whether the client knows placeholders.
    has_snippets: bool,
    /// Keys that only the state has.
    lost_keys: &'a dyn Fn() -> Vec<String>,
    items: Vec<CompletionItem>,
}

/// What may be written at a byte. `lost_keys` are those that only the state has.
pub(super) fn completions(
    document: &Document,
    byte: usize,
    around: &Around<'_>,
    lost_keys: &dyn Fn() -> Vec<String>,
    (encoding, has_snippets): (Encoding, bool),
) -> Vec<CompletionItem> {
    let text = document.text();
    let line = Line::before(text, byte);
    let mut completer = Completer {
        document,
        encoding,
        span: Span::new(line.word_start, line.word_end),
        behind: text
            .get(line.word_end..)
            .unwrap_or_default()
            .split(['\r', '\n'])
            .next()
            .unwrap_or_default(),
        is_quoted: line.is_quoted,
        is_name: line.slot == Slot::Node,
        has_snippets,
        lost_keys,
        items: Vec::new(),
    };
    let parsed = parse(text);
    // The nodes around the beginning of the line, which is not in the head of one.
    let cursor = Cursor::at(&parsed, line.start);
    let mut names = cursor.names();
    let is_inside = |cursor: &Cursor<'_, '_>| {
        let block = cursor.nodes.last().and_then(|node| node.block());
        block.is_some_and(|block| block.open.end as usize <= line.start)
    };
    if !names.is_empty() && !is_inside(&cursor) {
        names.pop();
    }
    match &line.slot {
        Slot::Rules => completer.rules(),
        Slot::Nothing => {}
        Slot::Node => {
            let siblings: Vec<&str> = match cursor.nodes.get(names.len().wrapping_sub(1)) {
                Some(node) => node.children().map(|child| &*child.name().text).collect(),
                None => Vec::new(),
            };
            completer.nodes(&names, &siblings);
        }
        Slot::Argument {
            node,
            arguments,
            properties,
        } => {
            names.push(node);
            completer.arguments(&names, arguments, properties, around);
        }
        Slot::Property {
            node,
            property,
            arguments,
        } => {
            names.push(node);
            completer.property_value(&names, property, arguments, around);
        }
    }
    completer.items
}

/// Says what is said of items in the form that a client takes, as a mere string if it names none.
pub(super) fn document_in(items: &mut [CompletionItem], form: Option<&MarkupKind>) {
    for item in items {
        let Some(Documentation::MarkupContent(mut words)) = item.documentation.take() else {
            continue;
        };
        item.documentation = Some(match form {
            Some(form) => {
                words.kind = form.clone();
                Documentation::MarkupContent(words)
            }
            None => Documentation::String(words.value),
        });
    }
}

impl Completer<'_> {
    fn add(&mut self, label: &str, insert: &str, kind: CompletionItemKind, detail: String, words: &str, sort: &str) {
        // What follows is there already: a value behind a name, a `=` behind a property.
        let name = insert
            .split([' ', '='])
            .next()
            .filter(|name| !name.starts_with(['"', '$']));
        let (insert, is_snippet) = match name {
            Some(name) if self.continues() => (name, false),
            _ if !insert.contains('$') => (insert, false),
            _ if self.has_snippets => (insert, true),
            _ => (label, false),
        };
        let edit = TextEdit {
            range: self.document.range(self.span, self.encoding),
            new_text: with_line_ends_of(self.document.text(), insert),
        };
        let documentation = (!words.is_empty()).then(|| {
            Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: words.to_owned(),
            })
        });
        self.items.push(CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            documentation,
            sort_text: Some(format!("{sort}{:04}", self.items.len())),
            filter_text: Some(label.to_owned()),
            insert_text_format: is_snippet.then_some(InsertTextFormat::Snippet),
            text_edit: Some(CompletionItemTextEdit::TextEdit(edit)),
            ..CompletionItem::default()
        });
    }

    /// Whether the word is the beginning of something that stands behind it.
    fn continues(&self) -> bool {
        let has_value = self.is_name && self.behind.trim_start().starts_with(|c: char| !"{};/".contains(c));
        !self.word().is_empty() && (self.behind.starts_with('=') || has_value)
    }

    /// Rules, in a comment that ignores some.
    fn rules(&mut self) {
        for rule in RULES.iter().filter(|rule| rule.group != RuleGroup::Suppressions) {
            self.add(
                rule.name,
                rule.name,
                CompletionItemKind::EnumMember,
                rule.code.to_owned(),
                rule.summary,
                "1",
            );
        }
    }

    /// The nodes of a block.
    fn nodes(&mut self, names: &[&str], siblings: &[&str]) {
        match names {
            [] => {
                self.campaign();
                self.top_level(TOP_LEVEL.iter());
            }
            ["project"] => self.top_level(PROJECT.iter()),
            ["environment"] => {
                let aliases = TOP_LEVEL.iter().filter(|spec| spec.name == "aliases");
                self.top_level(PROJECT.iter().filter(|spec| spec.of_account).chain(aliases));
            }
            ["aliases"] | ["environment", "aliases"] => {
                for kind in AliasKind::ALL {
                    let insert = format!("{} ${{1:name}}=\"${{2:UUID}}\"", kind.word());
                    self.add(
                        kind.word(),
                        &insert,
                        CompletionItemKind::Keyword,
                        kind.doc().to_owned(),
                        "",
                        "1",
                    );
                }
            }
            ["campaign" | "template"] => self.settings(None, siblings),
            _ => {
                let Some(parent) = setting(names) else { return };
                self.settings(Some(parent), siblings);
                for row in fields_of(parent).filter(|row| row.child().is_some()) {
                    let name = row.child().unwrap_or_default();
                    let insert = format!("{name} {}", value_snippet(row));
                    self.add(
                        name,
                        &insert,
                        CompletionItemKind::Property,
                        row.kind.takes(),
                        row.doc,
                        "1",
                    );
                }
            }
        }
    }

    fn top_level(&mut self, specs: impl Iterator<Item = &'static TopLevelSpec>) {
        for spec in specs {
            let words = format!("`{}`\n\n{}", spec.usage, spec.more);
            let insert = format!("{} $0", spec.name);
            self.add(
                spec.name,
                &insert,
                CompletionItemKind::Keyword,
                spec.doc.to_owned(),
                &words,
                "1",
            );
        }
    }

    /// A campaign with all that it needs.
    fn campaign(&mut self) {
        if !self.has_snippets {
            return;
        }
        let mut insert = "campaign \"${1:key}\" {\n".to_owned();
        let required = SETTINGS
            .iter()
            .filter(|spec| spec.parent.is_none() && spec.id.is_required());
        for (index, spec) in required.enumerate() {
            insert.push_str(&format!("    {}\n", setting_snippet(spec.id, index + 2)));
        }
        insert.push('}');
        let detail = "a whole campaign".to_owned();
        self.add("campaign …", &insert, CompletionItemKind::Snippet, detail, "", "0");
    }

    /// Settings of a campaign or template, or of `redial`: first those that are missing.
    fn settings(&mut self, parent: Option<Setting>, siblings: &[&str]) {
        for spec in SETTINGS.iter().filter(|spec| spec.parent == parent) {
            let count = siblings.iter().filter(|sibling| **sibling == spec.name).count();
            // The word that is being written is one of them.
            let is_there = count > usize::from(self.word() == spec.name);
            if is_there && !spec.repeats {
                continue;
            }
            let sort = if spec.id.is_required() && !is_there { "0" } else { "1" };
            let words = format!("`{}`", usage_line(spec.id));
            let insert = setting_snippet(spec.id, 1);
            self.add(
                spec.name,
                &insert,
                CompletionItemKind::Field,
                spec.doc.to_owned(),
                &words,
                sort,
            );
        }
    }

    fn word(&self) -> &str {
        self.document.text().get(self.span.range()).unwrap_or_default()
    }

    /// Arguments and properties of a node.
    fn arguments(&mut self, names: &[&str], arguments: &[&str], properties: &[&str], around: &Around<'_>) {
        match names {
            ["campaign" | "template"] if !arguments.is_empty() && !properties.contains(&"template") => {
                let words = "the template from which it takes each setting that it does not state itself";
                self.property("template", words, "");
                return;
            }
            ["moved" | "removed", ..] => {
                if names == ["removed"] && arguments.is_empty() {
                    self.lost_keys();
                }
                if self.is_quoted {
                    return;
                }
                let spec = TOP_LEVEL.iter().find(|spec| Some(&spec.name) == names.first());
                for (taken, doc) in spec.map(|spec| spec.takes).unwrap_or_default() {
                    if let Some(name) = taken.strip_suffix('=') {
                        self.property(name, doc, "");
                    }
                }
                return;
            }
            ["project" | "environment", name] => {
                let spec = PROJECT.iter().find(|spec| spec.name == *name);
                for (taken, doc) in spec.map(|spec| spec.takes).unwrap_or_default() {
                    match taken.strip_suffix('=') {
                        Some(name) => self.property(name, doc, ""),
                        None => self.text_value(taken, doc),
                    }
                }
                return;
            }
            _ => {}
        }
        let Some(setting) = setting(names) else { return };
        if let Some(row) = setting.argument()
            && (arguments.is_empty() || row.kind.repeats())
        {
            self.values(row, row.kind.alias(), around);
        }
        if self.is_quoted {
            return;
        }
        for row in fields_of(setting) {
            if let Some(name) = row.property().filter(|name| !properties.contains(name)) {
                self.property(name, row.doc, &value_snippet(row));
            }
        }
    }

    fn property(&mut self, name: &str, words: &str, value: &str) {
        let value = if value.is_empty() { "\"$0\"" } else { value };
        let insert = format!("{name}={value}");
        self.add(
            &format!("{name}="),
            &insert,
            CompletionItemKind::Property,
            String::new(),
            words,
            "2",
        );
    }

    /// Keys of tasks that no campaign has.
    fn lost_keys(&mut self) {
        for key in (self.lost_keys)() {
            self.text_value(&key, "a task of the state that no campaign has");
        }
    }

    fn property_value(&mut self, names: &[&str], property: &str, arguments: &[&str], around: &Around<'_>) {
        if let (["campaign" | "template"], "template") = (names, property) {
            for template in around.project.templates() {
                if let Some(name) = &template.name {
                    self.text_value(&name.value, "");
                }
            }
            return;
        }
        if let (["moved"], "from") = (names, property) {
            self.lost_keys();
            return;
        }
        if let (["moved"], "to") = (names, property) {
            for key in around.project.keys() {
                self.text_value(&key.value, "");
            }
            return;
        }
        if let (["removed"], "task") = (names, property) {
            for word in ["halt", "keep"] {
                self.text_value(word, "");
            }
            return;
        }
        let row = setting(names).and_then(|setting| setting.property(property));
        if let Some(row) = row {
            let kind = match (row.kind.alias(), arguments.first().copied()) {
                (Some(AliasKind::NumberOrPool), Some("\"number\"")) => Some(AliasKind::Number),
                (Some(AliasKind::NumberOrPool), Some("\"pool\"")) => Some(AliasKind::Pool),
                (kind, _) => kind,
            };
            self.values(row, kind, around);
        }
    }

    /// Values of a field.
    fn values(&mut self, row: &FieldSpec, alias: Option<AliasKind>, around: &Around<'_>) {
        for choice in row.choices() {
            match choice.written {
                Written::Word(word) => self.text_value(word, choice.doc),
                Written::True | Written::False if !self.is_quoted => {
                    let source = choice.written.source();
                    self.add(
                        &source,
                        &source,
                        CompletionItemKind::Value,
                        choice.doc.to_owned(),
                        "",
                        "0",
                    );
                }
                _ => {}
            }
        }
        if row.kind.repeats() {
            for environment in around.project.environments() {
                self.text_value(&environment.name.value, "");
            }
        }
        if let Some(kind) = alias {
            for (name, detail) in around.aliases(kind) {
                self.text_value(name, &detail);
            }
        }
        let samples: &[&str] = match row.kind {
            Kind::Duration => &["5s", "12s", "20m", "1h"],
            Kind::Pace => &["1/s", "3/s", "1/60s", "10/min"],
            Kind::Time { .. } => &["09:00", "10:00", "18:00", "19:50"],
            _ => &[],
        };
        for sample in samples {
            self.text_value(sample, row.doc);
        }
    }

    /// A text, with quotes unless the place has them.
    fn text_value(&mut self, value: &str, detail: &str) {
        let quoted = quoted_line(value);
        let insert = match self.is_quoted {
            true => quoted[1..quoted.len() - 1].to_owned(),
            false => quoted,
        };
        // A `$` in a name is itself, not a placeholder.
        let has_snippets = std::mem::replace(&mut self.has_snippets, false);
        let label = if insert.contains('$') { insert.as_str() } else { value };
        self.add(label, &insert, CompletionItemKind::Value, detail.to_owned(), "", "0");
        self.has_snippets = has_snippets;
    }
}

/// A setting with a placeholder for its value.
fn setting_snippet(setting: Setting, index: usize) -> String {
    let name = setting.spec().name;
    match setting.argument() {
        Some(row)
            if row
                .choices()
                .iter()
                .any(|choice| matches!(choice.written, Written::Word(_))) =>
        {
            format!("{name} \"${{{index}:{}}}\"", first_word(row))
        }
        Some(row) if row.is_switch() => format!("{name} ${{{index}:#false}}"),
        Some(row) => match row.kind {
            Kind::Count | Kind::Limit => format!("{name} ${index}"),
            _ => format!("{name} \"${index}\""),
        },
        None => {
            let properties = fields_of(setting).filter(|row| row.property().is_some() && !row.kind.takes_several());
            let properties: Vec<String> = properties
                .enumerate()
                .map(|(at, row)| format!("{}\"${}\"", row.written(), index + at))
                .collect();
            match properties.is_empty() {
                true => format!("{name} {{\n    ${index}\n}}"),
                false => format!("{name} {}", properties.join(" ")),
            }
        }
    }
}

fn value_snippet(row: &FieldSpec) -> String {
    match row.kind {
        Kind::Count | Kind::Limit => "${0:3}".to_owned(),
        _ if row.is_switch() => "${0:#false}".to_owned(),
        _ => "\"$0\"".to_owned(),
    }
}

fn first_word(row: &FieldSpec) -> &'static str {
    let words = row.choices().iter().filter_map(|choice| match choice.written {
        Written::Word(word) => Some(word),
        _ => None,
    });
    words.min_by_key(|word| word.len()).unwrap_or_default()
}
