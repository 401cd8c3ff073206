//! Orders that watch the mark price while trading at the last price.

use domain::{OrderAmount, OrderKind, PriceKind};
use simulator::IntrabarPolicy;

use crate::script::{Scenario, check, scenario};
use crate::support::{buy, limit, price, reduce, sell, trade};

fn mark_stop(trigger: f64) -> OrderKind {
    OrderKind::StopMarket { trigger: price(trigger), watches: PriceKind::Mark }
}

/// Long 1 at 100 with a stop at 95 on the mark price.
fn guarded(policy: IntrabarPolicy, last: [f64; 4], mark: [f64; 4]) -> Scenario {
    scenario()
        .with(|it| it.intrabar = policy)
        .place(buy(1, trade("1"), OrderKind::Market))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, reduce("1"), mark_stop(95.0)))
        .marked(last, mark)
}

#[track_caller]
fn check_exit(last: [f64; 4], mark: [f64; 4], expected: &[&str]) {
    let all: Vec<&str> =
        std::iter::once(&"0: 1 buy 1 @ 100 taker").chain(expected).copied().collect();
    for policy in IntrabarPolicy::ALL {
        check(&guarded(policy, last, mark), &all);
    }
}

#[test]
fn the_last_price_alone_does_not_fire_it() {
    check_exit([100.0, 101.0, 90.0, 99.0], [100.0, 101.0, 95.5, 99.0], &[]);
}

#[test]
fn it_fires_with_the_mark_price_and_fills_at_the_trigger() {
    check_exit([100.0, 101.0, 94.0, 99.0], [100.0, 101.0, 95.0, 99.0], &["1: 2 sell 1 @ 95 taker"]);
}

#[test]
fn where_the_last_price_was_elsewhere_it_fills_at_the_nearest_last_price() {
    check_exit([100.0, 101.0, 97.0, 99.0], [100.0, 101.0, 95.0, 99.0], &["1: 2 sell 1 @ 97 taker"]);
    check_exit([94.0, 94.5, 93.0, 94.0], [100.0, 101.0, 95.0, 99.0], &["1: 2 sell 1 @ 94.5 taker"]);
}

#[test]
fn a_last_price_that_only_rises_does_not_make_the_mark_price_uncertain() {
    // The open is the low of the last price; the mark price falls to 95 all the same.
    check_exit([96.0, 101.0, 96.0, 100.0], [97.0, 101.0, 95.0, 99.0], &["1: 2 sell 1 @ 96 taker"]);
}

#[test]
fn a_gap_of_the_mark_price_fills_at_the_last_open() {
    check_exit([97.0, 99.0, 96.0, 98.0], [94.0, 96.0, 93.0, 95.5], &["1: 2 sell 1 @ 97 taker"]);
}

#[test]
fn without_mark_candles_the_last_price_stands_in() {
    let given = scenario()
        .place(buy(1, trade("1"), OrderKind::Market))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, OrderAmount::ClosePosition, mark_stop(95.0)))
        .candle(100.0, 101.0, 94.0, 99.0);
    check(&given, &["0: 1 buy 1 @ 100 taker", "1: 2 sell 1 @ 95 taker"]);
}

#[test]
fn a_mark_stop_and_a_last_target_compete_by_policy() {
    let given = |policy| {
        guarded(policy, [100.0, 101.0, 99.0, 100.0], [100.0; 4])
            .place(sell(3, reduce("1"), limit(105.0)))
            .linked(2, 3)
            .marked([100.0, 106.0, 97.0, 100.0], [100.0, 104.0, 94.0, 100.0])
    };
    let entry = "0: 1 buy 1 @ 100 taker";
    check(
        &given(IntrabarPolicy::Pessimistic),
        &[entry, "2: 2 sell 1 @ 97 taker ?", "2: 3 cancelled"],
    );
    check(
        &given(IntrabarPolicy::Optimistic),
        &[entry, "2: 3 sell 1 @ 105 maker ?", "2: 2 cancelled"],
    );
}
