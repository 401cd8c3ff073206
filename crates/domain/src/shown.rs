//! Numbers in sentences for people: rounded, yet never so far that a sentence says something else.
//!
//! What decides stays exact where it is kept; only its words are shorter. Numbers whose last digit is
//! the point, such as a tick and a price that is off it, are not for here.

use rust_decimal::Decimal;

use crate::{Money, Price, Quantity};

/// Decimals of prices, quantities and money, as venues show them.
const AMOUNT_DECIMALS: u32 = 8;
/// Decimals of ratios.
const RATIO_DECIMALS: u32 = 4;

impl Price {
    /// To 8 decimals, or as many as it takes not to be taken for the other price of the sentence.
    #[must_use]
    pub fn shown_beside(self, other: Self) -> Decimal {
        shown(self.decimal(), other.decimal(), AMOUNT_DECIMALS)
    }
}

impl Quantity {
    /// To 8 decimals, or as many as it takes not to be taken for the other quantity of the sentence.
    #[must_use]
    pub fn shown_beside(self, other: Self) -> Decimal {
        shown(self.decimal(), other.decimal(), AMOUNT_DECIMALS)
    }
}

impl Money {
    /// To 8 decimals, or as many as it takes not to be taken for nothing or for the other amount of
    /// the sentence.
    #[must_use]
    pub fn shown_beside(self, other: Self) -> Decimal {
        shown(self.decimal(), other.decimal(), AMOUNT_DECIMALS)
    }
}

/// A ratio to 4 decimals, or as many as it takes not to be taken for nothing or for `other`.
#[must_use]
pub fn ratio_shown_beside(ratio: Decimal, other: Decimal) -> Decimal {
    shown(ratio, other, RATIO_DECIMALS)
}

/// Rounded half to even to the fewest decimals, `least` or more, at which neither number is taken for
/// zero or for the other one.
fn shown(number: Decimal, other: Decimal, least: u32) -> Decimal {
    let tells_apart = |places: &u32| {
        let [shown, beside] = [number, other].map(|it| it.round_dp(*places));
        shown.is_zero() == number.is_zero()
            && beside.is_zero() == other.is_zero()
            && (shown == beside) == (number == other)
    };
    let places = (least..Decimal::MAX_SCALE).find(tells_apart).unwrap_or(Decimal::MAX_SCALE);
    number.round_dp(places).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn check(number: &str, other: &str, amount: &str, ratio: &str) {
        let [number, other] = [number, other].map(decimal);
        let was = [AMOUNT_DECIMALS, RATIO_DECIMALS].map(|least| shown(number, other, least));
        assert_eq!(was.map(|it| it.to_string()), [amount, ratio]);
    }

    #[test]
    fn amounts_have_eight_decimals_and_ratios_four() {
        check("100.50", "90", "100.5", "100.5");
        check("45180.7228915662651", "45000", "45180.72289157", "45180.7229");
        check("99.99999999999999", "120", "100", "100");
        check("-0.123456785", "3", "-0.12345678", "-0.1235");
    }

    #[test]
    fn different_numbers_stay_different_and_something_is_not_nothing() {
        check("1000.00000000000001", "1000", "1000.00000000000001", "1000.00000000000001");
        check("1000", "1000.00000000000001", "1000", "1000");
        check("1.49999", "1.5", "1.49999", "1.49999");
        check("0.00000000001234", "0", "0.00000000001", "0.00000000001");
        check("7", "7.0", "7", "7");
        let finest = "0.0000000000000000000000000001";
        check(finest, finest, finest, finest);
        check(
            &Decimal::MAX.to_string(),
            "-1",
            &Decimal::MAX.to_string(),
            &Decimal::MAX.to_string(),
        );
    }

    #[test]
    fn each_type_shows_its_own_decimals() {
        let price = |text| Price::new(decimal(text)).unwrap();
        let quantity = |text| Quantity::new(decimal(text)).unwrap();
        let money = |text| Money::new(decimal(text));
        let expected = decimal("1.23456789");
        assert_eq!(price("1.234567891").shown_beside(price("2")), expected);
        assert_eq!(quantity("1.234567891").shown_beside(quantity("2")), expected);
        assert_eq!(money("1.234567891").shown_beside(money("2")), expected);
        assert_eq!(ratio_shown_beside(decimal("1.234567891"), Decimal::TWO), decimal("1.2346"));
    }

    proptest! {
        #[test]
        fn sentences_keep_the_order_of_their_numbers(
            one in -1_000_000_000_i64..1_000_000_000, other in -1_000_000_000_i64..1_000_000_000,
            scale in 0u32..=28, other_scale in 0u32..=28,
        ) {
            let (one, other) = (Decimal::new(one, scale), Decimal::new(other, other_scale));
            let [first, second] = [(one, other), (other, one)].map(|(it, beside)| {
                ratio_shown_beside(it, beside)
            });
            prop_assert_eq!(first.cmp(&second), one.cmp(&other));
            prop_assert_eq!(first.is_zero(), one.is_zero());
        }
    }
}
