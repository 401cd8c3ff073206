//! Orders and cancels that travel. Report delays are drawn here and applied by whoever listens.

use domain::{OrderKind, VenueReport};
use simulator::Latency;

use crate::script::{Scenario, check, check_as_given, scenario};
use crate::support::{MINUTE, at, buy, limit, limit_for, reduce, sell, stop, trade};

const MARKET: OrderKind = OrderKind::Market;

fn delayed(orders_ms: i64) -> Scenario {
    scenario().with(|it| it.latency = Latency { orders_ms, ..Latency::default() })
}

#[test]
fn a_market_order_fills_on_its_way_through_the_candle() {
    let given = delayed(15_000)
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 109.0, 99.0, 108.0);
    let outcome = check_as_given(&given, &["1: 1 buy 1 @ 102 taker"]);
    assert_eq!(outcome.fills[0].time, at(MINUTE + 15_000));
    check(&given, &["1: 1 buy 1 @ 102 taker"]);
}

#[test]
fn several_market_orders_fill_each_at_its_own_moment() {
    let given = delayed(15_000)
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("1"), MARKET))
        .place(buy(2, trade("1"), MARKET))
        .candle(100.0, 109.0, 99.0, 108.0);
    check(&given, &["1: 1 buy 1 @ 102 taker", "1: 2 buy 1 @ 102 taker"]);
}

#[test]
fn a_market_order_that_travels_longer_than_a_candle_fills_in_a_later_one() {
    let given = delayed(90_000)
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0)
        .candle(110.0, 121.0, 109.0, 120.0);
    check(&given, &["2: 1 buy 1 @ 115 taker"]);
}

#[test]
fn a_stop_protects_in_the_candle_of_its_arrival() {
    let given = delayed(15_000)
        .place(buy(1, trade("1"), stop(103.0)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .after_fill(1, sell(2, reduce("1"), stop(98.0)))
        .candle(100.0, 105.0, 97.0, 97.5);
    check(&given, &["1: 1 buy 1 @ 103 taker", "1: 2 sell 1 @ 98 taker"]);
}

#[test]
fn a_limit_order_works_from_the_close_of_the_candle_of_its_arrival() {
    let given = delayed(15_000)
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("1"), limit(98.0)))
        .candle(100.0, 101.0, 97.0, 100.0)
        .candle(100.0, 101.0, 97.0, 100.0);
    check(&given, &["2: 1 buy 1 @ 98 maker"]);
}

#[test]
fn a_cancel_comes_too_late_for_what_happens_meanwhile() {
    let given = delayed(15_000)
        .place(buy(1, trade("1"), limit(98.0)))
        .candle(100.0, 101.0, 99.0, 100.0)
        .cancel(1)
        .candle(100.0, 101.0, 97.0, 100.0);
    check(&given, &["1: 1 buy 1 @ 98 maker"]);
}

#[test]
fn filters_are_checked_on_arrival_inside_a_candle_too() {
    let given = delayed(15_000)
        .with_rules(|rules| rules.market_quantity_max = Some(crate::support::quantity("1")))
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("2"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    check(&given, &["1: 1 rejected Filter"]);
}

#[test]
fn what_arrives_in_a_pause_of_the_market_meets_the_next_open() {
    // The order arrives before the second candle opens; that opens beyond the trigger.
    let given = delayed(0)
        .with(|it| it.latency.jitter_ms = 1)
        .place(buy(1, trade("1"), MARKET))
        .candle(100.0, 101.0, 99.0, 100.0);
    assert_eq!(given.run().fills.len(), 1);
    let early = |kind| {
        delayed(-10)
            .candle(100.0, 101.0, 99.0, 100.0)
            .place(buy(1, trade("1"), kind))
            .candle(106.0, 107.0, 105.0, 106.0)
    };
    check(&early(stop(103.0)), &["1: 1 buy 1 @ 106 taker"]);
    check(&early(MARKET), &["1: 1 buy 1 @ 106 taker"]);
}

#[test]
fn jitter_is_drawn_from_the_seed() {
    let times = |seed| {
        let mut given = delayed(100).with(|it| {
            it.latency.jitter_ms = 50_000;
            it.seed = seed;
        });
        for id in 0..20 {
            given = given.place(buy(id, trade("1"), MARKET)).candle(100.0, 101.0, 99.0, 100.0);
        }
        given.run().fills.iter().map(|fill| fill.time).collect::<Vec<_>>()
    };
    assert_eq!(times(1), times(1));
    assert_ne!(times(1), times(2));
    assert!(times(1).iter().all(|time| (100..=50_100).contains(&(time.millis() % MINUTE))));
}

#[test]
fn reports_take_their_own_time_and_none_overtakes_another() {
    let mut outcome = delayed(0)
        .with(|it| {
            it.latency.reports_ms = 40;
            it.latency.jitter_ms = 10;
        })
        .run();
    let told = |second: i64| at(second * 1000);
    let delays: Vec<i64> = (1..200)
        .map(|second| outcome.venue.report_arrival(told(second)).millis() - second * 1000)
        .collect();
    assert!(delays.iter().all(|delay| (40..=50).contains(delay)));
    assert!((40..=50).all(|delay| delays.contains(&delay)), "every delay is drawn");
    let at_once: Vec<_> = (0..50).map(|_| outcome.venue.report_arrival(told(300))).collect();
    assert!(at_once.is_sorted(), "a stream of reports keeps its order");
}

#[test]
fn a_good_til_date_order_may_end_before_it_arrives() {
    let until = domain::TimeInForce::GoodTilDate(at(MINUTE + 5_000));
    let given = delayed(15_000)
        .candle(100.0, 101.0, 99.0, 100.0)
        .place(buy(1, trade("1"), limit_for(98.0, until)))
        .candle(100.0, 101.0, 97.0, 100.0)
        .candle(100.0, 101.0, 97.0, 100.0);
    let outcome = given.run();
    assert!(outcome.fills.is_empty());
    assert!(matches!(outcome.reports[..], [VenueReport::Order(_)]), "{:?}", outcome.lines);
}
