//! What happens to an account while time passes: funding, liquidation, changes of a symbol, and that two
//! lives of one seed are the same.

use demo_exchange::Method::{Get, Post, Put};
use domain::Decimal;
use serde_json::{Value, json};

use crate::support::at;
use crate::trader::{ALGO, ORDER, Trader, decimal, short};

#[test]
fn funding_is_booked_when_the_symbol_settles() {
    let mut trader = Trader::new();
    let order = "symbol=SUIUSDT&side=BUY&type=MARKET&quantity=500";
    trader.ok(Post, ORDER, order);
    trader.told();
    trader.venue.pass(50 * 60_000);
    trader.listen_key(Put);
    trader.venue.pass(15 * 60_000);
    let events = trader.events();
    let told: Vec<String> = events.iter().map(short).collect();
    assert_eq!(told, ["ACCOUNT FUNDING_FEE"]);
    let settled = trader.venue.json("/fapi/v1/fundingRate?symbol=SUIUSDT&limit=1");
    assert_eq!(events[0]["T"], settled[0]["fundingTime"]);
    let due = -Decimal::from(500)
        * decimal(&settled[0]["markPrice"])
        * decimal(&settled[0]["fundingRate"]);
    let income = trader.ok(Get, "/fapi/v1/income", "incomeType=FUNDING_FEE");
    let paid = decimal(&income[0]["income"]);
    assert!((paid - due).abs() < Decimal::new(1, 8), "{paid} of {due}");
    assert_eq!(trader.wallet(), decimal(&trader.truth()["wallet"]));
}

#[test]
fn a_position_that_cannot_be_borne_is_liquidated() {
    let mut trader = Trader::new();
    trader.ok(Post, "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
    trader.ok(Post, "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=125");
    let mark = decimal(&trader.venue.json("/fapi/v1/premiumIndex?symbol=BTCUSDT")["markPrice"]);
    let quantity = (Decimal::from(45_000) / mark).round_dp(3);
    trader.market("SELL", &quantity.to_string());
    trader.told();
    let rows = trader.ok(Get, "/fapi/v3/positionRisk", "symbol=BTCUSDT");
    let liquidation = decimal(&rows[0]["liquidationPrice"]);
    let mut events = Vec::new();
    while trader.position() < Decimal::ZERO && trader.venue.now < at("2024-07-03") {
        trader.listen_key(Put);
        trader.venue.pass(1_800_000);
        events.extend(trader.events());
    }
    let forced = events.iter().find(|event| short(event) == "ORDER CALCULATED/FILLED").unwrap();
    let price = decimal(&forced["o"]["L"]);
    let late = (price - liquidation) / liquidation;
    assert!(late >= Decimal::ZERO && late < Decimal::new(1, 3), "{price} beyond {liquidation}");
    assert_eq!(forced["o"]["o"], "LIQUIDATION");
    assert_eq!(trader.position(), Decimal::ZERO);
    assert_eq!(trader.wallet(), decimal(&trader.truth()["wallet"]));
    let forced = trader.ok(Get, "/fapi/v1/forceOrders", "symbol=BTCUSDT");
    assert_eq!(forced.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_halted_symbol_takes_no_orders_and_a_closed_one_settles() {
    let mut trader = Trader::new();
    trader.market("BUY", "0.010");
    trader.told();
    let now = trader.venue.now;
    trader.venue.exchange.set_status("BTCUSDT", "TRADING_HALT", now);
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.002";
    assert_eq!(trader.code(Post, ORDER, order), -4140);
    trader.venue.exchange.set_status("BTCUSDT", "TRADING", now);
    trader.ok(Post, ORDER, order);
    trader.told();
    trader.venue.exchange.set_status("BTCUSDT", "CLOSE", now);
    let told = trader.told();
    assert!(told.contains(&"ORDER TRADE/FILLED".to_owned()), "{told:?}");
    assert_eq!(trader.position(), Decimal::ZERO);
}

/// Trades for two hours, with the time passing in pieces.
fn life(pieces: i64) -> (Value, Vec<String>) {
    let mut trader = Trader::with_faults("trade:pieces=3@0.5; trade/ETHUSDT:manual-buy=10@#90");
    trader.market("BUY", "0.050");
    trader.resting_buy(300);
    trader.resting_buy(2_000);
    let trigger = trader.best("bidPrice") - Decimal::from(15);
    let stop = "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&closePosition=true";
    trader.ok(Post, ALGO, &format!("{stop}&triggerPrice={trigger}"));
    for _ in 0..3 {
        let end = trader.venue.now.plus_millis(2_400_000);
        while trader.venue.now < end {
            trader.venue.pass(2_400_000 / pieces);
        }
        trader.ok(Get, "/fapi/v3/account", "");
        trader.market("BUY", "0.010");
    }
    let texts = trader.venue.texts(trader.stream);
    (trader.truth(), texts)
}

#[test]
fn equal_lives_are_equal_however_often_somebody_looks() {
    let (truth, told) = life(1);
    assert!(truth["fills"].as_array().is_some_and(|fills| fills.len() > 4), "{truth}");
    assert_eq!(life(1), (truth.clone(), told.clone()));
    assert_eq!(life(500), (truth, told), "time in small pieces changes nothing");
}

#[test]
fn nothing_is_due_while_nothing_rests() {
    let mut trader = Trader::new();
    let venue = &mut trader.venue;
    let next = venue.exchange.next_event().unwrap();
    assert!(next.millis() - venue.now.millis() > 60_000, "a ping at the earliest, was {next}");
    trader.resting_buy(50_000);
    let next = trader.venue.exchange.next_event().unwrap();
    assert!(next.millis() - trader.venue.now.millis() < 60_000, "the next trade, was {next}");
}

#[test]
fn accounts_open_when_the_venue_does() {
    let trader = Trader::new();
    let posting = &trader.truth()["postings"][0];
    assert_eq!(posting["amount"], "10000");
    assert_eq!(posting["time"], json!(at(crate::support::START).millis()));
}
