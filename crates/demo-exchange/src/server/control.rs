//! The control routes: they steer this server and are no part of the venue's protocol.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::Shared;
use super::http::plain;
use crate::exchange::Exchange;
use crate::faults::FaultPlan;

/// Calls and faults told at once.
const TOLD_MAX: usize = 1_000;

/// Farthest jump of the venue's time: 366 days.
const JUMP_MAX: i64 = 366 * 86_400_000;

pub(super) fn answer(shared: &Shared, parts: &Parts, body: &str) -> Response<Body> {
    // A page of another site may reach this port by a name of its own.
    let host =
        parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !["127.0.0.1", "localhost"].contains(&name) || parts.headers.contains_key(header::ORIGIN) {
        return plain(StatusCode::FORBIDDEN, "control is for programs of this machine");
    }
    let result = match (&parts.method, parts.uri.path()) {
        (&Method::GET, "/control/state") => {
            Ok(shared.at_present(|state, _| state_of(&state.exchange)))
        }
        (&Method::GET, "/control/truth") => {
            Ok(shared.at_present(|state, _| truth(&state.exchange)))
        }
        (&Method::POST, "/control/faults") => set_faults(shared, body),
        (&Method::POST, "/control/advance") => advance(shared, body),
        (&Method::POST, "/control/status") => {
            set_status(shared, parts.uri.query().unwrap_or_default())
        }
        _ => return plain(StatusCode::NOT_FOUND, "no such control route"),
    };
    match result {
        Ok(value) => told(StatusCode::OK, &value),
        Err(error) => told(StatusCode::BAD_REQUEST, &json!({ "error": error })),
    }
}

fn told(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn state_of(exchange: &Exchange) -> Value {
    let (used, peak) = exchange.weight_used();
    let truth = exchange.truth();
    json!({
        "time": exchange.now().to_string(),
        "time_ms": exchange.now().millis(),
        "faults": exchange.faults().to_string(),
        "connections": exchange.connection_count(),
        "calls": truth.call_count(),
        "injected_faults": truth.fault_count(),
        "refused_429": truth.refused_count(),
        "banned_418": truth.banned_count(),
        "weight_used": used,
        "weight_peak": peak,
    })
}

fn truth(exchange: &Exchange) -> Value {
    let truth = exchange.truth();
    let calls: Vec<Value> = truth
        .calls()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .take(TOLD_MAX)
        .map(|call| json!({ "time_ms": call.time.millis(), "path": call.path, "query": call.query, "status": call.status, "weight_used": call.weight_used }))
        .collect();
    let faults: Vec<Value> = truth
        .faults()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .take(TOLD_MAX)
        .map(|fault| json!({ "time_ms": fault.time.millis(), "rule": fault.rule, "at": fault.at, "carried_out": fault.carried_out }))
        .collect();
    json!({ "calls": calls, "faults": faults, "accounts": exchange.accounts_truth() })
}

fn set_faults(shared: &Shared, body: &str) -> Result<Value, String> {
    let plan: FaultPlan =
        body.parse().map_err(|error: crate::faults::FaultPlanError| error.to_string())?;
    Ok(shared.at_present(|state, _| {
        state.exchange.set_faults(plan);
        json!({ "faults": state.exchange.faults().to_string() })
    }))
}

fn advance(shared: &Shared, body: &str) -> Result<Value, String> {
    let millis = body.trim().parse().ok().filter(|millis| (0..=JUMP_MAX).contains(millis));
    let millis: i64 =
        millis.ok_or_else(|| format!("expected milliseconds of at most 366 days, was {body:?}"))?;
    shared.clock.jump(millis);
    Ok(shared.at_present(|state, _| state_of(&state.exchange)))
}

fn set_status(shared: &Shared, query: &str) -> Result<Value, String> {
    let named = |name: &str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(other, _)| *other == name)
    };
    let (Some((_, symbol)), Some((_, status))) = (named("symbol"), named("status")) else {
        return Err("expected symbol and status".to_owned());
    };
    if status.is_empty()
        || !status.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
    {
        return Err(format!("expected a status such as TRADING, was {status:?}"));
    }
    let is_known = shared.at_present(|state, now| state.exchange.set_status(symbol, status, now));
    if is_known {
        Ok(json!({ "symbol": symbol, "status": status }))
    } else {
        Err(format!("unknown symbol {symbol:?}"))
    }
}
