//! The venue over sockets of loopback, at the speed of the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use demo_exchange::{Exchange, Options, Pace, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{START, at, options};

/// A clock that stands still until it is moved.
fn stopped_clock() -> (Arc<Mutex<Duration>>, Pace) {
    let time = Arc::new(Mutex::new(Duration::ZERO));
    let read = Arc::clone(&time);
    (time, Pace { speed: 1.0, elapsed: Arc::new(move || *read.lock().unwrap()) })
}

async fn server(options: Options) -> (Server, Arc<Mutex<Duration>>) {
    let (time, pace) = stopped_clock();
    let exchange = Exchange::new(options, at(START)).unwrap();
    (Server::start(exchange, 0, pace).await.unwrap(), time)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

#[test]
fn http_answers_as_the_core_does() {
    runtime().block_on(async {
        let (server, time) = server(options()).await;
        let base = format!("http://{}", server.address());
        let reply = client().get(format!("{base}/fapi/v1/time")).send().await.unwrap();
        assert_eq!(reply.headers()["x-mbx-used-weight-1m"], "1");
        assert_eq!(reply.json::<Value>().await.unwrap()["serverTime"], at(START).millis());
        *time.lock().unwrap() += Duration::from_secs(5);
        let reply = client().get(format!("{base}/fapi/v1/time")).send().await.unwrap();
        assert_eq!(reply.json::<Value>().await.unwrap()["serverTime"], at(START).millis() + 5_000);
        let reply = client()
            .get(format!("{base}/fapi/v1/klines?symbol=X&interval=1m"))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 400);
        let url =
            format!("{base}/data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-07-01.zip");
        let whole = client().get(&url).send().await.unwrap().bytes().await.unwrap();
        let part = client().get(&url).header("range", "bytes=10-19").send().await.unwrap();
        assert_eq!(part.status(), 206);
        assert_eq!(part.bytes().await.unwrap()[..], whole[10..20]);
        server.stop().await;
        assert!(client().get(format!("{base}/fapi/v1/ping")).send().await.is_err());
    });
}

#[test]
fn sockets_carry_frames_and_control_messages() {
    runtime().block_on(async {
        let (server, time) = server(options()).await;
        let url = format!("ws://{}/market/stream?streams=btcusdt@kline_1m", server.address());
        let (mut socket, _) = connect_async(url).await.unwrap();
        let list = r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#;
        socket.send(Message::text(list)).await.unwrap();
        let reply = socket.next().await.unwrap().unwrap().into_text().unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&reply).unwrap(),
            json!({ "result": ["btcusdt@kline_1m"], "id": 3 })
        );
        *time.lock().unwrap() += Duration::from_secs(61);
        let mut closed = 0;
        while closed == 0 {
            let frame: Value =
                serde_json::from_str(&socket.next().await.unwrap().unwrap().into_text().unwrap())
                    .unwrap();
            assert_eq!(frame["stream"], "btcusdt@kline_1m");
            closed += u32::from(frame["data"]["k"]["x"] == true);
        }
        assert!(connect_async(format!("ws://{}/nowhere", server.address())).await.is_err());
        server.stop().await;
        while let Some(Ok(_)) = socket.next().await {}
    });
}

#[test]
fn faults_are_switched_by_the_control_route() {
    runtime().block_on(async {
        let (server, _) = server(options()).await;
        let base = format!("http://{}", server.address());
        let set = async |plan: &'static str| {
            let reply =
                client().post(format!("{base}/control/faults")).body(plan).send().await.unwrap();
            (reply.status().as_u16(), reply.json::<Value>().await.unwrap())
        };
        let klines = format!("{base}/fapi/v1/klines?symbol=BTCUSDT&interval=1m");
        assert_eq!(set("klines:explode").await.0, 400);
        assert_eq!(set("klines:503").await, (200, json!({ "faults": "klines:503" })));
        assert_eq!(client().get(&klines).send().await.unwrap().status(), 503);
        set("klines:reset").await;
        assert!(client().get(&klines).send().await.is_err());
        set("klines:truncated").await;
        assert!(client().get(&klines).send().await.unwrap().bytes().await.is_err());
        set("klines:redirect").await;
        assert_eq!(client().get(&klines).send().await.unwrap().status(), 302);
        set("klines:huge=300000").await;
        assert!(client().get(&klines).send().await.unwrap().bytes().await.unwrap().len() > 300_000);
        set("klines:lost").await;
        let lost = client().get(&klines).timeout(Duration::from_millis(200)).send().await;
        assert!(lost.unwrap_err().is_timeout());
        set("").await;
        assert_eq!(client().get(&klines).send().await.unwrap().status(), 200);
        let state = client().get(format!("{base}/control/state")).send().await.unwrap();
        assert_eq!(state.json::<Value>().await.unwrap()["injected_faults"], 6);
        let from_page = client()
            .get(format!("{base}/control/state"))
            .header("origin", "http://evil.example")
            .send()
            .await;
        assert_eq!(from_page.unwrap().status(), 403);
        server.stop().await;
    });
}

#[test]
fn a_reset_connection_ends_and_a_half_open_one_stays() {
    runtime().block_on(async {
        let faults = "ws.aggTrade/BTCUSDT:reset; ws.aggTrade/ETHUSDT:half-open".parse().unwrap();
        let (server, time) = server(Options { faults, ..options() }).await;
        let open = async |name: &str| {
            let (socket, _) =
                connect_async(format!("ws://{}/market/ws/{name}", server.address())).await.unwrap();
            socket
        };
        let (mut reset, mut half_open) =
            (open("btcusdt@aggTrade").await, open("ethusdt@aggTrade").await);
        *time.lock().unwrap() += Duration::from_secs(60);
        assert!(reset.next().await.is_none_or(|message| message.is_err()));
        let silent = tokio::time::timeout(Duration::from_millis(300), half_open.next()).await;
        assert!(silent.is_err(), "neither data nor an end");
        server.stop().await;
    });
}
