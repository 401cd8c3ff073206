//! The candles that breaks make order blocks: the extreme since a swing and the last one against a direction.

use domain::Candle;

use super::direction::{Direction, Place, Scope, Side, View};
use super::history::History;
use super::moment::Moment;
use super::settings::BlockBody;

/// A candle that may become an order block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BlockCandle {
    pub(super) place: Place,
    candle: Candle,
}

impl BlockCandle {
    const fn of(moment: &Moment) -> Self {
        Self { place: moment.place, candle: moment.candle }
    }

    /// Bottom and top of the zone.
    pub(super) const fn edges(&self, body: BlockBody) -> (f64, f64) {
        let Candle { open_time: _, open, high, low, close, volume: _ } = self.candle;
        match body {
            BlockBody::Range => (low, high),
            BlockBody::Body => (open.min(close), open.max(close)),
        }
    }
}

/// The candles after a swing, from the one after it to the newest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    /// The candle that went furthest back: lowest low since a high, the latest of equals.
    pub(super) extreme: BlockCandle,
    /// Its low, as the side of the swing sees it.
    lowest: f64,
    /// The low of the swing's own candle, as its side sees it.
    at_swing: f64,
}

impl Since {
    /// All candles after `row`, where a swing of `side` has just been confirmed, the newest included.
    pub(super) fn new(history: &History, side: Side, scope: Scope, row: u64) -> Self {
        let back = side.opposite().direction();
        let found = history.highest_after(back, scope, row);
        let candle = *history.candle(found);
        let extreme = BlockCandle { place: history.place(found), candle };
        let lowest = View::of(&candle, side.direction()).low;
        let at_swing = View::of(history.candle(row), side.direction()).low;
        Self { extreme, lowest, at_swing }
    }

    /// Counts the newest candle; counting it twice changes nothing.
    #[inline]
    pub(super) fn push(&mut self, side: Side, moment: &Moment) {
        let low = moment.view(side.direction()).low;
        if low <= self.lowest {
            self.extreme = BlockCandle::of(moment);
            self.lowest = low;
        }
    }

    /// The price furthest back from a swing of `side`: the lowest low after a high; the highest high after a
    /// low, or of the low's own candle.
    pub(super) fn furthest(&self, side: Side) -> f64 {
        match side {
            Side::High => self.lowest,
            Side::Low => -self.lowest.min(self.at_swing),
        }
    }
}

/// The last candle that closed against each direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opposites([Option<BlockCandle>; 2]);

impl Opposites {
    /// The last candle before the newest that closed against `direction`, at `from` or later.
    pub(super) fn last(&self, direction: Direction, from: u64) -> Option<BlockCandle> {
        self.0[direction.index()].filter(|found| found.place.row >= from)
    }

    #[inline]
    pub(super) fn push(&mut self, moment: &Moment) {
        let candle = &moment.candle;
        if candle.close < candle.open {
            self.0[Direction::Bullish.index()] = Some(BlockCandle::of(moment));
        } else if candle.close > candle.open {
            self.0[Direction::Bearish.index()] = Some(BlockCandle::of(moment));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::smc::fixture::{ZIGZAG, settings, told};
    use crate::smc::{BlockBody, BlockRule, SmcSettings};

    fn check(rule: BlockRule, body: BlockBody, prices: &[[f64; 4]], expected: &[&str]) {
        let settings = SmcSettings { block_rule: rule, block_body: body, ..settings() };
        let lines = told(&settings, prices, &["zone_formed"]);
        let blocks: Vec<_> = lines.iter().filter(|line| line.contains("internal")).collect();
        assert_eq!(blocks, expected);
    }

    #[test]
    fn the_extreme_candle_between_swing_and_break_is_the_block() {
        let expected = [
            "10: zone_formed internal bullish 7..10 @7",
            "13: zone_formed internal bearish 12..16 @10",
            "14: zone_formed internal bullish 6..12 @13",
        ];
        check(BlockRule::Extreme, BlockBody::Range, &ZIGZAG, &expected);
    }

    #[test]
    fn of_equal_lows_the_latest_is_the_block() {
        let mut prices = ZIGZAG;
        prices[8] = [8.0, 11.0, 7.0, 10.0];
        let expected = ["10: zone_formed internal bullish 7..11 @8"];
        check(BlockRule::Extreme, BlockBody::Range, &prices[..11], &expected);
    }

    #[test]
    fn the_last_opposite_candle_may_be_another() {
        let mut prices = ZIGZAG;
        prices[8] = [10.5, 11.0, 8.0, 9.0];
        let range = ["10: zone_formed internal bullish 8..11 @8"];
        check(BlockRule::LastOpposite, BlockBody::Range, &prices[..11], &range);
        let body = ["10: zone_formed internal bullish 9..10.5 @8"];
        check(BlockRule::LastOpposite, BlockBody::Body, &prices[..11], &body);
    }
}
