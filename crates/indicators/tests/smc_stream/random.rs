//! Random candles on a coarse grid of prices, where equal highs and lows are common, and random settings.

use domain::{Candle, Timeframe, Timestamp};
use indicators::smc::{
    BlockBody, BlockRule, BreakBy, GapRule, Mitigation, RangeRule, SmcSettings, Tolerance,
};
use proptest::prelude::*;

/// Friday, 2024-03-08, two days before clocks change in New York.
const START: i64 = 1_709_856_000_000;

/// Up to `most` candles of a timeframe, some missing; prices are whole numbers.
pub(crate) fn candles(timeframe: Timeframe, most: usize) -> impl Strategy<Value = Vec<Candle>> {
    let step = (
        prop_oneof![30 => Just(1i64), 1 => 2i64..80],
        prop_oneof![6 => Just(0i32), 1 => -5i32..=5],
        -7i32..=7,
        0i32..4,
        0i32..4,
    );
    let millis = timeframe.fixed_millis().unwrap();
    proptest::collection::vec(step, 1..most).prop_map(move |steps| {
        let (mut time, mut price) = (START, 1000);
        let candle = |(candles, jump, body, above, below): (i64, i32, i32, i32, i32)| {
            time += candles * millis;
            let open = price + jump;
            let close = open + body;
            price = close;
            Candle {
                open_time: Timestamp::from_millis(time),
                open: f64::from(open),
                high: f64::from(open.max(close) + above),
                low: f64::from(open.min(close) - below),
                close: f64::from(close),
                volume: 1.0,
            }
        };
        steps.into_iter().map(candle).collect()
    })
}

/// Any settings, with short swings.
pub(crate) fn settings() -> impl Strategy<Value = SmcSettings> {
    let lengths = (1usize..4, 1usize..6);
    let rules = (
        prop_oneof![Just(BreakBy::Close), Just(BreakBy::Wick)],
        prop_oneof![Just(BlockRule::Extreme), Just(BlockRule::LastOpposite)],
        prop_oneof![Just(BlockBody::Range), Just(BlockBody::Body)],
        prop_oneof![Just(Mitigation::Wick), Just(Mitigation::Body)],
        prop_oneof![Just(GapRule::Single), Just(GapRule::Joined)],
        prop_oneof![Just(RangeRule::Swings), Just(RangeRule::Trailing)],
    );
    let tolerance = prop_oneof![
        (0u8..12).prop_map(|halves| Tolerance::Absolute(f64::from(halves) / 2.0)),
        (0u8..9).prop_map(|parts| Tolerance::Fraction(f64::from(parts) / 1000.0)),
        (1usize..20).prop_map(|length| Tolerance::Atr { ratio: 0.4, length }),
    ];
    let numbers = (0u32..4, 1usize..20, prop_oneof![Just(2usize), Just(5), Just(10_000)]);
    (lengths, rules, tolerance, numbers).prop_map(|(lengths, rules, tolerance, numbers)| {
        SmcSettings {
            internal_length: lengths.0,
            swing_length: lengths.0 + lengths.1,
            break_by: rules.0,
            block_rule: rules.1,
            block_body: rules.2,
            mitigation: rules.3,
            gap_rule: rules.4,
            range_rule: rules.5,
            tolerance,
            close_back: numbers.0,
            displacement_length: numbers.1,
            zones_max: numbers.2,
            levels_max: numbers.2.max(4),
            ended_zones: 3,
            ..SmcSettings::default()
        }
    })
}
