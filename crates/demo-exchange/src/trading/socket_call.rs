//! The same routes over the WebSocket API: one JSON request in, one JSON answer out
//! (D:WebSocket API General Info).
//!
//! Signed requests are signed one by one with HMAC; `session.logon` takes Ed25519 keys only, which accounts
//! here do not have. `ping`, `time` and market data are not trading's.

use domain::Timestamp;
use serde_json::{Value, json};

use super::handle::{Asked, Handled, Proof};
use super::order_faults::OrderFaults;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::routes::find_route;
use super::state::Trading;
use crate::Method::{self, Delete, Get, Post, Put};

/// Methods and the routes that answer them.
const METHODS: &[(&str, Method, &str)] = &[
    ("order.place", Post, "/fapi/v1/order"),
    ("order.modify", Put, "/fapi/v1/order"),
    ("order.cancel", Delete, "/fapi/v1/order"),
    ("order.status", Get, "/fapi/v1/order"),
    ("algoOrder.place", Post, "/fapi/v1/algoOrder"),
    ("algoOrder.cancel", Delete, "/fapi/v1/algoOrder"),
    ("account.balance", Get, "/fapi/v2/balance"),
    ("v2/account.balance", Get, "/fapi/v3/balance"),
    ("account.status", Get, "/fapi/v2/account"),
    ("v2/account.status", Get, "/fapi/v3/account"),
    ("account.position", Get, "/fapi/v2/positionRisk"),
    ("v2/account.position", Get, "/fapi/v3/positionRisk"),
    ("userDataStream.start", Post, "/fapi/v1/listenKey"),
    ("userDataStream.ping", Put, "/fapi/v1/listenKey"),
    ("userDataStream.stop", Delete, "/fapi/v1/listenKey"),
];

impl Trading {
    /// The route that answers a method of the socket API; `None` when it is not one of trading's.
    #[must_use]
    pub fn socket_route(method: &str) -> Option<(Method, &'static str)> {
        METHODS
            .iter()
            .find(|(name, _, _)| *name == method)
            .map(|(_, method, path)| (*method, *path))
    }

    /// Handles one request of the socket API; the answer is a frame. `None`: the method is not one of
    /// trading's.
    pub fn handle_socket(
        &mut self,
        request: &Value,
        faults: &OrderFaults,
        now: Timestamp,
    ) -> Option<Handled> {
        let name = request["method"].as_str()?;
        let (method, path) = Self::socket_route(name)?;
        let route = find_route(method, path)?;
        let handled = match Parameters::of_element(&request["params"]) {
            Some(parameters) => {
                let asked = Asked { parameters, proof: Proof::Socket };
                self.run_with(route, asked, faults, now)
            }
            None => Handled::refused(&Refusal::malformed("params")),
        };
        let body = framed(&request["id"], &handled);
        let mut reply = handled.reply.clone();
        reply.body = body.to_string().into_bytes();
        Some(Handled { reply, ..handled })
    }
}

fn framed(id: &Value, handled: &Handled) -> Value {
    let status = handled.reply.status;
    let body: Value = serde_json::from_slice(&handled.reply.body).unwrap_or(Value::Null);
    let name = if status == 200 { "result" } else { "error" };
    json!({ "id": id, "status": status, name: body })
}
