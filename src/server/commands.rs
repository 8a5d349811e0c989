//! Commands: what `render`, `plan` and `rule` say, as texts for the editor to show. They ask no service and write nothing.

use std::path::{Path, PathBuf};

use lsp_server::{ErrorCode, ResponseError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::serving::Serving;
use super::session::error;
use super::tasks::StateOfAccount;
use super::uri;
use crate::explain;
use crate::lint::engine::Checked;
use crate::plan::desired_state::Configuration;
use crate::plan::{self, Options};
use crate::report;
use crate::report::page::markdown;
use crate::rules;
use crate::util::printable;
use crate::wire::{self, BodyRedactor};

/// Every command, as an editor names it.
pub(super) const COMMANDS: [&str; 3] = ["dialform.render", "dialform.plan", "dialform.explainRule"];

/// What an editor says with a command.
#[derive(Deserialize)]
struct Asked {
    command: String,
    #[serde(default)]
    arguments: Vec<Value>,
}

impl Serving {
    /// Carries out a command. The answer is an object with a `text` and its `language`.
    pub(super) fn execute(&mut self, params: &Value) -> Result<Value, ResponseError> {
        let wrong = |words: String| error(ErrorCode::InvalidParams, words);
        let asked = Asked::deserialize(params).map_err(|why| wrong(why.to_string()))?;
        let argument = |index: usize| asked.arguments.get(index).and_then(Value::as_str);
        let (text, language) = match (asked.command.as_str(), argument(0)) {
            ("dialform.render", Some(document)) => {
                let key = argument(1).map(str::to_owned);
                (self.rendered(document, key.as_deref()), "json")
            }
            ("dialform.plan", Some(document)) => (self.planned(document), "plaintext"),
            ("dialform.explainRule", Some(word)) => {
                let rule = rules::find(word).ok_or_else(|| format!("there is no rule `{word}`"));
                (rule.map(|rule| markdown(&explain::rule_page(rule))), "markdown")
            }
            (command, None) if COMMANDS.contains(&command) => {
                let takes = match command {
                    "dialform.explainRule" => "the code or the name of a rule",
                    _ => "the URI of a document",
                };
                return Err(wrong(format!("`{command}` takes {takes} as its first argument")));
            }
            (command, _) => return Err(wrong(format!("`{command}` is none of {}", COMMANDS.join(", ")))),
        };
        let text = text.map_err(|words| error(ErrorCode::RequestFailed, words))?;
        Ok(json!({ "text": text, "language": language }))
    }

    fn path_of(&self, document: &str) -> Result<PathBuf, String> {
        let uri = gen_lsp_types::Uri::from(document.to_owned());
        Ok(uri::document_path(&uri))
    }

    /// What would be sent for the campaigns of a document, or for the one with a key.
    fn rendered(&mut self, document: &str, key: Option<&str>) -> Result<String, String> {
        let path = self.path_of(document)?;
        let Some(index) = self.workspace.index_at(&path) else {
            return Err(format!("{document} is part of nothing that is checked"));
        };
        let own = index.campaigns.iter().map(|campaign| campaign.title().to_owned());
        let own: Vec<String> = own.filter(|own| key.is_none_or(|key| key == own)).collect();
        if own.is_empty() {
            return Err(match key {
                Some(key) => format!("there is no campaign `{key}` in this file"),
                None => "there is no campaign in this file".to_owned(),
            });
        }
        let render = |checked: &Checked<'_>| {
            refuse(checked)?;
            let project = checked.project();
            let campaigns = checked.campaigns(|key| own.iter().any(|own| own == key));
            let mut bodies = campaigns
                .iter()
                .map(|campaign| wire::body(&project, &project.resolve(campaign)));
            match (key, bodies.next()) {
                (Some(_), Some(body)) => Ok(printable::json(&body)),
                (_, first) => Ok(printable::json(&first.into_iter().chain(bodies).collect::<Vec<_>>())),
            }
        };
        let rendered = self.workspace.checked(&path, None, self.documents.overlays(), render);
        rendered.unwrap_or_else(|| Err(format!("{document} is part of no project")))
    }

    /// The plan of the project of a document, by the files and the state alone.
    fn planned(&mut self, document: &str) -> Result<String, String> {
        let path = self.path_of(document)?;
        let Some(root) = self.workspace.root_of(&path) else {
            return Err(format!("{document} is part of no project"));
        };
        let states = self.states_of(&root);
        let mut plans = Vec::new();
        for StateOfAccount { environment, file } in states {
            let name = environment.as_deref();
            let planned = match file {
                Some(file) => self.planned_by(&path, name, &file)?,
                None => "its state is in a store, which an editor does not ask: `dialform plan` does\n".to_owned(),
            };
            plans.push(match name {
                Some(name) => format!("In the environment `{name}`:\n\n{planned}"),
                None => planned,
            });
        }
        Ok(plans.join("\n"))
    }

    /// The plan of the project of a document in an environment, by the state in a file.
    fn planned_by(&mut self, path: &Path, environment: Option<&str>, file: &Path) -> Result<String, String> {
        let read = self.states.of(file);
        let Some(state) = read.state.as_ref().map_err(Clone::clone)? else {
            return Ok("there is no state yet: apply would create a task of each campaign\n".to_owned());
        };
        let make = |checked: &Checked<'_>| {
            refuse(checked)?;
            let configuration = Configuration::of(checked, BodyRedactor::new(Some(state.lineage)));
            let plan = plan::make(&configuration, state, &Options::default()).map_err(|why| why.to_string())?;
            Ok(report::plan::render(&plan, false).finish())
        };
        let overlays = self.documents.overlays();
        let planned = self.workspace.checked(path, environment, overlays, make);
        planned.unwrap_or_else(|| Err(format!("{} is part of no project", path.display())))
    }
}

/// Of a project with errors nobody can say what would be sent.
fn refuse(checked: &Checked<'_>) -> Result<(), String> {
    match checked.has_errors() {
        true => Err("the project has errors: fix them first".to_owned()),
        false => Ok(()),
    }
}
