//! Frames as the venue sends them, and what comes of them.

use super::*;

const MINUTE: i64 = 60_000;
/// Times of the tests begin here: the venue's have 13 digits.
const START: i64 = 1_700_000_040_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

fn symbol() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

fn frame(text: &str) -> Frame {
    binance::frame::parse(text).unwrap()
}

fn kline(minute: i64, close: &str, closed: bool) -> Frame {
    let (open_time, end) = (START + minute * MINUTE, START + (minute + 1) * MINUTE);
    let event = if closed { end + 5 } else { open_time + 30_000 };
    frame(&format!(
        r#"{{"e":"kline","E":{event},"s":"BTCUSDT","k":{{"t":{open_time},"T":{},"s":"BTCUSDT","i":"1m",
        "f":1,"L":2,"o":"100.0","c":"{close}","h":"110.0","l":"90.0","v":"5","n":2,"x":{closed},
        "q":"500.0","V":"2","Q":"200.0","B":"0"}}}}"#,
        end - 1
    ))
}

/// Mark price and book at a time.
fn prices(core: &mut Core, millis: i64) {
    let event = START + millis;
    for text in [
        format!(
            r#"{{"e":"markPriceUpdate","E":{event},"s":"BTCUSDT","p":"100.1","ap":"100.1","i":"100.2","P":"100.2","r":"0.0001","T":{},"st":1}}"#,
            START + 3_600_000
        ),
        format!(
            r#"{{"e":"bookTicker","u":5,"E":{event},"T":{event},"s":"BTCUSDT","b":"100.0","B":"1","a":"100.2","A":"1","st":1}}"#
        ),
    ] {
        assert!(core.frame(&frame(&text), at(millis)).is_empty());
    }
}

fn core() -> Core {
    let mut core = Core::default();
    core.follow(&symbol(), &[(Timeframe::M1, at(0))], at(0));
    core
}

#[test]
fn a_closed_candle_is_handed_on_and_an_open_one_shown() {
    let mut core = core();
    assert!(core.frame(&kline(0, "101.5", false), at(30_100)).is_empty());
    let ticker = &core.take_changed()[0];
    assert_eq!(ticker.last, Some("101.5".parse().unwrap()));
    assert_eq!(ticker.forming.unwrap().candle.close, 101.5);
    assert!(core.take_changed().is_empty(), "told once");
    let outputs = core.frame(&kline(0, "102.0", true), at(MINUTE + 20));
    assert!(matches!(
        &outputs[..],
        [Output::Candle { delivery: Delivery::Live, timeframe: Timeframe::M1, row, .. }]
            if row.candle.close == 102.0 && row.trades == 2.0
    ));
    prices(&mut core, MINUTE + 25);
    let health = core.health(&symbol(), at(MINUTE + 30)).unwrap();
    assert_eq!((health.state, health.last_candle), (PairState::Live, Some(at(0))));
}

#[test]
fn a_missed_candle_is_fetched_and_the_pair_is_healing() {
    let mut core = core();
    core.frame(&kline(0, "101.0", true), at(MINUTE + 10));
    let outputs = core.frame(&kline(2, "103.0", true), at(3 * MINUTE + 10));
    let range = TimeRange { start: at(MINUTE), end: at(3 * MINUTE) };
    assert_eq!(outputs, [Output::Fetch { symbol: symbol(), timeframe: Timeframe::M1, range }]);
    prices(&mut core, 3 * MINUTE + 100);
    let now = at(3 * MINUTE + 200);
    assert_eq!(core.health(&symbol(), now).unwrap().state, PairState::Healing);
    let Frame::Kline(missed) = kline(1, "102.0", true) else { panic!("a kline") };
    let key = (&symbol(), Timeframe::M1);
    let outputs = core.fetched(key, &[missed.row], now);
    assert_eq!(outputs.len(), 2, "the missed one as history, the newest live");
    assert_eq!(core.health(&symbol(), now).unwrap().state, PairState::Live);
}

#[test]
fn prices_grow_old() {
    let mut core = core();
    assert_eq!(core.health(&symbol(), at(1)).unwrap().state, PairState::Starting);
    core.frame(&kline(0, "101.0", false), at(30_000));
    assert_eq!(core.health(&symbol(), at(30_001)).unwrap().state, PairState::Starting);
    prices(&mut core, 30_000);
    // A candle that moves does not make an old mark price young: it may come by another socket.
    core.frame(&kline(0, "102.0", false), at(35_000));
    assert_eq!(core.health(&symbol(), at(34_000)).unwrap().state, PairState::Live);
    assert_eq!(core.health(&symbol(), at(35_001)).unwrap().state, PairState::Stale);
    core.set_trading(&symbol(), false);
    assert_eq!(core.health(&symbol(), at(35_001)).unwrap().state, PairState::Halted);
}

#[test]
fn mark_book_and_day_fill_the_ticker_exactly() {
    let mut core = core();
    for text in [
        r#"{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15","ap":"11794.15","i":"11784.62","P":"11784.25","r":"0.00038167","T":1562306400000,"st":1}"#,
        r#"{"e":"bookTicker","u":400900217,"E":1568014460893,"T":1568014460891,"s":"BTCUSDT","b":"25.3519","B":"31.21","a":"25.3652","A":"0","st":1}"#,
        r#"{"e":"24hrTicker","E":1568014460893,"s":"BTCUSDT","p":"1","P":"1.000","w":"100","c":"101","Q":"1","o":"100","h":"110","l":"90","v":"10","q":"1000.5","O":1567928060893,"C":1568014460892,"F":1,"L":2,"n":2}"#,
    ] {
        assert!(core.frame(&frame(text), at(5)).is_empty());
    }
    let ticker = core.take_changed().remove(0);
    let exact = |text: &str| Some(text.parse::<Decimal>().unwrap());
    assert_eq!((ticker.mark, ticker.index), (exact("11794.15"), exact("11784.62")));
    assert_eq!(ticker.funding_rate, exact("0.00038167"));
    assert_eq!(ticker.next_funding_at, Some(Timestamp::from_millis(1_562_306_400_000)));
    assert_eq!((ticker.bid, ticker.ask), (exact("25.3519"), None));
    assert_eq!((ticker.change_24h, ticker.quote_volume_24h), (exact("0.01"), exact("1000.5")));
}

#[test]
fn what_is_not_followed_changes_nothing() {
    let mut core = Core::default();
    assert!(core.frame(&kline(0, "101.0", true), at(MINUTE + 5)).is_empty());
    assert!(core.take_changed().is_empty());
    assert!(core.health(&symbol(), at(0)).is_none());
}
