//! One request without a port: how the window asks.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tower::ServiceExt;

use crate::error::ApiError;

/// What came back: the status and the JSON body, digit by digit as the route wrote it.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body; `null` when there is none.
    pub body: Box<RawValue>,
}

/// Sends one request through the router. `query` is without its question mark. Only JSON routes
/// below `/api/` answer here; events have their own way, [`crate::event_stream`].
pub async fn call(
    router: Router,
    method: &str,
    path: &str,
    query: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    match ask(router, method, path, query, body).await {
        Ok(answer) => answer,
        Err(error) => {
            Answer { status: error.status.as_u16(), body: raw(&error.body("").to_string()) }
        }
    }
}

async fn ask(
    router: Router,
    method: &str,
    path: &str,
    query: Option<&str>,
    body: Option<&Value>,
) -> Result<Answer, ApiError> {
    let bad = |text: &str| ApiError::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", text);
    if !path.starts_with("/api/") {
        return Err(ApiError::of_status(StatusCode::NOT_FOUND));
    }
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|_| bad("expected an HTTP method"))?;
    let uri = query
        .filter(|query| !query.is_empty())
        .map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut request = Request::builder().method(method).uri(uri);
    let body = match body.filter(|body| !body.is_null()) {
        None => Body::empty(),
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
    };
    let request =
        request.body(body).map_err(|_| bad("expected a path and query without spaces"))?;
    let Ok(response) = router.oneshot(request).await;
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with("application/json") {
        return Err(ApiError::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_JSON",
            "this address does not answer with JSON",
        ));
    }
    let bytes = response
        .into_body()
        .collect()
        .await
        .map_err(|_| ApiError::internal("the answer broke off"))?
        .to_bytes();
    let text = str::from_utf8(&bytes).map_err(|_| ApiError::internal("the answer is no text"))?;
    Ok(Answer { status, body: raw(text) })
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
