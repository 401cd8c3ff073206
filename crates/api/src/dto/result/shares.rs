//! The account by symbols and by sleeves.

use std::collections::BTreeMap;

use desk::backtests::{FundingRecord, InstrumentRecord, ShareRecord, SleeveRecord, SleeveRequest};
use serde::Serialize;
use utoipa::ToSchema;

use super::Remark;
use crate::dto::backtest::{ParameterValue, parameters, roles, timeframes};
use crate::dto::words::{Market, Role};
use crate::exact::ExactNumber;

/// One symbol of a run: what it was run on, and what it brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstrumentResult {
    /// Instrument.
    pub symbol: String,
    /// Market its candles came from.
    pub market: Market,
    /// Whether they are synthetic.
    pub synthetic: bool,
    /// Length of the candles that carried its fills.
    pub timeframe: String,
    /// Length of the stored candles they were built from.
    pub source_timeframe: String,
    /// How many candles carried its fills.
    pub candles: u64,
    /// Length of the stored mark price candles; null: last prices stood in.
    #[schema(required = true)]
    pub mark: Option<String>,
    /// Length of the stored candles that the `drill` policy looked into.
    #[schema(required = true)]
    pub finer: Option<String>,
    /// Its funding settlements.
    pub funding: FundingFacts,
    /// `unknown`, `off`, `given`, or the day from which they hold, as in `as of 2026-09-11`; where they changed in the
    /// range, as in `as of 2026-09-11, 2 changes until 2026-12-01`.
    pub filters: String,
    /// `given`, `demo_exchange`, the name of a built-in table, or the day from which they hold, in the words of
    /// `filters`.
    #[schema(example = "historical_btcusdt")]
    pub brackets: String,
    /// How many gaps its candles have.
    pub gap_count: u64,
    /// Remarks on its data.
    pub warnings: Vec<Remark>,
    /// What its trades brought.
    #[schema(required = true)]
    pub result: Option<Share>,
}

/// Where the funding of a symbol came from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FundingFacts {
    /// `recorded`, `constant`, `off` or `none`.
    #[schema(example = "recorded")]
    pub source: String,
    /// All settlements of the range.
    pub settlements: u64,
    /// Those that were recorded.
    pub recorded: u64,
    /// Those whose rate was assumed, as none was recorded.
    pub assumed: u64,
    /// Those with a mark price; the others went by the last price.
    pub with_mark: u64,
}

/// One strategy on one symbol: what was asked for, and what it brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SleeveResult {
    /// Instrument.
    pub symbol: String,
    /// Strategy.
    pub strategy: String,
    /// Version of its rules.
    pub strategy_version: String,
    /// Candle lengths.
    pub timeframes: Vec<String>,
    /// Role of each.
    pub tf_roles: BTreeMap<String, Role>,
    /// All parameters, defaults filled in.
    pub parameters: BTreeMap<String, ParameterValue>,
    /// What its trades brought.
    pub result: Share,
}

/// A share of the account: sums over its trades, in quote asset. Net profits of all shares and
/// `unassigned` sum to the profit of the account.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Share {
    /// Closed trades.
    pub trades: u64,
    /// Trades with a net gain.
    pub winning_trades: u64,
    /// Result after all costs.
    pub net_profit: ExactNumber,
    /// Trading fees.
    pub commission: ExactNumber,
    /// Slippage, part of the result before costs.
    pub slippage: ExactNumber,
    /// Funding paid less funding received.
    pub funding: ExactNumber,
    /// Fees of liquidations.
    pub liquidation_fees: ExactNumber,
    /// What the insurance fund paid.
    pub insurance: ExactNumber,
}

impl From<InstrumentRecord> for InstrumentResult {
    fn from(record: InstrumentRecord) -> Self {
        Self {
            symbol: record.symbol,
            market: record.market.parse::<domain::MarketKind>().map_or(Market::Demo, Market::from),
            synthetic: record.synthetic,
            timeframe: record.timeframe,
            source_timeframe: record.source_timeframe,
            candles: record.candles,
            mark: record.mark,
            finer: record.finer,
            funding: record.funding.into(),
            filters: record.filters,
            brackets: record.brackets,
            gap_count: record.gap_count,
            warnings: record.warnings.into_iter().map(Remark::from).collect(),
            result: record.result.map(Share::from),
        }
    }
}

impl From<FundingRecord> for FundingFacts {
    fn from(record: FundingRecord) -> Self {
        let FundingRecord { source, settlements, recorded, assumed, with_mark } = record;
        Self { source, settlements, recorded, assumed, with_mark }
    }
}

impl SleeveResult {
    pub(super) fn of(request: &SleeveRequest, record: SleeveRecord) -> Self {
        Self {
            symbol: record.symbol,
            strategy: record.strategy,
            strategy_version: record.strategy_version,
            timeframes: timeframes(&request.timeframes),
            tf_roles: roles(&request.timeframes),
            parameters: parameters(&request.parameters),
            result: record.result.into(),
        }
    }
}

impl From<ShareRecord> for Share {
    fn from(share: ShareRecord) -> Self {
        Self {
            trades: share.trades,
            winning_trades: share.winning_trades,
            net_profit: share.net_profit.into(),
            commission: share.commission.into(),
            slippage: share.slippage.into(),
            funding: share.funding.into(),
            liquidation_fees: share.liquidation_fees.into(),
            insurance: share.insurance.into(),
        }
    }
}
