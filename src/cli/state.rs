//! `dialform state`: shows and edits the state. Nothing here talks to the API.

use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;

use super::accept::accept;
use super::context::{LockArgs, ProjectContext, notes, open};
use super::state_args::StateArgs;
use super::{state_store, terminal};
use crate::state::{Intent, Record, Stage, State, StatePlace, StateWriter, load};
use crate::util::hint::StateCommand;
use crate::util::printable::{self, Text};
use crate::util::suggest::{closest, is_key};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: StateSubcommand,
}

#[derive(Debug, clap::Subcommand)]
enum StateSubcommand {
    /// List the tasks, and the creates whose outcome is unknown
    List {
        #[command(flatten)]
        state_args: StateArgs,
    },
    /// Show the entry of a campaign as JSON
    Show {
        /// The key of the campaign
        key: String,
        #[command(flatten)]
        state_args: StateArgs,
    },
    /// Accept the tasks of changed campaigns as they are: they count as what the files say now, and nothing is sent
    Accept {
        /// The keys of the campaigns; a pattern such as `city-*` means changed campaigns only
        #[arg(required = true, value_name = "KEY|GLOB")]
        campaigns: Vec<String>,
        #[command(flatten)]
        state_args: StateArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Remove a campaign's task from the state; the task itself keeps running, and its key is blocked until `--create KEY`
    Rm {
        /// The key of the campaign
        key: String,
        #[command(flatten)]
        state_args: StateArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Show who is at work on the state in a store
    Lock {
        /// Shut out whoever is at work, and let the next run begin at once
        #[arg(long = "break")]
        breaks: bool,
        #[command(flatten)]
        state_args: StateArgs,
    },
    /// Print the whole state as one file
    Pull {
        #[command(flatten)]
        state_args: StateArgs,
    },
    /// Put a file that `state pull` has printed in the place of the state in a store
    Push {
        /// The file
        file: PathBuf,
        /// Even if it is of another state, or older than the one that is there
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        state_args: StateArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Move the state from its file to a store, and mark the file as moved
    Migrate {
        /// The file, such as dialform.state.json
        from: PathBuf,
        /// The address of the store, such as postgres://db.example.com/campaigns?state=production
        to: PathBuf,
        /// A PEM file with additional certificate authorities to trust
        #[arg(long, value_name = "FILE")]
        ca_file: Option<PathBuf>,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Rename a key in the state, as a `moved` node does
    Mv {
        /// The current key
        from: String,
        /// The new key
        to: String,
        #[command(flatten)]
        state_args: StateArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
}

pub(super) fn run(args: &Args) -> ExitCode {
    if let StateSubcommand::List { state_args }
    | StateSubcommand::Show { state_args, .. }
    | StateSubcommand::Accept { state_args, .. }
    | StateSubcommand::Rm { state_args, .. }
    | StateSubcommand::Lock { state_args, .. }
    | StateSubcommand::Pull { state_args }
    | StateSubcommand::Push { state_args, .. }
    | StateSubcommand::Mv { state_args, .. } = &args.command
    {
        state_args.show_in_commands();
    }
    let done = match &args.command {
        StateSubcommand::List { state_args } => list(state_args),
        StateSubcommand::Show { key, state_args } => show(key, state_args),
        StateSubcommand::Lock { breaks, state_args } => state_store::lock(state_args, *breaks),
        StateSubcommand::Pull { state_args } => state_store::pull_state(state_args),
        StateSubcommand::Push {
            file,
            force,
            state_args,
            lock,
        } => state_store::push_state(file, *force, state_args, lock),
        StateSubcommand::Migrate {
            from,
            to,
            ca_file,
            lock,
        } => state_store::migrate_state(from, to, ca_file.as_deref(), lock),
        StateSubcommand::Accept {
            campaigns,
            lock,
            state_args,
        } => match accept(campaigns, state_args, lock) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => return ExitCode::FAILURE,
            Err(message) => Err(message),
        },
        StateSubcommand::Rm { key, lock, state_args } => {
            let record = Record::Removed {
                key: key.clone(),
                at: Timestamp::now(),
            };
            let has_task = |state: &State| state.tasks.contains_key(key);
            write(state_args, lock, key, record, has_task).map(|_| {
                one(format_args!(
                    "removed {key} from the state: its task keeps running, and `--create {key}` allows a new one"
                ))
            })
        }
        StateSubcommand::Mv {
            from,
            to,
            lock,
            state_args,
        } => mv(state_args, lock, from, to),
    };
    match done {
        Ok(text) => terminal::print(text).err().unwrap_or(ExitCode::SUCCESS),
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

/// The state, if there is one.
fn read(state_args: &StateArgs) -> Result<(StatePlace, Option<State>), String> {
    let context = ProjectContext::find()?;
    let place = context.place(state_args)?;
    let loaded = load(&place, None).map_err(|error| error.to_string())?;
    notes(&loaded.notes);
    if let Some(state) = &loaded.state {
        context.refuse_other_environment(&place, &state.binding)?;
    }
    Ok((place, loaded.state))
}

pub(super) fn no_state(place: &StatePlace) -> String {
    format!("there is no state at `{place}`: nothing has been applied yet")
}

/// Writes a record about a key under which the state holds what the record is about. Gives the state as it was before.
fn write(
    state_args: &StateArgs,
    lock: &LockArgs,
    key: &str,
    record: Record,
    holds: impl Fn(&State) -> bool,
) -> Result<State, String> {
    let (place, state) = read(state_args)?;
    let state = state.ok_or_else(|| no_state(&place))?;
    if !holds(&state) {
        return Err(no_task(&state, key));
    }
    // Its own binding: what a person sets right here does not depend on the files.
    let mut store = open(&place, &state.binding, "dialform state", lock)?;
    put(&mut store, record)?;
    Ok(state)
}

fn mv(state_args: &StateArgs, lock: &LockArgs, from: &str, to: &str) -> Result<Text, String> {
    if !is_key(to) {
        return Err(format!(
            "`{to}` cannot be the key of a campaign: a key has small letters a-z, digits, `-` and `_`, and begins with a \
             letter or a digit"
        ));
    }
    let record = Record::Moved {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let holds = |state: &State| state.tasks.contains_key(from) || state.is_blocked(from);
    let before = write(state_args, lock, from, record, holds)?;
    Ok(if before.tasks.contains_key(from) {
        one(format_args!("moved {from} to {to}"))
    } else {
        one(format_args!(
            "moved what blocks {from} to {to}: its task had been removed from the state, and `--create {to}` allows \
             a new one"
        ))
    })
}

fn put(store: &mut StateWriter, record: Record) -> Result<(), String> {
    store
        .append(record)
        .and_then(|_| store.commit())
        .map_err(|error| error.to_string())
}

/// Why a command that needs a task finds none, by what the state holds under the key instead.
fn no_task(state: &State, key: &str) -> String {
    if let Some(intent) = state.intent_for(key) {
        return format!(
            "the state has no task for `{key}`, but a create: {}",
            stage_words(intent)
        );
    }
    let Some(stone) = state.tombstones.get(key).and_then(|stones| stones.last()) else {
        return no_such_key(state, key);
    };
    let task = match &stone.identity {
        Some(identity) => format!("its task {identity}"),
        None => "its create".to_owned(),
    };
    let at = stone.removed_at;
    let block = if state.is_blocked(key) {
        format!(
            ", and the key is blocked since: `--create {key}` allows a new task, {} moves the block",
            StateCommand(&["state", "mv", key, "NEW"])
        )
    } else {
        String::new()
    };
    format!("the state has no task for `{key}` any more: {task} was removed on {at:.0}{block}")
}

fn no_such_key(state: &State, key: &str) -> String {
    let intents = state.intents.values().map(|intent| intent.key.as_str());
    let known = state.tasks.keys().chain(state.tombstones.keys()).map(String::as_str);
    match closest(key, known.chain(intents)) {
        Some(meant) => format!("the state has no task for `{key}`; did you mean `{meant}`?"),
        None => format!(
            "the state has no task for `{key}`; {} shows what there is",
            StateCommand(&["state", "list"])
        ),
    }
}

/// A text of one line.
fn one(words: impl Display) -> Text {
    let mut text = Text::new();
    text.line(words);
    text
}

fn list(state_args: &StateArgs) -> Result<Text, String> {
    let (place, state) = read(state_args)?;
    let mut out = Text::new();
    // An empty list is an answer, not a failure: scripts count its lines.
    let Some(state) = state else {
        terminal::remark(&format!("note: {}", no_state(&place)));
        return Ok(out);
    };
    let width = state.tasks.keys().map(String::len).max().unwrap_or_default();
    for (key, task) in &state.tasks {
        let stopped = match (task.halted_at, task.halting) {
            (Some(at), _) => format!("  stopped {at:.0}"),
            (None, Some(at)) => format!("  stop asked for {at:.0}, not confirmed"),
            (None, None) => String::new(),
        };
        let created = task.created_at;
        out.line(format_args!(
            "{key:width$}  {}  created {created:.0}{stopped}",
            task.identity
        ));
    }
    for intent in state.intents.values() {
        out.line(format_args!("{:width$}  {}", intent.key, stage_words(intent)));
    }
    for (key, stones) in &state.tombstones {
        for stone in stones.iter().filter(|stone| stone.blocks) {
            let (identity, at) = (stone.identity.as_deref().unwrap_or("no id"), stone.removed_at);
            out.line(format_args!(
                "{key:width$}  {identity}  removed {at:.0}; `--create {key}` allows a new one"
            ));
        }
    }
    if out.is_empty() {
        terminal::remark(&"note: the state holds no tasks");
    }
    Ok(out)
}

fn stage_words(intent: &Intent) -> String {
    let Intent { key, at, stage, .. } = intent;
    match stage {
        Stage::Recorded if intent.may_have_left() => format!(
            "refused temporarily, since {at:.0}; the next apply looks for it, and sends it again if it is not there"
        ),
        Stage::Recorded => format!("never sent, since {at:.0}; the next apply sends it"),
        Stage::Sending => format!("unknown since {at:.0}: the run was stopped while it was being sent"),
        Stage::Unknown { reason } => {
            format!(
                "unknown since {at:.0}: {reason}; {} resolves it",
                StateCommand(&["resolve", key])
            )
        }
    }
}

fn show(key: &str, state_args: &StateArgs) -> Result<Text, String> {
    let (place, state) = read(state_args)?;
    let state = state.ok_or_else(|| no_state(&place))?;
    let (task, intent, stones) = (state.tasks.get(key), state.intent_for(key), state.tombstones.get(key));
    if task.is_none() && intent.is_none() && stones.is_none() {
        return Err(no_such_key(&state, key));
    }
    let all = serde_json::json!({ "key": key, "task": task, "create": intent, "let_go": stones });
    Ok(Text::of(&printable::json(&all)))
}
