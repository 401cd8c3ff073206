//! `EMA_TREND`: trend of five-minute candles, crosses of one-minute candles.

use domain::{Role, Timeframe};

use super::{Play, levels, mirrored, play, still};
use crate::scripts::{fives, whole};
use crate::support::series;

const SETTINGS: &[(&str, &str)] =
    &[("htf_ema", "2"), ("ltf_ema", "2"), ("atr", "1"), ("stop_atr", "2"), ("reward", "1.5")];

/// Fifteen minutes at 100, 106 and 109, so that the third candle of five minutes makes a trend: its average is 107
/// after 103. Then a dip below the one-minute average and a cross above it, with a true range of 3.
fn pullback() -> Vec<[i64; 4]> {
    let mut candles: Vec<[i64; 4]> =
        [100, 106, 109].into_iter().flat_map(|at| [still(at); 5]).collect();
    candles.extend([[109, 109, 106, 106], [106, 108, 105, 108]]);
    candles
}

/// The candles of five minutes follow from those of one.
fn ema_trend(parameters: &[(&str, &str)], candles: &[[i64; 4]]) -> Play {
    let fold = |part: &[[i64; 4]]| {
        let (high, low) = (part.iter().map(|it| it[1]).max(), part.iter().map(|it| it[2]).min());
        [part[0][0], high.unwrap(), low.unwrap(), part[4][3]]
    };
    let higher: Vec<[i64; 4]> = candles.chunks_exact(5).map(fold).collect();
    play("EMA_TREND", parameters, candles).and(Role::Htf, fives(&whole(&higher)))
}

#[test]
fn a_cross_in_the_trend_is_taken_with_stop_and_target() {
    let mut candles = pullback();
    candles.extend([[108, 118, 107, 117], still(117), still(117)]);
    let result = ema_trend(SETTINGS, &candles)
        .check(&["long 16.66666666: 108 at 17 to 117 at 17, Take Profit, 149.99999994"]);
    let trade = &result.trades[0];
    assert_eq!(levels(trade), ("102".to_owned(), "117".to_owned()));
    assert_eq!(trade.metadata.kind, "pullback_cross");
    assert_eq!(trade.metadata.readings[0], ("ema_htf".into(), 107.0));
    ema_trend(SETTINGS, &mirrored(&candles, 100))
        .check(&["short 16.66666666: 92 at 17 to 83 at 17, Take Profit, 149.99999994"]);
}

#[test]
fn a_stop_is_hit_inside_the_candle() {
    let mut candles = pullback();
    candles.extend([[108, 109, 101, 108], still(108), still(108)]);
    ema_trend(SETTINGS, &candles)
        .check(&["long 16.66666666: 108 at 17 to 102 at 17, Stop Loss, -99.99999996"]);
}

#[test]
fn a_turned_trend_ends_the_trade() {
    // The candle of minutes 15 to 19 closes at 100 below an average that has fallen from 107 to 102.3.
    let mut candles = pullback();
    candles.extend([[108, 108, 100, 100], still(100), still(100), still(99), still(99)]);
    let settings = [&SETTINGS[..3], &[("stop_atr", "20"), ("reward", "0")]].concat();
    let result = ema_trend(&settings, &candles)
        .check(&["long 1.66666666: 108 at 17 to 99 at 20, Signal, -14.99999994"]);
    assert_eq!(levels(&result.trades[0]), ("48".to_owned(), "none".to_owned()));
}

#[test]
fn a_cross_before_the_trend_is_known_is_passed_over() {
    // The same pull-back five minutes earlier: two candles of five minutes have closed, which make one average.
    let mut candles: Vec<[i64; 4]> = [100, 106].into_iter().flat_map(|at| [still(at); 5]).collect();
    candles.extend([[106, 106, 103, 103], [103, 105, 102, 105], still(105), still(105)]);
    ema_trend(SETTINGS, &candles).check(&[]);
}

#[test]
fn a_trend_that_is_made_in_a_gap_is_known_after_it() {
    // The minute at whose close the third candle of five minutes closes is missing.
    let mut candles = pullback();
    candles.extend([[108, 118, 107, 117], still(117), still(117)]);
    let mut given = ema_trend(SETTINGS, &candles);
    let rows = (0i64..).map(|minute| minute * 60_000).zip(whole(&candles));
    let gapped = series(Timeframe::M1, rows.filter(|(time, _)| *time != 14 * 60_000));
    given.data.timeframes[0][0].1 = gapped.into();
    given.check(&["long 16.66666666: 108 at 17 to 117 at 17, Take Profit, 149.99999994"]);
}

#[test]
fn a_cross_against_the_trend_is_passed_over() {
    let mut candles = pullback();
    candles.truncate(16); // The dip itself is a cross below.
    candles.extend([still(105), still(104)]);
    ema_trend(SETTINGS, &candles).check(&[]);
}

#[test]
fn the_higher_timeframe_is_required() {
    let given = play("EMA_TREND", SETTINGS, &pullback());
    let error = crate::support::try_run(
        &given.spec,
        vec![(Role::Ltf, super::minutes(&whole(&pullback())))],
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "strategy EMA_TREND needs a timeframe with the role HTF"
    );
}
