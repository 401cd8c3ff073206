//! What the gate remembers: the risk day, the highest equity, locks and recent closes.
//!
//! Plain data, to be stored and given back. Times in UTC. Everything is bounded.

use std::collections::VecDeque;

use domain::{Decimal, ExitReason, InstrumentId, Money, Timestamp};

use crate::Refusal;

/// Milliseconds of a UTC day.
const DAY_MS: i64 = 86_400_000;

/// The memory of a gate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskState {
    /// The day whose loss is counted; `None` until equity was noted.
    pub day: Option<RiskDay>,
    /// Highest equity noted, or equity when the drawdown lock was released last.
    pub peak: Option<Money>,
    /// Equity noted last.
    pub equity: Option<Money>,
    /// Locks in the order in which they fell; ended ones may linger.
    pub locks: Vec<ActiveLock>,
    /// Closes that guards still look at, in the order in which they were noted.
    pub closes: VecDeque<RecentClose>,
    /// Latest close by [`InstrumentId`]; may be shorter than the list of instruments.
    pub last_closes: Vec<Option<Timestamp>>,
}

/// A UTC day and the equity at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskDay {
    /// Midnight at its start.
    pub start: Timestamp,
    /// The last equity noted up to that midnight; the first one of all if there was none. Equity at
    /// the release, once the day's lock was released.
    pub equity: Money,
}

/// Something that refuses entries for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActiveLock {
    /// Which lock.
    pub lock: Lock,
    /// When it fell.
    pub since: Timestamp,
    /// First instant at which it no longer holds; `None` if it must be released.
    pub until: Option<Timestamp>,
    /// What it answers to entries.
    pub refusal: Refusal,
}

/// The locks there are; each exists at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The account has nothing left.
    Depleted,
    /// The day's loss limit. Ends with the UTC day or when released.
    LossDaily,
    /// The drawdown limit. Ends when released.
    Drawdown,
    /// Too many stops, on an instrument or (`None`) on the account.
    StopCluster(Option<InstrumentId>),
    /// Too little profit on an instrument.
    LowProfit(InstrumentId),
}

/// A closed trade as the guards remember it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentClose {
    /// What was traded.
    pub instrument: InstrumentId,
    /// When it was closed.
    pub time: Timestamp,
    /// Why.
    pub reason: ExitReason,
    /// Net profit divided by entry notional, 14 decimals.
    pub net_return: Decimal,
}

impl Lock {
    /// Whether it refuses entries on this instrument.
    #[must_use]
    pub fn covers(self, instrument: InstrumentId) -> bool {
        match self {
            Self::Depleted | Self::LossDaily | Self::Drawdown | Self::StopCluster(None) => true,
            Self::StopCluster(Some(locked)) | Self::LowProfit(locked) => locked == instrument,
        }
    }
}

impl ActiveLock {
    /// Whether it holds at `now`.
    #[inline]
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl RiskDay {
    /// Midnight at its end, the first instant of the next day.
    #[inline]
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.start.plus_millis(DAY_MS)
    }
}

impl RiskState {
    /// The first lock that refuses entries on the instrument at `now`.
    #[inline]
    #[must_use]
    pub fn lock_on(&self, instrument: InstrumentId, now: Timestamp) -> Option<&ActiveLock> {
        self.locks.iter().find(|active| active.holds(now) && active.lock.covers(instrument))
    }

    /// Whether this lock is there, ended or not.
    pub(crate) fn has(&self, lock: Lock) -> bool {
        self.locks.iter().any(|active| active.lock == lock)
    }

    /// Adds a lock. One of the same kind is replaced unless it holds longer.
    pub(crate) fn add(&mut self, new: ActiveLock) {
        let Some(old) = self.locks.iter_mut().find(|active| active.lock == new.lock) else {
            return self.locks.push(new);
        };
        let is_longer = match (old.until, new.until) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(old), Some(new)) => new > old,
        };
        if is_longer {
            *old = new;
        }
    }

    /// Takes a lock away.
    pub(crate) fn remove(&mut self, lock: Lock) -> Option<ActiveLock> {
        let place = self.locks.iter().position(|active| active.lock == lock)?;
        Some(self.locks.remove(place))
    }
}
