//! Positions of two symbols that share one wallet.

use domain::{Decimal, Symbol};
use serde_json::{Value, json};

use super::rig::{OWNER, Rig, decimal, rules};
use crate::Method::{Get, Post};
use crate::trading::{Level, MarketStep};

fn eth() -> Symbol {
    "ETHUSDT".parse().unwrap()
}

fn step_eth(rig: &mut Rig, price: &str) {
    let level = |off: i64| Level {
        price: decimal(price) + Decimal::new(off, 1),
        quantity: Decimal::from(1_000),
    };
    let (symbol, bids, asks) = (eth(), [level(-1)], [level(1)]);
    let step = MarketStep {
        symbol: &symbol,
        bids: &bids,
        asks: &asks,
        trades: &[],
        last_price: decimal(price),
        mark_price: decimal(price),
    };
    let now = rig.time();
    rig.trading.on_market(&step, now);
}

fn rig() -> Rig {
    let mut rig = Rig::new();
    let now = rig.time();
    rig.trading.set_rules(eth(), rules(), now);
    step_eth(&mut rig, "2000");
    rig
}

fn liquidation(rig: &mut Rig, symbol: &str) -> Decimal {
    let rows = rig.ok(Get, "/fapi/v3/positionRisk", &format!("symbol={symbol}"));
    decimal(rows[0]["liquidationPrice"].as_str().unwrap())
}

fn buy_both(rig: &mut Rig) {
    rig.market("BUY", "1.5");
    rig.ok(Post, "/fapi/v1/order", "symbol=ETHUSDT&side=BUY&type=MARKET&quantity=30");
}

#[test]
fn a_loss_elsewhere_brings_liquidation_nearer() {
    let mut rig = rig();
    buy_both(&mut rig);
    let before = liquidation(&mut rig, "BTCUSDT");
    step_eth(&mut rig, "1950");
    assert!(liquidation(&mut rig, "BTCUSDT") > before);
}

#[test]
fn the_account_is_solvent_just_above_its_price_and_liquidated_below() {
    let mut rig = rig();
    buy_both(&mut rig);
    step_eth(&mut rig, "1900");
    let price = liquidation(&mut rig, "BTCUSDT");
    rig.step_with("50000", &(price + decimal("0.01")).to_string(), &[]);
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", "").as_array().unwrap().len(), 2);
    rig.step_with("50000", &(price - decimal("0.01")).to_string(), &[]);
    // The largest goes first; the other one may stay if that is enough.
    assert_eq!(rig.ok(Get, "/fapi/v3/positionRisk", "symbol=BTCUSDT"), json!([]));
    assert_eq!(rig.wallet(), rig.trading.truth().wallet(OWNER));
    assert!(rig.wallet() >= Decimal::ZERO);
}

#[test]
fn an_isolated_neighbour_shares_nothing() {
    let mut rig = rig();
    rig.ok(Post, "/fapi/v1/marginType", "symbol=ETHUSDT&marginType=ISOLATED");
    buy_both(&mut rig);
    let before = liquidation(&mut rig, "BTCUSDT");
    step_eth(&mut rig, "1950");
    assert_eq!(liquidation(&mut rig, "BTCUSDT"), before);
    step_eth(&mut rig, "1500");
    let rows = rig.ok(Get, "/fapi/v3/positionRisk", "");
    let symbols: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["symbol"]).collect();
    assert_eq!(symbols, ["BTCUSDT"], "only the isolated one is liquidated");
}
