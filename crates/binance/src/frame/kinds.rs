//! What the frames say, checked. Prices are quote asset per base unit, quantities base asset, times
//! those of the venue.

use domain::{Price, Rate, Side, Symbol, Timeframe, Timestamp};
use market::CandleRow;

use super::Level;
use crate::number::Number;
use crate::parse::{ContractType, SymbolStatus};

/// The state of a candle.
#[derive(Clone, Debug, PartialEq)]
pub struct Kline {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Whose candle.
    pub symbol: Symbol,
    /// Its length.
    pub timeframe: Timeframe,
    /// The candle; final only when `closed`.
    pub row: CandleRow,
    /// Whether the candle has closed.
    pub closed: bool,
    /// Ids of the first and the last trade in it, -1 when there is none.
    pub trade_ids: (i64, i64),
}

/// Trades of one taker order at one price within 100 ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggTrade {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Of which instrument.
    pub symbol: Symbol,
    /// Its id, ascending without gaps.
    pub id: u64,
    /// The price.
    pub price: Number,
    /// The quantity of all of them.
    pub quantity: Number,
    /// Ids of the first and the last trade.
    pub trade_ids: (i64, i64),
    /// When they traded.
    pub time: Timestamp,
    /// The side of the order that took liquidity.
    pub taker: Side,
}

/// One trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Of which instrument.
    pub symbol: Symbol,
    /// Its id.
    pub id: u64,
    /// The price.
    pub price: Number,
    /// The quantity.
    pub quantity: Number,
    /// When it traded.
    pub time: Timestamp,
    /// The side of the order that took liquidity.
    pub taker: Side,
    /// Whether the market made it.
    pub kind: TradeKind,
}

/// How a trade came about (`X`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeKind {
    /// Two orders met.
    Market,
    /// Anything else, such as the insurance fund taking over a position.
    Other,
}

/// The best bid and ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookTicker {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// When the matching engine had it.
    pub time: Timestamp,
    /// Of which instrument.
    pub symbol: Symbol,
    /// The book's update id.
    pub update_id: u64,
    /// The best bid; its quantity is zero when there is none.
    pub bid: Level,
    /// The best ask; likewise.
    pub ask: Level,
}

/// Mark price and funding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkPrice {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Of which instrument.
    pub symbol: Symbol,
    /// The mark price.
    pub mark: Price,
    /// The index price.
    pub index: Option<Price>,
    /// The running funding rate; `None` on delivery contracts.
    pub rate: Option<Rate>,
    /// When it will be charged; `None` on delivery contracts.
    pub next_funding: Option<Timestamp>,
}

/// Changes of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depth {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// When the matching engine had it.
    pub time: Timestamp,
    /// Of which instrument.
    pub symbol: Symbol,
    /// First update id (`U`).
    pub first_update: u64,
    /// Last update id (`u`).
    pub last_update: u64,
    /// Last update id of the event before (`pu`).
    pub previous_update: u64,
    /// Absolute quantities of bids; zero removes.
    pub bids: Vec<Level>,
    /// Absolute quantities of asks; zero removes.
    pub asks: Vec<Level>,
}

/// The last 24 hours, rolling.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticker {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Of which instrument.
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
}

/// A contract was listed, changed or settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractInfo {
    /// When the venue sent it.
    pub event_time: Timestamp,
    /// Which contract.
    pub symbol: Symbol,
    /// Its type.
    pub contract_type: ContractType,
    /// Its state.
    pub status: SymbolStatus,
    /// Delivery in ms since the epoch; perpetual contracts carry the year 2100.
    pub delivery_time_ms: i64,
    /// Listing in ms since the epoch.
    pub onboard_time_ms: i64,
    /// Leverage brackets, only when they changed.
    pub brackets: Vec<Bracket>,
    /// Whether it is a contract of COIN-M, which shares the streams over all symbols since June 2026.
    pub is_coin_margined: bool,
}

/// One leverage bracket, in quote asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Number, from 1.
    pub number: u32,
    /// Notional from which it holds, exclusive.
    pub notional_floor: Number,
    /// Notional up to which it holds, inclusive.
    pub notional_cap: Number,
    /// Maintenance margin, fraction of the notional.
    pub maintenance_rate: Number,
    /// What is taken off the maintenance margin (`cum`).
    pub cumulative: Number,
    /// Largest leverage.
    pub leverage_max: u32,
}

/// An answer to a control message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The id we sent.
    pub id: u64,
    /// What it says.
    pub result: ReplyResult,
}

/// What a reply says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyResult {
    /// `null`: taken note of. No proof that any data will flow.
    Done,
    /// The subscribed streams.
    Streams(Vec<String>),
    /// Anything else, as JSON.
    Other(String),
}

/// A control message was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError {
    /// The id we sent, when the venue could read it.
    pub id: Option<u64>,
    /// The venue's code.
    pub code: i64,
    /// The venue's words.
    pub message: String,
}
