//! The fault menu as clients meet it.

use demo_exchange::{Sent, Way};
use domain::{TimeRange, Timeframe};
use serde_json::Value;

use crate::support::{Venue, at};

const KLINES: &str = "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=3";

fn check(fault: &str, expected: impl Fn(&mut Venue)) {
    expected(&mut Venue::with_faults(&format!("klines:{fault}")));
}

#[test]
fn requests_are_lost_refused_and_spoiled() {
    let way = |way: Way| move |venue: &mut Venue| assert_eq!(venue.ask(KLINES).way, way);
    check("lost", way(Way::Never));
    check("reply-lost", way(Way::Never));
    check("reset", way(Way::Reset));
    check("delay=1500", way(Way::After(1500)));
    check("trickle", way(Way::Trickled));
    check("huge=1000", way(Way::Padded(1000)));
    let status = |status: u16, code: i64| {
        move |venue: &mut Venue| assert_eq!(venue.status_and_code(KLINES), (status, code))
    };
    check("503", status(503, -1000));
    check("503-throttled", status(503, -1008));
    check("408", status(408, -1007));
    check("429", status(429, -1003));
    check("error=-1007", status(408, -1007));
    check("redirect", status(302, 0));
    check("418=60", |venue| {
        assert_eq!(venue.status_and_code(KLINES), (418, -1003));
        assert_eq!(venue.status_and_code("/fapi/v1/ping"), (418, -1003), "the address is banned");
    });
    check("html", |venue| {
        let reply = venue.ask(KLINES).reply;
        assert!(reply.status == 200 && reply.body.starts_with(b"<!DOCTYPE"));
    });
    check("nan", |venue| assert_eq!(venue.json(KLINES)[0][1], "NaN"));
    check("truncated", |venue| {
        assert!(matches!(venue.ask(KLINES).way, Way::Truncated(bytes) if bytes > 100))
    });
}

#[test]
fn a_fault_happens_where_and_as_often_as_it_says() {
    let mut venue = Venue::with_faults("klines/BTCUSDT:503@x2; depth:503@#2");
    let status = |venue: &mut Venue, path: &str| venue.ask(path).reply.status;
    assert_eq!([0; 3].map(|_| status(&mut venue, KLINES)), [503, 503, 200]);
    assert_eq!(status(&mut venue, "/fapi/v1/klines?symbol=ETHUSDT&interval=1m"), 200);
    assert_eq!(
        [0; 3].map(|_| status(&mut venue, "/fapi/v1/depth?symbol=BTCUSDT&limit=5")),
        [200, 503, 200]
    );
    let rules: Vec<&str> =
        venue.exchange.truth().faults().map(|fault| fault.rule.as_str()).collect();
    assert_eq!(rules, ["klines/BTCUSDT:503@x2", "klines/BTCUSDT:503@x2", "depth:503@#2"]);
}

#[test]
fn the_clock_is_off_and_drifts() {
    let mut venue = Venue::with_faults("clock:offset=-5000; clock:drift=200");
    let now = venue.now.millis();
    assert_eq!(venue.json("/fapi/v1/time")["serverTime"], now - 5_000);
    venue.pass(1_000_000);
    assert_eq!(venue.json("/fapi/v1/time")["serverTime"], now + 1_000_000 - 5_000 + 200);
}

#[test]
fn a_gap_is_missing_everywhere() {
    let mut venue =
        Venue::with_faults("market/BTCUSDT:gap@2024-07-02T10:03:00Z..2024-07-02T10:05:00Z");
    let socket = venue.connect("/market/ws/btcusdt@kline_1m");
    venue.pass(600_000);
    let told: Vec<i64> = venue
        .values(socket)
        .iter()
        .filter(|frame| frame["k"]["x"] == true)
        .map(|frame| frame["k"]["t"].as_i64().unwrap())
        .collect();
    let rows = venue.json("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=11");
    let rows: Vec<i64> =
        rows.as_array().unwrap().iter().map(|row| row[0].as_i64().unwrap()).collect();
    let missing = [at("2024-07-02T10:03:00Z").millis(), at("2024-07-02T10:04:00Z").millis()];
    for opens in [&told, &rows] {
        assert!(missing.iter().all(|minute| !opens.contains(minute)), "{opens:?}");
    }
    assert_eq!(told.len(), 8);
}

fn closed(venue: &mut Venue, millis: i64) -> Vec<Value> {
    let socket = venue.connect("/market/ws/btcusdt@kline_1m");
    venue.pass(millis);
    venue.values(socket).into_iter().filter(|frame| frame["k"]["x"] == true).collect()
}

#[test]
fn streams_drop_repeat_delay_and_revise() {
    let mut venue = Venue::with_faults("ws.kline:duplicate");
    assert_eq!(closed(&mut venue, 600_000).len(), 20);
    let mut venue = Venue::with_faults("ws.kline:drop");
    assert_eq!(closed(&mut venue, 600_000).len(), 0);
    assert!(venue.exchange.truth().fault_count() > 100);
    let mut venue = Venue::with_faults("ws.kline:revise");
    let told = closed(&mut venue, 602_000);
    assert_eq!(told.len(), 20, "each candle wrong first and right later");
    let range = TimeRange { start: at("2024-07-02T10:00:00Z"), end: venue.now };
    let truth = venue.exchange.true_candles("BTCUSDT", Timeframe::M1, range);
    for (pair, row) in told.chunks(2).zip(truth) {
        let row: Value = serde_json::from_str(&row).unwrap();
        assert_ne!(pair[0]["k"]["v"], row[5]);
        assert_eq!(pair[1]["k"]["v"], row[5]);
    }
}

#[test]
fn a_silent_stream_is_acknowledged() {
    let mut venue = Venue::with_faults("ws.kline/BTCUSDT:silent");
    let socket = venue.connect("/market/ws");
    let reply = venue.say(
        socket,
        r#"{"method":"SUBSCRIBE","params":["btcusdt@kline_1m","ethusdt@kline_1m"],"id":1}"#,
    );
    assert_eq!(reply["result"], Value::Null);
    venue.pass(120_000);
    let frames = venue.values(socket);
    assert!(!frames.is_empty() && frames.iter().all(|frame| frame["s"] == "ETHUSDT"));
}

#[test]
fn connections_end_in_every_way() {
    for (fault, expected) in [
        ("close", Sent::Close(1001, "going away")),
        ("reset", Sent::Reset),
        ("half-open", Sent::HalfOpen),
    ] {
        let mut venue = Venue::with_faults(&format!("ws.aggTrade:{fault}@#3"));
        let socket = venue.connect("/market/ws/btcusdt@aggTrade");
        venue.pass(120_000);
        let sent = venue.exchange.frames(socket);
        assert_eq!((sent.len(), sent.last()), (3, Some(&expected)), "{fault}");
    }
}

#[test]
fn closed_rows_may_be_stale_for_a_while() {
    let mut venue = Venue::with_faults("klines:stale=2000");
    venue.pass(60_000);
    let rows = venue.json(KLINES);
    assert_eq!(
        rows[2][0],
        at("2024-07-02T10:00:00Z").millis(),
        "the minute that ended 500 ms ago is still open"
    );
}
