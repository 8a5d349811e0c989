//! The routes, under `/api/v1` and under the white-label prefixes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::ErrorResponse;
use super::fault::Distortion;
use super::shared::Shared;
use super::store::TaskStore;
use super::task::{Status, Task, TaskEvent};
use super::{candidates, exchange, listing, login, page, values, web};

type RouteResult = Result<Json<Value>, ErrorResponse>;
type SharedState = State<Arc<Shared>>;

/// All routes, inside the layer of `exchange`.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .nest("/api/v1", calls().merge(logins()))
        .nest("/cis/api/v1", calls())
        .nest("/iam/api/v1", logins())
        .route("/", get(web::index))
        .route(web::LIVE, get(web::live))
        .route(web::SCRIPT_PATH, get(web::script))
        .route("/tasks.json", get(web::tasks_json))
        .route("/tasks/{id}/{action}", post(by_hand))
        .fallback(async || ErrorResponse::not_found())
        .method_not_allowed_fallback(async || {
            ErrorResponse::new(StatusCode::METHOD_NOT_ALLOWED, "No such method at this path")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), exchange::exchange))
        .with_state(shared)
}

fn calls() -> Router<Arc<Shared>> {
    Router::new()
        .route("/telephony/autoCall", get(list).post(create))
        .route(
            "/telephony/autoCall/{id}/play",
            post(async |s: SharedState, id: Id| move_to(s, id, Status::Process).await),
        )
        .route(
            "/telephony/autoCall/{id}/pause",
            post(async |s: SharedState, id: Id| move_to(s, id, Status::Paused).await),
        )
        .route(
            "/telephony/autoCall/{id}/halted",
            post(async |s: SharedState, id: Id| move_to(s, id, Status::Halted).await),
        )
        .route("/telephony/autoCallCandidate/batch", post(add_candidates))
        .route_layer(middleware::from_fn(require_bearer))
}

fn logins() -> Router<Arc<Shared>> {
    Router::new().route("/auth/login", post(log_in))
}

async fn require_bearer(request: Request, next: Next) -> Response {
    match login::check_bearer(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn log_in(headers: HeaderMap, body: Bytes) -> RouteResult {
    login::log_in(&json_object(&headers, &body)?).map(Json)
}

async fn create(State(shared): SharedState, headers: HeaderMap, body: Bytes) -> RouteResult {
    let body = json_object(&headers, &body)?;
    let complaints = page::check_create(&body, shared.dialect);
    if !complaints.is_empty() {
        return Err(complaints.into());
    }
    change(shared, move |store| {
        let task = Task::new(body);
        let identity = task.id;
        commit(store, TaskEvent::Created(task))?;
        Ok(json!({ "id": { "identity": identity } }))
    })
    .await
}

async fn list(
    State(shared): SharedState,
    distortion: Option<Extension<Distortion>>,
    query: Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>,
) -> RouteResult {
    let Query(pairs) = query.map_err(|rejection| ErrorResponse::bad_request(rejection.body_text()))?;
    let query = listing::Query::read(&pairs)?;
    let distortion = distortion.map(|Extension(distortion)| distortion);
    let store = shared.store();
    Ok(Json(query.answer(shared.strikes.view(distortion, store.tasks()))))
}

/// The id in a path, as it was written.
type Id = Result<Path<String>, axum::extract::rejection::PathRejection>;

async fn move_to(State(shared): SharedState, id: Id, to: Status) -> RouteResult {
    let id = id.ok().and_then(|Path(text)| values::uuid(&text));
    let id = id.ok_or_else(|| ErrorResponse::bad_request("The id of the task must be a UUID"))?;
    change(shared, move |store| {
        let from = store.task(id).map(|task| task.status);
        let from = from.ok_or_else(|| ErrorResponse::new(StatusCode::NOT_FOUND, format!("There is no task {id}")))?;
        if from.is_final() && from != to {
            let message = format!("Task {id} is {from}, which is final: it cannot become {to}");
            return Err(ErrorResponse::new(StatusCode::CONFLICT, message));
        }
        if from != to {
            commit(store, TaskEvent::Moved { id, status: to })?;
        }
        Ok(json!({ "id": { "identity": id }, "status": to }))
    })
    .await
}

/// A button of the page.
async fn by_hand(state: SharedState, headers: HeaderMap, Path((id, action)): Path<(String, String)>) -> RouteResult {
    web::check_token(&headers, &state)?;
    let to = match action.as_str() {
        "play" => Status::Process,
        "pause" => Status::Paused,
        "halted" => Status::Halted,
        _ => return Err(ErrorResponse::not_found()),
    };
    move_to(state, Ok(Path(id)), to).await
}

async fn add_candidates(State(shared): SharedState, headers: HeaderMap, body: Bytes) -> RouteResult {
    let body = json_object(&headers, &body)?;
    change(shared, move |store| {
        let closed = |id: Uuid| match store.task(id) {
            None => Some("is not the id of a task"),
            Some(task) if task.status.is_final() => Some("is the id of a task that has ended"),
            Some(_) => None,
        };
        let added = candidates::check_batch(&body, closed)?;
        let accepted: u64 = added.values().sum();
        commit(store, TaskEvent::CandidatesAdded(added))?;
        Ok(json!({ "accepted": accepted }))
    })
    .await
}

/// Runs a change on a blocking thread, because it waits for the disk. It completes even if the client disconnects, as on a
/// real server.
async fn change(
    shared: Arc<Shared>,
    change: impl FnOnce(&mut TaskStore) -> Result<Value, ErrorResponse> + Send + 'static,
) -> RouteResult {
    let done = tokio::task::spawn_blocking(move || change(&mut shared.store())).await;
    match done {
        Ok(answer) => answer.map(Json),
        Err(_) => Err(ErrorResponse::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The sandbox is stopping",
        )),
    }
}

fn commit(store: &mut TaskStore, event: TaskEvent) -> Result<(), ErrorResponse> {
    store.commit(event).map_err(|error| {
        let message = format!("The sandbox could not keep the change: {error}");
        ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    })
}

/// The body, if it is declared to be JSON and is an object.
fn json_object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, ErrorResponse> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(ErrorResponse::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json",
        ));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(ErrorResponse::bad_request("The body must be a JSON object")),
        Err(error) => Err(ErrorResponse::bad_request(format!("The body is not JSON: {error}"))),
    }
}
