//! Orders that are larger than their share of a candle's volume.

use domain::{LotRules, OrderKind, TimeInForce};
use simulator::FillTime;

use crate::script::{Scenario, check, scenario};
use crate::support::{buy, limit, limit_for, quantity, rate, reduce, sell, stop, trade};

const MARKET: OrderKind = OrderKind::Market;

/// A tenth of each candle's volume may be traded; quantities are multiples of 0.1.
fn capped() -> Scenario {
    scenario().with(|it| it.participation_max = Some(rate("0.1"))).with_rules(|rules| {
        rules.lot = LotRules { min: quantity("0.1"), max: quantity("1000"), step: quantity("0.1") };
    })
}

trait Thin {
    /// A candle that opens and closes at a price, with this volume.
    fn thin(self, price: f64, volume: f64) -> Self;
}

impl Thin for Scenario {
    fn thin(self, price: f64, volume: f64) -> Self {
        self.candle_of([price, price + 1.0, price - 1.0, price], None, volume)
    }
}

#[test]
fn a_market_order_is_filled_over_several_candles() {
    let given = capped()
        .place(buy(1, trade("5"), MARKET))
        .thin(100.0, 20.0)
        .thin(102.0, 0.0)
        .thin(103.0, 25.0)
        .thin(104.0, 1000.0);
    check(
        &given,
        &[
            "0: 1 buy 2 @ 100 taker part",
            "2: 1 buy 2.5 @ 103 taker part",
            "3: 1 buy 0.5 @ 104 taker",
        ],
    );
}

#[test]
fn a_market_order_for_the_close_goes_on_at_the_closes() {
    for fill_time in [FillTime::ThisClose, FillTime::NextClose] {
        let given = capped()
            .with(|it| it.fill_time = fill_time)
            .place(buy(1, trade("5"), MARKET))
            .candle_of([99.0, 101.0, 98.0, 100.0], None, 20.0)
            .candle_of([100.0, 103.0, 99.0, 102.0], None, 40.0);
        check(&given, &["0: 1 buy 2 @ 100 taker part", "1: 1 buy 3 @ 102 taker"]);
    }
}

#[test]
fn a_limit_order_waits_for_the_next_candle_that_comes_to_it() {
    let given = capped()
        .place(buy(1, trade("5"), limit(98.0)))
        .candle_of([100.0, 101.0, 97.0, 100.0], None, 20.0)
        .candle_of([100.0, 101.0, 99.0, 100.0], None, 1000.0)
        .candle_of([100.0, 101.0, 97.0, 100.0], None, 20.0)
        .candle_of([97.0, 101.0, 96.0, 100.0], None, 20.0);
    check(
        &given,
        &["0: 1 buy 2 @ 98 maker part", "2: 1 buy 2 @ 98 maker part", "3: 1 buy 1 @ 98 maker"],
    );
}

#[test]
fn a_stop_that_has_fired_goes_on_as_a_market_order() {
    let given = capped()
        .place(buy(1, trade("3"), MARKET))
        .thin(100.0, 1000.0)
        .place(sell(2, reduce("3"), stop(98.5)))
        .candle_of([100.0, 101.0, 98.0, 100.0], None, 20.0)
        .thin(101.0, 1000.0);
    check(
        &given,
        &["0: 1 buy 3 @ 100 taker", "1: 2 sell 2 @ 98.5 taker part", "2: 2 sell 1 @ 101 taker"],
    );
}

#[test]
fn orders_share_the_volume_in_their_order() {
    let given = capped()
        .place(buy(1, trade("1.5"), MARKET))
        .place(buy(2, trade("1"), MARKET))
        .place(buy(3, trade("1"), MARKET))
        .thin(100.0, 20.0)
        .thin(100.0, 20.0);
    check(
        &given,
        &[
            "0: 1 buy 1.5 @ 100 taker",
            "0: 2 buy 0.5 @ 100 taker part",
            "1: 2 buy 0.5 @ 100 taker",
            "1: 3 buy 1 @ 100 taker",
        ],
    );
}

#[test]
fn all_or_nothing_needs_the_volume_for_all_and_leaves_it_otherwise() {
    let given = |amount| {
        capped()
            .place(buy(1, trade(amount), limit_for(101.0, TimeInForce::FillOrKill)))
            .place(buy(2, trade("1"), limit_for(101.0, TimeInForce::ImmediateOrCancel)))
            .thin(100.0, 30.0)
    };
    check(&given("2"), &["0: 1 buy 2 @ 100 taker", "0: 2 buy 1 @ 100 taker"]);
    check(&given("3.1"), &["0: 1 expired TimeInForce", "0: 2 buy 1 @ 100 taker"]);
}

#[test]
fn the_rest_of_an_immediate_order_expires() {
    let given = capped()
        .place(buy(1, trade("5"), limit_for(101.0, TimeInForce::ImmediateOrCancel)))
        .thin(100.0, 20.0)
        .thin(100.0, 1000.0);
    check(&given, &["0: 1 buy 2 @ 100 taker part", "0: 1 expired TimeInForce"]);
}

#[test]
fn a_cancel_takes_back_what_is_left() {
    let given =
        capped().place(buy(1, trade("5"), MARKET)).thin(100.0, 20.0).cancel(1).thin(100.0, 1000.0);
    check(&given, &["0: 1 buy 2 @ 100 taker part", "1: 1 cancelled"]);
}

#[test]
fn no_part_is_below_the_smallest_lot_but_a_rest_may_be() {
    let given = capped()
        .with_rules(|rules| {
            rules.lot =
                LotRules { min: quantity("0.3"), max: quantity("1000"), step: quantity("0.1") };
        })
        .place(buy(1, trade("0.7"), MARKET))
        .thin(100.0, 2.9)
        .thin(101.0, 5.0)
        .thin(102.0, 1.0)
        .thin(103.0, 1000.0);
    check(&given, &["1: 1 buy 0.5 @ 101 taker part", "3: 1 buy 0.2 @ 103 taker"]);
}

#[test]
fn parts_are_whole_steps_and_smaller_volumes_trade_nothing() {
    let given = capped().place(buy(1, trade("1"), MARKET)).thin(100.0, 0.9).thin(100.0, 2.59);
    check(&given, &["1: 1 buy 0.2 @ 100 taker part"]);
}
