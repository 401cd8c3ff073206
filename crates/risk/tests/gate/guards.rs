//! Guards that look at closed trades, over time.

use domain::{ExitReason, Timestamp};
use risk::{ClosedTrade, Gate, GuardScope, Lock, LowProfit, Refusal, RiskRules, StopCluster};

use crate::support::{Setup, at, decimal, instrument, long_of, money, position, rate};

const MINUTE: i64 = 60_000;

fn minute(number: i64) -> Timestamp {
    at("2023-01-01").plus_millis(number * MINUTE)
}

/// A trade of 1000 notional on an instrument, closed at this minute.
fn close(gate: &mut Gate, on: u16, at_minute: i64, reason: ExitReason, net: &str) {
    gate.note_close(&ClosedTrade {
        instrument: instrument(on),
        time: minute(at_minute),
        reason,
        net: money(net),
        entry_notional: money("1000"),
    });
}

fn stop(gate: &mut Gate, on: u16, at_minute: i64) {
    close(gate, on, at_minute, ExitReason::StopLoss, "-10");
}

/// What an entry on an instrument is answered at this minute.
fn entry(gate: &Gate, on: u16, at_minute: i64) -> Option<Refusal> {
    let setup = Setup { now: minute(at_minute), position: position(on), ..Setup::default() };
    setup.review_by(gate, long_of("1")).err()
}

fn gate(rules: RiskRules) -> Gate {
    Setup::with(rules).gate()
}

fn cluster(scope: GuardScope) -> RiskRules {
    let (within_ms, lock_ms) = (60 * MINUTE, 30 * MINUTE);
    let rule = StopCluster { stops: 2, within_ms, lock_ms, scope };
    RiskRules { stop_cluster: Some(rule), ..RiskRules::default() }
}

#[test]
fn a_cluster_of_stops_locks_for_its_time() {
    let mut gate = gate(cluster(GuardScope::Instrument));
    stop(&mut gate, 0, 0);
    assert_eq!(entry(&gate, 0, 0), None);
    stop(&mut gate, 0, 60);
    let until = minute(90);
    let refusal = Refusal::StopCluster { stops: 2, within_ms: 60 * MINUTE, until };
    assert_eq!(refusal.code(), "STOP_CLUSTER");
    assert_eq!(entry(&gate, 0, 60), Some(refusal));
    assert_eq!(entry(&gate, 0, 89), Some(refusal));
    assert_eq!(entry(&gate, 0, 90), None);
    assert_eq!(entry(&gate, 1, 60), None, "the other instrument is free");
}

#[test]
fn stops_that_are_too_far_apart_are_no_cluster() {
    let mut gate = gate(cluster(GuardScope::Instrument));
    stop(&mut gate, 0, 0);
    stop(&mut gate, 0, 61);
    assert_eq!(entry(&gate, 0, 61), None);
    stop(&mut gate, 1, 62);
    assert_eq!(entry(&gate, 1, 62), None, "stops of another instrument do not count");
}

#[test]
fn a_cluster_of_the_account_counts_and_locks_all_instruments() {
    let mut gate = gate(cluster(GuardScope::Account));
    stop(&mut gate, 0, 0);
    stop(&mut gate, 1, 10);
    assert!(entry(&gate, 0, 39).is_some() && entry(&gate, 1, 39).is_some());
    assert!(entry(&gate, 0, 40).is_none() && entry(&gate, 1, 40).is_none());
}

#[test]
fn only_losing_stops_count() {
    let counts = |reason, net| {
        let mut gate = gate(cluster(GuardScope::Instrument));
        close(&mut gate, 0, 0, reason, net);
        close(&mut gate, 0, 1, reason, net);
        entry(&gate, 0, 1).is_some()
    };
    assert!(counts(ExitReason::StopLoss, "-1"));
    assert!(counts(ExitReason::TrailingStop, "-1"));
    assert!(counts(ExitReason::Liquidation, "-1"));
    assert!(!counts(ExitReason::TrailingStop, "1"));
    assert!(!counts(ExitReason::BreakEven, "-1"));
    assert!(!counts(ExitReason::TakeProfit, "1"));
    assert!(!counts(ExitReason::Signal, "-1"));
}

#[test]
fn a_later_stop_makes_the_lock_longer_and_another_close_does_not() {
    let mut gate = gate(cluster(GuardScope::Account));
    stop(&mut gate, 0, 0);
    stop(&mut gate, 0, 1);
    close(&mut gate, 0, 5, ExitReason::Signal, "-10");
    assert_eq!(gate.state().locks[0].until, Some(minute(31)));
    stop(&mut gate, 1, 20);
    assert_eq!(gate.state().locks.len(), 1);
    assert_eq!(gate.state().locks[0].until, Some(minute(50)));
    close(&mut gate, 0, 51, ExitReason::Signal, "1");
    assert!(gate.state().locks.is_empty(), "ended locks are forgotten at the next close");
}

#[test]
fn an_instrument_cools_down_after_each_close() {
    let mut gate = gate(RiskRules { cool_down_ms: Some(15 * MINUTE), ..RiskRules::default() });
    assert_eq!(entry(&gate, 1, 0), None);
    close(&mut gate, 1, 10, ExitReason::TakeProfit, "10");
    let refusal = Refusal::CoolDown { until: minute(25) };
    assert_eq!(refusal.code(), "COOL_DOWN");
    assert_eq!(entry(&gate, 1, 24), Some(refusal));
    assert_eq!(entry(&gate, 1, 25), None);
    assert_eq!(entry(&gate, 0, 10), None);
    close(&mut gate, 1, 5, ExitReason::TakeProfit, "10");
    assert_eq!(entry(&gate, 1, 24), Some(refusal), "an older close does not shorten it");
    assert_eq!(entry(&gate, 1, 0), Some(refusal), "nor does a clock that is set back");
    assert!(gate.state().closes.is_empty(), "only the last close matters");
}

#[test]
fn instruments_that_earn_too_little_are_locked() {
    let (within_ms, lock_ms) = (100 * MINUTE, 50 * MINUTE);
    let rule = LowProfit { trades: 3, within_ms, return_min: rate("0.005"), lock_ms };
    let mut gate = gate(RiskRules { low_profit: Some(rule), ..RiskRules::default() });
    close(&mut gate, 0, 0, ExitReason::StopLoss, "-100");
    close(&mut gate, 0, 50, ExitReason::TakeProfit, "3");
    close(&mut gate, 1, 50, ExitReason::TakeProfit, "-300");
    close(&mut gate, 0, 101, ExitReason::TakeProfit, "1");
    assert_eq!(entry(&gate, 0, 101), None, "the first trade is too old, two are too few");
    close(&mut gate, 0, 102, ExitReason::Signal, "0.9");
    let (minimum, until) = (rate("0.005"), minute(152));
    let refusal = Refusal::LowProfit { minimum, was: decimal("0.0049"), until };
    assert_eq!(refusal.code(), "LOW_PROFIT");
    assert_eq!(entry(&gate, 0, 151), Some(refusal));
    assert_eq!(entry(&gate, 0, 152), None);
    assert_eq!(entry(&gate, 1, 102), None);
}

#[test]
fn enough_profit_passes() {
    let (within_ms, lock_ms) = (100 * MINUTE, 50 * MINUTE);
    let rule = LowProfit { trades: 2, within_ms, return_min: rate("0.005"), lock_ms };
    let mut gate = gate(RiskRules { low_profit: Some(rule), ..RiskRules::default() });
    close(&mut gate, 0, 0, ExitReason::StopLoss, "-10");
    close(&mut gate, 0, 1, ExitReason::TakeProfit, "15");
    assert_eq!(entry(&gate, 0, 1), None);
}

#[test]
fn guards_survive_a_restart_and_can_be_released() {
    let mut before = gate(cluster(GuardScope::Instrument));
    stop(&mut before, 0, 0);
    let mut after = gate(cluster(GuardScope::Instrument));
    after.restore(before.state().clone());
    stop(&mut after, 0, 1);
    assert!(entry(&after, 0, 1).is_some());
    let lock = Lock::StopCluster(Some(instrument(0)));
    assert_eq!(after.release(lock).map(|active| active.lock), Some(lock));
    assert_eq!(entry(&after, 0, 1), None);
}

#[test]
fn the_memory_of_closes_is_bounded() {
    let rule = StopCluster {
        stops: 5000,
        within_ms: i64::MAX,
        lock_ms: MINUTE,
        scope: GuardScope::Account,
    };
    let mut gate = gate(RiskRules { stop_cluster: Some(rule), ..RiskRules::default() });
    for number in 0..999 {
        stop(&mut gate, 0, number);
    }
    assert_eq!(entry(&gate, 0, 998), None);
    stop(&mut gate, 0, 999);
    assert!(entry(&gate, 0, 999).is_some(), "more than is remembered cannot be asked for");
    stop(&mut gate, 0, 1000);
    assert_eq!(gate.state().closes.len(), 1000);
}
