//! What the account holds and which terms it has. Every call is signed; symbols without a position or open
//! orders are left out by the venue: missing means zero.

use domain::Symbol;
use serde::Deserialize;

use super::read::symbol;
use super::{MarginWord, PositionSideWord};
use crate::Number;
use crate::error::CallError;
use crate::number::{bare, empty_is_none};
use crate::rate::{Class, Cost};
use crate::rest::{Access, Call, Client, Query};

/// One asset of the futures wallet (`GET /fapi/v3/balance`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    /// Which asset.
    pub asset: String,
    /// Wallet balance.
    pub balance: Number,
    /// Wallet balance of the cross account.
    pub cross_wallet_balance: Number,
    /// Unrealized profit of cross positions.
    #[serde(rename = "crossUnPnl")]
    pub cross_unrealized: Number,
    /// What new orders may use.
    pub available_balance: Number,
    /// Last change, ms.
    pub update_time: i64,
}

/// The account as a whole (`GET /fapi/v3/account`); totals are USDT in single-asset mode.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Wallet balance.
    pub total_wallet_balance: Number,
    /// Unrealized profit of all positions.
    pub total_unrealized_profit: Number,
    /// Wallet balance and unrealized profit.
    pub total_margin_balance: Number,
    /// Initial margin of positions and orders.
    pub total_initial_margin: Number,
    /// Maintenance margin of all positions.
    pub total_maint_margin: Number,
    /// What new orders may use.
    pub available_balance: Number,
    /// Asset by asset.
    pub assets: Vec<AccountAsset>,
    /// Position by position.
    pub positions: Vec<AccountPosition>,
}

/// One asset of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAsset {
    /// Which asset.
    pub asset: String,
    /// Wallet balance.
    pub wallet_balance: Number,
    /// Unrealized profit.
    pub unrealized_profit: Number,
    /// Wallet balance and unrealized profit.
    pub margin_balance: Number,
    /// Maintenance margin.
    pub maint_margin: Number,
    /// Initial margin.
    pub initial_margin: Number,
    /// What new orders may use.
    pub available_balance: Number,
}

/// One position of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountPosition {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Which of its positions.
    pub position_side: PositionSideWord,
    /// Signed quantity, base asset.
    pub position_amt: Number,
    /// Unrealized profit.
    pub unrealized_profit: Number,
    /// Margin of an isolated position.
    pub isolated_margin: Number,
    /// Signed notional.
    pub notional: Number,
    /// Wallet of an isolated position.
    pub isolated_wallet: Number,
    /// Last change, ms.
    pub update_time: i64,
}

/// A position with its prices (`GET /fapi/v3/positionRisk`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionRisk {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Which of its positions.
    pub position_side: PositionSideWord,
    /// Signed quantity, base asset.
    pub position_amt: Number,
    /// Average price of the entries.
    pub entry_price: Number,
    /// Entry price moved by fees.
    pub break_even_price: Number,
    /// Mark price.
    pub mark_price: Number,
    /// Unrealized profit at the mark price.
    #[serde(rename = "unRealizedProfit")]
    pub unrealized_profit: Number,
    /// Mark price at which it is liquidated; zero when there is none.
    pub liquidation_price: Number,
    /// Signed notional.
    pub notional: Number,
    /// Asset of its margin.
    pub margin_asset: String,
    /// Wallet of an isolated position.
    pub isolated_wallet: Number,
    /// Initial margin.
    pub initial_margin: Number,
    /// Maintenance margin.
    pub maint_margin: Number,
    /// Last change, ms.
    pub update_time: i64,
}

/// Terms of a contract (`GET /fapi/v1/symbolConfig`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolConfig {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Isolated or crossed.
    pub margin_type: MarginWord,
    /// Leverage.
    pub leverage: u32,
    /// Largest notional at this leverage.
    pub max_notional_value: Number,
}

/// Terms of the account (`GET /fapi/v1/accountConfig`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountConfig {
    /// VIP level.
    pub fee_tier: i64,
    /// Whether it may trade.
    pub can_trade: bool,
    /// Hedge mode (two positions a contract) or one-way.
    pub dual_side_position: bool,
    /// Whether all assets are margin.
    pub multi_assets_margin: bool,
}

/// Brackets of a contract (`GET /fapi/v1/leverageBracket`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LeverageBrackets {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Ascending by notional.
    pub brackets: Vec<BracketRow>,
}

/// One bracket, in quote asset.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BracketRow {
    /// Number, from 1.
    pub bracket: u32,
    /// Largest leverage.
    pub initial_leverage: u32,
    /// Notional up to which it holds.
    #[serde(deserialize_with = "bare")]
    pub notional_cap: Number,
    /// Notional from which it holds.
    #[serde(deserialize_with = "bare")]
    pub notional_floor: Number,
    /// Maintenance margin, fraction of the notional.
    #[serde(deserialize_with = "bare")]
    pub maint_margin_ratio: Number,
    /// What is taken off the maintenance margin.
    #[serde(deserialize_with = "bare")]
    pub cum: Number,
}

/// Fees of a contract (`GET /fapi/v1/commissionRate`), fractions of the notional.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommissionRate {
    /// Of which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Of a maker.
    pub maker_commission_rate: Number,
    /// Of a taker.
    pub taker_commission_rate: Number,
    /// Of a retail order; absent before 2025-11.
    #[serde(default, deserialize_with = "empty_is_none")]
    pub rpi_commission_rate: Option<Number>,
}

/// A signed call that reads.
fn get(path: &'static str, query: Query, weight: u32, class: Class) -> Call {
    Call { access: Access::Signed, ..Call::get(path, query, Cost::weight(weight), class) }
}

impl Client {
    /// The account (weight 5). Reconciliation depends on it: it may use the reserve of the budget.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn account(&self) -> Result<Account, CallError> {
        self.read(get("/fapi/v3/account", Query::default(), 5, Class::Order)).await
    }

    /// The wallet, asset by asset (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        self.read(get("/fapi/v3/balance", Query::default(), 5, Class::Order)).await
    }

    /// Open positions (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn positions(&self) -> Result<Vec<PositionRisk>, CallError> {
        self.read(get("/fapi/v3/positionRisk", Query::default(), 5, Class::Order)).await
    }

    /// Margin type and leverage of one contract (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn symbol_config(&self, symbol: &Symbol) -> Result<SymbolConfig, CallError> {
        let query = Query::of("symbol", symbol);
        let mut rows: Vec<SymbolConfig> =
            self.read(get("/fapi/v1/symbolConfig", query, 5, Class::Read)).await?;
        match rows.pop() {
            Some(row) if rows.is_empty() && row.symbol == *symbol => Ok(row),
            _ => Err(CallError::Malformed(format!("not one row of {symbol}"))),
        }
    }

    /// Position mode, multi-asset mode and VIP level (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn account_config(&self) -> Result<AccountConfig, CallError> {
        self.read(get("/fapi/v1/accountConfig", Query::default(), 5, Class::Read)).await
    }

    /// Leverage brackets of all contracts (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn leverage_brackets(&self) -> Result<Vec<LeverageBrackets>, CallError> {
        #[derive(Deserialize)]
        struct Named {
            symbol: String,
        }
        let call = get("/fapi/v1/leverageBracket", Query::default(), 1, Class::Read);
        let body = self.send(call).await?;
        let malformed = |error: serde_json::Error| CallError::Malformed(error.to_string());
        let rows: Vec<&serde_json::value::RawValue> =
            serde_json::from_str(&body).map_err(malformed)?;
        let mut brackets = Vec::with_capacity(rows.len());
        for row in rows {
            // Names beyond ASCII cannot be traded here.
            let Named { symbol } = serde_json::from_str(row.get()).map_err(malformed)?;
            if crate::parse::symbol(&symbol).is_ok() {
                brackets.push(serde_json::from_str(row.get()).map_err(malformed)?);
            }
        }
        Ok(brackets)
    }

    /// Fees of one contract (weight 20).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn commission_rate(&self, symbol: &Symbol) -> Result<CommissionRate, CallError> {
        let query = Query::of("symbol", symbol);
        self.read(get("/fapi/v1/commissionRate", query, 20, Class::Read)).await
    }
}
