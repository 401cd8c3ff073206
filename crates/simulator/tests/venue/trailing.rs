//! Trailing stops: what they follow, where they start, what a gap does.

use domain::{OrderKind, PriceKind};
use simulator::IntrabarPolicy;
use simulator::IntrabarPolicy::{Adaptive, Optimistic, Pessimistic};

use crate::script::{Scenario, check_as_given, scenario};
use crate::support::{buy, price, rate, reduce, sell, stop, trade, trailing};

/// Long 1 at 100 with a trailing stop that is placed after the first candle.
fn trailed(activation: Option<f64>, policy: IntrabarPolicy) -> Scenario {
    scenario()
        .with(|it| it.intrabar = policy)
        .place(buy(1, trade("1"), OrderKind::Market))
        .candle(100.0, 100.0, 100.0, 100.0)
        .place(sell(2, reduce("1"), trailing(activation, "0.1")))
}

#[track_caller]
fn check(given: &Scenario, expected: &[&str]) {
    let all: Vec<&str> =
        std::iter::once(&"0: 1 buy 1 @ 100 taker").chain(expected).copied().collect();
    check_as_given(given, &all);
}

#[test]
fn it_fires_a_callback_below_the_highest_price() {
    for policy in [Pessimistic, Optimistic, Adaptive] {
        let given = trailed(None, policy)
            .candle(100.0, 110.0, 100.0, 110.0)
            .candle(110.0, 120.0, 110.0, 120.0)
            .candle(120.0, 120.0, 100.0, 100.0);
        check(&given, &["3: 2 sell 1 @ 108 taker"]);
    }
}

#[test]
fn without_a_new_extreme_it_stays_where_it_is() {
    let given = trailed(None, Pessimistic)
        .candle(100.0, 100.0, 95.0, 96.0)
        .candle(96.0, 99.0, 90.01, 92.0)
        .candle(92.0, 93.0, 90.0, 91.0);
    check(&given, &["3: 2 sell 1 @ 90 taker"]);
}

#[test]
fn behind_a_gap_it_fills_at_the_open() {
    let given = trailed(None, Pessimistic).candle(80.0, 100.0, 79.0, 90.0);
    check(&given, &["1: 2 sell 1 @ 80 taker"]);
}

#[test]
fn an_open_beyond_the_best_price_is_followed_before_anything_else() {
    for policy in [Pessimistic, Optimistic, Adaptive] {
        // The open at 120 lifts the trigger to 108, which lies in the candle.
        let given = trailed(None, policy).candle(120.0, 120.0, 105.0, 110.0);
        check(&given, &["1: 2 sell 1 @ 108 taker"]);
    }
}

#[test]
fn the_policies_differ_where_high_and_trigger_are_in_one_candle() {
    // From 100 to 110 and to 89; the trigger moves from 90 to 99 if the high comes first.
    let candle = |policy| trailed(None, policy).candle(100.0, 110.0, 89.0, 92.0);
    check(&candle(Pessimistic), &["1: 2 sell 1 @ 90 taker ?"]);
    check(&candle(Optimistic), &["1: 2 sell 1 @ 99 taker ?"]);
    check(&candle(Adaptive), &["1: 2 sell 1 @ 99 taker ?"]);
    let low_first = trailed(None, Adaptive).candle(100.0, 112.0, 89.0, 92.0);
    check(&low_first, &["1: 2 sell 1 @ 90 taker ?"]);
}

#[test]
fn it_waits_for_its_activation() {
    let given = trailed(Some(110.0), Pessimistic)
        .candle(100.0, 109.0, 85.0, 100.0)
        .candle(105.0, 112.0, 105.0, 112.0)
        .candle(112.0, 112.0, 100.0, 102.0);
    check(&given, &["3: 2 sell 1 @ 100.8 taker"]);
}

#[test]
fn a_gap_over_the_activation_starts_the_following_at_the_open() {
    let given = trailed(Some(110.0), Pessimistic)
        .candle(120.0, 120.0, 109.0, 115.0)
        .candle(115.0, 116.0, 100.0, 102.0);
    check(&given, &["2: 2 sell 1 @ 108 taker"]);
}

#[test]
fn one_that_starts_inside_a_candle_follows_from_the_price_of_that_moment() {
    // The entry at 105 is inside the candle; a tenth below it is 94.5, not a tenth below the open.
    let given = scenario()
        .place(buy(1, trade("1"), stop(105.0)))
        .after_fill(1, sell(2, reduce("1"), trailing(None, "0.1")))
        .candle(100.0, 105.0, 99.0, 105.0)
        .candle(105.0, 105.0, 92.0, 93.0);
    check_as_given(&given, &["0: 1 buy 1 @ 105 taker", "1: 2 sell 1 @ 94.5 taker"]);
}

#[test]
fn a_buy_follows_lows() {
    let given = scenario()
        .place(sell(1, trade("1"), OrderKind::Market))
        .candle(100.0, 100.0, 100.0, 100.0)
        .place(buy(2, reduce("1"), trailing(None, "0.1")))
        .candle(100.0, 100.0, 95.0, 95.0)
        .candle(82.0, 83.0, 80.0, 80.0)
        .candle(80.0, 90.0, 80.0, 90.0);
    check_as_given(&given, &["0: 1 sell 1 @ 100 taker", "3: 2 buy 1 @ 88 taker"]);
}

#[test]
fn on_the_mark_price_it_follows_the_mark_price() {
    let kind = OrderKind::TrailingStop {
        activation: None,
        callback: rate("0.1"),
        watches: PriceKind::Mark,
    };
    let flat = [100.0; 4];
    let given = scenario()
        .place(buy(1, trade("1"), OrderKind::Market))
        .marked(flat, [110.0; 4])
        .place(sell(2, reduce("1"), kind))
        .marked([100.0, 130.0, 100.0, 130.0], [110.0, 120.0, 110.0, 120.0])
        .marked([130.0, 130.0, 104.0, 104.0], [120.0, 120.0, 108.01, 109.0])
        .marked([104.0, 107.0, 103.0, 104.0], [109.0, 109.0, 108.0, 108.5]);
    check(&given, &["3: 2 sell 1 @ 107 taker"]);
    assert_eq!(price(107.0), given.run().fills[1].price, "the last price nearest to the trigger");
}
