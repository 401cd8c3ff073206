//! The reply of `GET /fapi/v1/exchangeInfo`, about 1.1 MB: what is listed and what orders must keep to.
//!
//! Its `serverTime` is stale on the venue's demo and not read here.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::number::{Number, empty_is_none};

/// `{"rateLimits":[...],"symbols":[...],"timezone":"UTC",...}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExchangeInfo<'a> {
    pub(crate) rate_limits: Vec<RateLimit>,
    /// Read one by one: an entry that cannot be read must not hide the others.
    #[serde(borrow)]
    pub(crate) symbols: Vec<&'a RawValue>,
}

/// `{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateLimit {
    pub(crate) rate_limit_type: String,
    pub(crate) interval: String,
    pub(crate) interval_num: u32,
    pub(crate) limit: u32,
}

/// The name alone, for entries that cannot be read otherwise.
#[derive(Debug, Deserialize)]
pub(crate) struct SymbolName {
    pub(crate) symbol: String,
}

/// One contract; filters stand in any order and may be absent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SymbolInfo {
    pub(crate) symbol: String,
    pub(crate) pair: String,
    pub(crate) contract_type: String,
    pub(crate) status: String,
    pub(crate) delivery_date: i64,
    pub(crate) onboard_date: i64,
    pub(crate) base_asset: String,
    pub(crate) quote_asset: String,
    pub(crate) margin_asset: String,
    #[serde(default, deserialize_with = "empty_is_none")]
    pub(crate) trigger_protect: Option<Number>,
    pub(crate) filters: Vec<Filter>,
    #[serde(default)]
    pub(crate) order_types: Vec<String>,
    pub(crate) liquidation_fee: Number,
    #[serde(default, deserialize_with = "empty_is_none")]
    pub(crate) market_take_bound: Option<Number>,
}

/// One filter by its type; types this crate does not know are skipped.
#[derive(Debug, Deserialize)]
#[serde(tag = "filterType")]
pub(crate) enum Filter {
    /// `{"filterType":"PRICE_FILTER","minPrice":"0.0001","maxPrice":"300","tickSize":"0.0001"}`
    #[serde(rename = "PRICE_FILTER", rename_all = "camelCase")]
    Price { min_price: Number, max_price: Number, tick_size: Number },
    /// `{"filterType":"LOT_SIZE","minQty":"1","maxQty":"10000000","stepSize":"1"}`
    #[serde(rename = "LOT_SIZE", rename_all = "camelCase")]
    Lot { min_qty: Number, max_qty: Number, step_size: Number },
    /// `{"filterType":"MARKET_LOT_SIZE","minQty":"1","maxQty":"590119","stepSize":"1"}`
    #[serde(rename = "MARKET_LOT_SIZE", rename_all = "camelCase")]
    MarketLot { max_qty: Number },
    /// `{"filterType":"MAX_NUM_ORDERS","limit":200}`
    #[serde(rename = "MAX_NUM_ORDERS")]
    OrdersMax { limit: u32 },
    /// `{"filterType":"MIN_NOTIONAL","notional":"5.0"}`
    #[serde(rename = "MIN_NOTIONAL")]
    NotionalMin { notional: Number },
    /// `{"filterType":"PERCENT_PRICE","multiplierUp":"1.1500","multiplierDown":"0.8500",...}`
    #[serde(rename = "PERCENT_PRICE", rename_all = "camelCase")]
    Band { multiplier_up: Number, multiplier_down: Number },
    #[serde(other)]
    Unknown,
}
