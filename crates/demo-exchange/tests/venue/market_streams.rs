//! Market streams: routes, control messages, and frames that agree with history.

use std::collections::BTreeMap;

use demo_exchange::{Options, Sent};
use domain::{TimeRange, Timeframe, Timestamp};
use serde_json::{Value, json};

use crate::support::{Venue, at, options};

/// Columns of the closed candle of a frame, as `klines` words them.
fn row(kline: &Value) -> Value {
    let k = &kline["k"];
    json!([
        k["t"], k["o"], k["h"], k["l"], k["c"], k["v"], k["T"], k["q"], k["n"], k["V"], k["Q"], "0"
    ])
}

#[test]
fn each_candle_is_closed_once_and_is_what_history_tells() {
    for timeframe in [Timeframe::M1, Timeframe::M3, Timeframe::M5, Timeframe::M15] {
        let mut venue = Venue::new(options());
        let socket = venue.connect(&format!("/market/ws/ethusdt@kline_{timeframe}"));
        let start = venue.now;
        venue.pass(3_600_000);
        let frames = venue.values(socket);
        let closed: Vec<Value> =
            frames.iter().filter(|frame| frame["k"]["x"] == true).map(row).collect();
        let range = TimeRange { start: timeframe.open_of(start), end: venue.now };
        let truth = venue.exchange.true_candles("ETHUSDT", timeframe, range);
        let truth: Vec<Value> =
            truth.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
        assert_eq!(closed, truth, "{timeframe}");
        for frame in &frames {
            let (event, close) = (frame["E"].as_i64().unwrap(), frame["k"]["T"].as_i64().unwrap());
            assert_eq!(
                frame["k"]["x"] == true,
                event > close,
                "closed after the close and not before"
            );
        }
        let events: Vec<i64> = frames.iter().map(|frame| frame["E"].as_i64().unwrap()).collect();
        assert!(events.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[test]
fn open_candles_are_what_rest_tells_at_that_time() {
    let mut venue = Venue::new(options());
    let socket = venue.connect("/market/ws/btcusdt@kline_5m");
    let mut compared = 0;
    while compared < 50 {
        venue.pass(250);
        let Some(frame) = venue.values(socket).pop().filter(|frame| frame["k"]["x"] == false)
        else {
            continue;
        };
        venue.now = Timestamp::from_millis(frame["E"].as_i64().unwrap());
        let rows = venue.json("/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1");
        let at_frame = row(&frame);
        assert!(rows[0] == at_frame || venue.exchange.now() > venue.now, "{rows} {at_frame}");
        venue.now = venue.exchange.now();
        compared += 1;
    }
}

#[test]
fn quiet_symbols_send_nothing_while_nothing_trades() {
    let mut venue = Venue::new(options());
    let socket = venue.connect("/market/ws/blzusdt@kline_1m");
    let start = venue.now;
    venue.pass(3_600_000);
    let frames = venue.values(socket);
    let closed = frames.iter().filter(|frame| frame["k"]["x"] == true).count();
    let range = TimeRange { start: Timeframe::M1.open_of(start), end: venue.now };
    let truth = venue.exchange.true_candles("BLZUSDT", Timeframe::M1, range);
    assert_eq!(truth.len(), 60);
    let count = |row: &String| serde_json::from_str::<Value>(row).unwrap()[8].as_u64().unwrap();
    let traded = truth.iter().filter(|row| count(row) > 0).count();
    assert_eq!(closed, traded, "a candle is told when something traded in it");
    assert!((5..45).contains(&traded), "{traded} of 60");
}

#[test]
fn the_book_is_rebuilt_by_the_documented_procedure() {
    for period in ["", "@100ms", "@500ms"] {
        let mut venue = Venue::new(options());
        let socket = venue.connect(&format!("/public/stream?streams=btcusdt@depth{period}"));
        venue.pass(1_300);
        let mut frames = venue.values(socket);
        let snapshot = venue.json("/fapi/v1/depth?symbol=BTCUSDT&limit=1000");
        venue.pass(20_000);
        frames.extend(venue.values(socket));
        let last_id = snapshot["lastUpdateId"].as_i64().unwrap();
        let mut sides = ["bids", "asks"]
            .map(|side| levels(&snapshot[side]).into_iter().collect::<BTreeMap<_, _>>());
        let mut before: Option<i64> = None;
        for frame in frames {
            assert_eq!(frame["stream"], format!("btcusdt@depth{period}"));
            let data = &frame["data"];
            let id = |name: &str| data[name].as_i64().unwrap();
            if id("u") < last_id {
                continue;
            }
            match before {
                None => assert!(
                    id("U") <= last_id && last_id <= id("u"),
                    "the first event bridges the snapshot"
                ),
                Some(before) => assert_eq!(id("pu"), before),
            }
            before = Some(id("u"));
            for (side, name) in sides.iter_mut().zip(["b", "a"]) {
                for (price, size) in levels(&data[name]) {
                    if size == 0.0 {
                        side.remove(&price);
                    } else {
                        side.insert(price, size);
                    }
                }
            }
            let (bid, ask) =
                (sides[0].keys().next_back().unwrap(), sides[1].keys().next().unwrap());
            assert!(bid < ask);
        }
        assert!(before.is_some());
    }
}

/// Prices as whole cents, which order.
fn levels(side: &Value) -> Vec<(i64, f64)> {
    let number = |cell: &Value| cell.as_str().unwrap().parse::<f64>().unwrap();
    let levels = side.as_array().unwrap().iter();
    levels.map(|level| ((number(&level[0]) * 100.0).round() as i64, number(&level[1]))).collect()
}

#[test]
fn aggregate_trades_are_those_of_rest() {
    let mut venue = Venue::new(options());
    let socket = venue.connect("/market/ws/xrpusdt@aggTrade");
    venue.pass(120_000);
    let frames = venue.values(socket);
    assert!(frames.len() > 20);
    let first = frames[0]["a"].as_i64().unwrap();
    let rows = venue.json(&format!("/fapi/v1/aggTrades?symbol=XRPUSDT&fromId={first}&limit=1000"));
    for (frame, row) in frames.iter().zip(rows.as_array().unwrap()) {
        for field in ["a", "p", "q", "f", "l", "T", "m"] {
            assert_eq!(frame[field], row[field]);
        }
    }
}

#[test]
fn routes_carry_their_own_streams_and_acknowledge_all() {
    for (path, is_heard) in
        [("/market/ws", true), ("/ws", false), ("/public/ws", false), ("/private/ws", false)]
    {
        let mut venue = Venue::new(options());
        let socket = venue.connect(path);
        let text = r#"{"method":"SUBSCRIBE","params":["btcusdt@markPrice@1s","nosuch@kline_1m","BTCUSDT@aggTrade"],"id":9}"#;
        assert_eq!(venue.say(socket, text), json!({ "result": null, "id": 9 }), "{path}");
        venue.pass(5_000);
        assert_eq!(venue.texts(socket).len(), if is_heard { 5 } else { 0 }, "{path}");
    }
    let mut venue = Venue::new(options());
    let unrouted = venue.connect("/stream?streams=btcusdt@bookTicker/btcusdt@aggTrade");
    venue.pass(5_000);
    assert!(venue.values(unrouted).iter().all(|frame| frame["stream"] == "btcusdt@bookTicker"));
    assert!(venue.exchange.connect("/elsewhere", venue.now).is_err());
}

#[test]
fn control_messages_change_subscriptions_and_properties() {
    let mut venue = Venue::new(options());
    let socket = venue.connect("/market/ws/btcusdt@markPrice@1s");
    assert_eq!(
        venue.say(socket, r#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#)["result"],
        json!(["btcusdt@markPrice@1s"])
    );
    assert_eq!(
        venue.say(socket, r#"{"method":"GET_PROPERTY","params":["combined"],"id":2}"#)["result"],
        false
    );
    venue.say(socket, r#"{"method":"SET_PROPERTY","params":["combined",true],"id":3}"#);
    venue.pass(1_000);
    assert_eq!(venue.values(socket)[0]["stream"], "btcusdt@markPrice@1s");
    venue.say(socket, r#"{"method":"UNSUBSCRIBE","params":["btcusdt@markPrice@1s"],"id":4}"#);
    venue.pass(5_000);
    assert!(venue.texts(socket).is_empty());
    assert_eq!(venue.say(socket, "nonsense")["error"]["code"], 3);
}

#[test]
fn the_other_streams_speak_in_their_shapes() {
    let mut venue = Venue::new(options());
    let streams = "btcusdt@markPrice/!markPrice@arr@1s/btcusdt@miniTicker/btcusdt@ticker/!ticker@arr/!miniTicker@arr/!contractInfo/btcusdt_perpetual@continuousKline_1m";
    let market = venue.connect(&format!("/market/stream?streams={streams}"));
    let public =
        venue.connect("/public/stream?streams=btcusdt@bookTicker/!bookTicker/btcusdt@depth5@100ms");
    venue.exchange.set_status("ETHUSDT", "TRADING_HALT", venue.now);
    venue.pass(70_000);
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for frame in venue.values(market).into_iter().chain(venue.values(public)) {
        seen.insert(frame["stream"].as_str().unwrap().to_owned(), frame["data"].clone());
    }
    assert_eq!(seen.len(), streams.split('/').count() + 3, "{:?}", seen.keys());
    assert_eq!(seen["!contractInfo"]["cs"], "TRADING_HALT");
    assert_eq!(seen["!contractInfo"]["bks"], Value::Null, "brackets are told when they change");
    assert_eq!(seen["btcusdt@depth5@100ms"]["b"].as_array().unwrap().len(), 5);
    assert!(
        seen["!ticker@arr"].as_array().unwrap().iter().all(|ticker| ticker["e"] == "24hrTicker")
    );
    assert_eq!(seen["!markPrice@arr@1s"].as_array().unwrap().len(), 13);
    assert_eq!(seen["btcusdt_perpetual@continuousKline_1m"]["ct"], "PERPETUAL");
    assert_eq!(venue.json("/fapi/v1/exchangeInfo")["symbols"][1]["status"], "TRADING_HALT");
}

#[test]
fn connections_are_pinged_and_end_when_they_must() {
    let options = Options {
        ping_millis: 1_000,
        pong_wait_millis: 5_000,
        connection_life_millis: 60_000,
        ..options()
    };
    let mut venue = Venue::new(options);
    let silent = venue.exchange.connect("/market/ws", venue.now).unwrap();
    let answering = venue.connect("/market/ws");
    for _ in 0..70 {
        venue.pass(1_000);
    }
    let sent = venue.exchange.frames(silent);
    assert_eq!(sent.last(), Some(&Sent::Close(1008, "no pong")));
    assert_eq!(sent.iter().filter(|sent| matches!(sent, Sent::Ping(_))).count(), 5);
    assert_eq!(
        venue.exchange.frames(answering).last(),
        Some(&Sent::Close(1001, "connection is 24 hours old"))
    );
}

#[test]
fn talking_too_much_ends_the_connection() {
    let mut venue = Venue::new(options());
    let socket = venue.connect("/market/ws");
    for _ in 0..11 {
        venue.exchange.receive(socket, r#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#, venue.now);
    }
    let sent = venue.exchange.frames(socket);
    assert_eq!(sent.len(), 11);
    assert_eq!(sent.last(), Some(&Sent::Close(1008, "Too many requests")));
}

#[test]
fn history_before_a_symbol_was_listed_is_empty() {
    let mut venue = Venue::new(options());
    let end = at("2024-06-26").millis();
    let rows = venue.json(&format!("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&endTime={end}"));
    assert_eq!(rows, json!([]));
}
