//! Wins and losses of the trades of one direction, and of both together.

use domain::{Decimal, Money};

use super::quotient;
use super::streaks::Outcome;

/// Figures of the long or of the short trades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectionMetrics {
    /// Closed round trips.
    pub trades: u64,
    /// Those with a net profit above zero.
    pub winning_trades: u64,
    /// Winning trades divided by all, rounded to twelve decimals.
    pub win_rate: Option<Decimal>,
    /// Sum of net profits.
    pub net_profit: Money,
    /// Net gains of winners divided by net losses of losers, rounded to twelve decimals.
    pub profit_factor: Option<Decimal>,
}

impl DirectionMetrics {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        Self {
            trades: outcomes.count(),
            winning_trades: outcomes.wins,
            win_rate: outcomes.win_rate(),
            net_profit: outcomes.net(),
            profit_factor: outcomes.profit_factor(),
        }
    }
}

/// Sums over trades by their outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcomes {
    pub(super) wins: u64,
    pub(super) losses: u64,
    pub(super) even: u64,
    /// Sum of the winners, not negative.
    pub(super) gained: Money,
    /// Sum of the losers, not positive.
    pub(super) lost: Money,
}

impl Outcomes {
    #[inline]
    pub(super) fn add(&mut self, net: Money, outcome: Outcome) {
        match outcome {
            Outcome::Win => {
                self.wins += 1;
                self.gained += net;
            }
            Outcome::Loss => {
                self.losses += 1;
                self.lost += net;
            }
            Outcome::Even => self.even += 1,
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            wins: self.wins + other.wins,
            losses: self.losses + other.losses,
            even: self.even + other.even,
            gained: self.gained + other.gained,
            lost: self.lost + other.lost,
        }
    }

    pub(super) const fn count(&self) -> u64 {
        self.wins + self.losses + self.even
    }

    pub(super) fn net(&self) -> Money {
        self.gained + self.lost
    }

    pub(super) fn win_rate(&self) -> Option<Decimal> {
        quotient(Decimal::from(self.wins), Decimal::from(self.count()))
    }

    pub(super) fn profit_factor(&self) -> Option<Decimal> {
        quotient(self.gained.decimal(), -self.lost.decimal())
    }

    /// Mean win divided by the size of the mean loss; `None` without both.
    pub(super) fn payoff_ratio(&self) -> Option<Decimal> {
        let odds = Decimal::from(self.losses).checked_div(Decimal::from(self.wins))?;
        let factor = self.gained.decimal().checked_div(-self.lost.decimal())?;
        factor.checked_mul(odds).map(|ratio| ratio.round_dp(12))
    }
}
