//! Prices of the moment: tickers, mark prices, snapshots of books, trades.

use domain::{Price, Rate, Side, Symbol, Timestamp};

use super::{ParseError, price, price_or_none, rate, symbol, time};
use crate::frame::Level;
use crate::number::Number;
use crate::wire::market as wire;

/// Mark price and funding of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PremiumIndex {
    /// Of which contract.
    pub symbol: Symbol,
    /// The mark price.
    pub mark: Price,
    /// The index price.
    pub index: Option<Price>,
    /// The running funding rate, to be charged at `next_funding`; `None` on delivery contracts.
    pub rate: Option<Rate>,
    /// When it will be charged; `None` on delivery contracts.
    pub next_funding: Option<Timestamp>,
    /// Time of these values.
    pub time: Timestamp,
}

impl PremiumIndex {
    pub(crate) fn of(wire: &wire::PremiumIndex) -> Result<Self, ParseError> {
        Ok(Self {
            symbol: symbol(&wire.symbol)?,
            mark: price("markPrice", wire.mark_price)?,
            index: price_or_none("indexPrice", wire.index_price)?,
            rate: wire.last_funding_rate.map(|it| rate("lastFundingRate", it)).transpose()?,
            next_funding: match wire.next_funding_time {
                0 => None,
                millis => Some(time("nextFundingTime", millis)?),
            },
            time: time("time", wire.time)?,
        })
    }
}

/// The last 24 hours of a contract, rolling.
#[derive(Clone, Debug, PartialEq)]
pub struct DayTicker {
    /// Of which contract.
    pub symbol: Symbol,
    /// Change of the price in percent.
    pub change_percent: Number,
    /// Last price.
    pub last: Number,
    /// First price.
    pub open: Number,
    /// Highest price.
    pub high: Number,
    /// Lowest price.
    pub low: Number,
    /// Traded base asset.
    pub volume: f64,
    /// Traded quote asset.
    pub quote_volume: f64,
    /// Last instant of the 24 hours, ms since the epoch; 0 before the first trade.
    pub close_time_ms: i64,
}

impl DayTicker {
    pub(crate) fn of(wire: &wire::DayTicker) -> Result<Self, ParseError> {
        Ok(Self {
            symbol: symbol(&wire.symbol)?,
            change_percent: wire.price_change_percent,
            last: wire.last_price,
            open: wire.open_price,
            high: wire.high_price,
            low: wire.low_price,
            volume: wire.volume.0,
            quote_volume: wire.quote_volume.0,
            close_time_ms: wire.close_time,
        })
    }
}

/// The best bid and ask of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestPrices {
    /// Of which contract.
    pub symbol: Symbol,
    /// The best bid; zero when there is none.
    pub bid: Level,
    /// The best ask; likewise.
    pub ask: Level,
    /// Time of these values, ms since the epoch.
    pub time_ms: i64,
}

impl BestPrices {
    pub(crate) fn of(wire: &wire::BestPrices) -> Result<Self, ParseError> {
        Ok(Self {
            symbol: symbol(&wire.symbol)?,
            bid: Level { price: wire.bid_price, quantity: wire.bid_qty },
            ask: Level { price: wire.ask_price, quantity: wire.ask_qty },
            time_ms: wire.time,
        })
    }
}

/// Trades of one taker order at one price, as history tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggTradeRow {
    /// Its id, ascending without gaps.
    pub id: u64,
    /// The price.
    pub price: Price,
    /// The quantity of all of them, base asset.
    pub quantity: Number,
    /// Ids of the first and the last trade.
    pub trade_ids: (i64, i64),
    /// When they traded.
    pub time: Timestamp,
    /// The side of the order that took liquidity.
    pub taker: Side,
}

impl AggTradeRow {
    pub(crate) fn of(wire: &wire::AggTradeRow) -> Result<Self, ParseError> {
        Ok(Self {
            id: wire.id,
            price: price("price", wire.price)?,
            quantity: wire.quantity,
            trade_ids: (wire.first_trade, wire.last_trade),
            time: time("T", wire.time)?,
            taker: if wire.buyer_is_maker { Side::Sell } else { Side::Buy },
        })
    }
}

/// A book at one update id: at most 1,000 levels a side, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookSnapshot {
    /// The update id it contains everything up to.
    pub last_update: u64,
    /// When the matching engine had it.
    pub time: Timestamp,
    /// Bids, descending by price.
    pub bids: Vec<Level>,
    /// Asks, ascending by price.
    pub asks: Vec<Level>,
}

impl BookSnapshot {
    /// Reads the body of `GET /fapi/v1/depth`.
    ///
    /// # Errors
    /// The message says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wire = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Self::of(wire).map_err(|error| error.to_string())
    }

    pub(crate) fn of(wire: wire::DepthSnapshot) -> Result<Self, ParseError> {
        for (field, levels) in [("bids", &wire.bids), ("asks", &wire.asks)] {
            if let Some(level) = levels.iter().find(|level| !is_level(level)) {
                let was = format!("{} x {}", level.price, level.quantity);
                return Err(ParseError::new(field, "prices and quantities above 0", &was));
            }
        }
        let time = time("T", wire.time)?;
        Ok(Self { last_update: wire.last_update, time, bids: wire.bids, asks: wire.asks })
    }
}

fn is_level(level: &Level) -> bool {
    level.price.is_positive() && level.quantity.is_positive()
}
