//! The last candles, and the extremes of any window that ends with the newest of them.
//!
//! One stack of descending highs (a mirrored one for lows) serves the windows of both structures: each keeps
//! its own first entry. Constant time a candle, amortised; the room is taken once.

use domain::Candle;

use super::direction::{Direction, Place, Scope};
use super::moment::Moment;

/// The last candles by row.
#[derive(Clone, Debug)]
pub(super) struct History {
    candles: Vec<Candle>,
    mask: usize,
    rows: u64,
    extremes: [Extremes; 2],
}

impl History {
    /// Room for windows of `windows` candles (internal, swing).
    pub(super) fn new(windows: [usize; 2]) -> Self {
        let room = (windows[0].max(windows[1]) + 2).next_power_of_two();
        let extremes = || Extremes::new(windows, room);
        Self {
            candles: Vec::with_capacity(room),
            mask: room - 1,
            rows: 0,
            extremes: [extremes(), extremes()],
        }
    }

    #[inline]
    pub(super) fn push(&mut self, moment: &Moment) {
        let slot = self.slot(moment.place.row);
        match self.candles.get_mut(slot) {
            Some(room) => *room = moment.candle,
            None => self.candles.push(moment.candle),
        }
        for direction in Direction::ALL {
            let high = moment.view(direction).high;
            self.extremes[direction.index()].push(moment.place.row, high);
        }
        self.rows = moment.place.row + 1;
    }

    /// The candle of a row, which must be one of the last.
    #[inline]
    pub(super) fn candle(&self, row: u64) -> &Candle {
        debug_assert!(row < self.rows && row + self.candles.len() as u64 >= self.rows);
        &self.candles[self.slot(row)]
    }

    #[inline]
    pub(super) fn place(&self, row: u64) -> Place {
        Place { row, open_time: self.candle(row).open_time }
    }

    /// The highest high, as `direction` sees it, of the window of `scope` that ends with the newest candle.
    #[inline]
    pub(super) fn window_high(&self, direction: Direction, scope: Scope) -> f64 {
        self.extremes[direction.index()].of_window(scope)
    }

    /// The candle after `row` with the highest high as `direction` sees it, the latest of equals; `row` lies in
    /// the window of `scope` and is not the newest.
    pub(super) fn highest_after(&self, direction: Direction, scope: Scope, row: u64) -> u64 {
        self.extremes[direction.index()].row_after(scope, row)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "masked to the room, which is small")]
    fn slot(&self, row: u64) -> usize {
        row as usize & self.mask
    }
}

/// The rows whose highs no later high reaches: rows ascend, highs descend.
#[derive(Clone, Debug)]
struct Extremes {
    entries: Vec<(u64, f64)>,
    mask: usize,
    /// Height of the stack; entries below the lowest front are dead and overwritten.
    height: usize,
    /// The first entry inside the window of each structure.
    fronts: [usize; 2],
    windows: [u64; 2],
}

impl Extremes {
    fn new(windows: [usize; 2], room: usize) -> Self {
        Self {
            entries: vec![(0, 0.0); room],
            mask: room - 1,
            height: 0,
            fronts: [0, 0],
            windows: windows.map(|length| length as u64),
        }
    }

    #[inline]
    fn push(&mut self, row: u64, high: f64) {
        let lowest = self.fronts[0].min(self.fronts[1]);
        let (entries, mask, mut height) = (&mut self.entries[..], self.mask, self.height);
        while height > lowest && entries[(height - 1) & mask].1 <= high {
            height -= 1;
        }
        entries[height & mask] = (row, high);
        for (front, window) in self.fronts.iter_mut().zip(self.windows) {
            let first = (*front).min(height);
            // Rows follow each other: at most one leaves the window.
            *front = first + usize::from(entries[first & mask].0 + window <= row);
        }
        self.height = height + 1;
    }

    #[inline]
    fn at(&self, index: usize) -> (u64, f64) {
        self.entries[index & self.mask]
    }

    #[inline]
    fn of_window(&self, scope: Scope) -> f64 {
        self.at(self.fronts[scope.index()]).1
    }

    fn row_after(&self, scope: Scope, row: u64) -> u64 {
        let mut from = self.fronts[scope.index()];
        let mut to = self.height - 1;
        while from < to {
            let middle = from.midpoint(to);
            if self.at(middle).0 > row {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        self.at(from).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::candle;
    use crate::smc::moment::Facts;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_and_ranges_equal_a_plain_scan(
            highs in proptest::collection::vec(1i32..12, 1..120),
            short in 1usize..6,
            more in 1usize..9,
        ) {
            let windows = [short, short + more];
            let mut history = History::new(windows);
            let highs: Vec<f64> = highs.into_iter().map(f64::from).collect();
            for (row, high) in highs.iter().enumerate() {
                let candle = candle(row as u64, [*high, *high, 0.5, 0.5]);
                let known_at = candle.open_time;
                let moment = Moment::new(&candle, row as u64, known_at, Facts::default());
                history.push(&moment);
                for (scope, length) in Scope::ALL.into_iter().zip(windows) {
                    let first = (row + 1).saturating_sub(length);
                    let top = highs[first..=row].iter().copied().fold(f64::MIN, f64::max);
                    prop_assert_eq!(history.window_high(Direction::Bullish, scope), top);
                    for after in first..row {
                        let best = (after + 1..=row)
                            .max_by(|one, other| highs[*one].total_cmp(&highs[*other]));
                        let found = history.highest_after(Direction::Bullish, scope, after as u64);
                        prop_assert_eq!(Some(found as usize), best);
                    }
                }
            }
        }
    }
}
