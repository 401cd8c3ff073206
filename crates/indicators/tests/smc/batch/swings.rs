//! Swing highs and lows (`swing_highs_lows`).
//!
//! A row reads `length` later candles, and its place in a run reads on until the run ends.

use std::collections::VecDeque;

use domain::Candle;

use super::Sign;

/// A swing high (plus) or low (minus).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Swing {
    pub(crate) row: usize,
    pub(crate) sign: Sign,
    pub(crate) level: f64,
}

/// What is done with the two swings that the library invents on the first and the last candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// As the library does.
    Artificial,
    /// Without them, as anything but parity wants it.
    Blank,
}

/// Swings ascending by row, highs and lows in turn.
pub(crate) fn swing_highs_lows(candles: &[Candle], length: usize, edges: Edges) -> Vec<Swing> {
    let mut swings: Vec<Swing> = Vec::new();
    for candidate in candidates(candles, length) {
        match swings.last_mut() {
            Some(last) if last.sign == candidate.sign => {
                if last.sign.is_beyond(candidate.level, last.level) {
                    *last = candidate;
                }
            }
            Some(_) | None => swings.push(candidate),
        }
    }
    match edges {
        Edges::Artificial => with_edges(swings, candles),
        Edges::Blank => swings,
    }
}

/// Every candle that is the extreme of the `length - 1` candles before it, itself and the `length` after it.
/// Equal extremes are all candidates; a candle that is both counts as a high.
pub(crate) fn candidates(candles: &[Candle], length: usize) -> Vec<Swing> {
    assert!(length > 0, "a swing needs at least one candle after it");
    let [highs, lows] = Sign::BOTH.map(|sign| window_extremes(candles, 2 * length, sign));
    // The library loses the first candles whose window would fit in a shift of its columns.
    let rows = 2 * length - 1..candles.len().saturating_sub(length).max(2 * length - 1);
    let candidate = |row: usize| {
        let is_extreme =
            |sign: Sign, windows: &[f64]| windows[row + length] == sign.extreme(&candles[row]);
        let sign = if is_extreme(Sign::Plus, &highs) {
            Sign::Plus
        } else if is_extreme(Sign::Minus, &lows) {
            Sign::Minus
        } else {
            return None;
        };
        Some(Swing { row, sign, level: sign.extreme(&candles[row]) })
    };
    rows.filter_map(candidate).collect()
}

/// At each row the extreme of the last `width` candles, of fewer at the start.
fn window_extremes(candles: &[Candle], width: usize, sign: Sign) -> Vec<f64> {
    // Rows that may still become the extreme, from the most extreme to the newest.
    let mut queue: VecDeque<usize> = VecDeque::new();
    let value = |row: usize| sign.extreme(&candles[row]);
    let extreme = |row: usize| {
        while queue.back().is_some_and(|&back| !sign.is_beyond(value(back), value(row))) {
            queue.pop_back();
        }
        queue.push_back(row);
        if queue[0] + width <= row {
            queue.pop_front();
        }
        value(queue[0])
    };
    (0..candles.len()).map(extreme).collect()
}

fn with_edges(mut swings: Vec<Swing>, candles: &[Candle]) -> Vec<Swing> {
    let (Some(first), Some(last)) = (swings.first(), swings.last()) else {
        return swings;
    };
    let edge = |row: usize, neighbour: &Swing| {
        let sign = neighbour.sign.opposite();
        Swing { row, sign, level: sign.extreme(&candles[row]) }
    };
    let (first, last) = (edge(0, first), edge(candles.len() - 1, last));
    swings.insert(0, first);
    swings.push(last);
    swings
}
