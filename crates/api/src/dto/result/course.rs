//! The course of a run: months, drawdowns, streaks, events of the whole account.

use desk::backtests::{DrawdownRecord, MonthRecord, NoticeRecord, StreakRecord};
use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::exact::ExactNumber;

/// One calendar month, UTC. Months multiply to years: `(1 + a) * (1 + b) - 1`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonthResult {
    /// `2023-01`.
    #[schema(example = "2023-01")]
    pub month: String,
    /// Equity at its start, quote asset.
    pub start_equity: f64,
    /// Equity at the end of its last day in the run.
    pub end_equity: f64,
    /// Growth, fraction; null unless it starts above zero.
    #[schema(required = true)]
    pub return_fraction: Option<f64>,
    /// Trades closed in it.
    pub trades: u64,
}

/// One drawdown: from the last instant at the peak until the peak was reached again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Drawdown {
    /// Last instant at the peak.
    pub peak_date: String,
    /// First instant with the lowest equity.
    pub valley_date: String,
    /// First instant at the peak again; null if the run ended before.
    #[schema(required = true)]
    pub recovered_date: Option<String>,
    /// Fraction of the peak that was lost.
    pub depth: f64,
    /// Equity at the peak, quote asset.
    pub peak_equity: f64,
    /// Lowest equity.
    pub valley_equity: f64,
}

/// Trades of one outcome in a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Streak {
    /// `win` or `loss`.
    #[schema(example = "loss")]
    pub outcome: String,
    /// Number of the first trade.
    pub first_trade: u32,
    /// How many trades.
    pub length: u64,
}

/// An event of the whole account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notice {
    /// When.
    pub time: String,
    /// `LOCKED`, `LIQUIDATED`, `STRATEGY_STOPPED` or `DEPLETED`.
    #[schema(example = "LOCKED")]
    pub code: String,
    /// Symbol, when it is about one.
    #[schema(required = true)]
    pub symbol: Option<String>,
    /// Equity after it, quote asset, where it is told.
    #[schema(required = true)]
    pub equity: Option<ExactNumber>,
    /// First instant at which a lock no longer holds; null: not by itself.
    #[schema(required = true)]
    pub until: Option<String>,
    /// For people.
    pub message: String,
}

impl From<MonthRecord> for MonthResult {
    fn from(month: MonthRecord) -> Self {
        Self {
            month: format!("{:04}-{:02}", month.year, month.month),
            start_equity: month.start_equity,
            end_equity: month.end_equity,
            return_fraction: month.return_fraction,
            trades: month.trades,
        }
    }
}

impl From<DrawdownRecord> for Drawdown {
    fn from(drawdown: DrawdownRecord) -> Self {
        Self {
            peak_date: drawdown.peak_time.to_string(),
            valley_date: drawdown.valley_time.to_string(),
            recovered_date: drawdown.recovered_ms.map(date),
            depth: drawdown.depth,
            peak_equity: drawdown.peak_equity,
            valley_equity: drawdown.valley_equity,
        }
    }
}

impl From<StreakRecord> for Streak {
    fn from(streak: StreakRecord) -> Self {
        let StreakRecord { outcome, first_trade, length } = streak;
        Self { outcome, first_trade, length }
    }
}

impl From<NoticeRecord> for Notice {
    fn from(notice: NoticeRecord) -> Self {
        Self {
            time: notice.time.to_string(),
            code: notice.code,
            symbol: notice.symbol,
            equity: notice.equity.map(ExactNumber),
            until: notice.until_ms.map(date),
            message: notice.message,
        }
    }
}

fn date(millis: i64) -> String {
    Timestamp::from_millis(millis).to_string()
}
