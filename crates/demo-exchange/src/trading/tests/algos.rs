//! Conditional orders: life, triggers, lag, refusals.

use serde_json::{Value, json};

use super::rig::{Rig, btc, decimal};
use crate::Method::{Delete, Get, Post};
use crate::trading::AlgoFault;

const STOP: &str = "side=SELL&type=STOP_MARKET&triggerPrice=49000";

fn queried(rig: &mut Rig, algo: &Value) -> Value {
    rig.wait(1_500);
    rig.ok(Get, "/fapi/v1/algoOrder", &format!("algoId={}", algo["algoId"]))
}

#[test]
fn a_stop_goes_through_its_life_and_its_order_has_another_id() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.010");
    let algo = rig.algo(&format!("{STOP}&quantity=0.010&reduceOnly=true&clientAlgoId=stop-1"));
    assert_eq!(algo["algoStatus"], "NEW");
    assert_eq!((&algo["orderType"], &algo["activatePrice"]), (&json!("STOP_MARKET"), &json!("")));
    rig.events();
    rig.step("48999");
    let events = rig.events();
    let told: Vec<String> = events.iter().map(super::rig::short).collect();
    assert_eq!(
        told,
        [
            "ALGO TRIGGERING",
            "ALGO TRIGGERED",
            "TRADE_LITE",
            "ORDER NEW/NEW",
            "ACCOUNT ORDER",
            "ORDER TRADE/FILLED",
            "ALGO FINISHED",
        ]
    );
    let triggered = &events[1]["o"];
    let child = &events[5]["o"];
    assert_eq!(triggered["ai"], child["i"].to_string());
    assert_eq!((&triggered["aq"], &triggered["act"]), (&json!("0"), &json!("MARKET")));
    assert_eq!((&child["c"], &child["ot"]), (&json!("stop-1"), &json!("STOP_MARKET")));
    assert_ne!(child["i"], algo["algoId"]);
    assert_eq!(events[6]["o"]["aq"], "0.01");
    let finished = queried(&mut rig, &algo);
    assert_eq!(
        (&finished["algoStatus"], &finished["actualType"]),
        (&json!("FINISHED"), &json!("MARKET"))
    );
    assert_eq!(finished["actualOrderId"], child["i"].to_string());
}

#[test]
fn stops_and_targets_wait_on_their_sides() {
    for (kind, side, trigger, quiet, firing) in [
        ("STOP_MARKET", "SELL", "49000", "49001", "49000"),
        ("STOP_MARKET", "BUY", "51000", "50999", "51000"),
        ("TAKE_PROFIT_MARKET", "SELL", "51000", "50999", "51000"),
        ("TAKE_PROFIT_MARKET", "BUY", "49000", "49001", "49000"),
    ] {
        let mut rig = Rig::new();
        let order = format!("type={kind}&side={side}&quantity=0.010&triggerPrice={trigger}");
        rig.algo(&order);
        rig.events();
        rig.step(quiet);
        assert!(rig.told().is_empty(), "{order}");
        rig.step(firing);
        assert_eq!(rig.told().first().unwrap(), "ALGO TRIGGERING", "{order}");
        // The other side of the price would trigger at once.
        let mut rig = Rig::new();
        let beyond = if trigger == "49000" { "51000" } else { "49000" };
        assert_eq!(rig.algo_refused(&order.replace(trigger, beyond)), -2021, "{order}");
    }
}

#[test]
fn a_trade_inside_a_step_triggers() {
    let mut rig = Rig::new();
    rig.algo(&format!("{STOP}&quantity=0.010"));
    rig.events();
    rig.step_with("50000", "50000", &[("48990", "1", true), ("50000", "1", false)]);
    assert_eq!(rig.told().first().unwrap(), "ALGO TRIGGERING");
}

#[test]
fn the_working_type_decides_which_price_counts() {
    let mut rig = Rig::new();
    rig.algo(&format!("{STOP}&quantity=0.010&workingType=MARK_PRICE"));
    rig.algo(&format!("{STOP}&quantity=0.010"));
    rig.events();
    rig.step_with("50000", "48900", &[]);
    assert_eq!(rig.told().iter().filter(|name| *name == "ALGO TRIGGERING").count(), 1);
    rig.step_with("48900", "50000", &[]);
    assert_eq!(rig.told().iter().filter(|name| *name == "ALGO TRIGGERING").count(), 1);
}

#[test]
fn protection_holds_a_trigger_back_while_prices_are_apart() {
    let mut rig = Rig::new();
    rig.algo(&format!("{STOP}&quantity=0.010&priceProtect=true"));
    rig.events();
    rig.step_with("46000", "49000", &[]);
    assert!(rig.told().is_empty());
    rig.step_with("46000", "46500", &[]);
    assert_eq!(rig.told().first().unwrap(), "ALGO TRIGGERING");
}

#[test]
fn a_stop_limit_rests_after_its_trigger() {
    let mut rig = Rig::new();
    let algo = rig.algo("side=SELL&type=STOP&triggerPrice=49000&price=49100&quantity=0.010");
    rig.events();
    rig.step("48990");
    assert_eq!(rig.told(), ["ALGO TRIGGERING", "ALGO TRIGGERED", "ORDER NEW/NEW"]);
    let triggered = queried(&mut rig, &algo);
    let named = format!("symbol=BTCUSDT&orderId={}", triggered["actualOrderId"].as_str().unwrap());
    assert_eq!(rig.ok(Delete, "/fapi/v1/order", &named)["status"], "CANCELED");
    assert_eq!(rig.told(), ["ORDER CANCELED/CANCELED", "ALGO FINISHED"]);
}

#[test]
fn trailing_follows_from_its_activation() {
    let mut rig = Rig::new();
    let trailing = "side=SELL&type=TRAILING_STOP_MARKET&quantity=0.010&callbackRate=1";
    rig.algo(&format!("{trailing}&activatePrice=51000"));
    assert_eq!(rig.events()[0]["o"]["ia"], false);
    rig.step("50900");
    rig.step("49000");
    assert!(rig.told().is_empty(), "it does not follow yet");
    rig.step("51000");
    assert_eq!(rig.events()[0]["o"]["ia"], true);
    rig.step("52000");
    rig.step("51480.1");
    assert!(rig.told().is_empty());
    rig.step("51480");
    assert_eq!(rig.told().first().unwrap(), "ALGO TRIGGERING", "one percent below 52000");
}

#[test]
fn trailing_without_activation_follows_at_once() {
    let mut rig = Rig::new();
    rig.algo("side=BUY&type=TRAILING_STOP_MARKET&quantity=0.010&callbackRate=0.5");
    let active: Vec<Value> = rig.events().iter().map(|event| event["o"]["ia"].clone()).collect();
    assert_eq!(active, [json!(false), json!(true)]);
    rig.step("49000");
    rig.step("49244.9");
    assert!(rig.told().is_empty());
    rig.step("49245");
    assert_eq!(rig.told().first().unwrap(), "ALGO TRIGGERING");
}

#[test]
fn trailing_is_refused_where_it_makes_no_sense() {
    let mut rig = Rig::new();
    let trailing = "side=SELL&type=TRAILING_STOP_MARKET&quantity=0.010";
    let refused = |rig: &mut Rig, more: &str| rig.algo_refused(&format!("{trailing}&{more}"));
    assert_eq!(refused(&mut rig, "callbackRate=0.05"), -1130);
    assert_eq!(refused(&mut rig, "callbackRate=20.1"), -1130);
    assert_eq!(refused(&mut rig, "activatePrice=51000"), -1102);
    assert_eq!(refused(&mut rig, "callbackRate=1&activatePrice=50000"), -2021);
    assert_eq!(refused(&mut rig, "callbackRate=1&activatePrice=0"), -4135);
    assert_eq!(refused(&mut rig, "callbackRate=1&triggerPrice=49000"), -2021);
    rig.algo(&format!("{trailing}&callbackRate=20"));
}

#[test]
fn one_closing_stop_and_one_closing_target_rest_per_direction() {
    let mut rig = Rig::new();
    let closing = format!("{STOP}&closePosition=true");
    rig.algo(&closing);
    assert_eq!(rig.algo_refused(&closing), -4130);
    let target = "side=SELL&type=TAKE_PROFIT_MARKET&triggerPrice=51000&closePosition=true";
    rig.algo(target);
    rig.algo("side=BUY&type=STOP_MARKET&triggerPrice=51000&closePosition=true");
    assert_eq!(rig.algo_refused(target), -4130);
    assert_eq!(rig.algo_refused(&format!("{closing}&quantity=0.010")), -4137);
    assert_eq!(rig.algo_refused(&format!("{closing}&reduceOnly=true")), -4138);
    let limit = "side=SELL&type=STOP&price=49000&triggerPrice=49000&closePosition=true";
    assert_eq!(rig.algo_refused(limit), -4136);
}

#[test]
fn a_closing_stop_closes_whatever_there_is_and_its_sibling_expires() {
    let mut rig = Rig::new();
    rig.algo(&format!("{STOP}&closePosition=true"));
    let target = "side=SELL&type=TAKE_PROFIT_MARKET&triggerPrice=51000&closePosition=true";
    rig.algo(target);
    rig.market("BUY", "0.010");
    rig.market("BUY", "0.020");
    rig.events();
    rig.step("48900");
    let events = rig.events();
    let fill = events.iter().find(|event| event["o"]["x"] == "TRADE").unwrap();
    assert_eq!((&fill["o"]["z"], &fill["o"]["cp"]), (&json!("0.03"), &json!(true)));
    assert!(events.iter().any(|event| super::rig::short(event) == "ALGO EXPIRED"));
}

#[test]
fn a_plain_stop_outlives_its_position_and_is_then_rejected() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.010");
    rig.algo(&format!("{STOP}&quantity=0.010&reduceOnly=true"));
    rig.market("SELL", "0.010");
    rig.events();
    rig.step("48900");
    let events = rig.events();
    assert_eq!(super::rig::short(&events[1]), "ALGO REJECTED");
    assert_eq!(events[1]["o"]["rm"], "Reduce Only reject");
}

#[test]
fn margin_is_asked_at_the_trigger_only() {
    let mut rig = Rig::new();
    let algo = rig.algo("side=BUY&type=STOP_MARKET&triggerPrice=51000&quantity=10");
    rig.step("51000");
    assert_eq!(rig.events().last().unwrap()["o"]["rm"], "Margin is insufficient.");
    assert_eq!(queried(&mut rig, &algo)["algoStatus"], "REJECTED");
}

#[test]
fn the_service_lags_behind_itself() {
    let mut rig = Rig::new();
    let mut missed = 0;
    for _ in 0..5 {
        let algo = rig.algo(&format!("{STOP}&quantity=0.010"));
        let named = format!("algoId={}", algo["algoId"]);
        let listed = rig.ok(Get, "/fapi/v1/openAlgoOrders", &format!("symbol=BTCUSDT&{named}"));
        assert_eq!(listed.as_array().unwrap().len(), 1, "the list sees it at once");
        let (status, body) = rig.call(Get, "/fapi/v1/algoOrder", &named);
        missed += u32::from(status == 400 && body["code"] == -2013);
        rig.wait(1_500);
        rig.ok(Get, "/fapi/v1/algoOrder", &named);
        rig.ok(Delete, "/fapi/v1/algoOrder", &named);
        let stale = rig.ok(Get, "/fapi/v1/algoOrder", &named);
        assert_eq!(stale["updateTime"], algo["createTime"]);
        assert_eq!(stale["algoStatus"], "NEW");
        rig.wait(1_000);
        assert_eq!(rig.ok(Get, "/fapi/v1/algoOrder", &named)["algoStatus"], "CANCELED");
        assert_eq!(rig.refused(Delete, "/fapi/v1/algoOrder", &named), -2011);
    }
    assert!(missed > 0);
}

#[test]
fn the_list_writes_numbers_as_java_does_and_orders_stay_apart() {
    let mut rig = Rig::new();
    let mut fine = super::rig::rules();
    (fine.lot.step, fine.lot.min, fine.quantity_precision) =
        (decimal("0.0001"), decimal("0.0001"), 4);
    fine.market_lot = fine.lot;
    let now = rig.time();
    rig.trading.set_rules(btc(), fine, now);
    rig.algo(&format!("{STOP}&quantity=0.0007"));
    let listed = rig.ok(Get, "/fapi/v1/openAlgoOrders", "symbol=BTCUSDT");
    assert_eq!(
        (&listed[0]["quantity"], &listed[0]["triggerPrice"]),
        (&json!("7.0E-4"), &json!("49000.0"))
    );
    let orders = rig.ok(Get, "/fapi/v1/openOrders", "symbol=BTCUSDT");
    assert!(orders.as_array().unwrap().is_empty());
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    assert_eq!(rig.ok(Get, "/fapi/v1/openAlgoOrders", "").as_array().unwrap().len(), 1);
    rig.ok(Delete, "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT");
    assert!(rig.ok(Get, "/fapi/v1/openAlgoOrders", "").as_array().unwrap().is_empty());
    rig.ok(Delete, "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT");
}

#[test]
fn names_are_unique_and_two_hundred_are_enough() {
    let mut rig = Rig::new();
    let named = format!("{STOP}&quantity=0.010&clientAlgoId=mine");
    rig.algo(&named);
    assert_eq!(rig.algo_refused(&named), -4116);
    for _ in 1..200 {
        rig.wait(100);
        rig.algo(&format!("{STOP}&quantity=0.010"));
    }
    assert_eq!(rig.algo_refused(&format!("{STOP}&quantity=0.010")), -4045);
}

#[test]
fn terms_of_conditional_orders_are_checked() {
    let mut rig = Rig::new();
    assert_eq!(rig.algo_refused("side=SELL&type=STOP_MARKET&quantity=0.010"), -1102);
    assert_eq!(rig.algo_refused("side=SELL&type=MARKET&quantity=0.010"), -1116);
    assert_eq!(rig.algo_refused(STOP), -1102, "neither quantity nor closePosition");
    assert_eq!(rig.algo_refused(&format!("{STOP}.05&quantity=0.010")), -4014);
    assert_eq!(rig.algo_refused(&format!("{STOP}&quantity=0.0105")), -1111);
    assert_eq!(rig.algo_refused("side=SELL&type=STOP&quantity=0.010&triggerPrice=49000"), -1102);
    let other = format!("symbol=BTCUSDT&algoType=VP&{STOP}&quantity=0.010");
    assert_eq!(rig.refused(Post, "/fapi/v1/algoOrder", &other), -1130);
    assert_eq!(rig.refused(Get, "/fapi/v1/algoOrder", ""), -1102);
}

#[test]
fn a_tied_order_expires_with_the_position() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.010");
    rig.algo(&format!("{STOP}&quantity=0.010&timeInForce=GTE_GTC"));
    rig.market("SELL", "0.010");
    assert_eq!(rig.told().last().unwrap(), "ALGO EXPIRED");
}

#[test]
fn the_service_can_hang_and_refuse() {
    let mut rig = Rig::new();
    rig.trading.set_algo_fault(AlgoFault::Stuck);
    let stuck = rig.algo(&format!("{STOP}&quantity=0.010"));
    rig.step("48900");
    assert_eq!(rig.told(), ["ALGO NEW", "ALGO TRIGGERING"]);
    let named = format!("algoId={}", stuck["algoId"]);
    assert_eq!(rig.refused(Delete, "/fapi/v1/algoOrder", &named), -2011);
    rig.trading.set_algo_fault(AlgoFault::Rejected);
    rig.step("50000");
    rig.algo(&format!("{STOP}&quantity=0.010"));
    rig.step("48900");
    assert_eq!(rig.told().last().unwrap(), "ALGO REJECTED");
}

#[test]
fn a_matched_price_is_taken_at_the_trigger() {
    let mut rig = Rig::new();
    rig.algo("side=SELL&type=STOP&triggerPrice=49000&priceMatch=QUEUE&quantity=0.010");
    rig.events();
    rig.step("48990");
    assert_eq!(rig.events().last().unwrap()["o"]["p"], "48990.1", "the best ask");
}

#[test]
fn a_closing_stop_has_priority_over_a_resting_target() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.010");
    let target = "side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.010&price=51000&reduceOnly=true";
    let target = rig.order(target);
    rig.algo(&format!("{STOP}&closePosition=true"));
    rig.step("48900");
    assert_eq!(rig.queried(&target)["status"], "EXPIRED");
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", ""), json!([]));
}
