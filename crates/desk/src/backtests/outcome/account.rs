//! The account by symbols and by sleeves: what they were run on, what they brought.

use domain::Decimal;
use serde::{Deserialize, Serialize};

use super::Remark;

/// One symbol of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstrumentRecord {
    /// Instrument.
    pub symbol: String,
    /// Market its candles came from: `um`, `spot` or `demo`.
    pub market: String,
    /// Whether they are synthetic.
    pub synthetic: bool,
    /// Length of the candles that carried its fills.
    pub timeframe: String,
    /// Length of the stored candles they were built from.
    pub source_timeframe: String,
    /// How many candles carried its fills.
    pub candles: u64,
    /// Length of the stored mark price candles; `None`: last prices stood in.
    pub mark: Option<String>,
    /// Length of the stored candles that the `drill` policy looked into.
    pub finer: Option<String>,
    /// Its funding settlements.
    pub funding: FundingRecord,
    /// `unknown`, `off`, `given`, or the day from which they hold, and how often they changed in the range.
    pub filters: String,
    /// `given`, `demo_exchange`, the name of a built-in table, or the day from which they hold, and how often they
    /// changed in the range.
    pub brackets: String,
    /// How many gaps its candles have.
    pub gap_count: u64,
    /// Remarks on its data.
    pub warnings: Vec<Remark>,
    /// What its trades brought.
    pub result: Option<ShareRecord>,
}

/// Where the funding of a symbol came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingRecord {
    /// `recorded`, `constant`, `off` or `none`.
    pub source: String,
    /// All settlements of the range.
    pub settlements: u64,
    /// Those that were recorded.
    pub recorded: u64,
    /// Those whose rate was assumed, as none was recorded.
    pub assumed: u64,
    /// Those with a mark price.
    pub with_mark: u64,
}

/// One strategy on one symbol, and what it brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SleeveRecord {
    /// Instrument.
    pub symbol: String,
    /// Id of the strategy.
    pub strategy: String,
    /// Version of its rules.
    pub strategy_version: String,
    /// What its trades brought.
    pub result: ShareRecord,
}

/// A share of the account: sums over its trades, in quote asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRecord {
    /// Closed trades.
    pub trades: u64,
    /// Trades with a net gain.
    pub winning_trades: u64,
    /// Result after all costs.
    pub net_profit: Decimal,
    /// Trading fees.
    pub commission: Decimal,
    /// Slippage, part of the result before costs.
    pub slippage: Decimal,
    /// Funding paid less funding received.
    pub funding: Decimal,
    /// Fees of liquidations.
    pub liquidation_fees: Decimal,
    /// What the insurance fund paid.
    pub insurance: Decimal,
}
