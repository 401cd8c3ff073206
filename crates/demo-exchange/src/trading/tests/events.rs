//! The user stream: which events, in which order, with what in them.

use serde_json::json;

use super::rig::{OWNER, Rig, btc, decimal, rules};
use crate::Method::{Delete, Post};
use crate::trading::{ForeignAct, SymbolRules, SymbolStatus};

#[test]
fn one_fill_is_told_in_the_order_seen_live() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.002");
    let events = rig.events();
    let told: Vec<String> = events.iter().map(super::rig::short).collect();
    assert_eq!(told, ["TRADE_LITE", "ORDER NEW/NEW", "ACCOUNT ORDER", "ORDER TRADE/FILLED"]);
    for event in &events {
        assert_eq!((&event["E"], &event["T"]), (&events[0]["E"], &events[0]["E"]));
    }
    let lite = &events[0];
    assert_eq!(
        (&lite["p"], &lite["L"], &lite["l"]),
        (&json!("0"), &json!("50000.1"), &json!("0.002"))
    );
    let trade = &events[3]["o"];
    assert_eq!((&trade["n"], &trade["N"]), (&json!("0.05000010"), &json!("USDT")));
    assert_eq!((&trade["t"], &trade["rp"]), (&lite["t"], &json!("0")));
    assert!(events[1]["o"].get("N").is_none(), "no commission without a trade");
}

/// The round trip recorded live in 2024-11, with the recorded balance.
#[test]
fn the_recorded_round_trip_comes_out_to_the_last_digit() {
    let mut rig = Rig::new();
    let now = rig.time();
    let before_open = decimal("642.76097079") + decimal("0.09173990");
    let act = ForeignAct::Deposit { amount: before_open - decimal("10000") };
    rig.trading.act_elsewhere(OWNER, act, now).unwrap();
    rig.step("91739.8");
    rig.market("BUY", "0.002");
    rig.step("90853.3");
    rig.events();
    rig.order("side=SELL&type=MARKET&quantity=0.002&reduceOnly=true");
    let events = rig.events();
    let account = &events[2]["a"];
    assert_eq!(
        account["B"][0],
        json!({ "a": "USDT", "wb": "640.89671759", "cw": "640.89671759", "bc": "0" })
    );
    let position = &account["P"][0];
    assert_eq!(
        (&position["pa"], &position["cr"], &position["bep"]),
        (&json!("0"), &json!("-1.7734"), &json!("0"))
    );
    let trade = &events[3]["o"];
    assert_eq!((&trade["rp"], &trade["n"]), (&json!("-1.7734"), &json!("0.09085320")));
}

#[test]
fn several_fills_are_several_account_updates() {
    let mut rig = Rig::new();
    rig.market("BUY", "1.5");
    assert_eq!(
        rig.told(),
        [
            "TRADE_LITE",
            "ORDER NEW/NEW",
            "ACCOUNT ORDER",
            "ORDER TRADE/PARTIALLY_FILLED",
            "TRADE_LITE",
            "ACCOUNT ORDER",
            "ORDER TRADE/FILLED",
        ]
    );
}

#[test]
fn a_resting_order_is_told_without_an_account_update() {
    let mut rig = Rig::new();
    let order = rig.limit("BUY", "0.010", "49000");
    let events = rig.events();
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["o"]["b"], &events[0]["o"]["a"]), (&json!("490"), &json!("0")));
    assert_eq!(events[0]["o"]["i"], order["orderId"]);
    rig.ok(Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    assert_eq!(rig.told(), ["ORDER CANCELED/CANCELED"]);
    rig.step("50000");
    assert!(rig.told().is_empty());
}

#[test]
fn funding_names_only_the_balance_in_cross_margin() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.200");
    rig.events();
    let before = rig.wallet();
    let now = rig.time();
    rig.trading.settle_funding(&btc(), decimal("0.0001"), decimal("50000"), now);
    let events = rig.events();
    let update = &events[0]["a"];
    assert_eq!((&update["m"], &update["S"]), (&json!("FUNDING_FEE"), &json!("BTCUSDT")));
    assert_eq!(update["B"][0]["bc"], "-1");
    assert!(update["P"].as_array().unwrap().is_empty());
    assert_eq!(rig.wallet(), before - decimal("1"));
}

#[test]
fn funding_names_the_position_in_isolated_margin() {
    let mut rig = Rig::new();
    rig.ok(Post, "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
    rig.market("SELL", "0.200");
    rig.events();
    let now = rig.time();
    rig.trading.settle_funding(&btc(), decimal("0.0001"), decimal("50000"), now);
    let events = rig.events();
    let update = &events[0]["a"];
    assert_eq!(update["B"][0]["bc"], "1");
    assert_eq!(
        (&update["P"][0]["s"], &update["P"][0]["mt"]),
        (&json!("BTCUSDT"), &json!("isolated"))
    );
}

#[test]
fn settings_are_told() {
    let mut rig = Rig::new();
    rig.ok(Post, "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=25");
    let event = rig.events().pop().unwrap();
    assert_eq!(
        (&event["e"], &event["ac"]),
        (&json!("ACCOUNT_CONFIG_UPDATE"), &json!({ "s": "BTCUSDT", "l": 25 }))
    );
    rig.ok(Post, "/fapi/v1/multiAssetsMargin", "multiAssetsMargin=true");
    assert_eq!(rig.events().pop().unwrap()["ai"], json!({ "j": true }));
}

#[test]
fn a_delisted_symbol_settles_its_positions() {
    let mut rig = Rig::new();
    rig.market("BUY", "0.100");
    let order = rig.limit("BUY", "0.010", "49000");
    rig.algo("side=SELL&type=STOP_MARKET&triggerPrice=48000&closePosition=true");
    rig.events();
    let now = rig.time();
    let closed = SymbolRules { status: SymbolStatus::Closed, ..rules() };
    rig.trading.set_rules(btc(), closed, now);
    let events = rig.events();
    assert_eq!((&events[0]["o"]["i"], &events[0]["o"]["er"]), (&order["orderId"], &json!("7")));
    assert_eq!(events[1]["o"]["X"], "EXPIRED");
    let settled = events.last().unwrap();
    assert!(settled["o"]["c"].as_str().unwrap().starts_with("settlement_autoclose-"));
    assert_eq!(settled["o"]["X"], "FILLED");
}
