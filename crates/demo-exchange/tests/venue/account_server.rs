//! Accounts over sockets of loopback: REST, the user stream and the socket API as any client meets them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use demo_exchange::trading::DEMO_API_KEY;
use demo_exchange::{Exchange, Options, Pace, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{START, at, options};
use crate::trader::{decimal, short, signature, signed};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.010";

struct Rig {
    server: Server,
    client: reqwest::Client,
    time: Arc<Mutex<Duration>>,
}

impl Rig {
    async fn start(options: Options) -> Self {
        let time = Arc::new(Mutex::new(Duration::ZERO));
        let read = Arc::clone(&time);
        let pace = Pace { speed: 1.0, elapsed: Arc::new(move || *read.lock().unwrap()) };
        let exchange = Exchange::new(options, at(START)).unwrap();
        let server = Server::start(exchange, 0, pace).await.unwrap();
        Self { server, client: reqwest::Client::new(), time }
    }

    fn pass(&self, seconds: u64) {
        *self.time.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn millis(&self) -> i64 {
        at(START).millis() + i64::try_from(self.time.lock().unwrap().as_millis()).unwrap()
    }

    fn request(&self, method: &str, path: &str, parameters: &str) -> reqwest::RequestBuilder {
        let query = signed(parameters, self.millis());
        let url = format!("http://{}{path}?{query}", self.server.address());
        let method = method.parse().unwrap();
        self.client.request(method, url).header("X-MBX-APIKEY", DEMO_API_KEY)
    }

    async fn call(&self, method: &str, path: &str, parameters: &str) -> Value {
        let reply = self.request(method, path, parameters).send().await.unwrap();
        reply.json().await.unwrap()
    }

    async fn socket(&self, path: &str) -> Socket {
        let url = format!("ws://{}{path}", self.server.address());
        connect_async(url).await.unwrap().0
    }

    async fn user_stream(&self) -> Socket {
        let body = self.call("POST", "/fapi/v1/listenKey", "").await;
        let key = body["listenKey"].as_str().unwrap();
        self.socket(&format!("/private/ws/{key}")).await
    }

    async fn truth(&self) -> Value {
        let url = format!("http://{}/control/truth", self.server.address());
        let reply = self.client.get(url).send().await.unwrap();
        reply.json::<Value>().await.unwrap()
    }
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

fn check(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test);
}

#[test]
fn an_order_over_rest_is_told_on_the_user_stream() {
    check(async {
        let rig = Rig::start(options()).await;
        let mut stream = rig.user_stream().await;
        let order = rig.call("POST", "/fapi/v1/order", BUY).await;
        assert!(order["orderId"].is_u64(), "{order}");
        let mut told = Vec::new();
        for _ in 0..4 {
            told.push(short(&next(&mut stream).await));
        }
        assert_eq!(told, ["TRADE_LITE", "ORDER NEW/NEW", "ACCOUNT ORDER", "ORDER TRADE/FILLED"]);
        let balance = rig.call("GET", "/fapi/v3/balance", "").await;
        let truth = rig.truth().await;
        let account = &truth["accounts"][0];
        assert_eq!(decimal(&balance[0]["balance"]), decimal(&account["wallet"]));
        assert_eq!(account["positions"][0]["amount"], "0.01");
        rig.server.stop().await;
    });
}

#[test]
fn a_resting_order_is_filled_while_the_server_lives() {
    check(async {
        let rig = Rig::start(options()).await;
        let mut stream = rig.user_stream().await;
        let book = rig.call("GET", "/fapi/v1/ticker/bookTicker", "symbol=BTCUSDT").await;
        let price = decimal(&book["bidPrice"]) - domain::Decimal::new(5, 2);
        let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010";
        rig.call("POST", "/fapi/v1/order", &format!("{order}&price={price}")).await;
        assert_eq!(short(&next(&mut stream).await), "ORDER NEW/NEW");
        rig.pass(1_200);
        let mut told = String::new();
        while told != "ORDER TRADE/FILLED" {
            told = short(&next(&mut stream).await);
        }
        rig.server.stop().await;
    });
}

#[test]
fn a_lost_reply_is_a_timeout_and_a_reset_an_error() {
    check(async {
        let faults = "order:reply-lost@#1; order:reset-after@#1; order:truncated@#1";
        let rig = Rig::start(Options { faults: faults.parse().unwrap(), ..options() }).await;
        let send = || rig.request("POST", "/fapi/v1/order", BUY);
        let lost = send().timeout(Duration::from_millis(300)).send().await;
        assert!(lost.unwrap_err().is_timeout());
        assert!(send().send().await.is_err(), "the connection is cut");
        assert!(send().send().await.unwrap().bytes().await.is_err(), "half a body");
        let truth = rig.truth().await;
        assert_eq!(truth["accounts"][0]["orders"].as_array().map(Vec::len), Some(3));
        assert_eq!(truth["faults"].as_array().map(Vec::len), Some(3));
        rig.server.stop().await;
    });
}

fn socket_order(id: &str, millis: i64) -> String {
    let payload = format!(
        "apiKey={DEMO_API_KEY}&quantity=0.010&side=BUY&symbol=BTCUSDT&timestamp={millis}&type=MARKET"
    );
    json!({
        "id": id, "method": "order.place",
        "params": {
            "apiKey": DEMO_API_KEY, "symbol": "BTCUSDT", "side": "BUY", "type": "MARKET",
            "quantity": "0.010", "timestamp": millis, "signature": signature(&payload),
        },
    })
    .to_string()
}

#[test]
fn the_socket_api_takes_orders() {
    check(async {
        let faults = "order:reply-lost@#2; order:503-throttled@#2".parse().unwrap();
        let rig = Rig::start(Options { faults, ..options() }).await;
        let mut stream = rig.user_stream().await;
        let mut calls = rig.socket("/ws-fapi/v1").await;
        calls.send(Message::text(socket_order("a", rig.millis()))).await.unwrap();
        let reply = next(&mut calls).await;
        assert_eq!((&reply["id"], &reply["status"]), (&json!("a"), &json!(200)), "{reply}");
        assert!(reply["result"]["orderId"].is_u64(), "{reply}");
        assert_eq!(reply["rateLimits"][0]["count"], 6, "the listen key and the handshake");
        assert_eq!(reply["rateLimits"][1]["count"], 1);
        assert_eq!(short(&next(&mut stream).await), "TRADE_LITE");
        for message in [
            socket_order("lost", rig.millis()),
            socket_order("throttled", rig.millis()),
            r#"{"id":3,"method":"time"}"#.to_owned(),
            r#"{"id":4,"method":"session.logon","params":{}}"#.to_owned(),
            "{".to_owned(),
        ] {
            calls.send(Message::text(message)).await.unwrap();
        }
        let reply = next(&mut calls).await;
        assert_eq!((&reply["id"], &reply["error"]["code"]), (&json!("throttled"), &json!(-1008)));
        assert_eq!(next(&mut calls).await["result"]["serverTime"], json!(rig.millis()));
        assert_eq!(next(&mut calls).await["status"], 400);
        assert_eq!(next(&mut calls).await["id"], Value::Null);
        let orders = rig.truth().await["accounts"][0]["orders"].as_array().map(Vec::len);
        assert_eq!(orders, Some(2), "the one without an answer was carried out");
        rig.server.stop().await;
    });
}
