//! No reading is ever rewritten: whatever comes after a candle, what was told up to it stays word for word.
//!
//! For every prefix of the vectors' candles the engine starts anew, sees the prefix and then noise in the place of
//! the future; its log up to the prefix's end must be the beginning of the log over the true candles.

use domain::{Candle, Seeded, Timeframe};
use indicators::smc::{Event, Smc, SmcSettings};

use super::parity::{say, sources};
use super::vectors::Folder;

/// Prefixes up to this length are all tried.
const ALL_UP_TO: usize = 6_000;
/// Of longer ones each so many.
const STRIDE: usize = 499;
/// Candles of noise after a prefix: more than swings and gaps wait for.
const NOISE: usize = 130;

#[test]
fn what_was_told_stays_whatever_the_future_is() {
    for source in sources() {
        for folder in &source.folders {
            check(folder);
        }
    }
}

fn check(folder: &Folder) {
    let candles = &folder.candles;
    let (log, ends) = told(candles.iter().copied());
    let mut random = Seeded::new(1);
    let (mut prefixes, mut readings) = (0, 0);
    for length in 1..=candles.len() {
        if length > ALL_UP_TO && length % STRIDE != 0 {
            continue;
        }
        let (prefix, end) = (&candles[..length], ends[length - 1]);
        let (other, other_ends) = told(prefix.iter().copied().chain(noise(prefix, &mut random)));
        assert_eq!(other_ends[length - 1], end, "{}, {length} candles", folder.name);
        let rewritten = log[..end].iter().zip(&other[..end]).filter(|(one, other)| one != other);
        assert_eq!(rewritten.count(), 0, "{}, {length} candles", folder.name);
        prefixes += 1;
        readings += end;
    }
    let name = &folder.name;
    say(&format!(
        "{name}: {readings} readings of {prefixes} prefixes, each with another future; rewritten 0"
    ));
}

/// Everything told over candles, and how much of it after each.
fn told(candles: impl Iterator<Item = Candle>) -> (Vec<Event>, Vec<usize>) {
    let mut engine = Smc::new(Timeframe::M1, SmcSettings::default()).expect("valid defaults");
    let (mut log, mut ends) = (Vec::new(), Vec::new());
    for candle in candles {
        engine.push(&candle);
        log.extend_from_slice(engine.events());
        ends.push(log.len());
    }
    (log, ends)
}

/// A future that has nothing to do with the past but its last price.
fn noise(prefix: &[Candle], random: &mut Seeded) -> Vec<Candle> {
    let mut last = *prefix.last().expect("a prefix of some length");
    let step = last.close / 500.0;
    let mut wish = |most: i64| random.up_to(most) as f64;
    (0..NOISE)
        .map(|_| {
            let close = (last.close + step * (wish(20) - 10.0)).max(step);
            let high = last.close.max(close) + step * wish(3);
            let low = (last.close.min(close) - step * wish(3)).max(step / 2.0);
            let open_time = last.open_time.plus_millis(60_000);
            last = Candle { open_time, open: last.close, high, low, close, volume: wish(9) };
            last
        })
        .collect()
}
