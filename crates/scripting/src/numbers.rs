//! The way from a script's binary numbers to exact amounts.
//!
//! Prices become multiples of the series' last decimal, the nearest one. Quantities, money and fractions keep 15
//! significant digits and at most 12 decimals: 0.1 + 0.2 is 0.3.

use domain::{Decimal, Money, Price, PriceScale, Quantity, Rate};

use crate::arguments::shown_number;

/// Most decimals of what is no price.
const DECIMALS_MAX: u32 = 12;

/// The decimal that a binary number stands for.
pub(crate) fn decimal(number: f64) -> Result<Decimal, String> {
    if !number.is_finite() {
        return Err(format!("expected a number, was {}", shown_number(number)));
    }
    if let Some(decimal) = short(number) {
        return Ok(decimal);
    }
    let decimal = Decimal::try_from(number)
        .map_err(|_| format!("expected a number of moderate size, was {number}"))?;
    Ok(decimal.round_dp(DECIMALS_MAX).normalize())
}

/// The same, sooner, of the binary number nearest to one of at most eight decimals and 15 digits.
fn short(number: f64) -> Option<Decimal> {
    const DECIMALS: u32 = 8;
    let units = number * 1e8;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    (units.fract() == 0.0 && units.abs() < 1e15 && units / 1e8 == number)
        .then(|| Decimal::new(units as i64, DECIMALS).normalize())
}

/// A price of the series.
pub(crate) fn price(scale: PriceScale, number: f64) -> Result<Price, String> {
    let price = if number.is_finite() { scale.price(number) } else { None };
    price.ok_or_else(|| format!("expected a price greater than 0, was {}", shown_number(number)))
}

/// An amount of the base asset.
pub(crate) fn quantity(number: f64) -> Result<Quantity, String> {
    Quantity::new(decimal(number)?)
        .map_err(|error| format!("expected {}, was {number}", error.expected))
}

/// An amount of the quote asset, greater than zero.
pub(crate) fn money(number: f64) -> Result<Money, String> {
    let decimal = decimal(number)?;
    if decimal <= Decimal::ZERO || decimal > Decimal::new(1_000_000_000_000_000, 0) {
        return Err(format!("expected greater than 0 and at most 1e15, was {number}"));
    }
    Ok(Money::new(decimal))
}

/// A fraction greater than zero and at most `most`.
pub(crate) fn fraction(number: f64, most: Decimal) -> Result<Rate, String> {
    let expected = || {
        format!(
            "expected a fraction greater than 0 and at most {most}, was {}",
            shown_number(number)
        )
    };
    let decimal = decimal(number).map_err(|_| expected())?;
    if decimal <= Decimal::ZERO || decimal > most {
        return Err(expected());
    }
    Rate::new(decimal).map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_noise_is_no_decimal() {
        let check = |number: f64, expected: &str| {
            assert_eq!(decimal(number).unwrap().to_string(), expected);
        };
        check(0.1 + 0.2, "0.3");
        check(1.0 / 3.0, "0.333333333333");
        check(1e15, "1000000000000000");
        check(-2.50, "-2.5");
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(decimal(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn short_numbers_are_what_the_long_way_makes_of_them() {
        let check = |number: f64| {
            let long = Decimal::try_from(number).unwrap().round_dp(DECIMALS_MAX).normalize();
            if let Some(short) = short(number) {
                assert_eq!((short, short.to_string()), (long, long.to_string()), "{number:?}");
            }
        };
        let mut chance = domain::Seeded::new(7);
        for _ in 0..5_000 {
            #[expect(clippy::cast_precision_loss, reason = "any number will do")]
            let number = chance.up_to(1_000_000_000_000_000) as f64 / 1e9 - 5e5;
            for decimals in 0..12 {
                let unit = 10_f64.powi(decimals);
                let number = (number * unit).round() / unit;
                for near in [number, number.next_up(), number.next_down(), -number] {
                    check(near);
                }
            }
        }
        assert_eq!(short(0.01).unwrap().to_string(), "0.01");
        assert!(short(0.1 + 0.2).is_none() && short(1e-9).is_none() && short(f64::NAN).is_none());
    }

    #[test]
    fn amounts_have_bounds() {
        let scale = PriceScale::new(2);
        assert_eq!(price(scale, 100.004_9).unwrap().to_string(), "100");
        assert_eq!(price(scale, f64::NAN).unwrap_err(), "expected a price greater than 0, was nan");
        for bad in [0.0, -1.0, f64::INFINITY, 1e12] {
            assert!(price(scale, bad).is_err(), "{bad}");
        }
        assert_eq!(quantity(0.001).unwrap().to_string(), "0.001");
        assert!(quantity(0.0).is_err() && quantity(1e-13).is_err() && money(-1.0).is_err());
        assert_eq!(fraction(0.01, Decimal::ONE).unwrap().to_string(), "0.01");
        assert_eq!(
            fraction(1.5, Decimal::ONE).unwrap_err(),
            "expected a fraction greater than 0 and at most 1, was 1.5"
        );
    }
}
