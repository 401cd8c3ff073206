//! Levels that the price may take: swings, and the highs and lows of past periods and sessions.
//!
//! A level is taken by the first candle that trades strictly beyond it: a sweep if that candle closes back at
//! the level or before it, a run if it closes beyond. With a `close_back` of some candles a close beyond is
//! told only when one of them has closed back (a sweep after all) or none has (a run).
//!
//! The swings of a side that were not taken descend in time order, so that one comparison a candle is enough.

use super::direction::{Direction, Place, Scope, Side, names};
use super::event::EventKind;
use super::moment::Moment;
use super::periods::Period;
use super::pools::PoolId;
use super::sessions::SessionIndex;

/// What made a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelKind {
    /// One swing, a member of a pool or not.
    Swing {
        /// Of which structure.
        scope: Scope,
        /// The swing's candle.
        swing: Place,
    },
    /// Several equal swings. With `close_back` its taking may be told after the pool was revised or dissolved.
    Pool {
        /// Of which structure.
        scope: Scope,
        /// The pool.
        id: PoolId,
    },
    /// The high or low of the period before.
    Previous(Period),
    /// The high or low of the last session of a window.
    Session(SessionIndex),
}

impl LevelKind {
    /// The stable name, lower case, for files and interfaces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Swing { .. } => "swing",
            Self::Pool { .. } => "pool",
            Self::Previous(_) => "previous",
            Self::Session(_) => "session",
        }
    }
}

/// How a level was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taking {
    /// Traded beyond and closed back: a grab of liquidity.
    Sweep,
    /// Closed beyond.
    Run,
}

names!(Taking { Sweep => "sweep", Run => "run" });

/// A level that was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// What made it.
    pub level: LevelKind,
    /// A high taken upwards or a low taken downwards.
    pub side: Side,
    /// The price that a close had to be back at: the level; of a pool its most extreme member.
    pub price: f64,
    /// Swept or run.
    pub how: Taking,
    /// The first candle that traded beyond it; with `close_back` not always the newest.
    pub pierced: Place,
}

/// Closes beyond levels that may still come back, and the words for those that do not.
#[derive(Clone, Debug)]
pub(super) struct Takings {
    close_back: u64,
    waiting: Vec<Taken>,
}

impl Takings {
    pub(super) const fn new(close_back: u32) -> Self {
        Self { close_back: close_back as u64, waiting: Vec::new() }
    }

    /// The newest candle traded beyond a level.
    pub(super) fn pierced(
        &mut self,
        (level, side, price): (LevelKind, Side, f64),
        moment: &mut Moment,
    ) {
        let how = Self::of_close(side, price, moment);
        let taken = Taken { level, side, price, how, pierced: moment.place };
        match how {
            Taking::Run if self.close_back > 0 => self.waiting.push(taken),
            Taking::Run | Taking::Sweep => moment.tell(EventKind::LevelTaken(taken)),
        }
    }

    /// Tells those that have closed back, and those whose time is over.
    #[inline]
    pub(super) fn push(&mut self, moment: &mut Moment) {
        if self.waiting.is_empty() {
            return;
        }
        let close_back = self.close_back;
        self.waiting.retain_mut(|taken| {
            taken.how = Self::of_close(taken.side, taken.price, moment);
            let is_over = moment.place.row >= taken.pierced.row + close_back;
            let is_known = is_over || taken.how == Taking::Sweep;
            if is_known {
                moment.tell(EventKind::LevelTaken(*taken));
            }
            !is_known
        });
    }

    fn of_close(side: Side, price: f64, moment: &Moment) -> Taking {
        let direction = side.direction();
        let is_beyond = moment.view(direction).close > direction.seen(price);
        if is_beyond { Taking::Run } else { Taking::Sweep }
    }
}

/// The swings of one structure that were not taken, by side.
#[derive(Clone, Debug)]
pub(super) struct SwingLevels {
    scope: Scope,
    max: usize,
    /// Level and candle, in time order, levels not rising as the side sees them.
    levels: [Vec<(f64, Place)>; 2],
}

impl SwingLevels {
    pub(super) const fn new(scope: Scope, max: usize) -> Self {
        Self { scope, max, levels: [Vec::new(), Vec::new()] }
    }

    /// A swing was confirmed. One that it replaces lay inside and was taken by its candle.
    pub(super) fn add(&mut self, side: Side, level: f64, place: Place) {
        let levels = &mut self.levels[side.index()];
        if levels.len() >= self.max {
            levels.drain(..self.max / 4);
        }
        levels.push((side.direction().seen(level), place));
    }

    /// The price beyond which the first one lies, as its side sees it.
    #[inline]
    pub(super) fn nearest(&self, side: Side) -> f64 {
        self.levels[side.index()].last().map_or(f64::INFINITY, |(level, _)| *level)
    }

    #[inline]
    pub(super) fn push(&mut self, side: Side, moment: &mut Moment, takings: &mut Takings) {
        let direction = side.direction();
        let high = moment.view(direction).high;
        let levels = &mut self.levels[side.index()];
        while let Some((level, swing)) = levels.pop_if(|(level, _)| *level < high) {
            let kind = LevelKind::Swing { scope: self.scope, swing };
            takings.pierced((kind, side, direction.seen(level)), moment);
        }
    }
}

/// The highs and lows of past periods and sessions: the latest of each kind, until it is taken.
#[derive(Clone, Debug)]
pub(super) struct NamedLevels {
    levels: [Vec<(LevelKind, f64)>; 2],
    /// The level nearest to the price on each side, as the side sees it.
    nearest: [f64; 2],
}

impl NamedLevels {
    pub(super) const fn new() -> Self {
        Self { levels: [Vec::new(), Vec::new()], nearest: [f64::INFINITY; 2] }
    }

    /// Sets the level of a kind; the one before is forgotten.
    pub(super) fn set(&mut self, kind: LevelKind, side: Side, price: f64) {
        let levels = &mut self.levels[side.index()];
        levels.retain(|(other, _)| *other != kind);
        levels.push((kind, side.direction().seen(price)));
        self.find_nearest(side);
    }

    #[inline]
    pub(super) fn push(&mut self, side: Side, moment: &mut Moment, takings: &mut Takings) {
        let high = moment.view(side.direction()).high;
        if high > self.nearest[side.index()] {
            self.take(side, high, moment, takings);
        }
    }

    #[cold]
    fn take(&mut self, side: Side, high: f64, moment: &mut Moment, takings: &mut Takings) {
        self.levels[side.index()].retain(|(kind, level)| {
            let is_taken = *level < high;
            if is_taken {
                let price = Direction::seen(side.direction(), *level);
                takings.pierced((*kind, side, price), moment);
            }
            !is_taken
        });
        self.find_nearest(side);
    }

    fn find_nearest(&mut self, side: Side) {
        let levels = self.levels[side.index()].iter();
        self.nearest[side.index()] = levels.map(|(_, level)| *level).fold(f64::INFINITY, f64::min);
    }
}

#[cfg(test)]
mod tests {
    use crate::smc::SmcSettings;
    use crate::smc::fixture::{ZIGZAG, settings, told};

    /// The zigzag up to its confirmed low, then one candle at the high of 15.
    fn check(close_back: u32, after: &[[f64; 4]], expected: &[&str]) {
        let prices: Vec<_> = ZIGZAG[..10].iter().chain(after).copied().collect();
        let settings = SmcSettings { close_back, ..settings() };
        let lines = told(&settings, &prices, &["level_taken"]);
        let internal: Vec<_> = lines.iter().filter(|line| line.contains("internal")).collect();
        assert_eq!(internal, expected);
    }

    #[test]
    fn a_wick_beyond_with_the_close_back_is_a_sweep_and_a_close_beyond_a_run() {
        check(0, &[[13.0, 15.0, 12.0, 15.0]], &[]);
        let sweep = ["10: level_taken sweep high of internal swing 3 15 @10"];
        check(0, &[[13.0, 15.5, 12.0, 15.0]], &sweep);
        let run = ["10: level_taken run high of internal swing 3 15 @10"];
        check(0, &[[13.0, 15.5, 12.0, 15.1], [15.1, 17.0, 15.0, 16.0]], &run);
    }

    #[test]
    fn a_close_beyond_may_be_given_time_to_come_back() {
        let beyond = [13.0, 15.5, 12.0, 15.1];
        let back = ["11: level_taken sweep high of internal swing 3 15 @11"];
        check(2, &[beyond, [15.1, 15.2, 14.0, 14.5]], &back);
        check(2, &[beyond, beyond], &[]);
        let run = ["12: level_taken run high of internal swing 3 15 @12"];
        check(2, &[beyond, beyond, beyond, beyond], &run);
    }
}
