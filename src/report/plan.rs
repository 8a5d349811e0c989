//! Renders a plan for people.

use anstyle::{AnsiColor, Style};
use similar::ChangeTag;

use super::shared_words::SharedWords;
use crate::plan::{Action, Kind, Plan, Reason, seen_words};
use crate::util::line_diff::{lines, operations};
use crate::util::printable::{self, Text};
use crate::wire::PackedBody;

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Renders a plan: changes, blocked actions, orphans, and a summary line. With `full`, whole bodies and unchanged campaigns
/// are included.
pub fn render(plan: &Plan, full: bool) -> Text {
    let mut out = Text::new();
    let shared = SharedWords::of(plan, |action| full || is_shown(action));
    for action in plan.actions.iter().filter(|action| full || is_shown(action)) {
        block(&mut out, action, &shared, full);
    }
    for said in shared.said_once() {
        let style = if said.is_block { RED } else { Style::new() };
        out.styled(style, format_args!("{} campaigns: {}", said.keys.len(), said.words));
        out.end();
        out.push("    ").line(said.keys.join(", "));
    }
    if !out.is_empty() {
        out.end();
    }
    for note in &plan.notes {
        out.styled(YELLOW, "note:").push(' ').line(note);
    }
    out.styled(BOLD, summary(plan)).end();
    out
}

/// Unchanged campaigns of which there is nothing to say are only counted.
pub(super) fn is_shown(action: &Action) -> bool {
    let is_in_step = action.reason == Reason::AsDeclared && action.remarks.is_empty();
    action.kind != Kind::Unchanged || !is_in_step
}

fn block(out: &mut Text, action: &Action, shared: &SharedWords, full: bool) {
    let Action {
        key,
        kind,
        reason,
        block,
        at,
        name,
        task,
        changes,
        even_running: _,
        is_named: _,
        seen,
        remarks,
        before,
        after,
    } = action;
    let (sign, style) = match (kind, block) {
        (_, Some(_)) => ("!", RED),
        (Kind::Create, None) => ("+", GREEN),
        (Kind::Replace, None) => ("~", YELLOW),
        (Kind::Move, None) => ("→", CYAN),
        (Kind::Unknown, None) => ("?", RED),
        (Kind::Halt, None) => ("×", RED),
        (Kind::LetGo, None) => ("-", YELLOW),
        (Kind::Orphan, None) if action.is_to_decide() => ("?", RED),
        (Kind::Orphan, None) => ("-", DIM),
        (Kind::Unchanged, None) => ("=", DIM),
    };
    out.styled(style, format_args!("{sign} {} {key}", kind.word()));
    if let Some(name) = name {
        out.push(format_args!("  {name:?}"));
    }
    if let Some(at) = at {
        out.push("  ").styled(DIM, at);
    }
    out.end();
    if let Some(task) = task {
        out.push("    ").styled(DIM, format_args!("task {task}"));
        if let Some(seen) = seen {
            out.push("  ").push(seen_words(seen));
        }
        out.end();
    }
    // For a new campaign the reason is obvious.
    if *reason != Reason::NotInState && !shared.has_reason(action) {
        out.push("    ").line(reason);
    }
    for change in changes {
        out.line(format_args!("      {change}"));
    }
    if *kind == Kind::Replace
        && changes.is_empty()
        && before.as_ref().map(PackedBody::unpack) != after.as_ref().map(PackedBody::unpack)
    {
        out.line("      what differs has no name in the language; `--full` shows the bodies");
    }
    if let Some(block) = block.as_ref().filter(|_| !shared.has_block(action)) {
        out.push("    ").styled(RED, block).end();
    }
    for words in remarks {
        out.push("    ").styled(YELLOW, words).end();
    }
    if full {
        bodies(out, before.as_ref(), after.as_ref());
    }
}

/// A line diff of the bodies.
fn bodies(out: &mut Text, before: Option<&PackedBody>, after: Option<&PackedBody>) {
    for (sign, line) in body_lines(before, after) {
        let style = match sign {
            '-' => RED,
            '+' => GREEN,
            _ => DIM,
        };
        out.push("      ").styled(style, format_args!("{sign} {line}")).end();
    }
}

/// The lines of two bodies, prefixed by `-`, `+` or a blank.
pub(super) fn body_lines(before: Option<&PackedBody>, after: Option<&PackedBody>) -> Vec<(char, String)> {
    let text = |body: Option<&PackedBody>| body.map(printable::json).unwrap_or_default();
    let (before, after) = (text(before), text(after));
    let (before, after) = (lines(&before), lines(&after));
    operations(&before, &after)
        .iter()
        .flat_map(|operation| operation.iter_changes(&before[..], &after[..]))
        .map(|change| {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            (sign, change.value().trim_end_matches('\n').to_owned())
        })
        .collect()
}

/// `Plan: 3 to create, 1 to replace (refused without --replace), 2 unchanged, 1 orphan.`
pub fn summary(plan: &Plan) -> String {
    let parts: Vec<String> = [
        (Kind::Create, "to create"),
        (Kind::Replace, "to replace"),
        (Kind::Move, "to move"),
        (Kind::Halt, "to halt"),
        (Kind::LetGo, "to let go"),
        (Kind::Unknown, "unknown"),
        (Kind::Unchanged, "unchanged"),
        (Kind::Orphan, "orphan"),
    ]
    .into_iter()
    .flat_map(|(kind, words)| match kind {
        Kind::Unchanged => unchanged(plan),
        _ => part(plan, kind, words).into_iter().collect(),
    })
    .collect();
    let environment = plan.environment.as_deref();
    let place = environment.map_or_else(String::new, |name| format!(" in the environment {name}"));
    match (plan.has_changes(), parts.as_slice()) {
        (_, []) => format!("Nothing to do{place}: no campaigns are declared, and the state holds no tasks."),
        (true, parts) => format!("Plan{place}: {}.", parts.join(", ")),
        (false, parts) => format!("Nothing to do{place}: {}.", parts.join(", ")),
    }
}

/// The campaigns of which nothing is to be done: those whose task is as the files say, and those where it is not.
fn unchanged(plan: &Plan) -> Vec<String> {
    let mut counts = [(0_usize, "unchanged"), (0, "kept"), (0, "accepted"), (0, "over")];
    for action in plan.actions.iter().filter(|action| action.kind == Kind::Unchanged) {
        let place = match &action.reason {
            Reason::Kept { .. } => 1,
            Reason::Accepted { .. } => 2,
            Reason::ChangedButOver { .. } | Reason::ChangedButSeenOver { .. } => 3,
            _ => 0,
        };
        counts[place].0 += 1;
    }
    let shown = counts.into_iter().filter(|(number, _)| *number > 0);
    shown.map(|(number, word)| format!("{number} {word}")).collect()
}

fn part(plan: &Plan, kind: Kind, words: &str) -> Option<String> {
    let (free, blocked) = plan.count(kind);
    let all = free + blocked;
    let words = match (kind, all) {
        (Kind::Orphan, 2..) => "orphans",
        _ => words,
    };
    if kind == Kind::Orphan && all > 0 {
        return Some(match plan.to_decide().count() {
            0 => format!("{all} {words}"),
            open if open == all => format!("{all} {words} (to decide)"),
            open => format!("{all} {words} ({open} of them to decide)"),
        });
    }
    let in_the_way = match kind {
        Kind::Replace => "refused without --replace",
        _ => "blocked",
    };
    match (all, free, blocked) {
        (0, _, _) => None,
        (_, _, 0) => Some(format!("{all} {words}")),
        (_, 0, _) => Some(format!("{all} {words} ({in_the_way})")),
        _ => Some(format!("{all} {words} ({blocked} of them {in_the_way})")),
    }
}
