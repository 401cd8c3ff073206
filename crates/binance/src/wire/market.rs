//! Replies of the public endpoints for market data. Each shows one payload of the reference.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::stream::{Column, Level};
use crate::number::{Number, empty_is_none};

/// `{"serverTime":1499827319559}`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerTime {
    pub(crate) server_time: i64,
}

/// `[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",
/// 1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","17928899.62484339"]`
#[derive(Debug, PartialEq)]
pub(crate) struct KlineRow {
    pub(crate) open_time: i64,
    pub(crate) open: Number,
    pub(crate) high: Number,
    pub(crate) low: Number,
    pub(crate) close: Number,
    pub(crate) volume: Column,
    pub(crate) close_time: i64,
    pub(crate) quote_volume: Column,
    pub(crate) trades: i64,
    pub(crate) taker_buy_volume: Column,
    pub(crate) taker_buy_quote_volume: Column,
}

/// The twelve columns, the last of which is to be ignored.
#[derive(Deserialize)]
struct Columns(
    i64,
    Number,
    Number,
    Number,
    Number,
    Column,
    i64,
    Column,
    i64,
    Column,
    Column,
    IgnoredAny,
);

impl<'de> Deserialize<'de> for KlineRow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Columns::deserialize(deserializer)?;
        Ok(Self {
            open_time: row.0,
            open: row.1,
            high: row.2,
            low: row.3,
            close: row.4,
            volume: row.5,
            close_time: row.6,
            quote_volume: row.7,
            trades: row.8,
            taker_buy_volume: row.9,
            taker_buy_quote_volume: row.10,
        })
    }
}

/// `{"a":26129,"p":"0.01633102","q":"4.70443515","nq":"4.7","f":27781,"l":27781,"T":1498793709153,
/// "m":true}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct AggTradeRow {
    #[serde(rename = "a")]
    pub(crate) id: u64,
    #[serde(rename = "p")]
    pub(crate) price: Number,
    #[serde(rename = "q")]
    pub(crate) quantity: Number,
    #[serde(rename = "f")]
    pub(crate) first_trade: i64,
    #[serde(rename = "l")]
    pub(crate) last_trade: i64,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    #[serde(rename = "m")]
    pub(crate) buyer_is_maker: bool,
}

/// `{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.00000000","431.0"]],
/// "asks":[["4.00000200","12.0"]]}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct DepthSnapshot {
    #[serde(rename = "lastUpdateId")]
    pub(crate) last_update: u64,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    pub(crate) bids: Vec<Level>,
    pub(crate) asks: Vec<Level>,
}

/// `{"symbol":"BTCUSDT","priceChange":"-94.99","priceChangePercent":"-95.960","lastPrice":"4.00",
/// "openPrice":"99.0","highPrice":"100.0","lowPrice":"0.1","volume":"8913.3","quoteVolume":"15.3",
/// "openTime":1499783499040,"closeTime":1499869899040,...}`
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayTicker {
    pub(crate) symbol: String,
    pub(crate) price_change_percent: Number,
    pub(crate) last_price: Number,
    pub(crate) open_price: Number,
    pub(crate) high_price: Number,
    pub(crate) low_price: Number,
    pub(crate) volume: Column,
    pub(crate) quote_volume: Column,
    pub(crate) close_time: i64,
}

/// `{"symbol":"BTCUSDT","bidPrice":"4.00","bidQty":"431.0","askPrice":"4.01","askQty":"9.0",
/// "time":1589437530011}`
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BestPrices {
    pub(crate) symbol: String,
    pub(crate) bid_price: Number,
    pub(crate) bid_qty: Number,
    pub(crate) ask_price: Number,
    pub(crate) ask_qty: Number,
    pub(crate) time: i64,
}

/// `{"symbol":"BTCUSDT","markPrice":"11793.63","indexPrice":"11781.80",
/// "estimatedSettlePrice":"11781.16","lastFundingRate":"0.00038246","interestRate":"0.00010000",
/// "nextFundingTime":1597392000000,"time":1597370495002}`; delivery contracts send empty rates.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PremiumIndex {
    pub(crate) symbol: String,
    pub(crate) mark_price: Number,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) index_price: Option<Number>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) last_funding_rate: Option<Number>,
    pub(crate) next_funding_time: i64,
    pub(crate) time: i64,
}

/// `{"symbol":"BTCUSDT","fundingRate":"-0.03750000","fundingTime":1570608000000,
/// "markPrice":"34287.54","rateType":"Regular"}`; the oldest rows have an empty mark price, and the
/// venue's demo no `rateType`.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FundingRate {
    pub(crate) symbol: String,
    pub(crate) funding_rate: Number,
    pub(crate) funding_time: i64,
    #[serde(default, deserialize_with = "empty_is_none")]
    pub(crate) mark_price: Option<Number>,
    pub(crate) rate_type: Option<String>,
}

/// `{"symbol":"BLZUSDT","adjustedFundingRateCap":"0.025","adjustedFundingRateFloor":"-0.025",
/// "fundingIntervalHours":8,"disclaimer":false}`
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FundingInfo {
    pub(crate) symbol: String,
    pub(crate) adjusted_funding_rate_cap: Number,
    pub(crate) adjusted_funding_rate_floor: Number,
    pub(crate) funding_interval_hours: u32,
}
