//! Exact money: whole units of 1e-14 of the quote asset.
//!
//! Every amount of money is a sum of settled products, and those have 14 decimals at most. As whole
//! numbers of that unit they add, subtract and compare in single instructions, and exactly, up to
//! 1.7e24. [`Decimal`] is the way in and out.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::amount::{SETTLED_DECIMALS, settled};
use crate::exact;
use crate::packed::Packed;
use crate::{Price, Quantity, Rate};

/// One of the quote asset.
const WHOLE: i128 = 100_000_000_000_000;
/// Larger sizes are taken for this one: 1e24 of the quote asset, more than any product can be.
const LARGEST: i128 = 100_000_000_000_000_000_000_000_000_000_000_000_000;

/// An amount of the quote asset, of either sign.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest notional that risk lets through: 1e12.
    pub const EXACT_MAX: Self = Self::whole(1_000_000_000_000);

    /// An amount of the quote asset, rounded half to even to 14 decimals. Sizes above 1e24 are taken
    /// for 1e24.
    #[must_use]
    pub fn new(value: Decimal) -> Self {
        let value = settled(value);
        let more = SETTLED_DECIMALS.saturating_sub(value.scale());
        let units = value.mantissa().checked_mul(10i128.pow(more));
        let largest = if value.is_sign_negative() { -LARGEST } else { LARGEST };
        Self(units.unwrap_or(largest).clamp(-LARGEST, LARGEST))
    }

    /// A whole number of the quote asset, between -1e24 and 1e24.
    #[must_use]
    pub const fn whole(amount: i128) -> Self {
        Self(amount * WHOLE)
    }

    /// The plain decimal without trailing zeros, for display and for arithmetic that leaves this type.
    /// Sizes above 7e14 lose the decimals that 28 digits cannot hold.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        let (mut digits, mut decimals) = (self.0, SETTLED_DECIMALS);
        if digits == 0 {
            return Decimal::ZERO;
        }
        for step in [8, 4, 2, 1] {
            let power = 10i128.pow(step);
            if decimals >= step && digits % power == 0 {
                digits /= power;
                decimals -= step;
            }
        }
        while digits.unsigned_abs() >> 96 != 0 {
            digits /= 10;
            decimals -= 1;
        }
        Decimal::from_i128_with_scale(digits, decimals)
    }

    /// A binary number next to it, for statistics only.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics may lose digits beyond the 15th")]
    pub fn to_f64(self) -> f64 {
        match i64::try_from(self.0) {
            Ok(small) => small as f64 / WHOLE as f64,
            Err(_) => wide_to_f64(self.0),
        }
    }

    /// Whether it is nothing.
    #[inline]
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether the amount is below zero.
    #[inline]
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount without its sign.
    #[inline]
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// What a move of the price by `distance` is worth for `quantity`, settled and without its sign.
    #[inline]
    #[must_use]
    pub fn of_move(distance: Decimal, quantity: Quantity) -> Self {
        product(Packed::of(distance.abs()), quantity.packed())
    }

    /// This amount divided by a whole number of at least one, settled.
    #[inline]
    #[must_use]
    pub fn divided(self, by: u32) -> Self {
        debug_assert!(by > 0, "a divisor is at least one");
        let size = exact::rounded_quotient(self.0.unsigned_abs(), u64::from(by.max(1)));
        let size = i128::try_from(size).expect("a quotient is not larger than the amount");
        Self(if self.0 < 0 { -size } else { size })
    }

    /// `numerator / denominator` of this amount, settled.
    #[must_use]
    pub fn share(self, numerator: Quantity, denominator: Quantity) -> Self {
        Self::new(self.decimal() * numerator.decimal() / denominator.decimal())
    }

    /// This amount spread over a quantity: quote asset per unit, settled; `None` unless it is a price.
    #[must_use]
    pub fn per(self, quantity: Quantity) -> Option<Price> {
        Price::new(settled(self.decimal() / quantity.decimal())).ok()
    }

    /// Rounded half to even to `decimals` places, for display.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        let strategy = RoundingStrategy::MidpointNearestEven;
        Self::new(self.decimal().round_dp_with_strategy(decimals, strategy))
    }
}

/// The same for more than 63 bits. Two halves of at most 53 bits are binary numbers as they are, so that
/// their sum is rounded once, as the conversion of the whole would be.
#[inline(never)]
#[expect(clippy::cast_precision_loss, reason = "statistics may lose digits beyond the 15th")]
fn wide_to_f64(units: i128) -> f64 {
    const HALF: u32 = 52;
    let (high, low) = (units >> HALF, units & ((1 << HALF) - 1));
    let near = match i64::try_from(high) {
        Ok(high) if high.unsigned_abs() < 1 << 53 => {
            high as f64 * (1i64 << HALF) as f64 + low as i64 as f64
        }
        _ => units as f64,
    };
    near / WHOLE as f64
}

/// A product of two that are not negative, settled.
#[inline]
fn product(one: Packed, other: Packed) -> Money {
    exact::small_units(one, other, SETTLED_DECIMALS).map_or_else(|| wide_product(one, other), Money)
}

/// The same for any number of digits.
#[cold]
fn wide_product(one: Packed, other: Packed) -> Money {
    exact::settled_units(one, other, SETTLED_DECIMALS)
        .map_or_else(|| Money::new(one.decimal() * other.decimal()), Money)
}

/// A share of an amount, settled, for any number of digits.
#[cold]
fn wide_share(amount: Money, rate: Packed) -> Money {
    exact::wide_scaled(amount.0, rate)
        .map_or_else(|| Money::new(amount.decimal() * rate.decimal()), Money)
}

impl Mul<Quantity> for Price {
    type Output = Money;
    #[inline]
    fn mul(self, quantity: Quantity) -> Money {
        product(self.packed(), quantity.packed())
    }
}

impl Mul<Rate> for Money {
    type Output = Money;
    #[inline]
    fn mul(self, rate: Rate) -> Money {
        let rate = rate.packed();
        exact::small_scaled(self.0, rate).map_or_else(|| wide_share(self, rate), Self)
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

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.decimal(), f)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({})", self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn money(text: &str) -> Money {
        Money::new(decimal(text))
    }

    #[test]
    fn the_largest_values_do_not_overflow() {
        let notional = Price::new(decimal("1000000000")).unwrap()
            * Quantity::new(decimal("1000000000000")).unwrap();
        assert_eq!(notional, money("1000000000000000000000"));
        let largest = notional * Rate::new(Decimal::ONE_THOUSAND).unwrap();
        assert_eq!(largest.decimal(), decimal("1000000000000000000000000"));
        assert_eq!(Money::new(Decimal::MAX), largest);
        assert_eq!(Money::new(Decimal::MIN), -largest);
    }

    #[test]
    fn amounts_round_half_to_even_to_fourteen_decimals() {
        assert_eq!(money("0.000000000000005").decimal(), Decimal::ZERO);
        assert_eq!(money("0.000000000000015"), money("0.00000000000002"));
        assert_eq!(money("-0.000000000000025"), money("-0.00000000000002"));
        assert_eq!(money("0.0000000000000250001"), money("0.00000000000003"));
    }

    #[test]
    fn display_has_no_trailing_zeros() {
        for text in ["0", "100", "-0.5", "165.41770000000001", "1000000000000.00000000000001"] {
            assert_eq!(money(text).to_string(), text);
        }
        assert_eq!(format!("{:?}", money("1.50")), "Money(1.5)");
        assert_eq!(Money::whole(7), money("7"));
    }

    #[test]
    fn shares_and_averages_are_settled() {
        let quantity = |text| Quantity::new(decimal(text)).unwrap();
        assert_eq!(money("10").share(quantity("1"), quantity("3")), money("3.33333333333333"));
        let average = money("10").per(quantity("3")).unwrap();
        assert_eq!(average.decimal(), decimal("3.33333333333333"));
        assert_eq!(money("-10").per(quantity("3")), None);
        assert_eq!(money("2.345").rounded(2), money("2.34"));
    }

    /// Digits with a scale, within what prices and quantities may be.
    fn amount(digits: std::ops::Range<i64>) -> impl Strategy<Value = Decimal> {
        (digits, 0u32..=20).prop_map(|(digits, scale)| Decimal::new(digits, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn products_agree_with_the_library(
            price in amount(1..1_000_000_000),
            quantity in amount(1..1_000_000_000_000),
            rate in amount(-1000..1000),
        ) {
            let notional = Price::new(price).unwrap() * Quantity::new(quantity).unwrap();
            let expected = (price * quantity).round_dp(14);
            prop_assert_eq!(notional.decimal(), expected);
            let fee = notional * Rate::new(rate).unwrap();
            prop_assert_eq!(fee.decimal(), (expected * rate).round_dp(14));
            prop_assert_eq!(Money::of_move(-price, Quantity::new(quantity).unwrap()), notional);
            let printed: f64 = expected.to_string().parse().unwrap();
            prop_assert!((notional.to_f64() - printed).abs() <= printed.abs() * 2.0 * f64::EPSILON);
        }

        #[test]
        #[expect(clippy::cast_precision_loss, reason = "that is what is tested")]
        fn binary_numbers_are_the_nearest(units in any::<i128>(), bits in 0u32..127) {
            let units = units >> bits;
            prop_assert_eq!(Money(units).to_f64().to_bits(), (units as f64 / WHOLE as f64).to_bits());
        }

        #[test]
        fn sums_are_exact_in_any_order(
            parts in proptest::collection::vec((1i64..10_000_000_000_000, 0u32..16, 1i64..1_000_000_000_000, 0u32..12, 1i64..1000), 1..40)
        ) {
            let fees: Vec<Money> = parts.iter().filter_map(|(price, price_scale, quantity, quantity_scale, rate)| {
                let price = Price::new(Decimal::new(*price, *price_scale)).ok()?;
                let quantity = Quantity::new(Decimal::new(*quantity, *quantity_scale)).ok()?;
                Some(price * quantity * Rate::new(Decimal::new(*rate, 8)).unwrap())
            }).collect();
            let forward: Money = fees.iter().copied().sum();
            let backward: Money = fees.iter().rev().copied().sum();
            prop_assert_eq!(forward, backward);
            let back_to_zero = fees.iter().rev().fold(forward, |left, fee| left - *fee);
            prop_assert_eq!(back_to_zero, Money::ZERO);
        }
    }
}
