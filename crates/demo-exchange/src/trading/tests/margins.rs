//! Margin of accounts: figures of positions, available balance, isolated wallets, margin calls, liquidation.

use domain::Decimal;
use serde_json::{Value, json};

use super::rig::{OWNER, Rig, btc, decimal};
use crate::Method::{Get, Post};

fn amount(value: &Value) -> Decimal {
    decimal(value.as_str().unwrap())
}

fn isolate(rig: &mut Rig) {
    rig.ok(Post, "/fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
}

#[test]
fn a_position_states_its_figures() {
    let mut rig = Rig::new();
    rig.market("BUY", "1");
    rig.step_with("51000", "51000", &[]);
    let row = rig.position();
    assert_eq!((&row["positionAmt"], &row["entryPrice"]), (&json!("1"), &json!("50000.1")));
    assert_eq!(row["unRealizedProfit"], "999.90000000");
    assert_eq!(
        (&row["notional"], &row["positionInitialMargin"]),
        (&json!("51000"), &json!("2550"))
    );
    assert_eq!(row["maintMargin"], "205", "51000 · 0.5 % - 50");
    assert_eq!(amount(&row["breakEvenPrice"]), decimal("50025.10005"));
    let account = rig.ok(Get, "/fapi/v3/account", "");
    assert_eq!(account["totalUnrealizedProfit"], "999.90000000");
    let wallet = decimal("10000") - decimal("25.00005");
    assert_eq!(amount(&account["totalWalletBalance"]), wallet);
    let available = wallet + decimal("999.9") - decimal("2550");
    assert_eq!(amount(&account["availableBalance"]), available);
    assert_eq!(account["positions"].as_array().unwrap().len(), 1);
}

#[test]
fn open_orders_take_margin_and_give_it_back() {
    let mut rig = Rig::new();
    let available =
        |rig: &mut Rig| amount(&rig.ok(Get, "/fapi/v3/balance", "")[0]["availableBalance"]);
    rig.limit("BUY", "1", "49000");
    assert_eq!(available(&mut rig), decimal("10000") - decimal("2450"));
    // The other side costs nothing more: only one of the two can grow.
    rig.limit("SELL", "0.9", "51000");
    assert_eq!(available(&mut rig), decimal("10000") - decimal("2450"));
    rig.ok(crate::Method::Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    assert_eq!(available(&mut rig), decimal("10000"));
}

#[test]
fn the_open_loss_is_part_of_the_cost() {
    let mut rig = Rig::new();
    // 20x: margin alone allows just this much.
    let just = "3.9";
    rig.step_with("50000", "50000", &[]);
    rig.limit("BUY", just, "50000");
    rig.ok(crate::Method::Delete, "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    rig.step_with("50000", "49500", &[]);
    let order = format!("side=BUY&type=LIMIT&timeInForce=GTC&quantity={just}&price=50000");
    assert_eq!(rig.order_refused(&order), -2019);
}

#[test]
fn an_isolated_position_has_a_wallet_of_its_own() {
    let mut rig = Rig::new();
    isolate(&mut rig);
    rig.market("BUY", "0.100");
    let row = rig.position();
    let fee = decimal("2.500005");
    let set_aside = decimal("250.0005") - fee;
    assert_eq!(amount(&row["isolatedWallet"]), set_aside);
    rig.market("SELL", "0.050");
    assert_eq!(
        amount(&rig.position()["isolatedWallet"]),
        (set_aside / decimal("2")).trunc_with_scale(8)
    );
    rig.market("SELL", "0.050");
    let account = rig.ok(Get, "/fapi/v3/account", "");
    assert_eq!(account["totalWalletBalance"], account["totalCrossWalletBalance"]);
}

#[test]
fn isolated_margin_can_be_moved() {
    let mut rig = Rig::new();
    let move_by = |kind: &str, amount: &str| format!("symbol=BTCUSDT&type={kind}&amount={amount}");
    let path = "/fapi/v1/positionMargin";
    assert_eq!(rig.refused(Post, path, &move_by("1", "10")), -4049);
    isolate(&mut rig);
    assert_eq!(rig.refused(Post, path, &move_by("1", "10")), -4054);
    rig.market("BUY", "0.100");
    let before = amount(&rig.position()["isolatedWallet"]);
    rig.events();
    rig.ok(Post, path, &move_by("1", "100"));
    assert_eq!(rig.events()[0]["a"]["m"], "MARGIN_TRANSFER");
    assert_eq!(amount(&rig.position()["isolatedWallet"]), before + decimal("100"));
    assert_eq!(rig.refused(Post, path, &move_by("1", "100000")), -4050);
    assert_eq!(rig.refused(Post, path, &move_by("2", "200")), -4051);
    assert_eq!(rig.refused(Post, path, &move_by("1", "-1")), -4055);
    rig.ok(Post, path, &move_by("2", "90"));
    assert_eq!(amount(&rig.position()["isolatedWallet"]), before + decimal("10"));
    assert_eq!(rig.wallet(), rig.trading.truth().wallet(OWNER));
}

#[test]
fn an_isolated_position_is_liquidated_where_it_says() {
    let mut rig = Rig::new();
    isolate(&mut rig);
    rig.market("BUY", "0.100");
    let price = amount(&rig.position()["liquidationPrice"]);
    rig.events();
    let above = (price + decimal("0.01")).to_string();
    rig.step_with("50000", &above, &[]);
    assert!(rig.told().is_empty(), "not before");
    let below = (price - decimal("0.01")).to_string();
    rig.step_with("50000", &below, &[]);
    let events = rig.events();
    let told: Vec<String> = events.iter().map(super::rig::short).collect();
    assert_eq!(
        told,
        ["ORDER NEW/NEW", "ACCOUNT ORDER", "ORDER CALCULATED/FILLED", "ACCOUNT INSURANCE_CLEAR"]
    );
    let order = &events[2]["o"];
    assert!(order["c"].as_str().unwrap().starts_with("autoclose-"));
    assert_eq!((&order["o"], &order["n"]), (&json!("LIQUIDATION"), &json!("0.00000000")));
    // No more is lost than was set aside, and the fee takes what was left of it.
    let lost = decimal("10000") - rig.wallet();
    assert_eq!(lost, decimal("250.0005"));
    assert_eq!(rig.wallet(), rig.trading.truth().wallet(OWNER));
    let forced = rig.ok(Get, "/fapi/v1/forceOrders", "symbol=BTCUSDT&autoCloseType=LIQUIDATION");
    assert_eq!(forced.as_array().unwrap().len(), 1);
}

#[test]
fn the_insurance_fund_pays_what_a_gap_takes() {
    let mut rig = Rig::new();
    isolate(&mut rig);
    rig.market("BUY", "0.100");
    rig.step_with("40000", "40000", &[]);
    assert_eq!(decimal("10000") - rig.wallet(), decimal("250.0005"));
    let income = rig.ok(Get, "/fapi/v1/income", "incomeType=INSURANCE_CLEAR");
    assert!(amount(&income[0]["income"]) > Decimal::ZERO);
    assert_eq!(rig.wallet(), rig.trading.truth().wallet(OWNER));
}

#[test]
fn a_cross_account_is_warned_once_and_liquidated_at_its_price() {
    let mut rig = Rig::new();
    rig.limit("BUY", "0.010", "48000");
    rig.market("BUY", "3");
    let price = amount(&rig.position()["liquidationPrice"]);
    rig.events();
    let near = (price + decimal("50")).to_string();
    rig.step_with("50000", &near, &[]);
    rig.step_with("50000", &near, &[]);
    assert_eq!(rig.told(), ["MARGIN_CALL"]);
    let below = (price - decimal("0.01")).to_string();
    rig.step_with("50000", &below, &[]);
    let told = rig.told();
    assert_eq!(told[0], "ORDER EXPIRED/EXPIRED", "open orders go first");
    assert!(told.contains(&"ORDER CALCULATED/FILLED".to_owned()), "{told:?}");
    assert!(rig.wallet() >= Decimal::ZERO);
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", ""), json!([]));
}

#[test]
fn both_sides_of_a_hedge_state_one_price() {
    let mut rig = Rig::new();
    rig.ok(Post, "/fapi/v1/positionSide/dual", "dualSidePosition=true");
    rig.order("side=BUY&positionSide=LONG&type=MARKET&quantity=2");
    rig.order("side=SELL&positionSide=SHORT&type=MARKET&quantity=0.5");
    let rows = rig.ok(Get, "/fapi/v3/positionRisk", "symbol=BTCUSDT");
    assert_eq!(
        (&rows[0]["positionSide"], &rows[1]["positionSide"]),
        (&json!("LONG"), &json!("SHORT"))
    );
    assert_eq!(rows[0]["liquidationPrice"], rows[1]["liquidationPrice"]);
    assert_eq!(rows[1]["positionAmt"], "-0.5");
}

#[test]
fn funding_of_an_isolated_position_moves_its_liquidation() {
    let mut rig = Rig::new();
    isolate(&mut rig);
    rig.market("BUY", "0.100");
    let before = amount(&rig.position()["liquidationPrice"]);
    let now = rig.time();
    rig.trading.settle_funding(&btc(), decimal("0.001"), decimal("50000"), now);
    assert!(amount(&rig.position()["liquidationPrice"]) > before);
}
