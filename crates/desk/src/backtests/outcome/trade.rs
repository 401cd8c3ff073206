//! Single trades, their executions, and signals that were not traded.

use domain::{Decimal, Timestamp};

/// One closed trade.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeRecord {
    /// From 1, in order of closing.
    pub index: u32,
    /// Place of its sleeve in the request, from 0.
    pub sleeve: u32,
    /// Instrument; empty where an earlier version stored the trade.
    pub symbol: String,
    /// Id of the strategy; empty where an earlier version stored the trade.
    pub strategy: String,
    /// `long` or `short`.
    pub side: String,
    /// Base asset.
    pub size: Decimal,
    /// Time of the first fill.
    pub entry_time: Timestamp,
    /// Average entry price, slippage inside.
    pub entry_price: Decimal,
    /// Time of the last fill.
    pub exit_time: Timestamp,
    /// Average exit price, slippage inside.
    pub exit_price: Decimal,
    /// First stop.
    pub stop_loss: Option<Decimal>,
    /// First target.
    pub take_profit: Option<Decimal>,
    /// Result before costs.
    pub gross: Decimal,
    /// Commission of all fills.
    pub commission: Decimal,
    /// Result after all costs.
    pub net: Decimal,
    /// Cost of slippage, part of the gross result.
    pub slippage: Decimal,
    /// Funding paid; negative when more was received.
    pub funding: Decimal,
    /// Fee of a liquidation.
    pub liquidation_fee: Decimal,
    /// What the insurance fund paid.
    pub insurance: Decimal,
    /// Net result in percent of the entry's notional; zero where that is too small to be money.
    pub return_percent: Decimal,
    /// Why it was closed, as [`domain::ExitReason::name`] says it.
    pub exit_reason: String,
    /// Whether policy decided about an unknown order of events inside a candle.
    pub ambiguous: bool,
    /// Executions; 0 where an earlier version stored the trade.
    pub fills: u32,
    /// `market`, `limit`, `stop` or `stop_limit`.
    pub order: String,
    /// How its quantity was found; `None` where an earlier version stored the trade.
    pub sizing: Option<SizingRecord>,
    /// Largest moves against it and in its favour; `None` where they are not known.
    pub excursion: Option<ExcursionRecord>,
    /// Confidence of the signal, 0 to 1.
    pub confidence: f64,
    /// Kind of the signal.
    pub signal: String,
    /// Readings that led to the signal.
    pub readings: Vec<(String, f64)>,
}

/// The arithmetic of one quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizingRecord {
    /// `fixed`, `notional`, `equity`, `risk_of_equity` or `volatility`.
    pub rule: String,
    /// Quantity, amount or fraction of the rule.
    pub value: Decimal,
    /// Move that the volatility rule reckons with, quote asset per unit.
    pub volatility: Option<Decimal>,
    /// Equity at the decision.
    pub equity: Decimal,
    /// Free balance at the decision.
    pub available: Decimal,
    /// Price that stood for the entry.
    pub price: Decimal,
    /// Distance from entry to stop, quote asset per unit.
    pub stop_distance: Option<Decimal>,
    /// Quantity by the rule, before caps and rounding.
    pub wished: Decimal,
    /// What made it smaller, as [`risk::SizeCap::name`] says it.
    pub cap: String,
    /// Quantity of the order.
    pub quantity: Decimal,
}

/// Largest moves of the price against the average entry while the trade was open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExcursionRecord {
    /// Maximum adverse excursion, quote asset.
    pub mae: Decimal,
    /// Maximum favourable excursion, quote asset.
    pub mfe: Decimal,
    /// Worst price.
    pub mae_price: f64,
    /// Best price.
    pub mfe_price: f64,
}

/// One execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillEntry {
    /// Number of its trade.
    pub trade: u32,
    /// Number of its order.
    pub order: u64,
    /// When.
    pub time: Timestamp,
    /// `buy` or `sell`.
    pub side: String,
    /// `Entry`, or why the position was closed or reduced.
    pub purpose: String,
    /// Price, slippage inside.
    pub price: Decimal,
    /// Base asset.
    pub quantity: Decimal,
    /// `maker` or `taker`.
    pub liquidity: String,
    /// Fee; negative when the venue paid one.
    pub commission: Decimal,
    /// What slippage cost.
    pub slippage: Decimal,
    /// Whether policy decided about an unknown order of events inside the candle.
    pub ambiguous: bool,
    /// Whether more of its order was to come.
    pub partial: bool,
}

/// A trade with its executions.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeExplanation {
    /// The trade.
    pub trade: TradeRecord,
    /// Its executions in the order in which they happened.
    pub fills: Vec<FillEntry>,
}

/// A signal that was not traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipRecord {
    /// When.
    pub time: Timestamp,
    /// Place of its sleeve in the request, from 0.
    pub sleeve: u32,
    /// Instrument.
    pub symbol: String,
    /// Id of the strategy.
    pub strategy: String,
    /// `long`, `short`, or empty when it was not about entering.
    pub side: String,
    /// Stable word of the refusing rule.
    pub code: String,
    /// What happened, with its numbers.
    pub message: String,
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
