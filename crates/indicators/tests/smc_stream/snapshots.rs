//! After every candle, the stream's swings, pools and retracements equal those of a plain function of all
//! candles so far.

use domain::{Candle, Timeframe};
use indicators::smc::{EventKind, LevelKind, Scope, Side, Smc, SmcSettings, Tolerance};
use proptest::prelude::*;

use super::random;

/// A swing: row, side, price.
type Swing = (usize, Side, f64);

fn price(candle: &Candle, side: Side) -> f64 {
    match side {
        Side::High => candle.high,
        Side::Low => candle.low,
    }
}

/// Positive when `one` is further out than `other`.
fn beyond(side: Side, one: f64, other: f64) -> f64 {
    match side {
        Side::High => one - other,
        Side::Low => other - one,
    }
}

/// The alternating swings of a series: of each run of candidates the most extreme, the earliest of equals.
fn swings(candles: &[Candle], length: usize) -> Vec<Swing> {
    let mut swings: Vec<Swing> = Vec::new();
    for row in (2 * length - 1)..candles.len().saturating_sub(length) {
        let window = &candles[row + 1 - length..=row + length];
        let is_extreme = |side: &Side| {
            let level = price(&candles[row], *side);
            window.iter().all(|candle| beyond(*side, price(candle, *side), level) <= 0.0)
        };
        let Some(side) = Side::ALL.into_iter().find(is_extreme) else { continue };
        let level = price(&candles[row], side);
        match swings.last_mut() {
            Some(last) if last.1 == side => {
                if beyond(side, level, last.2) > 0.0 {
                    *last = (row, side, level);
                }
            }
            Some(_) | None => swings.push((row, side, level)),
        }
    }
    swings
}

/// First row, side, last row, members, sum, row of the sweep.
type PlainPool = (usize, Side, usize, u32, f64, Option<usize>);

/// The pools of a series: section for section what the library does, with a tolerance of its own.
fn pools(candles: &[Candle], swings: &[Swing], tolerance: f64) -> Vec<PlainPool> {
    let mut found = Vec::new();
    for side in Side::ALL {
        let of_side: Vec<_> = swings.iter().filter(|swing| swing.1 == side).collect();
        let mut used = vec![false; of_side.len()];
        for first in 0..of_side.len() {
            if std::mem::replace(&mut used[first], true) {
                continue;
            }
            let (row, _, level) = *of_side[first];
            let is_swept = |candle: &Candle| beyond(side, price(candle, side), level) >= tolerance;
            let swept =
                candles.iter().skip(row + 1).position(is_swept).map(|after| row + 1 + after);
            let (mut last, mut members, mut sum) = (row, 1, level);
            for other in first + 1..of_side.len() {
                let (place, _, price) = *of_side[other];
                if swept.is_some_and(|swept| place >= swept) {
                    break;
                }
                if !used[other] && (price - level).abs() <= tolerance {
                    used[other] = true;
                    (last, members, sum) = (place, members + 1, sum + price);
                }
            }
            if members > 1 {
                found.push((row, side, last, members, sum / f64::from(members), swept));
            }
        }
    }
    found.sort_by_key(|pool| (pool.1, pool.0));
    found
}

/// Current and deepest retracement at the last candle, row by row as the library computes them, unrounded.
fn retracement(candles: &[Candle], swings: &[Swing]) -> Option<(f64, f64)> {
    let (mut direction, mut top, mut bottom) = (None, None, None);
    let (mut current, mut deepest) = (0.0, 0.0);
    let mut swings = swings.iter().peekable();
    for (row, candle) in candles.iter().enumerate() {
        let before = direction;
        let kept = deepest;
        (current, deepest) = (0.0, 0.0);
        if let Some((_, side, level)) = swings.next_if(|swing| swing.0 == row) {
            direction = Some(*side);
            match side {
                Side::High => top = Some(*level),
                Side::Low => bottom = Some(*level),
            }
        }
        let (Some(top), Some(bottom)) = (top, bottom) else { continue };
        if before == Some(Side::High) {
            current = 1.0 - (candle.low - bottom) / (top - bottom);
            deepest = f64::max(if before == direction { kept } else { 0.0 }, current);
        }
        if direction == Some(Side::Low) {
            current = (candle.high - bottom) / (top - bottom);
            deepest = f64::max(if before == direction { kept } else { 0.0 }, current);
        }
    }
    let is_range = top.zip(bottom).is_some_and(|(top, bottom)| top > bottom);
    is_range.then_some((current, deepest))
}

/// Pools that the events so far leave, of one structure.
#[derive(Default)]
struct Told(Vec<(u64, PlainPool)>);

impl Told {
    fn take(&mut self, smc: &Smc, scope: Scope) {
        for event in smc.events() {
            let known = usize::try_from(event.known_row).unwrap();
            if let EventKind::LevelTaken(taken) = event.kind
                && let LevelKind::Pool { scope: of, id } = taken.level
                && of == scope
            {
                let place = self.place(id.number(), taken.side).unwrap();
                self.0[place].1.5 = Some(known);
            }
            let Some(pool) = event.kind.pool().filter(|pool| pool.scope == scope) else { continue };
            let [first, last] =
                [pool.first, pool.last].map(|place| usize::try_from(place.row).unwrap());
            let plain = (first, pool.side, last, pool.members, pool.level(), None);
            match (event.kind.name(), self.place(pool.id.number(), pool.side)) {
                ("pool_formed", None) => self.0.push((pool.id.number(), plain)),
                ("pool_extended" | "pool_revised", Some(place)) => {
                    self.0[place].1 = PlainPool::from((
                        plain.0,
                        plain.1,
                        plain.2,
                        plain.3,
                        plain.4,
                        self.0[place].1.5,
                    ));
                }
                ("pool_dissolved", Some(place)) => drop(self.0.remove(place)),
                (name, place) => panic!("{name} of a pool at {place:?}"),
            }
        }
    }

    fn place(&self, number: u64, side: Side) -> Option<usize> {
        self.0.iter().position(|(other, pool)| *other == number && pool.1 == side)
    }

    fn sorted(&self) -> Vec<PlainPool> {
        let mut pools: Vec<_> = self.0.iter().map(|(_, pool)| *pool).collect();
        pools.sort_by_key(|pool| (pool.1, pool.0));
        pools
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_stream_equals_a_plain_function_of_every_prefix(
        candles in random::candles(Timeframe::M15, 150),
        settings in random::settings(),
        halves in 0u8..14,
    ) {
        let tolerance = f64::from(halves) / 2.0;
        let settings = SmcSettings {
            tolerance: Tolerance::Absolute(tolerance),
            close_back: 0,
            levels_max: 10_000,
            ..settings
        };
        let mut smc = Smc::new(Timeframe::M15, settings.clone()).unwrap();
        let mut told = [Told::default(), Told::default()];
        let mut listed: [Vec<Swing>; 2] = [Vec::new(), Vec::new()];
        for (row, candle) in candles.iter().enumerate() {
            smc.push(candle);
            let so_far = &candles[..=row];
            let lengths = [settings.internal_length, settings.swing_length];
            for (place, (scope, length)) in Scope::ALL.into_iter().zip(lengths).enumerate() {
                let list = &mut listed[place];
                for event in smc.events() {
                    let EventKind::Swing(swing) = event.kind else { continue };
                    if swing.scope == scope {
                        if swing.replaces.is_some() {
                            list.pop();
                        }
                        list.push((usize::try_from(event.formed_row).unwrap(), swing.side, swing.level));
                    }
                }
                let plain = swings(so_far, length);
                prop_assert_eq!(&*list, &plain, "{} swings at {}", scope, row);
                told[place].take(&smc, scope);
                prop_assert_eq!(told[place].sorted(), pools(so_far, &plain, tolerance), "{} at {}", scope, row);
                let found = smc.retracement(scope).map(|it| (it.current, it.deepest));
                let plain = retracement(so_far, &plain);
                let is_near = match (found, plain) {
                    (Some(one), Some(other)) => {
                        (one.0 - other.0).abs() < 1e-9 && (one.1 - other.1).abs() < 1e-9
                    }
                    (one, other) => one == other,
                };
                prop_assert!(is_near, "{} at {}: {:?} {:?}", scope, row, found, plain);
            }
        }
    }
}
