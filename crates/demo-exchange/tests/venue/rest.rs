//! Public REST: shapes, limits, weights, refusals.

use serde_json::Value;

use crate::support::{Venue, at, options};
use demo_exchange::{Limits, Options};

#[test]
fn klines_end_with_the_open_candle() {
    let mut venue = Venue::new(options());
    let rows = venue.json("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=3");
    let rows = rows.as_array().unwrap();
    let opens: Vec<i64> = rows.iter().map(|row| row[0].as_i64().unwrap()).collect();
    let begun = at("2024-07-02T10:00:00Z").millis();
    assert_eq!(opens, [begun - 120_000, begun - 60_000, begun]);
    for row in rows {
        assert_eq!(row.as_array().unwrap().len(), 12);
        assert_eq!(row[6].as_i64().unwrap(), row[0].as_i64().unwrap() + 59_999);
        assert!(row[1].is_string() && row[8].is_i64());
    }
    venue.pass(30_000);
    let later = venue.json("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=3");
    assert_eq!(&later[1], &rows[1], "closed candles stay");
    assert_ne!(&later[2], &rows[2], "the open one goes on");
}

#[test]
fn times_are_inclusive_and_pages_begin_at_the_start() {
    let mut venue = Venue::new(options());
    let start = at("2024-07-01").millis();
    let end = start + 3_600_000;
    let path =
        format!("/fapi/v1/klines?symbol=ETHUSDT&interval=1m&startTime={start}&endTime={end}");
    let rows = venue.json(&path);
    assert_eq!(rows.as_array().unwrap().len(), 61);
    let page = venue.json(&format!("{path}&limit=10"));
    assert_eq!(page.as_array().unwrap()[..], rows.as_array().unwrap()[..10]);
    let last =
        venue.json(&format!("/fapi/v1/klines?symbol=ETHUSDT&interval=1m&endTime={end}&limit=10"));
    assert_eq!(last.as_array().unwrap()[..], rows.as_array().unwrap()[51..]);
}

#[test]
fn every_public_endpoint_answers_in_its_shape() {
    let mut venue = Venue::new(options());
    for (path, field) in [
        ("/fapi/v1/time", "/serverTime"),
        ("/fapi/v1/exchangeInfo", "/symbols/0/filters/0/filterType"),
        ("/fapi/v1/continuousKlines?pair=BTCUSDT&contractType=PERPETUAL&interval=5m", "/499/11"),
        ("/fapi/v1/markPriceKlines?symbol=BTCUSDT&interval=1h&limit=5", "/4/4"),
        ("/fapi/v1/indexPriceKlines?pair=BTCUSDT&interval=1h&limit=5", "/4/4"),
        ("/fapi/v1/premiumIndexKlines?symbol=BTCUSDT&interval=1h&limit=5", "/4/4"),
        ("/fapi/v1/aggTrades?symbol=BTCUSDT&limit=5", "/4/nq"),
        ("/fapi/v1/trades?symbol=BTCUSDT&limit=5", "/4/isRPITrade"),
        ("/fapi/v1/depth?symbol=BTCUSDT&limit=1000", "/bids/999/1"),
        ("/fapi/v1/ticker/24hr?symbol=BTCUSDT", "/weightedAvgPrice"),
        ("/fapi/v1/ticker/24hr", "/12/symbol"),
        ("/fapi/v1/ticker/bookTicker", "/12/bidPrice"),
        ("/fapi/v2/ticker/price", "/12/price"),
        ("/fapi/v1/premiumIndex?symbol=BTCUSDT", "/nextFundingTime"),
        ("/fapi/v1/fundingRate?symbol=BTCUSDT&limit=9", "/8/rateType"),
        ("/fapi/v1/fundingInfo", "/0/fundingIntervalHours"),
        ("/fapi/v1/openInterest?symbol=BTCUSDT", "/openInterest"),
    ] {
        let value = venue.json(path);
        assert!(value.pointer(field).is_some(), "{path} has no {field}: {value}");
    }
    assert_eq!(venue.json("/fapi/v1/ping"), serde_json::json!({}));
}

#[test]
fn the_server_time_of_exchange_info_is_stale() {
    let mut venue = Venue::new(options());
    let now = venue.now.millis();
    assert_eq!(venue.json("/fapi/v1/time")["serverTime"], now);
    assert!(
        venue.json("/fapi/v1/exchangeInfo")["serverTime"].as_i64().unwrap() < now - 2 * 86_400_000
    );
}

#[test]
fn what_is_malformed_is_refused_by_code() {
    let mut venue = Venue::new(options());
    for (path, status, code) in [
        ("/fapi/v1/klines?interval=1m", 400, -1102),
        ("/fapi/v1/klines?symbol=NOSUCHUSDT&interval=1m", 400, -1121),
        ("/fapi/v1/klines?symbol=BTCUSDT&interval=7m", 400, -1120),
        ("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1501", 400, -1130),
        ("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=x", 400, -1102),
        ("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=2&endTime=1", 400, -1023),
        ("/fapi/v1/depth?symbol=BTCUSDT&limit=7", 400, -4021),
        ("/fapi/v1/aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", 400, -1128),
        ("/fapi/v1/aggTrades?symbol=BTCUSDT&startTime=0&endTime=3600000", 400, -1127),
        ("/fapi/v1/openOrders", 401, -2014),
        ("/fapi/v1/nothing", 404, 0),
        ("/elsewhere", 404, 0),
    ] {
        assert_eq!(venue.status_and_code(path), (status, code), "{path}");
    }
}

#[test]
fn aggregate_trades_are_numbered_without_a_gap_and_found_by_number() {
    let mut venue = Venue::new(options());
    let latest = venue.json("/fapi/v1/aggTrades?symbol=SOLUSDT&limit=1000");
    let latest = latest.as_array().unwrap();
    let number = |trade: &Value, field: &str| trade[field].as_i64().unwrap();
    for pair in latest.windows(2) {
        assert_eq!(number(&pair[1], "a"), number(&pair[0], "a") + 1);
        assert_eq!(number(&pair[1], "f"), number(&pair[0], "l") + 1);
        assert!(number(&pair[0], "T") <= number(&pair[1], "T"));
    }
    let from = number(&latest[100], "a");
    let found = venue.json(&format!("/fapi/v1/aggTrades?symbol=SOLUSDT&fromId={from}&limit=50"));
    assert_eq!(found.as_array().unwrap()[..], latest[100..150]);
    let start = number(&latest[100], "T");
    let found =
        venue.json(&format!("/fapi/v1/aggTrades?symbol=SOLUSDT&startTime={start}&limit=50"));
    assert_eq!(number(&found[0], "T"), start);
}

#[test]
fn weights_are_counted_told_and_enforced() {
    let limits = Limits { weight_per_minute: 30, refusals_before_ban: 3, ..Limits::default() };
    let mut venue = Venue::new(Options { limits, ..options() });
    let used = |venue: &mut Venue, path: &str| {
        let headers = venue.ask(path).reply.headers;
        headers.into_iter().find(|(name, _)| *name == "x-mbx-used-weight-1m").unwrap().1
    };
    assert_eq!(used(&mut venue, "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=99"), "1");
    assert_eq!(used(&mut venue, "/fapi/v1/klines?symbol=BTCUSDT&interval=1m"), "6");
    assert_eq!(used(&mut venue, "/fapi/v1/aggTrades?symbol=BTCUSDT"), "26");
    assert_eq!(venue.status_and_code("/fapi/v1/aggTrades?symbol=BTCUSDT"), (429, -1003));
    assert_eq!(venue.status_and_code("/fapi/v1/ping"), (429, -1003));
    let reply = venue.ask("/fapi/v1/ping").reply;
    assert_eq!(reply.status, 418);
    assert!(String::from_utf8(reply.body).unwrap().contains("banned until 1719914520500"));
    venue.pass(60_000);
    assert_eq!(venue.status_and_code("/fapi/v1/ping"), (418, -1003));
    venue.pass(60_000);
    assert_eq!(venue.status_and_code("/fapi/v1/ping"), (200, 0));
    let truth = venue.exchange.truth();
    assert_eq!((truth.refused_count(), truth.banned_count(), truth.call_count()), (2, 2, 8));
}
