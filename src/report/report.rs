//! What became of an apply, as text for people: what was not done, at its place in the files, and a line that sums it up.

use anstyle::{AnsiColor, Style};

use crate::apply::{Doubtful, End, Report, Settled};
use crate::util::hint::StateCommand;
use crate::util::printable::Text;

const RED: Style = AnsiColor::Red.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Renders a report. What was done was told while it was done, and is only counted here.
pub fn render(report: &Report) -> Text {
    let mut out = Text::new();
    for settled in &report.settled {
        trouble(&mut out, settled);
    }
    if let Some(stop) = &report.stop {
        out.styled(RED, "stopped").push(": ").line(stop);
    }
    out.styled(BOLD, summary(report)).end();
    out
}

fn trouble(out: &mut Text, Settled { key, kind: _, at, end }: &Settled) {
    let (word, message) = match end {
        End::Created { .. }
        | End::Replaced { .. }
        | End::Moved { .. }
        | End::NotReached
        | End::Adopted { is_current: true, .. } => return,
        End::Adopted {
            identity,
            is_current: false,
        } => (
            "not done",
            format!(
                "an earlier create made the task {identity}, which is in the state now; the files have changed since, so \
                 plan again"
            ),
        ),
        End::Blocked(block) => ("blocked", block.to_string()),
        End::Rejected(refusal) => ("rejected", refusal.to_string()),
        End::Failed { why } => ("failed", why.clone()),
        End::Unknown(doubt) => ("unknown", doubt_words(key, doubt)),
    };
    let at = at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
    out.push(at).styled(RED, word);
    out.line(format_args!(": campaign `{key}`: {}", message));
    if let End::Rejected(refusal) = end {
        for field in &refusal.fields {
            let name = match &field.path {
                Some(path) => format!("{path} (`{}` on the wire)", field.wire),
                None => format!("`{}`", field.wire),
            };
            let at = field.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
            out.line(format_args!("    {at}{name}: {}", field.words));
        }
    }
    if let End::Unknown(Doubtful::NotFound { hints, .. }) = end
        && !hints.is_empty()
    {
        out.line("    tasks of the same name, any of which may be it:");
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

fn doubt_words(key: &str, doubt: &Doubtful) -> String {
    match doubt {
        Doubtful::NotFound { key, why, .. } => format!(
            "whether it was created is not known: {why}. The list of tasks does not show it, which is no proof. Look at the \
             vendor's page: if the task is there, {}; if it is not, {}",
            adopt(key),
            recreate(key)
        ),
        Doubtful::NotLookedFor { key, why } => format!(
            "whether it was created is not known: {why}. Nor could it be looked for; run apply again, which looks for it \
             first. If that does not find it, {} settles it",
            StateCommand(&["resolve", key])
        ),
        Doubtful::Twins { key, tasks } => format!(
            "several tasks carry the marker of its create: {}. Stop all but one at the vendor's page, then {}",
            tasks.join(", "),
            adopt(key)
        ),
        Doubtful::Foreign { tasks } => format!(
            "the API has a task of this key that the state does not know: {}. Was the state lost, or does another project \
             use the key? {} adopts the task; {} leaves it alone and lets a new one be created",
            tasks.join(", "),
            adopt(key),
            recreate(key)
        ),
    }
}

/// `Apply: 3 created, 1 rejected, 1 unknown.`
pub fn summary(report: &Report) -> String {
    let count = |is_so: fn(&End) -> bool| report.settled.iter().filter(|settled| is_so(&settled.end)).count();
    let counts = [
        (count(|end| matches!(end, End::Created { .. })), "created"),
        (count(|end| matches!(end, End::Replaced { .. })), "replaced"),
        (count(|end| matches!(end, End::Moved { .. })), "moved"),
        (count(|end| matches!(end, End::Adopted { .. })), "found and adopted"),
        (count(|end| matches!(end, End::Blocked(_))), "blocked"),
        (count(|end| matches!(end, End::Rejected(_))), "rejected"),
        (count(|end| matches!(end, End::Failed { .. })), "failed"),
        (count(|end| matches!(end, End::Unknown(_))), "unknown"),
        (count(|end| matches!(end, End::NotReached)), "not reached"),
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
