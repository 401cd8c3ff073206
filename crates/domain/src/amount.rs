//! Exact amounts: price, quantity, money and rate.
//!
//! | left | op | right | gives | unit |
//! |---|---|---|---|---|
//! | `Price` | `*` | `Quantity` | `Money` | quote asset |
//! | `Money` | `+ -` | `Money` | `Money` | quote asset |
//! | `Money` | `*` | `Rate` | `Money` | quote asset |
//! | `Quantity` | `+` | `Quantity` | `Quantity` | base asset |
//!
//! Products are settled: rounded half to even to 14 decimals at once. Sums of settled
//! amounts below 1e13 are therefore exact in the 28 digits of [`Decimal`], in any order.
//! The bounds of the constructors keep products from overflowing.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use rust_decimal::{Decimal, RoundingStrategy};

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
const SETTLED_DECIMALS: u32 = 14;

const PRICE_MAX: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
const QUANTITY_MAX: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0); // 1e12

macro_rules! decimal_newtype {
    ($name:ident) => {
        impl $name {
            /// The plain decimal, for arithmetic that leaves this type and for display.
            #[inline]
            #[must_use]
            pub const fn decimal(self) -> Decimal {
                self.0
            }

            /// A binary number next to it, for statistics only.
            #[inline]
            #[must_use]
            pub fn to_f64(self) -> f64 {
                to_f64(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.normalize(), f)
            }
        }
    };
}

/// Rounds to the decimals of settled amounts, half to even.
#[inline]
fn settled(value: Decimal) -> Decimal {
    if value.scale() > SETTLED_DECIMALS { value.round_dp(SETTLED_DECIMALS) } else { value }
}

/// Whole digits divided by a power of ten: exact to half a unit in the last place for up to 15
/// digits, to one unit beyond. Many times faster than the library's own conversion.
#[expect(clippy::cast_precision_loss, reason = "statistics may lose digits beyond the 15th")]
fn to_f64(value: Decimal) -> f64 {
    const POWERS: [f64; 29] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
    ];
    let digits = value.mantissa();
    let digits = i64::try_from(digits).map_or(digits as f64, |small| small as f64);
    digits / POWERS[value.scale() as usize]
}

/// Quote asset per one unit of the base asset. Greater than zero, at most 1e9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);

/// An amount of the base asset. Greater than zero, at most 1e12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(Decimal);

/// An amount of the quote asset, of either sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// A fraction (0.001 is ten basis points), between -1000 and 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(Decimal);

decimal_newtype!(Price);
decimal_newtype!(Quantity);
decimal_newtype!(Money);
decimal_newtype!(Rate);

impl Price {
    /// Makes a price.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `0 < value <= 1e9`.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if value > Decimal::ZERO && value <= PRICE_MAX {
            Ok(Self(value))
        } else {
            Err(OutOfRange {
                what: "price",
                expected: "greater than 0 and at most 1e9",
                was: value.to_string(),
            })
        }
    }

    /// Moves the price by a fraction of itself: `price * (1 + rate)`, settled; `None` if nothing is left.
    #[inline]
    #[must_use]
    pub fn shifted(self, rate: Rate) -> Option<Self> {
        Self::new(settled(self.0 * (Decimal::ONE + rate.0))).ok()
    }

    /// Signed distance `self - other` in quote asset per unit.
    #[inline]
    #[must_use]
    pub fn minus(self, other: Self) -> Decimal {
        self.0 - other.0
    }
}

impl Quantity {
    /// Makes a quantity.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `0 < value <= 1e12`.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if value > Decimal::ZERO && value <= QUANTITY_MAX {
            Ok(Self(value))
        } else {
            Err(OutOfRange {
                what: "quantity",
                expected: "greater than 0 and at most 1e12",
                was: value.to_string(),
            })
        }
    }

    /// The largest multiple of `step` that is not above the quantity; `None` below one step.
    #[must_use]
    pub fn round_down(self, step: Self) -> Option<Self> {
        if step.0.mantissa() == 1 {
            // A power of ten: cutting decimals is the same without a division.
            return Self::new(self.0.trunc_with_scale(step.0.scale())).ok();
        }
        Self::new((self.0 / step.0).floor() * step.0).ok()
    }

    /// What is left after taking `other` away; `None` when nothing is left.
    #[inline]
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self > other).then(|| Self(self.0 - other.0))
    }

    /// The largest quantity there is.
    #[must_use]
    pub const fn max_value() -> Self {
        Self(QUANTITY_MAX)
    }

    /// The smaller of the two.
    #[inline]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// Up to here sums of settled amounts are exact: 1e12.
    pub const EXACT_MAX: Self = Self(QUANTITY_MAX);

    /// What a move of the price by `distance` is worth for `quantity`, settled and without its sign.
    #[inline]
    #[must_use]
    pub fn of_move(distance: Decimal, quantity: Quantity) -> Self {
        Self(settled(distance.abs() * quantity.0))
    }

    /// `numerator / denominator` of this amount, settled.
    #[inline]
    #[must_use]
    pub fn share(self, numerator: Quantity, denominator: Quantity) -> Self {
        Self(settled(self.0 * numerator.0 / denominator.0))
    }

    /// Wraps an amount of the quote asset.
    #[inline]
    #[must_use]
    pub const fn new(value: Decimal) -> Self {
        Self(value)
    }

    /// Whether the amount is below zero.
    #[inline]
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// The amount without its sign.
    #[inline]
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Rounded half to even to `decimals` places, for display.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        Self(self.0.round_dp_with_strategy(decimals, RoundingStrategy::MidpointNearestEven))
    }
}

impl Rate {
    /// No rate at all.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// One, the whole.
    pub const ONE: Self = Self(Decimal::ONE);

    /// Makes a rate.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `-1000 <= value <= 1000`.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if value.abs() <= Decimal::ONE_THOUSAND {
            Ok(Self(value))
        } else {
            Err(OutOfRange {
                what: "rate",
                expected: "a fraction between -1000 and 1000",
                was: value.to_string(),
            })
        }
    }
}

impl Mul<Quantity> for Price {
    type Output = Money;
    #[inline]
    fn mul(self, quantity: Quantity) -> Money {
        Money(settled(self.0 * quantity.0))
    }
}

impl Mul<Rate> for Money {
    type Output = Money;
    #[inline]
    fn mul(self, rate: Rate) -> Money {
        Money(settled(self.0 * rate.0))
    }
}

impl Add for Quantity {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Add for Money {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Neg for Rate {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    #[inline]
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
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
    fn the_largest_values_do_not_overflow() {
        let notional = Price::new(PRICE_MAX).unwrap() * Quantity::new(QUANTITY_MAX).unwrap();
        assert_eq!(
            (notional * Rate::new(Decimal::ONE_THOUSAND).unwrap()).decimal(),
            decimal("1000000000000000000000000")
        );
    }

    proptest::proptest! {
        #[test]
        fn sums_of_settled_amounts_are_exact_in_any_order(
            parts in proptest::collection::vec((1i64..10_000_000_000_000, 0u32..16, 1i64..1_000_000_000_000, 0u32..12, 1i64..1000), 1..40)
        ) {
            let fees: Vec<Money> = parts.iter().filter_map(|(price, price_scale, quantity, quantity_scale, rate)| {
                let price = Price::new(Decimal::new(*price, *price_scale)).ok()?;
                let quantity = Quantity::new(Decimal::new(*quantity, *quantity_scale)).ok()?;
                let notional = price * quantity;
                (notional < Money::EXACT_MAX).then(|| notional * Rate::new(Decimal::new(*rate, 8)).unwrap())
            }).collect();
            let forward: Money = fees.iter().copied().sum();
            let backward: Money = fees.iter().rev().copied().sum();
            proptest::prop_assert_eq!(forward, backward);
            let back_to_zero = fees.iter().rev().fold(forward, |left, fee| left - *fee);
            proptest::prop_assert_eq!(back_to_zero, Money::ZERO);
        }
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
