//! Names of streams, the route each belongs to, and how old its data may become.
//!
//! Since 2026-04-23 a socket belongs to one route for life, and a stream asked for on the wrong one is
//! acknowledged and stays silent ("Important WebSocket Change Notice").

use std::fmt;
use std::time::Duration;

use domain::{Symbol, Timeframe};

use crate::frame::Frame;

/// The part of the venue a socket is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// Books and best prices: high frequency.
    Public,
    /// Everything else.
    Market,
}

impl Route {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Public, Self::Market];

    /// Its place in the URL.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Market => "market",
        }
    }
}

/// How often the differences of a book are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DepthSpeed {
    /// Every 100 ms.
    Fast,
    /// Every 250 ms.
    Normal,
}

/// One stream of the market.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Candles, every 250 ms while something trades.
    Kline(Symbol, Timeframe),
    /// Trades joined by taker order, price and 100 ms.
    AggTrade(Symbol),
    /// Single trades; not documented by the venue.
    Trade(Symbol),
    /// The best bid and ask.
    BookTicker(Symbol),
    /// Mark price and funding, every second.
    MarkPrice(Symbol),
    /// Differences of the book.
    Depth(Symbol, DepthSpeed),
    /// The last 24 hours, every two seconds.
    Ticker(Symbol),
    /// Listings, settlements and brackets of all contracts.
    ContractInfo,
}

impl Stream {
    /// The route that carries it.
    #[must_use]
    pub const fn route(&self) -> Route {
        match self {
            Self::BookTicker(_) | Self::Depth(..) | Self::Trade(_) => Route::Public,
            Self::Kline(..)
            | Self::AggTrade(_)
            | Self::MarkPrice(_)
            | Self::Ticker(_)
            | Self::ContractInfo => Route::Market,
        }
    }

    /// Whose stream it is.
    #[must_use]
    pub const fn symbol(&self) -> Option<&Symbol> {
        match self {
            Self::Kline(symbol, _)
            | Self::AggTrade(symbol)
            | Self::Trade(symbol)
            | Self::BookTicker(symbol)
            | Self::MarkPrice(symbol)
            | Self::Depth(symbol, _)
            | Self::Ticker(symbol) => Some(symbol),
            Self::ContractInfo => None,
        }
    }

    /// How old its data may become before it counts as silent: 5 s for prices and books, twice its length and
    /// 10 s for candles, five minutes for trades. Announcements may be silent for ever.
    #[must_use]
    pub const fn age_max(&self) -> Option<Duration> {
        match self {
            Self::MarkPrice(_) | Self::BookTicker(_) | Self::Depth(..) => {
                Some(Duration::from_secs(5))
            }
            Self::Ticker(_) => Some(Duration::from_secs(30)),
            Self::Kline(_, timeframe) => {
                let millis = timeframe.longest_millis().unsigned_abs();
                Some(Duration::from_millis(2 * millis + 10_000))
            }
            Self::AggTrade(_) | Self::Trade(_) => Some(Duration::from_secs(300)),
            Self::ContractInfo => None,
        }
    }

    /// Whether a frame is one of this stream.
    #[must_use]
    pub fn carries(&self, frame: &Frame) -> bool {
        match (self, frame) {
            (Self::Kline(symbol, timeframe), Frame::Kline(kline)) => {
                kline.symbol == *symbol && kline.timeframe == *timeframe
            }
            (Self::AggTrade(symbol), Frame::AggTrade(trade)) => trade.symbol == *symbol,
            (Self::Trade(symbol), Frame::Trade(trade)) => trade.symbol == *symbol,
            (Self::BookTicker(symbol), Frame::BookTicker(ticker)) => ticker.symbol == *symbol,
            (Self::MarkPrice(symbol), Frame::MarkPrice(mark)) => mark.symbol == *symbol,
            (Self::Depth(symbol, _), Frame::Depth(depth)) => depth.symbol == *symbol,
            (Self::Ticker(symbol), Frame::Ticker(ticker)) => ticker.symbol == *symbol,
            (Self::ContractInfo, Frame::ContractInfo(_)) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Stream {
    /// The venue's name, the symbol in small letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(symbol) = self.symbol() {
            f.write_str(&symbol.as_str().to_ascii_lowercase())?;
        }
        match self {
            Self::Kline(_, timeframe) => write!(f, "@kline_{timeframe}"),
            Self::AggTrade(_) => f.write_str("@aggTrade"),
            Self::Trade(_) => f.write_str("@trade"),
            Self::BookTicker(_) => f.write_str("@bookTicker"),
            Self::MarkPrice(_) => f.write_str("@markPrice@1s"),
            Self::Depth(_, DepthSpeed::Fast) => f.write_str("@depth@100ms"),
            Self::Depth(_, DepthSpeed::Normal) => f.write_str("@depth"),
            Self::Ticker(_) => f.write_str("@ticker"),
            Self::ContractInfo => f.write_str("!contractInfo"),
        }
    }
}
