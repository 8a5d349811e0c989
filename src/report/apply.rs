//! Renders the result of an apply for people: what failed, with its place in the files, and a summary.

use anstyle::{AnsiColor, Style};

use super::shared_words::many_replacements;
use crate::apply::{ActionReport, ActionResult, ApplyReport, UnknownReason};
use crate::plan::BlockReason;
use crate::util::hint::StateCommand;
use crate::util::printable::Text;

const RED: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Renders a report. Successful actions were printed while they ran and are only counted here.
pub fn render(report: &ApplyReport) -> Text {
    let mut out = Text::new();
    let mut told: Vec<(&str, String)> = Vec::new();
    for action in &report.actions {
        let Some(shared) = shared_words(&action.result, SAME) else {
            trouble(&mut out, action);
            continue;
        };
        let alike = report
            .actions
            .iter()
            .filter(|other| shared_words(&other.result, SAME).as_ref() == Some(&shared));
        let keys: Vec<String> = alike.map(|other| format!("`{}`", other.key)).collect();
        if keys.len() == 1 {
            trouble(&mut out, action);
        } else if !told.contains(&shared) {
            // A command in it is that of the first campaign.
            let Some((word, message)) = shared_words(&action.result, &action.key) else {
                continue;
            };
            out.styled(RED, word);
            out.line(format_args!(": {} campaigns: {message}", keys.len()));
            out.line(format_args!("    {}", keys.join(", ")));
            told.push(shared);
        }
    }
    if let Some(stop) = &report.stop {
        out.styled(RED, "stopped").push(": ").line(stop);
    }
    if !report.left_alone.is_empty() {
        out.line(left_alone(&report.left_alone));
    }
    out.styled(BOLD, summary(report)).end();
    out
}

/// What stands for the key where words are compared.
const SAME: &str = "";

/// The most keys that are named.
const SHOWN: usize = 10;

fn left_alone(keys: &[String]) -> String {
    let named: Vec<String> = keys.iter().take(SHOWN).map(|key| format!("`{key}`")).collect();
    let more = match keys.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = keys.first().map_or("", String::as_str);
    let (whose, tasks) = match keys.len() {
        1 => ("is", "its task was left alone and may go on calling"),
        _ => ("are", "their tasks were left alone and may go on calling"),
    };
    format!(
        "note: {}{more} {whose} no longer declared: {tasks}. `removed \"{first}\" task=\"halt\"` stops a task, \
         `removed \"{first}\" task=\"keep\"` lets it go",
        named.join(", ")
    )
}

/// A result in words that hold for each campaign that it came to, so that many of them can share one message; commands in it
/// are those of `key`. None where the words are about one campaign.
fn shared_words(result: &ActionResult, key: &str) -> Option<(&'static str, String)> {
    Some(match result {
        ActionResult::Blocked(BlockReason::NeedsReplace { .. }) => ("blocked", many_replacements(key)),
        ActionResult::Blocked(BlockReason::Removed { key: own, under }) if own == under => (
            "blocked",
            format!(
                "the task of each was removed from the state and may still exist; `--create {key}` says for the first of them \
                 that a new one is meant"
            ),
        ),
        ActionResult::Rejected(refusal) if refusal.fields.is_empty() => ("rejected", refusal.to_string()),
        ActionResult::Failed { why } => ("failed", why.clone()),
        ActionResult::Unknown(UnknownReason::NotLookedFor { why, .. }) => ("unknown", not_looked_for(why, key)),
        _ => return None,
    })
}

fn not_looked_for(why: &str, key: &str) -> String {
    format!(
        "whether it was created is not known: {why}. Nor could it be looked for; run apply again, which looks for it first. \
         If that does not find it, {} resolves it",
        StateCommand(&["resolve", key])
    )
}

fn trouble(
    out: &mut Text,
    ActionReport {
        key,
        kind: _,
        at,
        result,
    }: &ActionReport,
) {
    let (word, message) = match result {
        ActionResult::Created { .. }
        | ActionResult::Replaced { .. }
        | ActionResult::Moved { .. }
        | ActionResult::Halted { .. }
        | ActionResult::LetGo { .. }
        | ActionResult::NotReached
        | ActionResult::Adopted { is_current: true, .. } => return,
        ActionResult::Adopted {
            identity,
            is_current: false,
        } => (
            "not done",
            format!(
                "an earlier create made the task {identity}, which is in the state now; the files have changed since, so \
                 plan again"
            ),
        ),
        ActionResult::Over { identity, shown } => (
            "left",
            format!(
                "its task {identity} is over ({shown}), so nothing was done; {} creates a new one",
                StateCommand(&["apply", "--replace", key])
            ),
        ),
        ActionResult::Blocked(block) => ("blocked", block.to_string()),
        ActionResult::Rejected(refusal) => ("rejected", refusal.to_string()),
        ActionResult::Failed { why } => ("failed", why.clone()),
        ActionResult::Unknown(doubt) => ("unknown", doubt_words(key, doubt)),
    };
    let at = at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
    out.push(at).styled(RED, word);
    out.line(format_args!(": campaign `{key}`: {}", message));
    if let ActionResult::Rejected(refusal) = result {
        for field in &refusal.fields {
            let name = match &field.path {
                Some(path) => format!("{path} (`{}` on the wire)", field.wire),
                None => format!("`{}`", field.wire),
            };
            let at = field.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
            out.line(format_args!("    {at}{name}: {}", field.words));
        }
    }
    if let ActionResult::Unknown(UnknownReason::NotFound { hints, .. }) = result
        && !hints.is_empty()
    {
        out.line("    tasks of the same name, one of them may be it:");
        for hint in hints {
            let status = hint.status.as_deref().unwrap_or("no status");
            out.line(format_args!("      {} ({status})", hint.identity));
        }
    }
}

fn adopt(key: &str) -> String {
    StateCommand(&["resolve", key, "--adopt", "ID"]).to_string()
}

fn recreate(key: &str) -> String {
    StateCommand(&["resolve", key, "--recreate"]).to_string()
}

fn doubt_words(key: &str, doubt: &UnknownReason) -> String {
    match doubt {
        UnknownReason::NotFound { key, why, .. } => format!(
            "whether it was created is not known: {why}. The list of tasks does not show it, which is no proof. Look at the \
             vendor's page: if the task is there, {}; if it is not, {}",
            adopt(key),
            recreate(key)
        ),
        UnknownReason::NotLookedFor { key, why } => not_looked_for(why, key),
        UnknownReason::Twins { key, tasks } => format!(
            "several tasks carry the marker of its create: {}. Stop all but one at the vendor's page, then {}",
            tasks.join(", "),
            adopt(key)
        ),
        UnknownReason::Foreign { tasks } => format!(
            "the API has a task of this key that the state does not know: {}. Was the state lost, or does another project \
             use the key? {} adopts the task; {} leaves it alone and lets a new one be created",
            tasks.join(", "),
            adopt(key),
            recreate(key)
        ),
    }
}

/// `Apply: 3 created, 1 rejected, 1 unknown.`
pub fn summary(report: &ApplyReport) -> String {
    let count = |is_so: fn(&ActionResult) -> bool| report.actions.iter().filter(|action| is_so(&action.result)).count();
    let counts = [
        (
            count(|result| matches!(result, ActionResult::Created { .. })),
            "created",
        ),
        (
            count(|result| matches!(result, ActionResult::Replaced { .. })),
            "replaced",
        ),
        (count(|result| matches!(result, ActionResult::Moved { .. })), "moved"),
        (count(|result| matches!(result, ActionResult::Halted { .. })), "halted"),
        (count(|result| matches!(result, ActionResult::LetGo { .. })), "let go"),
        (
            count(|result| matches!(result, ActionResult::Adopted { .. })),
            "found and adopted",
        ),
        (count(|result| matches!(result, ActionResult::Over { .. })), "over"),
        (count(|result| matches!(result, ActionResult::Blocked(_))), "blocked"),
        (count(|result| matches!(result, ActionResult::Rejected(_))), "rejected"),
        (count(|result| matches!(result, ActionResult::Failed { .. })), "failed"),
        (count(|result| matches!(result, ActionResult::Unknown(_))), "unknown"),
        (
            count(|result| matches!(result, ActionResult::NotReached)),
            "not reached",
        ),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    if parts.is_empty() {
        "Apply: nothing to do.".to_owned()
    } else {
        format!("Apply: {}.", parts.join(", "))
    }
}
