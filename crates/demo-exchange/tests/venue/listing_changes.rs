//! Rules and states of a symbol that change while the venue runs (F15).

use demo_exchange::FaultPlan;
use demo_exchange::Method::Post;
use serde_json::{Value, json};

use crate::support::{Venue, at};
use crate::trader::{ORDER, Trader};

const CHANGE: &str = "2024-07-02T10:01:00Z";

/// The listing of BTCUSDT and one of its filters.
fn listed(venue: &mut Venue, filter: &str) -> (Value, Value) {
    let info = venue.json("/fapi/v1/exchangeInfo");
    let listing = info["symbols"][0].clone();
    assert_eq!(listing["symbol"], "BTCUSDT");
    let mut filters = listing["filters"].as_array().unwrap().iter();
    let found = filters.find(|one| one["filterType"] == filter).cloned();
    (listing, found.unwrap())
}

#[test]
fn a_change_is_served_from_its_moment_on_and_announced() {
    let mut venue = Venue::with_faults(&format!(
        "market/BTCUSDT:tick=10@{CHANGE}..; market/BTCUSDT:step=5@{CHANGE}..; \
         market/BTCUSDT:min-notional=100@{CHANGE}.."
    ));
    let socket = venue.connect("/market/stream?streams=!contractInfo");
    assert_eq!(listed(&mut venue, "PRICE_FILTER").1["tickSize"], "0.01");
    venue.pass(59_000);
    assert!(venue.texts(socket).is_empty(), "nothing has changed yet");
    venue.pass(2_000);
    let told = venue.values(socket);
    assert_eq!(told.len(), 1, "one moment, one announcement");
    assert_eq!(
        (&told[0]["data"]["s"], &told[0]["data"]["cs"]),
        (&json!("BTCUSDT"), &json!("TRADING"))
    );
    assert_eq!(told[0]["data"]["bks"], Value::Null, "its brackets are the same");
    assert_eq!(listed(&mut venue, "PRICE_FILTER").1["tickSize"], "0.10");
    assert_eq!(listed(&mut venue, "LOT_SIZE").1["stepSize"], "0.005");
    assert_eq!(listed(&mut venue, "MIN_NOTIONAL").1["notional"], "100");
    let others = venue.json("/fapi/v1/exchangeInfo")["symbols"][1]["filters"].to_string();
    assert!(others.contains(r#""tickSize":"0.01""#), "{others}");
    venue.exchange.set_faults(FaultPlan::default());
    venue.pass(1_000);
    assert_eq!(venue.values(socket).len(), 1, "and back");
    assert_eq!(listed(&mut venue, "PRICE_FILTER").1["tickSize"], "0.01");
}

#[test]
fn a_halt_begins_and_ends() {
    let end = at(CHANGE).plus_millis(60_000);
    let plan = format!("market/BTCUSDT:status=TRADING_HALT@{CHANGE}..{end}");
    let mut venue = Venue::with_faults(&plan);
    let socket = venue.connect("/market/ws/!contractInfo");
    venue.pass(70_000);
    assert_eq!(listed(&mut venue, "LOT_SIZE").0["status"], "TRADING_HALT");
    venue.pass(60_000);
    assert_eq!(listed(&mut venue, "LOT_SIZE").0["status"], "TRADING");
    let told: Vec<Value> = venue.values(socket).iter().map(|frame| frame["cs"].clone()).collect();
    assert_eq!(told, ["TRADING_HALT", "TRADING"]);
}

#[test]
fn brackets_are_told_when_they_change() {
    let mut venue = Venue::with_faults(&format!("market/BTCUSDT:leverage=20@{CHANGE}.."));
    let socket = venue.connect("/market/ws/!contractInfo");
    venue.pass(70_000);
    let told = venue.values(socket);
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0]["bks"][0],
        json!({ "bs": 1, "bnf": 0, "bnc": 50_000, "mmr": 0.025, "cf": 0, "mi": 11, "ma": 20 })
    );
}

#[test]
fn orders_are_held_to_the_rules_of_their_moment() {
    let mut trader = Trader::with_faults(&format!("market/BTCUSDT:step=5@{CHANGE}.."));
    trader.market("BUY", "0.002");
    trader.venue.pass(70_000);
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.007";
    let refused = trader.call(Post, ORDER, order).reply;
    assert_eq!(refused.status, 400, "{}", String::from_utf8_lossy(&refused.body));
    trader.market("BUY", "0.010");
}
