//! The seam to the private half: what it sees, and where its events go.

use demo_exchange::{
    ApiReply, ApiRequest, Exchange, Method, Options, PrivateHalf, PrivateView, Sent, TradeFault,
    TradeOccasion, UserEvent,
};
use domain::Timestamp;
use serde_json::{Value, json};

use crate::support::{START, at, options};

/// Answers orders with the best bid, and speaks once when its time has come.
#[derive(Debug)]
struct Small {
    events: Vec<UserEvent>,
    alarm: Option<Timestamp>,
}

fn frame(name: &str) -> UserEvent {
    let text = json!({ "e": name }).to_string();
    UserEvent::Frame { listen_key: "key".to_owned(), name: name.to_owned(), symbol: None, text }
}

impl PrivateHalf for Small {
    fn handle(&mut self, request: &ApiRequest, view: &mut PrivateView<'_>) -> Option<ApiReply> {
        if request.path != "/fapi/v1/order" {
            return None;
        }
        self.events.extend([frame("ORDER_TRADE_UPDATE"), frame("ACCOUNT_UPDATE")]);
        let best = view.best("BTCUSDT", 3)?;
        let mark = view.mark("BTCUSDT", view.now())?;
        let faults = view.inject_faults(TradeOccasion::Placing, Some("BTCUSDT"));
        let invisible =
            if let [TradeFault::Invisible(millis)] = faults[..] { Some(millis) } else { None };
        let body = json!({
            "bid": best.bids[0].price.to_string(),
            "mark": mark.mark.to_string(),
            "levels": best.asks.len(),
            "invisible": invisible,
            "told": view.told_time().millis(),
        });
        let mut reply = ApiReply::json(200, &body);
        reply.headers.push(("x-mbx-used-weight-1m", "-1".to_owned()));
        Some(reply)
    }

    fn handle_socket(&mut self, _: &Value, _: &mut PrivateView<'_>) -> Option<ApiReply> {
        None
    }

    fn socket_route(&self, _: &str) -> Option<(Method, &'static str)> {
        None
    }

    fn is_let_through(&self, _: &ApiRequest) -> bool {
        false
    }

    fn weight(&self, _: &ApiRequest) -> u32 {
        0
    }

    fn advance(&mut self, view: &mut PrivateView<'_>) {
        assert_eq!(Some(view.now()), self.alarm.take(), "advanced at its own time");
        let trades = view.trades("BTCUSDT", at(START), view.now());
        assert!(
            trades.windows(2).all(|pair| pair[0].id < pair[1].id && pair[0].time <= pair[1].time)
        );
        self.events.push(frame("MARGIN_CALL"));
    }

    fn next_event(&self) -> Option<Timestamp> {
        self.alarm
    }

    fn take_events(&mut self) -> Vec<UserEvent> {
        std::mem::take(&mut self.events)
    }

    fn truth(&self) -> Value {
        Value::Null
    }
}

fn venue(faults: &str, alarm: Option<Timestamp>) -> Exchange {
    let exchange =
        Exchange::new(Options { faults: faults.parse().unwrap(), ..options() }, at(START)).unwrap();
    exchange.with_private(Box::new(Small { events: Vec::new(), alarm }))
}

fn post(exchange: &mut Exchange, path: &str) -> ApiReply {
    let (query, body) = ("symbol=BTCUSDT".to_owned(), String::new());
    let request =
        ApiRequest { method: Method::Post, path: path.to_owned(), query, body, api_key: None };
    let now = exchange.now();
    exchange.request(&request, now).reply
}

#[test]
fn the_private_half_sees_the_market_and_the_faults() {
    let mut exchange = venue("trade/BTCUSDT:invisible=500; clock:offset=-700", None);
    let reply = post(&mut exchange, "/fapi/v1/order");
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((&body["levels"], &body["invisible"]), (&json!(3), &json!(500)));
    assert_eq!(body["told"], at(START).millis() - 700);
    let near = |field: &str| {
        (body[field].as_str().unwrap().parse::<f64>().unwrap() / 30_400.0 - 1.0).abs() < 0.5
    };
    assert!(near("bid") && near("mark"), "{body}");
    assert_eq!(reply.headers, [("x-mbx-used-weight-1m", "-1".to_owned())]);
    assert_eq!(post(&mut exchange, "/fapi/v1/nothing").status, 404);
    assert_eq!(exchange.truth().faults().next().unwrap().rule, "trade/BTCUSDT:invisible=500");
}

#[test]
fn events_go_to_the_sockets_that_want_them() {
    let mut exchange = venue("", Some(at(START).plus_millis(30_000)));
    let start = at(START);
    let all = exchange.connect("/private/ws/key", start).unwrap();
    let some = exchange
        .connect("/private/stream?listenKey=key&events=ACCOUNT_UPDATE/MARGIN_CALL", start)
        .unwrap();
    let other = exchange.connect("/private/ws/another", start).unwrap();
    post(&mut exchange, "/fapi/v1/order");
    exchange.advance(start.plus_millis(60_000));
    let texts = |exchange: &mut Exchange, socket| -> Vec<String> {
        exchange
            .frames(socket)
            .into_iter()
            .map(|sent| match sent {
                Sent::Text(text) => text,
                Sent::Ping(_) | Sent::Close(..) | Sent::Reset | Sent::HalfOpen => {
                    panic!("only texts")
                }
            })
            .collect()
    };
    assert_eq!(
        texts(&mut exchange, all),
        [r#"{"e":"ORDER_TRADE_UPDATE"}"#, r#"{"e":"ACCOUNT_UPDATE"}"#, r#"{"e":"MARGIN_CALL"}"#]
    );
    assert_eq!(
        texts(&mut exchange, some),
        [
            r#"{"stream":"key","data":{"e":"ACCOUNT_UPDATE"}}"#,
            r#"{"stream":"key","data":{"e":"MARGIN_CALL"}}"#,
        ]
    );
    assert!(texts(&mut exchange, other).is_empty());
}

#[test]
fn faults_of_orders_and_user_events_are_injected() {
    let mut exchange = venue("order:503@x1; order:reply-lost@x1; user.ACCOUNT_UPDATE:drop", None);
    let socket = exchange.connect("/private/ws/key", at(START)).unwrap();
    assert_eq!(post(&mut exchange, "/fapi/v1/order").status, 503);
    assert!(exchange.frames(socket).is_empty(), "a refused order is not carried out");
    post(&mut exchange, "/fapi/v1/order");
    assert_eq!(
        exchange.frames(socket).len(),
        1,
        "carried out with its reply lost; one of two events is dropped"
    );
    let carried_out: Vec<bool> = exchange.truth().faults().map(|fault| fault.carried_out).collect();
    assert_eq!(carried_out, [false, true, true]);
}
