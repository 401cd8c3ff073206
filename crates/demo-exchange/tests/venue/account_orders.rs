//! Orders of an account against the market: taken, resting, conditional.

use demo_exchange::Method::{Delete, Get, Post};
use domain::Decimal;
use serde_json::{Value, json};

use crate::trader::{ALGO, ORDER, Trader, decimal, short};

/// A stop that closes everything, so many ticks of 0.01 below the best bid.
fn stop(trader: &mut Trader, ticks: i64) -> Value {
    let trigger = trader.best("bidPrice") - Decimal::new(ticks, 2);
    let stop = "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&closePosition=true";
    trader.ok(Post, ALGO, &format!("{stop}&triggerPrice={trigger}"))
}

#[test]
fn a_market_order_takes_the_book_that_is_shown_and_is_told_in_order() {
    let mut trader = Trader::new();
    let ask = trader.best("askPrice");
    let order = trader.market("BUY", "0.002");
    let events = trader.events();
    let told: Vec<String> = events.iter().map(short).collect();
    assert_eq!(told, ["TRADE_LITE", "ORDER NEW/NEW", "ACCOUNT ORDER", "ORDER TRADE/FILLED"]);
    assert!(events.iter().all(|event| event["T"] == events[0]["T"]), "one time for all");
    assert_eq!(decimal(&events[3]["o"]["L"]), ask);
    assert_eq!(events[3]["o"]["i"], order["orderId"]);
    assert_eq!(trader.position(), Decimal::new(2, 3));
    trader.market("SELL", "0.002");
    assert_eq!(trader.position(), Decimal::ZERO);
    assert_eq!(trader.wallet(), decimal(&trader.truth()["wallet"]));
}

#[test]
fn what_was_taken_from_a_step_of_the_book_stays_taken() {
    let mut trader = Trader::new();
    let shown = trader.venue.json("/fapi/v1/depth?symbol=BTCUSDT&limit=5");
    let best = decimal(&shown["asks"][0][1]);
    trader.market("BUY", &best.to_string());
    trader.market("BUY", "0.002");
    let fills = trader.truth()["fills"].clone();
    assert_eq!(decimal(&fills[0]["price"]), decimal(&shown["asks"][0][0]));
    assert_eq!(decimal(&fills[1]["price"]), decimal(&shown["asks"][1][0]));
}

#[test]
fn a_resting_order_is_filled_by_the_market_though_nobody_asks() {
    let mut trader = Trader::new();
    let order = trader.resting_buy(500);
    assert_eq!(trader.told(), ["ORDER NEW/NEW"]);
    let market = trader.venue.connect("/market/ws/btcusdt@aggTrade");
    trader.venue.pass(3_500_000);
    let events = trader.events();
    let told: Vec<String> = events.iter().map(short).collect();
    assert!(told.ends_with(&["ORDER TRADE/FILLED".to_owned()]), "{told:?}");
    let fill = events.last().unwrap();
    assert_eq!((&fill["o"]["m"], &fill["o"]["L"]), (&json!(true), &order["price"]));
    let limit = decimal(&order["price"]);
    let reached = trader
        .venue
        .values(market)
        .into_iter()
        .find(|trade| decimal(&trade["p"]) <= limit)
        .expect("the market went there");
    let late = fill["T"].as_i64().unwrap() - reached["T"].as_i64().unwrap();
    assert!((0..=50).contains(&late), "at the trade or the step of the book after it: {late} ms");
    assert_eq!(trader.queried(&order)["status"], "FILLED");
}

#[test]
fn an_order_is_cancelled_and_amended() {
    let mut trader = Trader::new();
    let order = trader.resting_buy(50_000);
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    let price = decimal(&order["price"]) - Decimal::ONE;
    let change = format!("{named}&side=BUY&quantity=0.020&price={price}");
    trader.ok(demo_exchange::Method::Put, ORDER, &change);
    assert_eq!(trader.ok(Delete, ORDER, &named)["status"], "CANCELED");
    assert_eq!(trader.told(), ["ORDER NEW/NEW", "ORDER AMENDMENT/NEW", "ORDER CANCELED/CANCELED"]);
    assert_eq!(trader.code(Delete, ORDER, &named), -2011);
    assert_eq!(trader.ok(Get, "/fapi/v1/openOrders", ""), json!([]));
}

#[test]
fn a_stop_triggers_at_the_trade_that_reaches_it() {
    let mut trader = Trader::new();
    trader.market("BUY", "0.010");
    stop(&mut trader, 500);
    trader.told();
    let market = trader.venue.connect("/market/ws/btcusdt@aggTrade");
    trader.venue.pass(3_500_000);
    let events = trader.events();
    let told: Vec<String> = events.iter().map(short).collect();
    assert_eq!(told[..2], ["ALGO TRIGGERING", "ALGO TRIGGERED"], "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("ALGO FINISHED"), "{told:?}");
    let trigger = decimal(&events[0]["o"]["tp"]);
    let reached = trader
        .venue
        .values(market)
        .into_iter()
        .find(|trade| decimal(&trade["p"]) <= trigger)
        .expect("the market went there");
    assert_eq!(events[0]["T"], reached["T"]);
    assert_eq!(trader.position(), Decimal::ZERO);
    assert_eq!(trader.wallet(), decimal(&trader.truth()["wallet"]));
}

#[test]
fn filters_and_weights_are_those_the_venue_tells() {
    let mut trader = Trader::new();
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
    let code =
        |trader: &mut Trader, rest: &str| trader.code(Post, ORDER, &format!("{order}&{rest}"));
    assert_eq!(code(&mut trader, "quantity=0.0001&price=60000"), -1111);
    assert_eq!(code(&mut trader, "quantity=0.010&price=1.001"), -4014);
    let header = |trader: &mut Trader, path: &str, name: &str| {
        let method = if path == ORDER { Post } else { Get };
        let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.002";
        let reply = trader.call(method, path, order).reply;
        reply.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone())
    };
    let used = "x-mbx-used-weight-1m";
    let before: i64 = header(&mut trader, "/fapi/v1/openOrders", used).unwrap().parse().unwrap();
    assert_eq!(header(&mut trader, ORDER, used).as_deref(), Some("-1"));
    assert_eq!(header(&mut trader, ORDER, "x-mbx-order-count-1m").as_deref(), Some("4"));
    let after: i64 = header(&mut trader, "/fapi/v3/balance", used).unwrap().parse().unwrap();
    assert_eq!(after - before, 5, "orders weigh nothing");
}

#[test]
fn nobody_trades_at_a_venue_without_accounts() {
    let options = demo_exchange::Options { accounts: Vec::new(), ..crate::support::options() };
    let mut venue = crate::support::Venue::new(options);
    assert_eq!(venue.status_and_code("/fapi/v1/openOrders"), (401, -2014));
    assert_eq!(venue.exchange.accounts_truth(), Value::Null);
}
