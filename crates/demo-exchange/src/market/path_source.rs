//! Outlines of minutes in a row from the listing on, with marks to resume from.

use domain::{PriceScale, Timestamp};

use super::SymbolSpec;
use super::hash::{Purpose, chance};
use super::synthetic::Path;
use super::trade::{MINUTE, Outline, VOLUME_MIN, aggregates_of};

/// Minutes between marks.
const STRIDE: i64 = 7 * 1440;

/// The made-up minutes of one symbol. Asking for a minute costs the walk from the mark before it.
#[derive(Clone, Debug)]
pub(crate) struct PathSource {
    spec: SymbolSpec,
    scale: PriceScale,
    /// The walk at the start of every week since the listing, as far as it has been made.
    marks: Vec<Walk>,
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
        let path = Path::new(&spec, scale);
        let first = scale.units(spec.first_price);
        let start =
            Walk { path, minute: first_minute(&spec), last_close: first, next_aggregate: 0 };
        Self { spec, scale, marks: vec![start] }
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
        let mut walk = self.resume(from);
        while walk.minute < from {
            self.step(&mut walk);
        }
        (from..until).map(|_| self.step(&mut walk)).collect()
    }

    /// The walk at the last mark not after `minute`, making marks on the way.
    fn resume(&mut self, minute: i64) -> Walk {
        let wanted = usize::try_from((minute - self.first_minute()) / STRIDE).unwrap_or(0);
        while self.marks.len() <= wanted {
            let mut walk = self.marks[self.marks.len() - 1].clone();
            for _ in 0..STRIDE {
                self.step(&mut walk);
            }
            self.marks.push(walk);
        }
        self.marks[wanted].clone()
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
        let quiet = chance(self.spec.seed, Purpose::Quiet, minute) % 100;
        if quiet < u64::from(self.spec.quiet_percent) {
            return 0;
        }
        PriceScale::new(self.spec.quantity_decimals).units(base).max(VOLUME_MIN)
    }
}

fn first_minute(spec: &SymbolSpec) -> i64 {
    spec.listed.millis().div_euclid(MINUTE) + i64::from(spec.listed.millis().rem_euclid(MINUTE) > 0)
}
