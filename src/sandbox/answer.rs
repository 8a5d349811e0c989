//! Error responses in the vendor's format: a message, and the wrong fields by path.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::strict::Complaints;

/// An error response.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    status: StatusCode,
    message: String,
    errors: Option<Map<String, Value>>,
}

impl ErrorResponse {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "No such method: the sandbox has auth/login and telephony/autoCall under /api/v1",
        )
    }
}

impl From<Complaints> for ErrorResponse {
    fn from(complaints: Complaints) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: format!("Validation failed: {}", complaints.summary()),
            errors: Some(complaints.into_errors()),
        }
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let mut body = json!({ "message": self.message });
        if let Some(errors) = self.errors {
            body["errors"] = Value::Object(errors);
        }
        (self.status, Json(body)).into_response()
    }
}
