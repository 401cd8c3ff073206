//! Leverage and the initial margin it asks for.

use domain::{Decimal, Money, OutOfRange, Rate};

use crate::quotient;

/// Notional per unit of margin, from 1 to 125 (the venue's range).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leverage {
    factor: Decimal,
    /// One divided by the factor, where that ends within a few decimals.
    margin_rate: Option<Rate>,
    is_one: bool,
}

impl Leverage {
    /// No leverage.
    pub const ONE: Self = Self { factor: Decimal::ONE, margin_rate: Some(Rate::ONE), is_one: true };

    /// Makes a leverage.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `1 <= value <= 125`.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if (Decimal::ONE..=Decimal::from(125)).contains(&value) {
            let is_one = value == Decimal::ONE;
            Ok(Self { factor: value, margin_rate: exact_reciprocal(value), is_one })
        } else {
            Err(OutOfRange {
                what: "leverage",
                expected: "between 1 and 125",
                was: value.to_string(),
            })
        }
    }

    /// The factor.
    #[must_use]
    pub const fn decimal(self) -> Decimal {
        self.factor
    }

    /// Initial margin of a position: notional divided by leverage (Binance: notional x initial
    /// margin rate), settled to 14 decimals.
    #[inline]
    #[must_use]
    pub fn initial_margin(self, notional: Money) -> Money {
        match self.margin_rate {
            _ if self.is_one => notional,
            Some(rate) => notional * rate,
            None => quotient::money(notional, self.factor),
        }
    }
}

/// One divided by `value` if 14 decimals hold it whole: a product is then worth the division.
fn exact_reciprocal(value: Decimal) -> Option<Rate> {
    const DECIMALS_MAX: u32 = 14;
    let reciprocal = (Decimal::ONE / value).normalize();
    let is_exact = reciprocal.scale() <= DECIMALS_MAX
        && value.normalize().scale() <= DECIMALS_MAX
        && reciprocal * value == Decimal::ONE;
    is_exact.then(|| Rate::new(reciprocal).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leverage(text: &str) -> Leverage {
        Leverage::new(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_range_is_named_in_the_error() {
        assert!(Leverage::new(Decimal::ZERO).is_err());
        let above = Leverage::new(Decimal::from(126)).unwrap_err();
        assert_eq!(above.to_string(), "leverage must be between 1 and 125, was 126");
    }

    #[test]
    fn initial_margin_is_a_settled_share_of_the_notional() {
        let check = |factor, notional: &str, expected: &str| {
            let notional = Money::new(notional.parse().unwrap());
            let expected = Money::new(expected.parse().unwrap());
            assert_eq!(leverage(factor).initial_margin(notional), expected);
        };
        check("1", "1000.123", "1000.123");
        check("10", "1000", "100");
        check("125", "0.00000000000001", "0");
        check("3", "100", "33.33333333333333");
        check("75", "-50", "-0.66666666666667");
        check("2.5", "1", "0.4");
    }

    #[test]
    fn every_whole_leverage_divides_as_division_does() {
        let notional = Money::new("1234567.8901234".parse().unwrap());
        for factor in 1..=125 {
            let factor = Decimal::from(factor);
            let divided = Money::new((notional.decimal() / factor).round_dp(14));
            assert_eq!(Leverage::new(factor).unwrap().initial_margin(notional), divided);
        }
    }

    #[test]
    fn a_larger_factor_is_a_larger_leverage() {
        assert!(leverage("3") < leverage("4"));
        assert_eq!(leverage("1.0"), Leverage::ONE);
    }
}
