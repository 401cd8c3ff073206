//! Short cuts for exact decimals of few digits.
//!
//! [`Decimal`] handles 28 digits at the price of general code. Amounts of the kernel nearly always fit
//! into 64 bits; for those, sums, products and comparisons are a few machine instructions here. What
//! does not fit goes to the library. Results are equal in value digit for digit (tested).

use std::cmp::Ordering;

use rust_decimal::Decimal;

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

/// Bit of the sign and place of the scale in the library's flags.
const NEGATIVE: u32 = 1 << 31;
const SCALE_AT: u32 = 16;

/// A decimal taken apart: sign and scale, and the digits without sign.
#[derive(Clone, Copy)]
struct Parts {
    flags: u32,
    digits: u128,
}

impl Parts {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the flags are the lowest 32 bits")]
    const fn of(value: Decimal) -> Self {
        let raw = u128::from_le_bytes(value.serialize());
        Self { flags: raw as u32, digits: raw >> 32 }
    }

    /// The decimal, if the digits fit into the library's 96 bits.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "three words of 32 bits are taken apart")]
    fn decimal(self) -> Option<Decimal> {
        if self.digits >> 96 != 0 {
            return None;
        }
        let (low, high) = (self.digits as u64, (self.digits >> 64) as u32);
        let negative = self.is_negative(); // Of zero the library takes the sign away.
        Some(Decimal::from_parts(low as u32, (low >> 32) as u32, high, negative, self.scale()))
    }

    #[inline]
    const fn is_negative(self) -> bool {
        self.flags & NEGATIVE != 0
    }

    #[inline]
    const fn scale(self) -> u32 {
        (self.flags & !NEGATIVE) >> SCALE_AT
    }

    /// The digits, if they fit into 64 bits.
    #[inline]
    fn small(self) -> Option<u64> {
        u64::try_from(self.digits).ok()
    }

    /// Digits at a scale that is larger by `more`.
    #[inline]
    fn scaled(self, more: u32) -> Option<u128> {
        let power = *POWERS.get(more as usize)?;
        Some(u128::from(self.small()?) * u128::from(power))
    }

    #[inline]
    const fn negated(self) -> Self {
        Self { flags: self.flags ^ NEGATIVE, ..self }
    }
}

/// Both with digits of the larger scale.
#[inline]
fn aligned(one: Parts, other: Parts) -> Option<(Parts, Parts)> {
    let (one_scale, other_scale) = (one.scale(), other.scale());
    let scaled = |parts: Parts, scale: u32| {
        let digits = parts.scaled(scale - parts.scale())?;
        Some(Parts { flags: (parts.flags & NEGATIVE) | (scale << SCALE_AT), digits })
    };
    match one_scale.cmp(&other_scale) {
        Ordering::Equal => Some((one, other)),
        Ordering::Less => Some((scaled(one, other_scale)?, other)),
        Ordering::Greater => Some((one, scaled(other, one_scale)?)),
    }
}

/// The sum of two with one scale.
#[inline]
fn added(one: Parts, other: Parts) -> Option<Decimal> {
    let (digits, flags) = if one.flags == other.flags {
        (one.digits + other.digits, one.flags)
    } else if one.digits >= other.digits {
        (one.digits - other.digits, one.flags)
    } else {
        (other.digits - one.digits, other.flags)
    };
    Parts { flags, digits }.decimal()
}

/// So many units of the last of `decimals` decimals, which are 28 at most.
#[inline]
pub(crate) fn of_units(units: u64, decimals: u32) -> Option<Decimal> {
    let flags = (decimals <= 28).then_some(decimals << SCALE_AT)?;
    Parts { flags, digits: units.into() }.decimal()
}

/// A value that is not negative with so many decimals, the rest cut off or, `up`, rounded away from zero.
/// `None` where that is not a single division of small numbers.
#[inline]
pub(crate) fn with_decimals(value: Decimal, decimals: u32, up: bool) -> Option<Decimal> {
    let parts = Parts::of(value);
    let less = parts.scale().checked_sub(decimals)?;
    if parts.is_negative() {
        return None;
    }
    let (digits, power) = (parts.small()?, *POWERS.get(less as usize)?);
    let cut = digits / power + u64::from(up && !digits.is_multiple_of(power));
    of_units(cut, decimals)
}

/// The order of two decimals.
#[inline]
pub(crate) fn compare(one: Decimal, other: Decimal) -> Ordering {
    let (left, right) = (Parts::of(one), Parts::of(other));
    if left.flags == right.flags && !left.is_negative() {
        return left.digits.cmp(&right.digits);
    }
    compare_unlike(one, other)
}

/// The order of two decimals whose sign or scale may differ; kept apart, so that the usual case stays
/// small where it is inlined.
#[inline(never)]
fn compare_unlike(one: Decimal, other: Decimal) -> Ordering {
    let Some((left, right)) = aligned(Parts::of(one), Parts::of(other)) else {
        return one.cmp(&other);
    };
    match (left.is_negative(), right.is_negative()) {
        (false, false) => left.digits.cmp(&right.digits),
        (true, true) => right.digits.cmp(&left.digits),
        // The library may carry a negative zero.
        (false, true) if right.digits == 0 && left.digits == 0 => Ordering::Equal,
        (true, false) if right.digits == 0 && left.digits == 0 => Ordering::Equal,
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    }
}

/// Their sum.
#[inline]
pub(crate) fn sum(one: Decimal, other: Decimal) -> Decimal {
    let short =
        aligned(Parts::of(one), Parts::of(other)).and_then(|(one, other)| added(one, other));
    short.unwrap_or_else(|| one + other)
}

/// Their difference.
#[inline]
pub(crate) fn difference(one: Decimal, other: Decimal) -> Decimal {
    let short = aligned(Parts::of(one), Parts::of(other).negated())
        .and_then(|(one, other)| added(one, other));
    short.unwrap_or_else(|| one - other)
}

/// Their product, if it is exact in at most `decimals` decimals without further ado.
#[inline]
pub(crate) fn product(one: Decimal, other: Decimal, decimals: u32) -> Option<Decimal> {
    let (one, other) = (Parts::of(one), Parts::of(other));
    let scale = one.scale() + other.scale();
    if scale > decimals {
        return None;
    }
    let digits = u128::from(one.small()?) * u128::from(other.small()?);
    let flags = ((one.flags ^ other.flags) & NEGATIVE) | (scale << SCALE_AT);
    Parts { flags, digits }.decimal()
}

/// The product in whole units of the last of `decimals` decimals, rounded half to even.
#[inline]
pub(crate) fn settled_units(one: Decimal, other: Decimal, decimals: u32) -> Option<i128> {
    let (one, other) = (Parts::of(one), Parts::of(other));
    let digits = u128::from(one.small()?) * u128::from(other.small()?);
    let scale = one.scale() + other.scale();
    let size = match (u64::try_from(digits), decimals.checked_sub(scale)) {
        (Ok(small), Some(more)) => u128::from(small) * u128::from(*POWERS.get(more as usize)?),
        _ => wide_units(digits, scale, decimals)?,
    };
    let units = i128::try_from(size).ok()?;
    Some(if (one.flags ^ other.flags) & NEGATIVE != 0 { -units } else { units })
}

/// Digits at a scale in whole units of the last of `decimals` decimals, where that is not a single
/// product of small numbers.
#[inline(never)]
fn wide_units(digits: u128, scale: u32, decimals: u32) -> Option<u128> {
    match decimals.checked_sub(scale) {
        Some(more) => digits.checked_mul(u128::from(*POWERS.get(more as usize)?)),
        None => Some(rounded_quotient(digits, *POWERS.get((scale - decimals) as usize)?)),
    }
}

/// The same value written with at least as many decimals as `other`, where its digits allow it: amounts
/// of equal scale compare fastest.
#[inline]
pub(crate) fn in_decimals_of(value: Decimal, other: Decimal) -> Decimal {
    let (parts, scale) = (Parts::of(value), Parts::of(other).scale());
    if parts.scale() >= scale {
        return value;
    }
    let rescaled = parts.scaled(scale - parts.scale()).and_then(|digits| {
        Parts { flags: (parts.flags & NEGATIVE) | (scale << SCALE_AT), digits }.decimal()
    });
    rescaled.unwrap_or(value)
}

/// Units times a factor, rounded half to even.
#[inline]
pub(crate) fn scaled_units(units: i128, factor: Decimal) -> Option<i128> {
    let factor = Parts::of(factor);
    let times = factor.small()?;
    let power = *POWERS.get(factor.scale() as usize)?;
    let small = u64::try_from(units.unsigned_abs()).ok().and_then(|small| small.checked_mul(times));
    let size = match small {
        Some(size) => i128::from(rounded_by_scale(size, factor.scale())),
        None => wide_scaled(units.unsigned_abs(), times, power)?,
    };
    Some(if (units < 0) != factor.is_negative() { -size } else { size })
}

/// Units times a factor where the product needs more than 64 bits.
#[inline(never)]
fn wide_scaled(units: u128, times: u64, power: u64) -> Option<i128> {
    i128::try_from(rounded_quotient(units.checked_mul(times.into())?, power)).ok()
}

/// `digits / power`, half to even.
#[inline]
pub(crate) fn rounded_quotient(digits: u128, power: u64) -> u128 {
    if let Ok(small) = u64::try_from(digits) {
        return u128::from(rounded_small(small, power));
    }
    let wide = u128::from(power);
    let (quotient, rest) = (digits / wide, digits % wide);
    quotient + u128::from(rounds_up(rest, power, quotient % 2 == 1))
}

/// The same where all fits into 64 bits.
#[inline]
const fn rounded_small(digits: u64, power: u64) -> u64 {
    let (quotient, rest) = (digits / power, digits % power);
    // Twice the rest cannot overflow: the rest is below the power, and that below 1e19.
    quotient + (rest > power - rest || (rest == power - rest && quotient % 2 == 1)) as u64
}

/// The same by a power of ten that is known by its exponent: the usual ones are divided by with a
/// multiplication, as the compiler knows them.
#[inline]
fn rounded_by_scale(digits: u64, scale: u32) -> u64 {
    match scale {
        0 => digits,
        1 => rounded_small(digits, 10),
        2 => rounded_small(digits, 100),
        3 => rounded_small(digits, 1_000),
        4 => rounded_small(digits, 10_000),
        5 => rounded_small(digits, 100_000),
        6 => rounded_small(digits, 1_000_000),
        _ => rounded_small(digits, POWERS[scale as usize]),
    }
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
pub(crate) fn to_f64(value: Decimal) -> f64 {
    const POWERS: [f64; 29] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
    ];
    let parts = Parts::of(value);
    let digits = match i64::try_from(parts.digits) {
        Ok(small) => small as f64,
        Err(_) => wide(parts.digits),
    };
    let size = digits / POWERS[parts.scale() as usize];
    if parts.is_negative() { -size } else { size }
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
            prop_assert_eq!(compare(one, other), one.cmp(&other));
            if let Some(expected) = one.checked_add(other) {
                prop_assert_eq!(sum(one, other), expected);
            }
            if let Some(expected) = one.checked_sub(other) {
                prop_assert_eq!(difference(one, other), expected);
            }
            prop_assert_eq!(in_decimals_of(one, other), one);
            for (up, strategy) in [(false, ToZero), (true, AwayFromZero)] {
                if let Some(short) = with_decimals(one, other.scale(), up) {
                    prop_assert_eq!(short, one.round_dp_with_strategy(other.scale(), strategy));
                }
            }
            if let Some(short) = product(one, other, 14) {
                prop_assert_eq!(Some(short), one.checked_mul(other));
                prop_assert!(short.scale() <= 14);
            }
            let printed: f64 = one.to_string().parse().unwrap();
            let exactly = one.mantissa().unsigned_abs() < 1 << 53 && one.scale() <= 22;
            let slack = if exactly { 0.0 } else { 2.0 * f64::EPSILON };
            prop_assert!((to_f64(one) - printed).abs() <= printed.abs() * slack);
        }
    }

    #[test]
    fn usual_amounts_take_the_short_way() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let product = product(decimal("16541.77"), decimal("0.010"), 14).unwrap();
        assert_eq!(product.to_string(), "165.41770");
        let parts = |text| Parts::of(decimal(text));
        assert!(aligned(parts("1000000"), parts("0.06616708")).is_some());
        assert!(super::product(decimal("0.12345678"), decimal("0.12345678"), 14).is_none());
    }
}
