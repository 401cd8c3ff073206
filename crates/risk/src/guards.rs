//! The guards that look at closed trades: stop cluster, cool-down and low profit.
//!
//! They act when a trade closes, by its time. Locks end by themselves.

use domain::{Decimal, ExitReason, InstrumentId, Money, Timestamp};

use crate::{
    ActiveLock, GuardScope, Lock, LowProfit, RecentClose, Refusal, RiskRules, RiskState,
    StopCluster,
};

/// Closes that are remembered at most; guards that ask for more trades take this for it.
const CLOSES_MAX: usize = 1000;

/// A trade that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedTrade {
    /// What was traded.
    pub instrument: InstrumentId,
    /// When it was closed.
    pub time: Timestamp,
    /// Why.
    pub reason: ExitReason,
    /// Profit after all costs.
    pub net: Money,
    /// Notional of its entries.
    pub entry_notional: Money,
}

/// Takes note of a closed trade.
pub(crate) fn note(rules: &RiskRules, state: &mut RiskState, closed: &ClosedTrade) {
    note_time(state, closed);
    state.locks.retain(|active| active.holds(closed.time));
    if rules.stop_cluster.is_none() && rules.low_profit.is_none() {
        return;
    }
    remember(rules, state, closed);
    if let Some(rule) = rules.stop_cluster {
        watch_stops(rule, state, closed);
    }
    if let Some(rule) = rules.low_profit {
        watch_profit(rule, state, closed);
    }
}

/// When the instrument may be entered again, if that is after `now`.
#[inline]
pub(crate) fn check_cool_down(
    rules: &RiskRules,
    state: &RiskState,
    instrument: InstrumentId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(pause) = rules.cool_down_ms else { return Ok(()) };
    let last = state.last_closes.get(instrument.index()).copied().flatten();
    match last.map(|last| last.plus_millis(pause)) {
        Some(until) if now < until => Err(Refusal::CoolDown { until }),
        Some(_) | None => Ok(()),
    }
}

fn note_time(state: &mut RiskState, closed: &ClosedTrade) {
    let place = closed.instrument.index();
    if state.last_closes.len() <= place {
        state.last_closes.resize(place + 1, None);
    }
    state.last_closes[place] = state.last_closes[place].max(Some(closed.time));
}

fn remember(rules: &RiskRules, state: &mut RiskState, closed: &ClosedTrade) {
    let of_stops = rules.stop_cluster.map_or(0, |rule| rule.within_ms);
    let of_profit = rules.low_profit.map_or(0, |rule| rule.within_ms);
    let oldest = closed.time.plus_millis(of_stops.max(of_profit).saturating_neg());
    while state.closes.len() >= CLOSES_MAX
        || state.closes.front().is_some_and(|close| close.time < oldest)
    {
        state.closes.pop_front();
    }
    let net_return = closed.net.decimal().checked_div(closed.entry_notional.decimal());
    state.closes.push_back(RecentClose {
        instrument: closed.instrument,
        time: closed.time,
        reason: closed.reason,
        net_return: net_return.unwrap_or_default().round_dp(14),
    });
}

fn watch_stops(rule: StopCluster, state: &mut RiskState, closed: &ClosedTrade) {
    let is_last_a_stop = state.closes.back().is_some_and(is_stop);
    let scope = match rule.scope {
        GuardScope::Instrument => Some(closed.instrument),
        GuardScope::Account => None,
    };
    let oldest = closed.time.plus_millis(rule.within_ms.saturating_neg());
    let counts = |close: &&RecentClose| {
        is_stop(close)
            && close.time >= oldest
            && scope.is_none_or(|instrument| close.instrument == instrument)
    };
    let stops = count(state.closes.iter().filter(counts).count());
    if !is_last_a_stop || stops < at_most_remembered(rule.stops) {
        return;
    }
    let until = closed.time.plus_millis(rule.lock_ms);
    state.add(ActiveLock {
        lock: Lock::StopCluster(scope),
        since: closed.time,
        until: Some(until),
        refusal: Refusal::StopCluster { stops, within_ms: rule.within_ms, until },
    });
}

fn watch_profit(rule: LowProfit, state: &mut RiskState, closed: &ClosedTrade) {
    let oldest = closed.time.plus_millis(rule.within_ms.saturating_neg());
    let counts =
        |close: &&RecentClose| close.instrument == closed.instrument && close.time >= oldest;
    let mut trades = 0usize;
    let mut was = Decimal::ZERO;
    for close in state.closes.iter().filter(counts) {
        trades += 1;
        was += close.net_return;
    }
    if count(trades) < at_most_remembered(rule.trades) || was >= rule.return_min.decimal() {
        return;
    }
    let until = closed.time.plus_millis(rule.lock_ms);
    state.add(ActiveLock {
        lock: Lock::LowProfit(closed.instrument),
        since: closed.time,
        until: Some(until),
        refusal: Refusal::LowProfit { minimum: rule.return_min, was, until },
    });
}

/// A stop that lost money. A stop at the entry price is the plan at work and does not count.
fn is_stop(close: &RecentClose) -> bool {
    match close.reason {
        ExitReason::StopLoss | ExitReason::TrailingStop | ExitReason::Liquidation => {
            close.net_return < Decimal::ZERO
        }
        ExitReason::TakeProfit
        | ExitReason::BreakEven
        | ExitReason::Signal
        | ExitReason::RiskLock
        | ExitReason::Manual
        | ExitReason::StrategyEnd => false,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn at_most_remembered(asked: u32) -> u32 {
    asked.min(count(CLOSES_MAX))
}
