//! The socket API `/ws-fapi/v1` (§4.7): one JSON request in, one JSON answer out, over the same answers, weights
//! and faults as REST. Weights are shared with REST. Keys with sessions (`session.logon`) are Ed25519 keys, which
//! accounts here do not have.

use serde_json::{Map, Value, json};

use super::Exchange;
use super::calls::is_carried_out;
use crate::api_call::{ApiReply, ApiRequest, Method};
use crate::delivery::{self, Delivery, Way};
use crate::sockets::{ConnectionId, Sent};

/// Methods without an account, and the REST calls that answer them.
const PUBLIC: [(&str, &str); 5] = [
    ("ping", "/fapi/v1/ping"),
    ("time", "/fapi/v1/time"),
    ("depth", "/fapi/v1/depth"),
    ("ticker.price", "/fapi/v2/ticker/price"),
    ("ticker.book", "/fapi/v1/ticker/bookTicker"),
];

impl Exchange {
    /// Answers a message of a client.
    pub(super) fn socket_call(&mut self, connection: ConnectionId, text: &str) {
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        let delivery = match self.socket_request(&message) {
            Ok(request) => {
                let delivery = self.socket_delivery(&message, &request);
                self.seen(&request, delivery)
            }
            Err(refusal) => Delivery::now(refusal),
        };
        let limits = self.hub.tells_limits(connection).then(|| self.used_limits(&delivery.reply));
        let frame = framed(&message["id"], &delivery.reply, limits);
        let (sent, due) = match delivery.way {
            Way::Now | Way::Trickled | Way::Padded(_) => (Sent::Text(frame), None),
            Way::After(millis) => (Sent::Text(frame), Some(self.now + millis)),
            Way::Never => return,
            Way::Reset | Way::Truncated(_) => (Sent::Reset, None),
        };
        self.hub.send(connection, sent, due);
    }

    /// The REST call that a message stands for.
    fn socket_request(&self, message: &Value) -> Result<ApiRequest, ApiReply> {
        if !message.is_object() {
            return Err(ApiReply::refusal(400, -1125, "Invalid JSON."));
        }
        let name = message["method"].as_str().unwrap_or_default();
        let public = PUBLIC.iter().find(|(own, _)| *own == name);
        let private = self.private.as_ref().and_then(|private| private.socket_route(name));
        let route = public.map(|(_, path)| (Method::Get, *path)).or(private);
        let Some((method, path)) = route else {
            return Err(ApiReply::refusal(400, -1020, "This operation is not supported."));
        };
        Ok(ApiRequest {
            method,
            path: path.to_owned(),
            query: query_of(&message["params"]),
            body: String::new(),
            api_key: message["params"]["apiKey"].as_str().map(str::to_owned),
        })
    }

    fn socket_delivery(&mut self, message: &Value, request: &ApiRequest) -> Delivery {
        if let Err(refusal) = self.usage.charge(self.cost(request), self.now) {
            return Delivery::now(refusal);
        }
        let injected = self.injected(request);
        let is_carried_out = injected.as_ref().is_none_or(is_carried_out);
        if let Some(injected) = &injected {
            self.note(injected, &request.path, is_carried_out);
        }
        let is_public = PUBLIC.iter().any(|(_, path)| *path == request.path);
        let reply = is_carried_out.then(|| match is_public {
            true => self.answer(request, injected.as_ref()),
            false => self.private_socket_answer(message),
        });
        match &injected {
            Some(injected) => delivery::spoiled(injected, reply, &mut self.usage, self.now),
            None => Delivery::now(reply.unwrap_or_else(super::not_found)),
        }
    }

    fn private_socket_answer(&mut self, message: &Value) -> ApiReply {
        let Some(mut private) = self.private.take() else {
            return super::not_found();
        };
        let reply = private.handle_socket(message, &mut self.private_view());
        self.private = Some(private);
        self.tell_users();
        reply.unwrap_or_else(super::not_found)
    }

    fn used_limits(&self, reply: &ApiReply) -> Value {
        let limits = self.usage.limits();
        let row = |kind: &str, interval: (&str, i64), limit: u32, count: i64| {
            json!({
                "rateLimitType": kind, "interval": interval.0, "intervalNum": interval.1,
                "limit": limit, "count": count,
            })
        };
        let used = i64::from(self.usage.used());
        let mut rows = vec![row("REQUEST_WEIGHT", ("MINUTE", 1), limits.weight_per_minute, used)];
        let counted = |name: &str| {
            let header = reply.headers.iter().find(|(own, _)| *own == name);
            header.and_then(|(_, count)| count.parse::<i64>().ok())
        };
        rows.extend(
            counted("x-mbx-order-count-10s")
                .map(|count| row("ORDERS", ("SECOND", 10), limits.orders_per_ten_seconds, count)),
        );
        rows.extend(
            counted("x-mbx-order-count-1m")
                .map(|count| row("ORDERS", ("MINUTE", 1), limits.orders_per_minute, count)),
        );
        Value::Array(rows)
    }
}

/// Parameters as a query; nested values are none.
fn query_of(parameters: &Value) -> String {
    let none = Map::new();
    let fields = parameters.as_object().unwrap_or(&none);
    let pairs = fields.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let encoded =
            percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
        Some(format!("{name}={encoded}"))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A frame around an answer; a body that is no JSON goes out as it is.
fn framed(id: &Value, reply: &ApiReply, limits: Option<Value>) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else {
        return String::from_utf8_lossy(&reply.body).into_owned();
    };
    let name = if reply.status == 200 { "result" } else { "error" };
    let mut frame = json!({ "id": id, "status": reply.status, name: body });
    if let Some(limits) = limits {
        frame["rateLimits"] = limits;
    }
    frame.to_string()
}
