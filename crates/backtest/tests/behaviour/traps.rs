//! Traps that are known of backtrader, backtesting.py and TradingView, each as a case of its own.

use domain::{Direction, EntryOrder, ExitReason, Money, Rate, TimeInForce};
use margin::{Leverage, MarginMode};
use simulator::{FillTime, IntrabarPolicy, LimitFill};

use crate::scripts::{Stage, check, exit, long, money, short, stage, whole};
use crate::support::{decimal, rate};

const LIMIT: EntryOrder = EntryOrder::Limit { time_in_force: TimeInForce::GoodTilCancelled };

/// The signal comes at the close of a first candle at 100.
fn after_signal(candles: &[[i64; 4]]) -> Vec<[i64; 4]> {
    let signal = [[100, 100, 100, 100]];
    whole(&[signal.as_slice(), candles].concat())
}

#[test]
fn stop_on_the_entry_bar() {
    let candles = after_signal(&[[100, 104, 94, 102], [102, 103, 101, 102]]);
    let given = stage(&candles, vec![long("100").stop("95").target("110").at(0)]);
    check(&given, &["long 1: 100 at 1 to 95 at 1, Stop Loss, -5"]);
    let candles = after_signal(&[[100, 106, 96, 98], [98, 99, 97, 98]]);
    let given = stage(&candles, vec![short("100").stop("105").target("90").at(0)]);
    check(&given, &["short 1: 100 at 1 to 105 at 1, Stop Loss, -5"]);
}

#[test]
fn stop_on_the_entry_bar_of_a_stop_entry() {
    let candles = after_signal(&[[100, 106, 96, 105], [105, 106, 104, 105]]);
    let wish = long("103").stop("98").target("110").by(EntryOrder::Stop { until: None });
    let given = stage(&candles, vec![wish.at(0)]);
    check(&given, &["long 1: 103 at 1 to 98 at 1, Stop Loss, -5 ?"]);
    let optimist = given.with(|it| it.venue.intrabar = IntrabarPolicy::Optimistic);
    check(&optimist, &["long 1: 103 at 1 to 105 at 3, Strategy End, 2 ?"]);
}

#[test]
fn stop_and_target_in_one_bar() {
    let candles = after_signal(&[[100, 101, 99, 100], [100, 111, 94, 100]]);
    let given = |policy| {
        stage(&candles, vec![long("100").stop("95").target("110").at(0)])
            .with(|it| it.venue.intrabar = policy)
    };
    check(&given(IntrabarPolicy::Pessimistic), &["long 1: 100 at 1 to 95 at 2, Stop Loss, -5 ?"]);
    check(&given(IntrabarPolicy::Optimistic), &["long 1: 100 at 1 to 110 at 2, Take Profit, 10 ?"]);
    check(&given(IntrabarPolicy::Adaptive), &["long 1: 100 at 1 to 95 at 2, Stop Loss, -5 ?"]);
    // Without finer candles the drill has nothing to go down to.
    check(&given(IntrabarPolicy::Drill), &["long 1: 100 at 1 to 95 at 2, Stop Loss, -5 ?"]);
}

#[test]
fn gap_over_the_stop() {
    let candles = after_signal(&[[100, 101, 99, 100], [90, 111, 89, 100]]);
    let given = stage(&candles, vec![long("100").stop("95").target("110").at(0)]);
    check(&given, &["long 1: 100 at 1 to 90 at 2, Stop Loss, -10"]);
}

#[test]
fn gap_over_the_stop_before_the_entry() {
    // The entry itself is filled behind its stop: it is given up at once, at the same open.
    let candles = after_signal(&[[90, 91, 89, 90], [90, 91, 89, 90]]);
    let given = stage(&candles, vec![long("100").stop("95").target("110").at(0)]);
    check(&given, &["long 1: 90 at 1 to 90 at 1, Stop Loss, 0"]);
}

#[test]
fn limit_at_the_touch() {
    let candles = after_signal(&[[100, 101, 97, 100], [100, 105, 99, 104], [104, 105, 103, 104]]);
    let given = |rule| {
        stage(&candles, vec![long("97").target("105").by(LIMIT).at(0)])
            .with(|it| it.venue.limit_fill = rule)
    };
    assert!(given(LimitFill::Through).run().trades.is_empty());
    check(&given(LimitFill::Touch), &["long 1: 97 at 1 to 105 at 2, Take Profit, 8"]);
}

#[test]
fn reversal_in_one_decision() {
    let candles = after_signal(&[[100, 101, 99, 100], [104, 105, 103, 104], [101, 102, 100, 101]]);
    let script = vec![long("100").at(0), exit(1), short("100").at(1)];
    check(
        &stage(&candles, script),
        &[
            "long 1: 100 at 1 to 104 at 2, Signal, 4",
            "short 1: 104 at 2 to 101 at 4, Strategy End, 3",
        ],
    );
}

#[test]
fn a_reversal_for_the_next_close_waits_for_it_when_the_stop_comes_first() {
    let candles = after_signal(&[[100, 101, 99, 100], [100, 101, 94, 98], [98, 99, 97, 98]]);
    let script = vec![long("100").stop("95").at(0), exit(1), short("100").at(1)];
    let given = stage(&candles, script).with(|it| it.venue.fill_time = FillTime::NextClose);
    check(
        &given,
        &[
            "long 1: 100 at 2 to 95 at 2, Stop Loss, -5",
            "short 1: 98 at 3 to 98 at 4, Strategy End, 0",
        ],
    );
}

#[test]
fn last_open_trade_at_the_end() {
    let candles = after_signal(&[[100, 101, 99, 100], [103, 104, 102, 103]]);
    let given =
        stage(&candles, vec![long("100").at(0)]).with(|it| it.venue.costs.taker = rate("0.001"));
    let result = check(&given, &["long 1: 100 at 1 to 103 at 3, Strategy End, 2.797"]);
    assert_eq!(result.final_balance, money("100002.797"));
    assert_eq!(result.equity.last(), Some(&100_002.797), "the curve ends where the account does");
}

#[test]
fn a_signal_at_the_last_close_is_not_traded() {
    let candles = after_signal(&[[100, 101, 99, 100]]);
    let result = stage(&candles, vec![long("100").at(1)]).run();
    assert!(result.trades.is_empty());
    assert_eq!(result.final_balance, money("100000"));
}

#[test]
fn entry_and_exit_on_the_same_close() {
    let candles = after_signal(&[[101, 105, 99, 104], [104, 106, 103, 105]]);
    let script = vec![long("100").at(0), exit(1), long("104").at(1)];
    let given = stage(&candles, script).with(|it| it.venue.fill_time = FillTime::ThisClose);
    check(
        &given,
        &[
            "long 1: 100 at 1 to 104 at 2, Signal, 4",
            "long 1: 104 at 2 to 105 at 3, Strategy End, 1",
        ],
    );
}

#[test]
fn a_stop_of_a_close_entry_watches_from_the_next_candle() {
    let candles = after_signal(&[[100, 105, 94, 104], [104, 106, 94, 105]]);
    let given = stage(&candles, vec![long("100").stop("95").at(0)])
        .with(|it| it.venue.fill_time = FillTime::NextClose);
    // The close of minute 1 is the start of minute 2.
    check(&given, &["long 1: 104 at 2 to 95 at 2, Stop Loss, -9"]);
}

/// Ten minutes at 100; in at the open of minute 2, out at the open of minute 5.
fn funded(minute: i64) -> Money {
    let candles = vec![[10_000; 4]; 10];
    let result = stage(&candles, vec![long("100").at(1), exit(4)])
        .funding(&[(minute * 60_000, "0.001")])
        .run();
    assert_eq!(result.trades.len(), 1);
    result.trades[0].costs.funding
}

#[test]
fn funding_exactly_at_entry_is_not_paid_and_exactly_at_exit_is() {
    let paid: Vec<String> = (1..=6).map(|minute| funded(minute).to_string()).collect();
    assert_eq!(paid, ["0", "0", "0.1", "0.1", "0.1", "0"]);
}

/// Long 10 at 100 with ten times leverage: liquidated at 90.9.
fn leveraged(candles: &[[i64; 4]], stop: &str) -> Stage {
    stage(&after_signal(candles), vec![long("100").units("10").stop(stop).at(0)]).with_data(
        |data| {
            let listing = &mut data.instruments[0].listing;
            listing.leverage = Leverage::new(decimal("10")).unwrap();
            listing.margin_mode = MarginMode::Isolated;
        },
    )
}

#[test]
fn liquidation_inside_a_bar_that_also_holds_the_stop() {
    let plunge = [[100, 101, 99, 100], [100, 101, 50, 60]];
    check(&leveraged(&plunge, "92"), &["long 10: 100 at 1 to 92 at 2, Stop Loss, -80"]);
    let late = leveraged(&plunge, "90").run();
    assert_eq!(late.trades[0].exit_reason, ExitReason::Liquidation);
    assert_eq!(late.trades[0].net(), money("-100"), "the margin and not a cent more");
    assert!(!late.trades[0].ambiguous);
}

#[test]
fn a_gap_over_stop_and_liquidation_is_decided_by_the_policy() {
    let gap = [[100, 101, 99, 100], [90, 91, 89, 90]];
    let under = |policy| {
        let result = leveraged(&gap, "92").with(|it| it.venue.intrabar = policy).run();
        let trade = &result.trades[0];
        (trade.exit_reason, trade.net(), trade.ambiguous)
    };
    // At 90 all of the margin is gone: no order could be filled there.
    let gone = (ExitReason::Liquidation, money("-100"), false);
    assert_eq!(under(IntrabarPolicy::Pessimistic), gone);
    assert_eq!(under(IntrabarPolicy::Optimistic), gone);
}

#[test]
fn a_partial_exit_and_the_end_are_one_trade() {
    let candles = after_signal(&[[100, 101, 99, 100], [104, 105, 103, 104], [106, 107, 105, 106]]);
    let half = Rate::new(decimal("0.5")).unwrap();
    let script = vec![long("100").units("2").at(0), crate::scripts::exit_share(1, half)];
    let result =
        check(&stage(&candles, script), &["long 2: 100 at 1 to 105 at 4, Strategy End, 10"]);
    assert_eq!(result.fills.len(), 3);
    assert_eq!(result.trades[0].direction, Direction::Long);
}
