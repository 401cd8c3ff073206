//! What a run gives back.

use std::sync::Arc;

use domain::{Money, Timestamp};
use engine::{FillRecord, Notice, Skip, SkippedSignal, Trade};
use market::Series;
use strategy::Output;

use crate::{EquityCurve, Metrics, Times};

/// Skipped signals that are kept one by one; all are counted.
pub(crate) const SKIPS_KEPT: usize = 10_000;

/// Result of a finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// First deposit, in quote asset.
    pub initial_balance: Money,
    /// Wallet at the end, everything closed.
    pub final_balance: Money,
    /// Key figures.
    pub metrics: Metrics,
    /// Closed round trips, ascending by exit.
    pub trades: Vec<Trade>,
    /// Executions in the order in which they happened.
    pub fills: Vec<FillRecord>,
    /// Wallet plus unrealised profit at each instant, in quote asset.
    pub equity: Vec<f64>,
    /// The instants of the equity.
    pub instants: Instants,
    /// Wishes that did not become positions, counted by reason.
    pub skipped: Vec<Skipped>,
    /// The first of them one by one.
    pub skips: Vec<SkippedSignal>,
    /// What each sleeve's strategy has drawn and written.
    pub outputs: Vec<Output>,
    /// Liquidations, locks, strategies that gave up, and the end of the account.
    pub notices: Vec<Notice>,
    /// What a reader of the result must know.
    pub warnings: Vec<Warning>,
    /// Candles that carried fills, over all instruments.
    pub candles: u64,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle.
    pub last: Timestamp,
}

/// The instants at which something closed.
#[derive(Clone, Debug, PartialEq)]
pub enum Instants {
    /// Closes of one series.
    Series(Arc<Series>),
    /// Closes of several, each once, ms since the epoch, ascending.
    Listed(Vec<i64>),
}

impl Instants {
    /// The first `count` of them, ms since the epoch.
    #[must_use]
    pub fn millis(&self, count: usize) -> Vec<i64> {
        match self {
            Self::Series(series) => series.close_times(count),
            Self::Listed(times) => times[..count.min(times.len())].to_vec(),
        }
    }

    /// The first `count` of them without a copy, but for candles whose length is not fixed: those go
    /// to `space`.
    #[must_use]
    pub fn times<'a>(&'a self, space: &'a mut Vec<i64>, count: usize) -> Times<'a> {
        match self {
            Self::Listed(times) => Times::from(times).first(count),
            Self::Series(series) => match series.timeframe().fixed_millis() {
                Some(length) => Times::after(series.open_times(), length).first(count),
                None => {
                    *space = series.close_times(count);
                    Times::from(&*space)
                }
            },
        }
    }
}

impl RunResult {
    /// Equity with its times.
    #[must_use]
    pub fn equity_curve(&self) -> EquityCurve {
        EquityCurve { time: self.instants.millis(self.equity.len()), equity: self.equity.clone() }
    }

    /// When the account stopped trading because too little was left; `None` if it did not.
    #[must_use]
    pub fn depleted(&self) -> Option<Timestamp> {
        self.notices.iter().find_map(|notice| match notice {
            Notice::Depleted { time, .. } => Some(*time),
            Notice::Locked { .. } | Notice::Liquidated { .. } | Notice::GaveUp { .. } => None,
        })
    }
}

/// A remark on a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// Skipped wishes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Stable code.
    pub code: &'static str,
    /// The first one, with its numbers.
    pub message: String,
    /// How many there were.
    pub count: u64,
}

/// Counts skips by kind.
pub(crate) fn count_skips<'a>(skips: impl Iterator<Item = &'a Skip>) -> Vec<Skipped> {
    let mut skipped: Vec<Skipped> = Vec::new();
    for skip in skips {
        match skipped.iter_mut().find(|known| known.code == skip.code()) {
            Some(known) => known.count += 1,
            None => {
                skipped.push(Skipped { code: skip.code(), message: skip.message(), count: 1 });
            }
        }
    }
    skipped
}
