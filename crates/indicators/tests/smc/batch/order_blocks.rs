//! Order blocks (`ob`): what is left of them at the end of the series.
//!
//! A row stands on the block's candle and reads the later break, and everything after it that mitigates or erases it.

use domain::Candle;

use super::{Precision, Sign, Swing};

/// Which part of a candle has to pass a block's far edge to mitigate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mitigation {
    /// Open and close, the library's `close_mitigation=True`.
    Body,
    Wick,
}

/// A block that was not erased.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OrderBlock {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// Volume of the breaking candle and the two before it.
    pub(crate) volume: f64,
    /// For bullish blocks the candle before the one that passed the far edge: a quirk.
    pub(crate) mitigated: Option<usize>,
    pub(crate) percentage: f64,
}

/// Blocks ascending by row.
pub(crate) fn order_blocks(
    candles: &[Candle],
    swings: &[Swing],
    mitigation: Mitigation,
    precision: Precision,
) -> Vec<OrderBlock> {
    let mut blocks = Blocks {
        candles,
        mitigation,
        precision,
        columns: vec![None; candles.len()],
        is_breaker: vec![false; candles.len()],
    };
    for sign in Sign::BOTH {
        blocks.pass(swings, sign);
    }
    blocks.columns.into_iter().flatten().collect()
}

struct Blocks<'a> {
    candles: &'a [Candle],
    mitigation: Mitigation,
    precision: Precision,
    /// One block a candle: a later one on the same candle overwrites the earlier.
    columns: Vec<Option<OrderBlock>>,
    /// One flag a candle for both passes, never cleared: a block born on a flagged candle is a breaker at once.
    is_breaker: Vec<bool>,
}

impl Blocks<'_> {
    fn pass(&mut self, swings: &[Swing], sign: Sign) {
        let mut coming = swings.iter().filter(|swing| swing.sign == sign).peekable();
        let mut last: Option<Swing> = None;
        let mut active: Vec<usize> = Vec::new();
        for row in 0..self.candles.len() {
            active.retain(|&block| self.outlives(block, row, sign));
            while let Some(swing) = coming.next_if(|swing| swing.row < row) {
                last = Some(*swing);
            }
            let is_break = |swing: &mut Swing| sign.is_beyond(self.candles[row].close, swing.level);
            if let Some(swing) = last.take_if(is_break) {
                let block = self.block(&swing, row);
                self.columns[block.row] = Some(block);
                active.push(block.row);
            }
        }
    }

    /// Lets the candle `row` act on the block; false when it erases it.
    fn outlives(&mut self, block: usize, row: usize, sign: Sign) -> bool {
        let candle = &self.candles[row];
        let Some(found) = &mut self.columns[block] else {
            return false;
        };
        let (near, far) = match sign {
            Sign::Plus => (found.top, found.bottom),
            Sign::Minus => (found.bottom, found.top),
        };
        if self.is_breaker[block] {
            let is_reclaimed = sign.is_beyond(sign.extreme(candle), near);
            if is_reclaimed {
                self.columns[block] = None;
            }
            return !is_reclaimed;
        }
        if sign.opposite().is_beyond(reach(candle, sign.opposite(), self.mitigation), far) {
            self.is_breaker[block] = true;
            found.mitigated = Some(match sign {
                Sign::Plus => row - 1,
                Sign::Minus => row,
            });
        }
        true
    }

    /// The block that the break of `swing` at `row` makes.
    fn block(&self, swing: &Swing, row: usize) -> OrderBlock {
        let candle_row = block_row(self.candles, swing, row);
        let candle = &self.candles[candle_row];
        // Only the artificial swing can be broken by the next candle; the library then turns bullish blocks over.
        let (top, bottom) = match swing.sign {
            Sign::Plus if candle_row == swing.row => (candle.low, candle.high),
            Sign::Plus | Sign::Minus => (candle.high, candle.low),
        };
        let keep = |value: f64| self.precision.keep(value);
        let volume =
            |back: usize| row.checked_sub(back).map_or(0.0, |row| self.candles[row].volume);
        let (late, early) = (volume(0) + volume(1), volume(2));
        OrderBlock {
            row: candle_row,
            sign: swing.sign,
            top: keep(top),
            bottom: keep(bottom),
            volume: keep(late + early),
            mitigated: None,
            percentage: self.percentage(late, early),
        }
    }

    /// The smaller as a percentage of the larger, each step rounded; 100 when both are zero.
    fn percentage(&self, one: f64, other: f64) -> f64 {
        let keep = |value: f64| self.precision.keep(value);
        let (one, other) = (keep(one), keep(other));
        let larger = one.max(other);
        if larger == 0.0 { 100.0 } else { keep(100.0 * keep(one.min(other) / larger)) }
    }
}

/// The candle strictly between the swing and its break that went furthest against it, the latest of equals; the
/// swing's own candle where there is none between.
fn block_row(candles: &[Candle], swing: &Swing, end: usize) -> usize {
    let against = swing.sign.opposite();
    let extreme = |row: usize| against.extreme(&candles[row]);
    let further = |found: usize, row: usize| {
        if against.is_beyond(extreme(found), extreme(row)) { found } else { row }
    };
    (swing.row + 1..end).reduce(further).unwrap_or(swing.row)
}

/// How far the candle, or its body, goes in the direction of `sign`.
fn reach(candle: &Candle, sign: Sign, mitigation: Mitigation) -> f64 {
    match (mitigation, sign) {
        (Mitigation::Wick, _) => sign.extreme(candle),
        (Mitigation::Body, Sign::Plus) => candle.open.max(candle.close),
        (Mitigation::Body, Sign::Minus) => candle.open.min(candle.close),
    }
}
