//! `stb serve`, and what it shares with the other commands.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Place, SMA_CROSS};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn ask(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.timeout(Duration::from_secs(60)).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[test]
fn command_line_http_and_history_give_the_same_figures() {
    let place = Place::with_candles();
    let by_command = place.run(&SMA_CROSS).done().json();
    let server = place.serve();
    runtime().block_on(async {
        let client = reqwest::Client::new();
        let base = format!("{}/api/v1/backtests/", server.address);
        let body = json!({
            "symbol": "TESTUSDT", "strategy": "SMA_CROSS", "start_date": "2024-01-01", "end_date": "2024-01-11",
            "timeframes": ["15m"],
        });
        let (status, by_http) = ask(client.post(&base).json(&body)).await;
        assert_eq!(status, 200, "{by_http}");
        let (_, stored) = ask(client.get(format!("{base}{}", by_command["id"].as_str().unwrap()))).await;
        let trades = async |run: &Value| {
            ask(client.get(format!("{base}{}/trades?size=50000", run["id"].as_str().unwrap()))).await.1["items"].clone()
        };
        assert_eq!(trades(&by_http).await, by_command["trades"]);
        assert_eq!(trades(&stored).await, by_command["trades"]);
        for (name, value) in stored.as_object().unwrap() {
            assert_eq!(value, &by_command[name], "{name} in the history");
            if !["id", "created_at", "timing"].contains(&name.as_str()) {
                assert_eq!(value, &by_http[name], "{name} over HTTP");
            }
        }
        let (_, list) = ask(client.get(&base)).await;
        assert_eq!(list["total"], 2);
    });
}

#[test]
fn a_second_process_is_told_who_is_there() {
    let place = Place::with_candles();
    let server = place.serve();
    let ended = place.run(&["data", "list", "--json"]).failed(1, "is in use by another process");
    assert!(ended.stderr.contains(&server.child.id().to_string()), "{}", ended.stderr);
    assert!(ended.stderr.contains("stb serve"), "{}", ended.stderr);
    assert!(ended.stderr.contains("or name another folder with --data-dir"), "{}", ended.stderr);
    assert_eq!(ended.json()["error"]["code"], "IN_USE");
    drop(server);
    place.run(&["data", "list"]).done();
}

#[test]
fn a_port_in_use_is_a_clear_failure() {
    let place = Place::with_candles();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    place.run(&["serve", "--port", &port]).failed(1, &format!("port {port} is in use"));
}

#[cfg(unix)]
#[test]
fn a_server_ends_when_it_is_asked_to() {
    let place = Place::with_candles();
    let server = place.serve();
    let status = server.terminate();
    assert_eq!(status.code(), Some(0));
    place.run(&["data", "list"]).done();
}

#[cfg(unix)]
#[test]
fn a_second_wish_ends_a_server_at_once() {
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, TcpStream};
    let place = Place::with_candles();
    let server = place.serve();
    let address = server.address.strip_prefix("http://").unwrap().to_owned();
    // An upload that never comes holds the end up for the server's grace.
    let mut open = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /api/v1/market/uploads?name=x.csv&symbol=TESTUSDT HTTP/1.1\r\nHost: {address}\r\n\
         Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    );
    open.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    open.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100", "the server waits for the body");
    server.ask_to_end();
    // The port closes when the first wish has arrived.
    while let Ok(stream) = TcpStream::connect(&address) {
        let _ = stream.shutdown(Shutdown::Both);
    }
    assert_eq!(server.terminate().code(), Some(130));
    place.run(&["data", "list"]).done();
}

#[cfg(unix)]
#[test]
fn an_open_event_stream_does_not_hold_up_the_end() {
    let place = Place::with_candles();
    let server = place.serve();
    runtime().block_on(async {
        let client = reqwest::Client::new();
        let mut stream =
            client.get(format!("{}/api/v1/events", server.address)).send().await.unwrap();
        assert!(stream.chunk().await.unwrap().is_some());
        assert_eq!(server.terminate().code(), Some(0));
    });
}

#[test]
fn the_first_start_makes_a_data_set_that_trades() {
    let place = Place::new();
    let server = place.serve();
    runtime().block_on(async {
        let client = reqwest::Client::new();
        let base = format!("{}/api/v1", server.address);
        let body = json!({
            "symbol": "BTCUSDT", "strategy": "SIMPLE_TEST", "start_date": "2024-01-01", "end_date": "2024-01-07",
            "timeframes": ["1h", "4h"], "tf_roles": { "1h": "LTF", "4h": "HTF" },
        });
        let mut events = client.get(format!("{base}/events")).send().await.unwrap();
        // Each piece of the stream is a reason to look again.
        let result = loop {
            let (status, answer) = ask(client.post(format!("{base}/backtests")).json(&body)).await;
            if status == 200 {
                break answer;
            }
            assert_eq!(answer["error_code"], "UNKNOWN_SYMBOL", "{answer}");
            assert!(events.chunk().await.unwrap().is_some());
        };
        assert!(result["total_trades"].as_u64().unwrap() > 0, "{result}");
    });
}
