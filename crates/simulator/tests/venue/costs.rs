//! Fees and slippage on every way to a fill.

use domain::{Decimal, Money, OrderKind};
use simulator::{FeeTier, Slippage};

use crate::script::{Outcome, Scenario, scenario};
use crate::support::{
    buy, limit, money, price, rate, reduce, sell, stop, take_profit, trade, trailing,
};

const MARKET: OrderKind = OrderKind::Market;

/// Buys 2 at market at 100 and sells them by the kind of order given.
fn round_trip(kind: OrderKind) -> Scenario {
    scenario()
        .place(buy(1, trade("2"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, reduce("2"), kind))
        .candle(100.0, 106.0, 94.0, 100.0)
}

fn fees(outcome: &Outcome) -> Vec<Money> {
    outcome.fills.iter().map(|fill| fill.commission).collect()
}

#[test]
fn makers_and_takers_pay_the_fees_of_every_tier() {
    for tier in FeeTier::all() {
        let run = |kind| {
            round_trip(kind)
                .with(|it| (it.costs.maker, it.costs.taker) = (tier.maker, tier.taker))
                .run()
        };
        let entry = money("200") * tier.taker;
        assert_eq!(fees(&run(limit(105.0))), [entry, money("210") * tier.maker]);
        assert_eq!(fees(&run(limit(99.0))), [entry, money("200") * tier.taker], "marketable");
        assert_eq!(fees(&run(take_profit(105.0))), [entry, money("210") * tier.taker]);
        assert_eq!(fees(&run(stop(95.0))), [entry, money("190") * tier.taker]);
        assert_eq!(fees(&run(MARKET)), [entry, entry]);
    }
}

#[test]
fn a_maker_rebate_is_a_gain() {
    let outcome = round_trip(limit(105.0)).with(|it| it.costs.maker = rate("-0.0001")).run();
    assert_eq!(outcome.fills[1].commission, money("-0.021"));
    assert_eq!(outcome.venue.account().wallet(), money("10010.021"));
}

#[test]
fn fixed_slippage_moves_market_and_stop_orders_and_no_limit() {
    let sold = |kind| {
        let outcome =
            round_trip(kind).with(|it| it.costs.slippage = Slippage::Fixed(rate("0.001"))).run();
        assert_eq!(outcome.fills[0].price.to_string(), "100.1");
        assert_eq!(outcome.fills[0].slippage, money("0.2"));
        (outcome.fills[1].price.to_string(), outcome.fills[1].slippage)
    };
    assert_eq!(sold(MARKET), ("99.9".to_owned(), money("0.2")));
    assert_eq!(sold(stop(95.0)), ("94.905".to_owned(), money("0.19")));
    assert_eq!(sold(take_profit(105.0)), ("104.895".to_owned(), money("0.21")));
    assert_eq!(sold(trailing(None, "0.05")), ("94.905".to_owned(), money("0.19")));
    assert_eq!(sold(limit(105.0)), ("105".to_owned(), Money::ZERO));
}

#[test]
fn slipped_prices_land_on_the_tick_that_is_worse() {
    let outcome = round_trip(MARKET)
        .with(|it| it.costs.slippage = Slippage::Fixed(rate("0.00033")))
        .with_rules(|rules| rules.tick = Some(price(0.05)))
        .run();
    let prices: Vec<String> = outcome.fills.iter().map(|fill| fill.price.to_string()).collect();
    assert_eq!(prices, ["100.05", "99.95"]);
    assert_eq!(outcome.fills[0].slippage, money("0.1"), "the tick is part of it");
}

#[test]
fn volume_share_grows_with_the_order() {
    let bought = |amount: &str, volume| {
        let slippage = Slippage::VolumeShare { spread: rate("0.0002"), impact: rate("0.01") };
        scenario()
            .with(|it| it.costs.slippage = slippage)
            .place(buy(1, trade(amount), MARKET))
            .candle_of([100.0, 101.0, 99.0, 100.0], None, volume)
            .run()
            .fills[0]
            .price
            .to_string()
    };
    assert_eq!(bought("1", 100.0), "100.02");
    assert_eq!(bought("10", 100.0), "100.11");
    assert_eq!(bought("20", 10.0), "101.01", "not more than the whole volume");
    assert_eq!(bought("1", 0.0), "101.01", "a candle without volume is as thin as can be");
}

#[test]
fn no_market_order_reaches_beyond_the_bound_of_the_venue() {
    let outcome = round_trip(MARKET)
        .with(|it| it.costs.slippage = Slippage::Fixed(rate("0.2")))
        .with_rules(|rules| rules.market_bound = Some(rate("0.05")))
        .run();
    assert_eq!(outcome.fills[0].price.decimal(), Decimal::from(105));
    assert_eq!(outcome.fills[1].price.decimal(), Decimal::from(95));
}

#[test]
fn the_wallet_moves_by_profit_less_fees() {
    let outcome = round_trip(stop(95.0))
        .with(|it| {
            it.costs.taker = rate("0.0005");
            it.costs.slippage = Slippage::Fixed(rate("0.001"));
        })
        .run();
    // 2 x (94.905 - 100.1) and 0.05 % of 200.2 and of 189.81.
    assert_eq!(outcome.venue.account().wallet(), money("9989.414995"));
}

#[test]
fn funding_is_paid_by_longs_when_the_rate_is_positive() {
    let paid = |side: fn(u64, domain::OrderAmount, OrderKind) -> domain::OrderRequest, fraction| {
        let outcome = scenario()
            .place(side(1, trade("2"), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
            .fund(rate(fraction), 110.0)
            .run();
        outcome.venue.account().wallet() - money("10000")
    };
    assert_eq!(paid(buy, "0.0001"), money("-0.022"));
    assert_eq!(paid(sell, "0.0001"), money("0.022"));
    assert_eq!(paid(buy, "-0.0001"), money("0.022"));
}

#[test]
fn nobody_without_a_position_pays_funding() {
    let given = scenario().candle(100.0, 101.0, 99.0, 100.0).fund(rate("0.01"), 100.0);
    assert!(given.run().lines.is_empty());
}
