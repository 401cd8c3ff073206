//! The fault menu as an account meets it, and what the log says about it.

use demo_exchange::Method::{Delete, Get, Post};
use demo_exchange::Way;
use domain::Decimal;
use serde_json::json;

use crate::trader::{ALGO, ORDER, Trader, decimal};

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.010";

#[test]
fn a_lost_reply_was_carried_out_and_its_name_is_taken() {
    for (fault, way) in [("reply-lost", Way::Never), ("reset-after", Way::Reset)] {
        let mut trader = Trader::with_faults(&format!("order:{fault}@x1"));
        let price = trader.best("bidPrice") - Decimal::from(500);
        let order = format!(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&newClientOrderId=mine&price={price}"
        );
        assert_eq!(trader.call(Post, ORDER, &order).way, way);
        assert_eq!(trader.told(), ["ORDER NEW/NEW"]);
        assert_eq!(trader.code(Post, ORDER, &order), -4116);
        assert_eq!(trader.injected(), [format!("order:{fault}@x1")]);
    }
}

#[test]
fn unknown_fates_are_written_down_as_they_fell() {
    let mut trader = Trader::with_faults("order:503-unknown");
    for _ in 0..20 {
        assert_eq!(trader.call(Post, ORDER, BUY).reply.status, 503);
    }
    let faults = trader.venue.exchange.truth().faults();
    let carried_out = faults.filter(|fault| fault.carried_out).count();
    assert!((3..=17).contains(&carried_out), "{carried_out} of 20");
    let orders = trader.truth()["orders"].as_array().map(Vec::len);
    assert_eq!(orders, Some(carried_out), "the log of faults and that of orders agree");
}

#[test]
fn requests_that_never_arrive_change_nothing() {
    for fault in ["lost", "reset", "503", "error=-5028"] {
        let mut trader = Trader::with_faults(&format!("order:{fault}"));
        trader.call(Post, ORDER, BUY);
        assert_eq!(trader.truth()["orders"], json!([]), "{fault}");
    }
}

#[test]
fn exits_get_through_where_entries_are_throttled() {
    let mut trader = Trader::with_faults("order:503-throttled@#2; order:503-throttled@#3");
    trader.market("BUY", "0.010");
    assert_eq!(trader.code(Post, ORDER, BUY), -1008);
    let exit = "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.010&reduceOnly=true";
    trader.ok(Post, ORDER, exit);
    assert_eq!(trader.position(), Decimal::ZERO);
    assert_eq!(trader.injected().len(), 1);
}

#[test]
fn an_accepted_order_can_be_invisible_for_a_while() {
    let mut trader = Trader::with_faults("trade/BTCUSDT:invisible=5000@x1");
    let order = trader.resting_buy(50_000);
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    assert_eq!(trader.code(Get, ORDER, &named), -2013);
    assert_eq!(trader.told(), ["ORDER NEW/NEW"], "the stream knows it");
    trader.venue.pass(5_000);
    assert_eq!(trader.queried(&order)["status"], "NEW");
    assert_eq!(trader.injected().len(), 1);
}

#[test]
fn a_fault_waits_for_an_order_that_is_accepted() {
    let mut trader = Trader::with_faults("trade:pieces=4@x1");
    let much = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=10";
    assert_eq!(trader.code(Post, ORDER, much), -2019);
    assert!(trader.injected().is_empty());
    trader.market("BUY", "0.008");
    trader.market("BUY", "0.008");
    assert_eq!(trader.truth()["fills"].as_array().map(Vec::len), Some(5));
    assert_eq!(trader.injected(), ["trade:pieces=4@x1"]);
}

#[test]
fn an_order_can_fill_before_its_cancellation_and_before_its_acceptance() {
    let mut trader = Trader::with_faults("trade:fill-before-cancel; trade:fill-before-accept@#2");
    let order = trader.resting_buy(50_000);
    trader.told();
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    assert_eq!(trader.code(Delete, ORDER, &named), -2011);
    assert_eq!(trader.told(), ["TRADE_LITE", "ACCOUNT ORDER", "ORDER TRADE/FILLED"]);
    trader.market("BUY", "0.002");
    assert_eq!(
        trader.told(),
        ["TRADE_LITE", "ACCOUNT ORDER", "ORDER TRADE/FILLED", "ORDER NEW/NEW"]
    );
}

#[test]
fn a_stop_can_be_stuck_or_rejected_when_it_triggers() {
    for (fault, ends) in [("algo-stuck", "ALGO TRIGGERING"), ("algo-rejected", "ALGO REJECTED")] {
        let mut trader = Trader::with_faults(&format!("trade:{fault}"));
        trader.market("BUY", "0.010");
        let trigger = trader.best("bidPrice") - Decimal::ONE;
        let stop =
            "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&closePosition=true";
        trader.ok(Post, ALGO, &format!("{stop}&triggerPrice={trigger}"));
        trader.venue.pass(1_800_000);
        assert_eq!(trader.told().last().map(String::as_str), Some(ends));
        assert_eq!(trader.position(), Decimal::new(10, 3), "unprotected");
        assert_eq!(trader.injected().len(), 1);
    }
}

#[test]
fn others_act_at_full_seconds() {
    let plan = "trade/BTCUSDT:manual-buy=20@#2; trade/BTCUSDT:deleverage=5@#3; trade/BTCUSDT:leverage=7@#4; \
                trade:deposit=50@#5; trade:listen-key-expired@#6";
    let mut trader = Trader::with_faults(plan);
    trader.venue.pass(1_000);
    assert!(trader.told().is_empty());
    trader.venue.pass(1_000);
    let events = trader.events();
    let id = events.last().unwrap()["o"]["c"].as_str().unwrap();
    assert!(id.starts_with("web_"), "{id}");
    trader.venue.pass(1_000);
    assert_eq!(trader.position(), Decimal::new(15, 3));
    trader.told();
    trader.venue.pass(3_000);
    assert_eq!(trader.told(), ["ACCOUNT_CONFIG_UPDATE", "ACCOUNT DEPOSIT", "listenKeyExpired"]);
    assert_eq!(trader.injected().len(), 5);
}

#[test]
fn acts_can_be_planned_for_a_time_and_while_the_venue_runs() {
    let mut trader = Trader::new();
    trader.venue.pass(10_000);
    let plan = "trade:deposit=5@2024-07-02T10:00:30Z..2024-07-02T10:00:31Z";
    trader.venue.exchange.set_faults(plan.parse().unwrap());
    trader.venue.pass(60_000);
    let events = trader.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["E"], json!(crate::support::at("2024-07-02T10:00:30Z").millis()));
}

#[test]
fn events_are_dropped_doubled_and_silenced() {
    let count = |plan: &str| {
        let mut trader = Trader::with_faults(plan);
        trader.market("BUY", "0.002");
        (trader.told().len(), trader.injected().len())
    };
    assert_eq!(count(""), (4, 0));
    assert_eq!(count("user.ACCOUNT_UPDATE:drop"), (3, 1));
    assert_eq!(count("user.ORDER_TRADE_UPDATE:duplicate"), (6, 2));
    assert_eq!(count("user:silent"), (0, 4));
    assert_eq!(count("user.TRADE_LITE/BTCUSDT:drop"), (3, 1));
    assert_eq!(count("user/ETHUSDT:drop"), (4, 0));
}

#[test]
fn a_clock_that_is_off_refuses_signed_calls() {
    let mut trader = Trader::with_faults("clock:offset=6000");
    assert_eq!(trader.code(Post, ORDER, BUY), -1021);
    let mut trader = Trader::with_faults("clock:offset=-1500");
    assert_eq!(trader.code(Post, ORDER, BUY), -1021);
    let mut trader = Trader::with_faults("clock:offset=3000");
    assert_eq!(decimal(&trader.ok(Post, ORDER, BUY)["origQty"]), Decimal::new(10, 3));
}

#[test]
fn too_much_weight_refuses_private_calls_too() {
    let mut trader = Trader::new();
    let statuses: Vec<u16> =
        (0..90).map(|_| trader.call(Get, "/fapi/v1/income", "").reply.status).collect();
    assert_eq!(statuses[78], 200);
    assert!(statuses.contains(&429) && statuses[89] == 418, "{statuses:?}");
}
