//! One HTTP request to one answer, or to a cut connection.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts as _;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method as HttpMethod, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use super::{Shared, ahead, body, control, range, socket};
use crate::api_call::{ApiReply, ApiRequest, Method};
use crate::delivery::{Delivery, Way};
use crate::exchange::Need;

/// Longest body of a request.
const BODY_MAX: usize = 1 << 20;

/// The connection is to be cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub(super) struct Cut;

pub(super) async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let (mut parts, incoming) = request.into_parts();
    if parts.headers.contains_key(header::UPGRADE) {
        return Ok(upgrade(shared, &mut parts).await);
    }
    let Ok(body) = Limited::new(incoming, BODY_MAX).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body cannot be read or is too long"));
    };
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    if parts.uri.path().starts_with("/control/") {
        return Ok(control::answer(&shared, &parts, &text));
    }
    let Some(request) = api_request(&parts, text) else {
        return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "expected GET, POST, PUT or DELETE"));
    };
    ahead::prepare(&shared, Need::Request(&request)).await;
    let delivery = shared.at_present(|state, now| state.exchange.request(&request, now));
    deliver(&shared, &parts, delivery).await
}

async fn deliver(
    shared: &Shared,
    parts: &Parts,
    delivery: Delivery,
) -> Result<Response<Body>, Cut> {
    let Delivery { reply, way } = delivery;
    match way {
        Way::Reset => return Err(Cut),
        Way::Never => return std::future::pending().await,
        Way::After(millis) => tokio::time::sleep(shared.clock.wall(millis)).await,
        Way::Now | Way::Truncated(_) | Way::Trickled | Way::Padded(_) => {}
    }
    Ok(response(range::cut(&parts.headers, reply), way))
}

fn api_request(parts: &Parts, body: String) -> Option<ApiRequest> {
    let method = match parts.method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        HttpMethod::PUT => Method::Put,
        HttpMethod::DELETE => Method::Delete,
        _ => return None,
    };
    let api_key = parts.headers.get("x-mbx-apikey").and_then(|key| key.to_str().ok());
    Some(ApiRequest {
        method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
        api_key: api_key.map(str::to_owned),
    })
}

fn response(reply: ApiReply, way: Way) -> Response<Body> {
    let length = reply.body.len();
    let mut response = Response::new(body::body(reply.body, way));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    if matches!(way, Way::Truncated(_)) {
        // The length of the whole, so that the client can see what is missing.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

async fn upgrade(shared: Arc<Shared>, parts: &mut Parts) -> Response<Body> {
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(parts, &()).await else {
        return plain(StatusCode::BAD_REQUEST, "expected the handshake of a WebSocket");
    };
    ahead::prepare(&shared, Need::Connection(&path)).await;
    match socket::open(&shared, &path) {
        Ok((connection, frames)) => {
            upgrade.on_upgrade(move |socket| socket::run(shared, socket, connection, frames))
        }
        Err(reply) => response(reply, Way::Now),
    }
}

/// A short text.
pub(super) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    response
}
