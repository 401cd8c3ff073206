//! Divisions that end in an amount of the quote asset or in a price.
//!
//! Money is settled to 14 decimals as products are. Prices keep 18 significant digits, for 14
//! decimals are too few where one unit costs a millionth.

use domain::{Decimal, Money, Price};

const MONEY_DECIMALS: u32 = 14;
const PRICE_DIGITS: u32 = 18;

/// `numerator / denominator`, settled. The denominator is at least one.
pub(crate) fn money(numerator: Money, denominator: Decimal) -> Money {
    debug_assert!(denominator >= Decimal::ONE, "the quotient is not larger than the amount");
    Money::new(numerator.decimal() / denominator).rounded(MONEY_DECIMALS)
}

/// `numerator / denominator` when that is a price.
pub(crate) fn price(numerator: Decimal, denominator: Decimal) -> Option<Price> {
    numerator.checked_div(denominator).and_then(as_price)
}

/// The quotient when it is a price.
pub(crate) fn as_price(quotient: Decimal) -> Option<Price> {
    Price::new(quotient.round_sf(PRICE_DIGITS)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_that_is_no_price_is_none() {
        let check = |numerator, denominator, expected: Option<&str>| {
            let was = price(numerator, denominator).map(|price| price.to_string());
            assert_eq!(was.as_deref(), expected);
        };
        check(Decimal::ONE, Decimal::ZERO, None);
        check(Decimal::ZERO, Decimal::ONE, None);
        check(-Decimal::ONE, Decimal::ONE, None);
        check(Decimal::from(2_000_000_000), Decimal::ONE, None);
        check(Decimal::MAX, Decimal::new(1, 28), None);
        check(Decimal::TWO, Decimal::from(3), Some("0.666666666666666667"));
        check(Decimal::TWO, Decimal::from(3_000_000), Some("0.000000666666666666666667"));
    }
}
