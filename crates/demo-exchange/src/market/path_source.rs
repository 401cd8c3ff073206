//! Outlines of minutes in a row from the listing on, with marks to resume from. Minutes asked for in order cost
//! one walk.

use domain::{PriceScale, Timestamp};
use market::synthetic::Path;

use super::SymbolSpec;
use super::hash::{Purpose, chance};
use super::trade::{MINUTE, Outline, VOLUME_MIN, aggregates_of};

/// Minutes between marks.
const STRIDE: i64 = 7 * 1440;

/// The made-up minutes of one symbol. Asking for a minute costs the walk from the mark before it, or from where the
/// last walk ended when that is nearer.
#[derive(Clone, Debug)]
pub(crate) struct PathSource {
    spec: SymbolSpec,
    scale: PriceScale,
    /// The walk at the start of every week since the listing, as far as it has been made.
    marks: Vec<Walk>,
    /// Where the last walk ended.
    last: Box<Walk>,
}

#[derive(Clone, Debug)]
struct Walk {
    path: Path,
    minute: i64,
    last_close: i64,
    next_aggregate: i64,
}

impl PathSource {
    pub(crate) fn new(spec: SymbolSpec) -> Self {
        let scale = PriceScale::new(spec.price_decimals.min(8));
        let path = Path::new(&spec.path());
        let first = scale.units(spec.first_price);
        let start =
            Walk { path, minute: first_minute(&spec), last_close: first, next_aggregate: 0 };
        Self { spec, scale, marks: vec![start.clone()], last: Box::new(start) }
    }

    /// Minute of the listing.
    pub(crate) fn first_minute(&self) -> i64 {
        self.marks[0].minute
    }

    /// The outlines of `from..until` (minutes since the epoch) that are not before the listing.
    pub(crate) fn outlines(&mut self, from: i64, until: i64) -> Vec<Outline> {
        let from = from.max(self.first_minute());
        if from >= until {
            return Vec::new();
        }
        let mut walk = self.nearest(from);
        let mut outlines = Vec::with_capacity(usize::try_from(until - from).unwrap_or(0));
        while walk.minute < until {
            self.mark(&walk);
            let outline = self.step(&mut walk);
            if outline.minute >= from {
                outlines.push(outline);
            }
        }
        *self.last = walk;
        outlines
    }

    /// The latest walk known that is not after `minute`.
    fn nearest(&self, minute: i64) -> Walk {
        let wanted = usize::try_from((minute - self.first_minute()) / STRIDE).unwrap_or(0);
        let mark = &self.marks[wanted.min(self.marks.len() - 1)];
        let nearer = self.last.minute > mark.minute && self.last.minute <= minute;
        if nearer { (*self.last).clone() } else { mark.clone() }
    }

    /// Keeps a walk that stands where the next mark belongs.
    fn mark(&mut self, walk: &Walk) {
        let next = i64::try_from(self.marks.len()).unwrap_or(i64::MAX).saturating_mul(STRIDE);
        if walk.minute - self.first_minute() == next {
            self.marks.push(walk.clone());
        }
    }

    fn step(&self, walk: &mut Walk) -> Outline {
        let minute = walk.minute;
        let candle = walk.path.next_minute(Timestamp::from_millis(minute * MINUTE));
        let volume = self.volume(minute, candle.volume);
        let units = |price| self.scale.units(price);
        let [open, high, low, close] = if volume == 0 {
            [walk.last_close; 4]
        } else {
            [units(candle.open), units(candle.high), units(candle.low), units(candle.close)]
        };
        let aggregates = aggregates_of(self.spec.seed, minute, volume);
        let first_aggregate = walk.next_aggregate;
        walk.minute += 1;
        walk.last_close = close;
        walk.next_aggregate += aggregates;
        Outline { minute, open, high, low, close, volume, first_aggregate, aggregates }
    }

    /// Lots; at least what a list of trades needs, or nothing in a quiet minute.
    fn volume(&self, minute: i64, base: f64) -> i64 {
        if self.is_quiet(minute) {
            return 0;
        }
        PriceScale::new(self.spec.quantity_decimals).units(base).max(VOLUME_MIN)
    }

    fn is_quiet(&self, minute: i64) -> bool {
        let percent = u64::from(self.spec.quiet_percent);
        percent > 0 && chance(self.spec.seed, Purpose::Quiet, minute) % 100 < percent
    }
}

fn first_minute(spec: &SymbolSpec) -> i64 {
    spec.listed.millis().div_euclid(MINUTE) + i64::from(spec.listed.millis().rem_euclid(MINUTE) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::well_known_symbols;

    #[test]
    fn minutes_are_the_same_in_whatever_order_they_are_asked_for() {
        let spec = well_known_symbols().swap_remove(0);
        let first = first_minute(&spec);
        let whole = PathSource::new(spec.clone()).outlines(first, first + 3 * STRIDE + 100);
        let mut asked = PathSource::new(spec);
        let ranges = [
            (2 * STRIDE + 5, 2 * STRIDE + 50),
            (10, STRIDE),
            (STRIDE, 2 * STRIDE),
            (0, 20),
            (3 * STRIDE - 3, 3 * STRIDE),
            (3 * STRIDE, 3 * STRIDE + 90),
            (3 * STRIDE + 30, 3 * STRIDE + 100),
            (STRIDE - 1, STRIDE + 1),
        ];
        for (from, until) in ranges {
            let expected = &whole[usize::try_from(from).unwrap()..usize::try_from(until).unwrap()];
            assert_eq!(asked.outlines(first + from, first + until), expected, "{from}..{until}");
        }
        assert_eq!(asked.marks.len(), 4);
        for (mark, count) in asked.marks.iter().zip(0..) {
            assert_eq!(mark.minute, first + count * STRIDE);
        }
    }
}
