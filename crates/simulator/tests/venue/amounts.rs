//! How much an order trades: reduce-only, close-position, through zero, hedge sides, filters.

use domain::{Direction, LotRules, OrderAmount, OrderKind, PositionMode, PositionSide};

use crate::script::{Scenario, check, check_as_given, scenario};
use crate::support::{
    buy, held, limit, limit_for, money, of, price, quantity, rate, reduce, sell, stop, take_profit,
    trade,
};

const MARKET: OrderKind = OrderKind::Market;

/// Long 2 at 100 from the first open, then what is placed.
fn long_two() -> Scenario {
    scenario().place(buy(1, trade("2"), MARKET)).candle(100.0, 101.0, 99.0, 100.0)
}

#[test]
fn reduce_only_is_clipped_to_what_is_held() {
    for kind in [MARKET, stop(99.0), take_profit(101.0), limit(101.0)] {
        let outcome = long_two()
            .place(sell(2, reduce("5"), kind))
            .candle(100.0, 102.0, 98.0, 100.0)
            .candle(100.0, 102.0, 98.0, 100.0)
            .run();
        assert_eq!(outcome.fills[1].quantity, quantity("2"), "{kind:?}");
        assert_eq!(outcome.fills.len(), 2, "{kind:?}");
        assert_eq!(held(&outcome.venue, PositionSide::Both), None, "{kind:?}");
    }
}

#[test]
fn reduce_only_without_a_position_is_refused_or_expires() {
    let alone = scenario().place(sell(1, reduce("1"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
    check(&alone, &["0: 1 rejected NothingToReduce"]);
    let had_waited =
        scenario().place(sell(1, reduce("1"), stop(99.5))).candle(100.0, 101.0, 99.0, 100.0);
    check(&had_waited, &["0: 1 expired PositionGone"]);
}

#[test]
fn reduce_only_never_enlarges() {
    let given = long_two().place(buy(2, reduce("1"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
    check(&given, &["0: 1 buy 2 @ 100 taker", "1: 2 rejected NothingToReduce"]);
}

#[test]
fn the_second_of_two_exits_finds_only_what_is_left() {
    let given = long_two()
        .place(sell(2, reduce("1"), MARKET))
        .place(sell(3, reduce("2"), MARKET))
        .place(sell(4, reduce("2"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(
        &given,
        &[
            "0: 1 buy 2 @ 100 taker",
            "1: 2 sell 1 @ 100 taker",
            "1: 3 sell 1 @ 100 taker",
            "1: 4 rejected NothingToReduce",
        ],
    );
}

#[test]
fn close_position_closes_whatever_is_held_when_it_fires() {
    let given = long_two()
        .place(sell(2, OrderAmount::ClosePosition, stop(95.0)))
        .place(buy(3, trade("3"), MARKET))
        .candle(100.0, 101.0, 94.0, 96.0);
    check(&given, &["0: 1 buy 2 @ 100 taker", "1: 3 buy 3 @ 100 taker", "1: 2 sell 5 @ 95 taker"]);
}

#[test]
fn reversal_in_one_order_goes_through_zero() {
    let given = long_two().place(sell(2, trade("5"), MARKET)).candle(110.0, 111.0, 109.0, 110.0);
    let outcome = check_as_given(&given, &["0: 1 buy 2 @ 100 taker", "1: 2 sell 5 @ 110 taker"]);
    let key = domain::PositionKey::default();
    let held = outcome.venue.account().holding(key).unwrap().position;
    assert_eq!((held.direction, held.quantity), (Direction::Short, quantity("3")));
    assert_eq!(held.cost, money("330"), "the rest is opened at the price of the fill");
    assert_eq!(outcome.venue.account().wallet(), money("10020"));
    check(&given, &["0: 1 buy 2 @ 100 taker", "1: 2 sell 5 @ 110 taker"]);
}

#[test]
fn a_reversal_needs_margin_for_its_new_side_only() {
    let sells = |amount| {
        scenario()
            .cross(1, "200")
            .place(buy(1, trade("2"), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
            .place(sell(2, trade(amount), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
    };
    check(&sells("4"), &["0: 1 buy 2 @ 100 taker", "1: 2 sell 4 @ 100 taker"]);
    check(&sells("4.00000001"), &["0: 1 buy 2 @ 100 taker", "1: 2 rejected InsufficientMargin"]);
}

#[test]
fn hedge_sides_live_side_by_side() {
    let hedged = || scenario().with(|it| it.position_mode = PositionMode::Hedge);
    let outcome = hedged()
        .place(of(PositionSide::Long, buy(1, trade("2"), MARKET)))
        .place(of(PositionSide::Short, sell(2, trade("1"), MARKET)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .run();
    let long = held(&outcome.venue, PositionSide::Long);
    let short = held(&outcome.venue, PositionSide::Short);
    assert_eq!(long, Some((Direction::Long, quantity("2"))));
    assert_eq!(short, Some((Direction::Short, quantity("1"))));
    let exits = hedged()
        .place(of(PositionSide::Long, buy(1, trade("2"), MARKET)))
        .place(of(PositionSide::Short, sell(2, trade("1"), MARKET)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(of(PositionSide::Long, sell(3, reduce("5"), MARKET)))
        .place(of(PositionSide::Short, buy(4, OrderAmount::ClosePosition, stop(100.5))))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(
        &exits,
        &[
            "0: 1 buy 2 @ 100 taker",
            "0: 2 sell 1 @ 100 taker",
            "1: 3 sell 2 @ 100 taker",
            "1: 4 buy 1 @ 100.5 taker",
        ],
    );
}

#[test]
fn filters_are_checked_on_arrival() {
    let filtered = || {
        scenario()
            .with_rules(|rules| {
                rules.tick = Some(price(0.1));
                rules.lot =
                    LotRules { min: quantity("0.1"), max: quantity("50"), step: quantity("0.1") };
                rules.market_quantity_max = Some(quantity("20"));
                rules.notional_min = money("50");
                rules.band_up = Some(rate("0.05"));
                rules.band_down = Some(rate("0.05"));
            })
            .candle(100.0, 101.0, 99.0, 100.0)
    };
    let refused = [
        buy(1, trade("1"), limit(99.05)),
        buy(1, trade("1"), limit(105.1)),
        buy(1, trade("1.05"), limit(99.0)),
        buy(1, trade("51"), limit(99.0)),
        buy(1, trade("21"), MARKET),
        buy(1, trade("0.4"), MARKET),
        buy(1, trade("0.05"), limit(99.0)),
        buy(1, trade("1"), stop(103.05)),
    ];
    for request in refused {
        let given = filtered().place(request).candle(100.0, 101.0, 98.0, 100.0);
        check(&given, &["1: 1 rejected Filter"]);
    }
    let small_exit = filtered()
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(sell(2, reduce("0.1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(&small_exit, &["1: 1 buy 1 @ 100 taker", "2: 2 sell 0.1 @ 100 taker"]);
}

#[test]
fn only_an_exit_of_all_may_be_below_the_smallest_lot() {
    let held = |leaves: &str| {
        scenario()
            .with_rules(|rules| {
                rules.lot =
                    LotRules { min: quantity("0.3"), max: quantity("50"), step: quantity("0.1") };
            })
            .place(buy(1, trade("1"), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
            .place(sell(2, reduce(leaves), MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
    };
    let (bought, sold) = ("0: 1 buy 1 @ 100 taker", "1: 2 sell 0.8 @ 100 taker");
    let exits = [
        (MARKET, "2: 3 sell 0.2 @ 100 taker"),
        (stop(98.0), "2: 3 sell 0.2 @ 98 taker"),
        (limit(102.0), "2: 3 sell 0.2 @ 102 maker"),
        (take_profit(102.0), "2: 3 sell 0.2 @ 102 taker"),
    ];
    for (kind, fill) in exits {
        let exit =
            held("0.8").place(sell(3, reduce("0.2"), kind)).candle(100.0, 103.0, 97.0, 100.0);
        check(&exit, &[bought, sold, fill]);
    }
    let part = held("0.7").place(sell(3, reduce("0.2"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
    check(&part, &[bought, "1: 2 sell 0.7 @ 100 taker", "2: 3 rejected Filter"]);
    let none = held("1").place(sell(3, reduce("0.2"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
    check(&none, &[bought, "1: 2 sell 1 @ 100 taker", "2: 3 rejected Filter"]);
    let opens = held("0.8").place(sell(3, trade("0.2"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
    check(&opens, &[bought, sold, "2: 3 rejected Filter"]);
}

#[test]
fn an_order_beyond_the_account_is_refused_at_the_fill() {
    let given = scenario()
        .cross(10, "100")
        .place(buy(1, trade("10"), MARKET))
        .place(buy(2, trade("0.00000001"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(&given, &["0: 1 buy 10 @ 100 taker", "0: 2 rejected InsufficientMargin"]);
}

#[test]
fn waiting_limits_bind_margin_and_exits_do_not() {
    let given = |amount| {
        scenario()
            .cross(1, "1000")
            .place(buy(1, trade("5"), limit_for(90.0, domain::TimeInForce::GoodTilCancelled)))
            .candle(100.0, 101.0, 99.0, 100.0)
            .place(buy(2, amount, MARKET))
            .candle(100.0, 101.0, 99.0, 100.0)
    };
    check_as_given(&given(trade("5.5")), &["1: 2 buy 5.5 @ 100 taker"]);
    check_as_given(&given(trade("5.6")), &["1: 2 rejected InsufficientMargin"]);
}

#[test]
fn a_position_above_the_bracket_of_its_leverage_is_refused() {
    // The cautious table allows 50x up to a notional of 5000.
    let given = scenario()
        .cross(50, "10000")
        .place(buy(1, trade("50"), MARKET))
        .place(buy(2, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(&given, &["0: 1 buy 50 @ 100 taker", "0: 2 rejected MaxPosition"]);
}
