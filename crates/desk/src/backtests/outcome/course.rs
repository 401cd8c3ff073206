//! The course of a run: months, drawdowns, streaks, events of the whole account.

use domain::{Decimal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text;

/// One calendar month, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonthRecord {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Equity at its start.
    pub start_equity: f64,
    /// Equity at the end of its last day in the run.
    pub end_equity: f64,
    /// Growth as a fraction; `None` unless it starts above zero.
    pub return_fraction: Option<f64>,
    /// Trades closed in it.
    pub trades: u64,
}

/// One drawdown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawdownRecord {
    /// Last instant at the peak.
    #[serde(with = "text")]
    pub peak_time: Timestamp,
    /// First instant with the lowest equity.
    #[serde(with = "text")]
    pub valley_time: Timestamp,
    /// First instant at the peak again, ms since the epoch; `None` if the run ended before.
    pub recovered_ms: Option<i64>,
    /// Fraction of the peak that was lost.
    pub depth: f64,
    /// Equity at the peak.
    pub peak_equity: f64,
    /// Lowest equity.
    pub valley_equity: f64,
}

/// Trades of one outcome in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreakRecord {
    /// `win` or `loss`.
    pub outcome: String,
    /// Number of the first trade.
    pub first_trade: u32,
    /// How many trades.
    pub length: u64,
}

/// An event of the whole account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeRecord {
    /// When.
    #[serde(with = "text")]
    pub time: Timestamp,
    /// `LOCKED`, `LIQUIDATED`, `STRATEGY_STOPPED` or `DEPLETED`.
    pub code: String,
    /// Symbol, when it is about one.
    pub symbol: Option<String>,
    /// Equity after it, where it is told.
    pub equity: Option<Decimal>,
    /// First instant at which a lock no longer holds, ms since the epoch; `None`: not by itself.
    pub until_ms: Option<i64>,
    /// For people.
    pub message: String,
}
