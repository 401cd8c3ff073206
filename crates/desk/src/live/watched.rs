//! The watch-list: which pairs are followed, and what the venue says of them.

use binance::parse::{ContractType, Listing};
use domain::{Decimal, Symbol, Timestamp};

/// One pair of the watch-list.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedPair {
    /// Instrument.
    pub symbol: Symbol,
    /// Whether it is followed.
    pub is_active: bool,
    /// When it was added.
    pub added_at: Timestamp,
    /// What the venue says of it; `None` before the exchange information is known, or when the venue does
    /// not list it.
    pub instrument: Option<InstrumentFacts>,
}

/// What the venue says of an instrument, as people need it.
#[derive(Clone, Debug, PartialEq)]
pub struct InstrumentFacts {
    /// Instrument.
    pub symbol: Symbol,
    /// Base asset, such as `BTC`.
    pub base: String,
    /// Quote asset, such as `USDT`.
    pub quote: String,
    /// The venue's word, such as `TRADING`.
    pub status: String,
    /// Whether it trades at present.
    pub is_trading: bool,
    /// Smallest step of its price.
    pub tick: Option<Decimal>,
    /// Smallest step of its quantity.
    pub step: Decimal,
    /// Smallest quantity.
    pub quantity_min: Decimal,
    /// Smallest notional of an order, quote asset.
    pub notional_min: Decimal,
    /// First day of trading.
    pub listed_at: Option<Timestamp>,
    /// Whether it is on the watch-list.
    pub is_watched: bool,
}

impl InstrumentFacts {
    /// What is shown of a listing: perpetual contracts on crypto; `None` of all others.
    pub(super) fn of(listing: &Listing) -> Option<Self> {
        if listing.contract_type != ContractType::Perpetual {
            return None;
        }
        let rules = &listing.rules;
        Some(Self {
            symbol: listing.symbol.clone(),
            base: listing.base_asset.clone(),
            quote: listing.quote_asset.clone(),
            status: listing.status.to_string(),
            is_trading: listing.is_trading_perpetual(),
            tick: rules.tick.map(domain::Price::decimal),
            step: rules.lot.step.decimal(),
            quantity_min: rules.lot.min.decimal(),
            notional_min: rules.notional_min.decimal(),
            listed_at: Some(Timestamp::from_millis(listing.onboard_time_ms)),
            is_watched: false,
        })
    }
}

/// What to change of a watched pair; `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchChange {
    /// Whether it is followed.
    pub is_active: Option<bool>,
    /// Place in the list, from 0; what is too large is the end.
    pub position: Option<u64>,
}
