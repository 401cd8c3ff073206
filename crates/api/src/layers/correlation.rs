//! Names every request, writes its line into the log, and gives errors their body.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::clock::Stopwatch;
use futures_util::FutureExt;

use crate::error::ApiError;

/// The header that carries the id in both directions.
pub(crate) static HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

const LENGTH_MAX: usize = 64;

/// Runs the request under its id.
pub(crate) async fn correlate(request: Request, next: Next) -> Response {
    let id = given(&request).unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Stopwatch::start();
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = answer.unwrap_or_else(|_| ApiError::internal("internal error").into_response());
    let mut response = with_body(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER.clone(), value);
    }
    let status = response.status().as_u16();
    let duration_ms = started.millis();
    tracing::info!(%method, path, status, duration_ms, correlation_id = id, "request");
    response
}

/// The client's own id, when it is a sane token.
fn given(request: &Request) -> Option<String> {
    let text = request.headers().get(&HEADER)?.to_str().ok()?;
    let sane = (1..=LENGTH_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    sane.then(|| text.to_owned())
}

/// Writes the body of an error answer.
fn with_body(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if status.as_u16() < 400 {
        return response;
    }
    let error = response.extensions_mut().remove::<ApiError>();
    let error = error.unwrap_or_else(|| ApiError::of_status(status));
    let mut written = (status, axum::Json(error.body(id))).into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Some(allowed) = response.headers_mut().remove(axum::http::header::ALLOW)
    {
        written.headers_mut().insert(axum::http::header::ALLOW, allowed);
    }
    written
}
