//! Laws of cross accounts with several positions.

use domain::{Decimal, Money, Price};
use margin::{BracketTable, CrossAccount, CrossPosition, Leverage, liquidation_price};
use proptest::prelude::*;

use crate::support::{moved, positions, price_shares, tables, wallet_shares};

/// An account that owns its tables.
#[derive(Clone, Debug)]
struct Account {
    wallet: Money,
    instruments: Vec<(margin::MarginPosition, Price, Leverage, BracketTable)>,
}

impl Account {
    fn positions(&self) -> Vec<CrossPosition<'_>> {
        let each = self.instruments.iter();
        each.map(|(position, mark, leverage, table)| CrossPosition {
            position: *position,
            mark: *mark,
            leverage: *leverage,
            table,
        })
        .collect()
    }
}

fn accounts() -> impl Strategy<Value = Account> {
    let instrument = (positions(), price_shares(), 1_i64..=125, tables()).prop_map(
        |(position, share, factor, table)| {
            let entry = position.cost.decimal() / position.quantity.decimal();
            let mark = Price::new(entry * share).unwrap();
            (position, mark, Leverage::new(Decimal::from(factor)).unwrap(), table)
        },
    );
    (proptest::collection::vec(instrument, 1..5), wallet_shares()).prop_map(
        |(instruments, share)| {
            let cost: Money = instruments.iter().map(|(position, ..)| position.cost).sum();
            Account { wallet: cost * share, instruments }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_figures_of_an_account_agree(account in accounts()) {
        let positions = account.positions();
        let account = CrossAccount { wallet: account.wallet, positions: &positions };
        let (balance, maintenance) = (account.margin_balance(), account.maintenance_margin());
        prop_assert_eq!(account.surplus(), balance - maintenance);
        prop_assert_eq!(account.is_liquidated(), maintenance >= balance);
        match account.margin_ratio() {
            Some(ratio) => prop_assert_eq!(account.is_liquidated(), ratio >= Decimal::ONE),
            None => prop_assert!(balance <= Money::ZERO),
        }
        let free = balance - account.initial_margin();
        prop_assert_eq!(account.available(), if free > Money::ZERO { free } else { Money::ZERO });
    }

    #[test]
    fn the_account_is_liquidated_where_the_price_of_any_position_says(
        account in accounts(), chosen in any::<prop::sample::Index>()
    ) {
        let mut positions = account.positions();
        let mut chosen = positions.swap_remove(chosen.index(positions.len()));
        let others = CrossAccount { wallet: account.wallet, positions: &positions };
        let found = liquidation_price(&chosen.position, others.surplus(), chosen.table);
        let Some(at) = found else { return Ok(()) };
        let place = positions.len();
        positions.push(chosen);
        let mut is_liquidated_at = |mark| {
            chosen.mark = mark;
            positions[place] = chosen;
            CrossAccount { wallet: account.wallet, positions: &positions }.is_liquidated()
        };
        let below = is_liquidated_at(moved(at, "-0.000001"));
        let above = is_liquidated_at(moved(at, "0.000001"));
        let is_long = chosen.position.direction == domain::Direction::Long;
        prop_assert_eq!((below, above), (is_long, !is_long));
    }
}
