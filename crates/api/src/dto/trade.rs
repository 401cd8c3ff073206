//! Trades and the equity curve of a run.

use std::collections::BTreeMap;

use desk::backtests::{EquityReport, TradeRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::backtest::words;
use crate::exact::ExactNumber;

words! {
    /// Direction of a position.
    TradeSide {
        /// Gains when the price rises.
        Long = "long",
        /// Gains when the price falls.
        Short = "short",
    }
}

/// One closed trade.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Trade {
    /// Number in order of closing, from 1.
    pub index: u32,
    /// Direction.
    pub side: TradeSide,
    /// Base asset.
    pub size: ExactNumber,
    /// Time of the entry's fill.
    pub entry_date: String,
    /// Fill price, slippage inside.
    pub entry_price: ExactNumber,
    /// Time of the exit's fill.
    pub exit_date: String,
    /// Fill price, slippage inside.
    pub exit_price: ExactNumber,
    /// Stop of the signal.
    #[schema(required = true)]
    pub stop_loss: Option<ExactNumber>,
    /// Target of the signal.
    #[schema(required = true)]
    pub take_profit: Option<ExactNumber>,
    /// Result before commission, quote asset; slippage is already inside.
    pub pnl: ExactNumber,
    /// Commission of both sides, quote asset.
    pub commission: ExactNumber,
    /// Result after commission, quote asset.
    pub pnl_comm: ExactNumber,
    /// Cost of slippage, quote asset; part of `pnl`.
    pub pnl_slippage: ExactNumber,
    /// Net result in percent of the entry's notional.
    pub return_pct: ExactNumber,
    /// `Take Profit`, `Stop Loss`, `Signal` or `Strategy End`.
    #[schema(example = "Take Profit")]
    pub exit_reason: String,
    /// Time in the market in hours.
    pub duration_hours: f64,
    /// Whether one candle touched both stop and target, so that the policy decided.
    pub ambiguous: bool,
    /// `signal`, `confidence` and the readings that led to it.
    #[schema(value_type = Object)]
    pub metadata: BTreeMap<String, serde_json::Value>,
}

/// Equity over time as columns of equal length.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EquityCurve {
    /// Candle closes, ms since the epoch.
    pub time: Vec<i64>,
    /// Equity, quote asset.
    pub equity: Vec<f64>,
    /// Fall from the highest equity so far, fraction of it.
    pub drawdown: Vec<f64>,
    /// Points of the whole curve.
    pub total_points: usize,
    /// Whether points were left out; lows and highs never are.
    pub downsampled: bool,
}

impl From<TradeRecord> for Trade {
    fn from(trade: TradeRecord) -> Self {
        let duration_hours = trade.duration_hours();
        let mut metadata: BTreeMap<String, serde_json::Value> =
            trade.readings.into_iter().map(|(name, value)| (name, value.into())).collect();
        metadata.insert("signal".to_owned(), trade.signal.into());
        metadata.insert("confidence".to_owned(), trade.confidence.into());
        Self {
            index: trade.index,
            side: if trade.side == "short" { TradeSide::Short } else { TradeSide::Long },
            size: trade.size.into(),
            entry_date: trade.entry_time.to_string(),
            entry_price: trade.entry_price.into(),
            exit_date: trade.exit_time.to_string(),
            exit_price: trade.exit_price.into(),
            stop_loss: trade.stop_loss.map(ExactNumber),
            take_profit: trade.take_profit.map(ExactNumber),
            pnl: trade.gross.into(),
            commission: trade.commission.into(),
            pnl_comm: trade.net.into(),
            pnl_slippage: trade.slippage.into(),
            return_pct: trade.return_percent.into(),
            exit_reason: trade.exit_reason,
            duration_hours,
            ambiguous: trade.ambiguous,
            metadata,
        }
    }
}

impl From<EquityReport> for EquityCurve {
    fn from(curve: EquityReport) -> Self {
        Self {
            downsampled: curve.time.len() < curve.total_points,
            time: curve.time,
            equity: curve.equity,
            drawdown: curve.drawdown,
            total_points: curve.total_points,
        }
    }
}
