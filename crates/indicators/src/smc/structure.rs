//! Swings, trend and breaks of one structure.
//!
//! A swing is confirmed `length` candles after its own; until one of the other side follows it is provisional and
//! may be replaced by a more extreme one. A break is an event of the breaking candle and never undone.

use super::blocks::{BlockCandle, Since};
use super::direction::{Direction, Place, Scope, Side};
use super::event::{Break, BreakKind, SwingEvent, SwingLabel};
use super::history::History;
use super::moment::Moment;
use super::settings::BreakBy;

/// A confirmed swing as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// Its candle.
    pub place: Place,
    /// Its price.
    pub level: f64,
    /// Beside the swing before it of the same side; `None` for the first.
    pub label: Option<SwingLabel>,
    /// Whether it has been broken.
    pub is_broken: bool,
}

/// One structure as it stands after the newest candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Structure {
    scope: Scope,
    trend: Option<Direction>,
    /// The last of each side, high first.
    swings: [Option<Swing>; 2],
    last_side: Option<Side>,
    last_break: Option<Break>,
}

impl Structure {
    /// Which of the two structures it is.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// The direction of the last break; `None` before the first.
    #[must_use]
    pub const fn trend(&self) -> Option<Direction> {
        self.trend
    }

    /// The last confirmed swing of a side.
    #[must_use]
    pub const fn swing(&self, side: Side) -> Option<&Swing> {
        self.swings[side.index()].as_ref()
    }

    /// The side of the latest swing: that swing is provisional, all others are final. `None` before the first.
    #[must_use]
    pub const fn last_side(&self) -> Option<Side> {
        self.last_side
    }

    /// Whether the last swing of a side may still be replaced by a more extreme one.
    #[must_use]
    pub fn is_provisional(&self, side: Side) -> bool {
        self.last_side == Some(side)
    }

    /// The latest break.
    #[must_use]
    pub const fn last_break(&self) -> Option<&Break> {
        self.last_break.as_ref()
    }

    /// The side whose last swing is strong, the one that the trend must hold: the low of a bullish trend. The
    /// other is weak. `None` before the first break.
    #[must_use]
    pub fn strong_side(&self) -> Option<Side> {
        self.trend.map(|trend| match trend {
            Direction::Bullish => Side::Low,
            Direction::Bearish => Side::High,
        })
    }
}

/// The engine of one structure.
#[derive(Clone, Debug)]
pub(super) struct Tracker {
    pub(super) reading: Structure,
    length: u64,
    /// The level of the last swing of each side until it is broken, as the direction of a break sees it.
    unbroken: [f64; 2],
    /// Level of the swing before the last, of each side.
    before: [Option<f64>; 2],
    /// What has happened since the last swing, of each side.
    since: [Option<Since>; 2],
}

impl Tracker {
    pub(super) const fn new(scope: Scope, length: usize) -> Self {
        let reading = Structure {
            scope,
            trend: None,
            swings: [None, None],
            last_side: None,
            last_break: None,
        };
        Self {
            reading,
            length: length as u64,
            unbroken: [f64::INFINITY; 2],
            before: [None, None],
            since: [None, None],
        }
    }

    /// Looks at the candle `length` before the newest; its swing, if it is one.
    #[inline]
    pub(super) fn confirm(
        &mut self,
        history: &History,
        newest: u64,
    ) -> Option<(Place, SwingEvent)> {
        if newest + 1 < 3 * self.length {
            return None;
        }
        let row = newest - self.length;
        let candle = history.candle(row);
        let is_extreme = |side: Side| {
            let high = match side {
                Side::High => candle.high,
                Side::Low => -candle.low,
            };
            high >= history.window_high(side.direction(), self.reading.scope)
        };
        let side = Side::ALL.into_iter().find(|side| is_extreme(*side))?;
        let level = match side {
            Side::High => candle.high,
            Side::Low => candle.low,
        };
        let event = self.take(side, history.place(row), level)?;
        self.since[side.index()] = Some(Since::new(history, side, self.reading.scope, row));
        Some((history.place(row), event))
    }

    /// Makes a candidate the last swing, unless it is no more extreme than the provisional one.
    fn take(&mut self, side: Side, place: Place, level: f64) -> Option<SwingEvent> {
        let (direction, index) = (side.direction(), side.index());
        let is_beyond = |other: f64| direction.seen(level) > direction.seen(other);
        let last = self.reading.swings[index];
        let mut replaces = None;
        if self.reading.last_side == Some(side) {
            let last = last.filter(|last| is_beyond(last.level))?;
            replaces = Some(last.place.row);
        } else {
            self.before[index] = last.map(|last| last.level);
        }
        let label = self.before[index].map(|before| SwingLabel::new(side, is_beyond(before)));
        self.reading.swings[index] = Some(Swing { place, level, label, is_broken: false });
        self.reading.last_side = Some(side);
        self.unbroken[index] = direction.seen(level);
        Some(SwingEvent { scope: self.reading.scope, side, level, label, replaces })
    }

    /// The break of the last swing in `direction` by the newest candle, with the extreme candle since that swing.
    #[inline]
    pub(super) fn break_of(
        &mut self,
        direction: Direction,
        by: BreakBy,
        moment: &Moment,
    ) -> Option<(Break, BlockCandle)> {
        let view = moment.view(direction);
        let reach = match by {
            BreakBy::Close => view.close,
            BreakBy::Wick => view.high,
        };
        let unbroken = &mut self.unbroken[direction.index()];
        if reach <= *unbroken {
            return None;
        }
        *unbroken = f64::INFINITY;
        let swing = self.reading.swings[direction.index()].as_mut()?;
        swing.is_broken = true;
        let kind = match self.reading.trend {
            Some(trend) if trend != direction => BreakKind::Choch,
            Some(_) | None => BreakKind::Bos,
        };
        let found = Break {
            scope: self.reading.scope,
            direction,
            kind,
            level: swing.level,
            swing: swing.place,
            broken: moment.place,
            displaced: moment.displaced == Some(direction),
        };
        self.reading.trend = Some(direction);
        self.reading.last_break = Some(found);
        let extreme = self.since[direction.index()].as_ref()?.extreme;
        Some((found, extreme))
    }

    /// Counts the newest candle among those since each swing, after breaks were looked for.
    #[inline]
    pub(super) fn advance(&mut self, moment: &Moment) {
        for side in Side::ALL {
            if let Some(since) = &mut self.since[side.index()] {
                since.push(side, moment);
            }
        }
    }

    /// What has happened since the last swing of a side, that side's own candle excluded.
    pub(super) const fn since(&self, side: Side) -> Option<&Since> {
        self.since[side.index()].as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smc::fixture::{ZIGZAG, candles, run, settings, told};
    use crate::smc::{SmcSettings, SwingLabel};

    #[test]
    fn swings_are_known_their_length_later_and_breaks_at_once() {
        let lines = told(&settings(), &ZIGZAG, &["swing", "break"]);
        let internal: Vec<_> = lines.iter().filter(|line| line.contains("internal")).collect();
        assert_eq!(
            internal,
            [
                "5: swing internal 15 first @3",
                "9: swing internal 7 first @7",
                "10: break internal bullish bos of 3 @10",
                "12: swing internal 16 HH @10",
                "13: break internal bearish choch of 7 @13",
                "14: break internal bullish choch of 10 @14",
            ]
        );
    }

    #[test]
    fn a_more_extreme_swing_replaces_the_provisional_one_and_an_equal_one_does_not() {
        let highs = [5.0, 5.0, 5.0, 8.0, 5.0, 5.0, 8.0, 5.0, 5.0, 9.0, 5.0, 5.0];
        // Lows that rise have no swing.
        let lows = (0..).map(|row| 4.0 + crate::number(row) / 16.0);
        let highs: Vec<_> =
            highs.into_iter().zip(lows).map(|(high, low)| [low, high, low, low]).collect();
        let lines = told(&settings(), &highs, &["swing internal", "swing"]);
        let internal: Vec<_> = lines.iter().filter(|line| line.contains("internal")).collect();
        assert_eq!(
            internal,
            ["5: swing internal 8 first @3", "11: swing internal 9 first replaces 3 @9"]
        );
        let (smc, _) = run(&settings(), &candles(&highs));
        let structure = smc.structure(Scope::Internal);
        assert!(structure.is_provisional(Side::High) && structure.swing(Side::Low).is_none());
    }

    #[test]
    fn a_wick_breaks_only_where_it_is_asked_to() {
        let mut prices = ZIGZAG;
        prices[10][3] = 14.0;
        assert!(told(&settings(), &prices[..11], &["break"]).is_empty());
        let wick = SmcSettings { break_by: BreakBy::Wick, ..settings() };
        assert_eq!(
            told(&wick, &prices[..11], &["break"]),
            ["10: break internal bullish bos of 3 @10"]
        );
    }

    #[test]
    fn a_swing_is_broken_once() {
        let mut prices = ZIGZAG[..11].to_vec();
        prices.push([15.5, 16.0, 15.2, 15.9]);
        assert_eq!(told(&settings(), &prices, &["break"]).len(), 1);
        let (smc, _) = run(&settings(), &candles(&prices));
        let structure = smc.structure(Scope::Internal);
        assert_eq!(structure.trend(), Some(Direction::Bullish));
        assert_eq!(structure.strong_side(), Some(Side::Low));
        assert!(structure.swing(Side::High).unwrap().is_broken);
        assert_eq!(structure.last_break().unwrap().broken.row, 10);
    }

    #[test]
    fn equal_swings_are_neither_higher_nor_lower() {
        assert_eq!(SwingLabel::new(Side::High, false), SwingLabel::LowerHigh);
        assert_eq!(SwingLabel::new(Side::Low, false), SwingLabel::HigherLow);
        assert_eq!(SwingLabel::new(Side::Low, true).name(), "LL");
    }
}
