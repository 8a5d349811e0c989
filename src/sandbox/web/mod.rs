//! The web page at `/`, which shows the tasks to people and lets them start, pause and halt them, and the same as JSON for tests.

mod html;
mod next_call;
mod view;
mod words;

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::ErrorResponse;
use super::shared::Shared;
use crate::util::plural::counted;
use html::HtmlText;
use view::View;

/// The page's own script runs and asks the sandbox, and nothing else does, whatever a task's texts may hold.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; \
                              base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// The header in which the page's script sends the token of the page. No page of another site can read the token.
const TOKEN: &str = "x-sandbox-token";
/// What the page's script asks for, again and again.
pub(super) const LIVE: &str = "/live";
/// The page's script.
pub(super) const SCRIPT_PATH: &str = "/page.js";

/// What a project calls its ids, and where its company is: for people who look at the page.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The aliases, by their ids.
    pub aliases: HashMap<Uuid, String>,
    /// The company's time zone.
    pub zone: Option<TimeZone>,
}

impl Names {
    /// What an id is called; the id itself where it has no name.
    fn of<'n>(&'n self, id: &'n str) -> &'n str {
        let alias = Uuid::try_parse(id).ok().and_then(|id| self.aliases.get(&id));
        alias.map_or(id, String::as_str)
    }
}

/// Whether a path is that of a part of the page, which is neither recorded nor logged.
pub(super) fn is_part(path: &str) -> bool {
    path == LIVE || path == SCRIPT_PATH
}

/// Whether a path shows the tasks, which the page does not tell of itself.
pub(super) fn is_of_page(path: &str) -> bool {
    path == "/" || path == "/tasks.json"
}

/// `GET /`
pub(super) async fn index(State(shared): State<Arc<Shared>>) -> Response {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut page, &shared);
    let policy = (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    ([policy, (header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// `GET /live`: the part of the page that changes.
pub(super) async fn live(State(shared): State<Arc<Shared>>) -> Response {
    let mut part = String::new();
    let _ = write_live(&mut part, &shared);
    let policy = (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    ([policy, (header::CACHE_CONTROL, "no-store")], Html(part)).into_response()
}

/// `GET /page.js`
pub(super) async fn script() -> Response {
    let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-store")], SCRIPT).into_response()
}

/// Whether a request comes from the page that this sandbox has shown.
pub(super) fn check_token(headers: &HeaderMap, shared: &Shared) -> Result<(), ErrorResponse> {
    let token = headers.get(TOKEN).and_then(|value| value.to_str().ok());
    match token.and_then(|token| Uuid::try_parse(token).ok()) == Some(shared.page_token) {
        true => Ok(()),
        false => Err(ErrorResponse::new(
            StatusCode::FORBIDDEN,
            format!(
                "Only the page that this sandbox shows at http://{}/ may ask for this: load it again",
                shared.addr
            ),
        )),
    }
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

/// What the page says first of so many tasks.
fn heading(tasks: usize) -> String {
    match tasks {
        0 => "No tasks yet".to_owned(),
        number => counted(number, "task"),
    }
}

fn write_page(page: &mut String, shared: &Shared) -> fmt::Result {
    let heading = heading(shared.store().tasks().len());
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"sandbox-token\" content=\"{}\">\n\
         <title>{heading} · dialform sandbox</title>\n<style>\n{STYLE}</style>\n<header>\n<h1>{heading}</h1>\n\
         <p>dialform sandbox, {} API at <code>{}</code>. It calls no one.</p>\n\
         <p id=\"notice\" role=\"alert\" hidden></p>\n\
         <p hidden><input id=\"filter\" type=\"search\" placeholder=\"Filter by key, name, status or id\" \
         aria-label=\"Filter\" autocomplete=\"off\"></p>\n</header>\n<main id=\"live\">\n",
        shared.page_token,
        shared.dialect,
        HtmlText(&shared.base()),
    )?;
    write_live(page, shared)?;
    write!(page, "</main>\n<script src=\"{SCRIPT_PATH}\"></script>\n</html>\n")
}

fn write_live(page: &mut String, shared: &Shared) -> fmt::Result {
    let (requests, base) = (shared.latest.all(), shared.base());
    View {
        tasks: shared.store().tasks(),
        requests: &requests,
        names: &shared.names,
        zone: shared.names.zone.as_ref(),
        now: Timestamp::now(),
        base: &base,
    }
    .write(page)
}
