//! `DCA`: ladder, common target, hard stop.

use super::{Play, gain, levels, money, play, still};

/// Entries at 100, 98 and 96 of weights 1, 2 and 4: stopped at 90 they lose half of the first notional, which is
/// 200, so that the risk is 100.
const SETTINGS: &[(&str, &str)] = &[
    ("entries", "3"),
    ("step", "0.02"),
    ("size_factor", "2"),
    ("target", "0.01"),
    ("stop", "0.1"),
    ("risk", "0.01"),
    ("pause", "3"),
];

fn dca(candles: &[[i64; 4]]) -> Play {
    play("DCA", SETTINGS, candles)
}

#[test]
fn a_cycle_is_left_at_one_target_above_its_average() {
    // 2 at 100 and 4 at 98 average 98.67; 1 % more is 99.65.
    let candles = [still(100), still(100), [99, 99, 97, 98], [98, 100, 97, 99], still(99)];
    let result = dca(&candles).run();
    let trade = &result.trades[0];
    assert_eq!(
        crate::scripts::line(trade),
        "long 6: 98.66666666666667 at 1 to 99.6533333333333367 at 3, Take Profit, 5.92000000000002"
    );
    assert_eq!(levels(trade), ("90".to_owned(), "101".to_owned()));
}

#[test]
fn a_full_ladder_that_is_stopped_loses_the_risk() {
    let candles = [
        still(100),
        still(100),
        [100, 100, 97, 97],
        [97, 97, 95, 95],
        [95, 95, 91, 91],
        [91, 91, 89, 89],
        still(89),
    ];
    // 2 at 100, 4 at 98, 8 at 96: 14 at 97.142857.
    let result = dca(&candles).run();
    let trade = &result.trades[0];
    assert_eq!(
        (trade.quantity.to_string(), trade.exit_price.to_string()),
        ("14".to_owned(), "90".to_owned())
    );
    assert_eq!(gain(&result), money("-100"));
}

#[test]
fn what_a_fast_market_passes_is_made_together() {
    // The close at 95 is beyond both steps: 12 are bought at the next open, 2 * 100 + 12 * 95 in all.
    let candles = [still(100), [100, 100, 95, 95], still(95), [95, 97, 95, 96], still(96)];
    let result = dca(&candles).run();
    let trade = &result.trades[0];
    assert_eq!((trade.quantity.to_string(), trade.fills), ("14".to_owned(), 3));
    // The average is 95.714286.
    assert_eq!(trade.exit_price.decimal().round_dp(6).to_string(), "96.671429");
}

#[test]
fn an_order_that_is_filled_after_the_target_is_closed() {
    // The path goes to 102 first, where the target is, then to 97, where the second entry still waits.
    let candles =
        [still(100), still(100), [100, 102, 97, 98], [98, 98, 97, 97], still(97), still(97)];
    let result =
        dca(&candles).with(|spec| spec.venue.intrabar = simulator::IntrabarPolicy::Adaptive).run();
    let lines: Vec<String> = result.trades.iter().map(crate::scripts::line).collect();
    assert_eq!(lines[0], "long 2: 100 at 1 to 101 at 2, Take Profit, 2 ?");
    assert!(lines[1].starts_with("long 4: 98 at 2 to 98 at 3, Signal, 0"), "{lines:?}");
}

#[test]
fn a_cycle_begins_after_the_pause_of_a_stop() {
    let fall = [still(100), [100, 100, 89, 89]];
    let entries = |pauses: usize| {
        let candles = [fall.as_slice(), &vec![still(89); pauses]].concat();
        dca(&candles).run().trades.len()
    };
    assert_eq!(
        (entries(3), entries(4), entries(5)),
        (1, 1, 2),
        "three candles later and at the next open"
    );
}

#[test]
fn a_short_cycle_is_the_mirror() {
    let settings = [SETTINGS, &[("side", "short")]].concat();
    let candles = [still(100), still(100), [100, 103, 100, 102], [102, 103, 100, 101], still(101)];
    let result = play("DCA", &settings, &candles).run();
    let trade = &result.trades[0];
    assert_eq!(levels(trade), ("110".to_owned(), "99".to_owned()));
    // 2 at 100 and 4 at 102 average 101.33; 1 % less is 100.32.
    assert_eq!(trade.exit_price.decimal().round_dp(6).to_string(), "100.320000");
}

#[test]
fn a_flat_market_is_held_to_the_end() {
    let result = dca(&[still(100); 30]).check(&["long 2: 100 at 1 to 100 at 30, Strategy End, 0"]);
    assert!(result.skipped.is_empty());
}

#[test]
fn a_stop_before_the_last_entry_is_refused() {
    let registry = strategy::Registry::built_in();
    let given = [("stop".to_owned(), strategy::ParameterInput::Text("0.08".to_owned()))];
    let errors = registry.find("DCA").unwrap().resolve(&given.into()).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "parameter stop: expected more than the distance of the last entry (0.08), was 0.08"
    );
}
