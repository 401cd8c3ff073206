//! One side of a book: levels in order, the best at the end, where most changes are.

use domain::{Decimal, Price, Quantity};

use crate::frame::Level;

/// Decimals of prices and quantities in a book.
const SCALE: u8 = 8;
/// Levels a side keeps; beyond them the worst are dropped.
const LEVELS_MAX: usize = 20_000;

/// A level in whole numbers of 1e-8.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    price: i64,
    quantity: i64,
}

impl Units {
    /// `None` when price or quantity have more decimals, or are too large.
    #[inline]
    pub(super) fn of(level: &Level) -> Option<Self> {
        Some(Self { price: level.price.units(SCALE)?, quantity: level.quantity.units(SCALE)? })
    }
}

/// A price and the quantity that rests there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookLevel {
    /// Quote asset per base unit.
    pub price: Price,
    /// Base asset.
    pub quantity: Quantity,
}

/// Levels ascending by rank; the rank of a bid is its price, that of an ask its price times -1, so that
/// a higher rank is always the better price.
#[derive(Debug)]
pub(super) struct BookSide {
    sign: i64,
    levels: Vec<(i64, i64)>,
}

impl BookSide {
    pub(super) const fn bids() -> Self {
        Self { sign: 1, levels: Vec::new() }
    }

    pub(super) const fn asks() -> Self {
        Self { sign: -1, levels: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }

    /// Sets the quantity at a price; zero removes the level, and removing an absent one is normal.
    #[inline]
    pub(super) fn set(&mut self, Units { price, quantity }: Units) {
        let rank = price * self.sign;
        match self.levels.binary_search_by_key(&rank, |(rank, _)| *rank) {
            Ok(place) if quantity == 0 => drop(self.levels.remove(place)),
            Ok(place) => self.levels[place].1 = quantity,
            Err(_) if quantity == 0 => {}
            Err(place) => {
                self.levels.insert(place, (rank, quantity));
                if self.levels.len() > LEVELS_MAX {
                    self.levels.remove(0);
                }
            }
        }
    }

    /// The best price in whole numbers of 1e-8.
    #[inline]
    pub(super) fn best_units(&self) -> Option<i64> {
        self.levels.last().map(|(rank, _)| rank * self.sign)
    }

    /// Levels, the best first.
    pub(super) fn levels(&self) -> impl Iterator<Item = BookLevel> {
        self.levels.iter().rev().filter_map(|(rank, quantity)| {
            let decimal = |units: i64| Decimal::new(units, u32::from(SCALE)).normalize();
            Some(BookLevel {
                price: Price::new(decimal(rank * self.sign)).ok()?,
                quantity: Quantity::new(decimal(*quantity)).ok()?,
            })
        })
    }
}
