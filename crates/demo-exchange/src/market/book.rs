//! The order book: a ladder around the last trade, looked up for every step of 50 ms.
//!
//! Best bid below best ask; sizes are absolute and keep for a while of their own. Nothing is stored, so the
//! book of any time is known without the books before it.

use super::hash::{Purpose, chance};
use super::series::Series;

/// Milliseconds of a step of the book.
pub(crate) const STEP: i64 = 50;
/// Levels of each side.
pub(crate) const LEVELS: usize = 1000;

/// A price in ticks and what stands there, in lots.
pub(crate) type Level = (i64, i64);

/// One side, best price first.
pub(crate) type Ladder = Vec<Level>;

/// The book after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Book {
    pub(crate) bids: Ladder,
    pub(crate) asks: Ladder,
    /// Ascends with the steps, by one to seven.
    pub(crate) update_id: i64,
}

/// The step that is over at `time`.
pub(crate) const fn step_of(time: i64) -> i64 {
    time.div_euclid(STEP)
}

/// The update id after a step. Not contiguous: several changes belong to one step.
pub(crate) fn update_id(seed: u64, step: i64) -> i64 {
    step * 4 + i64::try_from(chance(seed, Purpose::UpdateId, step) % 4).unwrap_or(0)
}

impl Book {
    /// The best `levels` of each side as they stand at `time`.
    pub(crate) fn at(series: &mut Series, time: i64, levels: usize) -> Self {
        let step = step_of(time);
        let (bid, ask) = best(series, step * STEP);
        let shape = Shape::of(series, step);
        Self {
            bids: shape.ladder(bid, -1, levels),
            asks: shape.ladder(ask, 1, levels),
            update_id: update_id(shape.seed, step),
        }
    }

    /// What changed from `self` to `later`, each side ascending by price; 0 where a level is gone.
    pub(crate) fn changes_to(&self, later: &Self) -> (Ladder, Ladder) {
        (changes(&self.bids, &later.bids, -1), changes(&self.asks, &later.asks, 1))
    }
}

/// Best bid and ask: the last trade was made at one of them.
fn best(series: &mut Series, time: i64) -> (i64, i64) {
    let spread = if series.spec().quiet_percent > 0 { 4 } else { 1 };
    let (price, taker_sold) = match series.last_trade(time) {
        Some(trade) => (trade.price, trade.buyer_is_maker),
        None => (series.price_at(time), true),
    };
    if taker_sold { (price, price + spread) } else { ((price - spread).max(1), price.max(2)) }
}

struct Shape {
    seed: u64,
    step: i64,
    /// Ticks between levels.
    gap: i64,
    /// Ordinary size of a level, in lots.
    size: u64,
}

impl Shape {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "as saturates; these are small positive numbers"
    )]
    fn of(series: &Series, step: i64) -> Self {
        let spec = series.spec();
        let ticks = spec.first_price * 10f64.powi(i32::from(spec.price_decimals));
        let lots = spec.volume_typical * 10f64.powi(i32::from(spec.quantity_decimals));
        Self {
            seed: spec.seed,
            step,
            gap: ((ticks / 20_000.0) as i64).max(1),
            size: ((lots / 25.0) as u64).max(2),
        }
    }

    /// Levels from the best price away from the other side; some prices stand empty.
    fn ladder(&self, best: i64, away: i64, levels: usize) -> Ladder {
        let mut ladder = Vec::with_capacity(levels);
        ladder.push((best, self.size_at(best).max(1)));
        let on_grid = best.div_euclid(self.gap) * self.gap;
        let mut price =
            if away > 0 || on_grid == best { on_grid + away * self.gap } else { on_grid };
        while ladder.len() < levels && price > 0 {
            let size = self.size_at(price);
            if size > 0 {
                ladder.push((price, size));
            }
            price += away * self.gap;
        }
        ladder
    }

    /// Lots at a price: they keep for a life of 1 to 6 seconds, and one in eight is empty.
    fn size_at(&self, price: i64) -> i64 {
        let life = chance(self.seed, Purpose::LevelLife, price);
        let length = 20 + i64::try_from(life % 100).unwrap_or(0);
        let shift = i64::try_from((life >> 32) % 120).unwrap_or(0);
        let age = (self.step + shift).div_euclid(length);
        let drawn = chance(self.seed ^ life, Purpose::LevelSize, age);
        let size = if drawn.is_multiple_of(8) { 0 } else { 1 + (drawn >> 8) % self.size };
        i64::try_from(size).unwrap_or(i64::MAX)
    }
}

fn changes(before: &[Level], later: &[Level], away: i64) -> Ladder {
    let mut found = Vec::new();
    let (mut old, mut new) = (before.iter().peekable(), later.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(gone), Some(made)) => (gone.0 * away).cmp(&(made.0 * away)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        if order.is_lt() {
            found.extend(old.next().map(|(price, _)| (*price, 0)));
            continue;
        }
        let is_same = order.is_eq() && old.next() == new.peek().copied();
        let level = new.next();
        found.extend(level.filter(|_| !is_same).copied());
    }
    found.sort_unstable();
    found
}
