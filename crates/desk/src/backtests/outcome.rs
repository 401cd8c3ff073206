//! What a run brought, in the form in which it is stored.
//!
//! Amounts in quote asset and exact; returns, drawdown and win rate are fractions;
//! times UTC. Answers are always made from this form, so that a fresh result and
//! one from the history cannot differ. What an earlier version did not store reads as empty.

mod account;
mod course;
mod output;
mod proofs;
mod trade;

use domain::{Decimal, Timestamp};
use serde::{Deserialize, Serialize};

pub use account::{FundingRecord, InstrumentRecord, ShareRecord, SleeveRecord};
pub use course::{DrawdownRecord, MonthRecord, NoticeRecord, StreakRecord};
pub(crate) use output::SleeveOutput;
pub use output::{LogRecord, OutputCounts};
pub use proofs::{BandEdgeRecord, BandRecord, CutDifference, CutRecord, TruncationRecord};
pub use trade::{
    ExcursionRecord, FillEntry, SizingRecord, SkipRecord, TradeExplanation, TradeRecord,
};

use crate::text;

/// The figures of a run, kept apart because lists show them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    /// Market the candles came from: `um`, `spot` or `demo`; of the first symbol of several.
    pub market: String,
    /// Whether any candles are synthetic.
    pub synthetic: bool,
    /// Capital at the end.
    pub final_balance: Decimal,
    /// (final - initial) / initial.
    pub total_return: Decimal,
    /// Largest fall from a peak, fraction of the peak.
    pub max_drawdown: f64,
    /// `None` where it is not defined.
    pub sharpe_ratio: Option<f64>,
    /// Closed trades.
    pub total_trades: u64,
    /// Trades with a net gain.
    pub winning_trades: u64,
    /// Trades with a net loss.
    pub losing_trades: u64,
    /// winning / total; `None` without trades.
    pub win_rate: Option<Decimal>,
    /// Gains / losses; `None` without losses.
    pub profit_factor: Option<Decimal>,
    /// Mean net result of a trade; `None` without trades.
    pub avg_trade: Option<Decimal>,
    /// Longest run of losing trades.
    pub max_consecutive_losses: u64,
    /// All commission paid.
    pub total_commission: Decimal,
    /// All slippage paid, part of gross results.
    pub total_slippage: Decimal,
    /// Whether a strategy failed on the way and was asked no more.
    #[serde(default)]
    pub strategy_stopped: bool,
}

/// Everything else a result tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetails {
    /// Version of the strategy's rules.
    pub strategy_version: String,
    /// Remarks on data and run.
    pub warnings: Vec<Remark>,
    /// Missing candles of the range, the first 200.
    pub gaps: Vec<RunGap>,
    /// How many gaps there are.
    pub gap_count: u64,
    /// Signals that were not traded, by reason.
    pub skipped: Vec<SkippedSignals>,
    /// All metrics with their definitions.
    pub metrics: Vec<MetricRecord>,
    /// How long it took.
    pub timing: Timing,
    /// Open time of the first driving candle.
    #[serde(with = "text")]
    pub first_candle: Timestamp,
    /// Open time of the last driving candle.
    #[serde(with = "text")]
    pub last_candle: Timestamp,
    /// Each symbol with what it was run on and what it brought.
    #[serde(default)]
    pub instruments: Vec<InstrumentRecord>,
    /// Each sleeve with what it brought.
    #[serde(default)]
    pub sleeves: Vec<SleeveRecord>,
    /// What the account gained or lost that belongs to no trade.
    #[serde(default)]
    pub unassigned: Decimal,
    /// Returns of calendar months.
    #[serde(default)]
    pub months: Vec<MonthRecord>,
    /// The ten deepest drawdowns, deepest first.
    #[serde(default)]
    pub drawdowns: Vec<DrawdownRecord>,
    /// The ten longest winning and the ten longest losing streaks, in order of closing.
    #[serde(default)]
    pub streaks: Vec<StreakRecord>,
    /// Liquidations, locks, strategies that gave up, and the end of the account, the first 1000.
    #[serde(default)]
    pub notices: Vec<NoticeRecord>,
    /// How many notices there were.
    #[serde(default)]
    pub notice_count: u64,
    /// Skipped signals that are kept one by one.
    #[serde(default)]
    pub skips_kept: u64,
    /// How much the strategies have drawn and written.
    #[serde(default)]
    pub output: OutputCounts,
    /// The result under both extreme policies; `None` without an ambiguous trade, or when it was not
    /// asked for.
    #[serde(default)]
    pub band: Option<BandRecord>,
    /// The truncation badge; `None` when it was not asked for.
    #[serde(default)]
    pub truncation: Option<TruncationRecord>,
}

/// A remark with a stable code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Stable word.
    pub code: String,
    /// For people.
    pub message: String,
}

/// A run of missing candles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunGap {
    /// Symbol; empty where an earlier version stored it.
    #[serde(default)]
    pub symbol: String,
    /// Candle length of the stored series it is missing from.
    pub timeframe: String,
    /// First missing open time.
    #[serde(with = "text")]
    pub from: Timestamp,
    /// Next existing open time.
    #[serde(with = "text")]
    pub to: Timestamp,
    /// How many are missing.
    pub missing: u64,
}

/// Signals that were not traded for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedSignals {
    /// Stable word.
    pub code: String,
    /// For people.
    pub message: String,
    /// How many.
    pub count: u64,
}

/// One metric with its definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricRecord {
    /// Stable name.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// `returns`, `risk`, `trades`, `costs`, `exposure` or `long_short`; empty where an earlier
    /// version stored it.
    #[serde(default)]
    pub group: String,
    /// The value; `None` where it is not defined.
    pub value: Option<MetricNumber>,
    /// `money`, `fraction`, `ratio`, `count` or `hours`.
    pub unit: String,
    /// How it is computed.
    pub definition: String,
    /// On what it is computed.
    pub basis: String,
}

/// A metric's value with its kind of exactness.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricNumber {
    /// Exact.
    Exact(Decimal),
    /// A binary floating point statistic.
    Statistic(f64),
    /// A count.
    Count(u64),
}

/// How long a run took. Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Loading and aggregating candles.
    pub load_ms: f64,
    /// The run itself.
    pub run_ms: f64,
    /// Candles of the driving timeframe.
    pub bars: u64,
}
