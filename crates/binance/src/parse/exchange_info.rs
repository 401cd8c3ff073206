//! What is listed, and what the venue demands of orders ("Exchange Information").
//!
//! Filters are found by their type, never by their place; a filter that is absent or zero does not
//! bind. `pricePrecision` and `quantityPrecision` are not tick and step and are not read.

mod kinds;
mod limits;
mod rules;

use domain::{InstrumentRules, Symbol};
use serde_json::value::RawValue;

use super::{ParseError, symbol};
use crate::number::Number;
use crate::wire::exchange_info as wire;

pub use kinds::{ContractType, SymbolStatus};
pub use limits::{RateLimit, RateLimitKind};

/// Everything the venue lists.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeInfo {
    /// Contracts that can be used, in the venue's order.
    pub listings: Vec<Listing>,
    /// Entries that cannot be used, with the reason: names beyond ASCII, a step of zero before trading.
    pub refused: Vec<RefusedListing>,
    /// The limits of the rate governor.
    pub limits: Vec<RateLimit>,
}

/// One contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Its name.
    pub symbol: Symbol,
    /// The pair it belongs to: `BTCUSDT` for `BTCUSDT_261225` too.
    pub pair: String,
    /// Perpetual, delivery, stocks.
    pub contract_type: ContractType,
    /// Whether it trades.
    pub status: SymbolStatus,
    /// Asset whose quantity is traded.
    pub base_asset: String,
    /// Asset of the price.
    pub quote_asset: String,
    /// Asset of margin, profit and loss.
    pub margin_asset: String,
    /// Listing in ms since the epoch.
    pub onboard_time_ms: i64,
    /// Delivery in ms since the epoch; perpetual contracts carry the year 2100.
    pub delivery_time_ms: i64,
    /// What orders must keep to.
    pub rules: InstrumentRules,
    /// Most resting orders (`MAX_NUM_ORDERS`).
    pub orders_max: Option<u32>,
    /// Largest gap of mark and last price at which a protected stop fires, a fraction.
    pub trigger_protect: Option<Number>,
    /// Order types in the venue's words.
    pub order_types: Vec<String>,
}

impl Listing {
    /// Whether it is a perpetual contract that trades, with crypto as its underlying.
    #[must_use]
    pub fn is_trading_perpetual(&self) -> bool {
        self.contract_type == ContractType::Perpetual && self.status == SymbolStatus::Trading
    }
}

/// An entry that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedListing {
    /// Its name as sent, `?` when it has none.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl ExchangeInfo {
    /// Reads the body of `GET /fapi/v1/exchangeInfo`.
    ///
    /// # Errors
    /// The message says what is wrong, when nothing of it can be used.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wire: wire::ExchangeInfo<'_> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut info = Self { listings: Vec::new(), refused: Vec::new(), limits: Vec::new() };
        info.limits = wire.rate_limits.iter().map(RateLimit::of).collect();
        for entry in wire.symbols {
            match listing(entry) {
                Ok(listing) => info.listings.push(listing),
                Err(reason) => info.refused.push(refused(entry, reason)),
            }
        }
        Ok(info)
    }

    /// The contract of this name.
    #[must_use]
    pub fn listing(&self, symbol: &Symbol) -> Option<&Listing> {
        self.listings.iter().find(|listing| listing.symbol == *symbol)
    }
}

fn listing(entry: &RawValue) -> Result<Listing, String> {
    let wire: wire::SymbolInfo =
        serde_json::from_str(entry.get()).map_err(|error| error.to_string())?;
    listing_of(wire).map_err(|error| error.to_string())
}

fn refused(entry: &RawValue, reason: String) -> RefusedListing {
    let name = serde_json::from_str(entry.get()).map(|wire::SymbolName { symbol }| symbol);
    RefusedListing { name: name.unwrap_or_else(|_| "?".to_owned()), reason }
}

fn listing_of(wire: wire::SymbolInfo) -> Result<Listing, ParseError> {
    Ok(Listing {
        symbol: symbol(&wire.symbol)?,
        contract_type: wire.contract_type.as_str().into(),
        status: wire.status.as_str().into(),
        rules: rules::of(&wire)?,
        orders_max: rules::orders_max(&wire.filters),
        onboard_time_ms: wire.onboard_date,
        delivery_time_ms: wire.delivery_date,
        trigger_protect: wire.trigger_protect,
        pair: wire.pair,
        base_asset: wire.base_asset,
        quote_asset: wire.quote_asset,
        margin_asset: wire.margin_asset,
        order_types: wire.order_types,
    })
}

#[cfg(test)]
mod tests;
