//! `RSI_REVERSION`: extremes, trend filter, target at the mean.

use super::{Play, levels, mirrored, play, still};

const SETTINGS: &[(&str, &str)] =
    &[("rsi", "2"), ("trend", "0"), ("mean", "3"), ("atr", "1"), ("stop_atr", "2")];

/// The RSI of two changes falls from 100 to 25 on the last candle, whose true range is 3; the mean of three closes is
/// 101.67.
const DIP: [[i64; 4]; 5] = [still(100), still(101), still(102), still(103), [103, 103, 100, 100]];

fn after_dip(parameters: &[(&str, &str)], candles: &[[i64; 4]]) -> Play {
    play("RSI_REVERSION", parameters, &[DIP.as_slice(), candles].concat())
}

#[test]
fn an_extreme_is_left_at_the_mean_of_its_signal() {
    let candles = [[100, 102, 99, 101], still(101)];
    let result = after_dip(SETTINGS, &candles)
        .check(&["long 16.66666666: 100 at 5 to 101.67 at 5, Take Profit, 27.8333333222"]);
    let trade = &result.trades[0];
    assert_eq!(levels(trade), ("94".to_owned(), "101.67".to_owned()));
    assert_eq!(trade.metadata.kind, "rsi_oversold");
    assert_eq!(trade.metadata.readings[0], ("rsi".into(), 25.0));
    let turned = mirrored(&[DIP.as_slice(), &candles].concat(), 100);
    play("RSI_REVERSION", SETTINGS, &turned)
        .check(&["short 16.66666666: 100 at 5 to 98.33 at 5, Take Profit, 27.8333333222"]);
}

#[test]
fn a_mean_that_has_moved_is_left_at_the_next_open() {
    // Means of 100.33 and 99.33: the second close is above its own.
    let candles = [[100, 101, 98, 98], [98, 101, 98, 100], [101, 101, 101, 101]];
    after_dip(SETTINGS, &candles)
        .check(&["long 16.66666666: 100 at 5 to 101 at 7, Signal, 16.66666666"]);
}

#[test]
fn the_stop_rests_at_two_ranges() {
    let candles = [[100, 101, 93, 100], still(100)];
    after_dip(SETTINGS, &candles)
        .check(&["long 16.66666666: 100 at 5 to 94 at 5, Stop Loss, -99.99999996"]);
}

#[test]
fn a_close_on_the_wrong_side_of_the_trend_is_passed_over() {
    // The exponential average of four closes is 101.5, then 100.9 with the dip.
    let filtered = [SETTINGS, &[("trend", "4")]].concat();
    after_dip(&filtered, &[still(100), still(100)]).check(&[]);
    // Averages of five closes have none to filter with before the dip: 101.2 with it.
    let filtered = [SETTINGS, &[("trend", "5")]].concat();
    after_dip(&filtered, &[still(100), still(100)]).check(&[]);
}

#[test]
fn an_extreme_counts_when_it_begins() {
    // Stopped at once, with the RSI still below 30 at the close: no second entry.
    let candles = [[100, 100, 93, 95], [95, 95, 94, 94], still(94)];
    after_dip(SETTINGS, &candles)
        .check(&["long 16.66666666: 100 at 5 to 94 at 5, Stop Loss, -99.99999996"]);
}

#[test]
fn a_market_without_movement_is_not_extreme() {
    play("RSI_REVERSION", SETTINGS, &[still(100); 50]).check(&[]);
}
