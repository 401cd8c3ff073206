//! The newest prices of one pair.

use domain::{Candle, Decimal, Symbol, Timestamp};

/// What lists and charts show of a pair between two candles. `None` where nothing was told yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticker {
    /// Instrument.
    pub symbol: Symbol,
    /// Last traded price.
    pub last: Option<Decimal>,
    /// Best bid.
    pub bid: Option<Decimal>,
    /// Best ask.
    pub ask: Option<Decimal>,
    /// Mark price.
    pub mark: Option<Decimal>,
    /// Index price.
    pub index: Option<Decimal>,
    /// Change over 24 hours, fraction.
    pub change_24h: Option<Decimal>,
    /// Highest price of 24 hours.
    pub high_24h: Option<Decimal>,
    /// Lowest price of 24 hours.
    pub low_24h: Option<Decimal>,
    /// Quote asset traded in 24 hours.
    pub quote_volume_24h: Option<Decimal>,
    /// Funding rate to be settled next, fraction.
    pub funding_rate: Option<Decimal>,
    /// When it is settled.
    pub next_funding_at: Option<Timestamp>,
    /// The one-minute candle that has not closed.
    pub forming: Option<FormingCandle>,
    /// When any of this changed last, venue time.
    pub updated_at: Timestamp,
}

/// A candle that has not closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormingCandle {
    /// As it stands.
    pub candle: Candle,
    /// Decimals of its prices.
    pub price_decimals: u8,
}

impl Ticker {
    /// A pair of which nothing is known.
    #[must_use]
    pub const fn unknown(symbol: Symbol, now: Timestamp) -> Self {
        Self {
            symbol,
            last: None,
            bid: None,
            ask: None,
            mark: None,
            index: None,
            change_24h: None,
            high_24h: None,
            low_24h: None,
            quote_volume_24h: None,
            funding_rate: None,
            next_funding_at: None,
            forming: None,
            updated_at: now,
        }
    }
}
