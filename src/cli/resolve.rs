//! `dialform resolve`: a person tells the outcome of a create that is unknown.

use std::process::ExitCode;

use super::binding::{CredentialPermit, project_binding, with_access};
use super::context::{Account, ApiArgs, LockArgs, ProjectContext, open, shut};
use super::interrupt::{STOPPED, Signals, wait_for};
use super::state_args::StateArgs;
use super::{render, terminal};
use crate::api::{Client, Identity};
use crate::apply::{
    OpenQuestion, Resolution, ResolveResult, adopt_answer, open_questions, resolve_create, resolve_lost, resolve_named,
};
use crate::plan::desired_state::Configuration;
use crate::state::{Binding, Intent, StateWriter, load};
use crate::util::hint::StateCommand;
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key of the campaign; without an answer, all that is known of it is shown
    #[arg(required_unless_present = "all")]
    key: Option<String>,
    /// Resolve every campaign whose task is not known for sure
    #[arg(long, conflicts_with = "key", requires = "adopt_found")]
    all: bool,
    #[command(flatten)]
    outcome: OutcomeArgs,
    /// Adopt the task whatever the list of tasks says of it; for an open create, without reading the list
    #[arg(long, requires = "adopt")]
    force: bool,
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    lock: LockArgs,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct OutcomeArgs {
    /// The task exists: adopt it by the id that the vendor's page shows
    #[arg(long, value_name = "ID")]
    adopt: Option<Identity>,
    /// The task does not exist: create it in the next apply
    #[arg(long)]
    recreate: bool,
    /// Adopt the task that carries the campaign's marker, where exactly one does that is not over
    #[arg(long)]
    adopt_found: bool,
}

impl Args {
    /// What a person has decided, where a campaign was named and decided about.
    fn decided(&self) -> Option<(&str, Resolution)> {
        let key = self.key.as_deref()?;
        match &self.outcome {
            OutcomeArgs { adopt: Some(task), .. } if self.force => Some((key, Resolution::AdoptAnyway(task.clone()))),
            OutcomeArgs { adopt: Some(task), .. } => Some((key, Resolution::Adopt(task.clone()))),
            OutcomeArgs { recreate: true, .. } => Some((key, Resolution::Recreate)),
            OutcomeArgs { .. } => None,
        }
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.state_args.show_in_commands();
    match resolve(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// What is done about the campaigns that are asked for.
enum Answer<'a> {
    /// They are shown.
    None,
    /// The tasks that are certain are adopted.
    AdoptFound,
    /// A person has decided about this campaign.
    Decided(&'a str, Resolution),
}

fn resolve(args: &Args) -> Result<ExitCode, String> {
    let answer = match args.decided() {
        Some((key, resolution)) => Answer::Decided(key, resolution),
        None if args.outcome.adopt_found => Answer::AdoptFound,
        None => Answer::None,
    };
    let mut context = ProjectContext::find()?;
    let place = context.place(&args.state_args)?;
    // An open create can be resolved whatever has changed in the files since.
    let mut open_create: Option<Binding> = None;
    if let Answer::Decided(key, resolution) = &answer {
        let held = load(&place, None).map_err(|error| error.to_string())?.state;
        if let Some(state) = held.filter(|state| state.intent_for(key).is_some()) {
            context.refuse_other_environment(&place, &state.binding)?;
            let mut store = open(&place, &state.binding, "dialform resolve", &args.lock)?;
            let was_sent = state.intent_for(key).is_some_and(Intent::may_have_left);
            if was_sent && matches!(resolution, Resolution::Adopt(_)) {
                open_create = Some(state.binding);
            } else {
                let resolved = resolve_create(&mut store, key, resolution).map_err(|error| error.to_string())?;
                if let Some(resolved) = resolved {
                    store.commit().map_err(|error| error.to_string())?;
                    return Ok(say(key, &resolved));
                }
            }
        }
    }

    let sandbox_data = args.state_args.sandbox.then(|| context.sandbox_data());
    let checked = context.check();
    let has_errors = checked.has_errors();
    let project = checked.project();
    let mut binding = project_binding(&project, &args.state_args)?;
    match &open_create {
        Some(held) if has_errors => binding.dialect = held.dialect,
        None if has_errors => return Ok(render::refuse(&checked)),
        _ => {}
    }
    let mut store = open(&place, &binding, "dialform resolve", &args.lock)?;
    let redactor = BodyRedactor::new(Some(store.state().lineage));
    let configuration = (!has_errors).then(|| Configuration::of(&checked, redactor));
    let now = match args.state_args.sandbox {
        true => binding,
        false => with_access(&binding, &project, Some(store.state().lineage))?,
    };
    let permit = CredentialPermit::given(Some(&store.state().binding), &now, false)?;
    let account = Account::of(&project, sandbox_data, &args.state_args, &args.api, &args.lock);
    let signals = Signals::listen(1)?;
    let interrupt = signals.raise(args.api.timeouts().answer, |line| terminal::note(&line));
    let resolved = wait_for(async {
        let connection = interrupt.or(account.connect(&permit)).await.ok_or(STOPPED)??;
        let (client, sandbox) = connection.split();
        let campaigns = configuration.iter().flat_map(|configuration| &configuration.campaigns);
        for campaign in campaigns {
            client.learn_secrets_of(&campaign.body).map_err(|why| why.to_string())?;
        }
        let client = client.stopped_by(interrupt.clone());
        let resolved = match (&answer, &configuration) {
            (Answer::Decided(key, Resolution::Adopt(task)), _) if open_create.is_some() => {
                adopt_named(&mut store, &client, key, task).await
            }
            (_, Some(configuration)) => {
                answer_questions(&mut store, &client, configuration, args.key.as_deref(), &answer).await
            }
            (_, None) => Err("the campaign files have errors".to_owned()),
        };
        shut(sandbox).await;
        match resolved {
            Err(_) if interrupt.is_raised() => Err(STOPPED.to_owned()),
            resolved => resolved,
        }
    })??;
    signals.end(0);
    store.commit().map_err(|error| error.to_string())?;
    match terminal::print_prose(resolved.text) {
        Ok(()) if resolved.is_left => Ok(ExitCode::FAILURE),
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(code) => Ok(code),
    }
}

/// What is printed, and whether something that was to be resolved is left open.
struct ResolveOutput {
    text: Text,
    is_left: bool,
}

/// Gives an open create the task that a person named, unless the list speaks against it.
async fn adopt_named(
    store: &mut StateWriter,
    client: &Client,
    key: &str,
    task: &Identity,
) -> Result<ResolveOutput, String> {
    let resolved = resolve_named(store, client, key, task).await;
    let text = match resolved.map_err(|error| error.to_string())? {
        Some(resolved) => words(key, &resolved),
        None => {
            return Err(format!(
                "the create of `{key}` is no longer open: another run has resolved it"
            ));
        }
    };
    Ok(ResolveOutput { text, is_left: false })
}

async fn answer_questions(
    store: &mut StateWriter,
    client: &Client,
    configuration: &Configuration,
    key: Option<&str>,
    answer: &Answer<'_>,
) -> Result<ResolveOutput, String> {
    if let Answer::Decided(key, resolution) = answer {
        let resolved = resolve_lost(store, client, configuration, key, resolution).await;
        let text = words(key, &resolved.map_err(|error| error.to_string())?);
        return Ok(ResolveOutput { text, is_left: false });
    }
    let list = client.scan().await.map_err(|error| error.to_string())?;
    let mut questions = open_questions(&list, store.state(), configuration);
    questions.retain(|question| key.is_none_or(|key| question.key == key));
    let mut output = ResolveOutput {
        text: Text::new(),
        is_left: false,
    };
    if questions.is_empty() {
        output.text.line(match key {
            Some(key) => format!("there is nothing to resolve: the task of `{key}` is known, or none was created"),
            None => "there is nothing to resolve".to_owned(),
        });
    }
    for question in questions {
        let adopted = match answer {
            Answer::AdoptFound => adopt_answer(store, configuration, &question).map_err(|error| error.to_string())?,
            Answer::None | Answer::Decided(..) => None,
        };
        match adopted {
            Some(adopted) => output.text.append(&words(&question.key, &adopted)),
            None => {
                output.is_left |= matches!(answer, Answer::AdoptFound);
                output.text.append(&ask(&question))
            }
        };
    }
    Ok(output)
}

/// What is known of a campaign's task, and how to answer.
fn ask(question: &OpenQuestion) -> Text {
    let key = question.key.as_str();
    let mut text = Text::new();
    match &question.intent {
        Some(intent) => text.line(format_args!(
            "{key}: nobody knows whether the create of {:.0} was carried out; its marker is {}",
            intent.at, intent.marker
        )),
        None => text.line(format_args!(
            "{key}: the state does not know these tasks, which carry its marker"
        )),
    };
    for candidate in &question.candidates {
        let task = &candidate.task;
        let number = |number: Option<u64>, what: &str| {
            number.map_or_else(|| format!("{what} not shown"), |number| format!("{number} {what}"))
        };
        let status = task
            .task_status()
            .map_or_else(|| "status not shown".to_owned(), |status| status.to_string());
        let likely = match question.answer() {
            Some(answer) if answer.task.identity == task.identity => "; most likely the one",
            _ => "",
        };
        text.line(format_args!(
            "  {}: {status}, {}, {}, created {}{likely}",
            task.identity,
            number(task.people, "people"),
            number(task.calls, "calls"),
            task.created.as_deref().unwrap_or("at a time that is not shown"),
        ));
    }
    if question.candidates.is_empty() {
        text.line("  no task in the list carries it, which is no proof: lists may lag");
    }
    let id = question.answer().or(question.candidates.first());
    let id = id.map_or("ID", |candidate| candidate.task.identity.as_str());
    text.line(format_args!(
        "  {} makes that task the campaign's, and {} has the next apply create a new one",
        StateCommand(&["resolve", key, "--adopt", id]),
        StateCommand(&["resolve", key, "--recreate"])
    ));
    text
}

fn say(key: &str, resolved: &ResolveResult) -> ExitCode {
    terminal::print_prose(words(key, resolved))
        .err()
        .unwrap_or(ExitCode::SUCCESS)
}

fn words(key: &str, resolved: &ResolveResult) -> Text {
    let mut line = Text::new();
    match resolved {
        ResolveResult::Adopted {
            task,
            is_presumed: false,
        } => line.line(format_args!("{key}: the task {task} is in the state now")),
        ResolveResult::Adopted {
            task,
            is_presumed: true,
        } => line.line(format_args!(
            "{key}: the task {task} is in the state now. What it was created with is not known; it is taken to be as the \
             files say"
        )),
        ResolveResult::Free { left } if left.is_empty() => {
            line.line(format_args!("{key}: the next apply creates a new task"))
        }
        ResolveResult::Free { left } => {
            let left: Vec<&str> = left.iter().map(Identity::as_str).collect();
            line.line(format_args!(
                "{key}: the next apply creates a new task; left alone: {}",
                left.join(", ")
            ))
        }
    };
    line
}
