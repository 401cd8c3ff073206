//! What has happened on the account: fills and income. Both reach back three months.

use domain::{Symbol, TimeRange};
use reqwest::Method;
use serde::Deserialize;

use super::order::call;
use super::read::symbol;
use super::{PositionSideWord, SideWord};
use crate::Number;
use crate::error::CallError;
use crate::rate::{Class, Cost};
use crate::rest::{Call, Client, Query};

/// One fill of ours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserTrade {
    /// On which contract.
    #[serde(deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Its number, unique within the contract.
    pub id: u64,
    /// The order's number.
    pub order_id: u64,
    /// Buy or sell.
    pub side: SideWord,
    /// Which position.
    pub position_side: PositionSideWord,
    /// Whether our order was there before.
    pub maker: bool,
    /// The price.
    pub price: Number,
    /// The quantity, base asset.
    pub qty: Number,
    /// The quantity, quote asset.
    pub quote_qty: Number,
    /// The fee.
    pub commission: Number,
    /// The fee's asset.
    pub commission_asset: String,
    /// Realized profit before fees.
    pub realized_pnl: Number,
    /// When, ms.
    pub time: i64,
}

/// Which fills: from a trade on, or of a time of at most seven days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserTradesQuery {
    /// From this trade on, included.
    FromId(u64),
    /// Of this time.
    Within(TimeRange),
    /// Of this order.
    OfOrder(u64),
}

/// One change of the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Income {
    /// Of which contract; empty where it is about none.
    pub symbol: String,
    /// The venue's word for it, such as `FUNDING_FEE`.
    pub income_type: String,
    /// How much, signed.
    pub income: Number,
    /// Of which asset.
    pub asset: String,
    /// When, ms.
    pub time: i64,
    /// Unique within its type.
    pub tran_id: i64,
    /// The trade it belongs to, empty where there is none.
    #[serde(default)]
    pub trade_id: String,
}

/// Which changes of the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncomeQuery<'a> {
    /// Of one type, in the venue's words, or of all.
    pub income_type: Option<&'a str>,
    /// Of this time.
    pub range: TimeRange,
}

impl Client {
    /// Fills of one contract, ascending, at most 1,000 (weight 5).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn user_trades(
        &self,
        symbol: &Symbol,
        which: UserTradesQuery,
    ) -> Result<Vec<UserTrade>, CallError> {
        let query = Query::of("symbol", symbol).with("limit", 1000);
        let query = match which {
            UserTradesQuery::FromId(id) => query.with("fromId", id),
            UserTradesQuery::OfOrder(id) => query.with("orderId", id),
            UserTradesQuery::Within(range) => within(query, range),
        };
        self.read(call(Method::GET, "/fapi/v1/userTrades", query, Cost::weight(5))).await
    }

    /// Changes of the wallet, ascending, at most 1,000: page by time (weight 30).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn income(&self, which: IncomeQuery<'_>) -> Result<Vec<Income>, CallError> {
        let query = within(Query::of("limit", 1000), which.range);
        let query = match which.income_type {
            Some(word) => query.with("incomeType", word),
            None => query,
        };
        let call = call(Method::GET, "/fapi/v1/income", query, Cost::weight(30));
        self.read(Call { class: Class::Read, ..call }).await
    }
}

/// Both ends of the venue's parameters are inclusive.
fn within(query: Query, range: TimeRange) -> Query {
    query.with("startTime", range.start.millis()).with("endTime", range.end.millis() - 1)
}
