//! Liquidation of a long and a short position of one instrument that share a cross wallet.
//!
//! As rates rise with the notional, maintenance margin is the largest of the lines `notional *
//! rate - cum` of all brackets. What a pair has left above it is then the least of one line for
//! each two brackets: no bracket has to be found, and the prices at which the pair is kept are
//! those between two bounds.

use std::cmp::Ordering;

use domain::{Decimal, Money, Price};

use super::Surplus;
use crate::{BracketTable, MarginPosition, quotient};

/// Mark prices at which a hedged pair is liquidated; it is kept strictly between them. A pair of
/// equal sizes only has an upper one: a rising price gains and costs it the same, but asks for
/// more maintenance margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiquidationBounds {
    /// Reached when the price falls.
    pub falling: Option<Price>,
    /// Reached when the price rises.
    pub rising: Option<Price>,
}

impl LiquidationBounds {
    /// The bound nearest to the mark price: a venue shows one price for both sides.
    #[must_use]
    pub fn nearest(&self, mark: Price) -> Option<Price> {
        match (self.falling, self.rising) {
            (Some(falling), Some(rising)) => {
                let is_rising = rising.minus(mark).abs() < mark.minus(falling).abs();
                Some(if is_rising { rising } else { falling })
            }
            (falling, rising) => falling.or(rising),
        }
    }
}

/// Liquidation prices of both sides of one instrument in hedge mode on cross margin, to 18
/// significant digits: `(wallet + cum_l + cum_s - cost_l + cost_s) /
/// (q_l * rate_l + q_s * rate_s - q_l + q_s)`, with the brackets at that price (balance equal to
/// maintenance margin, as in Binance's FAQ on the liquidation price, for both sides together).
///
/// `wallet` is the cross wallet less the maintenance margin of all other positions plus their
/// unrealised profit. Both bounds are `None` for a pair that is kept at every price up to 1e9,
/// and for one that is kept at none. Costs a division for each two brackets: whether a mark price
/// liquidates is quicker asked of [`is_liquidated`](crate::CrossAccount::is_liquidated).
#[must_use]
pub fn liquidation_price_hedged(
    long: &MarginPosition,
    short: &MarginPosition,
    wallet: Money,
    table: &BracketTable,
) -> LiquidationBounds {
    let mut kept = Kept { above: Decimal::ZERO, below: Decimal::MAX };
    for long_bracket in table.brackets() {
        let long_surplus = Surplus::new(long, long_bracket).plus(wallet);
        for short_bracket in table.brackets() {
            kept.narrow(long_surplus.and(Surplus::new(short, short_bracket)));
        }
    }
    kept.bounds()
}

/// Prices at which all lines seen so far leave something; both ends exclusive.
struct Kept {
    above: Decimal,
    below: Decimal,
}

impl Kept {
    fn narrow(&mut self, surplus: Surplus) {
        match surplus.slope.cmp(&Decimal::ZERO) {
            Ordering::Greater => self.above = self.above.max(surplus.root()),
            Ordering::Less => self.below = self.below.min(surplus.root()),
            Ordering::Equal if surplus.at_zero > Money::ZERO => {}
            Ordering::Equal => self.below = Decimal::ZERO,
        }
    }

    fn bounds(&self) -> LiquidationBounds {
        if self.above >= self.below {
            return LiquidationBounds::default();
        }
        LiquidationBounds {
            falling: quotient::as_price(self.above),
            rising: quotient::as_price(self.below),
        }
    }
}

impl Surplus {
    fn and(self, other: Self) -> Self {
        Self { at_zero: self.at_zero + other.at_zero, slope: self.slope + other.slope }
    }

    /// Where a line that is not level meets zero; the end of all decimals if that is beyond them.
    fn root(&self) -> Decimal {
        let at_zero = self.at_zero.decimal();
        (-at_zero).checked_div(self.slope).unwrap_or(
            if at_zero.is_sign_negative() == self.slope.is_sign_positive() {
                Decimal::MAX
            } else {
                Decimal::MIN
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_bound_is_the_one_a_venue_shows() {
        let price = |value: i64| Price::new(Decimal::from(value)).unwrap();
        let check = |falling: Option<i64>, rising: Option<i64>, expected: Option<i64>| {
            let bounds =
                LiquidationBounds { falling: falling.map(price), rising: rising.map(price) };
            assert_eq!(bounds.nearest(price(100)), expected.map(price));
        };
        check(None, None, None);
        check(Some(90), None, Some(90));
        check(None, Some(900), Some(900));
        check(Some(90), Some(109), Some(109));
        check(Some(90), Some(111), Some(90));
    }

    #[test]
    fn roots_beyond_all_decimals_stay_on_their_side() {
        let root = |at_zero: i64, slope| {
            Surplus { at_zero: Money::new(Decimal::from(at_zero)), slope }.root()
        };
        let tiny = Decimal::new(1, 28);
        assert_eq!(root(-1_000, tiny), Decimal::MAX);
        assert_eq!(root(1_000, -tiny), Decimal::MAX);
        assert_eq!(root(1_000, tiny), Decimal::MIN);
        assert_eq!(root(-1_000, -tiny), Decimal::MIN);
        assert_eq!(root(-1_000, Decimal::TEN), Decimal::ONE_HUNDRED);
    }
}
