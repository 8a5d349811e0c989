//! `dialform state accept`: the tasks of changed campaigns count as what the files say now.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::binding::project_binding;
use super::context::{LockArgs, ProjectContext, open};
use super::render;
use super::state_args::StateArgs;
use crate::plan::desired_state::Configuration;
use crate::plan::{self, Kind, Options, PlanError, Reason};
use crate::state::Record;
use crate::util::key_pattern::KeyPattern;
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

/// Records what was accepted; nothing where the files have errors, which are printed.
pub(super) fn accept(written: &[String], state_args: &StateArgs, lock: &LockArgs) -> Result<Option<Text>, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(state_args)?;
    let checked = context.check();
    if checked.has_errors() {
        let _ = render::refuse(&checked);
        return Ok(None);
    }
    let binding = project_binding(&checked.project(), state_args)?;
    let mut store = open(&place, &binding, "dialform state accept", lock)?;
    let configuration = Configuration::of(&checked, BodyRedactor::new(Some(store.state().lineage)));
    if written
        .iter()
        .flat_map(|words| words.split(','))
        .any(|word| word.trim().is_empty())
    {
        return Err("a key or a pattern between the commas is empty: write for example `city-01,city-02`".to_owned());
    }
    let written: BTreeSet<String> = written
        .iter()
        .flat_map(|words| words.split(','))
        .map(|word| word.trim().to_owned())
        .collect();
    // What may be replaced may be accepted: the same campaigns have a task that differs.
    let options = Options {
        replace: written.clone(),
        ..Options::default()
    };
    plan::make(&configuration, store.state(), &options).map_err(|error| in_words(&error))?;
    let plan = plan::make(&configuration, store.state(), &Options::default()).map_err(|error| error.to_string())?;
    let patterns: Vec<KeyPattern> = written.into_iter().map(KeyPattern::new).collect();
    let mut out = Text::new();
    let mut records = Vec::new();
    for action in &plan.actions {
        let is_named = patterns.iter().any(|pattern| pattern.matches(&action.key));
        let Some(desired) = configuration.campaign(&action.key).filter(|_| is_named) else {
            continue;
        };
        let is_named_by_key = patterns.iter().any(|pattern| pattern.as_str() == action.key);
        let task = store.state().tasks.get(&action.key);
        if task.is_none() && action.kind != Kind::Move && action.task.is_some() {
            let key = &action.key;
            return Err(format!(
                "`{key}` has its task from a `moved` that is not applied yet; apply it first"
            ));
        }
        let Some(task) = task.filter(|task| task.fingerprint != desired.fingerprint) else {
            if is_named_by_key {
                out.line(format_args!(
                    "{}: nothing to accept, its task does not differ",
                    action.key
                ));
            }
            continue;
        };
        if matches!(action.reason, Reason::Accepted { .. }) {
            out.line(format_args!("{}: accepted already", action.key));
            continue;
        }
        out.line(format_args!(
            "accepted {}: the task {} counts as what the files say now; nothing was sent",
            action.key, task.identity
        ));
        for change in &action.changes {
            out.line(format_args!("    {change}"));
        }
        records.push(Record::Accepted {
            key: action.key.clone(),
            identity: task.identity.clone(),
            fingerprint: desired.fingerprint.clone(),
            at: Timestamp::now(),
        });
    }
    if records.is_empty() && out.is_empty() {
        out.line("nothing to accept: no campaign of these has changed");
    }
    for record in records {
        store.append(record).map_err(|error| error.to_string())?;
    }
    store.commit().map_err(|error| error.to_string())?;
    Ok(Some(out))
}

/// The same error without the option, which nobody wrote.
fn in_words(error: &PlanError) -> String {
    let words = error.to_string();
    words
        .replacen("`--replace ", "`", 1)
        .replace("can be replaced", "can be accepted")
        .replace("could be replaced", "could be accepted")
        .replace(
            "so nothing can take the place of its task",
            "so there is nothing that its task could count as",
        )
}
