//! Stops and take-profits: where they start, what a gap does, what becomes of their limit.

use domain::{OrderKind, PriceKind, Side, TimeInForce};

use crate::script::{Scenario, check, scenario};
use crate::support::{
    buy, limit, order, price, reduce, sell, stop, stop_limit, take_profit, trade,
};

const MARKET: OrderKind = OrderKind::Market;

/// Long 1 at 100, an exit placed before the first candle, and two candles.
fn exit(kind: OrderKind, candle: [f64; 4]) -> Scenario {
    let [open, high, low, close] = candle;
    scenario()
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, reduce("1"), kind))
        .candle(open, high, low, close)
}

#[track_caller]
fn check_exit(kind: OrderKind, candle: [f64; 4], expected: &[&str]) {
    let all: Vec<&str> =
        std::iter::once(&"0: 1 buy 1 @ 100 taker").chain(expected).copied().collect();
    check(&exit(kind, candle), &all);
}

#[test]
fn a_stop_fills_at_its_trigger() {
    check_exit(stop(95.0), [100.0, 101.0, 94.0, 97.0], &["1: 2 sell 1 @ 95 taker"]);
    check_exit(stop(95.0), [100.0, 101.0, 95.0, 97.0], &["1: 2 sell 1 @ 95 taker"]);
    check_exit(stop(95.0), [100.0, 101.0, 95.01, 97.0], &[]);
}

#[test]
fn gap_over_the_stop_fills_at_the_open() {
    check_exit(stop(95.0), [90.0, 101.0, 89.0, 97.0], &["1: 2 sell 1 @ 90 taker"]);
}

#[test]
fn a_stop_entry_fills_at_its_trigger_or_at_the_open_behind_a_gap() {
    let given = |open: f64| {
        scenario()
            .candle(100.0, 100.0, 100.0, 100.0)
            .place(buy(1, trade("1"), stop(103.0)))
            .candle(open, 108.0, 99.0, 104.0)
    };
    check(&given(100.0), &["1: 1 buy 1 @ 103 taker"]);
    check(&given(103.0), &["1: 1 buy 1 @ 103 taker"]);
    check(&given(106.0), &["1: 1 buy 1 @ 106 taker"]);
}

#[test]
fn a_take_profit_fills_at_its_trigger_or_at_a_better_open() {
    check_exit(take_profit(105.0), [100.0, 105.0, 99.0, 100.0], &["1: 2 sell 1 @ 105 taker"]);
    check_exit(take_profit(105.0), [108.0, 109.0, 99.0, 100.0], &["1: 2 sell 1 @ 108 taker"]);
    check_exit(take_profit(105.0), [100.0, 104.99, 99.0, 100.0], &[]);
}

#[test]
fn a_take_profit_limit_rests_when_its_limit_is_beyond_the_trigger() {
    let kind = |limit: f64| OrderKind::TakeProfitLimit {
        trigger: price(105.0),
        price: price(limit),
        watches: PriceKind::Last,
        time_in_force: TimeInForce::GoodTilCancelled,
    };
    check_exit(kind(104.0), [100.0, 106.0, 99.0, 100.0], &["1: 2 sell 1 @ 105 taker"]);
    check_exit(kind(107.0), [100.0, 108.0, 99.0, 100.0], &["1: 2 sell 1 @ 107 maker"]);
    check_exit(kind(107.0), [100.0, 106.0, 99.0, 100.0], &[]);
}

#[test]
fn a_stop_limit_with_a_worse_limit_takes_at_its_trigger() {
    check_exit(stop_limit(95.0, 94.0), [100.0, 101.0, 93.0, 97.0], &["1: 2 sell 1 @ 95 taker"]);
}

#[test]
fn a_stop_limit_behind_a_gap_takes_the_open_if_its_limit_allows() {
    check_exit(stop_limit(95.0, 90.0), [92.0, 93.0, 91.0, 92.0], &["1: 2 sell 1 @ 92 taker"]);
}

#[test]
fn a_gap_over_trigger_and_limit_leaves_the_limit_waiting() {
    let kind = stop_limit(95.0, 94.0);
    check_exit(kind, [90.0, 93.0, 89.0, 92.0], &[]);
    let comes_back = exit(kind, [90.0, 93.0, 89.0, 92.0]).candle(92.0, 96.0, 91.0, 95.0);
    check(&comes_back, &["0: 1 buy 1 @ 100 taker", "2: 2 sell 1 @ 94 maker"]);
}

#[test]
fn a_stop_limit_with_a_better_limit_waits_for_it() {
    // Triggered on the way down at 95, its limit at 96 is met on the way to the close.
    check_exit(stop_limit(95.0, 96.0), [100.0, 101.0, 94.0, 97.0], &["1: 2 sell 1 @ 96 maker"]);
    check_exit(stop_limit(95.0, 96.0), [100.0, 101.0, 94.0, 94.0], &[]);
}

#[test]
fn a_stop_limit_entry_is_mirrored_in_the_same_way() {
    let given = |open: f64, limit: f64, close: f64| {
        scenario()
            .candle(100.0, 100.0, 100.0, 100.0)
            .place(buy(1, trade("1"), stop_limit(103.0, limit)))
            .candle(open, 110.0, 99.0, close)
    };
    check(&given(100.0, 104.0, 104.0), &["1: 1 buy 1 @ 103 taker"]);
    check(&given(106.0, 107.0, 108.0), &["1: 1 buy 1 @ 106 taker"]);
    check(&given(106.0, 104.0, 108.0), &["1: 1 buy 1 @ 104 maker"]);
}

#[test]
fn an_impatient_stop_limit_expires_when_the_market_has_gone() {
    let kind = OrderKind::StopLimit {
        trigger: price(95.0),
        price: price(94.0),
        watches: PriceKind::Last,
        time_in_force: TimeInForce::ImmediateOrCancel,
    };
    check_exit(kind, [90.0, 99.0, 89.0, 98.0], &["1: 2 expired TimeInForce"]);
}

#[test]
fn a_stop_that_is_placed_inside_a_candle_beyond_the_price_is_refused() {
    let given = scenario()
        .place(buy(1, trade("1"), MARKET))
        .after_fill(1, sell(2, reduce("1"), stop(101.0)))
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["0: 1 buy 1 @ 100 taker", "0: 2 rejected WouldTriggerImmediately"]);
}

#[test]
fn a_target_that_is_placed_inside_a_candle_within_the_price_is_taken_at_the_price() {
    let given = scenario()
        .place(buy(1, trade("1"), MARKET))
        .after_fill(1, sell(2, reduce("1"), limit(98.0)))
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["0: 1 buy 1 @ 100 taker", "0: 2 sell 1 @ 100 taker"]);
}

#[test]
fn every_conditional_kind_is_symmetric() {
    let kinds = [stop(103.0), stop_limit(103.0, 104.0), stop_limit(103.0, 102.0)];
    for kind in kinds {
        for candle in [[100.0, 105.0, 95.0, 101.0], [106.0, 107.0, 101.0, 102.0]] {
            let [open, high, low, close] = candle;
            let given = scenario()
                .candle(100.0, 100.0, 100.0, 100.0)
                .place(order(1, Side::Buy, trade("1"), kind))
                .candle(open, high, low, close)
                .candle(101.0, 102.0, 99.0, 100.0);
            let lines = given.run().lines;
            let expected: Vec<&str> = lines.iter().map(String::as_str).collect();
            assert!(!expected.is_empty());
            check(&given, &expected);
        }
    }
}
