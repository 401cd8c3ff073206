//! Laws of bracket tables and of the margins they ask for.

use domain::{Decimal, Money};
use margin::{Bracket, Leverage};
use proptest::prelude::*;

use crate::support::{notionals, tables};

fn asked_by(bracket: &Bracket, notional: Money) -> Money {
    notional * bracket.maintenance_rate() - bracket.maintenance_amount()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn maintenance_margin_has_no_step_at_the_edges(table in tables()) {
        for pair in table.brackets().windows(2) {
            let edge = pair[1].floor();
            prop_assert_eq!(pair[0].cap(), edge);
            prop_assert_eq!(asked_by(&pair[0], edge), asked_by(&pair[1], edge));
            prop_assert_eq!(table.maintenance_margin(edge), asked_by(&pair[0], edge));
        }
    }

    #[test]
    fn maintenance_margin_rises_with_the_notional_but_less(
        table in tables(), one in notionals(), other in notionals()
    ) {
        let (small, large) = (Money::new(one.min(other)), Money::new(one.max(other)));
        let rise = table.maintenance_margin(large) - table.maintenance_margin(small);
        prop_assert!(rise >= Money::ZERO);
        prop_assert!(rise <= large - small);
        prop_assert!(one == other || rise > Money::ZERO && rise < large - small);
        prop_assert!(table.maintenance_margin(small) > Money::ZERO);
    }

    #[test]
    fn the_bracket_of_a_notional_asks_for_more_than_any_other(
        table in tables(), notional in notionals()
    ) {
        let notional = Money::new(notional);
        let most = table.brackets().iter().map(|bracket| asked_by(bracket, notional)).max();
        prop_assert_eq!(most, Some(table.maintenance_margin(notional)));
    }

    #[test]
    fn leverage_and_notional_bound_each_other(
        table in tables(), notional in notionals(), factor in 1_i64..=125
    ) {
        let (notional, leverage) =
            (Money::new(notional), Leverage::new(Decimal::from(factor)).unwrap());
        let last = table.brackets().last().unwrap().cap();
        prop_assert_eq!(
            notional <= table.notional_max(leverage),
            notional <= last && leverage <= table.bracket(notional).leverage_max()
        );
    }
}
