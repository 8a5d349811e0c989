//! Code actions: fixes, comments that ignore a finding, aliases that are missing.

use gen_lsp_types::{CodeActionParams, CodeActionTriggerKind, Diagnostic, Position, Range, TextEdit, Uri};
use serde_json::{Value, json};

use super::cursor::Cursor;
use super::diagnostics::code_of;
use super::document::Document;
use super::insertion::{Insertion, insert_node};
use super::names::word;
use super::position::{Encoding, Lines, line_end, with_line_ends_of};
use super::workspace::Workspace;
use crate::fields::AliasKind;
use crate::model::AliasUse;
use crate::syntax::Parsed;

/// The kind of the action that makes every safe fix of a file.
pub(super) const FIX_ALL: &str = "source.fixAll.dialform";
/// Characters of a text that a title shows.
const MAX_SHOWN: usize = 40;

/// What a request for code actions asks for.
pub(super) struct Wanted<'a> {
    params: &'a CodeActionParams,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(params: &'a CodeActionParams) -> Self {
        Self { params }
    }

    /// Whether actions of this kind are wanted, which an editor names by any beginning.
    pub(super) fn takes(&self, kind: &str) -> bool {
        let Some(only) = &self.params.context.only else {
            return true;
        };
        only.iter().any(|wanted| {
            let wanted = serde_json::to_value(wanted).unwrap_or_default();
            let wanted = wanted.as_str().unwrap_or_default();
            wanted.is_empty()
                || kind
                    .strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether all fixes of the file are wanted: they are tried out, so not at each move of the cursor.
    pub(super) fn takes_all_fixes(&self) -> bool {
        let is_asked = self.params.context.trigger_kind == Some(CodeActionTriggerKind::Invoked);
        self.takes(FIX_ALL) && (self.params.context.only.is_some() || is_asked)
    }

    /// Whether a person asks, and an editor does not only show that there are actions.
    pub(super) fn is_invoked(&self) -> bool {
        self.params.context.trigger_kind == Some(CodeActionTriggerKind::Invoked)
    }

    /// Whether a diagnostic lies in the range.
    pub(super) fn touches(&self, diagnostic: &Diagnostic) -> bool {
        let (wanted, range) = (&self.params.range, &diagnostic.range);
        let before = |a: &Position, b: &Position| (a.line, a.character) <= (b.line, b.character);
        before(&range.start, &wanted.end) && before(&wanted.start, &range.end)
    }
}

/// The action that makes one edit of one file.
pub(super) fn action(
    title: String,
    kind: &str,
    is_preferred: bool,
    diagnostic: Option<&Diagnostic>,
    uri: &Uri,
    edits: &Value,
) -> Value {
    let mut action = json!({
        "title": title,
        "kind": kind,
        "edit": { "changes": { uri.as_ref(): edits } },
    });
    if is_preferred {
        action["isPreferred"] = Value::Bool(true);
    }
    if let Some(diagnostic) = diagnostic {
        action["diagnostics"] = json!([diagnostic]);
    }
    action
}

/// The fix that a diagnostic carries.
pub(super) fn fix(document: &Document, diagnostic: &Diagnostic, encoding: Encoding) -> Option<Value> {
    let fix = diagnostic.data.as_ref()?.get("fix").filter(|fix| fix.is_object())?;
    let is_safe = fix["applicability"] == "safe";
    let mut edits: Vec<TextEdit> = serde_json::from_value(fix["edits"].clone()).ok()?;
    let title = title(document, &edits, code_of(diagnostic), encoding);
    for edit in &mut edits {
        edit.new_text = with_line_ends_of(document.text(), &edit.new_text);
    }
    let title = if is_safe {
        title
    } else {
        format!("{title} (unsafe: is it what you mean?)")
    };
    let edits = serde_json::to_value(edits).ok()?;
    Some(action(
        title,
        "quickfix",
        is_safe,
        Some(diagnostic),
        &document.uri,
        &edits,
    ))
}

fn title(document: &Document, edits: &[TextEdit], code: &str, encoding: Encoding) -> String {
    let [edit] = edits else {
        return format!("Fix {code} in {} places", edits.len());
    };
    let old = document.text().get(document.span(edit.range, encoding).range());
    let (old, new) = (old.unwrap_or_default().trim(), edit.new_text.trim());
    match (shown(old), shown(new)) {
        (_, None) if old.is_empty() => format!("Fix {code}"),
        (None, Some(new)) if old.is_empty() => format!("Insert `{new}`"),
        (Some(old), None) if new.is_empty() => format!("Delete `{old}`"),
        (Some(old), Some(new)) => format!("Replace `{old}` with `{new}`"),
        _ => format!("Fix {code}"),
    }
}

/// A text that fits a title.
fn shown(text: &str) -> Option<&str> {
    let fits = !text.is_empty() && text.chars().count() <= MAX_SHOWN && !text.contains(char::is_control);
    fits.then_some(text)
}

/// The comment that ignores a finding, above the node that it is in.
pub(super) fn ignore(
    document: &Document,
    parsed: &Parsed<'_>,
    diagnostic: &Diagnostic,
    encoding: Encoding,
) -> Option<Value> {
    if diagnostic.data.as_ref()?["ignorable"] != true {
        return None;
    }
    let text = document.text();
    let byte = document.byte(diagnostic.range.start, encoding);
    let cursor = Cursor::at(parsed, byte);
    let node = cursor.nodes.last()?;
    let start = node
        .annotation()
        .map_or(node.name().span.start, |annotation| annotation.span.start);
    let start = start.min(node.name().span.start) as usize;
    let line = text.get(..start)?.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let indent: String = text
        .get(line..start)?
        .chars()
        .take_while(|c| c.is_whitespace())
        .collect();
    // Another node precedes it on the line, or the end of a text of several lines.
    if indent.len() + line != start {
        return None;
    }
    let code = code_of(diagnostic);
    let end = line_end(text);
    let at = document.range(crate::project::source::Span::point(line), encoding);
    let edits = json!([{ "range": at, "newText": format!("{indent}// dialform: ignore[{code}] TODO: say why{end}") }]);
    let title = format!("Ignore {code} here, with a reason");
    Some(action(
        title,
        "quickfix",
        false,
        Some(diagnostic),
        &document.uri,
        &edits,
    ))
}

/// A text that an action may add to.
pub(super) struct EditTarget<'a> {
    pub(super) uri: Uri,
    pub(super) text: &'a str,
}

/// The declaration of the alias that a diagnostic misses, at the end of the project's own file. Its id is for the person to
/// fill in: until then it is an error.
pub(super) fn declare(
    document: &Document,
    diagnostic: &Diagnostic,
    workspace: &Workspace,
    encoding: Encoding,
    target: &EditTarget<'_>,
) -> Option<Value> {
    if code_of(diagnostic) != "DF301" {
        return None;
    }
    let span = document.span(diagnostic.range, encoding);
    let index = workspace.index_at(&document.path)?;
    let in_campaigns = index.campaigns.iter().flat_map(|campaign| campaign.alias_uses());
    let in_templates = index.templates.iter().flat_map(|template| template.alias_uses());
    let missing: AliasUse<&str> = in_campaigns
        .chain(in_templates)
        .find(|alias| alias.place.span == span)?;
    let kind = match missing.kind {
        AliasKind::NumberOrPool => AliasKind::Number,
        kind => kind,
    };
    let declaration = format!("aliases {{\n    {} {}=\"UUID\"\n}}", kind.word(), word(missing.name));
    let Insertion { at, text } = insert_node(target.text, &declaration, None)?;
    let at = Lines::of(target.text).position(target.text, at, encoding);
    let name = shown(missing.name).unwrap_or("…");
    let title = format!("Declare the {} `{name}` (its id is for you to fill in)", kind.word());
    let edits = json!([{ "range": Range { start: at, end: at }, "newText": text }]);
    Some(action(title, "quickfix", false, Some(diagnostic), &target.uri, &edits))
}

/// The action that makes every safe fix of a document.
pub(super) fn all_fixes(document: &Document, fixed: &str, encoding: Encoding) -> Value {
    let edits = super::formatting::edits_between(document, fixed, encoding);
    let edits = serde_json::to_value(edits).unwrap_or_default();
    let title = "Fix all that is safe to fix in this file".to_owned();
    action(title, FIX_ALL, false, None, &document.uri, &edits)
}
