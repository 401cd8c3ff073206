//! What a run gives back.

use std::sync::Arc;

use domain::Timestamp;
use engine::{Skip, Trade};
use market::Series;

use crate::{EquityCurve, Metrics};

/// Result of a finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// Key figures.
    pub metrics: Metrics,
    /// Closed round trips, ascending by exit.
    pub trades: Vec<Trade>,
    /// Wallet plus unrealised profit at each close of the driving timeframe, in quote asset.
    pub equity: Vec<f64>,
    /// Candles of the driving timeframe; the run may have ended before the last one.
    pub driving: Arc<Series>,
    /// Wishes that did not become positions, counted by reason.
    pub skipped: Vec<Skipped>,
    /// What a reader of the result must know.
    pub warnings: Vec<Warning>,
    /// Candles of the driving timeframe.
    pub candles: u64,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle.
    pub last: Timestamp,
}

impl RunResult {
    /// Equity with its times.
    #[must_use]
    pub fn equity_curve(&self) -> EquityCurve {
        let time = self.driving.close_times(self.equity.len());
        EquityCurve { time, equity: self.equity.clone() }
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

/// Adds a skip to its kind.
pub(crate) fn count_skip(skipped: &mut Vec<Skipped>, skip: &Skip) {
    match skipped.iter_mut().find(|known| known.code == skip.code()) {
        Some(known) => known.count += 1,
        None => skipped.push(Skipped { code: skip.code(), message: skip.message(), count: 1 }),
    }
}
