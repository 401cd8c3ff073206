//! Who meets whom: queues, public trades, a moving book, orders of other users.

use serde_json::json;

use super::rig::{OTHER, OWNER, Rig, btc, decimal};
use crate::Method::Get;

#[test]
fn a_resting_order_waits_behind_what_was_displayed() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.500", "49999.9");
    // One is displayed at that price: it is served first.
    rig.step_with("50000", "50000", &[("49999.9", "0.6", true)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0");
    rig.step_with("50000", "50000", &[("49999.9", "0.5", true)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0.1");
    rig.step_with("50000", "50000", &[("49999.9", "9", true)]);
    let filled = rig.queried(&order);
    assert_eq!((&filled["status"], &filled["avgPrice"]), (&json!("FILLED"), &json!("49999.90000")));
}

#[test]
fn buyers_who_take_do_not_serve_resting_buyers() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.500", "49999.9");
    rig.step_with("50000", "50000", &[("49999.9", "9", false)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0");
}

#[test]
fn a_trade_through_the_price_fills_the_order_at_its_price() {
    let mut rig = Rig::new();
    let order = rig.limit("SELL", "0.500", "50010");
    rig.step_with("50000", "50000", &[("50010.1", "0.001", false)]);
    let filled = rig.queried(&order);
    assert_eq!((&filled["status"], &filled["avgPrice"]), (&json!("FILLED"), &json!("50010.00000")));
    let trades = rig.ok(Get, "/fapi/v1/userTrades", "symbol=BTCUSDT");
    assert_eq!(trades[0]["maker"], true);
    assert_eq!(trades[0]["commission"], "5.00100000", "50010 · 0.5 · 0.0002");
}

#[test]
fn a_book_that_moves_across_an_order_fills_what_it_shows() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "1.5", "49990");
    // The best ask is 49990.0, one unit; the next lies beyond the limit.
    rig.step("49989.9");
    let filled = rig.queried(&order);
    assert_eq!((&filled["executedQty"], &filled["avgPrice"]), (&json!("1"), &json!("49990.00000")));
}

#[test]
fn a_queue_shrinks_with_the_display() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.500", "49999.9");
    let level = |price: &str, quantity: &str| crate::trading::Level {
        price: decimal(price),
        quantity: decimal(quantity),
    };
    let bids = [level("49999.9", "0.2"), level("49999.8", "1")];
    rig.step_book(&bids, &[level("50000.1", "1")], ("50000", "50000"), &[]);
    rig.step_with("50000", "50000", &[("49999.9", "0.5", true)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0.3");
}

#[test]
fn a_price_beyond_view_waits_for_its_queue() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.500", "49990");
    rig.step_with("50000", "50000", &[("49990", "5", true)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0", "its queue is not known yet");
    rig.step("49990.5");
    rig.step_with("49990.5", "49990.5", &[("49990", "1.2", true)]);
    assert_eq!(rig.queried(&order)["executedQty"], "0.2");
}

#[test]
fn users_meet_by_price_and_then_by_time() {
    let mut rig = Rig::new();
    let worse = rig.limit("SELL", "0.100", "50000.1");
    let first = rig.limit("SELL", "0.100", "50000");
    let second = rig.limit("SELL", "0.100", "50000");
    rig.as_other(|rig| rig.market("BUY", "0.150"));
    assert_eq!(rig.queried(&first)["status"], "FILLED");
    assert_eq!(rig.queried(&second)["executedQty"], "0.05");
    assert_eq!(rig.queried(&worse)["executedQty"], "0");
    let truth = rig.trading.truth();
    assert_eq!(truth.position(OTHER, &btc(), domain::PositionSide::Both), decimal("0.150"));
    assert_eq!(truth.position(OWNER, &btc(), domain::PositionSide::Both), decimal("-0.150"));
}

#[test]
fn takers_serve_the_queue_before_the_order_behind_it() {
    let mut rig = Rig::new();
    let order = rig.limit("SELL", "0.500", "50000.1");
    rig.as_other(|rig| rig.market("BUY", "1.2"));
    assert_eq!(rig.queried(&order)["executedQty"], "0.2", "one was displayed before it");
}

#[test]
fn nobody_trades_with_himself() {
    let mut rig = Rig::new();
    let resting = rig.limit("SELL", "0.500", "50000");
    let taker = rig.market("BUY", "0.100");
    assert_eq!(rig.queried(&resting)["status"], "EXPIRED_IN_MATCH");
    assert_eq!(rig.queried(&taker)["avgPrice"], "50000.10000");
    let resting = rig.limit("SELL", "0.500", "50000");
    let taker =
        rig.order("side=BUY&type=MARKET&quantity=0.100&selfTradePreventionMode=EXPIRE_TAKER");
    assert_eq!(rig.queried(&taker)["status"], "EXPIRED_IN_MATCH");
    assert_eq!(rig.queried(&resting)["status"], "NEW");
}

#[test]
fn a_reduce_only_order_never_opens() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.100");
    let exit = rig.order("side=SELL&type=MARKET&quantity=0.300&reduceOnly=true");
    let order = rig.queried(&exit);
    assert_eq!((&order["status"], &order["executedQty"]), (&json!("EXPIRED"), &json!("0.1")));
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", "").as_array().unwrap().len(), 0);
}

#[test]
fn resting_reduce_only_orders_end_with_the_position() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.100");
    let exit = "side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.100&price=51000&reduceOnly=true";
    let exit = rig.order(exit);
    rig.market("SELL", "0.100");
    assert_eq!(rig.queried(&exit)["status"], "EXPIRED");
    assert_eq!(rig.events().last().unwrap()["o"]["er"], "4");
}

#[test]
fn resting_orders_keep_their_grid_when_the_tick_changes() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.010", "49990.1");
    let now = rig.time();
    let mut coarse = super::rig::rules();
    coarse.price.tick = decimal("1");
    coarse.price.min = decimal("557");
    rig.trading.set_rules(btc(), coarse, now);
    let off = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=49990.1";
    assert_eq!(rig.order_refused(off), -4014);
    rig.step("49980");
    assert_eq!(rig.queried(&order)["avgPrice"], "49990.10000");
}

#[test]
fn lower_reduce_only_orders_give_way() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.100");
    let exit = |price: &str| {
        format!("side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.100&price={price}&reduceOnly=true")
    };
    let far = rig.order(&exit("51000"));
    let near = rig.order(&exit("50500"));
    assert_eq!(rig.queried(&far)["status"], "EXPIRED");
    assert_eq!(rig.queried(&near)["status"], "NEW");
    let market = rig.order("side=SELL&type=MARKET&quantity=0.100&reduceOnly=true");
    assert_eq!(rig.queried(&market)["status"], "FILLED");
    assert_eq!(rig.queried(&near)["status"], "EXPIRED");
}
