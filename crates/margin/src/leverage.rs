//! Leverage and the initial margin it asks for.

use domain::{Decimal, Money, OutOfRange};

use crate::quotient;

/// Notional per unit of margin, from 1 to 125 (the venue's range).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leverage {
    factor: Decimal,
    /// The factor where it is whole; zero where it is not.
    whole: u32,
}

impl Leverage {
    /// No leverage.
    pub const ONE: Self = Self { factor: Decimal::ONE, whole: 1 };

    /// Makes a leverage.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `1 <= value <= 125`.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if (Decimal::ONE..=Decimal::from(125)).contains(&value) {
            Ok(Self { factor: value, whole: whole(value) })
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
        match self.whole {
            0 => quotient::money(notional, self.factor),
            1 => notional,
            whole => notional.divided(whole),
        }
    }
}

/// The value where it is whole; zero where it is not.
fn whole(value: Decimal) -> u32 {
    let value = value.normalize();
    if value.scale() > 0 {
        return 0;
    }
    u32::try_from(value.mantissa()).unwrap_or(0)
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
