//! Market data made before it is needed is the same as data made when it is.

use demo_exchange::{ApiRequest, Made, Method, Need, Unmade};

use crate::support::{Venue, options};

const STREAMS: &str = "/market/stream?streams=btcusdt@kline_1m/ethusdt@ticker/solusdt@markPrice@1s";

/// Makes what a need lacks, and says of how many symbols that was.
fn prepare(venue: &mut Venue, need: Need<'_>) -> usize {
    let made: Vec<Made> = venue.exchange.unmade(need).into_iter().map(Unmade::make).collect();
    let count = made.len();
    venue.exchange.take_made(made);
    assert!(venue.exchange.unmade(need).is_empty(), "everything is there");
    count
}

/// Everything that is told from the start until after the next midnight, 14 hours later.
fn transcript(prepares: bool) -> Vec<String> {
    let mut venue = Venue::new(options());
    if prepares {
        assert_eq!(prepare(&mut venue, Need::Connection(STREAMS)), 3);
    }
    let socket = venue.connect(STREAMS);
    let mut seen = Vec::new();
    for hour in 0..15 {
        if prepares && hour == 13 {
            let tomorrow = venue.now.plus_millis(3_600_000 + 60_000);
            assert_eq!(prepare(&mut venue, Need::Time(tomorrow)), 3, "those that are in use");
        }
        venue.pass(3_600_000);
        seen.extend(venue.texts(socket));
    }
    seen
}

#[test]
fn nobody_can_tell_whether_data_was_made_before() {
    let seen = transcript(true);
    assert!(seen.len() > 50_000, "{}", seen.len());
    assert!(seen == transcript(false), "the same texts in the same order");
}

#[test]
fn each_need_names_its_symbols() {
    let mut venue = Venue::new(options());
    let subscribe =
        r#"{"method":"SUBSCRIBE","params":["xrpusdt@depth","xrpusdt@aggTrade"],"id":1}"#;
    assert_eq!(prepare(&mut venue, Need::Message(subscribe)), 1);
    let list = r#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#;
    assert_eq!(prepare(&mut venue, Need::Message(list)), 0);
    assert_eq!(prepare(&mut venue, Need::Connection("/market/ws/!contractInfo")), 0);
    let request = |path: &str, query: &str| ApiRequest {
        method: Method::Get,
        path: path.to_owned(),
        query: query.to_owned(),
        body: String::new(),
        api_key: None,
    };
    assert_eq!(prepare(&mut venue, Need::Request(&request("/fapi/v1/exchangeInfo", ""))), 0);
    let klines = request("/fapi/v1/klines", "symbol=ADAUSDT&interval=1m");
    assert_eq!(prepare(&mut venue, Need::Request(&klines)), 1);
    assert_eq!(prepare(&mut venue, Need::Request(&request("/fapi/v1/ticker/24hr", ""))), 11);
}

#[test]
fn data_made_for_other_gaps_is_not_taken_over() {
    let mut venue = Venue::new(options());
    let need = Need::Connection("/market/ws/btcusdt@kline_1m");
    let made: Vec<Made> = venue.exchange.unmade(need).into_iter().map(Unmade::make).collect();
    venue.exchange.set_faults(
        "market/BTCUSDT:gap@2024-07-02T09:00:00Z..2024-07-02T09:05:00Z".parse().unwrap(),
    );
    venue.exchange.take_made(made);
    assert_eq!(venue.exchange.unmade(need).len(), 1);
}
