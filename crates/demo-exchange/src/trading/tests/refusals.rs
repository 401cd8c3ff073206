//! Each refusal of a placement, by its code.

use super::rig::{Rig, btc, decimal, rules};
use crate::Method::{Delete, Get, Post, Put};
use crate::trading::SymbolStatus;

const LIMIT: &str = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=49000";

/// The limit order above with other words.
fn but(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(LIMIT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is in {text}");
        text.replace(from, to)
    })
}

fn check(expected: i64, changes: &[(&str, &str)]) {
    let parameters = but(changes);
    assert_eq!(Rig::new().order_refused(&parameters), expected, "{parameters}");
}

#[test]
fn quantities_keep_to_the_filter() {
    check(-4003, &[("0.010", "0")]);
    check(-4003, &[("0.010", "-1")]);
    check(-1111, &[("0.010", "0.0105")]);
    check(-4005, &[("0.010", "1000.001")]);
    check(-1100, &[("0.010", "1e-3")]);
    check(-1102, &[("quantity=0.010", "quantity=")]);
    check(-4164, &[("0.010", "0.001")]);
    let market = "side=BUY&type=MARKET&quantity=120.001";
    assert_eq!(Rig::new().order_refused(market), -4005);
}

#[test]
fn quantities_below_the_least_and_off_the_step() {
    let mut rig = Rig::new();
    let mut coarse = rules();
    (coarse.lot.min, coarse.lot.step) = (decimal("0.005"), decimal("0.005"));
    let now = rig.time();
    rig.trading.set_rules(btc(), coarse, now);
    assert_eq!(rig.order_refused(&but(&[("0.010", "0.004")])), -4004);
    assert_eq!(rig.order_refused(&but(&[("0.010", "0.012")])), -4023);
    rig.order(LIMIT);
}

#[test]
fn prices_keep_to_the_filters() {
    check(-4014, &[("49000", "49000.05")]);
    check(-1111, &[("49000", "49000.005")]);
    check(-4013, &[("49000", "500")]);
    check(-4002, &[("49000", "4529764.1")]);
    check(-4001, &[("49000", "0")]);
    check(-1102, &[("&price=49000", "")]);
    check(-4016, &[("49000", "52500.1")]);
    check(-4024, &[("BUY", "SELL"), ("49000", "47499.9")]);
}

#[test]
fn words_are_those_of_the_protocol() {
    check(-1116, &[("LIMIT", "ICEBERG")]);
    check(-1117, &[("BUY", "HOLD")]);
    check(-1115, &[("GTC", "GTE_GTC")]);
    check(-1102, &[("timeInForce=GTC&", "")]);
    for conditional in
        ["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"]
    {
        check(-4120, &[("LIMIT", conditional)]);
    }
    check(-4062, &[("price=49000", "price=49000&reduceOnly=yes")]);
    check(-5037, &[("price=49000", "priceMatch=OPPONENT_20")]);
    check(-1106, &[("price=49000", "price=49000&priceMatch=QUEUE")]);
    check(-5039, &[("price=49000", "price=49000&selfTradePreventionMode=EXPIRE")]);
    check(-4015, &[("price=49000", "price=49000&newClientOrderId=with%20space")]);
    let long = format!("price=49000&newClientOrderId={}", "a".repeat(37));
    check(-4015, &[("price=49000", &long)]);
}

#[test]
fn dates_lie_at_least_ten_minutes_ahead() {
    check(-1102, &[("GTC", "GTD")]);
    let soon = format!("GTD&goodTillDate={}", super::rig::START + 600_000);
    check(-5040, &[("GTC", &soon)]);
    check(-5040, &[("GTC", "GTD&goodTillDate=253402300799000")]);
    let mut rig = Rig::new();
    let later = format!("GTD&goodTillDate={}", super::rig::START + 700_123);
    let order = rig.order(&but(&[("GTC", &later)]));
    assert_eq!(order["goodTillDate"], super::rig::START + 700_000);
}

#[test]
fn symbols_are_known_and_open() {
    let mut rig = Rig::new();
    let unknown = format!("symbol=NOUSDT&{LIMIT}");
    assert_eq!(rig.refused(Post, "/fapi/v1/order", &unknown), -1121);
    assert_eq!(rig.refused(Post, "/fapi/v1/order", LIMIT), -1102);
    let resting = rig.limit("BUY", "0.010", "49000");
    let now = rig.time();
    let cancel_only = crate::trading::SymbolRules { status: SymbolStatus::CancelOnly, ..rules() };
    rig.trading.set_rules(btc(), cancel_only, now);
    assert_eq!(rig.order_refused(LIMIT), -4140);
    rig.ok(Delete, "/fapi/v1/order", &format!("symbol=BTCUSDT&orderId={}", resting["orderId"]));
    for (status, place, cancel) in [
        (SymbolStatus::PendingTrading, -4140, -1122),
        (SymbolStatus::Halted, -4140, -1122),
        (SymbolStatus::Closed, -4141, -4141),
    ] {
        let now = rig.time();
        rig.trading.set_rules(btc(), crate::trading::SymbolRules { status, ..rules() }, now);
        assert_eq!(rig.order_refused(LIMIT), place, "{status:?}");
        let named = format!("symbol=BTCUSDT&orderId={}", resting["orderId"]);
        assert_eq!(rig.refused(Delete, "/fapi/v1/order", &named), cancel, "{status:?}");
    }
}

#[test]
fn margin_and_position_limits() {
    let mut rig = Rig::new();
    // 10000 USDT at 20x carry 200000.
    assert_eq!(rig.order_refused("side=BUY&type=MARKET&quantity=4.1"), -2019);
    assert_eq!(rig.order_refused(&but(&[("0.010", "4.1")])), -2019);
    rig.ok(Post, "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=125");
    assert_eq!(rig.order_refused(&but(&[("0.010", "1.1")])), -2027);
    rig.limit("BUY", "1", "49000");
    assert_eq!(rig.order_refused(&but(&[("0.010", "0.100")])), -2027, "open orders count");
}

#[test]
fn an_empty_wallet_has_a_code_of_its_own() {
    let mut rig = Rig::new();
    let now = rig.time();
    let act = crate::trading::ForeignAct::Deposit { amount: decimal("-10000") };
    rig.trading.act_elsewhere(super::rig::OWNER, act, now).unwrap();
    assert_eq!(rig.order_refused(LIMIT), -2018);
}

#[test]
fn reduce_only_needs_a_position() {
    let mut rig = Rig::new();
    let reduce = "side=SELL&type=MARKET&quantity=0.010&reduceOnly=true";
    assert_eq!(rig.order_refused(reduce), -2022);
    rig.market("BUY", "0.010");
    assert_eq!(rig.order_refused(&reduce.replace("SELL", "BUY")), -2022);
    let limit = "side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.010&price=51000";
    rig.order(&format!("{limit}&reduceOnly=true"));
    let behind = limit.replace("51000", "51500");
    let behind = rig.order_refused(&format!("{behind}&reduceOnly=true"));
    assert_eq!(behind, -2022, "the position is used up by an order with priority");
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    rig.order(limit);
    assert_eq!(rig.order_refused(&format!("{limit}&reduceOnly=true")), -4118);
    rig.order(reduce);
}

#[test]
fn an_open_client_id_cannot_be_used_again() {
    let mut rig = Rig::new();
    let named = format!("{LIMIT}&newClientOrderId=mine:1");
    rig.order(&named);
    assert_eq!(rig.order_refused(&named), -4116);
    rig.ok(Delete, "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=mine:1");
    rig.order(&named);
    // A filled market order does not block its name.
    let market = "side=BUY&type=MARKET&quantity=0.010&newClientOrderId=again";
    rig.order(market);
    rig.order(market);
}

#[test]
fn open_orders_are_counted() {
    let mut rig = Rig::new();
    let mut few = rules();
    few.max_orders = 2;
    let now = rig.time();
    rig.trading.set_rules(btc(), few, now);
    rig.order(LIMIT);
    rig.order(LIMIT);
    assert_eq!(rig.order_refused(LIMIT), -2025);
}

#[test]
fn hedge_mode_wants_a_side_and_no_reduce_only() {
    let mut rig = Rig::new();
    let long = format!("{LIMIT}&positionSide=LONG");
    assert_eq!(rig.order_refused(&long), -4061);
    rig.ok(Post, "/fapi/v1/positionSide/dual", "dualSidePosition=true");
    assert_eq!(rig.order_refused(LIMIT), -4061);
    assert_eq!(rig.order_refused(&format!("{long}&reduceOnly=true")), -1106);
    let close = "side=SELL&positionSide=LONG&type=MARKET&quantity=0.010";
    assert_eq!(rig.order_refused(close), -2022);
    rig.order("side=BUY&positionSide=LONG&type=MARKET&quantity=0.010");
    assert_eq!(rig.order_refused(&close.replace("0.010", "0.011")), -2022);
    rig.order(close);
}

#[test]
fn makers_only_and_all_or_nothing() {
    check(-5022, &[("GTC", "GTX"), ("49000", "50000.1")]);
    check(-5021, &[("GTC", "FOK"), ("0.010", "1.001"), ("49000", "50000.1")]);
    let mut rig = Rig::new();
    let filled = rig.order(&but(&[("GTC", "FOK"), ("0.010", "1.000"), ("49000", "50000.1")]));
    assert_eq!(rig.queried(&filled)["status"], "FILLED");
}

#[test]
fn the_market_must_be_near_the_mark_price() {
    let mut rig = Rig::new();
    rig.step_with("50000", "40000", &[]);
    assert_eq!(rig.order_refused("side=BUY&type=MARKET&quantity=0.010"), -4131);
    rig.step_book(&[], &[], ("50000", "50000"), &[]);
    assert_eq!(rig.order_refused("side=BUY&type=MARKET&quantity=0.010"), -1112);
}

#[test]
fn unknown_orders_and_methods() {
    let mut rig = Rig::new();
    let named = "symbol=BTCUSDT&orderId=1";
    assert_eq!(rig.refused(Get, "/fapi/v1/order", named), -2013);
    assert_eq!(rig.refused(Get, "/fapi/v1/order", "symbol=BTCUSDT"), -1102);
    assert_eq!(rig.refused(Delete, "/fapi/v1/order", named), -2011);
    let change = "symbol=BTCUSDT&orderId=1&side=BUY&quantity=1&price=49000";
    assert_eq!(rig.refused(Put, "/fapi/v1/order", change), -2013);
    assert_eq!(rig.handled(Get, "/fapi/v1/listenKey", "").reply.status, 404);
    assert_eq!(rig.refused(Get, "/fapi/v1/account", ""), -5000);
    let request = rig.request(Get, "/fapi/v1/klines", "");
    let now = rig.time();
    assert_eq!(rig.trading.handle(&request, now), None);
}

#[test]
fn keys_are_known_and_orders_are_counted() {
    let mut rig = Rig::new();
    let mut request = rig.request(Post, "/fapi/v1/order", &format!("symbol=BTCUSDT&{LIMIT}"));
    let ask = |rig: &mut Rig, request: &crate::ApiRequest| {
        let now = rig.time();
        let handled = rig.trading.handle(request, now).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&handled.reply.body).unwrap();
        (handled.reply.status, body["code"].as_i64())
    };
    request.api_key = None;
    assert_eq!(ask(&mut rig, &request), (401, Some(-2014)));
    request.api_key = Some("x".repeat(64));
    assert_eq!(ask(&mut rig, &request), (401, Some(-2015)));
    for _ in 0..300 {
        rig.ok(Post, "/fapi/v1/order/test", &format!("symbol=BTCUSDT&{LIMIT}"));
    }
    let (status, body) = rig.call(Post, "/fapi/v1/order", &format!("symbol=BTCUSDT&{LIMIT}"));
    assert_eq!((status, body["code"].as_i64()), (429, Some(-1015)));
    rig.wait(10_000);
    rig.order(LIMIT);
}
