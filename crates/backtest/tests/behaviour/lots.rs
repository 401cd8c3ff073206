//! Holdings that the venue's lots do not fit: what thin volume, exits of a part and new rules leave.

use domain::{EntryOrder, Instrument, InstrumentRules, LotRules, TimeInForce, Timestamp};

use crate::scripts::{
    Script, Stage, Wish, check, exit, exit_share, long, quantity, short, stage, whole,
};
use crate::support::rate;

const FLAT: [i64; 4] = [100, 101, 99, 100];

fn rules(min: &str, step: &str) -> InstrumentRules {
    let lot = LotRules { min: quantity(min), max: quantity("100"), step: quantity(step) };
    InstrumentRules { lot, ..InstrumentRules::unknown() }
}

/// Lots of at least 0.4 in steps of 0.1.
fn play(candles: &[[i64; 4]], script: Script) -> Stage {
    stage(&whole(candles), script).with_data(|data| {
        let listed = &mut data.instruments[0].listing.instrument;
        *listed = Instrument::new(listed.symbol.clone(), listed.scale, rules("0.4", "0.1"));
    })
}

#[test]
fn what_thin_volume_would_buy_below_the_smallest_lot_is_not_bought() {
    // A share of each volume of 1.
    let bought = |share: &str| {
        let given = play(&[FLAT; 5], vec![long("100").stop("95").at(0)])
            .with(|it| it.venue.participation_max = Some(rate(share)));
        let result = given.run();
        result.trades.first().map(|trade| trade.quantity)
    };
    assert_eq!(bought("0.39"), None);
    assert_eq!(bought("0.4"), Some(quantity("1")));
}

#[test]
fn what_an_exit_leaves_below_the_smallest_lot_is_protected_and_closed() {
    let part = || exit_share(1, rate("0.7"));
    let fall = [FLAT, FLAT, FLAT, [100, 101, 94, 95], FLAT];
    let script = vec![long("100").stop("95").target("110").at(0), part()];
    check(&play(&fall, script), &["long 1: 100 at 1 to 98.5 at 3, Stop Loss, -1.5"]);
    let rise = [FLAT, FLAT, FLAT, [100, 111, 99, 110], FLAT];
    let script = vec![long("100").stop("95").target("110").at(0), part()];
    check(&play(&rise, script), &["long 1: 100 at 1 to 103 at 3, Take Profit, 3"]);
    let script = vec![long("100").at(0), part(), exit(2)];
    check(&play(&[FLAT; 5], script), &["long 1: 100 at 1 to 100 at 3, Signal, 0"]);
}

/// Market orders of at most 1; longs of 2.5 by a limit order.
fn large(candles: &[[i64; 4]], script: Script) -> Stage {
    play(candles, script).with_data(|data| {
        let listed = &mut data.instruments[0].listing.instrument;
        let market_quantity_max = Some(quantity("1"));
        let rules = InstrumentRules { market_quantity_max, ..rules("0.1", "0.1") };
        *listed = Instrument::new(listed.symbol.clone(), listed.scale, rules);
    })
}

fn long_by_limit() -> Wish {
    let time_in_force = TimeInForce::GoodTilCancelled;
    long("100").units("2.5").by(EntryOrder::Limit { time_in_force })
}

#[test]
fn an_exit_above_the_largest_market_order_is_several() {
    let result = check(
        &large(&[FLAT; 5], vec![long_by_limit().at(0), exit(2), short("100").at(2)]),
        &[
            "long 2.5: 100 at 1 to 100 at 3, Signal, 0",
            "short 1: 100 at 3 to 100 at 5, Strategy End, 0",
        ],
    );
    let sold: Vec<String> =
        result.fills[1..4].iter().map(|it| it.fill.quantity.to_string()).collect();
    assert_eq!(sold, ["1", "1", "0.5"]);
    let most = exit_share(2, rate("0.8"));
    let result = large(&[FLAT; 5], vec![long_by_limit().at(0), most]).run();
    let sold: Vec<String> =
        result.fills[1..4].iter().map(|it| it.fill.quantity.to_string()).collect();
    assert_eq!(sold, ["1", "1", "0.5"], "two of two, and the end");
}

#[test]
fn a_stop_above_the_largest_market_order_is_an_exit_at_once() {
    let script = vec![long_by_limit().stop("95").at(0)];
    check(&large(&[FLAT; 5], script), &["long 2.5: 100 at 1 to 100 at 1, Stop Loss, 0"]);
}

#[test]
fn what_new_rules_do_not_fit_can_be_closed() {
    for later in [rules("2", "0.1"), rules("1", "1")] {
        let script = vec![long("100").units("1.5").stop("95").at(0), exit(3)];
        let given = play(&[FLAT; 6], script).with_data(|data| {
            let listed = &mut data.instruments[0].listing.instrument;
            *listed = listed.clone().with_rules_since(Timestamp::from_millis(180_000), later);
        });
        check(&given, &["long 1.5: 100 at 1 to 100 at 4, Signal, 0"]);
    }
}

#[test]
fn a_rest_of_a_shared_position_below_the_smallest_lot_is_told_and_closed_at_the_end() {
    // The venue sees one position of 1.3, of which 0.3 can be closed by no order.
    let part = exit_share(1, rate("0.7"));
    let given = play(&[FLAT; 6], vec![long("100").at(0), part, exit(3)])
        .playing(vec![long("100").at(0)], 0);
    let result = check(
        &given,
        &[
            "long 1: 100 at 1 to 100 at 6, Strategy End, 0",
            "long 1: 100 at 1 to 100 at 6, Strategy End, 0",
        ],
    );
    let codes: Vec<&str> = result.skips.iter().map(|skip| skip.skip.code()).collect();
    assert_eq!(codes, ["FILTER_AT_VENUE"]);
}

/// Of what a limit order has bought, one market order closes at most 1.
fn bought(units: &str, min: &str, then: Script) -> Stage {
    let time_in_force = TimeInForce::GoodTilCancelled;
    let entry = long("100").units(units).by(EntryOrder::Limit { time_in_force });
    let script = [vec![entry.at(0)], then].concat();
    let rules = InstrumentRules { market_quantity_max: Some(quantity("1")), ..rules(min, "0.1") };
    stage(&whole(&[FLAT; 12]), script).with_data(|data| {
        let listed = &mut data.instruments[0].listing.instrument;
        *listed = Instrument::new(listed.symbol.clone(), listed.scale, rules);
    })
}

#[test]
fn a_split_exit_leaves_no_part_below_the_smallest_lot() {
    let given = bought("2.2", "0.4", vec![exit(2), short("100").at(2), exit(8)]);
    let result = check(
        &given,
        &["long 2.2: 100 at 1 to 100 at 3, Signal, 0", "short 1: 100 at 3 to 100 at 9, Signal, 0"],
    );
    assert!(result.skips.is_empty());
    let sold = result.fills.iter().filter(|record| record.trade == 1).skip(1);
    let parts: Vec<String> = sold.map(|record| record.fill.quantity.to_string()).collect();
    assert_eq!(parts, ["1", "0.8", "0.4"]);
}

#[test]
fn a_stop_that_a_filter_refuses_is_told() {
    let time_in_force = TimeInForce::GoodTilCancelled;
    let entry = long("100").units("2.5").stop("95").by(EntryOrder::Limit { time_in_force });
    let mut given = bought("2.5", "0.1", vec![]);
    given.scripts[0] = vec![entry.at(0)];
    let result = check(&given, &["long 2.5: 100 at 1 to 100 at 1, Stop Loss, 0"]);
    assert_eq!(result.skips[0].skip.code(), "FILTER_AT_VENUE");
}

#[test]
fn a_reversal_follows_the_exit_of_an_entry_that_is_still_being_filled() {
    let script = vec![long("100").units("2").at(0), exit(1), short("100").at(1)];
    let given =
        stage(&whole(&[FLAT; 8]), script).with(|it| it.venue.participation_max = Some(rate("1")));
    check(
        &given,
        &[
            "long 1: 100 at 1 to 100 at 2, Signal, 0",
            "short 1: 100 at 3 to 100 at 8, Strategy End, 0",
        ],
    );
}
