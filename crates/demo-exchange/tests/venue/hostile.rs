//! Whatever a client says, the venue answers or is silent: it neither panics nor goes on for ever.

use demo_exchange::{ApiRequest, FaultPlan, Method, Replay};
use proptest::prelude::*;

use crate::support::{Venue, options};

fn path() -> impl Strategy<Value = String> {
    let endpoints = proptest::sample::select(vec![
        "/fapi/v1/klines",
        "/fapi/v1/continuousKlines",
        "/fapi/v1/markPriceKlines",
        "/fapi/v1/premiumIndexKlines",
        "/fapi/v1/aggTrades",
        "/fapi/v1/trades",
        "/fapi/v1/depth",
        "/fapi/v1/fundingRate",
        "/fapi/v1/ticker/24hr",
        "/fapi/v1/openInterest",
        "/data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-9999-12.zip",
        "/data/futures/um/daily/trades/BTCUSDT/BTCUSDT-trades-0001-01-01.zip",
    ]);
    prop_oneof![4 => endpoints.prop_map(str::to_owned), 1 => "/[ -~]{0,40}"]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (1_719_800_000_000i64..1_720_000_000_000).prop_map(|number| number.to_string()),
        (-5i64..1600).prop_map(|number| number.to_string()),
        "[ -~]{0,8}",
    ]
}

fn query() -> impl Strategy<Value = String> {
    let names = vec!["startTime", "endTime", "limit", "fromId", "pair", "contractType", "x"];
    let pair = (proptest::sample::select(names), number())
        .prop_map(|(name, value)| format!("{name}={value}"));
    let intervals = proptest::sample::select(vec!["1m", "4h", "1w", "1M"]);
    let pairs = proptest::collection::vec(pair, 0..4);
    (pairs, intervals).prop_map(|(pairs, interval)| {
        format!("symbol=BTCUSDT&interval={interval}&{}", pairs.join("&"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_call_is_answered(calls in proptest::collection::vec((path(), query()), 1..20)) {
        let mut venue = Venue::new(options());
        for (path, query) in calls {
            let request = ApiRequest { method: Method::Get, path, query, body: String::new(), api_key: None };
            let status = venue.exchange.request(&request, venue.now).reply.status;
            prop_assert!([200, 400, 401, 404, 418, 429].contains(&status), "{}", status);
        }
    }

    #[test]
    fn any_message_is_answered_or_ignored(path in "/(market|public|private|ws)/(ws|stream)[ -~]{0,30}", messages in proptest::collection::vec("\\PC{0,60}", 0..12)) {
        let mut venue = Venue::new(options());
        let Ok(socket) = venue.exchange.connect(&path, venue.now) else { return Ok(()) };
        for message in messages {
            venue.exchange.receive(socket, &message, venue.now);
        }
        venue.pass(1_000);
        venue.exchange.frames(socket);
    }

    #[test]
    fn any_text_is_a_plan_or_refused(text in "[ -~]{0,40}") {
        if let Ok(plan) = text.parse::<FaultPlan>() {
            prop_assert_eq!(plan.to_string().parse::<FaultPlan>(), Ok(plan));
        }
    }

    #[test]
    fn any_bytes_are_a_recording_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), numbers in proptest::collection::vec(number(), 12)) {
        let _ = Replay::read("BTCUSDT.csv", &bytes);
        let _ = Replay::read("BTCUSDT.csv", numbers.join(",").as_bytes());
        let _ = Replay::read("BTCUSDT.csv", numbers[..6].join(",").as_bytes());
    }
}
