//! Fair value gaps (`fvg`), alone or joined.
//!
//! Exact prices. A row reads the candle after its own, a joined one two, and its mitigation any later candle.

use domain::Candle;

use super::Sign;

/// A gap, on its middle candle; a joined one on its last middle candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gap {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// First candle whose wick comes back to the near edge.
    pub(crate) mitigated: Option<usize>,
}

/// What becomes of gaps of one direction on consecutive candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Separate,
    Consecutive,
}

/// Gaps ascending by row.
pub(crate) fn fair_value_gaps(candles: &[Candle], join: Join) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for gap in (0..candles.len().saturating_sub(2)).filter_map(|row| gap_after(candles, row)) {
        match gaps.last_mut() {
            Some(last) if join == Join::Consecutive && continues(last, &gap) => {
                let (top, bottom) = (last.top.max(gap.top), last.bottom.min(gap.bottom));
                *last = Gap { top, bottom, ..gap };
            }
            Some(_) | None => gaps.push(gap),
        }
    }
    for gap in &mut gaps {
        gap.mitigated = mitigated_at(candles, gap);
    }
    gaps
}

/// The gap between the candles `first` and `first + 2`.
fn gap_after(candles: &[Candle], first: usize) -> Option<Gap> {
    let [one, middle, three] = &candles[first..first + 3] else {
        return None;
    };
    let row = first + 1;
    if one.high < three.low && middle.close > middle.open {
        let (top, bottom) = (three.low, one.high);
        return Some(Gap { row, sign: Sign::Plus, top, bottom, mitigated: None });
    }
    let is_bearish = one.low > three.high && middle.close < middle.open;
    let (top, bottom) = (one.low, three.high);
    is_bearish.then_some(Gap { row, sign: Sign::Minus, top, bottom, mitigated: None })
}

fn continues(last: &Gap, gap: &Gap) -> bool {
    last.sign == gap.sign && last.row + 1 == gap.row
}

fn mitigated_at(candles: &[Candle], gap: &Gap) -> Option<usize> {
    let touches = |row: &usize| match gap.sign {
        Sign::Plus => candles[*row].low <= gap.top,
        Sign::Minus => candles[*row].high >= gap.bottom,
    };
    (gap.row + 2..candles.len()).find(touches)
}
