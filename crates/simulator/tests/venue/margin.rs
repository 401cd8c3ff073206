//! Margin and liquidation: isolated, cross, hedged, by the mark price, and what remains.

use domain::{Money, OrderKind, PositionMode, PositionSide, VenueReport};
use simulator::IntrabarPolicy;

use crate::script::{Scenario, check, check_as_given, scenario};
use crate::support::{at, buy, limit, money, of, price, rate, reduce, sell, stop, trade};

const MARKET: OrderKind = OrderKind::Market;

/// Long 10 at 100 with ten times leverage on isolated margin: 100 of margin, maintenance 1 %.
fn isolated_long() -> Scenario {
    scenario().isolated(10).place(buy(1, trade("10"), MARKET)).candle(100.0, 101.0, 99.0, 100.0)
}

/// The only liquidation that was told.
fn liquidation(scenario: &Scenario) -> domain::Liquidation {
    let reports = scenario.run().reports;
    let mut found = reports.iter().filter_map(|report| match report {
        VenueReport::Liquidation(liquidation) => Some(*liquidation),
        VenueReport::Order(_) | VenueReport::Funding(_) => None,
    });
    let first = found.next().unwrap();
    assert_eq!(found.next(), None);
    first
}

#[test]
fn an_isolated_position_is_liquidated_where_the_margin_meets_the_maintenance() {
    // (1000 - 100) / (10 x 0.99) = 90.909..., to two decimals of the candle on the safe side.
    let reached = isolated_long().candle(100.0, 101.0, 90.9, 95.0);
    let told = liquidation(&reached);
    assert_eq!((told.quantity, told.time), (crate::support::quantity("10"), at(60_000)));
    assert!(told.price < price(90.91) && told.price > price(90.90), "{}", told.price);
    assert!(!told.ambiguous);
    check_as_given(
        &isolated_long().candle(100.0, 101.0, 90.92, 95.0),
        &["0: 1 buy 10 @ 100 taker"],
    );
}

#[test]
fn the_rest_of_the_account_is_not_touched_by_an_isolated_liquidation() {
    let outcome = isolated_long().candle(90.0, 91.0, 60.0, 70.0).run();
    // Nothing is left of the margin at 90, and nothing is owed.
    assert_eq!(outcome.venue.account().wallet(), money("9900"));
    let told = liquidation(&isolated_long().candle(90.0, 91.0, 60.0, 70.0));
    assert_eq!(
        (told.commission, told.fee, told.insurance),
        (Money::ZERO, Money::ZERO, Money::ZERO)
    );
}

#[test]
fn beyond_bankruptcy_the_insurance_fund_pays_what_is_missing() {
    let gap = isolated_long().candle(80.0, 81.0, 79.0, 80.0);
    assert_eq!(liquidation(&gap).price, price(80.0));
    assert_eq!(liquidation(&gap).insurance, money("100"));
    assert_eq!(gap.run().venue.account().wallet(), money("9900"));
}

#[test]
fn before_bankruptcy_commission_and_liquidation_fee_are_taken_as_far_as_they_go() {
    let at_level = |taker: &str, fee: &str| {
        let given = isolated_long()
            .with(|it| it.costs.taker = rate(taker))
            .with_rules(|rules| rules.liquidation_fee = rate(fee))
            .candle(90.5, 91.0, 60.0, 70.0);
        (liquidation(&given), given.run().venue.account().wallet())
    };
    let (told, wallet) = at_level("0", "0.001");
    // At the open of 90.5, five of the margin are left; the fee takes 0.1 % of 905.
    assert_eq!((told.price, told.fee), (price(90.5), money("0.905")));
    assert_eq!(wallet, money("9904.095"));
    let (told, wallet) = at_level("0.001", "0.0125");
    assert_eq!((told.commission, told.fee), (money("0.905"), money("4.095")));
    assert_eq!(wallet, money("9899"), "the entry's fee of 1 came from the cross wallet");
}

#[test]
fn liquidations_go_by_the_mark_price() {
    let given = |mark: [f64; 4]| isolated_long().marked([100.0, 101.0, 80.0, 95.0], mark);
    check_as_given(&given([100.0, 101.0, 91.0, 95.0]), &["0: 1 buy 10 @ 100 taker"]);
    let told = liquidation(&given([100.0, 101.0, 90.0, 95.0]));
    assert!(!told.ambiguous, "the mark price came to it whatever the last price did");
    let only_mark =
        isolated_long().marked([100.0, 101.0, 100.0, 101.0], [100.0, 101.0, 90.0, 101.0]);
    for policy in IntrabarPolicy::ALL {
        let told = liquidation(&only_mark.clone().with(|it| it.intrabar = policy));
        assert!(!told.ambiguous, "{policy:?}");
    }
}

#[test]
fn shorts_are_liquidated_above() {
    let given = scenario()
        .isolated(10)
        .place(sell(1, trade("10"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .candle(100.0, 108.92, 99.0, 100.0);
    // (1000 + 100) / (10 x 1.01) = 108.9108...
    let told = liquidation(&given);
    assert!(told.price > price(108.91) && told.price < price(108.92), "{}", told.price);
}

#[test]
fn a_stop_before_the_liquidation_is_the_stop() {
    for policy in IntrabarPolicy::ALL {
        let given = isolated_long()
            .with(|it| it.intrabar = policy)
            .place(sell(2, reduce("10"), stop(92.0)))
            .candle(100.0, 101.0, 80.0, 90.0);
        check(&given, &["0: 1 buy 10 @ 100 taker", "1: 2 sell 10 @ 92 taker"]);
    }
}

#[test]
fn a_stop_behind_the_liquidation_comes_too_late() {
    let given =
        isolated_long().place(sell(2, reduce("10"), stop(90.5))).candle(100.0, 101.0, 80.0, 90.0);
    let outcome = given.run();
    assert_eq!(outcome.lines[1], "1: 2 expired Liquidation");
    assert!(outcome.lines[2].starts_with("1: liquidated 10"), "{:?}", outcome.lines);
    assert!(!liquidation(&given).ambiguous);
}

/// The open at 90.5 has jumped over the stop at 92 and over the liquidation, not over bankruptcy.
fn gap_over_both(policy: IntrabarPolicy, open: f64) -> Scenario {
    isolated_long()
        .with(|it| it.intrabar = policy)
        .place(sell(2, reduce("10"), stop(92.0)))
        .candle(open, 95.0, 80.0, 90.0)
}

#[test]
fn a_gap_over_stop_and_liquidation_is_decided_by_the_policy() {
    for policy in [IntrabarPolicy::Pessimistic, IntrabarPolicy::Drill] {
        check_as_given(
            &gap_over_both(policy, 90.5),
            &["0: 1 buy 10 @ 100 taker", "1: 2 expired Liquidation", "1: liquidated 10 @ 90.5 ?"],
        );
    }
    for policy in [IntrabarPolicy::Optimistic, IntrabarPolicy::Adaptive] {
        check_as_given(
            &gap_over_both(policy, 90.5),
            &["0: 1 buy 10 @ 100 taker", "1: 2 sell 10 @ 90.5 taker ?"],
        );
    }
}

#[test]
fn a_gap_beyond_bankruptcy_is_a_liquidation_whatever_the_policy() {
    for policy in IntrabarPolicy::ALL {
        let given = gap_over_both(policy, 85.0);
        assert!(!liquidation(&given).ambiguous);
        assert_eq!(given.run().venue.account().wallet(), money("9900"), "no more than the margin");
    }
}

#[test]
fn a_market_exit_at_a_gap_beyond_bankruptcy_is_a_liquidation() {
    for policy in IntrabarPolicy::ALL {
        let given = isolated_long()
            .with(|it| it.intrabar = policy)
            .place(sell(2, reduce("10"), MARKET))
            .candle(85.0, 95.0, 80.0, 90.0);
        assert_eq!(given.run().venue.account().wallet(), money("9900"));
    }
}

#[test]
fn a_cross_position_is_liquidated_with_the_whole_wallet() {
    let given = |low| {
        scenario()
            .cross(10, "100")
            .place(buy(1, trade("9"), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
            .candle(100.0, 101.0, low, 95.0)
    };
    // (900 - 100) / (9 x 0.99) = 89.786...
    check_as_given(&given(89.79), &["0: 1 buy 9 @ 100 taker"]);
    let told = liquidation(&given(89.0));
    assert!(told.price > price(89.78) && told.price < price(89.79), "{}", told.price);
    let gapped = scenario()
        .cross(10, "100")
        .place(buy(1, trade("9"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .candle(50.0, 51.0, 49.0, 50.0);
    assert_eq!(gapped.run().venue.account().wallet(), Money::ZERO);
    assert_eq!(liquidation(&gapped).insurance, money("350"));
}

#[test]
fn funding_moves_the_liquidation_price_of_an_isolated_position() {
    // One per cent of 1000 out of the isolated wallet: (1000 - 90) / 9.9 = 91.919...
    let funded = |low| isolated_long().fund(rate("0.01"), 100.0).candle(100.0, 101.0, low, 95.0);
    assert_eq!(funded(95.0).run().lines, ["0: 1 buy 10 @ 100 taker", "1: funding -10"]);
    let told = liquidation(&funded(91.9));
    assert!(told.price > price(91.91) && told.price < price(91.92), "{}", told.price);
    let paid = isolated_long().fund(rate("0.01"), 100.0).candle(90.0, 91.0, 89.0, 90.0);
    assert_eq!(paid.run().venue.account().wallet(), money("9900"), "from the isolated wallet only");
}

#[test]
fn enlarging_an_isolated_position_moves_margin_into_it_and_closing_frees_it() {
    let outcome = isolated_long()
        .place(buy(2, trade("10"), MARKET))
        .candle(110.0, 111.0, 109.0, 110.0)
        .place(sell(3, reduce("5"), MARKET))
        .candle(110.0, 111.0, 109.0, 110.0)
        .run();
    let account = outcome.venue.account();
    let held = account.holding(domain::PositionKey::default()).unwrap();
    // 100 and 110 went in, a quarter came out; a quarter of the cost of 2100 was sold for 550.
    assert_eq!(held.isolated, Some(money("157.5")));
    assert_eq!(held.position.cost, money("1575"));
    assert_eq!(account.wallet(), money("10025"));
}

#[test]
fn hedged_isolated_sides_are_liquidated_alone() {
    let given = scenario()
        .isolated(10)
        .with(|it| it.position_mode = PositionMode::Hedge)
        .place(of(PositionSide::Long, buy(1, trade("10"), MARKET)))
        .place(of(PositionSide::Short, sell(2, trade("10"), MARKET)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .candle(100.0, 101.0, 90.0, 95.0);
    let told = liquidation(&given);
    assert_eq!(told.position.side, PositionSide::Long);
    let outcome = given.run();
    assert!(crate::support::held(&outcome.venue, PositionSide::Short).is_some());
}

#[test]
fn orders_of_other_positions_outlive_a_liquidation() {
    let given = scenario()
        .isolated(10)
        .with(|it| it.position_mode = PositionMode::Hedge)
        .place(of(PositionSide::Long, buy(1, trade("10"), MARKET)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(of(PositionSide::Long, sell(2, reduce("10"), limit(110.0))))
        .place(of(PositionSide::Short, sell(3, trade("1"), limit(105.0))))
        .candle(100.0, 101.0, 80.0, 95.0)
        .candle(95.0, 106.0, 94.0, 100.0);
    let lines = given.run().lines;
    assert!(lines.contains(&"1: 2 expired Liquidation".to_owned()), "{lines:?}");
    assert!(lines.contains(&"2: 3 sell 1 @ 105 maker".to_owned()), "{lines:?}");
}
