//! Diagnostics for clients that ask for them, rather than being told.

use std::collections::BTreeMap;

use gen_lsp_types::{Diagnostic, Uri};
use lsp_server::ResponseError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::navigation::OfDocument;
use super::requests::asked;
use super::serving::Serving;

/// What the client knows of one document.
#[derive(Deserialize)]
struct PreviousResult {
    uri: Uri,
    value: String,
}

/// The parameters of a request about the whole workspace.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfWorkspace {
    #[serde(default)]
    previous_result_ids: Vec<PreviousResult>,
}

/// The same for the same diagnostics, whatever was asked before.
fn result_id(items: &[Diagnostic]) -> String {
    use std::hash::BuildHasher as _;
    let text = serde_json::to_string(items).unwrap_or_default();
    let hash = foldhash::fast::FixedState::with_seed(0).hash_one(text);
    format!("{hash:016x}")
}

/// A report: nothing but its id where the client knows the rest.
fn report(items: &[Diagnostic], known: Option<&str>) -> Value {
    let id = result_id(items);
    match known == Some(id.as_str()) {
        true => json!({ "kind": "unchanged", "resultId": id }),
        false => json!({ "kind": "full", "resultId": id, "items": items }),
    }
}

impl Serving {
    /// Answers a request for the diagnostics of one document.
    pub(super) fn pull_document(&self, params: Value) -> Result<Value, ResponseError> {
        let known = params
            .get("previousResultId")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let of: OfDocument = asked(params)?;
        let uri = of.text_document.uri;
        let items = match self.documents.get(&uri) {
            Some(document) => self.published.told(&document.path, &uri),
            None => self.published.told_of(&uri),
        };
        Ok(report(items, known.as_deref()))
    }

    /// Answers a request for the diagnostics of every file.
    pub(super) fn pull_workspace(&self, params: Value) -> Result<Value, ResponseError> {
        let of: OfWorkspace = asked(params)?;
        let previous = of.previous_result_ids.into_iter();
        let mut previous: BTreeMap<String, String> = previous
            .map(|known| (known.uri.as_ref().to_owned(), known.value))
            .collect();
        let version = |uri: &Uri| self.documents.get(uri).and_then(|document| document.version);
        let item = |uri: &Uri, items: &[Diagnostic], known: Option<&str>| {
            let mut item = report(items, known);
            item["uri"] = json!(uri);
            item["version"] = json!(version(uri));
            item
        };
        let mut items = Vec::new();
        for (uri, diagnostics) in self.published.all_told() {
            let known = previous.remove(uri.as_ref());
            items.push(item(uri, diagnostics, known.as_deref()));
        }
        // Of these there is nothing to say any more.
        for (uri, known) in previous {
            items.push(item(&Uri::from(uri), &[], Some(&known)));
        }
        Ok(json!({ "items": items }))
    }
}
