//! Real frames, every rule of the reference, and the scanner against the general parser.

use domain::{Side, Timeframe};
use proptest::prelude::*;

use super::*;

const FRAMES: &str = include_str!("../../test_data/frames.jsonl");

fn frame(line: usize) -> Frame {
    parse(FRAMES.lines().nth(line).unwrap()).unwrap()
}

#[test]
fn a_kline_is_a_checked_row() {
    let Frame::Kline(kline) = frame(1) else { panic!("a kline") };
    assert_eq!(kline.symbol.as_str(), "BTCUSDT");
    assert_eq!((kline.timeframe, kline.closed), (Timeframe::M1, true));
    let row = kline.row;
    assert_eq!((row.candle.open, row.candle.high), (61800.2, 61822.0));
    assert_eq!((row.candle.low, row.candle.close), (61790.1, 61810.5));
    assert_eq!((row.candle.volume, row.quote_volume), (183.402, 11_335_217.364_2));
    assert_eq!((row.trades, row.taker_buy_volume), (3000.0, 92.115));
    assert_eq!(row.price_decimals, 1, "trailing zeros do not count");
    assert_eq!(kline.trade_ids, (5_266_579_001, 5_266_582_000));
}

#[test]
fn trades_and_prices_are_exact() {
    let Frame::AggTrade(trade) = frame(2) else { panic!("an aggregate trade") };
    assert_eq!(
        (trade.price.to_string(), trade.quantity.to_string()),
        ("61800.30".into(), "0.120".into())
    );
    assert_eq!((trade.taker, trade.trade_ids), (Side::Sell, (100, 105)));
    let Frame::Trade(trade) = frame(3) else { panic!("a trade") };
    assert_eq!((trade.id, trade.taker, trade.kind), (5_266_583_935, Side::Buy, TradeKind::Market));
    let Frame::BookTicker(ticker) = frame(5) else { panic!("a book ticker") };
    assert_eq!(
        (ticker.bid.price.units(1), ticker.ask.quantity.units(3)),
        (Some(618_002), Some(2510))
    );
    let Frame::MarkPrice(mark) = frame(6) else { panic!("a mark price") };
    assert_eq!(mark.rate.unwrap().to_string(), "0.00038167");
    assert_eq!(mark.next_funding.unwrap().millis(), 1_723_190_400_000);
    let Frame::MarkPrice(delivery) = frame(7) else { panic!("a mark price") };
    assert_eq!((delivery.rate, delivery.next_funding), (None, None));
}

#[test]
fn books_listings_and_replies_are_read() {
    let Frame::Depth(depth) = frame(8) else { panic!("a depth update") };
    assert_eq!((depth.bids.len(), depth.asks.len()), (3, 2));
    assert_eq!(depth.previous_update, 5_123_107_831_937);
    let Frame::Ticker(ticker) = frame(10) else { panic!("a ticker") };
    assert_eq!(ticker.change_percent.to_string(), "2.500");
    let Frame::ContractInfo(info) = frame(11) else { panic!("a contract info") };
    assert_eq!(info.brackets[1].maintenance_rate.to_string(), "0.025");
    assert_eq!(frame(12), Frame::Unknown { event: "forceOrder".into() });
    assert_eq!(frame(13), Frame::Reply(Reply { id: 1, result: ReplyResult::Done }));
    let list = ReplyResult::Streams(vec!["btcusdt@kline_1m".into()]);
    assert_eq!(frame(14), Frame::Reply(Reply { id: 3, result: list }));
    let Frame::Error(error) = frame(16) else { panic!("an error") };
    assert_eq!((error.id, error.code), (Some(4), 2));
    assert!(matches!(frame(17), Frame::Error(ControlError { id: None, code: 3, .. })));
}

#[test]
fn combined_frames_name_their_stream() {
    let message = parse_message(FRAMES.lines().nth(8).unwrap()).unwrap();
    assert_eq!(message.stream.as_deref(), Some("btcusdt@depth"));
}

/// The error of a frame after a replacement in it.
fn broken(line: usize, from: &str, to: &str) -> String {
    let text = FRAMES.lines().nth(line).unwrap();
    assert!(text.contains(from), "{from}");
    parse(text.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_kline_that_is_not_exactly_one_is_refused() {
    for (from, to, expected) in [
        ("\"x\":true,", "", "missing field `x`"),
        ("\"x\":true", "\"x\":1", "invalid type"),
        ("\"v\":\"183.402\"", "\"v\":\"\"", "a decimal number"),
        ("\"v\":\"183.402\"", "\"v\":183.402", "invalid type"),
        ("\"v\":\"183.402\"", "\"v\":\"NaN\"", "a decimal number"),
        ("\"v\":\"183.402\"", "\"v\":\"-1\"", "volume"),
        ("\"Q\":\"5693172.81550\"", "\"Q\":\"-1\"", "taker buy quote volume"),
        ("\"h\":\"61822.00\"", "\"h\":\"61800.00\"", "high"),
        ("\"t\":1723161180000", "\"t\":1723161180001", "open time"),
        ("\"T\":1723161239999", "\"T\":1723161240000", "close time"),
        ("\"i\":\"1m\"", "\"i\":\"1M\"", "open time"),
        ("\"i\":\"1m\"", "\"i\":\"1s\"", "interval"),
        ("\"s\":\"BTCUSDT\",\"i\"", "\"s\":\"ETHUSDT\",\"i\"", "symbol"),
        ("\"n\":3000", "\"n\":\"3000\"", "invalid type"),
        ("\"n\":3000", "\"n\":-1", "trades"),
        ("\"o\":\"61800.20\"", "\"o\":\"61800.20\",\"o\":\"61800.20\"", "duplicate field"),
    ] {
        let error = broken(1, from, to);
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn other_frames_are_as_strict() {
    assert!(broken(5, "\"u\":5123107839020,", "").contains("missing field `u`"));
    assert!(broken(5, "\"61800.20\"", "\"-61800.20\"").contains("greater than 0"));
    assert!(broken(8, "\"0.014\"", "\"-0.014\"").contains("not below 0"));
    assert!(broken(8, "[\"61496.50\",\"0.010\"]", "[\"61496.50\"]").contains("price and quantity"));
    assert!(broken(8, "5123107837557", "5").contains("ascending"));
    assert!(broken(2, "1723161256385", "1723161256").contains("13 digits"));
    assert!(broken(2, "\"BTCUSDT\"", "\"btcusdt\"").contains("capitals"));
    for text in
        ["", "null", "1", "\"e\"", "{}", "<html>", "{\"e\":1}", "{\"stream\":\"a\",\"data\":{}}"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(parse(b"\xff\xfe").is_err());
}

#[test]
fn exponents_blanks_and_escapes_take_the_slow_way_to_the_same_place() {
    let text = FRAMES.lines().nth(5).unwrap();
    let odd = text
        .replace("\"2.510\"", "\"2510e-3\"")
        .replace("\"s\":\"BTCUSDT\"", "\"s\" : \"BTC\\u0055SDT\"");
    assert!(fast::message(&odd).is_none());
    assert_eq!(parse(&odd).unwrap(), parse(text).unwrap());
}

#[test]
fn known_layouts_take_the_fast_way() {
    for line in [0, 1, 2, 3, 4, 5, 8, 9] {
        assert!(fast::message(FRAMES.lines().nth(line).unwrap()).is_some(), "line {line}");
    }
}

/// The scanner and the general parser say the same, or the scanner says nothing.
fn assert_same(text: &str) {
    if let Some(fast) = fast::message(text) {
        assert_eq!(fast, slow::message(text), "{text}");
    }
}

#[test]
fn recorded_frames_are_read_the_same_both_ways() {
    let Some(recorded) = crate::test_data::recorded_frames() else { return };
    let mut fast_ones = 0;
    for text in recorded {
        fast_ones += usize::from(fast::message(&text).is_some());
        assert_same(&text);
    }
    assert_eq!(fast_ones, 93_953, "all but the snapshot");
}

/// What a mutation puts in.
const PIECES: [&str; 24] = [
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "0",
    "-",
    "1.0",
    "e5",
    "\\u0031",
    "\\",
    "null",
    "true",
    "\"e\":\"kline\",",
    "\"E\":1723161256322,",
    "\"zz\":\"\u{1}\",",
    "\"id\":\"a\",",
    "\"x\":{},",
    "\"st\":1.5,",
    "é",
    "\"data\":1,",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn mutated_frames_are_read_the_same_both_ways(
        line in 0usize..18,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..PIECES.len(), 0usize..4), 1..3),
    ) {
        let mut text = FRAMES.lines().nth(line).unwrap().to_owned();
        for (place, piece, kind) in changes {
            let mut at = place.index(text.len());
            while !text.is_char_boundary(at) { at -= 1; }
            match kind {
                0 => text.insert_str(at, PIECES[piece]),
                1 => { text.remove(at); }
                2 => {
                    // Whole fields come and go at commas.
                    let comma = text[at..].find(',').map_or(text.len(), |offset| at + offset + 1);
                    text.insert_str(comma, PIECES[piece]);
                }
                _ => {
                    let comma = text[at..].find(',').map_or(text.len(), |offset| at + offset + 1);
                    text.replace_range(at..comma, "");
                }
            }
            if text.is_empty() { break; }
        }
        assert_same(&text);
        let _ = parse(&text);
    }
}
