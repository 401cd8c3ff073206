//! Retracements (`retracements`): how far price came back into the last leg.
//!
//! Exact prices, percentages rounded to one digit. A row reads the swings' future; the library also moves everything
//! down by one row and blanks the start.

use domain::Candle;

use super::{Sign, Swing};

/// One row for each candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retracement {
    /// Kind of the last swing: plus from a high on.
    pub(crate) direction: Option<Sign>,
    pub(crate) current: f64,
    pub(crate) deepest: f64,
}

const BLANK: Retracement = Retracement { direction: None, current: 0.0, deepest: 0.0 };

/// One row for each candle, in order, as the library answers.
pub(crate) fn retracements(candles: &[Candle], swings: &[Swing]) -> Vec<Retracement> {
    let mut rows = unshifted_retracements(candles, swings);
    if rows.is_empty() {
        return rows;
    }
    rows.rotate_right(1);
    let mut changes = (1..rows.len()).filter(|&row| rows[row].direction != rows[row - 1].direction);
    // With fewer changes the library stops short of the last row.
    let blanks = changes.nth(2).map_or(rows.len() - 1, |third| third + 1);
    rows[..blanks].fill(BLANK);
    rows
}

/// One row for each candle, in order, each with its own candle's retracement.
pub(crate) fn unshifted_retracements(candles: &[Candle], swings: &[Swing]) -> Vec<Retracement> {
    let mut coming = swings.iter().peekable();
    let (mut top, mut bottom) = (0.0, 0.0);
    let mut rows = Vec::with_capacity(candles.len());
    let mut last = BLANK;
    for (row, candle) in candles.iter().enumerate() {
        let mut direction = last.direction;
        if let Some(swing) = coming.next_if(|swing| swing.row == row) {
            direction = Some(swing.sign);
            match swing.sign {
                Sign::Plus => top = swing.level,
                Sign::Minus => bottom = swing.level,
            }
        }
        last = next(&last, direction, candle, (top, bottom));
        rows.push(last);
    }
    rows
}

fn next(
    last: &Retracement,
    direction: Option<Sign>,
    candle: &Candle,
    (top, bottom): (f64, f64),
) -> Retracement {
    // The row of a swing low measures the new leg already; that of a swing high measures nothing.
    let depth = match (last.direction, direction) {
        (_, Some(Sign::Minus)) => percent(candle.high - bottom, top - bottom),
        (Some(Sign::Plus), _) => percent(top - candle.low, top - bottom),
        (_, _) => return Retracement { direction, current: 0.0, deepest: 0.0 },
    };
    let deepest =
        if last.direction == direction { last.deepest.max(depth) } else { depth.max(0.0) };
    Retracement { direction, current: depth, deepest }
}

/// Rounded to one digit, half to even; zero when there is no leg.
fn percent(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { (100.0 * part / whole * 10.0).round_ties_even() / 10.0 }
}
