//! Refusals have one form, whichever route and whichever part of the program refuses.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Served, changed, read};

/// How a request is wrong.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Method,
    Address,
    Query,
    ContentType,
    NoJson,
    Unknown,
}

/// A documented route.
#[derive(Debug)]
struct Route {
    path: String,
    method: Method,
    /// A parameter of the query that is a whole number.
    number: Option<String>,
    has_json: bool,
}

fn routes() -> Vec<Route> {
    let document: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            routes.push(Route {
                path: path.clone(),
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                number: parameters.iter().find(|one| is_number(one)).map(|one| {
                    let name = one["name"].as_str();
                    name.unwrap().to_owned()
                }),
                has_json: operation["requestBody"]["content"]["application/json"].is_object(),
            });
        }
    }
    routes
}

fn is_number(parameter: &Value) -> bool {
    let kind = &parameter["schema"]["type"];
    let is_whole = |kind: &Value| kind == "integer";
    parameter["in"] == "query"
        && (is_whole(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_whole)))
}

/// Insists on the documented form of an error.
async fn checked(response: Response, told: &str) -> (u16, Value) {
    let id = response.headers().get("x-correlation-id").cloned();
    let (status, body) = read(response).await;
    assert!(status >= 400, "{told}: {status} {body}");
    let fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["correlation_id", "detail", "error_code", "message"], "{told}");
    let code = body["error_code"].as_str().unwrap();
    assert!(code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{told}: {code}");
    assert!(!body["message"].as_str().unwrap().is_empty(), "{told}: {body}");
    assert_eq!(body["correlation_id"].as_str(), id.as_ref().and_then(|id| id.to_str().ok()));
    if status == 422 {
        assert_eq!(code, "VALIDATION_ERROR", "{told}");
        let entries = body["detail"].as_array().unwrap();
        assert!(!entries.is_empty(), "{told}: {body}");
        for entry in entries {
            let place = entry["loc"][0].as_str().unwrap();
            assert!(["body", "path", "query"].contains(&place), "{told}: {entry}");
            assert!(entry["type"].is_string(), "{told}: {entry}");
            let message = entry["msg"].as_str().unwrap();
            assert!(body["message"].as_str().unwrap().contains(message), "{told}: {body}");
        }
    } else {
        let is_refusal = body["detail"]["message"] == body["message"];
        assert!(is_refusal || body["detail"] == body["message"], "{told}: {body}");
    }
    (status, body)
}

async fn sent(served: &Served, route: &Route, wrong: Wrong) -> (u16, Value) {
    let part = if let Wrong::Address = wrong { "%FF" } else { "nothing" };
    let segment =
        |name: &'_ str| if name.starts_with('{') { part.to_owned() } else { name.to_owned() };
    let mut path = route.path.split('/').map(segment).collect::<Vec<_>>().join("/");
    let method = match wrong {
        Wrong::Method => Method::TRACE,
        Wrong::Address | Wrong::Query | Wrong::ContentType | Wrong::NoJson | Wrong::Unknown => {
            route.method.clone()
        }
    };
    if let (Wrong::Query, Some(number)) = (wrong, &route.number) {
        path.push_str(&format!("?{number}=many"));
    }
    let request = served.request(method, &path);
    let json = "application/json";
    let request = match wrong {
        Wrong::ContentType => request.header("content-type", "text/plain").body("{}"),
        Wrong::NoJson => request.header("content-type", json).body("{"),
        Wrong::Unknown => request.header("content-type", json).body("{\"no_such_field\": 1}"),
        Wrong::Method | Wrong::Query | Wrong::Address => request,
    };
    checked(request.send().await.unwrap(), &format!("{} {path} {wrong:?}", route.method)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_in_the_one_form() {
    let served = Served::empty().await;
    for route in routes() {
        let expect = async |wrong, statuses: &[u16]| {
            let (status, body) = sent(&served, &route, wrong).await;
            assert!(statuses.contains(&status), "{route:?} {wrong:?}: {status} {body}");
            body
        };
        expect(Wrong::Method, &[405]).await;
        if route.path.contains('{') {
            let body = expect(Wrong::Address, &[422]).await;
            assert_eq!(body["detail"][0]["loc"], json!(["path"]), "{route:?}");
        }
        // Whatever is found first, it is told in the one form: only the window may name paths, say.
        if route.has_json && !route.path.ends_with("/imports") {
            expect(Wrong::ContentType, &[415]).await;
            let verify = route.path.ends_with("/verify");
            let body = expect(Wrong::NoJson, &[422]).await;
            assert_eq!(body["detail"][0]["loc"], json!(["body"]), "{route:?}");
            let body = expect(Wrong::Unknown, &[422]).await;
            let field = if verify { json!(["body"]) } else { json!(["body", "no_such_field"]) };
            let entries = body["detail"].as_array().unwrap();
            assert!(entries.iter().any(|entry| entry["loc"] == field), "{route:?}: {body}");
        }
        // A body is looked at first.
        if let (Some(number), false) = (&route.number, route.has_json) {
            let body = expect(Wrong::Query, &[422]).await;
            let entries = body["detail"].as_array().unwrap();
            let field = json!(["query", number]);
            assert!(entries.iter().any(|entry| entry["loc"] == field), "{route:?}: {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_refusals_have_it_too() {
    let served = Served::with_candles().await;
    let cases = [
        (Method::GET, "/nothing", json!(null), 404, "NOT_FOUND"),
        (Method::GET, "/api/v1/nothing", json!(null), 404, "NOT_FOUND"),
        (Method::GET, "/api/v1/backtests/7", json!(null), 404, "NOT_FOUND"),
        (Method::POST, "/api/v1/market/imports", json!({}), 403, "LOCAL_PATHS_NOT_ALLOWED"),
        (Method::POST, "/api/v1/watchlist", json!({ "symbol": "A/B" }), 422, "VALIDATION_ERROR"),
        (Method::POST, "/api/v1/watchlist", json!({ "symbol": "BTCUSDT" }), 400, "VENUE_UNKNOWN"),
        (Method::DELETE, "/api/v1/watchlist/A%20B", json!(null), 422, "VALIDATION_ERROR"),
        (Method::PATCH, "/api/v1/watchlist/BTCUSDT", json!({ "active": true }), 404, "NOT_FOUND"),
        (Method::GET, "/api/v1/market/candles?symbol=A%2FB", json!(null), 422, "VALIDATION_ERROR"),
        (
            Method::POST,
            "/api/v1/backtests/",
            changed(&json!({ "symbol": "NOPEUSDT" })),
            400,
            "UNKNOWN_SYMBOL",
        ),
        (
            Method::POST,
            "/api/v1/backtests/",
            changed(&json!({ "end_date": "2023-01-01" })),
            422,
            "VALIDATION_ERROR",
        ),
    ];
    for (method, path, body, status, code) in cases {
        let request = served.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let (was, body) = checked(request.send().await.unwrap(), path).await;
        assert_eq!((was, &body["error_code"]), (status, &json!(code)), "{path}: {body}");
    }
    let foreign = served.request(Method::GET, "/api/v1").header("origin", "http://evil.example");
    checked(foreign.send().await.unwrap(), "another origin").await;
}
