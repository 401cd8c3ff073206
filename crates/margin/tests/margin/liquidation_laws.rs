//! Laws of liquidation and funding of one position.

use domain::{Decimal, Direction, Money, Price, Rate};
use margin::{MarginPosition, funding_payment, liquidation_outcome, liquidation_price};
use proptest::prelude::*;

use crate::support::{
    is_near, moved, positions, positions_of, price_shares, surplus, tables, wallet_shares,
};

/// The same position in the other direction.
fn mirrored(position: &MarginPosition) -> MarginPosition {
    MarginPosition { direction: position.direction.opposite(), ..*position }
}

/// How far a price is on the losing side of another one: positive below for longs.
fn lost(position: &MarginPosition, from: Price, to: Price) -> Decimal {
    match position.direction {
        Direction::Long => from.minus(to),
        Direction::Short => to.minus(from),
    }
}

/// The entry price times a share.
fn price_at(position: &MarginPosition, share: Decimal) -> Price {
    Price::new(position.cost.decimal() / position.quantity.decimal() * share).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn balance_equals_maintenance_margin_at_the_liquidation_price(
        position in positions(), share in wallet_shares(), table in tables()
    ) {
        let wallet = position.cost * share;
        let Some(at) = liquidation_price(&position, wallet, &table) else {
            prop_assert_eq!(position.direction, Direction::Long);
            prop_assert!(wallet >= position.cost);
            return Ok(());
        };
        let balance = wallet + position.unrealised(at);
        let maintenance = position.maintenance_margin(at, &table);
        prop_assert!(is_near(balance, maintenance, position.notional(at).max(position.cost)));
        let (before, after) = match position.direction {
            Direction::Long => ("0.000001", "-0.000001"),
            Direction::Short => ("-0.000001", "0.000001"),
        };
        prop_assert!(surplus(&position, wallet, &table, moved(at, before)) > Money::ZERO);
        prop_assert!(surplus(&position, wallet, &table, moved(at, after)) < Money::ZERO);
    }

    #[test]
    fn the_closed_form_with_the_bracket_at_the_price_gives_the_price(
        position in positions(), share in wallet_shares(), table in tables()
    ) {
        let wallet = position.cost * share;
        let Some(at) = liquidation_price(&position, wallet, &table) else { return Ok(()) };
        let bracket = table.bracket(position.notional(at));
        let direction = match position.direction {
            Direction::Long => Decimal::ONE,
            Direction::Short => -Decimal::ONE,
        };
        let (cost, quantity) = (position.cost.decimal(), position.quantity.decimal());
        let above = (wallet + bracket.maintenance_amount()).decimal() - direction * cost;
        let below = quantity * bracket.maintenance_rate().decimal() - direction * quantity;
        let difference = above / below - at.decimal();
        let size = cost.max(position.notional(at).decimal()) / quantity;
        prop_assert!(difference.abs() <= size * Decimal::new(1, 14));
    }

    #[test]
    fn liquidation_lies_between_the_entry_and_the_end_of_the_wallet(
        position in positions(), share in wallet_shares(), table in tables()
    ) {
        let wallet = position.cost * share;
        prop_assume!(wallet > table.maintenance_margin(position.cost));
        let entry = price_at(&position, Decimal::ONE);
        let liquidation = liquidation_price(&position, wallet, &table);
        let covers_all = position.direction == Direction::Long && wallet >= position.cost;
        prop_assert_eq!(liquidation.is_none(), covers_all);
        if let Some(liquidation) = liquidation {
            prop_assert!(lost(&position, entry, liquidation) > Decimal::ZERO);
            prop_assert!(wallet + position.unrealised(liquidation) > Money::ZERO);
        }
    }

    #[test]
    fn more_wallet_moves_liquidation_away(
        position in positions(), share in wallet_shares(), more in wallet_shares(), table in tables()
    ) {
        let wallet = position.cost * share;
        let larger = wallet + position.cost * more;
        let is_further = |less: Option<Price>, further: Option<Price>| match (less, further) {
            (Some(less), Some(further)) => lost(&position, less, further) > Decimal::ZERO,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        prop_assert!(is_further(
            liquidation_price(&position, wallet, &table),
            liquidation_price(&position, larger, &table),
        ));
    }

    #[test]
    fn long_mirrors_short(
        long in positions_of(Just(Direction::Long)), share in price_shares(),
        funding in -750_i64..=750
    ) {
        let short = mirrored(&long);
        let mark = price_at(&long, share);
        prop_assert_eq!(long.unrealised(mark), -short.unrealised(mark));
        let funding = Rate::new(Decimal::new(funding, 5)).unwrap();
        let paid = |position: &MarginPosition| {
            funding_payment(position.direction, position.quantity, mark, funding)
        };
        prop_assert_eq!(paid(&long), -paid(&short));
    }

    #[test]
    fn what_a_liquidation_takes_and_leaves_adds_up(
        position in positions(), share in -200_i64..1500, price in price_shares(),
        commission in 0_i64..100, fee in 0_i64..300
    ) {
        let wallet = position.cost * Rate::new(Decimal::new(share, 3)).unwrap();
        let at = price_at(&position, price);
        let (commission, fee) = (Decimal::new(commission, 4), Decimal::new(fee, 4));
        let (commission, fee) = (Rate::new(commission).unwrap(), Rate::new(fee).unwrap());
        let outcome = liquidation_outcome(&position, wallet, at, commission, fee);
        let sum = wallet + outcome.realised - outcome.commission - outcome.fee + outcome.insurance;
        prop_assert_eq!(sum, outcome.remains);
        prop_assert_eq!(outcome.realised, position.unrealised(at));
        for amount in [outcome.commission, outcome.fee, outcome.insurance, outcome.remains] {
            prop_assert!(amount >= Money::ZERO);
        }
        prop_assert!(outcome.insurance == Money::ZERO || outcome.remains == Money::ZERO);
        let notional = position.notional(at);
        prop_assert!(outcome.commission <= notional * commission);
        prop_assert!(outcome.fee <= notional * fee);
        let is_paid = outcome.commission == notional * commission && outcome.fee == notional * fee;
        prop_assert!(is_paid || outcome.remains == Money::ZERO, "the fund is paid before the owner");
    }

    #[test]
    fn an_isolated_position_loses_at_most_its_wallet(
        position in positions(), share in wallet_shares(), price in price_shares()
    ) {
        let wallet = position.cost * share;
        let (commission, fee) = (Rate::new(Decimal::new(5, 4)), Rate::new(Decimal::new(125, 4)));
        let at = price_at(&position, price);
        let outcome =
            liquidation_outcome(&position, wallet, at, commission.unwrap(), fee.unwrap());
        prop_assert!(wallet - outcome.remains <= wallet);
        let is_beyond = wallet + position.unrealised(at) < Money::ZERO;
        prop_assert_eq!(outcome.insurance > Money::ZERO, is_beyond);
    }
}
