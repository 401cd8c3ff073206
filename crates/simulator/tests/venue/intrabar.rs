//! What is decided where a candle does not tell the order of events, and what is flagged.

use domain::{OrderKind, PositionMode, PositionSide};
use simulator::IntrabarPolicy;
use simulator::IntrabarPolicy::{Adaptive, Drill, Optimistic, Pessimistic};

use crate::script::{Scenario, check, scenario};
use crate::support::{buy, limit, of, reduce, sell, stop, trade};

const MARKET: OrderKind = OrderKind::Market;

fn under(policy: IntrabarPolicy) -> Scenario {
    scenario().with(|it| it.intrabar = policy)
}

/// Long 1 at 100 with a stop at 95 and a target at 105, since the candle before.
fn bracketed(policy: IntrabarPolicy, candle: [f64; 4]) -> Scenario {
    let [open, high, low, close] = candle;
    under(policy)
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, reduce("1"), stop(95.0)))
        .place(sell(3, reduce("1"), limit(105.0)))
        .linked(2, 3)
        .candle(open, high, low, close)
}

#[track_caller]
fn check_exit(policy: IntrabarPolicy, candle: [f64; 4], expected: &str) {
    let other = if expected.starts_with("1: 2") { "1: 3 cancelled" } else { "1: 2 cancelled" };
    check(&bracketed(policy, candle), &["0: 1 buy 1 @ 100 taker", expected, other]);
}

#[test]
fn stop_and_target_in_one_bar_are_decided_by_the_policy_and_flagged() {
    let both = [100.0, 106.0, 93.0, 100.0];
    check_exit(Pessimistic, both, "1: 2 sell 1 @ 95 taker ?");
    check_exit(Drill, both, "1: 2 sell 1 @ 95 taker ?");
    check_exit(Optimistic, both, "1: 3 sell 1 @ 105 maker ?");
    check_exit(Adaptive, both, "1: 3 sell 1 @ 105 maker ?"); // The high is nearer to the open.
    check_exit(Adaptive, [100.0, 106.0, 94.5, 100.0], "1: 2 sell 1 @ 95 taker ?");
}

#[test]
fn one_of_the_two_in_reach_is_not_a_question() {
    for policy in IntrabarPolicy::ALL {
        check_exit(policy, [100.0, 104.0, 93.0, 100.0], "1: 2 sell 1 @ 95 taker");
        check_exit(policy, [100.0, 106.0, 96.0, 100.0], "1: 3 sell 1 @ 105 maker");
    }
}

#[test]
fn an_open_beyond_one_of_the_two_is_not_a_question() {
    for policy in IntrabarPolicy::ALL {
        check_exit(policy, [94.0, 106.0, 93.0, 100.0], "1: 2 sell 1 @ 94 taker");
        check_exit(policy, [105.5, 106.0, 93.0, 100.0], "1: 3 sell 1 @ 105.5 taker");
    }
}

/// A stop entry at 103 inside the candle; its stop at 98 is placed when it is filled.
fn entry_inside(policy: IntrabarPolicy, candle: [f64; 4]) -> Scenario {
    let [open, high, low, close] = candle;
    under(policy)
        .place(buy(1, trade("1"), stop(103.0)))
        .after_fill(1, sell(2, reduce("1"), stop(98.0)))
        .candle(open, high, low, close)
        .candle(103.0, 103.0, 97.0, 100.0)
}

#[test]
fn stop_on_the_entry_bar_after_an_entry_inside_it() {
    let entry = "0: 1 buy 1 @ 103 taker";
    // The low may have come before the entry.
    let unknown = [100.0, 105.0, 97.0, 104.0];
    check(&entry_inside(Pessimistic, unknown), &[entry, "0: 2 sell 1 @ 98 taker ?"]);
    check(&entry_inside(Optimistic, unknown), &[entry, "1: 2 sell 1 @ 98 taker ?"]);
    // The low is nearer to the open: it came first, so the stop did not stand yet.
    check(&entry_inside(Adaptive, unknown), &[entry, "1: 2 sell 1 @ 98 taker ?"]);
    // The close below the stop demands it, whatever came first.
    for policy in IntrabarPolicy::ALL {
        let demanded = [100.0, 105.0, 97.0, 97.5];
        check(&entry_inside(policy, demanded), &[entry, "0: 2 sell 1 @ 98 taker"]);
    }
    // The open is the low, but nobody knows how far the price came back after the entry.
    let at_the_low = [97.5, 105.0, 97.5, 104.0];
    check(&entry_inside(Pessimistic, at_the_low), &[entry, "0: 2 sell 1 @ 98 taker ?"]);
    check(&entry_inside(Adaptive, at_the_low), &[entry, "1: 2 sell 1 @ 98 taker ?"]);
}

#[test]
fn stop_on_the_entry_bar_after_an_entry_at_the_open_is_certain() {
    for policy in IntrabarPolicy::ALL {
        let given = under(policy)
            .place(buy(1, trade("1"), MARKET))
            .after_fill(1, sell(2, reduce("1"), stop(98.0)))
            .after_fill(1, sell(3, reduce("1"), limit(105.0)))
            .candle(100.0, 104.0, 97.0, 104.0);
        check(&given, &["0: 1 buy 1 @ 100 taker", "0: 2 sell 1 @ 98 taker"]);
    }
}

/// A limit entry at 97 with a target at 103 that is placed when it is filled.
fn limit_entry(policy: IntrabarPolicy, close: f64) -> Scenario {
    under(policy)
        .place(buy(1, trade("1"), limit(97.0)))
        .after_fill(1, sell(2, reduce("1"), limit(103.0)))
        .candle(100.0, 105.0, 96.5, close)
}

#[test]
fn a_target_after_an_entry_inside_is_taken_where_the_close_demands_it() {
    let entry = "0: 1 buy 1 @ 97 maker";
    for policy in IntrabarPolicy::ALL {
        check(&limit_entry(policy, 104.0), &[entry, "0: 2 sell 1 @ 103 maker"]);
    }
    check(&limit_entry(Pessimistic, 103.0), &[entry]);
    check(&limit_entry(Optimistic, 103.0), &[entry, "0: 2 sell 1 @ 103 maker ?"]);
    check(&limit_entry(Adaptive, 102.0), &[entry, "0: 2 sell 1 @ 103 maker ?"]); // Low first.
}

#[test]
fn a_decision_against_an_event_leaves_its_doubt_on_the_exit_that_follows() {
    let given = under(Pessimistic)
        .place(buy(1, trade("1"), limit(97.0)))
        .after_fill(1, sell(2, reduce("1"), limit(103.0)))
        .candle(100.0, 105.0, 96.0, 100.0)
        .candle(100.0, 101.0, 99.0, 100.0)
        .candle(100.0, 106.0, 99.0, 104.0)
        .place(buy(3, trade("1"), MARKET))
        .candle(104.0, 105.0, 103.0, 104.0);
    check(
        &given,
        &["0: 1 buy 1 @ 97 maker", "2: 2 sell 1 @ 103 maker ?", "3: 3 buy 1 @ 104 taker"],
    );
}

#[test]
fn entry_and_stop_in_a_falling_candle_are_certain() {
    for policy in IntrabarPolicy::ALL {
        let given = under(policy)
            .place(buy(1, trade("1"), limit(98.0)))
            .after_fill(1, sell(2, reduce("1"), stop(96.0)))
            .candle(100.0, 101.0, 95.0, 99.0);
        check(&given, &["0: 1 buy 1 @ 98 maker", "0: 2 sell 1 @ 96 taker"]);
    }
}

#[test]
fn a_stop_behind_a_waiting_entry_is_not_hidden_by_it() {
    // Long from a stop entry at 103; a second entry waits at 97, the stop at 96.
    let given = |policy| {
        under(policy)
            .place(buy(1, trade("1"), stop(103.0)))
            .place(buy(2, trade("1"), limit(97.0)))
            .after_fill(1, sell(3, reduce("2"), stop(96.0)))
            .candle(100.0, 105.0, 95.0, 104.0)
    };
    let lines = given(Pessimistic).run().lines;
    assert!(
        lines.iter().any(|line| line.starts_with("0: 3 sell")),
        "the stop is in reach after the entry, and it is a loss: {lines:?}"
    );
}

#[test]
fn events_of_different_positions_do_not_make_each_other_ambiguous() {
    for policy in IntrabarPolicy::ALL {
        let given = under(policy)
            .with(|it| it.position_mode = PositionMode::Hedge)
            .place(of(PositionSide::Long, buy(1, trade("1"), MARKET)))
            .place(of(PositionSide::Short, sell(2, trade("1"), MARKET)))
            .candle(100.0, 101.0, 99.0, 100.0)
            .place(of(PositionSide::Long, sell(3, reduce("1"), stop(95.0))))
            .place(of(PositionSide::Short, buy(4, reduce("1"), stop(105.0))))
            .candle(100.0, 106.0, 94.0, 100.0);
        let mut lines = given.run().lines.split_off(2);
        lines.sort();
        assert_eq!(lines, ["1: 3 sell 1 @ 95 taker", "1: 4 buy 1 @ 105 taker"], "{policy:?}");
    }
}
