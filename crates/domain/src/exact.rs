//! Short cuts for exact decimals of few digits.
//!
//! [`Decimal`] handles 28 digits at the price of general code. Amounts of the kernel nearly always fit
//! into 64 bits; for those, sums, products and comparisons are a few machine instructions here. What
//! does not fit goes to the library. Results are equal in value digit for digit (tested).

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::packed::Packed;

/// Powers of ten that fit into 64 bits.
const POWERS: [u64; 20] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
    10_000_000_000_000_000,
    100_000_000_000_000_000,
    1_000_000_000_000_000_000,
    10_000_000_000_000_000_000,
];

/// Digits of both at the larger of their scales, and that scale.
#[inline]
fn aligned(one: Packed, other: Packed) -> Option<(u64, u64, u32)> {
    let (left, right) = (one.small()?, other.small()?);
    let (one_scale, other_scale) = (one.scale(), other.scale());
    let power = *POWERS.get(one_scale.abs_diff(other_scale) as usize)?;
    if one_scale < other_scale {
        Some((left.checked_mul(power)?, right, other_scale))
    } else {
        Some((left, right.checked_mul(power)?, one_scale))
    }
}

/// The most units of the last of `decimals` decimals that are at most this whole number.
pub(crate) fn units_within(whole: u64, decimals: u32) -> u64 {
    let power = POWERS.get(decimals as usize);
    power.and_then(|power| whole.checked_mul(*power)).unwrap_or(u64::MAX)
}

/// Whether a value that is not negative is at most this whole number.
#[inline]
pub(crate) fn is_at_most(value: Packed, whole: u64) -> bool {
    let power = POWERS.get(value.scale() as usize);
    match (power.and_then(|power| whole.checked_mul(*power)), value.small()) {
        (Some(largest), Some(small)) => small <= largest,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => value.decimal() <= Decimal::from(whole),
    }
}

/// A value that is not negative with so many decimals, the rest cut off or, `up`, rounded away from zero.
/// `None` where that is not a single division of small numbers.
#[inline]
pub(crate) fn with_decimals(value: Packed, decimals: u32, up: bool) -> Option<Packed> {
    let less = value.scale().checked_sub(decimals)?;
    if value.is_negative() {
        return None;
    }
    let (digits, power) = (value.small()?, *POWERS.get(less as usize)?);
    let cut = digits / power + u64::from(up && !digits.is_multiple_of(power));
    Some(Packed::of_units(cut, decimals))
}

/// The order of two decimals.
#[inline]
pub(crate) fn compare(one: Packed, other: Packed) -> Ordering {
    if one.rest == other.rest && !one.is_negative() {
        return one.low.cmp(&other.low);
    }
    compare_unlike(one, other)
}

/// The order of two decimals whose sign or scale may differ; kept apart, so that the usual case stays
/// small where it is inlined.
#[cold]
fn compare_unlike(one: Packed, other: Packed) -> Ordering {
    let Some((left, right, _)) = aligned(one, other) else { return compare_wide(one, other) };
    match (one.is_negative(), other.is_negative()) {
        (false, false) => left.cmp(&right),
        (true, true) => right.cmp(&left),
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    }
}

#[cold]
fn compare_wide(one: Packed, other: Packed) -> Ordering {
    one.decimal().cmp(&other.decimal())
}

/// Their sum.
#[inline]
pub(crate) fn sum(one: Packed, other: Packed) -> Packed {
    if one.rest == other.rest
        && let (Some(left), Some(right)) = (one.small(), other.small())
        && let Some(low) = left.checked_add(right)
    {
        return Packed { low, ..one };
    }
    sum_unlike(one, other)
}

/// The sum of two whose sign or scale may differ.
#[cold]
fn sum_unlike(one: Packed, other: Packed) -> Packed {
    let Some((left, right, scale)) = aligned(one, other) else { return sum_wide(one, other) };
    let (low, negative) = match (one.is_negative() == other.is_negative(), left >= right) {
        (true, _) => match left.checked_add(right) {
            Some(low) => (low, one.is_negative()),
            None => return sum_wide(one, other),
        },
        (false, true) => (left - right, one.is_negative()),
        (false, false) => (right - left, other.is_negative()),
    };
    let size = Packed::of_units(low, scale);
    if negative { size.negated() } else { size }
}

#[cold]
fn sum_wide(one: Packed, other: Packed) -> Packed {
    Packed::of(one.decimal() + other.decimal())
}

/// Their difference.
#[inline]
pub(crate) fn difference(one: Packed, other: Packed) -> Packed {
    if one.rest == other.rest
        && let (Some(left), Some(right)) = (one.small(), other.small())
        && left > right
    {
        return Packed { low: left - right, ..one };
    }
    sum_unlike(one, other.negated())
}

/// Their product, if it is exact in at most `decimals` decimals without further ado.
#[inline]
pub(crate) fn product(one: Packed, other: Packed, decimals: u32) -> Option<Packed> {
    let scale = one.scale() + other.scale();
    if scale > decimals {
        return None;
    }
    let digits = u128::from(one.small()?) * u128::from(other.small()?);
    Packed::new(one.is_negative() != other.is_negative(), scale, digits)
}

/// The product of two that are not negative in whole units of the last of `decimals` decimals, where
/// it is exact and a single product of small numbers.
#[inline]
pub(crate) fn small_units(one: Packed, other: Packed, decimals: u32) -> Option<i128> {
    let more = decimals.checked_sub(one.scale() + other.scale())?;
    let digits = one.small()?.checked_mul(other.small()?)?;
    Some(i128::from(digits) * i128::from(*POWERS.get(more as usize)?))
}

/// The same, rounded half to even where it is not exact.
pub(crate) fn settled_units(one: Packed, other: Packed, decimals: u32) -> Option<i128> {
    let digits = u128::from(one.small()?) * u128::from(other.small()?);
    let scale = one.scale() + other.scale();
    let units = match decimals.checked_sub(scale) {
        Some(more) => digits.checked_mul(u128::from(*POWERS.get(more as usize)?))?,
        None => rounded_quotient(digits, *POWERS.get((scale - decimals) as usize)?),
    };
    i128::try_from(units).ok()
}

/// The same value written with at least as many decimals as `other`, where its digits allow it: amounts
/// of equal scale compare fastest.
#[inline]
pub(crate) fn in_decimals_of(value: Packed, other: Packed) -> Packed {
    let scale = other.scale();
    if value.scale() >= scale {
        return value;
    }
    let power = POWERS.get((scale - value.scale()) as usize);
    let digits =
        value.small().zip(power).map(|(digits, power)| u128::from(digits) * u128::from(*power));
    let written = digits.and_then(|digits| Packed::new(value.is_negative(), scale, digits));
    written.unwrap_or(value)
}

/// Units times a factor, rounded half to even, where the product fits into 64 bits.
#[inline]
pub(crate) fn small_scaled(units: i128, factor: Packed) -> Option<i128> {
    let power = *POWERS.get(factor.scale() as usize)?;
    let size = u64::try_from(units.unsigned_abs()).ok()?.checked_mul(factor.small()?)?;
    let size = i128::from(rounded_small(size, power));
    Some(if (units < 0) == factor.is_negative() { size } else { -size })
}

/// The same where the product needs more.
pub(crate) fn wide_scaled(units: i128, factor: Packed) -> Option<i128> {
    let power = *POWERS.get(factor.scale() as usize)?;
    let size = units.unsigned_abs().checked_mul(factor.small()?.into())?;
    let size = i128::try_from(rounded_quotient(size, power)).ok()?;
    Some(if (units < 0) == factor.is_negative() { size } else { -size })
}

/// `digits / power`, half to even.
#[inline]
pub(crate) fn rounded_quotient(digits: u128, power: u64) -> u128 {
    if let Ok(small) = u64::try_from(digits) {
        return u128::from(rounded_small(small, power));
    }
    let wide = u128::from(power);
    let quotient = digits / wide;
    let rest = digits - quotient * wide;
    quotient + u128::from(rounds_up(rest, power, quotient % 2 == 1))
}

/// The same where all fits into 64 bits.
#[inline]
const fn rounded_small(digits: u64, power: u64) -> u64 {
    let (quotient, rest) = (digits / power, digits % power);
    // Twice the rest cannot overflow: the rest is below the power, and that below 1e19.
    quotient + (rest > power - rest || (rest == power - rest && quotient % 2 == 1)) as u64
}

/// Whether a rest is more than a half, or a half that an odd quotient gives away.
#[inline]
fn rounds_up(rest: u128, power: u64, odd: bool) -> bool {
    match (rest * 2).cmp(&u128::from(power)) {
        Ordering::Less => false,
        Ordering::Equal => odd,
        Ordering::Greater => true,
    }
}

/// A decimal as a binary number: the nearest one for up to 15 digits, within two units in the last
/// place beyond. Many times faster than the library's own conversion.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "statistics may lose digits beyond the 15th")]
pub(crate) fn to_f64(value: Packed) -> f64 {
    const POWERS: [f64; 29] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
    ];
    let digits = match i64::try_from(value.digits()) {
        Ok(small) => small as f64,
        Err(_) => wide(value.digits()),
    };
    let size = digits / POWERS[value.scale() as usize];
    if value.is_negative() { -size } else { size }
}

/// Digits that need more than 63 bits; kept apart, so that the usual case does not pay for it.
#[cold]
#[expect(clippy::cast_precision_loss, reason = "statistics may lose digits beyond the 15th")]
const fn wide(digits: u128) -> f64 {
    digits as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::RoundingStrategy::{AwayFromZero, ToZero};

    /// Digits of every size, many of them at the edges of words.
    fn any_decimal() -> impl Strategy<Value = Decimal> {
        let digits = prop_oneof![
            any::<i64>().prop_map(i128::from),
            (-1000i128..1000),
            (-(1i128 << 95)..(1i128 << 95)),
            Just(i128::from(i64::MAX)),
            Just(i128::from(i64::MIN)),
            Just(0i128),
        ];
        (digits, 0u32..=28).prop_map(|(digits, scale)| Decimal::from_i128_with_scale(digits, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn short_cuts_agree_with_the_library(one in any_decimal(), other in any_decimal()) {
            let (left, right) = (Packed::of(one), Packed::of(other));
            prop_assert_eq!(format!("{left:?}"), format!("{one:?}"));
            prop_assert_eq!(left.is_zero(), one.is_zero());
            prop_assert_eq!(left.is_unit(), one.mantissa().abs() == 1);
            prop_assert_eq!(left.negated().decimal(), -one);
            prop_assert_eq!(compare(left, right), one.cmp(&other));
            if let Some(expected) = one.checked_add(other) {
                prop_assert_eq!(sum(left, right).decimal(), expected);
            }
            if let Some(expected) = one.checked_sub(other) {
                prop_assert_eq!(difference(left, right).decimal(), expected);
            }
            prop_assert_eq!(in_decimals_of(left, right).decimal(), one);
            for (up, strategy) in [(false, ToZero), (true, AwayFromZero)] {
                if let Some(short) = with_decimals(left, other.scale(), up) {
                    let expected = one.round_dp_with_strategy(other.scale(), strategy);
                    prop_assert_eq!(short.decimal(), expected);
                }
            }
            if let Some(short) = product(left, right, 14) {
                prop_assert_eq!(Some(short.decimal()), one.checked_mul(other));
                prop_assert!(short.scale() <= 14);
            }
            let printed: f64 = one.to_string().parse().unwrap();
            let exactly = one.mantissa().unsigned_abs() < 1 << 53 && one.scale() <= 22;
            let slack = if exactly { 0.0 } else { 2.0 * f64::EPSILON };
            prop_assert!((to_f64(left) - printed).abs() <= printed.abs() * slack);
        }
    }

    proptest! {
        #[test]
        fn bounds_agree_with_the_library(
            digits in any::<u128>(),
            bits in 0u32..=96,
            scale in 0u32..=28,
            whole in prop_oneof![Just(1_000_000_000), Just(1_000_000_000_000), any::<u64>()],
        ) {
            let digits = digits & ((1 << bits) - 1);
            let value = Decimal::from_i128_with_scale(i128::try_from(digits).unwrap(), scale);
            prop_assert_eq!(is_at_most(Packed::of(value), whole), value <= Decimal::from(whole));
            let edge = Decimal::from(whole);
            prop_assert!(is_at_most(Packed::of(edge), whole));
            prop_assert_eq!(is_at_most(Packed::of(edge), whole - whole.min(1)), whole == 0);
        }
    }

    #[test]
    fn usual_amounts_take_the_short_way() {
        let packed = |text: &str| Packed::of(text.parse().unwrap());
        let product = product(packed("16541.77"), packed("0.010"), 14).unwrap();
        assert_eq!(product.decimal().to_string(), "165.41770");
        assert!(aligned(packed("1000000"), packed("0.06616708")).is_some());
        assert!(super::product(packed("0.12345678"), packed("0.12345678"), 14).is_none());
    }
}
