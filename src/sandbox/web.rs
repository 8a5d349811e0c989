//! The web page at `/`, which shows the tasks to people, and the same as JSON for tests.

use std::fmt::{self, Display, Write};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::shared::Shared;
use super::task::Task;
use super::values::TaskPace;
use crate::util::plural::counted;
use crate::util::printable::{self, Medium, shown};

/// Nothing is loaded from anywhere and no script runs, whatever a task's texts may hold.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("web.css");

/// `GET /`
pub(super) async fn index(State(shared): State<Arc<Shared>>) -> Response {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut page, shared.store().tasks(), &shared);
    (
        [
            (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Html(page),
    )
        .into_response()
}

/// `GET /tasks.json`
pub(super) async fn tasks_json(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let tasks: Vec<Value> = shared
        .store()
        .tasks()
        .iter()
        .map(|task| {
            json!({
                "id": task.id,
                "key": task.key(),
                "status": task.status,
                "createdAt": task.created_text(),
                "candidates": task.candidates,
                "body": task.body,
            })
        })
        .collect();
    Json(json!({ "dialect": shared.dialect, "tasks": tasks }))
}

fn write_page(page: &mut String, tasks: &[Task], shared: &Shared) -> fmt::Result {
    let heading = match tasks.len() {
        0 => "No tasks yet".to_owned(),
        number => counted(number, "task"),
    };
    let base = shared.base();
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{heading} · dialform sandbox</title>\n\
         <style>\n{STYLE}</style>\n<header>\n<h1>{heading}</h1>\n\
         <p>dialform sandbox, {} API at <code>{}</code>. It calls no one.</p>\n</header>\n<main>\n",
        shared.dialect,
        HtmlText(&base),
    )?;
    if tasks.is_empty() {
        write!(
            page,
            "<section class=\"empty\">\n<p>In the folder of a project, <code>dialform apply --sandbox</code> creates its \
             campaigns in the project's own sandbox.</p>\n<p>To create them in this one, let \
             <code>dialform.kdl</code> name it, then run <code>dialform apply</code>:</p>\n\
             <pre>project {{\n    api \"{0}\"\n    login \"{0}\"\n}}</pre>\n</section>\n",
            HtmlText(&base),
        )?;
    }
    for task in tasks.iter().rev() {
        write_task(page, task)?;
    }
    page.push_str("</main>\n</html>\n");
    Ok(())
}

fn write_task(page: &mut String, task: &Task) -> fmt::Result {
    let status = task.status.name();
    write!(
        page,
        "<article id=\"{}\">\n<h2>{} <span class=\"status {}\">{status}</span></h2>\n<dl>\n",
        task.id,
        HtmlText(task.name()),
        status.to_ascii_lowercase(),
    )?;
    let body = Value::Object(task.body.clone());
    let mut row = |term: &str, text: &str| writeln!(page, "<dt>{term}</dt><dd>{}</dd>", HtmlText(text));
    if let Some(key) = task.key() {
        row("Key", key)?;
    }
    row("Created", &format!("{:.0}", task.created_at))?;
    row("Start", &start(&body))?;
    row("Caller id", &caller_id(&body))?;
    row("TaskPace", &pace(&body))?;
    row("Window", &window(&body))?;
    row("Redials", &redials(&body))?;
    row("Candidates", &task.candidates.to_string())?;
    row("Id", &task.id.to_string())?;
    let json = printable::json(&body);
    write!(
        page,
        "</dl>\n<details><summary>Request body</summary>\n<pre>{}</pre>\n</details>\n</article>\n",
        HtmlText(json.trim_end())
    )
}

fn start(body: &Value) -> String {
    match body["startMoment"].as_str() {
        Some(moment) => format!("at {moment}, company time"),
        None => "by hand".to_owned(),
    }
}

fn caller_id(body: &Value) -> String {
    let id = body["cidData"].as_str().unwrap_or_default();
    match body["cidType"].as_str() {
        Some("gornum") => format!("number {id}"),
        Some("pool") => format!("pool {id}"),
        _ => "the trunk's own".to_owned(),
    }
}

fn pace(body: &Value) -> String {
    match body["cps"].as_number().and_then(TaskPace::of) {
        Some(TaskPace::PerSecond(1)) | Some(TaskPace::EverySeconds(1)) => "1 call a second".to_owned(),
        Some(TaskPace::PerSecond(calls)) => format!("{calls} calls a second"),
        Some(TaskPace::EverySeconds(seconds)) => format!("1 call in {seconds} seconds"),
        None => String::new(),
    }
}

fn window(body: &Value) -> String {
    let options = &body["additionalOptions"];
    match (
        options["allowCallTimeFrom"].as_u64(),
        options["allowCallTimeTo"].as_u64(),
    ) {
        (Some(from), Some(to)) => {
            let whose = if options["useTr"] == true {
                "the recipient's"
            } else {
                "the company's"
            };
            format!("{} to {}, {whose} time", time_of_day(from), time_of_day(to))
        }
        _ => "any time".to_owned(),
    }
}

fn redials(body: &Value) -> String {
    let strategy = &body["redialStrategyOptions"];
    if strategy["redialStrategyEn"] != true {
        return "none".to_owned();
    }
    let outcomes = [
        ("busy", "busy"),
        ("no answer", "noAnswer"),
        ("answering machine", "answerMash"),
        ("call error", "congestion"),
        ("not effective", "answerNoList"),
    ];
    let each: Vec<String> = outcomes
        .into_iter()
        .map(|(word, field)| (word, &strategy[field]))
        .filter(|(_, outcome)| outcome["redial"] == true)
        .map(|(word, outcome)| {
            format!(
                "{word} {}× after {}",
                outcome["count"],
                duration(outcome["time"].as_u64().unwrap_or(0))
            )
        })
        .collect();
    if each.is_empty() {
        "after no outcome".to_owned()
    } else {
        each.join("; ")
    }
}

/// Seconds since midnight as `09:10`, with the seconds where there are some.
fn time_of_day(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{rest:02}")
    }
}

/// Seconds as `1h30m`.
fn duration(seconds: u64) -> String {
    let units = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let text: String = units
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number}{unit}"))
        .collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Text in HTML, between tags or in a quoted attribute; each line of it is one.
struct HtmlText<'a>(&'a str);

impl Display for HtmlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.0.split('\n').enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            f.write_str(&shown(line, Medium::Html))?;
        }
        Ok(())
    }
}
