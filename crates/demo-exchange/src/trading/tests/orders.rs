//! The life of orders over REST: answers, queries, amendments, cancellations, batches, histories.

use serde_json::{Value, json};

use super::rig::{Rig, decimal};
use crate::Method::{Delete, Get, Post, Put};

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn immediate_answers_carry_no_price_of_the_fill() {
    let mut rig = Rig::new();
    let acknowledged = rig.market("BUY", "0.010");
    assert_eq!(acknowledged["status"], "NEW");
    assert_eq!(acknowledged["executedQty"], "0");
    let result = rig.order("side=BUY&type=MARKET&quantity=0.010&newOrderRespType=RESULT");
    assert_eq!((&result["status"], &result["executedQty"]), (&json!("FILLED"), &json!("0.01")));
    for answer in [&acknowledged, &result] {
        assert!(answer.get("avgPrice").is_none() && answer.get("cumQuote").is_none());
    }
    let queried = rig.queried(&result);
    assert_eq!(queried["avgPrice"], "50000.10000");
    assert_eq!(queried["cumQuote"], "500.001");
    assert!(queried["orderId"].as_u64().unwrap() > 1 << 53, "ids are beyond 2^53");
}

#[test]
fn a_market_order_walks_the_book_and_the_rest_expires() {
    let mut rig = Rig::new();
    rig.ok(Post, "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=100");
    let order = rig.order("side=BUY&type=MARKET&quantity=2.5&newOrderRespType=RESULT");
    assert_eq!(order["status"], "FILLED");
    // 1 at .1, 1 at .2, half at .3: what was taken stays taken within the step.
    let expected = (decimal("50000.1") + decimal("50000.2") + decimal("25000.15")) / decimal("2.5");
    assert_eq!(rig.queried(&order)["avgPrice"], format!("{expected:.5}"));
    rig.market("SELL", "2.5");
    let again = rig.market("BUY", "0.100");
    assert_eq!(rig.queried(&again)["avgPrice"], "50000.30000");
    rig.step("50000");
    let fresh = rig.market("BUY", "0.100");
    assert_eq!(rig.queried(&fresh)["avgPrice"], "50000.10000");
}

#[test]
fn the_take_bound_stops_a_market_order() {
    let mut rig = Rig::new();
    let level =
        |price: &str| crate::trading::Level { price: decimal(price), quantity: decimal("0.1") };
    let asks = [level("50001"), level("52500"), level("52500.1")];
    rig.step_book(&[level("49999")], &asks, ("50000", "50000"), &[]);
    let order = rig.order("side=BUY&type=MARKET&quantity=0.3&newOrderRespType=RESULT");
    assert_eq!(order["status"], "EXPIRED");
    assert_eq!(order["executedQty"], "0.2");
    assert_eq!(rig.events().last().unwrap()["o"]["er"], "9");
}

#[test]
fn immediate_or_cancel_takes_and_expires() {
    let mut rig = Rig::new();
    let ioc = "side=BUY&type=LIMIT&timeInForce=IOC&quantity=1.5&price=50000.1";
    let order = rig.order(&format!("{ioc}&newOrderRespType=RESULT"));
    assert_eq!((&order["status"], &order["executedQty"]), (&json!("EXPIRED"), &json!("1")));
    assert_eq!(rig.events().last().unwrap()["o"]["er"], "2");
}

#[test]
fn prices_can_be_matched() {
    let mut rig = Rig::new();
    let matched = |rig: &mut Rig, word: &str| {
        let order = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&priceMatch=";
        rig.order(&format!("{order}{word}"))["price"].clone()
    };
    assert_eq!(matched(&mut rig, "QUEUE"), "49999.9");
    assert_eq!(matched(&mut rig, "QUEUE_5"), "49999.5");
    assert_eq!(matched(&mut rig, "OPPONENT_5"), "50000.5");
    assert_eq!(
        rig.order_refused("side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&priceMatch=QUEUE_20"),
        -5041
    );
}

#[test]
fn cancelling_twice_is_unknown() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.010", "49000");
    let named = format!("symbol=BTCUSDT&orderId={}", order["orderId"]);
    let cancelled = rig.ok(Delete, "/fapi/v1/order", &named);
    assert_eq!(cancelled["status"], "CANCELED");
    assert!(cancelled.get("avgPrice").is_none());
    assert_eq!(rig.refused(Delete, "/fapi/v1/order", &named), -2011);
    assert_eq!(rig.queried(&order)["status"], "CANCELED");
    assert_eq!(rig.refused(Get, "/fapi/v1/openOrder", &named), -2013);
    let all = rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    assert_eq!(all["code"], 200, "a success with nothing open");
}

#[test]
fn an_amendment_changes_the_order_and_its_place() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.010", "49000");
    let named = format!("symbol=BTCUSDT&side=BUY&orderId={}", order["orderId"]);
    let change = format!("{named}&quantity=0.020&price=49100&modifyId=7");
    let amended = rig.ok(Put, "/fapi/v1/order", &change);
    assert_eq!((&amended["origQty"], &amended["modifyId"]), (&json!("0.02"), &json!(7)));
    let told = rig.events().pop().unwrap();
    assert_eq!((&told["o"]["x"], &told["o"]["M"]), (&json!("AMENDMENT"), &json!(7)));
    assert_eq!(rig.refused(Put, "/fapi/v1/order", &change), -5027);
    let off_tick = format!("{named}&quantity=0.020&price=49100.05");
    assert_eq!(rig.refused(Put, "/fapi/v1/order", &off_tick), -4014);
    assert_eq!(rig.queried(&order)["price"], "49100", "a refused change leaves the order");
    let history = rig.ok(Get, "/fapi/v1/orderAmendment", &named);
    assert_eq!(history[0]["amendment"]["price"], json!({ "before": "49000", "after": "49100" }));
}

#[test]
fn an_amendment_can_end_an_order() {
    let mut rig = Rig::new();
    let post_only = "side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.010&price=49000";
    let order = rig.order(post_only);
    let crossing =
        format!("symbol=BTCUSDT&side=BUY&orderId={}&quantity=0.010&price=50001", order["orderId"]);
    assert_eq!(rig.ok(Put, "/fapi/v1/order", &crossing)["status"], "CANCELED");
    let order = rig.limit("BUY", "1.5", "50000.1");
    let used_up =
        format!("symbol=BTCUSDT&side=BUY&orderId={}&quantity=1&price=50000", order["orderId"]);
    assert_eq!(rig.ok(Put, "/fapi/v1/order", &used_up)["status"], "CANCELED");
}

#[test]
fn each_leg_of_a_batch_has_its_own_fate() {
    let mut rig = Rig::new();
    let leg = |price: &str| {
        json!({ "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
                "quantity": "0.010", "price": price })
    };
    let legs = json!([leg("49000"), leg("49000.05"), "nonsense", leg("48900")]).to_string();
    let batch = format!("batchOrders={}", percent_encoded(&legs));
    let answer = rig.ok(Post, "/fapi/v1/batchOrders", &batch);
    let codes: Vec<Option<i64>> =
        answer.as_array().unwrap().iter().map(|leg| leg["code"].as_i64()).collect();
    assert_eq!(codes, [None, Some(-4014), Some(-1130), None]);
    let six = Value::from(vec![leg("49000"); 6]).to_string();
    let batch = format!("batchOrders={}", percent_encoded(&six));
    assert_eq!(rig.refused(Post, "/fapi/v1/batchOrders", &batch), -4082);
    let ids = json!([answer[0]["orderId"], 5]).to_string();
    let cancel = format!("symbol=BTCUSDT&orderIdList={}", percent_encoded(&ids));
    let cancelled = rig.ok(Delete, "/fapi/v1/batchOrders", &cancel);
    assert_eq!(
        (&cancelled[0]["status"], &cancelled[1]["code"]),
        (&json!("CANCELED"), &json!(-2011))
    );
}

#[test]
fn a_countdown_cancels_orders_and_spares_conditional_ones() {
    let mut rig = Rig::new();
    rig.limit("BUY", "0.010", "49000");
    rig.algo("side=SELL&type=STOP_MARKET&quantity=0.010&triggerPrice=48000");
    let countdown = "symbol=BTCUSDT&countdownTime=";
    let answer = rig.ok(Post, "/fapi/v1/countdownCancelAll", &format!("{countdown}5000"));
    assert_eq!(answer, json!({ "symbol": "BTCUSDT", "countdownTime": "5000" }));
    rig.wait(4_000);
    rig.ok(Post, "/fapi/v1/countdownCancelAll", &format!("{countdown}5000"));
    rig.wait(4_999);
    assert_eq!(open_orders(&mut rig).len(), 1);
    rig.wait(1);
    assert!(open_orders(&mut rig).is_empty());
    let algos = rig.ok(Get, "/fapi/v1/openAlgoOrders", "symbol=BTCUSDT");
    assert_eq!(algos.as_array().unwrap().len(), 1);
}

fn open_orders(rig: &mut Rig) -> Vec<Value> {
    let rows = rig.ok(Get, "/fapi/v1/openOrders", "symbol=BTCUSDT");
    rows.as_array().unwrap().clone()
}

#[test]
fn good_till_date_orders_expire_on_their_date() {
    let mut rig = Rig::new();
    let date = rig.now + 700_000;
    let order = rig.order(&format!(
        "side=BUY&type=LIMIT&timeInForce=GTD&goodTillDate={date}&quantity=0.010&price=49000"
    ));
    rig.wait(600_000);
    assert_eq!(rig.queried(&order)["status"], "NEW");
    rig.wait(100_000);
    assert_eq!(rig.queried(&order)["status"], "EXPIRED");
}

#[test]
fn unfilled_ended_orders_are_forgotten_after_three_days() {
    let mut rig = Rig::new();
    let filled = rig.market("BUY", "0.010");
    let bare = rig.limit("BUY", "0.010", "49000");
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    rig.wait(3 * 86_400_000 + 1);
    let named = format!("symbol=BTCUSDT&orderId={}", bare["orderId"]);
    assert_eq!(rig.refused(Get, "/fapi/v1/order", &named), -2013);
    assert_eq!(rig.queried(&filled)["status"], "FILLED");
}

#[test]
fn histories_list_orders_trades_and_income() {
    let mut rig = Rig::new();
    let order = rig.market("BUY", "0.010");
    rig.wait(1);
    rig.market("SELL", "0.010");
    let orders = rig.ok(Get, "/fapi/v1/allOrders", "symbol=BTCUSDT");
    assert_eq!(orders.as_array().unwrap().len(), 2);
    let trades = rig.ok(Get, "/fapi/v1/userTrades", "symbol=BTCUSDT");
    assert_eq!(trades[0]["orderId"], order["orderId"]);
    assert_eq!(trades[0]["commission"], "0.25000050");
    assert_eq!(trades[1]["realizedPnl"], "-0.00200000");
    let from = format!("symbol=BTCUSDT&fromId={}", trades[1]["id"]);
    assert_eq!(rig.ok(Get, "/fapi/v1/userTrades", &from).as_array().unwrap().len(), 1);
    assert_eq!(rig.refused(Get, "/fapi/v1/userTrades", &format!("{from}&startTime=1")), -1128);
    let income = rig.ok(Get, "/fapi/v1/income", "incomeType=COMMISSION");
    assert_eq!(income.as_array().unwrap().len(), 2);
    assert_eq!(income[0]["income"], "-0.25000050");
}

#[test]
fn weights_and_order_counts_are_told() {
    let mut rig = Rig::new();
    let placed = rig.handled(
        Post,
        "/fapi/v1/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=49000",
    );
    assert_eq!((placed.weight, placed.order_count.ten_seconds), (0, 1));
    let headers = &placed.reply.headers;
    assert!(headers.contains(&("x-mbx-order-count-10s", "1".to_owned())), "{headers:?}");
    assert_eq!(rig.handled(Get, "/fapi/v1/openOrders", "").weight, 40);
    assert_eq!(rig.handled(Get, "/fapi/v1/openOrders", "symbol=BTCUSDT").weight, 1);
    assert_eq!(rig.handled(Post, "/fapi/v1/batchOrders", "").weight, 5);
}

#[test]
fn a_test_order_leaves_nothing_behind() {
    let mut rig = Rig::new();
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.010";
    assert_eq!(rig.ok(Post, "/fapi/v1/order/test", order)["orderId"], 0);
    assert!(rig.trading.truth().orders.is_empty());
    assert!(rig.events().is_empty());
}
