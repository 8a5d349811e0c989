//! `dialform import --live KEY=ID`: adopts existing tasks into the state, without calling the API.

use std::process::ExitCode;
use std::str::FromStr;

use uuid::Uuid;

use super::binding::project_binding;
use super::context::{LockArgs, ProjectContext, open};
use super::state_args::StateArgs;
use super::{render, terminal};
use crate::api::Identity;
use crate::apply::{Adopted, adopt_live};
use crate::plan::desired_state::Configuration;
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

/// `KEY=ID`
#[derive(Clone, Debug)]
pub(super) struct Live {
    key: String,
    task: Identity,
}

impl FromStr for Live {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, id) = text
            .split_once('=')
            .ok_or("write it as KEY=ID: the campaign's key, and the task's id as the vendor's page shows it")?;
        let wrong = "the id of a task is a UUID like 48a77bd7-8762-4e0f-a277-4ef77e36c41b; copy it whole";
        let id = Uuid::try_parse(id.trim()).map_err(|_| wrong)?;
        let task = id.hyphenated().to_string().parse().map_err(|_| wrong)?;
        let key = key.trim().to_owned();
        Ok(Self { key, task })
    }
}

pub(super) fn run(live: &[Live], state_args: &StateArgs, lock: &LockArgs) -> ExitCode {
    state_args.show_in_commands();
    match take(live, state_args, lock) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn take(live: &[Live], state_args: &StateArgs, lock: &LockArgs) -> Result<ExitCode, String> {
    let mut context = ProjectContext::find()?;
    let place = context.place(state_args)?;
    let checked = context.check();
    if checked.has_errors() {
        return Ok(render::refuse(&checked));
    }
    let project = checked.project();
    if let Some(Live { key, .. }) = live
        .iter()
        .find(|live| project.campaigns().all(|owner| owner.title() != live.key))
    {
        return Err(render::no_such_campaign(&project, key));
    }
    let binding = project_binding(&project, state_args)?;
    let mut store = open(&place, &binding, "dialform import", lock)?;
    let redactor = BodyRedactor::new(Some(store.state().lineage));
    let configuration = Configuration::of(&checked, redactor);
    let wanted: Vec<(String, Identity)> = live.iter().map(|live| (live.key.clone(), live.task.clone())).collect();
    let taken = adopt_live(&mut store, &configuration, &wanted).map_err(|error| error.to_string())?;
    store.commit().map_err(|error| error.to_string())?;
    let mut lines = Text::new();
    for Adopted { key, task, was_known } in &taken {
        lines.push(format_args!("{key}: the task {task} is in the state "));
        lines.line(match was_known {
            true => "already, and stays as it is",
            false => "now",
        });
    }
    if taken.iter().any(|taken| !taken.was_known) {
        terminal::remark(
            &"note: the API cannot show a task's settings, and was not asked whether the task is there; it is taken to be as \
             the files say now, so that plan shows it as unchanged",
        );
    }
    Ok(terminal::print(lines).err().unwrap_or(ExitCode::SUCCESS))
}
