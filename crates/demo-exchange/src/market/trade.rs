//! Trades inside a minute: a list expanded from seed and minute whose sum is exactly its candle.
//!
//! Prices are in ticks, quantities in lots, times in milliseconds since the epoch. An aggregate is what
//! one taker order took at one price; odd ones consist of two fills, even ones of one, so that the number
//! of fills before any aggregate is known without counting.

use domain::Seeded;

use super::hash::{Purpose, chance};

/// Milliseconds of a minute.
pub(crate) const MINUTE: i64 = 60_000;
/// Fewest aggregates of a minute with trades: open, high, low and close.
const AGGREGATES_MIN: i64 = 4;
/// Most aggregates of a made-up minute.
const AGGREGATES_MAX: i64 = 40;
/// Lots that the fewest aggregates need, two each.
pub(crate) const VOLUME_MIN: i64 = 2 * AGGREGATES_MIN;

/// One aggregate trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trade {
    /// Number of the aggregate, ascending without a gap per symbol.
    pub(crate) aggregate: i64,
    /// First and last fill.
    pub(crate) fills: (i64, i64),
    /// Milliseconds since the epoch.
    pub(crate) time: i64,
    /// Ticks.
    pub(crate) price: i64,
    /// Lots.
    pub(crate) quantity: i64,
    /// Whether the taker sold.
    pub(crate) buyer_is_maker: bool,
}

/// One fill of an aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fill {
    pub(crate) id: i64,
    pub(crate) quantity: i64,
}

impl Trade {
    /// The fills, ascending; their quantities sum to that of the aggregate.
    pub(crate) fn each_fill(&self) -> Vec<Fill> {
        let (first, last) = self.fills;
        if first == last {
            return vec![Fill { id: first, quantity: self.quantity }];
        }
        let half = self.quantity / 2;
        vec![Fill { id: first, quantity: half }, Fill { id: last, quantity: self.quantity - half }]
    }

    /// Ticks times lots.
    pub(crate) fn quote(&self) -> i128 {
        i128::from(self.price) * i128::from(self.quantity)
    }
}

/// Number of the first fill of an aggregate.
pub(crate) const fn first_fill(aggregate: i64) -> i64 {
    aggregate + aggregate / 2
}

/// A minute before its trades are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Minutes since the epoch.
    pub(crate) minute: i64,
    /// Ticks.
    pub(crate) open: i64,
    /// Ticks.
    pub(crate) high: i64,
    /// Ticks.
    pub(crate) low: i64,
    /// Ticks.
    pub(crate) close: i64,
    /// Lots; 0 when nothing trades.
    pub(crate) volume: i64,
    /// Number of the first aggregate of the minute, or of the next one when nothing trades.
    pub(crate) first_aggregate: i64,
    /// How many there are.
    pub(crate) aggregates: i64,
}

/// How many aggregates a minute of this volume has.
pub(crate) fn aggregates_of(seed: u64, minute: i64, volume: i64) -> i64 {
    if volume == 0 {
        return 0;
    }
    let drawn = (chance(seed, Purpose::Trades, minute) >> 32) % 31;
    let wished = AGGREGATES_MIN + 6 + i64::try_from(drawn).unwrap_or(0);
    wished.min(AGGREGATES_MAX).min(volume / 2).max(AGGREGATES_MIN)
}

/// The trades of a minute in order of time.
pub(crate) fn expand(seed: u64, outline: &Outline) -> Vec<Trade> {
    let count = outline.aggregates;
    if count == 0 {
        return Vec::new();
    }
    let mut seeded = Seeded::new(chance(seed, Purpose::Trades, outline.minute));
    let turns = Turns::draw(outline, &mut seeded);
    let weights: Vec<i64> = (0..count).map(|_| 1 + seeded.up_to(9) * seeded.up_to(9)).collect();
    let weight_sum: i64 = weights.iter().sum();
    let (mut weight, mut given, mut before) = (0, 0, outline.open);
    let mut buyer_is_maker = seeded.draw() & 1 == 0;
    let slot = MINUTE / count;
    let mut trades = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    for (index, own) in (0..count).zip(weights) {
        weight += own;
        // Two lots each, the rest by weight: the last one takes what rounding left.
        let spare =
            i128::from(outline.volume - 2 * count) * i128::from(weight) / i128::from(weight_sum);
        let until = i64::try_from(spare).unwrap_or(0) + 2 * (index + 1);
        let price = turns.price(index, outline, &mut seeded);
        buyer_is_maker = if price == before { buyer_is_maker } else { price < before };
        let aggregate = outline.first_aggregate + index;
        trades.push(Trade {
            aggregate,
            fills: (first_fill(aggregate), first_fill(aggregate + 1) - 1),
            time: outline.minute * MINUTE + index * slot + seeded.up_to(slot - 1),
            price,
            quantity: until - given,
            buyer_is_maker,
        });
        (given, before) = (until, price);
    }
    trades
}

/// Where inside the minute its extremes are reached.
struct Turns {
    first: (i64, i64),
    second: (i64, i64),
    last: i64,
}

impl Turns {
    fn draw(outline: &Outline, seeded: &mut Seeded) -> Self {
        let last = outline.aggregates - 1;
        let one = 1 + seeded.up_to(last - 3);
        let two = one + 1 + seeded.up_to(last - 2 - one);
        // A candle that rises mostly dips first.
        let low_first = (outline.close >= outline.open) == (seeded.up_to(3) > 0);
        let (first, second) =
            if low_first { (outline.low, outline.high) } else { (outline.high, outline.low) };
        Self { first: (one, first), second: (two, second), last }
    }

    fn price(&self, index: i64, outline: &Outline, seeded: &mut Seeded) -> i64 {
        let start = (0, outline.open);
        let end = (self.last, outline.close);
        let (from, to) = if index <= self.first.0 {
            (start, self.first)
        } else if index <= self.second.0 {
            (self.first, self.second)
        } else {
            (self.second, end)
        };
        if index == from.0 || index == to.0 {
            return if index == to.0 { to.1 } else { from.1 };
        }
        let straight = from.1 + (to.1 - from.1) * (index - from.0) / (to.0 - from.0);
        let noise = (outline.high - outline.low) / 8;
        (straight - noise + seeded.up_to(2 * noise)).clamp(outline.low, outline.high)
    }
}
