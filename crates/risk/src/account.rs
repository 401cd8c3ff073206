//! What the gate is told about the account and the market at the moment of a decision.
//!
//! Built by the engine from exact books: orders whose fate is unknown and orders that wait count as
//! filled. Money in quote asset.

use domain::{Direction, Money, PositionKey, Price, SleeveId, Timestamp};

/// The account at the moment of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountView<'a> {
    /// The moment.
    pub now: Timestamp,
    /// Wallet plus unrealised profit.
    pub equity: Money,
    /// Equity that no position or waiting entry binds, once pending exits are filled.
    pub available: Money,
    /// What is held or about to be held, in no particular order.
    pub exposures: &'a [Exposure],
}

/// A position of a sleeve, or an entry order on its way to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Whose.
    pub sleeve: SleeveId,
    /// The position of the account it is part of.
    pub position: PositionKey,
    /// Long or short.
    pub direction: Direction,
    /// Quantity times mark price, never negative.
    pub notional: Money,
    /// What it binds of the equity, so that nothing else can be carried by it: the initial margin; of an
    /// isolated position that is held its margin at cost, its profit and the funding it received.
    /// Nothing while it is being closed.
    pub binds: Money,
    /// How many entries it consists of; 1 for an entry order.
    pub entries: u32,
    /// How far it is.
    pub state: ExposureState,
}

/// How far an exposure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExposureState {
    /// Held.
    Open,
    /// An entry order that is not filled.
    Waiting,
    /// Held, with a market exit of all of it under way: counts as closed.
    Closing,
}

/// The price of an instrument at the moment of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Mark price.
    pub mark: Price,
    /// How old it is, in milliseconds.
    pub age_ms: i64,
}

impl Exposure {
    /// Whether it counts: everything but what is being closed.
    #[inline]
    pub(crate) const fn counts(&self) -> bool {
        match self.state {
            ExposureState::Open | ExposureState::Waiting => true,
            ExposureState::Closing => false,
        }
    }
}

impl AccountView<'_> {
    /// Exposures that count.
    #[inline]
    pub(crate) fn counted(&self) -> impl Iterator<Item = &Exposure> {
        self.exposures.iter().filter(|exposure| exposure.counts())
    }

    /// Notional of all that counts.
    pub(crate) fn notional(&self) -> Money {
        self.counted().map(|exposure| exposure.notional).sum()
    }
}
