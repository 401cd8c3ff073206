//! The loss limits: the loss of a UTC day, and the fall from the highest equity.
//!
//! A limit is breached when the loss reaches it. The daily lock ends with the UTC day, the drawdown
//! lock only when it is released. A clock that is set back starts no day and ends no lock.

use domain::{Money, Rate, Timestamp};

use crate::{ActiveLock, BreachAction, Lock, Refusal, RiskDay, RiskRules, RiskState};

/// A loss limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breach {
    /// The lock that fell, with its numbers.
    pub lock: ActiveLock,
    /// What is to be done beyond locking entries.
    pub action: BreachAction,
}

/// The limits with the equities at which they are reached.
#[derive(Clone, Debug)]
pub(crate) struct LossLimits {
    daily_max: Option<Rate>,
    drawdown_max: Option<Rate>,
    action: BreachAction,
    daily_floor: Option<Money>,
    drawdown_floor: Option<Money>,
}

impl LossLimits {
    pub(crate) fn new(rules: &RiskRules, state: &RiskState) -> Self {
        let mut limits = Self {
            daily_max: rules.loss_daily_max,
            drawdown_max: rules.drawdown_max,
            action: rules.on_breach,
            daily_floor: None,
            drawdown_floor: None,
        };
        limits.set_floors(state);
        limits
    }

    /// Whether equity must be noted.
    pub(crate) const fn watches(&self) -> bool {
        self.daily_max.is_some() || self.drawdown_max.is_some()
    }

    /// Takes the equities that losses are measured from out of a state that was changed.
    pub(crate) fn set_floors(&mut self, state: &RiskState) {
        self.daily_floor = floor(state.day.map(|day| day.equity), self.daily_max);
        self.drawdown_floor = floor(state.peak, self.drawdown_max);
    }

    /// Takes note of equity. Of two limits breached at once both lock, and the drawdown is told.
    #[inline]
    pub(crate) fn note(
        &mut self,
        state: &mut RiskState,
        now: Timestamp,
        equity: Money,
    ) -> Option<Breach> {
        if state.day.is_none_or(|day| now >= day.end()) {
            self.start_day(state, now, equity);
        }
        if state.peak.is_none_or(|peak| equity > peak) {
            state.peak = Some(equity);
            self.drawdown_floor = floor(state.peak, self.drawdown_max);
        }
        state.equity = Some(equity);
        if is_reached(self.daily_floor, equity) || is_reached(self.drawdown_floor, equity) {
            return self.lock(state, now, equity);
        }
        None
    }

    /// Refuses when the equity of this moment has reached a limit, noted or not.
    #[inline]
    pub(crate) fn check(
        &self,
        state: &RiskState,
        now: Timestamp,
        equity: Money,
    ) -> Result<(), Refusal> {
        let is_today = state.day.is_some_and(|day| now < day.end());
        if is_today && is_reached(self.daily_floor, equity) {
            return Err(self.daily(state, equity));
        }
        if is_reached(self.drawdown_floor, equity) {
            return Err(self.drawdown(state, equity));
        }
        Ok(())
    }

    #[cold]
    fn start_day(&mut self, state: &mut RiskState, now: Timestamp, equity: Money) {
        let start = now.day_start();
        let before = state.equity.filter(|_| now > start);
        state.day = Some(RiskDay { start, equity: before.unwrap_or(equity) });
        state.remove(Lock::LossDaily);
        self.set_floors(state);
    }

    #[cold]
    fn lock(&self, state: &mut RiskState, since: Timestamp, equity: Money) -> Option<Breach> {
        let mut breach = None;
        if is_reached(self.daily_floor, equity) && !state.has(Lock::LossDaily) {
            let (until, refusal) = (state.day.map(RiskDay::end), self.daily(state, equity));
            breach = Some(ActiveLock { lock: Lock::LossDaily, since, until, refusal });
            state.locks.extend(breach);
        }
        if is_reached(self.drawdown_floor, equity) && !state.has(Lock::Drawdown) {
            let refusal = self.drawdown(state, equity);
            breach = Some(ActiveLock { lock: Lock::Drawdown, since, until: None, refusal });
            state.locks.extend(breach);
        }
        breach.map(|lock| Breach { lock, action: self.action })
    }

    fn daily(&self, state: &RiskState, equity: Money) -> Refusal {
        let day = state.day.unwrap_or(RiskDay { start: Timestamp::default(), equity });
        Refusal::LossDaily {
            maximum: day.equity * self.daily_max.unwrap_or_default(),
            was: day.equity - equity,
            until: day.end(),
        }
    }

    fn drawdown(&self, state: &RiskState, equity: Money) -> Refusal {
        let peak = state.peak.unwrap_or(equity);
        let maximum = peak * self.drawdown_max.unwrap_or_default();
        Refusal::Drawdown { maximum, was: peak - equity }
    }
}

/// The equity at which a loss of `maximum`, a fraction of `from`, is reached.
fn floor(from: Option<Money>, maximum: Option<Rate>) -> Option<Money> {
    Some(from? - from? * maximum?)
}

#[inline]
fn is_reached(floor: Option<Money>, equity: Money) -> bool {
    floor.is_some_and(|floor| equity <= floor)
}
