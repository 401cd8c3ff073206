//! Trades, their fills, skipped signals and the equity curve of a run.

use std::collections::BTreeMap;

use desk::backtests::{
    EquityReport, FillEntry, SizingRecord, SkipRecord, TradeExplanation as Explanation, TradeRecord,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::words;
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
    /// Place of its sleeve among the sleeves of the result, from 0.
    pub sleeve: u32,
    /// Instrument; empty in results of earlier versions.
    pub symbol: String,
    /// Strategy; empty in results of earlier versions.
    pub strategy: String,
    /// Direction.
    pub side: TradeSide,
    /// Base asset.
    pub size: ExactNumber,
    /// Time of the first fill.
    pub entry_date: String,
    /// Average entry price, slippage inside.
    pub entry_price: ExactNumber,
    /// Time of the last fill.
    pub exit_date: String,
    /// Average exit price, slippage inside.
    pub exit_price: ExactNumber,
    /// First stop.
    #[schema(required = true)]
    pub stop_loss: Option<ExactNumber>,
    /// First target.
    #[schema(required = true)]
    pub take_profit: Option<ExactNumber>,
    /// Result before costs, quote asset; slippage is already inside.
    pub pnl: ExactNumber,
    /// Commission of all fills, quote asset.
    pub commission: ExactNumber,
    /// Result after all costs, quote asset:
    /// `pnl + insurance - commission - funding - liquidation_fee`.
    pub pnl_comm: ExactNumber,
    /// Cost of slippage, quote asset; part of `pnl`.
    pub pnl_slippage: ExactNumber,
    /// Funding paid, quote asset; negative when more was received.
    pub funding: ExactNumber,
    /// Fee of a liquidation, quote asset.
    pub liquidation_fee: ExactNumber,
    /// What the insurance fund paid, quote asset.
    pub insurance: ExactNumber,
    /// Net result in percent of the entry's notional; zero where that is too small to be money.
    pub return_pct: ExactNumber,
    /// `Take Profit`, `Stop Loss`, `Break Even`, `Trailing Stop`, `Signal`, `Liquidation`, `Risk Lock`,
    /// `Manual` or `Strategy End`.
    #[schema(example = "Take Profit")]
    pub exit_reason: String,
    /// Time in the market in hours.
    pub duration_hours: f64,
    /// Whether the intrabar policy decided about an unknown order of events inside a candle.
    pub ambiguous: bool,
    /// Executions; 0 in results of earlier versions.
    pub fills: u32,
    /// How it was opened: `market`, `limit`, `stop` or `stop_limit`.
    #[schema(example = "market")]
    pub order: String,
    /// How its quantity was found; null in results of earlier versions.
    #[schema(required = true)]
    pub sizing: Option<TradeSizing>,
    /// Maximum adverse excursion: the quantity times the worst move against the average entry, quote
    /// asset; null where it is not known.
    #[schema(required = true)]
    pub mae: Option<ExactNumber>,
    /// Maximum favourable excursion, likewise.
    #[schema(required = true)]
    pub mfe: Option<ExactNumber>,
    /// Worst price seen.
    #[schema(required = true)]
    pub mae_price: Option<f64>,
    /// Best price seen.
    #[schema(required = true)]
    pub mfe_price: Option<f64>,
    /// `signal`, `confidence` and the readings that led to it.
    #[schema(value_type = Object)]
    pub metadata: BTreeMap<String, serde_json::Value>,
}

/// The arithmetic of one quantity: enough to compute it again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TradeSizing {
    /// `fixed` (a quantity), `notional` (an amount), `equity` (a fraction of equity as notional),
    /// `risk_of_equity` (a fraction of equity lost at the stop) or `volatility` (a fraction of equity
    /// lost in one move).
    #[schema(example = "risk_of_equity")]
    pub rule: String,
    /// Quantity, amount or fraction of the rule.
    pub value: ExactNumber,
    /// Move that the rule `volatility` reckons with, quote asset per unit.
    #[schema(required = true)]
    pub volatility: Option<ExactNumber>,
    /// Equity at the decision, quote asset.
    pub equity: ExactNumber,
    /// Free balance at the decision, quote asset.
    pub available: ExactNumber,
    /// Price that stood for the entry.
    pub price: ExactNumber,
    /// Distance from entry to stop, quote asset per unit.
    #[schema(required = true)]
    pub stop_distance: Option<ExactNumber>,
    /// Quantity by the rule, before caps and rounding, base asset.
    pub wished: ExactNumber,
    /// What made it smaller: `none`, `margin`, `lot_max`, `instrument_exposure`, `account_exposure`
    /// or `bracket`.
    #[schema(example = "none")]
    pub cap: String,
    /// Quantity of the order, base asset.
    pub quantity: ExactNumber,
}

/// A trade with its executions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TradeExplanation {
    /// The trade.
    pub trade: Trade,
    /// Its executions in the order in which they happened.
    pub fills: Vec<TradeFill>,
}

/// One execution.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TradeFill {
    /// Number of its order within the run.
    pub order: u64,
    /// When. A fill inside a candle carries the candle's open time.
    pub time: String,
    /// `buy` or `sell`.
    #[schema(example = "buy")]
    pub side: String,
    /// `Entry`, or why the position was closed or reduced.
    #[schema(example = "Entry")]
    pub purpose: String,
    /// Price, slippage inside.
    pub price: ExactNumber,
    /// Base asset.
    pub quantity: ExactNumber,
    /// `maker` or `taker`.
    #[schema(example = "taker")]
    pub liquidity: String,
    /// Fee, quote asset; negative when the venue paid one.
    pub commission: ExactNumber,
    /// What slippage cost, quote asset.
    pub slippage: ExactNumber,
    /// Whether the intrabar policy decided that it happened.
    pub ambiguous: bool,
    /// Whether more of its order was to come.
    pub partial: bool,
}

/// A signal that was not traded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkippedSignal {
    /// When.
    pub time: String,
    /// Place of its sleeve among the sleeves of the result, from 0.
    pub sleeve: u32,
    /// Instrument.
    pub symbol: String,
    /// Strategy.
    pub strategy: String,
    /// Wished direction; null when the wish was not about entering.
    #[schema(required = true)]
    pub side: Option<TradeSide>,
    /// Stable word of the refusing rule.
    #[schema(example = "REWARD_TO_RISK")]
    pub code: String,
    /// What happened, with its numbers.
    pub message: String,
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
        let excursion = trade.excursion;
        Self {
            index: trade.index,
            sleeve: trade.sleeve,
            symbol: trade.symbol,
            strategy: trade.strategy,
            funding: trade.funding.into(),
            liquidation_fee: trade.liquidation_fee.into(),
            insurance: trade.insurance.into(),
            fills: trade.fills,
            order: trade.order,
            sizing: trade.sizing.map(TradeSizing::from),
            mae: excursion.map(|one| one.mae.into()),
            mfe: excursion.map(|one| one.mfe.into()),
            mae_price: excursion.map(|one| one.mae_price),
            mfe_price: excursion.map(|one| one.mfe_price),
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

impl From<SizingRecord> for TradeSizing {
    fn from(sizing: SizingRecord) -> Self {
        Self {
            rule: sizing.rule,
            value: sizing.value.into(),
            volatility: sizing.volatility.map(ExactNumber),
            equity: sizing.equity.into(),
            available: sizing.available.into(),
            price: sizing.price.into(),
            stop_distance: sizing.stop_distance.map(ExactNumber),
            wished: sizing.wished.into(),
            cap: sizing.cap,
            quantity: sizing.quantity.into(),
        }
    }
}

impl From<Explanation> for TradeExplanation {
    fn from(explanation: Explanation) -> Self {
        let fills = explanation.fills.into_iter().map(TradeFill::from).collect();
        Self { trade: explanation.trade.into(), fills }
    }
}

impl From<FillEntry> for TradeFill {
    fn from(fill: FillEntry) -> Self {
        Self {
            order: fill.order,
            time: fill.time.to_string(),
            side: fill.side,
            purpose: fill.purpose,
            price: fill.price.into(),
            quantity: fill.quantity.into(),
            liquidity: fill.liquidity,
            commission: fill.commission.into(),
            slippage: fill.slippage.into(),
            ambiguous: fill.ambiguous,
            partial: fill.partial,
        }
    }
}

impl From<SkipRecord> for SkippedSignal {
    fn from(skip: SkipRecord) -> Self {
        let side = match skip.side.as_str() {
            "long" => Some(TradeSide::Long),
            "short" => Some(TradeSide::Short),
            _ => None,
        };
        Self {
            time: skip.time.to_string(),
            sleeve: skip.sleeve,
            symbol: skip.symbol,
            strategy: skip.strategy,
            side,
            code: skip.code,
            message: skip.message,
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
