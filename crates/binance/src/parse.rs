//! From what the venue sends to the words of the product: pure, and strict.
//!
//! A value that makes no sense is an error with its field, never a default. Times are ms since the
//! epoch, UTC.

mod candle;
mod exchange_info;
mod funding;
mod market;
mod value;

pub(crate) use candle::{CandleFields, kline_row, row_of};
pub use exchange_info::{
    ContractType, ExchangeInfo, Listing, RateLimit, RateLimitKind, RefusedListing, SymbolStatus,
};
pub use funding::{FundingAdjustment, FundingRow};
pub use market::{AggTradeRow, BestPrices, BookSnapshot, DayTicker, PremiumIndex};
pub(crate) use value::{price, price_or_none, rate, symbol, time};

/// A value that cannot be what its field says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected {expected}, was {was}")]
pub struct ParseError {
    /// The field, in the venue's words or in plain ones.
    pub field: &'static str,
    /// The rule in words.
    pub expected: String,
    /// The value, shortened.
    pub was: String,
}

impl ParseError {
    /// An error with its value cut to 80 characters.
    #[cold]
    pub(crate) fn new(field: &'static str, expected: impl Into<String>, was: &str) -> Self {
        Self { field, expected: expected.into(), was: was.chars().take(80).collect() }
    }
}
