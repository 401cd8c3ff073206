//! The crossing between statistics (`f64`) and exact prices.

use crate::Price;

/// How many decimals the prices of a series carry (0 to 15).
///
/// A price read from a file with that many decimals survives the way through
/// `f64` unchanged while it has at most 15 significant digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceScale {
    decimals: u8,
    factor: f64,
    unit: f64,
    /// The most units that are a price.
    units_max: u64,
}

impl PriceScale {
    /// A scale of `decimals` places, at most 15.
    #[must_use]
    pub fn new(decimals: u8) -> Self {
        let decimals = decimals.min(15);
        let factor = 10f64.powi(i32::from(decimals));
        Self { decimals, factor, unit: factor.recip(), units_max: Price::units_max(decimals) }
    }

    /// This scale with so few decimals that prices up to `highest` stay below 1e15 units: more
    /// digits than that are noise of binary numbers, not decimals.
    #[must_use]
    pub fn fitting(self, highest: f64) -> Self {
        let mut scale = self;
        while scale.decimals > 0 && highest * scale.factor >= 1e15 {
            scale = Self::new(scale.decimals - 1);
        }
        scale
    }

    /// Number of decimals.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The price in whole units of the last decimal, for exact sums and comparisons.
    #[inline]
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "as saturates; candle prices are far below 2^63 units"
    )]
    pub fn units(self, price: f64) -> i64 {
        // Adding a half and truncating equals rounding here: prices are positive.
        (price * self.factor + 0.5) as i64
    }

    /// The exact price a candle's number stands for; `None` unless it is a positive price.
    #[inline]
    #[must_use]
    pub fn price(self, price: f64) -> Option<Price> {
        let units = u64::try_from(self.units(price)).ok()?;
        (units > 0 && units <= self.units_max).then(|| Price::of_units(units, self.decimals))
    }

    /// How much one unit is worth, as a statistic.
    #[must_use]
    pub const fn unit(self) -> f64 {
        self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    #[test]
    fn decimals_survive_the_way_through_binary() {
        let scale = PriceScale::new(2);
        for text in ["16541.77", "0.01", "99999.99", "123456789.01"] {
            let price = scale.price(text.parse().unwrap()).unwrap();
            assert_eq!(price.decimal().to_string(), text);
        }
        let fine = PriceScale::new(8);
        assert_eq!(
            fine.price("0.00001234".parse().unwrap()).unwrap().decimal().to_string(),
            "0.00001234"
        );
        assert!(scale.price(0.0).is_none());
        assert!(scale.price(f64::NAN).is_none());
        for decimals in 0..10 {
            let scale = PriceScale::new(decimals);
            assert!(scale.price(1e9).is_some());
            assert!(scale.price(1e9 + 1.0).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn fifteen_digits_are_exact(units in 1i64..999_999_999_999_999, decimals in 0u8..9) {
            let exact = Decimal::new(units, u32::from(decimals));
            let binary: f64 = exact.to_string().parse().unwrap();
            proptest::prop_assert_eq!(PriceScale::new(decimals).units(binary), units);
        }
    }
}
