//! What a run brought, in the form in which it is stored.
//!
//! Amounts in quote asset and exact; returns, drawdown and win rate are fractions;
//! times UTC. Answers are always made from this form, so that a fresh result and
//! one from the history cannot differ.

use domain::{Decimal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text;

/// The figures of a run, kept apart because lists show them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    /// Market the candles came from: `um`, `spot` or `demo`.
    pub market: String,
    /// Whether the candles are synthetic.
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

/// One closed trade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TradeRecord {
    /// From 1, in order of closing.
    pub index: u32,
    /// `long` or `short`.
    pub side: String,
    /// Base asset.
    pub size: Decimal,
    /// Time of the entry's fill.
    #[serde(with = "text")]
    pub entry_time: Timestamp,
    /// Fill price, slippage inside.
    pub entry_price: Decimal,
    /// Time of the exit's fill.
    #[serde(with = "text")]
    pub exit_time: Timestamp,
    /// Fill price, slippage inside.
    pub exit_price: Decimal,
    /// Stop of the signal.
    pub stop_loss: Option<Decimal>,
    /// Target of the signal.
    pub take_profit: Option<Decimal>,
    /// Result before commission.
    pub gross: Decimal,
    /// Commission of both sides.
    pub commission: Decimal,
    /// Result after commission.
    pub net: Decimal,
    /// Cost of slippage, part of the gross result.
    pub slippage: Decimal,
    /// Net result in percent of the entry's notional.
    pub return_percent: Decimal,
    /// `Take Profit`, `Stop Loss`, `Signal` or `Strategy End`.
    pub exit_reason: String,
    /// Whether one candle touched both stop and target.
    pub ambiguous: bool,
    /// Confidence of the signal, 0 to 1.
    pub confidence: f64,
    /// Kind of the signal.
    pub signal: String,
    /// Readings that led to the signal.
    pub readings: Vec<(String, f64)>,
}

impl TradeRecord {
    /// Time in the market in hours.
    #[must_use]
    pub fn duration_hours(&self) -> f64 {
        // Far below 2^53 milliseconds: exact.
        #[expect(clippy::cast_precision_loss, reason = "a span of milliseconds is far below 2^53")]
        let millis = (self.exit_time.millis() - self.entry_time.millis()) as f64;
        millis / 3_600_000.0
    }
}
