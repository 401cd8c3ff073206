//! Leverage and the initial margin it asks for.

use domain::{Decimal, Money, OutOfRange};

/// Notional per unit of margin, from 1 to 125 (the venue's range).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leverage(Decimal);

impl Leverage {
    /// No leverage.
    pub const ONE: Self = Self(Decimal::ONE);

    /// Makes a leverage.
    ///
    /// # Errors
    /// [`OutOfRange`] unless `1 <= value <= 125`.
    pub fn new(value: Decimal) -> Result<Self, OutOfRange> {
        if (Decimal::ONE..=Decimal::from(125)).contains(&value) {
            Ok(Self(value))
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
        self.0
    }

    /// Initial margin of a position: notional divided by leverage (Binance: notional x initial margin rate).
    #[inline]
    #[must_use]
    pub fn initial_margin(self, notional: Money) -> Money {
        if self.0 == Decimal::ONE { notional } else { Money::new(notional.decimal() / self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_and_margin() {
        assert!(Leverage::new(Decimal::ZERO).is_err());
        assert!(
            Leverage::new(Decimal::from(126))
                .unwrap_err()
                .to_string()
                .contains("between 1 and 125")
        );
        let ten = Leverage::new(Decimal::TEN).unwrap();
        assert_eq!(
            ten.initial_margin(Money::new(Decimal::from(1000))),
            Money::new(Decimal::from(100))
        );
    }
}
