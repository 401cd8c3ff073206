//! What positions add to the free balance, found anew only where they or their mark price have changed.

use domain::{Money, Price};
use margin::{Leverage, MarginPosition};

use crate::account::Holding;
use crate::venue::Venue;

/// What the cross positions of each instrument leave free at its mark price.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    /// By the place of the instrument.
    free: Vec<Money>,
    /// Of all instruments together.
    sum: Money,
    /// Instruments that have changed since, and whether each is among them.
    changed: Vec<usize>,
    has_changed: Vec<bool>,
}

impl Carried {
    /// Of an account without positions.
    pub(crate) fn new(instruments: usize) -> Self {
        Self {
            free: vec![Money::ZERO; instruments],
            sum: Money::ZERO,
            changed: Vec::with_capacity(instruments),
            has_changed: vec![false; instruments],
        }
    }

    /// Takes note that an instrument's positions or its mark price have changed.
    #[inline]
    pub(crate) fn change(&mut self, place: usize) {
        if !self.has_changed[place] {
            self.has_changed[place] = true;
            self.changed.push(place);
        }
    }

    fn set(&mut self, place: usize, free: Money) {
        self.has_changed[place] = false;
        self.sum += free - self.free[place];
        self.free[place] = free;
    }
}

impl Venue {
    /// Profit less initial margin of an instrument's cross positions at a price.
    #[inline]
    pub(crate) fn free_at(&self, place: usize, price: Price) -> Money {
        let mut sum = Money::ZERO;
        for holding in self.account.pair(place) {
            if let Some(Holding { position, isolated: None, .. }) = holding {
                sum += free(position, price, self.listed[place].listing.leverage);
            }
        }
        sum
    }

    /// The same of all other instruments at their mark prices. Before an instrument's first price its
    /// positions count for nothing.
    #[inline]
    pub(crate) fn free_elsewhere(&mut self, place: usize) -> Money {
        if self.carried.changed != [place] {
            self.find_elsewhere(place);
        }
        let elsewhere = self.carried.sum - self.carried.free[place];
        debug_assert_eq!(
            elsewhere,
            (0..self.listed.len()).filter(|it| *it != place).map(|it| self.free_at_mark(it)).sum(),
            "what positions leave free is current"
        );
        elsewhere
    }

    /// Finds anew what has changed elsewhere.
    fn find_elsewhere(&mut self, place: usize) {
        let mut changed = std::mem::take(&mut self.carried.changed);
        changed.retain(|other| {
            if *other == place {
                return true;
            }
            self.carried.set(*other, self.free_at_mark(*other));
            false
        });
        self.carried.changed = changed;
    }

    fn free_at_mark(&self, place: usize) -> Money {
        let listed = &self.listed[place];
        listed.exact(listed.mark).map_or(Money::ZERO, |mark| self.free_at(place, mark))
    }
}

/// Profit less initial margin of a position.
fn free(position: &MarginPosition, mark: Price, leverage: Leverage) -> Money {
    let notional = position.notional(mark);
    margin::pnl(position.direction, position.cost, notional) - leverage.initial_margin(notional)
}
