//! Exact amounts: price, quantity and rate. Money is in `money`.
//!
//! | left | op | right | gives | unit |
//! |---|---|---|---|---|
//! | `Price` | `*` | `Quantity` | `Money` | quote asset |
//! | `Money` | `+ -` | `Money` | `Money` | quote asset |
//! | `Money` | `*` | `Rate` | `Money` | quote asset |
//! | `Quantity` | `+` | `Quantity` | `Quantity` | base asset |
//!
//! Products are settled: rounded half to even to 14 decimals at once. Sums of settled amounts are
//! therefore exact, in any order. The bounds of the constructors keep products from overflowing.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Add, Neg};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::exact;
use crate::packed::Packed;

/// A value that its type does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {expected}, was {was}")]
pub struct OutOfRange {
    /// Which amount was being made.
    pub what: &'static str,
    /// The accepted range in words.
    pub expected: &'static str,
    /// The offered value.
    pub was: String,
}

/// Decimals of every amount that comes out of a multiplication.
pub(crate) const SETTLED_DECIMALS: u32 = 14;

const PRICE_MAX: u64 = 1_000_000_000;
const QUANTITY_MAX: u64 = 1_000_000_000_000;

macro_rules! decimal_newtype {
    ($name:ident) => {
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                exact::compare(self.0, other.0) == Ordering::Equal
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                exact::compare(self.0, other.0)
            }
        }

        impl Hash for $name {
            /// Equal amounts have equal hashes, whatever their trailing zeros.
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.decimal().hash(state);
            }
        }

        impl $name {
            /// The plain decimal, for arithmetic that leaves this type and for display.
            #[inline]
            #[must_use]
            pub const fn decimal(self) -> Decimal {
                self.0.decimal()
            }

            #[inline]
            pub(crate) const fn packed(self) -> Packed {
                self.0
            }

            /// A binary number next to it, for statistics only.
            #[inline]
            #[must_use]
            pub fn to_f64(self) -> f64 {
                exact::to_f64(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.decimal().normalize(), f)
            }
        }
    };
}

/// A product, settled.
#[inline]
fn settled_product(one: Packed, other: Packed) -> Packed {
    match exact::product(one, other, SETTLED_DECIMALS) {
        Some(product) => product,
        None => wide_product(one, other),
    }
}

/// The same for any number of digits.
#[cold]
fn wide_product(one: Packed, other: Packed) -> Packed {
    Packed::of(settled(one.decimal() * other.decimal()))
}

/// Rounds to the decimals of settled amounts, half to even.
#[inline]
pub(crate) fn settled(value: Decimal) -> Decimal {
    if value.scale() > SETTLED_DECIMALS { value.round_dp(SETTLED_DECIMALS) } else { value }
}

/// Whether a value is greater than zero and at most `max`.
#[inline]
fn is_within(value: Packed, max: u64) -> bool {
    !value.is_negative() && !value.is_zero() && exact::is_at_most(value, max)
}

/// Quote asset per one unit of the base asset. Greater than zero, at most 1e9.
#[derive(Clone, Copy, Debug)]
pub struct Price(Packed);

/// An amount of the base asset. Greater than zero, at most 1e12.
#[derive(Clone, Copy, Debug)]
pub struct Quantity(Packed);

/// A fraction (0.001 is ten basis points), between -1000 and 1000.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate(Packed);

decimal_newtype!(Price);
decimal_newtype!(Quantity);
decimal_newtype!(Rate);

impl Price {
    /// Makes a price.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `0 < value <= 1e9`.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        let packed = Packed::of(value);
        if is_within(packed, PRICE_MAX) {
            Ok(Self(packed))
        } else {
            Err(OutOfRange {
                what: "price",
                expected: "greater than 0 and at most 1e9",
                was: value.to_string(),
            })
        }
    }

    /// The most units of the last of so many decimals that are a price.
    pub(crate) fn units_max(decimals: u8) -> u64 {
        exact::units_within(PRICE_MAX, decimals.into())
    }

    /// The price of a number of units of the last decimal: from one to [`Self::units_max`] of them.
    #[inline]
    pub(crate) const fn of_units(units: u64, decimals: u8) -> Self {
        Self(Packed::of_units(units, decimals as u32))
    }

    /// Moves the price by a fraction of itself: `price * (1 + rate)`, settled; `None` if nothing is left.
    #[inline]
    #[must_use]
    pub fn shifted(self, rate: Rate) -> Option<Self> {
        // A price that does not move keeps its decimals.
        let factor = if rate.0.is_zero() { Packed::ONE } else { exact::sum(Packed::ONE, rate.0) };
        let moved = settled_product(self.0, factor);
        is_within(moved, PRICE_MAX).then_some(Self(moved))
    }

    /// The same price written with at least as many decimals as `tick`.
    #[inline]
    #[must_use]
    pub(crate) fn in_decimals_of(self, tick: Self) -> Self {
        Self(exact::in_decimals_of(self.0, tick.0))
    }

    /// The price on a multiple of `tick`, the rest cut off or, `up`, rounded up; `None` when nothing is
    /// left of it.
    #[inline]
    #[must_use]
    pub(crate) fn on_tick(self, tick: Self, up: bool) -> Option<Self> {
        if tick.0.is_unit() {
            // A power of ten: cutting decimals is the same without a division.
            if self.0.scale() <= tick.0.scale() {
                return Some(self);
            }
            if let Some(rounded) = exact::with_decimals(self.0, tick.0.scale(), up) {
                return is_within(rounded, PRICE_MAX).then_some(Self(rounded));
            }
        }
        self.on_odd_tick(tick, up)
    }

    /// The same in general.
    #[cold]
    fn on_odd_tick(self, tick: Self, up: bool) -> Option<Self> {
        let (value, tick) = (self.decimal(), tick.decimal());
        let strategy = if up { RoundingStrategy::AwayFromZero } else { RoundingStrategy::ToZero };
        let rounded = if tick.mantissa() == 1 {
            value.round_dp_with_strategy(tick.scale(), strategy)
        } else {
            (value / tick).round_dp_with_strategy(0, strategy) * tick
        };
        Self::new(rounded).ok()
    }

    /// Signed distance `self - other` in quote asset per unit.
    #[inline]
    #[must_use]
    pub fn minus(self, other: Self) -> Decimal {
        exact::difference(self.0, other.0).decimal()
    }
}

impl Quantity {
    /// Makes a quantity.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `0 < value <= 1e12`.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        let packed = Packed::of(value);
        if is_within(packed, QUANTITY_MAX) {
            Ok(Self(packed))
        } else {
            Err(OutOfRange {
                what: "quantity",
                expected: "greater than 0 and at most 1e12",
                was: value.to_string(),
            })
        }
    }

    /// The largest multiple of `step` that is not above the quantity; `None` below one step.
    #[inline]
    #[must_use]
    pub fn round_down(self, step: Self) -> Option<Self> {
        if self.has_decimals_of(step) {
            return Some(self.in_decimals_of(step));
        }
        self.cut_to(step)
    }

    /// The same in general.
    #[cold]
    fn cut_to(self, step: Self) -> Option<Self> {
        let (value, step) = (self.decimal(), step.decimal());
        let cut = if step.mantissa() == 1 {
            // A power of ten: cutting decimals is the same without a division.
            value.trunc_with_scale(step.scale())
        } else {
            (value / step).floor() * step
        };
        Self::new(cut).ok()
    }

    /// Whether the step is a power of ten and the quantity is written in no more decimals than it.
    #[inline]
    const fn has_decimals_of(self, step: Self) -> bool {
        step.0.is_unit() && self.0.scale() <= step.0.scale()
    }

    /// The same quantity written with at least as many decimals as `step`: quantities of equal scale
    /// compare fastest.
    #[inline]
    #[must_use]
    pub(crate) fn in_decimals_of(self, step: Self) -> Self {
        Self(exact::in_decimals_of(self.0, step.0))
    }

    /// Whether it is a whole number of steps.
    #[inline]
    #[must_use]
    pub(crate) fn is_on_step(self, step: Self) -> bool {
        self.has_decimals_of(step) || self.cut_to(step) == Some(self)
    }

    /// What is left after taking `other` away; `None` when nothing is left.
    #[inline]
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self > other).then(|| Self(exact::difference(self.0, other.0)))
    }

    /// The largest quantity there is.
    #[must_use]
    pub const fn max_value() -> Self {
        Self(Packed::of_units(QUANTITY_MAX, 0))
    }

    /// The smaller of the two.
    #[inline]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
}

impl Rate {
    /// No rate at all.
    pub const ZERO: Self = Self(Packed::ZERO);
    /// One, the whole.
    pub const ONE: Self = Self(Packed::ONE);

    /// Makes a rate.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `-1000 <= value <= 1000`.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if value.abs() <= Decimal::ONE_THOUSAND {
            Ok(Self(Packed::of(value)))
        } else {
            Err(OutOfRange {
                what: "rate",
                expected: "a fraction between -1000 and 1000",
                was: value.to_string(),
            })
        }
    }
}

impl Rate {
    #[inline]
    pub(crate) const fn is_negative(self) -> bool {
        self.0.is_negative()
    }
}

impl Add for Quantity {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(exact::sum(self.0, other.0))
    }
}

impl Neg for Rate {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(self.0.negated())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn bounds_are_named_in_the_error() {
        assert!(Price::new(Decimal::ZERO).unwrap_err().to_string().contains("greater than 0"));
        assert!(Price::new(decimal("1000000000")).is_ok());
        assert!(Price::new(decimal("1000000000.1")).is_err());
        assert!(Quantity::new(decimal("1000000000000")).is_ok());
        assert!(Quantity::new(decimal("1000000000001")).is_err());
        assert!(Rate::new(decimal("1000.1")).is_err());
    }

    #[test]
    fn an_optional_amount_needs_no_more_room() {
        assert_eq!(size_of::<Option<Price>>(), size_of::<Price>());
        assert_eq!(size_of::<Price>(), 16);
    }

    #[test]
    fn quantities_round_down_to_the_step() {
        let step = Quantity::new(decimal("0.001")).unwrap();
        assert_eq!(
            Quantity::new(decimal("0.0019")).unwrap().round_down(step).unwrap().decimal(),
            decimal("0.001")
        );
        assert!(Quantity::new(decimal("0.0009")).unwrap().round_down(step).is_none());
    }

    #[test]
    fn shifting_by_a_rate_is_exact() {
        let price = Price::new(decimal("16541.77")).unwrap();
        let shifted = price.shifted(Rate::new(decimal("0.0001")).unwrap()).unwrap();
        assert_eq!(shifted.decimal(), decimal("16543.424177"));
        assert!(price.shifted(Rate::new(decimal("-1")).unwrap()).is_none());
    }
}
