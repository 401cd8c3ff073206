//! Liquidity pools: swings of one side that are equal within a tolerance.
//!
//! The first swing is the anchor and fixes the tolerance when it is confirmed; a later swing within it joins the
//! earliest anchor that it fits. A pool ends when the price reaches the anchor's level plus the tolerance: a
//! wick inside the tolerance is one more equal high. It is taken as a sweep if the candle closes back at or
//! inside the most extreme member, as a run if it closes beyond.
//!
//! Swings are those of the structure, the last of them provisional: when it is replaced, its part in a pool is
//! taken over or given up, and told. Anchors that were not reached lie apart, each below the ones before (as
//! the side sees them), so that a binary search finds the first that fits.

use super::direction::{Place, Scope, Side};
use super::event::{EventKind, SwingEvent};
use super::levels::{LevelKind, Takings};
use super::moment::Moment;

/// The number of a pool: ascending in the order of anchors of one structure and side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolId(u64);

impl PoolId {
    /// The number, from 0; swings that found no pool use numbers up as well.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// Equal swings as they stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// Its number, unique among those of its structure and side.
    pub id: PoolId,
    /// Of which structure.
    pub scope: Scope,
    /// Equal highs or equal lows.
    pub side: Side,
    /// The candle of the first swing.
    pub first: Place,
    /// The candle of the last member.
    pub last: Place,
    /// The price of the first swing.
    pub anchor: f64,
    /// How far members may lie from the anchor, and how far beyond it the pool ends; a difference of prices.
    pub tolerance: f64,
    /// The most extreme price of all members.
    pub extreme: f64,
    /// How many swings it has.
    pub members: u32,
    sum: f64,
}

impl Pool {
    /// The mean price of its members.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.sum / f64::from(self.members)
    }

    fn join(&mut self, place: Place, level: f64) {
        let direction = self.side.direction();
        self.last = place;
        self.members += 1;
        self.sum += level;
        if direction.seen(level) > direction.seen(self.extreme) {
            self.extreme = level;
        }
    }
}

/// An anchor that the price has not reached, alone or with members.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    pool: Pool,
    /// The price nearer than which nothing fits, as the side sees it.
    lower: f64,
    /// The price that ends it, as the side sees it.
    upper: f64,
    /// The least upper price of this and all earlier anchors.
    least: f64,
}

/// What the last, provisional swing has done.
#[derive(Clone, Copy, Debug)]
enum Provisional {
    Nothing,
    /// It became an anchor.
    Anchored(PoolId),
    /// It joined a pool, which was so before.
    Joined(Pool),
}

/// The pools of one structure and side.
#[derive(Clone, Debug)]
pub(super) struct Pools {
    scope: Scope,
    side: Side,
    max: usize,
    next: u64,
    anchors: Vec<Anchor>,
    provisional: Provisional,
}

impl Pools {
    pub(super) const fn new(scope: Scope, side: Side, max: usize) -> Self {
        Self { scope, side, max, next: 0, anchors: Vec::new(), provisional: Provisional::Nothing }
    }

    /// Living pools, the latest first.
    pub(super) fn living(&self) -> impl Iterator<Item = &Pool> {
        self.anchors.iter().rev().map(|anchor| &anchor.pool).filter(|pool| pool.members > 1)
    }

    /// The price that ends the first of them, as the side sees it.
    #[inline]
    pub(super) fn nearest(&self) -> f64 {
        self.anchors.last().map_or(f64::INFINITY, |last| last.least)
    }

    /// Ends what the newest candle has reached.
    #[inline]
    pub(super) fn push(&mut self, moment: &mut Moment, takings: &mut Takings) {
        let high = moment.view(self.side.direction()).high;
        if self.nearest() <= high {
            self.take(high, moment, takings);
        }
    }

    fn take(&mut self, high: f64, moment: &mut Moment, takings: &mut Takings) {
        let safe = self.anchors.iter().rposition(|anchor| anchor.least > high);
        let from = safe.map_or(0, |index| index + 1);
        let mut kept = from;
        for index in from..self.anchors.len() {
            let anchor = self.anchors[index];
            if anchor.upper > high {
                self.anchors[kept] = anchor;
                kept += 1;
            } else if anchor.pool.members > 1 {
                let kind = LevelKind::Pool { scope: self.scope, id: anchor.pool.id };
                takings.pierced((kind, self.side, anchor.pool.extreme), moment);
            }
        }
        self.anchors.truncate(kept);
        self.measure(from);
    }

    /// Sets the least upper prices from an index on.
    fn measure(&mut self, from: usize) {
        let mut least = match from.checked_sub(1) {
            Some(before) => self.anchors[before].least,
            None => f64::INFINITY,
        };
        for anchor in &mut self.anchors[from..] {
            least = least.min(anchor.upper);
            anchor.least = least;
        }
    }

    /// A swing of this side was confirmed; with a tolerance it may found a pool.
    pub(super) fn swing(
        &mut self,
        (place, swing): (Place, &SwingEvent),
        tolerance: Option<f64>,
        moment: &mut Moment,
    ) {
        let left = match swing.replaces {
            Some(_) => self.undo(),
            None => None,
        };
        let seen = self.side.direction().seen(swing.level);
        let index = self.anchors.partition_point(|anchor| anchor.lower > seen);
        self.provisional = Provisional::Nothing;
        match self.anchors.get_mut(index) {
            Some(anchor) if seen < anchor.upper => {
                let before = anchor.pool;
                anchor.pool.join(place, swing.level);
                let pool = anchor.pool;
                self.provisional = Provisional::Joined(before);
                self.tell_left(left.filter(|left| left.id != pool.id), moment);
                let is_new = pool.members == 2 && left.is_none_or(|left| left.id != pool.id);
                match is_new {
                    true => moment.tell_on(pool.first, EventKind::PoolFormed(pool)),
                    false => moment.tell_on(pool.last, EventKind::PoolExtended(pool)),
                }
            }
            Some(_) | None => {
                self.tell_left(left, moment);
                if let Some(tolerance) = tolerance {
                    self.anchor(place, swing.level, tolerance);
                }
            }
        }
    }

    fn anchor(&mut self, place: Place, level: f64, tolerance: f64) {
        if self.anchors.len() >= self.max {
            self.anchors.drain(..self.max / 4);
            self.measure(0);
        }
        let direction = self.side.direction();
        let id = PoolId(self.next);
        self.next += 1;
        let pool = Pool {
            id,
            scope: self.scope,
            side: self.side,
            first: place,
            last: place,
            anchor: level,
            tolerance,
            extreme: level,
            members: 1,
            sum: level,
        };
        let seen = direction.seen(level);
        let (lower, upper) = (seen - tolerance, seen + tolerance);
        self.anchors.push(Anchor { pool, lower, upper, least: upper });
        self.measure(self.anchors.len() - 1);
        self.provisional = Provisional::Anchored(id);
    }

    /// Takes back what the replaced swing has done; the pool that it leaves, as it was before.
    fn undo(&mut self) -> Option<Pool> {
        match self.provisional {
            Provisional::Nothing => None,
            Provisional::Anchored(id) => {
                if let Some(index) = self.find(id) {
                    self.anchors.remove(index);
                    self.measure(index);
                }
                None
            }
            Provisional::Joined(before) => {
                if let Some(index) = self.find(before.id) {
                    self.anchors[index].pool = before;
                }
                Some(before)
            }
        }
    }

    fn find(&self, id: PoolId) -> Option<usize> {
        self.anchors.binary_search_by_key(&id, |anchor| anchor.pool.id).ok()
    }

    fn tell_left(&self, left: Option<Pool>, moment: &mut Moment) {
        if let Some(pool) = left {
            match pool.members > 1 {
                true => moment.tell_on(pool.first, EventKind::PoolRevised(pool)),
                false => moment.tell_on(pool.first, EventKind::PoolDissolved(pool)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::{candle, candles, line, run, settings, told};
    use crate::smc::moment::Facts;
    use crate::smc::{SmcSettings, Tolerance};

    /// Peaks three rows apart with a trough after each, internal swings of length 2.
    fn peaks(peaks: &[f64]) -> Vec<[f64; 4]> {
        let flat = [10.0, 10.5, 9.5, 10.0];
        let mut prices = vec![flat, flat, flat];
        for (number, peak) in peaks.iter().enumerate() {
            let trough = 5.0 - crate::number(number);
            prices.extend([[10.0, *peak, 9.0, 10.0], flat, flat]);
            prices.extend([[10.0, 10.2, trough, 10.0], flat, flat]);
        }
        prices
    }

    fn check(settings: &SmcSettings, prices: &[[f64; 4]], expected: &[&str]) {
        let lines = told(settings, prices, &["pool", "level_taken"]);
        let is_wanted = |line: &&String| {
            line.contains("internal high") || line.contains("high of internal pool")
        };
        let lines: Vec<_> = lines.iter().filter(is_wanted).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn equal_highs_are_a_pool_that_grows_and_is_swept() {
        let mut prices = peaks(&[20.0, 20.4, 19.6]);
        let formed = "11: pool_formed internal high 20.2 of 2 3..9 @3";
        let extended = "17: pool_extended internal high 20 of 3 3..15 @15";
        check(&settings(), &prices, &[formed, extended]);
        let (smc, _) = run(&settings(), &candles(&prices));
        let pool = smc.pools(Scope::Internal, Side::High).next().unwrap();
        assert_eq!((pool.members, pool.extreme, pool.anchor, pool.tolerance), (3, 20.4, 20.0, 0.5));
        // Inside the tolerance nothing is taken; at its end a close at the most extreme member is back.
        prices.push([10.0, 20.45, 10.0, 20.45]);
        check(&settings(), &prices, &[formed, extended]);
        prices.push([20.0, 20.5, 20.0, 20.4]);
        let taken = "22: level_taken sweep high of internal pool 0 20.4 @22";
        check(&settings(), &prices, &[formed, extended, taken]);
        let (smc, _) = run(&settings(), &candles(&prices));
        assert_eq!(smc.pools(Scope::Internal, Side::High).count(), 0);
    }

    #[test]
    fn a_close_beyond_the_most_extreme_member_is_a_run() {
        let mut prices = peaks(&[20.0, 20.4]);
        prices.push([10.0, 21.0, 10.0, 20.45]);
        let taken = "15: level_taken run high of internal pool 0 20.4 @15";
        check(&settings(), &prices, &["11: pool_formed internal high 20.2 of 2 3..9 @3", taken]);
    }

    #[test]
    fn swings_further_apart_than_the_tolerance_are_no_pool() {
        check(&settings(), &peaks(&[20.0, 19.4, 18.8]), &[]);
        let fraction = SmcSettings { tolerance: Tolerance::Fraction(0.04), ..settings() };
        let formed = "11: pool_formed internal high 19.7 of 2 3..9 @3";
        check(&fraction, &peaks(&[20.0, 19.4]), &[formed]);
        let atr =
            SmcSettings { tolerance: Tolerance::Atr { ratio: 1.0, length: 99 }, ..settings() };
        check(&atr, &peaks(&[20.0, 20.0]), &[]);
    }

    #[test]
    fn a_provisional_member_that_is_replaced_leaves() {
        // A second peak joins; before any trough a higher one takes its place, beyond the tolerance.
        let flat = [10.0, 10.5, 9.5, 10.0];
        let mut prices = peaks(&[20.0]);
        let rising = |high: f64, low: f64| [10.0, high, low, 10.0];
        prices.extend([rising(20.2, 9.6), rising(11.0, 9.7), rising(11.0, 9.8)]);
        prices.extend([rising(21.0, 9.85), rising(11.0, 9.86), rising(11.0, 9.87), flat]);
        let formed = "11: pool_formed internal high 20.1 of 2 3..9 @3";
        let taken = "12: level_taken sweep high of internal pool 0 20.2 @12";
        let dissolved = "14: pool_dissolved internal high 20 of 1 3..3 @3";
        check(&settings(), &prices, &[formed, taken, dissolved]);
        // Within the tolerance it takes the place over.
        prices[12][1] = 20.4;
        let extended = "14: pool_extended internal high 20.2 of 2 3..12 @12";
        check(&settings(), &prices, &[formed, extended]);
    }

    #[test]
    fn an_earlier_pool_may_end_before_a_later_one_with_a_wide_tolerance() {
        let mut pools = Pools::new(Scope::Internal, Side::High, 10);
        let mut takings = Takings::new(0);
        let at = |row, high| {
            let candle = candle(row, [1.0, high, 1.0, 1.0]);
            Moment::new(&candle, row, candle.open_time, Facts::default())
        };
        let swings = [(20.0, 1.0), (20.5, 1.0), (15.0, 7.0), (14.0, 7.0)];
        for (row, (level, tolerance)) in (0..).zip(swings) {
            let mut moment = at(row, level);
            let place = moment.place;
            let (scope, side) = (Scope::Internal, Side::High);
            let swing = SwingEvent { scope, side, level, label: None, replaces: None };
            pools.swing((place, &swing), Some(tolerance), &mut moment);
        }
        let mut taken = |row, high| {
            let mut moment = at(row, high);
            pools.push(&mut moment, &mut takings);
            (moment.facts.all().iter().map(line).collect::<Vec<_>>(), pools.living().count())
        };
        assert_eq!(taken(4, 20.9), (Vec::new(), 2));
        let first = "5: level_taken sweep high of internal pool 0 20.5 @5".to_owned();
        assert_eq!(taken(5, 21.5), (vec![first], 1));
        let second = "6: level_taken sweep high of internal pool 1 15 @6".to_owned();
        assert_eq!(taken(6, 22.0), (vec![second], 0));
    }
}
