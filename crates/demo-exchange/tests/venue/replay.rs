//! Recordings as markets: what was recorded is what is served, live and later.

use std::path::PathBuf;

use demo_exchange::{Exchange, Options, Replay, ReplayError, ReplayTime};
use domain::{TimeRange, Timeframe, Timestamp};
use serde_json::Value;

use crate::support::{at, options};

const CANDLES: &str = "\
open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume
1719914400000,60000.1,60010.5,59990.0,60005.2,12.345,1719914459999,,,,
1719914460000,60005.2,60020.0,60000.0,60011.0,7.001,1719914519999,,,,
1719914580000,60011.0,60030.0,60002.0,60003.3,0.002,1719914639999,,,,
";

fn rows(exchange: &mut Exchange, symbol: &str, start: Timestamp) -> Vec<Value> {
    let range = TimeRange { start, end: start.plus_millis(600_000) };
    let rows = exchange.true_candles(symbol, Timeframe::M1, range);
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

fn number(cell: &Value) -> f64 {
    cell.as_str().unwrap().parse().unwrap()
}

#[test]
fn recorded_candles_are_served_with_their_gap() {
    let replay = Replay::read("BTCUSDT-1m.csv", CANDLES.as_bytes()).unwrap();
    assert_eq!((replay.symbol(), replay.first_time()), ("BTCUSDT", at("2024-07-02T10:00:00Z")));
    let start = at("2024-07-02T10:30:00Z");
    let mut exchange = Exchange::new(Options { replay: Some(replay), ..options() }, start).unwrap();
    let rows = rows(&mut exchange, "BTCUSDT", at("2024-07-02T10:00:00Z"));
    let opens: Vec<i64> =
        rows.iter().map(|row| (row[0].as_i64().unwrap() - 1_719_914_400_000) / 60_000).collect();
    assert_eq!(opens, [0, 1, 3], "what was not recorded is missing");
    assert_eq!(
        [1, 2, 3, 4, 5].map(|column| number(&rows[0][column])),
        [60000.1, 60010.5, 59990.0, 60005.2, 12.345]
    );
    assert_eq!(number(&rows[2][5]), 0.002);
}

#[test]
fn a_shifted_recording_plays_from_the_start_on() {
    let mut replay = Replay::read("BTCUSDT-1m.csv", CANDLES.as_bytes()).unwrap();
    replay.time = ReplayTime::StartsAfter(1);
    let start = at("2026-01-01T12:00:00Z");
    let mut exchange = Exchange::new(Options { replay: Some(replay), ..options() }, start).unwrap();
    let socket = exchange.connect("/market/ws/btcusdt@kline_1m", start).unwrap();
    exchange.advance(start.plus_millis(170_000));
    let frames: Vec<String> =
        exchange.frames(socket).iter().map(|sent| format!("{sent:?}")).collect();
    let closed = frames.iter().filter(|frame| frame.contains("\\\"x\\\":true")).count();
    assert_eq!(closed, 1, "{frames:?}");
    assert_eq!(rows(&mut exchange, "BTCUSDT", at("2026-01-01T11:59:00Z")).len(), 2);
}

#[test]
fn recorded_trades_are_served_as_they_were() {
    let trades = "100,61800.30,0.006,370.8018,1719914461322,false\n101,61800.30,0.199,12298.2597,1719914461344,false\n102,61799.9,0.5,1,1719914470000,true\n";
    let replay = Replay::read("trades_BTCUSDT.csv", trades.as_bytes()).unwrap();
    let start = at("2024-07-02T10:05:00Z");
    let mut exchange = Exchange::new(Options { replay: Some(replay), ..options() }, start).unwrap();
    let rows = rows(&mut exchange, "BTCUSDT", at("2024-07-02T10:00:00Z"));
    assert_eq!(rows.len(), 1);
    assert_eq!(
        [1, 2, 3, 4, 5, 9].map(|column| number(&rows[0][column])),
        [61800.3, 61800.3, 61799.9, 61799.9, 0.705, 0.205]
    );
    assert_eq!(rows[0][8], 3);
}

#[test]
fn what_is_no_recording_is_refused() {
    let read = |name, text: &str| Replay::read(name, text.as_bytes()).unwrap_err();
    assert!(matches!(read("candles.csv", CANDLES), ReplayError::NoSymbol { .. }));
    assert_eq!(read("BTCUSDT.csv", ""), ReplayError::Empty);
    for packed in [&b"\x1f\x8b\x08broken"[..], b"PK\x03\x04"] {
        assert!(matches!(Replay::read("BTCUSDT.csv", packed), Err(ReplayError::Packed(_))));
    }
}

#[test]
fn real_recordings_can_be_replayed() {
    let folder = std::env::var_os("STB_MARKET_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market"),
        PathBuf::from,
    );
    for name in
        ["binance_um_FILUSDT_1m_2023-04.csv.gz", "binance_um_trades_BTCUSDT_20240808.csv.gz"]
    {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            eprintln!("skipped: {name} is not in {}", folder.display());
            continue;
        };
        let replay = Replay::read(name, &bytes).unwrap();
        let (symbol, first) = (replay.symbol().to_owned(), replay.first_time());
        let start = first.plus_millis(5 * 60_000);
        let mut exchange =
            Exchange::new(Options { replay: Some(replay), ..options() }, start).unwrap();
        assert_eq!(rows(&mut exchange, &symbol, first).len(), 5, "{name}");
    }
}
