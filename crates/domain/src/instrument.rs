//! Trading rules of one instrument, as far as they are known.

use rust_decimal::Decimal;

use crate::{PriceScale, Quantity, Symbol};

/// What the venue demands of orders on a symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Its name.
    pub symbol: Symbol,
    /// Decimals of its candle prices.
    pub scale: PriceScale,
    /// Smallest quantity step of an order.
    pub step: Quantity,
}

impl Instrument {
    /// Rules for a symbol whose exchange filters are not known: prices of
    /// orders are not rounded, the step is 1e-8 of the base asset.
    #[must_use]
    pub fn without_filters(symbol: Symbol, scale: PriceScale) -> Self {
        let step = Quantity::new(Decimal::new(1, 8)).expect("1e-8 is a quantity");
        Self { symbol, scale, step }
    }
}
