//! The drill: finer candles tell the order of events where the longer one does not.

use std::sync::Arc;

use domain::{EntryOrder, ExitReason, TimeInForce};
use margin::{Leverage, MarginMode};
use simulator::{FillTime, IntrabarPolicy, Latency};

use crate::scripts::{Stage, check, exit, fives, long, short, stage_on, whole};
use crate::support::{decimal, minutes};

const FLAT: [i64; 4] = [100, 100, 100, 100];

/// One candle of five finer ones.
fn joined(finer: &[[i64; 4]]) -> [i64; 4] {
    [
        finer[0][0],
        finer.iter().map(|candle| candle[1]).max().unwrap(),
        finer.iter().map(|candle| candle[2]).min().unwrap(),
        finer[finer.len() - 1][3],
    ]
}

/// Five minutes at 100, at whose close the script begins, the given ones, and five at their close.
fn drilled(inside: [[i64; 4]; 5], script: crate::scripts::Script) -> Stage {
    let last = [inside[4][3]; 4];
    let minutes_all: Vec<[i64; 4]> = [[FLAT; 5], inside, [last; 5]].concat();
    let longer: Vec<[i64; 4]> = minutes_all.chunks(5).map(joined).collect();
    stage_on(fives(&whole(&longer)), script)
        .finer(minutes(&whole(&minutes_all)))
        .with(|it| it.venue.intrabar = IntrabarPolicy::Drill)
}

fn bracket() -> crate::scripts::Script {
    vec![long("100").stop("95").target("110").at(0)]
}

#[test]
fn a_known_order_is_followed_and_not_flagged() {
    let target_first = [
        [100, 111, 99, 109],
        [109, 109, 94, 96],
        [96, 97, 95, 96],
        [96, 97, 95, 96],
        [96, 97, 95, 96],
    ];
    check(&drilled(target_first, bracket()), &["long 1: 100 at 5 to 110 at 5, Take Profit, 10"]);
    let stop_first =
        [[100, 101, 94, 96], [96, 111, 96, 100], [100, 101, 99, 100], [100, 101, 99, 100], FLAT];
    check(&drilled(stop_first, bracket()), &["long 1: 100 at 5 to 95 at 5, Stop Loss, -5"]);
}

#[test]
fn fills_carry_the_time_of_their_finer_candle() {
    let late = [
        [100, 101, 99, 100],
        [100, 101, 99, 100],
        [100, 111, 99, 110],
        [110, 111, 90, 95],
        [95, 96, 94, 95],
    ];
    check(&drilled(late, bracket()), &["long 1: 100 at 5 to 110 at 7, Take Profit, 10"]);
}

#[test]
fn inside_one_finer_candle_it_stays_pessimistic_and_flagged() {
    let both = [FLAT, FLAT, [100, 111, 94, 100], FLAT, FLAT];
    check(&drilled(both, bracket()), &["long 1: 100 at 5 to 95 at 7, Stop Loss, -5 ?"]);
}

#[test]
fn a_gap_between_finer_candles_fills_at_their_open() {
    let gap = [FLAT, [100, 101, 99, 100], [90, 112, 89, 111], [111, 112, 110, 111], [111; 4]];
    check(&drilled(gap, bracket()), &["long 1: 100 at 5 to 90 at 7, Stop Loss, -10"]);
}

#[test]
fn an_entry_inside_is_followed_by_its_exits_in_their_order() {
    let entry = || long("103").stop("98").target("106").by(EntryOrder::Stop { until: None });
    let low_first =
        [[100, 101, 97, 100], [100, 104, 100, 104], [104, 107, 103, 107], [107; 4], [107; 4]];
    check(
        &drilled(low_first, vec![entry().at(0)]),
        &["long 1: 103 at 6 to 106 at 7, Take Profit, 3"],
    );
    let low_after =
        [[100, 104, 100, 104], [104, 104, 97, 98], [98, 107, 98, 107], [107; 4], [107; 4]];
    check(
        &drilled(low_after, vec![entry().at(0)]),
        &["long 1: 103 at 5 to 98 at 6, Stop Loss, -5"],
    );
}

#[test]
fn a_limit_entry_and_its_target_are_told_apart() {
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let script = || vec![short("104").stop("120").target("98").by(limit).at(0)];
    let low_first =
        [[100, 101, 97, 100], [100, 105, 100, 104], [104, 105, 103, 104], [104; 4], [104; 4]];
    check(&drilled(low_first, script()), &["short 1: 104 at 6 to 104 at 15, Strategy End, 0"]);
}

#[test]
fn orders_for_the_close_wait_for_the_close_of_the_longer_candle() {
    let inside = [
        [100, 101, 99, 101],
        [101, 102, 94, 101],
        [101, 111, 100, 102],
        [102, 103, 101, 103],
        [103, 104, 102, 104],
    ];
    let script = vec![long("100").stop("95").target("120").at(0), exit(1)];
    let given = drilled(inside, script).with(|it| it.venue.fill_time = FillTime::NextClose);
    check(&given, &["long 1: 104 at 10 to 104 at 15, Signal, 0"]);
    // An entry limit makes the order matter, so that the candle is drilled while an exit waits.
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let script = vec![long("100").at(0), long("96").by(limit).at(0)];
    let given = drilled(inside, script).with(|it| {
        it.venue.fill_time = FillTime::NextClose;
        it.rules.entries_max = Some(2);
    });
    check(&given, &["long 2: 100 at 6 to 104 at 15, Strategy End, 8"]);
}

#[test]
fn missing_finer_candles_leave_the_candle_to_its_policy() {
    let inside = [[100, 111, 99, 109], [109, 109, 94, 96], [96; 4], [96; 4], [96; 4]];
    let given = drilled(inside, bracket()).with_data(|data| data.instruments[0].finer = None);
    check(&given, &["long 1: 100 at 5 to 95 at 5, Stop Loss, -5 ?"]);
}

/// Long 10 by a limit order at 99 with ten times leverage, isolated (liquidated at 90), and a target at
/// 105; the mark candle of the drilled minutes is given.
fn marked(inside: [[i64; 4]; 5], mark: [i64; 4]) -> Stage {
    let limit = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };
    let script = vec![long("99").units("10").target("105").by(limit).at(0)];
    let last = inside[4][3];
    drilled(inside, script).with_data(|data| {
        let instrument = &mut data.instruments[0];
        instrument.listing.leverage = Leverage::new(decimal("10")).unwrap();
        instrument.listing.margin_mode = MarginMode::Isolated;
        instrument.mark = Some(Arc::new(fives(&whole(&[FLAT, mark, [last; 4]]))));
    })
}

#[test]
fn liquidations_go_by_the_mark_candle_of_the_longer_candle() {
    // The last price plunges through the liquidation before the target; the mark price does not.
    let plunge =
        [[100, 101, 98, 100], [100, 101, 80, 100], [100, 106, 99, 104], [104; 4], [104; 4]];
    check(&marked(plunge, [100, 105, 95, 104]), &["long 10: 99 at 5 to 105 at 7, Take Profit, 60"]);
    // The mark price falls through it at some time: nobody knows when, but at the end it has.
    let calm = [[100, 101, 98, 100], [100, 101, 99, 100], [100, 101, 99, 100], FLAT, FLAT];
    let result = marked(calm, [100, 101, 89, 100]).run();
    assert_eq!(result.trades[0].exit_reason, ExitReason::Liquidation);
    assert_eq!(result.trades[0].exit_time.millis() / 60_000, 9);
}

#[test]
fn a_target_and_a_liquidation_in_one_candle_are_drilled() {
    let target_first = [[100, 106, 99, 104], [104, 104, 80, 90], [90; 4], [90; 4], [90; 4]];
    let script = vec![long("100").units("10").target("105").at(0)];
    let given = drilled(target_first, script).with_data(|data| {
        let listing = &mut data.instruments[0].listing;
        listing.leverage = Leverage::new(decimal("10")).unwrap();
        listing.margin_mode = MarginMode::Isolated;
    });
    check(&given, &["long 10: 100 at 5 to 105 at 5, Take Profit, 50"]);
}

/// The same with orders that are on their way for a millisecond.
fn late(inside: [[i64; 4]; 5], policy: IntrabarPolicy) -> Stage {
    drilled(inside, bracket()).with(|it| {
        it.venue.intrabar = policy;
        it.venue.latency = Latency { orders_ms: 1, ..Latency::default() };
    })
}

#[test]
fn exits_that_arrive_inside_the_candle_are_decided_by_policy_or_told_by_finer_ones() {
    let target_first = [
        [100, 101, 99, 100],
        [100, 111, 99, 109],
        [109, 109, 94, 96],
        [96, 97, 95, 96],
        [96, 101, 95, 100],
    ];
    let stop = ["long 1: 100 at 5+1ms to 95 at 5+1ms, Stop Loss, -5 ?"];
    check(&late(target_first, IntrabarPolicy::Pessimistic), &stop);
    let target = ["long 1: 100 at 5+1ms to 110 at 5+1ms, Take Profit, 10 ?"];
    check(&late(target_first, IntrabarPolicy::Optimistic), &target);
    let told = ["long 1: 100 at 5+1ms to 110 at 6, Take Profit, 10"];
    check(&late(target_first, IntrabarPolicy::Drill), &told);
}

#[test]
fn a_target_that_arrives_inside_the_candle_fills_at_its_price_where_the_close_is_beyond() {
    let through =
        [[100, 101, 99, 100], [100, 113, 100, 112], [112, 113, 111, 112], [112; 4], [112; 4]];
    let filled = ["long 1: 100 at 5+1ms to 110 at 5+1ms, Take Profit, 10"];
    check(&late(through, IntrabarPolicy::Pessimistic), &filled);
}
