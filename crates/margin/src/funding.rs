//! What a position pays or receives at a funding time.
//!
//! When that is, and at which rate and mark price, is recorded history of each instrument: the
//! caller takes the actual times and never a fixed number a day.

use domain::{Direction, Money, Price, Quantity, Rate};

/// What the wallet gains at a funding time: `-direction * quantity * mark * rate`, for the whole
/// position that is open at that instant. A positive rate lets longs pay shorts (Binance FAQ
/// on funding rates; no fee, no proration).
#[inline]
#[must_use]
pub fn funding_payment(direction: Direction, quantity: Quantity, mark: Price, rate: Rate) -> Money {
    let notional = mark * quantity;
    match direction {
        Direction::Long => notional * -rate,
        Direction::Short => notional * rate,
    }
}
