//! Limit orders: touch and trade-through, fresh and resting, and every time in force.

use domain::{OrderAmount, TimeInForce};
use simulator::LimitFill;

use crate::script::{Scenario, check, check_as_given, scenario};
use crate::support::{at, buy, limit, limit_for, sell, stop, trade};

const IOC: TimeInForce = TimeInForce::ImmediateOrCancel;
const FOK: TimeInForce = TimeInForce::FillOrKill;
const POST_ONLY: TimeInForce = TimeInForce::PostOnly;

/// A buy of one unit at 98 that waits since before the candle.
fn resting_at_98(rule: LimitFill, low: f64) -> Scenario {
    scenario()
        .with(|it| it.limit_fill = rule)
        .place(buy(1, trade("1"), limit(98.0)))
        .candle(100.0, 102.0, 99.0, 100.0)
        .candle(100.0, 105.0, low, 101.0)
}

#[test]
fn a_resting_limit_fills_at_its_price_when_traded_through() {
    for rule in LimitFill::ALL {
        check(&resting_at_98(rule, 97.99), &["1: 1 buy 1 @ 98 maker"]);
    }
}

#[test]
fn limit_at_the_touch_fills_only_when_asked_for() {
    check(&resting_at_98(LimitFill::Through, 98.0), &[]);
    check(&resting_at_98(LimitFill::Touch, 98.0), &["1: 1 buy 1 @ 98 maker"]);
}

#[test]
fn a_gap_below_a_resting_buy_fills_at_its_own_price() {
    let given = scenario()
        .place(buy(1, trade("1"), limit(98.0)))
        .candle(100.0, 102.0, 99.0, 100.0)
        .candle(90.0, 91.0, 89.0, 90.0);
    check(&given, &["1: 1 buy 1 @ 98 maker"]);
}

#[test]
fn a_fresh_marketable_limit_takes_the_open() {
    for time_in_force in [TimeInForce::GoodTilCancelled, IOC, FOK, gtd(600_000)] {
        let given = scenario()
            .place(buy(1, trade("1"), limit_for(102.0, time_in_force)))
            .candle(100.0, 105.0, 95.0, 101.0);
        check(&given, &["0: 1 buy 1 @ 100 taker"]);
    }
}

#[test]
fn a_fresh_limit_that_is_not_marketable_rests_or_expires() {
    let given = |time_in_force| {
        scenario()
            .place(buy(1, trade("1"), limit_for(98.0, time_in_force)))
            .candle(100.0, 105.0, 99.0, 101.0)
            .candle(100.0, 105.0, 97.0, 101.0)
    };
    for time_in_force in [TimeInForce::GoodTilCancelled, POST_ONLY, gtd(600_000)] {
        check(&given(time_in_force), &["1: 1 buy 1 @ 98 maker"]);
    }
    for time_in_force in [IOC, FOK] {
        check(&given(time_in_force), &["0: 1 expired TimeInForce"]);
    }
}

#[test]
fn a_post_only_order_that_would_take_expires() {
    let given = scenario()
        .place(buy(1, trade("1"), limit_for(102.0, POST_ONLY)))
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["0: 1 expired WouldTake"]);
}

#[test]
fn a_post_only_order_that_has_rested_is_a_maker_at_a_gap() {
    let given = scenario()
        .place(buy(1, trade("1"), limit_for(98.0, POST_ONLY)))
        .candle(100.0, 105.0, 99.0, 101.0)
        .candle(90.0, 91.0, 89.0, 90.0);
    check(&given, &["1: 1 buy 1 @ 98 maker"]);
}

#[test]
fn an_impatient_limit_that_is_placed_inside_a_candle_never_waits() {
    for (time_in_force, level, expected) in [
        (IOC, 98.0, "0: 2 expired TimeInForce"),
        (FOK, 98.0, "0: 2 expired TimeInForce"),
        (IOC, 104.0, "0: 2 buy 1 @ 103 taker"),
        (POST_ONLY, 104.0, "0: 2 expired WouldTake"),
    ] {
        let given = scenario()
            .place(buy(1, trade("1"), stop(103.0)))
            .after_fill(1, buy(2, trade("1"), limit_for(level, time_in_force)))
            .candle(100.0, 105.0, 99.0, 104.0)
            .candle(100.0, 105.0, 90.0, 104.0);
        check(&given, &["0: 1 buy 1 @ 103 taker", expected]);
    }
}

fn gtd(until: i64) -> TimeInForce {
    TimeInForce::GoodTilDate(at(until))
}

/// A buy at 98 that waits until an instant; the price is 97 in the third candle.
fn until(until: i64) -> Scenario {
    scenario()
        .place(buy(1, trade("1"), limit_for(98.0, gtd(until))))
        .candle(100.0, 102.0, 99.0, 100.0)
        .candle(100.0, 102.0, 99.0, 100.0)
        .candle(100.0, 102.0, 97.0, 100.0)
}

#[test]
fn a_good_til_date_order_lives_until_its_instant() {
    check(&until(180_000), &["2: 1 buy 1 @ 98 maker"]);
    check(&until(120_000), &["2: 1 expired TimeInForce"]);
    check(&until(60_000), &["1: 1 expired TimeInForce"]);
}

#[test]
fn a_good_til_date_order_does_not_fill_inside_the_candle_that_it_does_not_outlive() {
    // It ends thirty seconds into the candle that falls to 97: nobody knows which came first.
    let outcome = check_as_given(&until(150_000), &["2: 1 expired TimeInForce"]);
    let domain::VenueReport::Order(domain::ExecutionReport::Expired { time, .. }) =
        outcome.reports[0]
    else {
        panic!("expected an expiry")
    };
    assert_eq!(time, at(150_000));
}

#[test]
fn a_limit_exit_fills_no_more_than_what_is_held() {
    let given = scenario()
        .place(buy(1, trade("2"), domain::OrderKind::Market))
        .place(sell(2, OrderAmount::ClosePosition, limit(104.0)))
        .candle(100.0, 105.0, 99.0, 104.0);
    check(&given, &["0: 1 buy 2 @ 100 taker", "0: 2 sell 2 @ 104 maker"]);
}
