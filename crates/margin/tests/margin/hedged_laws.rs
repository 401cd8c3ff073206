//! Laws of the bounds of a hedged pair.

use domain::{Decimal, Direction, Money, Price};
use margin::{BracketTable, LiquidationBounds, MarginPosition, liquidation_price_hedged};
use proptest::prelude::*;

use crate::support::{
    decimal, is_near, notionals, price_shares, prices, quantity_of, surplus, tables, wallet_shares,
};

/// A long and a short position of one instrument with a wallet behind both.
#[derive(Clone, Debug)]
struct Pair {
    long: MarginPosition,
    short: MarginPosition,
    wallet: Money,
    table: BracketTable,
}

impl Pair {
    fn surplus(&self, mark: Price) -> Money {
        surplus(&self.long, self.wallet, &self.table, mark)
            + surplus(&self.short, Money::ZERO, &self.table, mark)
    }

    fn size(&self, mark: Price) -> Money {
        self.long.notional(mark) + self.short.notional(mark) + self.long.cost + self.short.cost
    }

    fn bounds(&self) -> LiquidationBounds {
        liquidation_price_hedged(&self.long, &self.short, self.wallet, &self.table)
    }
}

/// Pairs whose sizes and entries are within a factor of four of each other; one in four has equal
/// sizes.
fn pairs() -> impl Strategy<Value = Pair> {
    let ratio =
        prop_oneof![1 => Just(Decimal::ONE), 3 => (25_i64..400).prop_map(|r| Decimal::new(r, 2))];
    let amounts = (prices(), notionals(), ratio, 25_i64..400);
    (amounts, wallet_shares(), tables()).prop_map(
        |((entry, notional, ratio, shift), share, table)| {
            let long_quantity = quantity_of(notional, entry);
            let short_entry = Price::new(entry.decimal() * Decimal::new(shift, 2)).unwrap();
            let short_quantity =
                quantity_of(long_quantity.decimal() * ratio, Price::new(Decimal::ONE).unwrap());
            let long = MarginPosition {
                direction: Direction::Long,
                quantity: long_quantity,
                cost: entry * long_quantity,
            };
            let short = MarginPosition {
                direction: Direction::Short,
                quantity: short_quantity,
                cost: short_entry * short_quantity,
            };
            let wallet = (long.cost + short.cost) * share;
            Pair { long, short, wallet, table }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn balance_equals_maintenance_margin_at_the_bounds(pair in pairs()) {
        let bounds = pair.bounds();
        for at in bounds.falling.into_iter().chain(bounds.rising) {
            prop_assert!(is_near(pair.surplus(at), Money::ZERO, pair.size(at)));
        }
        if pair.long.quantity == pair.short.quantity {
            prop_assert_eq!(bounds.falling, None);
        }
    }

    #[test]
    fn a_pair_is_kept_between_its_bounds_only(
        pair in pairs(), one in price_shares(), other in price_shares()
    ) {
        let bounds = pair.bounds();
        let entry = pair.long.cost.decimal() / pair.long.quantity.decimal();
        let [one, other] = [one, other].map(|share| Price::new(entry * share).unwrap());
        let is_kept = |mark: Price| pair.surplus(mark) > Money::ZERO;
        if bounds == LiquidationBounds::default() {
            prop_assert_eq!(is_kept(one), is_kept(other), "kept everywhere or nowhere");
            return Ok(());
        }
        let is_off = |mark: Price, bound: Price| {
            (mark.minus(bound) / bound.decimal()).abs() > decimal("0.00000001")
        };
        for mark in [one, other] {
            let all = [bounds.falling, bounds.rising];
            prop_assume!(all.into_iter().flatten().all(|bound| is_off(mark, bound)));
            let is_between = bounds.falling.is_none_or(|bound| mark > bound)
                && bounds.rising.is_none_or(|bound| mark < bound);
            prop_assert_eq!(is_kept(mark), is_between);
        }
    }
}
