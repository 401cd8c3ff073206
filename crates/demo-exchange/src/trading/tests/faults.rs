//! What goes wrong on demand, and what has really happened then.

use domain::{PositionMode, PositionSide, Side};
use serde_json::json;

use super::rig::{OWNER, Rig, btc, decimal};
use crate::Method::{Delete, Get, Post};
use crate::trading::{EventFaults, ForeignAct, MarginType, OrderFaults, RequestFate, UnknownCode};

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.010";

fn with_fate(rig: &mut Rig, fate: RequestFate) {
    rig.faults = OrderFaults { fate, ..OrderFaults::default() };
}

#[test]
fn a_lost_reply_was_carried_out() {
    let mut rig = Rig::new();
    with_fate(&mut rig, RequestFate::ReplyLost);
    let handled = rig.handled(Post, "/fapi/v1/order", BUY);
    assert!(handled.is_lost && handled.is_executed);
    assert_eq!(rig.trading.truth().fills.len(), 1);
}

#[test]
fn unknown_fates_fall_both_ways() {
    for (fate, status, code) in [
        (RequestFate::Unknown503, 503, None),
        (RequestFate::Timeout408, 408, Some(-1007)),
        (RequestFate::UnknownCode(UnknownCode::Unknown), 400, Some(-1000)),
        (RequestFate::UnknownCode(UnknownCode::UnexpectedResponse), 400, Some(-1006)),
        (RequestFate::UnknownCode(UnknownCode::Timeout), 400, Some(-1007)),
    ] {
        let mut rig = Rig::new();
        with_fate(&mut rig, fate);
        let mut executed = 0;
        for _ in 0..40 {
            let handled = rig.handled(Post, "/fapi/v1/order", BUY);
            let body: serde_json::Value = serde_json::from_slice(&handled.reply.body).unwrap();
            assert_eq!((handled.reply.status, body["code"].as_i64()), (status, code));
            executed += usize::from(handled.is_executed);
        }
        assert_eq!(rig.trading.truth().fills.len(), executed, "{fate:?}");
        assert!((8..=32).contains(&executed), "{fate:?}: {executed} of 40");
    }
}

#[test]
fn refusals_under_load_are_never_carried_out_and_spare_exits() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.100");
    let order = rig.limit("BUY", "0.010", "49000");
    with_fate(&mut rig, RequestFate::Unavailable503);
    assert_eq!(rig.call(Post, "/fapi/v1/order", BUY).0, 503);
    with_fate(&mut rig, RequestFate::Throttled);
    assert_eq!(rig.refused(Post, "/fapi/v1/order", BUY), -1008);
    rig.ok(
        Post,
        "/fapi/v1/order",
        "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.010&reduceOnly=true",
    );
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    rig.ok(Delete, "/fapi/v1/order", &named);
    with_fate(&mut rig, RequestFate::TooLateForMatching);
    assert_eq!(rig.refused(Post, "/fapi/v1/order", BUY), -5028);
    assert_eq!(rig.trading.truth().fills.len(), 2);
}

#[test]
fn an_accepted_order_can_hide_from_queries() {
    let mut rig = Rig::new();
    rig.faults = OrderFaults { hidden_ms: 5_000, ..OrderFaults::default() };
    let order = rig.limit("BUY", "0.010", "49000");
    rig.faults = OrderFaults::default();
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    assert_eq!(rig.refused(Get, "/fapi/v1/order", &named), -2013);
    assert_eq!(rig.ok(Get, "/fapi/v1/openOrders", "symbol=BTCUSDT"), json!([]));
    assert_eq!(rig.told(), ["ORDER NEW/NEW"], "the stream knows it");
    rig.wait(5_000);
    assert_eq!(rig.queried(&order)["status"], "NEW");
}

#[test]
fn a_hidden_order_can_be_cancelled() {
    let mut rig = Rig::new();
    rig.faults = OrderFaults { hidden_ms: 5_000, ..OrderFaults::default() };
    let order = rig.limit("BUY", "0.010", "49000");
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    assert_eq!(rig.ok(Delete, "/fapi/v1/order", &named)["status"], "CANCELED");
}

#[test]
fn an_order_can_come_in_pieces() {
    let mut rig = Rig::new();
    rig.faults = OrderFaults { pieces: 5, ..OrderFaults::default() };
    rig.market("BUY", "0.100");
    assert_eq!(rig.trading.truth().fills.len(), 5);
    rig.faults = OrderFaults { pieces: 20, ..OrderFaults::default() };
    rig.market("BUY", "0.003");
    assert_eq!(rig.trading.truth().fills.len(), 8, "no piece is below a step");
    rig.faults = OrderFaults { pieces: 4, expires_in_match: true, ..OrderFaults::default() };
    let order = rig.market("BUY", "0.100");
    rig.faults = OrderFaults::default();
    let order = rig.queried(&order);
    assert_eq!(
        (&order["status"], &order["executedQty"]),
        (&json!("EXPIRED_IN_MATCH"), &json!("0.025"))
    );
}

#[test]
fn an_order_can_fill_before_its_cancellation() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.010", "49000");
    rig.events();
    rig.faults = OrderFaults { fills_before_cancel: true, ..OrderFaults::default() };
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    assert_eq!(rig.refused(Delete, "/fapi/v1/order", &named), -2011);
    assert_eq!(rig.told(), ["TRADE_LITE", "ACCOUNT ORDER", "ORDER TRADE/FILLED"]);
}

#[test]
fn others_act_on_the_account() {
    let mut rig = Rig::new();
    let now = rig.time();
    let act = |rig: &mut Rig, act: ForeignAct| rig.trading.act_elsewhere(OWNER, act, now);
    let trade = ForeignAct::ManualTrade {
        symbol: btc(),
        side: Side::Buy,
        position_side: PositionSide::Both,
        quantity: decimal("0.100"),
    };
    act(&mut rig, trade).unwrap();
    let events = rig.events();
    assert!(events[1]["o"]["c"].as_str().unwrap().starts_with("web_"));
    let deleverage = ForeignAct::AutoDeleverage {
        symbol: btc(),
        position_side: PositionSide::Both,
        quantity: decimal("0.040"),
    };
    act(&mut rig, deleverage.clone()).unwrap();
    let events = rig.events();
    let reduced = events.last().unwrap();
    assert_eq!((&reduced["o"]["c"], &reduced["o"]["l"]), (&json!("adl_autoclose"), &json!("0.04")));
    assert_eq!(rig.position()["positionAmt"], "0.06");
    act(&mut rig, ForeignAct::Leverage { symbol: btc(), leverage: 5 }).unwrap();
    assert_eq!(rig.told(), ["ACCOUNT_CONFIG_UPDATE"]);
    let mode = ForeignAct::Mode { mode: PositionMode::Hedge };
    assert_eq!(act(&mut rig, mode).unwrap_err().status, 400, "the rules hold for everybody");
    act(&mut rig, deleverage.clone()).unwrap();
    act(&mut rig, deleverage.clone()).unwrap();
    assert!(act(&mut rig, deleverage).is_err(), "nothing is left");
    let margin = ForeignAct::Margin { symbol: btc(), margin_type: MarginType::Isolated };
    act(&mut rig, margin).unwrap();
    let vast = ForeignAct::Deposit { amount: domain::Decimal::MAX };
    assert!(act(&mut rig, vast).is_err());
}

#[test]
fn a_fill_can_come_before_its_acceptance() {
    let mut rig = Rig::new();
    rig.trading
        .set_event_faults(EventFaults { fill_before_acceptance: true, ..EventFaults::default() });
    rig.market("BUY", "0.010");
    assert_eq!(rig.told(), ["TRADE_LITE", "ACCOUNT ORDER", "ORDER TRADE/FILLED", "ORDER NEW/NEW"]);
}

#[test]
fn a_clock_that_is_off_refuses_both_ways_and_moves_no_time() {
    let mut rig = Rig::new();
    for (offset, code) in [(6_000, -1021), (-1_000, -1021)] {
        rig.faults = OrderFaults { clock_offset_ms: offset, ..OrderFaults::default() };
        assert_eq!(rig.refused(Post, "/fapi/v1/order", BUY), code);
    }
    rig.faults = OrderFaults { clock_offset_ms: 4_000, ..OrderFaults::default() };
    let order = rig.ok(Post, "/fapi/v1/order", BUY);
    assert_eq!(order["updateTime"], rig.now);
}

#[test]
fn the_truth_can_be_read_from_outside() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.010");
    let truth = rig.trading.truth_json(OWNER);
    assert_eq!(truth["positions"][0]["amount"], "0.01");
    assert_eq!(truth["fills"][0]["isMaker"], false);
    assert_eq!(truth["postings"][1]["amount"], "-0.2500005");
    assert_eq!(truth["wallet"], truth["postings"][1]["walletAfter"]);
    assert_eq!(truth["orders"][0]["isConditional"], false);
}

#[test]
fn a_listen_key_can_expire_early() {
    let mut rig = Rig::new();
    rig.trading.expire_listen_key(OWNER);
    assert_eq!(rig.told(), ["listenKeyExpired"]);
    rig.market("BUY", "0.010");
    assert!(rig.told().is_empty());
}
