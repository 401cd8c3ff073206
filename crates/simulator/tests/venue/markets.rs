//! Market orders: at which price and time they fill, and what becomes of cancels.

use domain::{OrderKind, TimeInForce};
use simulator::FillTime;

use crate::script::{check, check_as_given, scenario};
use crate::support::{at, buy, limit, limit_for, reduce, sell, stop, trade};

const MARKET: OrderKind = OrderKind::Market;

#[test]
fn a_market_order_fills_at_the_next_open() {
    let given = scenario()
        .candle(90.0, 91.0, 89.0, 90.0)
        .place(buy(1, trade("2"), MARKET))
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["1: 1 buy 2 @ 100 taker"]);
}

#[test]
fn market_orders_fill_in_the_order_of_their_arrival() {
    let given = scenario()
        .place(buy(1, trade("2"), MARKET))
        .place(sell(2, reduce("2"), MARKET))
        .place(sell(3, trade("1"), MARKET))
        .candle(100.0, 105.0, 95.0, 101.0);
    check(
        &given,
        &["0: 1 buy 2 @ 100 taker", "0: 2 sell 2 @ 100 taker", "0: 3 sell 1 @ 100 taker"],
    );
}

#[test]
fn this_close_fills_at_the_close_just_seen() {
    let given = scenario()
        .with(|it| it.fill_time = FillTime::ThisClose)
        .candle(100.0, 105.0, 95.0, 101.0)
        .place(buy(1, trade("1"), MARKET))
        .fill_at_close()
        .candle(110.0, 111.0, 109.0, 110.0);
    let outcome = check_as_given(&given, &["1: 1 buy 1 @ 101 taker"]);
    assert_eq!(outcome.fills[0].time, at(60_000), "the instant of the close");
}

#[test]
fn next_close_fills_at_the_close_of_the_next_candle() {
    let given = scenario()
        .with(|it| it.fill_time = FillTime::NextClose)
        .candle(100.0, 105.0, 95.0, 101.0)
        .place(buy(1, trade("1"), MARKET))
        .candle(110.0, 115.0, 105.0, 112.0);
    check(&given, &["1: 1 buy 1 @ 112 taker"]);
}

#[test]
fn a_stop_that_fires_does_not_wait_for_the_close() {
    for fill_time in [FillTime::ThisClose, FillTime::NextClose] {
        let given = scenario()
            .with(|it| it.fill_time = fill_time)
            .place(buy(1, trade("1"), stop(103.0)))
            .candle(100.0, 105.0, 95.0, 101.0);
        check(&given, &["0: 1 buy 1 @ 103 taker"]);
    }
}

#[test]
fn a_cancel_before_the_fill_takes_the_order_back() {
    for kind in [MARKET, limit(98.0), stop(103.0)] {
        let given =
            scenario().place(buy(1, trade("1"), kind)).cancel(1).candle(100.0, 105.0, 95.0, 101.0);
        check(&given, &["0: 1 cancelled"]);
    }
}

#[test]
fn a_cancel_after_the_fill_is_silent() {
    let given = scenario()
        .place(buy(1, trade("1"), limit(98.0)))
        .candle(100.0, 105.0, 95.0, 101.0)
        .cancel(1)
        .cancel(7)
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["0: 1 buy 1 @ 98 maker"]);
}

#[test]
fn a_cancel_leaves_the_other_orders_alone() {
    let given = scenario()
        .place(buy(1, trade("1"), limit(98.0)))
        .place(buy(2, trade("1"), limit_for(97.0, TimeInForce::PostOnly)))
        .cancel(1)
        .candle(100.0, 105.0, 95.0, 101.0);
    check(&given, &["0: 1 cancelled", "0: 2 buy 1 @ 97 maker"]);
}
