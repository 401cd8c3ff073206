//! Wins and losses in a row, in order of closing.

use domain::Money;
use engine::Trade;

/// What a trade did to the wallet, after all costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Net profit above zero.
    Win,
    /// Net profit below zero.
    Loss,
    /// Net profit of exactly zero; ends streaks of either kind.
    Even,
}

/// Trades of one outcome in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streak {
    /// Their outcome.
    pub outcome: Outcome,
    /// Number of the first of them, as in [`Trade::index`].
    pub first: u32,
    /// How many.
    pub length: u64,
}

impl Outcome {
    /// Outcome of a net profit.
    #[inline]
    #[must_use]
    pub fn of(net: Money) -> Self {
        if net.is_negative() {
            Self::Loss
        } else if net == Money::ZERO {
            Self::Even
        } else {
            Self::Win
        }
    }
}

/// All streaks in order of closing; together they hold each trade once.
#[must_use]
pub fn streaks(trades: &[Trade]) -> Vec<Streak> {
    let outcome = |trade: &Trade| Outcome::of(trade.net());
    trades
        .chunk_by(|a, b| outcome(a) == outcome(b))
        .map(|streak| Streak {
            outcome: outcome(&streak[0]),
            first: streak[0].index,
            length: streak.len() as u64,
        })
        .collect()
}

/// The longest streaks, kept up trade by trade.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StreakTally {
    winning: u64,
    losing: u64,
    pub(super) longest_winning: u64,
    pub(super) longest_losing: u64,
}

impl StreakTally {
    #[inline]
    pub(super) fn add(&mut self, outcome: Outcome) {
        (self.winning, self.losing) = match outcome {
            Outcome::Win => (self.winning + 1, 0),
            Outcome::Loss => (0, self.losing + 1),
            Outcome::Even => (0, 0),
        };
        self.longest_winning = self.longest_winning.max(self.winning);
        self.longest_losing = self.longest_losing.max(self.losing);
    }
}
