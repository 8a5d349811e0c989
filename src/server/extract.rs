//! Code actions that write more than a fix: a template of the settings that are selected, campaigns of pasted request bodies.

use std::path::Path;

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::actions::{Wanted, action};
use super::document::Document;
use super::insertion::{Insertion, insert_node};
use super::position::{Encoding, with_line_ends_of};
use super::serving::Serving;
use crate::fields::Dialect;
use crate::import::{self, ImportContext, Verifier};
use crate::model::Project;
use crate::project::source::Span;
use crate::syntax::{Node, parse};
use crate::util::plural::counted;

/// The kinds of these actions.
pub(super) const EXTRACT: &str = "refactor.extract";
pub(super) const REWRITE: &str = "refactor.rewrite";

/// All of a node with its block.
fn whole(node: Node<'_, '_>) -> Span {
    node.block().map_or(node.head(), |block| node.head().to(block.close))
}

/// The action that makes a template of the selected settings of a campaign that takes nothing from one yet.
pub(super) fn extract(document: &Document, range: Range, project: &Project<'_>, encoding: Encoding) -> Option<Value> {
    let text = document.text();
    let wanted = document.span(range, encoding);
    let parsed = parse(text);
    if wanted.start == wanted.end || !parsed.errors.is_empty() {
        return None;
    }
    let mut roots = parsed.tree.roots();
    let campaign = roots.find(|node| {
        let block = node.block();
        let holds = |span: Span| span.start <= wanted.start && wanted.end <= span.end;
        &*node.name().text == "campaign" && block.is_some_and(|block| holds(block.open.to(block.close)))
    })?;
    let has_template = campaign
        .entries()
        .iter()
        .any(|entry| entry.name.as_ref().is_some_and(|name| name.text == "template"));
    let selected = campaign.children().filter(|node| {
        let span = whole(*node);
        span.start < wanted.end && wanted.start < span.end && &*node.name().text != "name"
    });
    let lines: Vec<Span> = selected
        .map(|node| lines_of(text, whole(node)))
        .collect::<Option<_>>()?;
    let (first, last) = (lines.first()?, lines.last()?);
    if has_template {
        return None;
    }
    let name = (1..).map(|number| match number {
        1 => "shared".to_owned(),
        number => format!("shared-{number}"),
    });
    let name = { name }.find(|name| project.template(name).is_none())?;
    let settings: String = lines.iter().filter_map(|line| text.get(line.range())).collect();
    let node = format!("template \"{name}\" {{\n{}}}", settings.replace("\r\n", "\n"));
    // The campaign's block is whole, as nothing in the text is broken.
    let Insertion { at, text: inserted } = insert_node(text, &node, None)?;
    let head_end = campaign.entries().last()?.span().end as usize;
    let edit = |span: Span, new: &str| json!({ "range": document.range(span, encoding), "newText": new });
    let mut edits = vec![edit(Span::point(head_end), &format!(" template=\"{name}\""))];
    edits.extend(lines.iter().map(|line| edit(*line, "")));
    edits.push(edit(Span::point(at), &inserted));
    debug_assert!(first.start <= last.start, "settings are in the order of the text");
    let title = format!("Extract {} to the template `{name}`", counted(lines.len(), "setting"));
    Some(action(title, EXTRACT, false, None, &document.uri, &Value::from(edits)))
}

/// The whole lines of a node; nothing where it shares one with something else than a comment behind it.
fn lines_of(text: &str, span: Span) -> Option<Span> {
    let start = text.get(..span.start as usize)?.rfind('\n').map_or(0, |end| end + 1);
    let rest = text.get(span.end as usize..)?;
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let is_alone = text.get(start..span.start as usize)?.trim().is_empty();
    let behind = line.trim();
    (is_alone && (behind.is_empty() || behind.starts_with("//")))
        .then(|| Span::new(start, span.end as usize + line.len()))
}

impl Serving {
    /// The actions that write more than a fix.
    pub(super) fn rewrites(&mut self, path: &Path, wanted: &Wanted<'_>, range: Range) -> Vec<Value> {
        let encoding = self.client.encoding;
        let mut found = Vec::new();
        let Some(document) = self.documents.at(path) else {
            return found;
        };
        if wanted.takes(EXTRACT) {
            let project = self.workspace.project_of(path);
            found.extend(extract(document, range, &project, encoding));
        }
        if wanted.takes(REWRITE) {
            found.extend(self.campaigns_of_pasted(path, range));
        }
        found
    }

    /// The action that makes campaigns of the selected request bodies or curl commands.
    fn campaigns_of_pasted(&mut self, path: &Path, range: Range) -> Option<Value> {
        let encoding = self.client.encoding;
        let document = self.documents.at(path)?;
        let span = document.span(range, encoding);
        let selected = document.text().get(span.range())?.trim();
        // Anything else is too much to try at each selection.
        if !selected.starts_with(['{', '[']) && !selected.starts_with("curl") {
            return None;
        }
        let input = import::read(selected.as_bytes()).ok()?;
        let root = self.workspace.root_of(path);
        let overlays = self.documents.overlays();
        let context = self.workspace.checked(path, None, overlays, |checked| match root {
            Some(_) => ImportContext::from_project(checked),
            None => ImportContext::without_project(Dialect::default()),
        })?;
        let folder = path.parent()?.to_owned();
        let mut checker = crate::lint::engine::Checker::new(&folder, Some(jiff::Timestamp::now()));
        let mut verifier = match &root {
            Some(root) => Verifier::project(&checker.project_scope(root, overlays), root),
            None => Verifier::standalone(&folder, Dialect::default()),
        };
        let imported = import::import(input, context, &mut verifier, &mut checker, None);
        if imported.campaigns.is_empty() || imported.failed > 0 {
            return None;
        }
        let texts: Vec<&str> = imported
            .campaigns
            .iter()
            .map(|campaign| campaign.text.as_str())
            .collect();
        let document = self.documents.at(path)?;
        let new = with_line_ends_of(document.text(), &texts.join("\n"));
        let title = format!("Write the selection as {}", counted(texts.len(), "campaign"));
        let edits = json!([{ "range": document.range(span, encoding), "newText": new }]);
        Some(action(title, REWRITE, false, None, &document.uri, &edits))
    }
}
