//! Errors as this contract words them: status, code, detail.
//!
//! The correlation id is filled in by the layer that knows it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{DeskError, FieldError, FieldErrorKind, Refusal};
use serde_json::{Value, json};

/// An answer that is no success.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: Value,
}

/// Where the fields of a request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Path,
    Query,
}

impl Place {
    const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Path => "path",
            Self::Query => "query",
        }
    }
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<Value>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    /// 422 with one entry per field.
    pub(crate) fn fields(place: Place, errors: &[FieldError]) -> Self {
        let entries: Vec<Value> = errors.iter().map(|error| entry(place, error)).collect();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR", entries)
    }

    /// The words for a desk error whose fields came from `place`.
    pub(crate) fn of(place: Place, error: DeskError) -> Self {
        let text = error.to_string();
        match error {
            DeskError::Invalid(errors) => Self::fields(place, &errors),
            DeskError::Refused(refusal) => Self::refused(&refusal),
            DeskError::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", text),
            DeskError::RunFailed(_) => Self::new(StatusCode::CONFLICT, "RUN_FAILED", text),
            DeskError::RunCancelled => Self::new(StatusCode::CONFLICT, "RUN_CANCELLED", text),
            DeskError::RunUnfinished => Self::new(StatusCode::CONFLICT, "RUN_UNFINISHED", text),
            DeskError::UploadTooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", text)
            }
            DeskError::Closing => Self::new(StatusCode::SERVICE_UNAVAILABLE, "CLOSING", text),
            error if error.is_disk_full() => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "DISK_FULL", text)
            }
            DeskError::Storage(_) | DeskError::File { .. } | DeskError::Stored { .. } => {
                tracing::error!(error = text, "storage failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "STORAGE_ERROR", text)
            }
        }
    }

    fn refused(refusal: &Refusal) -> Self {
        let detail = json!({
            "message": refusal.message,
            "errors": refusal.errors,
            "warnings": refusal.warnings,
        });
        Self::new(StatusCode::BAD_REQUEST, refusal.code.as_str(), detail)
    }

    pub(crate) fn internal(text: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", text)
    }

    /// The words for an error answer that was made without any.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("NOT_FOUND", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("METHOD_NOT_ALLOWED", "this address does not take this method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("TOO_LARGE", "the request is too large"),
            StatusCode::BAD_REQUEST => ("BAD_REQUEST", "the request cannot be read"),
            _ => ("ERROR", status.canonical_reason().unwrap_or("error")),
        };
        Self::new(status, code, detail)
    }

    /// The body with its correlation id.
    pub(crate) fn body(&self, correlation_id: &str) -> Value {
        json!({
            "message": sentence(&self.detail),
            "detail": self.detail,
            "error_code": self.code,
            "correlation_id": correlation_id,
        })
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        Self::of(Place::Body, error)
    }
}

impl From<FieldError> for ApiError {
    /// Of a body.
    fn from(error: FieldError) -> Self {
        Self::fields(Place::Body, &[error])
    }
}

impl IntoResponse for ApiError {
    /// Without a body: the correlation layer writes it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The detail as one text, whichever form it has.
fn sentence(detail: &Value) -> String {
    match detail {
        Value::Array(entries) => entries.iter().map(field_sentence).collect::<Vec<_>>().join("; "),
        Value::Object(refusal) => {
            refusal.get("message").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) => detail.to_string(),
    }
}

/// `end_date: expected ...`, without the place that the request has it in.
fn field_sentence(entry: &Value) -> String {
    let path =
        entry["loc"].as_array().map_or(&[][..], |location| location.get(1..).unwrap_or_default());
    let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
    let message = entry["msg"].as_str().unwrap_or_default();
    if path.is_empty() { message.to_owned() } else { format!("{}: {message}", path.join(".")) }
}

fn entry(place: Place, error: &FieldError) -> Value {
    let kind = match error.kind {
        FieldErrorKind::Missing => "missing",
        FieldErrorKind::Value => "value_error",
        FieldErrorKind::Type => "type_error",
        FieldErrorKind::Unknown => "extra_forbidden",
    };
    let mut location = vec![place.name().to_owned()];
    location.extend(error.path.iter().cloned());
    json!({ "loc": location, "msg": error.message, "type": kind })
}
