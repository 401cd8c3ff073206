//! `DONCHIAN_BREAKOUT`: breakout, stop in true ranges, exit channel.

use super::{Play, levels, mirrored, play, still};

const SETTINGS: &[(&str, &str)] = &[("entry", "3"), ("exit", "2"), ("atr", "2"), ("stop_atr", "1")];

/// The highest high before the last candle is 102; true ranges are 3, 2 and 3, their average 2.75.
const RISE: [[i64; 4]; 4] =
    [[100, 101, 99, 100], [100, 102, 99, 101], [101, 102, 100, 101], [101, 103, 100, 103]];

fn after_rise(candles: &[[i64; 4]]) -> Vec<[i64; 4]> {
    [RISE.as_slice(), candles].concat()
}

fn donchian(candles: &[[i64; 4]]) -> Play {
    play("DONCHIAN_BREAKOUT", SETTINGS, candles)
}

#[test]
fn the_stop_follows_the_exit_channel() {
    // Lowest lows of two candles: 100 is further than the stop of 100.25, 102 is nearer.
    let candles =
        after_rise(&[[103, 105, 102, 104], [104, 106, 103, 105], [105, 105, 101, 101], still(101)]);
    let result = donchian(&candles)
        .check(&["long 36.36363636: 103 at 4 to 102 at 6, Stop Loss, -36.36363636"]);
    let trade = &result.trades[0];
    assert_eq!(levels(trade), ("100.25".to_owned(), "none".to_owned()));
    let readings = &trade.metadata.readings;
    assert_eq!(trade.metadata.kind, "channel_breakout");
    assert_eq!(*readings, [("channel".into(), 102.0), ("atr".into(), 2.75)]);
    donchian(&mirrored(&candles, 100))
        .check(&["short 36.36363636: 97 at 4 to 98 at 6, Stop Loss, -36.36363636"]);
}

#[test]
fn a_winner_is_left_at_the_exit_channel() {
    let rises = [[103, 108, 103, 108], [108, 113, 107, 113], [113, 116, 112, 116]];
    let candles = after_rise(&[rises.as_slice(), &[[116, 116, 106, 106]]].concat());
    // Lows of the last two candles at the close of the last rise: 107 and 112.
    donchian(&candles).check(&["long 36.36363636: 103 at 4 to 107 at 7, Stop Loss, 145.45454544"]);
}

#[test]
fn an_equal_extreme_is_no_breakout() {
    let mut candles = RISE;
    candles[3] = [101, 103, 100, 102];
    donchian(&candles).check(&[]);
}

#[test]
fn a_gap_through_the_stop_fills_at_the_open() {
    let candles = after_rise(&[[103, 105, 102, 104], [95, 96, 94, 95]]);
    donchian(&candles).check(&["long 36.36363636: 103 at 4 to 95 at 5, Stop Loss, -290.90909088"]);
}

#[test]
fn one_side_may_be_left_out() {
    let only = |side| play("DONCHIAN_BREAKOUT", &[SETTINGS, &[("sides", side)]].concat(), &RISE);
    only("short").check(&[]);
    // The signal of the last close is not traded; one candle more and it is.
    let candles = after_rise(&[[103, 103, 103, 103]]);
    let settings = [SETTINGS, &[("sides", "long")]].concat();
    let result = play("DONCHIAN_BREAKOUT", &settings, &candles).run();
    assert_eq!(result.trades.len(), 1);
}

#[test]
fn an_exit_channel_as_long_as_the_entry_channel_is_refused() {
    let registry = strategy::Registry::built_in();
    let given = [("entry", "10"), ("exit", "10")]
        .map(|(name, value)| (name.to_owned(), strategy::ParameterInput::Text(value.to_owned())));
    let errors = registry.find("TURTLE").unwrap().resolve(&given.into()).unwrap_err();
    assert_eq!(errors[0].to_string(), "parameter exit: expected less than entry (10), was 10");
}
