//! What was proved about a result: its band, its truncation badge.

use desk::backtests::{BandEdgeRecord, BandRecord, CutDifference, CutRecord, TruncationRecord};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::words::words;
use crate::exact::ExactNumber;

/// How far an unknown order of events inside candles moves the result. Its edges are whole runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Band {
    /// Trades of the result that depended on an unknown order of events.
    pub ambiguous_trades: u64,
    /// Everywhere the worse for the trader.
    pub pessimistic: BandEdge,
    /// Everywhere the better for the trader.
    pub optimistic: BandEdge,
}

/// One edge of a band.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct BandEdge {
    /// Capital at the end, quote asset.
    pub final_balance: ExactNumber,
    /// Fraction.
    pub total_return: ExactNumber,
    /// Closed trades.
    pub trades: u64,
    /// Those that depended on an unknown order of events.
    pub ambiguous: u64,
}

words! {
    /// Verdict of a truncation check.
    TruncationBadge {
        /// Nothing before any cut depends on what comes after it.
        Passed = "passed",
        /// Something does.
        Failed = "failed",
    }
}

/// Proof that no decision needed the future: reruns on data that ends at a cut, and on data whose
/// future is noise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Truncation {
    /// The verdict over all cuts.
    pub badge: TruncationBadge,
    /// Decisions up to the last cut; with none the badge says little.
    pub decisions: u64,
    /// The cuts, ascending.
    pub cuts: Vec<TruncationCut>,
}

/// One cut.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TruncationCut {
    /// The candles that close at it are the last ones of the past.
    pub time: String,
    /// Decisions up to it.
    pub decisions: u64,
    /// Fills before it.
    pub fills: u64,
    /// Trades closed before it.
    pub trades: u64,
    /// First difference of the run whose data ends here.
    #[schema(required = true)]
    pub prefix: Option<TruncationDifference>,
    /// First difference of the run whose data goes on as noise.
    #[schema(required = true)]
    pub noise: Option<TruncationDifference>,
}

/// Something that would have been otherwise with another future.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TruncationDifference {
    /// `decisions`, `fills` or `trades`.
    pub in_what: String,
    /// When the first such thing happened.
    pub time: String,
}

impl From<BandRecord> for Band {
    fn from(band: BandRecord) -> Self {
        Self {
            ambiguous_trades: band.ambiguous_trades,
            pessimistic: band.pessimistic.into(),
            optimistic: band.optimistic.into(),
        }
    }
}

impl From<BandEdgeRecord> for BandEdge {
    fn from(edge: BandEdgeRecord) -> Self {
        Self {
            final_balance: edge.final_balance.into(),
            total_return: edge.total_return.into(),
            trades: edge.trades,
            ambiguous: edge.ambiguous,
        }
    }
}

impl From<TruncationRecord> for Truncation {
    fn from(truncation: TruncationRecord) -> Self {
        let passed = truncation.badge == "passed";
        Self {
            badge: if passed { TruncationBadge::Passed } else { TruncationBadge::Failed },
            decisions: truncation.decisions,
            cuts: truncation.cuts.into_iter().map(TruncationCut::from).collect(),
        }
    }
}

impl From<CutRecord> for TruncationCut {
    fn from(cut: CutRecord) -> Self {
        let difference = |found: CutDifference| TruncationDifference {
            in_what: found.in_what,
            time: found.time.to_string(),
        };
        Self {
            time: cut.time.to_string(),
            decisions: cut.decisions,
            fills: cut.fills,
            trades: cut.trades,
            prefix: cut.prefix.map(difference),
            noise: cut.noise.map(difference),
        }
    }
}
