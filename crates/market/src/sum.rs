//! Sums of decimals that were added as binary numbers, for people and programs that read decimals.
//!
//! Adding leaves tails: 4.1 and 8.2 give 12.299999999999999. Series keep what was added; what shows or compares a
//! sum takes it from here.

/// The decimal with the fewest places that a sum of `terms` numbers of one sign can stand for: the nearest one that is
/// no farther than adding can have strayed, half a unit of the last binary place for each term. A single term is itself.
#[must_use]
pub fn decimal_sum(sum: f64, terms: u64) -> f64 {
    if terms <= 1 || !sum.is_finite() {
        return sum;
    }
    #[expect(clippy::cast_precision_loss, reason = "a bound that may be off by a little")]
    let strayed = sum.abs() * f64::EPSILON * (terms as f64 / 2.0);
    let mut scale = 1.0;
    loop {
        let scaled = sum * scale;
        if scaled.abs() >= EXACT_MAX || scale > SCALE_MAX {
            return sum;
        }
        let candidate = scaled.round() / scale;
        if (candidate - sum).abs() <= strayed {
            return candidate;
        }
        scale *= 10.0;
    }
}

/// Whole numbers below it are exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
/// Powers of ten up to it are exact.
const SCALE_MAX: f64 = 1e22;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(terms: &[f64], expected: &str) {
        let sum: f64 = terms.iter().sum();
        assert_eq!(decimal_sum(sum, terms.len() as u64).to_string(), expected, "{terms:?}");
    }

    #[test]
    fn tails_are_gone_and_digits_stay() {
        check(&[0.1, 0.2], "0.3");
        check(&[4.1, 8.2], "12.3");
        check(&[0.1; 10], "1");
        check(&[1e9, 0.001], "1000000000.001");
        check(&[0.0, 0.0], "0");
        check(&[0.1 + 0.2], "0.30000000000000004");
        check(&[123_456.789, 0.000_000_01], "123456.78900001");
        assert!(decimal_sum(f64::NAN, 2).is_nan());
    }

    proptest! {
        #[test]
        fn a_sum_of_decimals_is_their_exact_sum(
            units in proptest::collection::vec(0u32..2_000_000_000, 2..1500), decimals in 0u32..9,
        ) {
            let scale = 10f64.powi(i32::try_from(decimals).unwrap());
            let exact: u64 = units.iter().map(|unit| u64::from(*unit)).sum();
            let sum: f64 = units.iter().map(|unit| f64::from(*unit) / scale).sum();
            let expected = exact as f64 / scale;
            prop_assert_eq!(decimal_sum(sum, units.len() as u64), expected);
        }
    }
}
