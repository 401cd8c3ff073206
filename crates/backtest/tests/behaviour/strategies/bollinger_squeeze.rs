//! `BOLLINGER_SQUEEZE`: narrow bands, breakout, trailing stop.

use super::{Play, levels, mirrored, play, still};

const SETTINGS: &[(&str, &str)] = &[
    ("length", "3"),
    ("deviations", "1"),
    ("lookback", "2"),
    ("patience", "1"),
    ("atr", "1"),
    ("stop_atr", "2"),
    ("trail_atr", "1"),
];

/// Bands of no width, then a close at 103 outside of bands around 101, with a true range of 3.
const BREAK: [[i64; 4]; 6] =
    [still(100), still(102), still(100), still(100), still(100), [100, 103, 100, 103]];

fn after_break(parameters: &[(&str, &str)], candles: &[[i64; 4]]) -> Play {
    play("BOLLINGER_SQUEEZE", parameters, &[BREAK.as_slice(), candles].concat())
}

#[test]
fn a_breakout_is_followed_by_a_trailing_stop() {
    // The callback is 3 / 103, 0.029126; from 110 the stop is at 106.79614.
    let rises = [[103, 105, 103, 105], [105, 107, 105, 107], [107, 110, 107, 110]];
    let candles = [rises.as_slice(), &[[110, 110, 100, 100]]].concat();
    let result = after_break(SETTINGS, &candles)
        .check(&["long 16.66666666: 103 at 6 to 106.79614 at 9, Trailing Stop, 63.2689999746924"]);
    let trade = &result.trades[0];
    assert_eq!(levels(trade), ("97".to_owned(), "none".to_owned()));
    assert_eq!(trade.metadata.kind, "squeeze_breakout");
    let turned = mirrored(&[BREAK.as_slice(), &candles].concat(), 100);
    let result = play("BOLLINGER_SQUEEZE", SETTINGS, &turned).run();
    assert_eq!(levels(&result.trades[0]), ("103".to_owned(), "none".to_owned()));
}

#[test]
fn the_fixed_stop_stands_beside_the_trailing_one() {
    // With a wide trailing stop a fall ends at the fixed one.
    let settings = [&SETTINGS[..6], &[("trail_atr", "10")]].concat();
    after_break(&settings, &[[103, 103, 96, 98], still(98)])
        .check(&["long 16.66666666: 103 at 6 to 97 at 6, Stop Loss, -99.99999996"]);
}

#[test]
fn a_breakout_after_the_patience_is_passed_over() {
    // Widths grow for two candles inside the bands, so the squeeze is over when the close breaks out.
    let quiet = [still(100), still(102), still(100), still(100), still(100)];
    let late = [
        [100, 101, 100, 100],
        [100, 101, 99, 99],
        [99, 101, 99, 101],
        [101, 109, 101, 109],
        still(109),
    ];
    let candles = [quiet.as_slice(), &late].concat();
    let settings = |patience| [&SETTINGS[..3], &[("patience", patience)], &SETTINGS[4..]].concat();
    let trades = |patience| play("BOLLINGER_SQUEEZE", &settings(patience), &candles).run().trades;
    let directions = |patience| -> Vec<String> {
        trades(patience)
            .iter()
            .map(|it| format!("{} at {}", it.direction, it.entry_time.millis() / 60_000))
            .collect()
    };
    assert_eq!(directions("0"), Vec::<String>::new());
    assert_eq!(directions("1"), ["short at 7"]);
}

#[test]
fn bands_of_no_width_have_no_outside() {
    play("BOLLINGER_SQUEEZE", SETTINGS, &[still(100); 50]).check(&[]);
}
