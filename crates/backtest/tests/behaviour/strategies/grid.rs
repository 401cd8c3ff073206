//! `GRID`: inventory, lines, give-back, hard stop.

use super::{Play, gain, levels, money, play, still};

/// Lines at 99 and 98, 101 and 102, stops at 97 and 103. Three spacings of distance are the risk of 30: units of 10.
const SETTINGS: &[(&str, &str)] = &[
    ("levels", "2"),
    ("spacing", "0.01"),
    ("stop_steps", "1"),
    ("risk", "0.003"),
    ("exposure_max", "20"),
    ("pause", "2"),
];

fn grid(candles: &[[i64; 4]]) -> Play {
    play("GRID", SETTINGS, candles)
}

/// Prices with one decimal.
fn tenths(parameters: &[(&str, &str)], candles: &[[i64; 4]]) -> Play {
    let cents: Vec<[i64; 4]> =
        candles.iter().map(|candle| candle.map(|price| price * 10)).collect();
    let mut given = play("GRID", parameters, &[]);
    given.data = crate::support::data(vec![(domain::Role::Ltf, super::minutes(&cents))]);
    given
}

#[test]
fn a_unit_is_given_back_one_line_nearer_and_the_other_side_follows() {
    let candles = [
        [1000, 1000, 1000, 1000],
        [1000, 1000, 985, 995],   // Bought at 99, the next order is at 98.
        [995, 1005, 992, 1002],   // Given back at 100; the order of the long side is taken back.
        [1002, 1004, 1001, 1003], // An order at 101, for 10.01 units of the grown equity.
        [1003, 1025, 1003, 1022], // Sold at 101; the close is beyond 102 as well.
        [1022, 1024, 1005, 1006], // Sold at the open of 102.2, half given back at 101.
        [1006, 1007, 998, 999],   // The rest is given back at 100.
        [999, 1001, 998, 1000],
    ];
    let given = tenths(SETTINGS, &candles);
    let result = given.check(&[
        "long 10: 99 at 1 to 100 at 2, Take Profit, 10",
        "short 20.02: 101.6 at 4 to 100.5 at 6, Take Profit, 22.022",
    ]);
    assert_eq!(levels(&result.trades[0]), ("97".to_owned(), "100".to_owned()));
    assert_eq!(levels(&result.trades[1]), ("103".to_owned(), "100".to_owned()));
    assert_eq!(result.trades[0].metadata.readings[0], ("line".into(), 1.0));
    assert!(result.skipped.is_empty(), "{:?}", result.skipped);
}

#[test]
fn the_hard_stop_loses_the_risk_and_no_more() {
    // Bought at 99 and, as only one order rests, at the next open of 98.
    let candles = [[1000; 4], [1000, 1000, 981, 981], [981, 981, 975, 978], [978, 978, 965, 966]];
    let result =
        tenths(SETTINGS, &candles).check(&["long 20: 98.5 at 1 to 97 at 3, Stop Loss, -30"]);
    assert_eq!(gain(&result), money("-30"), "0.3 % of 10000");
}

#[test]
fn after_its_stop_the_grid_pauses_and_begins_anew_around_a_close() {
    let fall = [still(100), [100, 100, 96, 96]];
    // Two candles of pause; the third close is the new centre, whose first line is 94.05.
    let later = [still(96), still(96), still(95), [95, 95, 94, 95], [95, 96, 95, 95]];
    let result = grid(&[fall.as_slice(), &later].concat()).run();
    let first = &result.trades[0];
    assert_eq!(crate::scripts::line(first), "long 10: 99 at 1 to 97 at 1, Stop Loss, -20");
    let second = &result.trades[1];
    assert_eq!(
        (second.entry_price.to_string(), second.entry_time.millis()),
        ("94.05".to_owned(), 300_000)
    );
}

#[test]
fn a_gap_beyond_the_stop_is_bought_and_given_up_at_one_price() {
    grid(&[still(100), still(90), still(90)]).check(&["long 10: 90 at 1 to 90 at 1, Stop Loss, 0"]);
}

#[test]
fn lines_that_were_jumped_over_are_given_back_at_the_close() {
    // Four units at 99 to 96; orders rest on the lines 97, 98 and 99 only. The close at 101 is beyond the centre.
    let shape = [("levels", "4"), ("stop_steps", "2"), ("risk", "0.0028")];
    let settings = [&shape, &SETTINGS[1..2], &SETTINGS[4..]].concat();
    let falls = [
        still(100),
        [100, 100, 98, 98],
        [98, 98, 97, 97],
        [97, 97, 96, 96],
        [96, 96, 95, 96],
        still(96),
    ];
    let rises = [[96, 102, 96, 101], still(101)];
    let result = play("GRID", &settings, &[falls.as_slice(), &rises].concat()).run();
    let exits: Vec<String> = result
        .fills
        .iter()
        .filter(|it| it.fill.side == domain::Side::Sell)
        .map(|it| format!("{} at {}", it.fill.quantity, it.fill.price))
        .collect();
    assert_eq!(exits, ["2 at 97", "2 at 98", "2 at 99", "2 at 101"]);
    assert_eq!(result.trades.len(), 1);
}

#[test]
fn a_grid_between_prices_waits_for_its_centre() {
    let settings = [&SETTINGS[..1], &[("lower", "98"), ("upper", "102")], &SETTINGS[2..]].concat();
    let below = [still(97), still(97), still(98)];
    let candles = [below.as_slice(), &[still(100), [100, 100, 98, 99], [99, 101, 99, 99]]].concat();
    play("GRID", &settings, &candles).check(&["long 10: 99 at 4 to 100 at 5, Take Profit, 10"]);
}

#[test]
fn a_grid_of_one_side_moves_with_a_market_that_leaves_it() {
    let settings = [SETTINGS, &[("sides", "long")]].concat();
    // The close at 110 is the new centre: 108.9 is its first line.
    let candles = [still(100), still(110), still(110), [110, 110, 108, 109], still(109)];
    let result = play("GRID", &settings, &candles).run();
    assert_eq!(result.trades.len(), 1);
    assert_eq!(result.trades[0].entry_price.to_string(), "108.9");
}

#[test]
fn without_room_for_more_entries_one_unit_is_taken() {
    let candles = [[1000; 4], [1000, 1000, 985, 985], [985, 985, 975, 978], [978, 978, 965, 966]];
    let given = tenths(SETTINGS, &candles).with(|spec| spec.rules.entries_max = Some(1));
    let result = given.check(&["long 10: 99 at 1 to 97 at 3, Stop Loss, -20"]);
    assert_eq!(result.skipped[0].code, "POSITION_OPEN");
}

#[test]
fn a_market_without_movement_is_not_traded() {
    grid(&[still(100); 30]).check(&[]);
}
