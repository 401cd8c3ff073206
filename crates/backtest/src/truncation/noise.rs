//! A future that never was: candles after a cut replaced by a seeded random walk.
//!
//! Open times, price scale and the candles up to the cut stay as they are. Sizes of moves and volumes
//! are those of the candles before the cut; no price exceeds the highest of the series, so that the
//! scale cannot tell that anything was replaced.

use std::sync::Arc;

use domain::{Candle, Decimal, PriceScale, Rate, Seeded, Timestamp};
use market::{Columns, ExtraColumns, Series};

use super::cuts::closed_by;
use super::past::replaced;
use crate::{RunData, Settlement};

/// Candles from which the walk learns how far prices move.
const LEARNED_FROM: usize = 100;
/// Largest funding rate of the noise, in units of 1e-5.
const FUNDING_MAX: i64 = 75;
/// The smallest price a candle may carry.
const PRICE_MIN: f64 = 1e-12;

/// The data with everything after `time` replaced.
pub(super) fn noisy_after(data: &RunData, time: Timestamp, seed: u64) -> RunData {
    let mut random = Seeded::new(seed);
    let mut noisy = replaced(data, &mut |series| {
        Arc::new(noisy_series(series, closed_by(series, time), &mut random))
    });
    for instrument in &mut noisy.instruments {
        let settlements = instrument.funding.iter().map(|settlement| {
            if settlement.time <= time {
                *settlement
            } else {
                noisy_settlement(&mut random, settlement.time)
            }
        });
        instrument.funding = settlements.collect();
    }
    noisy
}

/// The series with noise after its first `kept` candles.
fn noisy_series(series: &Series, kept: usize, random: &mut Seeded) -> Series {
    let mut columns = Columns::with_capacity(series.len());
    for row in 0..kept {
        columns.push(&series.candle(row));
    }
    let mut walk = Walk::after(series, kept);
    for open_time in &series.open_times()[kept..] {
        let learned = kept - kept.saturating_sub(LEARNED_FROM);
        let volume = match learned {
            0 => 0.0,
            _ => series.volume()[kept - 1 - below(random, learned)],
        };
        let time = Timestamp::from_millis(*open_time);
        columns.push(&walk.next(time, volume, random));
    }
    columns.extra = extra(series.extra(), kept);
    Series::new(series.key().clone(), series.scale(), columns)
        .expect("the walk stays within the rules of candles")
}

/// The optional columns, without a value where the candles are noise.
fn extra(from: &ExtraColumns, kept: usize) -> ExtraColumns {
    let column = |values: &[f64]| {
        let known = |(row, value): (usize, &f64)| if row < kept { *value } else { f64::NAN };
        values.iter().enumerate().map(known).collect()
    };
    ExtraColumns {
        quote_volume: column(&from.quote_volume),
        trades: column(&from.trades),
        taker_buy_volume: column(&from.taker_buy_volume),
        taker_buy_quote_volume: column(&from.taker_buy_quote_volume),
    }
}

/// A random walk in whole units of the last decimal.
struct Walk {
    factor: f64,
    floor: i64,
    ceiling: i64,
    step: i64,
    price: i64,
}

impl Walk {
    /// A walk that goes on where the first `kept` candles end.
    fn after(series: &Series, kept: usize) -> Self {
        let scale = series.scale();
        let factor = 10f64.powi(i32::from(scale.decimals()));
        let highest = series.high().iter().copied().fold(PRICE_MIN, f64::max);
        let price = match kept.checked_sub(1) {
            Some(last) => scale.units(series.close()[last]),
            None => series.open().first().map_or(1, |open| scale.units(*open)),
        };
        let floor = scale.units(PRICE_MIN).max(1);
        let mut walk = Self { factor, floor, ceiling: scale.units(highest), step: 1, price };
        if walk.price_of(walk.ceiling) > highest {
            walk.ceiling -= 1;
        }
        walk.ceiling = walk.ceiling.max(floor);
        walk.step = typical_range(series, kept, scale).unwrap_or(price / 1000).max(1);
        walk
    }

    fn next(&mut self, open_time: Timestamp, volume: f64, random: &mut Seeded) -> Candle {
        let bounded = |units: i64| units.clamp(self.floor, self.ceiling);
        let open = bounded(self.price);
        let close = bounded(open + between(random, -self.step, self.step));
        let high = bounded(open.max(close) + between(random, 0, self.step / 2));
        let low = bounded(open.min(close) - between(random, 0, self.step / 2));
        self.price = close;
        let [open, high, low, close] = [open, high, low, close].map(|units| self.price_of(units));
        Candle { open_time, open, high, low, close, volume }
    }

    /// The number next to the decimal: whole units and their divisor are exact below 1e15.
    #[expect(clippy::cast_precision_loss, reason = "units of a series stay below 1e15")]
    fn price_of(&self, units: i64) -> f64 {
        units as f64 / self.factor
    }
}

/// Mean distance from high to low of the last candles that are kept, in units.
fn typical_range(series: &Series, kept: usize, scale: PriceScale) -> Option<i64> {
    let rows = kept.saturating_sub(LEARNED_FROM)..kept;
    let count = i64::try_from(rows.len()).ok().filter(|count| *count > 0)?;
    let ranges = rows.map(|row| scale.units(series.high()[row]) - scale.units(series.low()[row]));
    Some(ranges.sum::<i64>() / count)
}

/// A number from 0 to `count - 1`.
fn below(random: &mut Seeded, count: usize) -> usize {
    usize::try_from(random.draw() % count.max(1) as u64).unwrap_or_default()
}

/// A number from `least` to `most`, both included.
fn between(random: &mut Seeded, least: i64, most: i64) -> i64 {
    let choices = u64::try_from(most - least).unwrap_or_default() + 1;
    least + i64::try_from(random.draw() % choices).unwrap_or_default()
}

fn noisy_settlement(random: &mut Seeded, time: Timestamp) -> Settlement {
    let rate = Decimal::new(between(random, -FUNDING_MAX, FUNDING_MAX), 5);
    let rate = Rate::new(rate).expect("a small fraction is a rate");
    Settlement { time, rate, mark: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{MarketKind, Timeframe};
    use market::SeriesKey;
    use proptest::prelude::*;

    fn series(closes: &[i64], decimals: u8) -> Series {
        let scale = PriceScale::new(decimals);
        let factor = 10f64.powi(i32::from(scale.decimals()));
        let mut columns = Columns::default();
        for (minute, units) in (0i64..).zip(closes) {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let price = *units as f64 / factor;
            columns.push(&Candle {
                open_time: Timestamp::from_millis(minute * 60_000),
                open: price,
                high: price,
                low: price,
                close: price,
                volume: 1.0,
            });
            columns.extra.trades.push(3.0);
        }
        let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1);
        Series::new(key, scale, columns).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_past_and_the_frame_of_the_future_stay(
            closes in proptest::collection::vec(1i64..2_000_000, 1..40),
            decimals in 0u8..13,
            kept in 0usize..40,
            seed in any::<u64>(),
        ) {
            let original = series(&closes, decimals);
            let kept = kept.min(original.len());
            let noisy = noisy_series(&original, kept, &mut Seeded::new(seed));
            prop_assert_eq!(noisy.open_times(), original.open_times());
            prop_assert_eq!(noisy.scale(), original.scale());
            prop_assert!((0..kept).all(|row| noisy.candle(row) == original.candle(row)));
            prop_assert_eq!(&noisy.extra().trades[..kept], &original.extra().trades[..kept]);
            prop_assert!(noisy.extra().trades[kept..].iter().all(|value| value.is_nan()));
            let scale = noisy.scale();
            prop_assert!(noisy.low().iter().all(|low| scale.units(*low) > 0));
        }
    }

    #[test]
    fn other_seeds_give_another_future() {
        let closes: Vec<i64> = (0..60).map(|row| 10_000 + row % 7 * 100).collect();
        let original = series(&closes, 2);
        let future =
            |seed| noisy_series(&original, 30, &mut Seeded::new(seed)).close()[30..].to_vec();
        assert_eq!(future(1), future(1));
        assert_ne!(future(1), future(2));
        assert_ne!(future(1), original.close()[30..]);
    }
}
