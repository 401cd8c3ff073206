//! What is known of the position: how long it has been open, and what its entry asked for.
//!
//! A strategy sees its position at closes only. One that was opened and closed between two closes, or closed and
//! opened again on the same side, is not seen.

use domain::{Candle, Direction, Price};
use strategy::PositionView;

use crate::model::{Event, Fact};

/// The position as it was at the closes so far.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Candles so far.
    candles: u64,
    position: Option<PositionView>,
    entry_price: f64,
    /// Numbers of the candles at whose close an entry and an exit were seen last.
    entered: Option<u64>,
    left: Option<u64>,
    /// The stop asked for last, and how far the first one was from the entry.
    stop: f64,
    risk: f64,
    highest: f64,
    lowest: f64,
    /// Stops of the last signals, long first.
    asked: [f64; 2],
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            candles: 0,
            position: None,
            entry_price: f64::NAN,
            entered: None,
            left: None,
            stop: f64::NAN,
            risk: f64::NAN,
            highest: f64::NAN,
            lowest: f64::NAN,
            asked: [f64::NAN; 2],
        }
    }
}

impl Standing {
    /// Takes note of the position at the close of a candle.
    #[inline]
    pub(crate) fn update(&mut self, position: Option<&PositionView>, candle: &Candle) {
        self.candles += 1;
        if self.position.is_some() {
            self.highest = self.highest.max(candle.high);
            self.lowest = self.lowest.min(candle.low);
        }
        if self.position.as_ref() != position {
            self.change(position, candle);
        }
    }

    fn change(&mut self, position: Option<&PositionView>, candle: &Candle) {
        let before = std::mem::replace(&mut self.position, position.copied());
        let (was, is) = (before.map(|it| it.direction), position.map(|it| it.direction));
        self.entry_price = position.map_or(f64::NAN, |it| it.entry_price.to_f64());
        if was == is {
            return;
        }
        if was.is_some() {
            self.left = Some(self.candles);
        }
        let asked = is.map_or(f64::NAN, |direction| self.asked[index(direction)]);
        self.stop = asked;
        self.risk = (self.entry_price - asked).abs();
        (self.highest, self.lowest) = (candle.high, candle.low);
        if is.is_some() {
            self.entered = Some(self.candles);
        }
    }

    /// A signal was given with this stop.
    pub(crate) fn asked_for(&mut self, direction: Direction, stop: Option<Price>) {
        self.asked[index(direction)] = stop.map_or(f64::NAN, Price::to_f64);
    }

    /// A move of the stop was asked for.
    pub(crate) fn moved_stop(&mut self, stop: Price) {
        self.stop = stop.to_f64();
    }

    /// Long, short or flat.
    #[inline]
    pub(crate) fn direction(&self) -> Option<Direction> {
        self.position.map(|position| position.direction)
    }

    /// The number of the newest candle, from 1.
    pub(crate) const fn candle(&self) -> u64 {
        self.candles
    }

    /// Candles since an exit was seen.
    pub(crate) fn since_exit(&self) -> Option<u64> {
        self.left.map(|left| self.candles - left)
    }

    /// Whether so many candles have passed since the last of its kind; also if there was none.
    pub(crate) fn has_waited(&self, since: Event, candles: u64) -> bool {
        let last = match since {
            Event::Entry => self.entered,
            Event::Exit => self.left,
        };
        last.is_none_or(|last| self.candles - last >= candles)
    }

    /// The stop asked for last; NaN without one.
    pub(crate) const fn stop(&self) -> f64 {
        self.stop
    }

    /// A fact; NaN where it is missing.
    pub(crate) fn fact(&self, fact: Fact, close: f64) -> f64 {
        if fact == Fact::CandlesSinceExit {
            return count(self.since_exit());
        }
        let Some(direction) = self.direction() else { return f64::NAN };
        let is_long = direction == Direction::Long;
        let profit = if is_long { close - self.entry_price } else { self.entry_price - close };
        match fact {
            Fact::EntryPrice => self.entry_price,
            Fact::Stop => self.stop,
            Fact::ProfitPercent => profit / self.entry_price * 100.0,
            Fact::ProfitR => profit / self.risk,
            Fact::BestPrice => {
                if is_long {
                    self.highest
                } else {
                    self.lowest
                }
            }
            Fact::WorstPrice => {
                if is_long {
                    self.lowest
                } else {
                    self.highest
                }
            }
            Fact::CandlesSinceEntry => count(self.entered.map(|entered| self.candles - entered)),
            Fact::CandlesSinceExit => f64::NAN,
        }
    }
}

/// A number of candles as a value.
#[expect(clippy::cast_precision_loss, reason = "candles are far below 2^53")]
fn count(candles: Option<u64>) -> f64 {
    candles.map_or(f64::NAN, |candles| candles as f64)
}

const fn index(direction: Direction) -> usize {
    match direction {
        Direction::Long => 0,
        Direction::Short => 1,
    }
}
