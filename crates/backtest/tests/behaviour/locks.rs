//! What locks and the cool-down refuse in whole runs: entries that waited for an exit as well.

use backtest::RunResult;
use domain::{Direction, Rate};
use risk::{BreachAction, GuardScope, LowProfit, StopCluster};
use simulator::FillTime;

use crate::scripts::{Stage, check, exit, exit_share, long, money, short, stage, whole};
use crate::support::{minutes, rate, run_on, spec, walk};

const MINUTE: i64 = 60_000;

/// Long from minute 1; at the close of minute 1 the wish to be short instead.
fn reversal(candles: &[[i64; 4]]) -> Stage {
    let signal = [[100, 100, 100, 100]];
    let script = vec![long("100").stop("95").at(0), exit(1), short("100").at(1)];
    stage(&whole(&[signal.as_slice(), candles].concat()), script)
}

#[track_caller]
fn check_refused(result: &RunResult, code: &str) {
    let [skip] = result.skips.as_slice() else { panic!("{:?}", result.skips) };
    assert_eq!((skip.skip.code(), skip.direction), (code, Some(Direction::Short)));
}

#[test]
fn the_cool_down_refuses_the_entry_of_a_reversal() {
    let candles = [[100, 101, 99, 100], [104, 105, 103, 104], [101, 102, 100, 101]];
    let given = reversal(&candles).with(|it| it.rules.cool_down_ms = Some(MINUTE));
    let result = check(&given, &["long 1: 100 at 1 to 104 at 2, Signal, 4"]);
    check_refused(&result, "COOL_DOWN");
}

#[test]
fn no_strategy_enters_during_the_cool_down() {
    let mut spec = spec("SMA_CROSS", &[("fast", "2"), ("slow", "5")], "1000000", "0");
    let pause = 5 * MINUTE;
    spec.rules.cool_down_ms = Some(pause);
    let result = run_on(&spec, minutes(&walk(3, 2000, 900)));
    assert!(result.trades.len() > 20, "{} trades", result.trades.len());
    for pair in result.trades.windows(2) {
        assert!(pair[1].entry_time >= pair[0].exit_time.plus_millis(pause), "{pair:?}");
    }
}

/// The stop at 95 comes before the exit that was to be filled at the close.
fn stopped_reversal() -> Stage {
    let candles = [[100, 101, 99, 100], [100, 101, 94, 98], [98, 99, 97, 98]];
    reversal(&candles).with(|it| it.venue.fill_time = FillTime::NextClose)
}

const STOPPED: [&str; 1] = ["long 1: 100 at 2 to 95 at 2, Stop Loss, -5"];

#[test]
fn a_stop_cluster_refuses_the_entry_that_waited_for_its_last_stop() {
    let given = stopped_reversal().with(|it| {
        let scope = GuardScope::Instrument;
        let rule = StopCluster { stops: 1, within_ms: MINUTE, lock_ms: MINUTE, scope };
        it.rules.stop_cluster = Some(rule);
    });
    check_refused(&check(&given, &STOPPED), "STOP_CLUSTER");
}

#[test]
fn too_little_profit_refuses_the_entry_that_waited_for_its_trade() {
    let given = stopped_reversal().with(|it| {
        let return_min = Rate::ZERO;
        let rule = LowProfit { trades: 1, within_ms: MINUTE, return_min, lock_ms: MINUTE };
        it.rules.low_profit = Some(rule);
    });
    check_refused(&check(&given, &STOPPED), "LOW_PROFIT");
}

#[test]
fn a_loss_limit_refuses_the_entry_that_waited_for_the_loss() {
    // Noted at each close, it has not been told of the fall that the stop has made final.
    let given = stopped_reversal().with(|it| {
        it.initial_balance = money("100");
        it.rules.drawdown_max = Some(rate("0.04"));
    });
    check_refused(&check(&given, &STOPPED), "DRAWDOWN");
}

#[test]
fn a_breach_closes_all_while_a_part_is_on_its_way_out() {
    // Half of each volume of 1 is ours: two units take four candles, the exit of one takes two.
    let flat = [100, 101, 99, 100];
    let rest = [[95, 96, 94, 95], [94, 95, 93, 94], [94, 95, 93, 94], [94, 95, 93, 94], flat, flat];
    let candles = whole(&[[flat; 6].as_slice(), &rest].concat());
    let half = rate("0.5");
    let given =
        stage(&candles, vec![long("100").units("2").at(0), exit_share(5, half)]).with(|it| {
            it.venue.participation_max = Some(half);
            it.initial_balance = money("200");
            it.rules.drawdown_max = Some(rate("0.04"));
            it.rules.on_breach = BreachAction::Flatten;
        });
    check(&given, &["long 2: 100 at 1 to 94.25 at 9, Risk Lock, -11.5"]);
}
