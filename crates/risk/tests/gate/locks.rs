//! Loss limits over time, and the account that has nothing left.

use domain::Rate;
use risk::{Breach, BreachAction, Gate, Lock, Refusal, RiskRules};

use crate::support::{Setup, at, long_of, money, rate};

fn gate(daily: Option<&str>, drawdown: Option<&str>) -> Gate {
    let rules = RiskRules {
        loss_daily_max: daily.map(rate),
        drawdown_max: drawdown.map(rate),
        on_breach: BreachAction::Flatten,
        ..RiskRules::default()
    };
    Setup::with(rules).gate()
}

/// The lock of a breach at this equity, if there is one.
fn note(gate: &mut Gate, time: &str, equity: &str) -> Option<Lock> {
    gate.note_equity(at(time), money(equity)).map(|Breach { lock, action }| {
        assert_eq!(action, BreachAction::Flatten);
        lock.lock
    })
}

/// The code that an entry is answered at this time and equity; `OK` if it may pass.
fn entry(gate: &Gate, time: &str, equity: &str) -> &'static str {
    let (equity, available) = (money(equity), money("1000"));
    let setup = Setup { now: at(time), equity, available, ..Setup::default() };
    setup.review_by(gate, long_of("1")).map_or_else(|refusal| refusal.code(), |_| "OK")
}

#[test]
fn only_loss_limits_watch_equity() {
    assert!(gate(Some("0.05"), None).watches_equity());
    assert!(gate(None, Some("0.05")).watches_equity());
    assert!(!gate(None, None).watches_equity());
}

#[test]
fn a_daily_loss_that_reaches_its_limit_locks_and_is_told_once() {
    let mut gate = gate(Some("0.05"), None);
    assert_eq!(note(&mut gate, "2023-01-01T10:00:00Z", "1000"), None);
    assert_eq!(note(&mut gate, "2023-01-01T11:00:00Z", "1100"), None);
    assert_eq!(note(&mut gate, "2023-01-01T12:00:00Z", "950.01"), None);
    assert_eq!(entry(&gate, "2023-01-01T12:00:00Z", "950.01"), "OK");
    assert_eq!(note(&mut gate, "2023-01-01T13:00:00Z", "950"), Some(Lock::LossDaily));
    assert_eq!(note(&mut gate, "2023-01-01T14:00:00Z", "900"), None);
    assert_eq!(note(&mut gate, "2023-01-01T15:00:00Z", "1200"), None);
    assert_eq!(entry(&gate, "2023-01-01T15:00:00Z", "1200"), "LOSS_DAILY");
    let lock = gate.state().locks[0];
    let until = at("2023-01-02");
    assert_eq!(lock.since, at("2023-01-01T13:00:00Z"));
    assert_eq!(lock.refusal, Refusal::LossDaily { maximum: money("50"), was: money("50"), until });
}

#[test]
fn the_daily_lock_ends_at_midnight_utc_and_the_new_day_has_its_own_start() {
    let mut gate = gate(Some("0.05"), None);
    note(&mut gate, "2023-01-01T10:00:00Z", "1000");
    note(&mut gate, "2023-01-01T23:00:00Z", "950");
    assert_eq!(entry(&gate, "2023-01-01T23:59:59.999Z", "950"), "LOSS_DAILY");
    assert_eq!(entry(&gate, "2023-01-02", "950"), "OK");
    assert_eq!(note(&mut gate, "2023-01-02", "900"), None);
    assert_eq!(gate.state().day.unwrap().equity, money("900"));
    assert!(gate.state().locks.is_empty());
    assert_eq!(note(&mut gate, "2023-01-02T01:00:00Z", "855.01"), None);
    assert_eq!(note(&mut gate, "2023-01-02T01:00:00Z", "855"), Some(Lock::LossDaily));
}

#[test]
fn a_day_whose_start_was_missed_counts_from_the_last_equity_before_it() {
    let mut gate = gate(Some("0.05"), None);
    note(&mut gate, "2023-01-01T22:00:00Z", "1000");
    assert_eq!(note(&mut gate, "2023-01-02T08:00:00Z", "940"), Some(Lock::LossDaily));
    assert_eq!(gate.state().day.unwrap().equity, money("1000"));
}

#[test]
fn a_clock_set_back_opens_no_day() {
    let mut gate = gate(Some("0.05"), None);
    note(&mut gate, "2023-01-02", "1000");
    note(&mut gate, "2023-01-02T12:00:00Z", "950");
    let before = gate.state().clone();
    assert_eq!(note(&mut gate, "2023-01-01T12:00:00Z", "950"), None);
    assert_eq!(gate.state(), &before);
    assert_eq!(entry(&gate, "2023-01-01T12:00:00Z", "950"), "LOSS_DAILY");
    assert_eq!(note(&mut gate, "2023-01-02T13:00:00Z", "900"), None);
    assert_eq!(gate.state().day, before.day);
    assert_eq!(entry(&gate, "2023-01-02T13:00:00Z", "900"), "LOSS_DAILY");
}

#[test]
fn a_drawdown_trails_the_highest_equity_and_locks_until_released() {
    let mut gate = gate(None, Some("0.2"));
    note(&mut gate, "2023-01-01", "1000");
    note(&mut gate, "2023-02-01", "1500");
    assert_eq!(note(&mut gate, "2023-03-01", "1200.01"), None);
    assert_eq!(note(&mut gate, "2023-03-02", "1200"), Some(Lock::Drawdown));
    assert_eq!(note(&mut gate, "2023-03-03", "1100"), None);
    assert_eq!(entry(&gate, "2024-01-01", "1490"), "DRAWDOWN");
    let lock = gate.state().locks[0];
    assert_eq!(lock.until, None);
    assert_eq!(lock.refusal, Refusal::Drawdown { maximum: money("300"), was: money("300") });
    assert_eq!(gate.release(Lock::Drawdown), Some(lock));
    assert_eq!(entry(&gate, "2024-01-01", "1100"), "OK");
    assert_eq!(note(&mut gate, "2024-01-02", "880"), Some(Lock::Drawdown), "20 % below 1100");
}

#[test]
fn a_released_day_counts_from_the_release() {
    let mut gate = gate(Some("0.1"), None);
    note(&mut gate, "2023-01-01", "1000");
    assert_eq!(note(&mut gate, "2023-01-01T01:00:00Z", "800"), Some(Lock::LossDaily));
    assert!(gate.release(Lock::LossDaily).is_some());
    assert_eq!(note(&mut gate, "2023-01-01T02:00:00Z", "721"), None);
    assert_eq!(entry(&gate, "2023-01-01T02:00:00Z", "721"), "OK");
    assert_eq!(note(&mut gate, "2023-01-01T03:00:00Z", "720"), Some(Lock::LossDaily));
    assert_eq!(gate.release(Lock::Drawdown), None, "what is not locked cannot be released");
}

#[test]
fn of_two_breaches_at_once_both_lock_and_the_drawdown_is_told() {
    let mut gate = gate(Some("0.05"), Some("0.1"));
    note(&mut gate, "2023-01-01", "1000");
    assert_eq!(note(&mut gate, "2023-01-01T01:00:00Z", "900"), Some(Lock::Drawdown));
    let locks: Vec<Lock> = gate.state().locks.iter().map(|active| active.lock).collect();
    assert_eq!(locks, [Lock::LossDaily, Lock::Drawdown]);
    assert_eq!(entry(&gate, "2023-01-02", "900"), "DRAWDOWN");
}

#[test]
fn locks_and_the_day_survive_a_restart() {
    let rules = (Some("0.05"), Some("0.5"));
    let mut before = gate(rules.0, rules.1);
    note(&mut before, "2023-01-01", "1000");
    note(&mut before, "2023-01-01T01:00:00Z", "940");
    let mut after = gate(rules.0, rules.1);
    after.restore(before.state().clone());
    assert_eq!(after.state(), before.state());
    assert_eq!(entry(&after, "2023-01-01T02:00:00Z", "940"), "LOSS_DAILY");
    assert_eq!(note(&mut after, "2023-01-01T03:00:00Z", "500"), Some(Lock::Drawdown));
    let mut young = gate(rules.0, None);
    note(&mut young, "2023-01-01", "1000");
    let mut after = gate(rules.0, None);
    after.restore(young.state().clone());
    assert_eq!(note(&mut after, "2023-01-01T03:00:00Z", "950"), Some(Lock::LossDaily));
}

#[test]
fn an_entry_is_judged_by_its_own_equity_too() {
    let mut gate = gate(Some("0.05"), Some("0.1"));
    note(&mut gate, "2023-01-01", "1000");
    assert_eq!(entry(&gate, "2023-01-01T01:00:00Z", "951"), "OK");
    assert_eq!(entry(&gate, "2023-01-01T01:00:00Z", "950"), "LOSS_DAILY");
    assert_eq!(entry(&gate, "2023-01-02T01:00:00Z", "950"), "OK");
    assert_eq!(entry(&gate, "2023-01-02T01:00:00Z", "900"), "DRAWDOWN");
}

#[test]
fn a_depleted_account_enters_nothing_until_released() {
    let mut gate = gate(None, None);
    gate.deplete(at("2023-01-01"), money("0.5"));
    assert_eq!(entry(&gate, "2023-06-01", "1000"), "ACCOUNT_DEPLETED");
    let refusal = gate.state().locks[0].refusal;
    assert_eq!(refusal, Refusal::AccountDepleted { equity: money("0.5") });
    gate.release(Lock::Depleted);
    assert_eq!(entry(&gate, "2023-06-01", "1000"), "OK");
}

#[test]
fn without_loss_limits_nothing_is_breached() {
    let mut gate = gate(None, None);
    assert_eq!(note(&mut gate, "2023-01-01", "1000"), None);
    assert_eq!(note(&mut gate, "2023-01-01", "-1000"), None);
    assert_eq!(gate.rules().loss_daily_max, None::<Rate>);
}
