//! The layer around every route: records the request, asks the hooks, injects faults, and logs the response.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::ErrorResponse;
use super::connection::Connection;
use super::fault::{Fault, FaultedResponse};
use super::host;
use super::record::{Exchange, Received};
use super::shared::Shared;
use super::web;

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;
/// How much of a longer body is discarded, so that its sender gets the response instead of a connection reset.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;

/// The layer around the routes.
pub(super) async fn exchange(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await;
    // A request for another host is not recorded and does not count for faults.
    if let Err(refusal) = host::check(&parts, shared.addr) {
        let response = refusal.into_response();
        if let Some(log) = &shared.log {
            log(&Exchange {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                status: Some(response.status().as_u16()),
                fault: None,
            });
        }
        return response;
    }
    if web::is_part(parts.uri.path()) {
        return match body {
            Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
            Err(refusal) => refusal.into_response(),
        };
    }
    let creates = parts.method == Method::POST && parts.uri.path().ends_with("/telephony/autoCall");
    let received = Received {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        body: body
            .as_ref()
            .ok()
            .filter(|_| creates)
            .and_then(|bytes| serde_json::from_slice(bytes).ok()),
    };
    shared.received.add(received.clone());
    let fault = shared.strikes.next(&received.method, &received.path);

    let request = body.map(|body| {
        let mut request = Request::from_parts(parts, Body::from(body));
        if let Some(distortion) = fault.as_ref().and_then(Fault::distortion) {
            request.extensions_mut().insert(distortion);
        }
        request
    });
    let (outcome, fault) = carry_out(&shared, &connection, &received, request, next, fault).await;
    let Received { method, path, .. } = received;
    let exchange = Exchange {
        method,
        path,
        status: outcome.status(),
        fault,
    };
    if let Some(log) = &shared.log {
        log(&exchange);
    }
    if !web::is_of_page(&exchange.path) {
        shared.latest.add(exchange);
    }
    outcome.into_response(&connection, shared.stopped()).await
}

/// The response, and the fault if it was applied; it is not if a hook responds.
async fn carry_out(
    shared: &Shared,
    connection: &Connection,
    received: &Received,
    request: Result<Request, ErrorResponse>,
    next: Next,
    fault: Option<Fault>,
) -> (FaultedResponse, Option<Fault>) {
    let hook = shared.hook.as_ref();
    if let Some(answer) = hook.and_then(|hook| hook.before_commit(received).answer()) {
        return (FaultedResponse::Answer(answer), None);
    }
    if let Some(outcome) = fault.as_ref().and_then(|fault| fault.before(|| shared.stopped())) {
        return (outcome, fault);
    }
    let right = match request {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    if let Some(answer) = hook.and_then(|hook| hook.after_commit(received).answer()) {
        return (FaultedResponse::Answer(answer), None);
    }
    match &fault {
        Some(struck) => (struck.after(right, connection, || shared.stopped()).await, fault),
        None => (FaultedResponse::Answer(right), None),
    }
}

async fn read_body(mut body: Body) -> Result<Bytes, ErrorResponse> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| ErrorResponse::bad_request(format!("The body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if length > DRAIN_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT {
        let message = format!("The body is longer than {BODY_LIMIT} bytes");
        return Err(ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(Bytes::from(bytes))
}
