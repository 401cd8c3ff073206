//! How quantities come about.

use domain::{Entry, EntryOrder, Sizing, TimeInForce};
use risk::{RiskRules, SizeCap};

use crate::support::{
    Setup, coarse, decimal, fixed, held, long, money, position, price, quantity, rate,
    risk_of_equity,
};

/// Quantity and cap of an entry at 100 with a stop at 98.
fn check(setup: &Setup, sizing: Sizing, expected: &str, cap: SizeCap) {
    let ticket = setup.sized(sizing);
    assert_eq!((ticket.quantity, ticket.sizing.cap), (quantity(expected), cap), "{sizing:?}");
    assert_eq!(ticket.sizing.quantity, ticket.quantity);
}

#[test]
fn each_rule_finds_its_quantity() {
    let setup = Setup::default();
    let volatility = |text| Sizing::Volatility { risk: rate("0.01"), volatility: price(text) };
    check(&setup, fixed("2.5"), "2.5", SizeCap::None);
    check(&setup, Sizing::Notional(money("333")), "3.33", SizeCap::None);
    check(&setup, Sizing::Equity(rate("0.25")), "2.5", SizeCap::None);
    check(&setup, risk_of_equity("0.01"), "5", SizeCap::None);
    check(&setup, volatility("4"), "2.5", SizeCap::None);
    check(&setup, volatility("3"), "3.33333333", SizeCap::None);
}

#[test]
fn leverage_does_not_multiply_what_is_wished_for() {
    let setup = Setup { leverage: decimal("10"), ..Setup::default() };
    check(&setup, risk_of_equity("0.01"), "5", SizeCap::None);
    check(&setup, Sizing::Equity(rate("0.25")), "2.5", SizeCap::None);
}

#[test]
fn a_reserve_of_half_a_percent_and_both_sides_costs_stay_free() {
    let mut setup = Setup::with(RiskRules { commission: rate("0.001"), ..RiskRules::default() });
    check(&setup, risk_of_equity("0.05"), "9.93013972", SizeCap::Margin);
    setup.rules.slippage = rate("0.0005");
    // 1000 * 0.995 / (100 * (1 + 0.002 + 0.0005)).
    check(&setup, risk_of_equity("0.05"), "9.92518703", SizeCap::Margin);
    setup.leverage = decimal("10");
    check(&setup, risk_of_equity("0.05"), "25", SizeCap::None);
}

#[test]
fn quantities_round_down_to_the_step() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    check(&setup, fixed("2.59"), "2.5", SizeCap::None);
    check(&setup, risk_of_equity("0.00519"), "2.5", SizeCap::None);
    check(&setup, Sizing::Notional(money("259.9")), "2.5", SizeCap::None);
}

/// 4.9999999999999999999999999999 / 5 is 1 in 28 decimals.
#[test]
fn a_quotient_that_was_rounded_up_costs_a_step() {
    let setup = Setup { filters: coarse(), equity: money("1"), ..Setup::default() };
    let risk = rate("4.9999999999999999999999999999");
    let sizing = Sizing::Volatility { risk, volatility: price("5") };
    assert_eq!(setup.sized(sizing).sizing.wished, quantity("1"));
    check(&setup, sizing, "0.9", SizeCap::None);
}

#[test]
fn the_account_may_override_the_risk_of_a_strategy() {
    let rules = RiskRules { risk_per_trade: Some(rate("0.002")), ..RiskRules::default() };
    let ticket = Setup::with(rules).sized(risk_of_equity("0.01"));
    assert_eq!(ticket.quantity, quantity("1"));
    assert_eq!(ticket.sizing.rule, risk_of_equity("0.002"));
}

#[test]
fn the_binding_cap_is_named() {
    let mut setup = Setup { filters: coarse(), leverage: decimal("10"), ..Setup::default() };
    setup.exposures = vec![held(1, position(0), "100"), held(2, position(1), "200")];
    check(&setup, risk_of_equity("0.08"), "30", SizeCap::LotMax);
    setup.rules.exposure_account_max = Some(rate("3"));
    check(&setup, risk_of_equity("0.08"), "27", SizeCap::AccountExposure);
    setup.rules.exposure_instrument_max = Some(rate("1.5"));
    check(&setup, risk_of_equity("0.08"), "14", SizeCap::InstrumentExposure);
    setup.available = money("50");
    check(&setup, risk_of_equity("0.08"), "4.9", SizeCap::Margin);
    check(&setup, risk_of_equity("0.008"), "4", SizeCap::None);
}

#[test]
fn brackets_cap_what_may_be_made_smaller() {
    let mut setup = Setup { leverage: decimal("125"), ..Setup::default() };
    (setup.equity, setup.available) = (money("100000"), money("100000"));
    setup.exposures = vec![held(1, position(0), "20000")];
    check(&setup, risk_of_equity("0.05"), "300", SizeCap::Bracket);
}

#[test]
fn a_cap_that_leaves_less_than_a_lot_refuses_with_its_own_numbers() {
    let mut setup = Setup { filters: coarse(), ..Setup::default() };
    setup.exposures = vec![held(1, position(0), "1000")];
    setup.rules.exposure_account_max = Some(rate("1.01"));
    let entry = || Entry::at_market(long(Some("98"), None), risk_of_equity("0.01"));
    let refusal = setup.review(entry()).unwrap_err();
    assert_eq!(refusal.code(), "EXPOSURE_ACCOUNT");
    assert_eq!(
        refusal.to_string(),
        "the account's notional may be at most 1010, was 1020 with this entry"
    );
    setup.exposures.clear();
    setup.available = money("0");
    assert_eq!(setup.review(entry()).unwrap_err().code(), "INSUFFICIENT_MARGIN");
    setup.available = money("-5");
    assert_eq!(setup.review(entry()).unwrap_err().code(), "INSUFFICIENT_MARGIN");
}

#[test]
fn the_trace_holds_the_whole_arithmetic() {
    let setup = Setup { filters: coarse(), available: money("500"), ..Setup::default() };
    let sizing = setup.sized(risk_of_equity("0.0151")).sizing;
    assert_eq!(sizing.equity, money("1000"));
    assert_eq!(sizing.available, money("500"));
    assert_eq!(sizing.price, price("100"));
    assert_eq!(sizing.stop_distance, Some(price("2")));
    assert_eq!(sizing.wished, quantity("7.55"));
    assert_eq!(sizing.cap, SizeCap::Margin);
    assert_eq!(sizing.quantity, quantity("4.9"));
}

#[test]
fn the_distance_runs_from_the_order_s_own_price_to_the_stop_on_its_tick() {
    let setup = Setup { filters: coarse(), ..Setup::default() };
    let order = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let signal = long(Some("97.8"), None);
    let ticket = setup.review(Entry { order, ..Entry::at_market(signal, risk_of_equity("0.01")) });
    let sizing = ticket.unwrap().sizing;
    assert_eq!(sizing.stop_distance, Some(price("2")));
    assert_eq!(sizing.quantity, quantity("5"));
}

#[test]
fn wishes_beyond_any_quantity_are_capped() {
    let sizing =
        Sizing::Volatility { risk: rate("1000"), volatility: price("0.0000000000000000000001") };
    let ticket = Setup::default().sized(sizing);
    assert_eq!(ticket.sizing.wished, domain::Quantity::max_value());
    assert_eq!((ticket.quantity, ticket.sizing.cap), (quantity("9.95"), SizeCap::Margin));
}
