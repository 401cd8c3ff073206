//! Orders over the socket API.

use serde_json::{Value, json};

use super::rig::{Rig, signature};
use crate::trading::{DEMO_API_KEY, OrderFaults};

fn ask(rig: &mut Rig, method: &str, params: Value) -> Option<Value> {
    let mut params = params;
    params["apiKey"] = json!(DEMO_API_KEY);
    params["timestamp"] = json!(rig.now);
    let fields = params.as_object().unwrap().iter();
    let pairs = fields.map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={text}")
    });
    // The map keeps its names sorted.
    let payload = pairs.collect::<Vec<_>>().join("&");
    params["signature"] = json!(signature(&payload));
    send(rig, &json!({ "id": "a1", "method": method, "params": params }))
}

fn send(rig: &mut Rig, request: &Value) -> Option<Value> {
    let now = rig.time();
    let handled = rig.trading.handle_socket(request, &OrderFaults::default(), now)?;
    Some(serde_json::from_slice(&handled.reply.body).unwrap())
}

#[test]
fn an_order_is_placed_asked_for_and_cancelled() {
    let mut rig = Rig::new();
    let terms = json!({ "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
                        "quantity": "0.010", "price": "49000" });
    let placed = ask(&mut rig, "order.place", terms).unwrap();
    assert_eq!((&placed["id"], &placed["status"]), (&json!("a1"), &json!(200)));
    let named = json!({ "symbol": "BTCUSDT", "orderId": placed["result"]["orderId"] });
    assert_eq!(ask(&mut rig, "order.status", named.clone()).unwrap()["result"]["status"], "NEW");
    let cancelled = ask(&mut rig, "order.cancel", named.clone()).unwrap();
    assert_eq!(cancelled["result"]["status"], "CANCELED");
    let again = ask(&mut rig, "order.cancel", named).unwrap();
    assert_eq!((&again["status"], &again["error"]["code"]), (&json!(400), &json!(-2011)));
}

#[test]
fn requests_are_signed_and_methods_known() {
    let mut rig = Rig::new();
    let forged = json!({ "id": 1, "method": "v2/account.balance", "params": {
        "apiKey": DEMO_API_KEY, "timestamp": rig.now, "signature": "00" } });
    assert_eq!(send(&mut rig, &forged).unwrap()["error"]["code"], -1022);
    assert!(ask(&mut rig, "v2/account.balance", json!({})).unwrap()["result"].is_array());
    assert_eq!(ask(&mut rig, "depth", json!({})), None);
    let key = send(
        &mut rig,
        &json!({ "id": 2, "method": "userDataStream.start",
                                      "params": { "apiKey": DEMO_API_KEY } }),
    );
    assert!(key.unwrap()["result"]["listenKey"].is_string());
    let shapeless = json!({ "id": 3, "method": "order.place", "params": [1] });
    assert_eq!(send(&mut rig, &shapeless).unwrap()["error"]["code"], -1130);
}
