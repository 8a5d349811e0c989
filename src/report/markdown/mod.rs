//! Renders a plan, or why there is none, as a comment on a pull request: summary, actions, then folded details.
//!
//! A comment is public to all who read the repository, and its words are made of names that anybody may have written. So
//! all of them go through `escape`, and no path of a state is in it.

mod escape;
mod comment;

use std::fmt::Write;

use super::shared_words::{Shared, SharedWords};
use super::{Counts, plan::summary};
use crate::finding::Finding;
use crate::plan::{Action, FieldChange, Kind, Plan, Reason, seen_words};
use crate::project::source::Sources;
use crate::wire::PackedBody;
use comment::CommentBuilder;
use escape::{code, fenced, html, prose, visible};

/// The invisible first line of each comment, which identifies the comment for later runs.
pub const MARKER: &str = "<!-- dialform plan -->";

/// The first line of the comment on the plan of an environment, so that those of several do not replace one another.
pub fn marker(environment: Option<&str>) -> String {
    // A name that was chosen may be none of the project's.
    let is_plain = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    match environment.filter(is_plain) {
        Some(name) => MARKER.replace(" -->", &format!(" {name} -->")),
        None => MARKER.to_owned(),
    }
}

/// The most actions that are listed before the fold.
const OPEN: usize = 20;

/// The most findings that are listed.
const MAX_FINDINGS: usize = 50;

/// Renders a plan. With `full`, whole bodies are among the details, and what is unchanged is listed too.
pub fn render(plan: &Plan, full: bool) -> String {
    let mut comment = CommentBuilder::new();
    head(&mut comment, &summary(plan), plan.environment.as_deref());
    let mut actions: Vec<&Action> = plan
        .actions
        .iter()
        .filter(|action| full || super::plan::is_shown(action))
        .collect();
    // A long comment is cut, and its end is read last.
    actions.sort_by_key(|action| rank(action));
    let shared = SharedWords::of(plan, |action| full || super::plan::is_shown(action));
    list(&mut comment, &actions, &shared);
    let notes = plan.notes.iter().map(|note| format!("- note: {}\n", prose(note)));
    let notes: Vec<String> = notes.collect();
    if !notes.is_empty() {
        comment.end("\n");
        let left_out = comment.push_all(&notes);
        if left_out > 0 {
            comment.end(&format!("\n{left_out} more notes are left out.\n"));
        }
    }
    let details: Vec<String> = actions.iter().filter_map(|action| detail(action, full)).collect();
    let left_out = comment.push_all(&details);
    if left_out > 0 {
        comment.end(&format!(
            "\nThe details of {left_out} more are left out, which do not fit into a comment: `dialform plan` shows them.\n"
        ));
    }
    comment.text()
}

/// Renders why there is no plan: the errors in the files.
pub fn refusal(errors: &[Finding], sources: &Sources, environment: Option<&str>) -> String {
    let mut comment = CommentBuilder::new();
    head(
        &mut comment,
        &format!("No plan: {}.", Counts::of(errors).words()),
        environment,
    );
    comment.end("The campaign files have errors. Fix them first; `dialform lint` shows them with their lines.\n");
    let shown = errors.len().min(MAX_FINDINGS);
    let heading = match errors.len() - shown {
        0 => "What is wrong".to_owned(),
        _ => format!("The first {shown}"),
    };
    comment.end(&format!("\n<details><summary>{heading}</summary>\n\n"));
    let items: Vec<String> = errors
        .iter()
        .take(shown)
        .map(|finding| of_finding(finding, sources))
        .collect();
    let left_out = comment.push_all(&items) + errors.len() - shown;
    if left_out > 0 {
        comment.end(&format!("\n{left_out} more are left out.\n"));
    }
    comment.end("\n</details>\n");
    comment.text()
}

/// Renders that there is no plan for another reason. The reason may reveal details of the machine, so it stays in the job's
/// log.
pub fn failure(environment: Option<&str>) -> String {
    let mut comment = CommentBuilder::new();
    head(&mut comment, "No plan: it could not be made.", environment);
    comment.end("Its job's log says why.\n");
    comment.text()
}

fn head(comment: &mut CommentBuilder, summary: &str, environment: Option<&str>) {
    let marker = marker(environment);
    let of = environment.map_or_else(String::new, |name| format!(": {}", prose(name)));
    comment.end(&format!("{marker}\n### dialform plan{of}\n\n**{summary}**\n\n"));
}

/// Sorts actions that need a person first, and what is left alone last.
fn rank(action: &Action) -> u8 {
    match (action.kind, &action.block) {
        (_, Some(_)) | (Kind::Unknown, None) => 0,
        (Kind::Replace, None) => 1,
        (Kind::Move, None) => 2,
        (Kind::Create, None) => 3,
        (Kind::Orphan, None) if action.is_to_decide() => 0,
        (Kind::Halt, None) => 1,
        (Kind::LetGo, None) => 2,
        (Kind::Orphan, None) => 4,
        (Kind::Unchanged, None) => 5,
    }
}

fn list(comment: &mut CommentBuilder, actions: &[&Action], shared: &SharedWords) {
    let once: Vec<String> = shared.said_once().map(|said| said_once(&said)).collect();
    let once_left_out = comment.push_all(&once);
    let items: Vec<String> = actions.iter().map(|action| item(action, shared)).collect();
    let (open, folded) = items.split_at(items.len().min(OPEN));
    let mut left_out = once_left_out + comment.push_all(open);
    if !folded.is_empty() && left_out == 0 {
        comment.end(&format!("\n<details><summary>{} more</summary>\n\n", folded.len()));
        left_out = comment.push_all(folded);
        comment.end("\n</details>\n");
    } else {
        left_out += folded.len();
    }
    if left_out > 0 {
        comment.end(&format!(
            "\n{left_out} more are left out, which do not fit into a comment: `dialform plan` shows all.\n"
        ));
    }
}

/// The most keys that are listed of those that share words.
const MOST_KEYS: usize = 100;

/// What holds of many campaigns, as an item of the list.
fn said_once(said: &Shared<'_>) -> String {
    let bold = if said.is_block { "**blocked**: " } else { "" };
    let keys: Vec<String> = said.keys.iter().take(MOST_KEYS).map(|key| code(key)).collect();
    let more = match said.keys.len().saturating_sub(MOST_KEYS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "- {bold}{} campaigns: {}\n  - {}{more}\n",
        said.keys.len(),
        prose(&said.words),
        keys.join(", ")
    )
}

/// An action and its reason, as an item of the list.
fn item(action: &Action, shared: &SharedWords) -> String {
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
    let mut out = format!("- **{}** {}", kind.word(), code(key));
    if let Some(name) = name {
        let _ = write!(out, " “{}”", code(name));
    }
    if let Some(at) = at {
        let _ = write!(out, ", {}", code(&at.to_string()));
    }
    if let Some(task) = task {
        let _ = write!(out, ", task {}", code(task));
    }
    if let Some(seen) = seen {
        let _ = write!(out, " ({})", prose(&seen_words(seen)));
    }
    match shared.has_reason(action) {
        true => out.push('\n'),
        false => drop(writeln!(out, ": {}", prose(&reason.to_string()))),
    }
    if *kind == Kind::Replace && changes.is_empty() && before != after {
        out.push_str("  - what differs has no name in the language; `--full` shows the bodies\n");
    }
    if let Some(block) = block.as_ref().filter(|_| !shared.has_block(action)) {
        let _ = writeln!(out, "  - **blocked**: {}", prose(&block.to_string()));
    }
    for words in remarks {
        let _ = writeln!(out, "  - **at the service**: {}", prose(words));
    }
    out
}

/// The changed settings and, with `full`, the bodies; nothing if there are neither.
fn detail(action: &Action, full: bool) -> Option<String> {
    let mut diff = String::new();
    for FieldChange { path, before, after } in &action.changes {
        for (sign, value) in [('-', before), ('+', after)] {
            if let Some(value) = value {
                let _ = writeln!(diff, "{sign} {}: {}", visible(path), visible(value));
            }
        }
    }
    if full {
        if !diff.is_empty() {
            diff.push('\n');
        }
        bodies(&mut diff, action.before.as_ref(), action.after.as_ref());
    }
    if diff.is_empty() {
        return None;
    }
    let what = match (action.changes.len(), action.kind, &action.reason) {
        (1, _, _) => "1 difference".to_owned(),
        (2.., _, _) => format!("{} differences", action.changes.len()),
        (0, _, Reason::NotInState) => "what is to be sent".to_owned(),
        (0, kind, _) => kind.word().to_owned(),
    };
    let summary = format!("<code>{}</code>: {what}", html(&action.key));
    let block = fenced("diff", &diff);
    Some(format!(
        "\n<details><summary>{summary}</summary>\n\n{block}\n</details>\n"
    ))
}

/// A line diff of the bodies.
fn bodies(out: &mut String, before: Option<&PackedBody>, after: Option<&PackedBody>) {
    for (sign, line) in super::plan::body_lines(before, after) {
        let _ = writeln!(out, "{sign} {}", visible(&line));
    }
}

fn of_finding(finding: &Finding, sources: &Sources) -> String {
    let file = sources.file(finding.place.file);
    let at = file.position(finding.place.span.start);
    let place = format!("{}:{}:{}", file.path().display(), at.line, at.column);
    let mut out = format!(
        "- {} **{}**: {}\n",
        code(&place),
        finding.rule.code,
        prose(&finding.message)
    );
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "  - {}", prose(help));
    }
    out
}
