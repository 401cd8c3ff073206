//! Breaks, their order blocks and the trailing range against plain scans between the swings that were told.

use domain::{Candle, Timeframe};
use indicators::smc::{
    BlockBody, BlockRule, BreakBy, BreakKind, Direction, Event, EventKind, RangeRule, Scope, Side,
    Smc, SmcSettings, SwingEvent, ZoneKind,
};
use proptest::prelude::*;

use super::random;

/// A last swing: its row, its price, whether it was broken.
type Last = Option<(usize, f64, bool)>;

/// One structure as a plain reader of its swings keeps it.
#[derive(Default)]
struct Plain {
    high: Last,
    low: Last,
    trend: Option<Direction>,
}

/// Direction, kind, row of the swing, edges and row of the order block.
type PlainBreak = (Direction, BreakKind, usize, Option<(f64, f64, usize)>);

impl Plain {
    fn take(&mut self, row: usize, swing: &SwingEvent) {
        let last = Some((row, swing.level, false));
        match swing.side {
            Side::High => self.high = last,
            Side::Low => self.low = last,
        }
    }

    fn breaks(&mut self, settings: &SmcSettings, candles: &[Candle]) -> Vec<PlainBreak> {
        let mut found = Vec::new();
        let newest = candles.last().unwrap();
        for direction in Direction::ALL {
            let is_up = direction == Direction::Bullish;
            let last = if is_up { &mut self.high } else { &mut self.low };
            let Some((row, level, is_broken)) = last.as_mut() else { continue };
            let price = match (settings.break_by, is_up) {
                (BreakBy::Close, _) => newest.close,
                (BreakBy::Wick, true) => newest.high,
                (BreakBy::Wick, false) => newest.low,
            };
            if *is_broken || if is_up { price <= *level } else { price >= *level } {
                continue;
            }
            *is_broken = true;
            let row = *row;
            let is_against = self.trend == Some(direction.opposite());
            self.trend = Some(direction);
            let kind = if is_against { BreakKind::Choch } else { BreakKind::Bos };
            found.push((direction, kind, row, block(settings, candles, row, is_up)));
        }
        found
    }
}

fn block(
    settings: &SmcSettings,
    candles: &[Candle],
    swing: usize,
    is_up: bool,
) -> Option<(f64, f64, usize)> {
    let newest = candles.len() - 1;
    let row = match settings.block_rule {
        BlockRule::Extreme => (swing + 1..newest).max_by(|one, other| {
            let [one, other] = [&candles[*one], &candles[*other]];
            if is_up { other.low.total_cmp(&one.low) } else { one.high.total_cmp(&other.high) }
        }),
        BlockRule::LastOpposite => (swing..newest).rev().find(|row| {
            let Candle { open, close, .. } = candles[*row];
            if is_up { close < open } else { close > open }
        }),
    }?;
    let Candle { open, high, low, close, .. } = candles[row];
    Some(match settings.block_body {
        BlockBody::Range => (low, high, row),
        BlockBody::Body => (open.min(close), open.max(close), row),
    })
}

/// The breaks of a structure among the events of one candle, each with the order block told after it.
fn told(events: &[Event], scope: Scope) -> Vec<PlainBreak> {
    let row = |row: u64| usize::try_from(row).unwrap();
    let mut found: Vec<PlainBreak> = Vec::new();
    for event in events {
        if let EventKind::Break(it) = event.kind
            && it.scope == scope
        {
            found.push((it.direction, it.kind, row(it.swing.row), None));
        }
        let Some(zone) = event.kind.zone() else { continue };
        let is_new = event.kind.name() == "zone_formed" && zone.kind == ZoneKind::OrderBlock;
        if is_new && zone.scope == Some(scope) {
            found.last_mut().unwrap().3 = Some((zone.bottom, zone.top, row(zone.formed.row)));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn breaks_and_blocks_equal_a_plain_scan(
        candles in random::candles(Timeframe::M15, 300),
        settings in random::settings(),
    ) {
        let mut smc = Smc::new(Timeframe::M15, settings.clone()).unwrap();
        let mut plain = [Plain::default(), Plain::default()];
        for (row, candle) in candles.iter().enumerate() {
            smc.push(candle);
            for (scope, plain) in Scope::ALL.into_iter().zip(&mut plain) {
                for event in smc.events() {
                    if let EventKind::Swing(swing) = event.kind
                        && swing.scope == scope
                    {
                        plain.take(usize::try_from(event.formed_row).unwrap(), &swing);
                    }
                }
                let expected = plain.breaks(&settings, &candles[..=row]);
                prop_assert_eq!(told(smc.events(), scope), expected, "{} at {}", scope, row);
                prop_assert_eq!(smc.structure(scope).trend(), plain.trend);
            }
        }
    }

    #[test]
    fn the_trailing_range_reaches_as_far_as_the_candles_since_its_swings(
        candles in random::candles(Timeframe::M15, 300),
        settings in random::settings(),
    ) {
        let settings = SmcSettings { range_rule: RangeRule::Trailing, ..settings };
        let mut smc = Smc::new(Timeframe::M15, settings).unwrap();
        for (row, candle) in candles.iter().enumerate() {
            smc.push(candle);
            for scope in Scope::ALL {
                let since = |side| {
                    let swing = smc.structure(scope).swing(side)?;
                    Some(&candles[usize::try_from(swing.place.row).unwrap()..=row])
                };
                let high = since(Side::High).map(|it| it.iter().map(|it| it.high).fold(f64::MIN, f64::max));
                let low = since(Side::Low).map(|it| it.iter().map(|it| it.low).fold(f64::MAX, f64::min));
                let expected = low.zip(high).filter(|(low, high)| high > low);
                let found = smc.dealing_range(scope).map(|range| (range.low, range.high));
                prop_assert_eq!(found, expected, "{} at {}", scope, row);
            }
        }
    }
}
