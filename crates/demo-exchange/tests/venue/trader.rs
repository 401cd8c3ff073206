//! A client with the demo key pair at a venue under virtual time: it signs its calls and reads its stream.

use demo_exchange::trading::{DEMO_API_KEY, DEMO_SECRET};
use demo_exchange::{ApiRequest, ConnectionId, Delivery, Method, Options};
use domain::Decimal;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::support::{Venue, options};

pub(crate) const ORDER: &str = "/fapi/v1/order";
pub(crate) const ALGO: &str = "/fapi/v1/algoOrder";
pub(crate) const LISTEN_KEY: &str = "/fapi/v1/listenKey";

pub(crate) fn signature(payload: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(DEMO_SECRET.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Parameters with time and signature.
pub(crate) fn signed(parameters: &str, millis: i64) -> String {
    let joint = if parameters.is_empty() { "" } else { "&" };
    let payload = format!("{parameters}{joint}timestamp={millis}");
    format!("{payload}&signature={}", signature(&payload))
}

pub(crate) fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

pub(crate) struct Trader {
    pub(crate) venue: Venue,
    pub(crate) stream: ConnectionId,
    pub(crate) key: String,
}

impl Trader {
    pub(crate) fn new() -> Self {
        Self::at(options())
    }

    pub(crate) fn with_faults(text: &str) -> Self {
        Self::at(Options { faults: text.parse().unwrap(), ..options() })
    }

    /// With a user stream that wants everything.
    pub(crate) fn at(options: Options) -> Self {
        let mut venue = Venue::new(options);
        let reply = venue.exchange.request(&key_call(Method::Post), venue.now).reply;
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let key = body["listenKey"].as_str().unwrap().to_owned();
        let stream = venue.connect(&format!("/private/ws/{key}"));
        Self { venue, stream, key }
    }

    pub(crate) fn call(&mut self, method: Method, path: &str, parameters: &str) -> Delivery {
        let request = ApiRequest {
            method,
            path: path.to_owned(),
            query: signed(parameters, self.venue.now.millis()),
            body: String::new(),
            api_key: Some(DEMO_API_KEY.to_owned()),
        };
        self.venue.exchange.request(&request, self.venue.now)
    }

    pub(crate) fn listen_key(&mut self, method: Method) -> (u16, Value) {
        let reply = self.venue.exchange.request(&key_call(method), self.venue.now).reply;
        (reply.status, serde_json::from_slice(&reply.body).unwrap())
    }

    pub(crate) fn ok(&mut self, method: Method, path: &str, parameters: &str) -> Value {
        let reply = self.call(method, path, parameters).reply;
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!(reply.status, 200, "{path} {parameters}: {text}");
        serde_json::from_slice(&reply.body).unwrap()
    }

    pub(crate) fn code(&mut self, method: Method, path: &str, parameters: &str) -> i64 {
        let reply = self.call(method, path, parameters).reply;
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        body["code"].as_i64().unwrap_or_default()
    }

    pub(crate) fn market(&mut self, side: &str, quantity: &str) -> Value {
        let order = format!("symbol=BTCUSDT&side={side}&type=MARKET&quantity={quantity}");
        self.ok(Method::Post, ORDER, &order)
    }

    /// A buy that rests `ticks` of 0.01 below the best bid.
    pub(crate) fn resting_buy(&mut self, ticks: i64) -> Value {
        let price = self.best("bidPrice") - Decimal::new(ticks, 2);
        let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010";
        self.ok(Method::Post, ORDER, &format!("{order}&price={price}"))
    }

    pub(crate) fn best(&mut self, field: &str) -> Decimal {
        decimal(&self.venue.json("/fapi/v1/ticker/bookTicker?symbol=BTCUSDT")[field])
    }

    pub(crate) fn queried(&mut self, order: &Value) -> Value {
        let id = &order["orderId"];
        self.ok(Method::Get, ORDER, &format!("symbol=BTCUSDT&orderId={id}"))
    }

    pub(crate) fn position(&mut self) -> Decimal {
        let rows = self.ok(Method::Get, "/fapi/v3/positionRisk", "symbol=BTCUSDT");
        rows.get(0).map_or(Decimal::ZERO, |row| decimal(&row["positionAmt"]))
    }

    pub(crate) fn wallet(&mut self) -> Decimal {
        let rows = self.ok(Method::Get, "/fapi/v3/balance", "");
        let row = rows.as_array().unwrap().iter().find(|row| row["asset"] == "USDT");
        decimal(&row.unwrap()["balance"])
    }

    pub(crate) fn truth(&self) -> Value {
        self.venue.exchange.accounts_truth()[0].clone()
    }

    pub(crate) fn events(&mut self) -> Vec<Value> {
        self.venue.values(self.stream)
    }

    /// The events since the last look in short: `ORDER x/X`, `ALGO X`, `ACCOUNT m` or the name.
    pub(crate) fn told(&mut self) -> Vec<String> {
        self.events().iter().map(short).collect()
    }

    /// Rules of the injected faults, oldest first.
    pub(crate) fn injected(&self) -> Vec<String> {
        self.venue.exchange.truth().faults().map(|fault| fault.rule.clone()).collect()
    }
}

pub(crate) fn short(event: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let order = &event["o"];
    match event["e"].as_str().unwrap() {
        "ORDER_TRADE_UPDATE" => format!("ORDER {}/{}", text(&order["x"]), text(&order["X"])),
        "ALGO_UPDATE" => format!("ALGO {}", text(&order["X"])),
        "ACCOUNT_UPDATE" => format!("ACCOUNT {}", text(&event["a"]["m"])),
        name => name.to_owned(),
    }
}

fn key_call(method: Method) -> ApiRequest {
    ApiRequest {
        method,
        path: LISTEN_KEY.to_owned(),
        query: String::new(),
        body: String::new(),
        api_key: Some(DEMO_API_KEY.to_owned()),
    }
}
