//! The life of each zone against a plain walk over all candles after it.

use domain::{Candle, Timeframe};
use indicators::smc::{Direction, GapRule, Mitigation, SmcSettings, Zone, ZoneKind};
use proptest::prelude::*;

use super::{random, run};

/// What happens to a zone after it was known (or final), by row: names as those of events.
fn life(
    zone: &Zone,
    first: usize,
    mitigation: Mitigation,
    candles: &[Candle],
) -> Vec<(usize, &'static str)> {
    let (top, bottom, half) = (zone.top, zone.bottom, zone.half());
    let is_bullish = zone.direction == Direction::Bullish;
    let is_block = zone.kind == ZoneKind::OrderBlock;
    let mut told = Vec::new();
    let (mut away, mut halved, mut filled, mut flipped) = (true, false, false, false);
    for (row, candle) in candles.iter().enumerate().skip(first) {
        let Candle { open, high, low, close, .. } = *candle;
        let is_at = if is_bullish != flipped { low <= top } else { high >= bottom };
        if !is_at {
            away = true;
            continue;
        }
        if std::mem::take(&mut away) {
            told.push((row, if flipped { "zone_retested" } else { "zone_touched" }));
        }
        if flipped {
            let price = match (is_block, is_bullish) {
                (true, true) => high,
                (true, false) => low,
                (false, _) => close,
            };
            if if is_bullish { price > top } else { price < bottom } {
                told.push((row, "zone_invalidated"));
                break;
            }
            continue;
        }
        if !halved && if is_bullish { low <= half } else { high >= half } {
            halved = true;
            told.push((row, "zone_halved"));
        }
        let through = |price: f64| if is_bullish { price < bottom } else { price > top };
        let wick = if is_bullish { low } else { high };
        let body = if is_bullish { open.min(close) } else { open.max(close) };
        if !is_block && !filled && through(wick) {
            filled = true;
            told.push((row, "zone_filled"));
        }
        flipped = match (is_block, mitigation) {
            (true, Mitigation::Wick) => through(wick),
            (true, Mitigation::Body) => through(body),
            (false, _) => through(close),
        };
        if flipped {
            told.push((row, if is_block { "zone_mitigated" } else { "zone_inverted" }));
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lives_equal_a_plain_walk(
        candles in random::candles(Timeframe::M15, 400),
        settings in random::settings(),
    ) {
        let settings = SmcSettings { zones_max: 10_000, ..settings };
        let events = run(Timeframe::M15, &settings, &candles);
        let zones = events.iter().filter(|event| {
            let is_final = event.kind.zone().is_some_and(|zone| zone.is_final);
            is_final && matches!(event.kind.name(), "zone_formed" | "zone_confirmed")
        });
        for event in zones {
            let zone = *event.kind.zone().unwrap();
            let known = usize::try_from(event.known_row).unwrap();
            let is_confirmed = event.kind.name() == "zone_confirmed";
            let first = if is_confirmed { known } else { known + 1 };
            let expected = life(&zone, first, settings.mitigation, &candles);
            let found: Vec<_> = events
                .iter()
                .filter(|event| event.kind.zone().is_some_and(|other| other.id == zone.id))
                .map(|event| (usize::try_from(event.known_row).unwrap(), event.kind.name()))
                .filter(|(_, name)| {
                    !matches!(*name, "zone_formed" | "zone_extended" | "zone_confirmed")
                })
                .collect();
            prop_assert_eq!(found, expected, "{:?}", zone);
        }
    }

    #[test]
    fn the_deepest_price_is_that_of_the_candles_at_the_zone(
        candles in random::candles(Timeframe::M15, 300),
        settings in random::settings(),
    ) {
        let gap_rule = GapRule::Single;
        let settings = SmcSettings { zones_max: 10_000, gap_rule, ..settings };
        let events = run(Timeframe::M15, &settings, &candles);
        for event in &events {
            let Some(zone) = event.kind.zone().filter(|zone| zone.flipped_at.is_none()) else { continue };
            let known = usize::try_from(event.known_row).unwrap();
            let formed = usize::try_from(zone.known.row).unwrap();
            let deepest = match zone.direction {
                Direction::Bullish => candles[formed + 1..=known]
                    .iter()
                    .map(|candle| candle.low)
                    .filter(|low| *low <= zone.top)
                    .reduce(f64::min),
                Direction::Bearish => candles[formed + 1..=known]
                    .iter()
                    .map(|candle| candle.high)
                    .filter(|high| *high >= zone.bottom)
                    .reduce(f64::max),
            };
            prop_assert_eq!(zone.deepest_price, deepest, "{:?}", event);
        }
    }
}
