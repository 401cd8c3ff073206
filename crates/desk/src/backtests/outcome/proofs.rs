//! What was proved about a result: its band and its truncation badge.

use domain::{Decimal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text;

/// The result under either extreme intrabar policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandRecord {
    /// Trades of the result that depended on an unknown order of events.
    pub ambiguous_trades: u64,
    /// Everywhere the worse for the trader.
    pub pessimistic: BandEdgeRecord,
    /// Everywhere the better for the trader.
    pub optimistic: BandEdgeRecord,
}

/// One edge of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandEdgeRecord {
    /// Capital at the end.
    pub final_balance: Decimal,
    /// (final - initial) / initial.
    pub total_return: Decimal,
    /// Closed trades.
    pub trades: u64,
    /// Those that depended on an unknown order of events.
    pub ambiguous: u64,
}

/// The truncation badge with its cuts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruncationRecord {
    /// `passed` or `failed`.
    pub badge: String,
    /// Decisions up to the last cut; with none the badge says little.
    pub decisions: u64,
    /// Where the future was taken away, ascending.
    pub cuts: Vec<CutRecord>,
}

/// One cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutRecord {
    /// The candles that close at it are the last ones of the past.
    #[serde(with = "text")]
    pub time: Timestamp,
    /// Decisions up to it.
    pub decisions: u64,
    /// Fills before it.
    pub fills: u64,
    /// Trades closed before it.
    pub trades: u64,
    /// First difference of the run whose data ends here.
    pub prefix: Option<CutDifference>,
    /// First difference of the run whose data goes on as noise.
    pub noise: Option<CutDifference>,
}

/// Something that would have been otherwise with another future.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutDifference {
    /// `decisions`, `fills` or `trades`.
    pub in_what: String,
    /// When the first such thing happened.
    #[serde(with = "text")]
    pub time: Timestamp,
}
