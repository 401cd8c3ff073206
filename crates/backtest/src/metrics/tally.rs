//! One pass over the trades: what is summed and counted.

use domain::{Direction, ExitReason, Money};
use engine::Trade;

use super::direction::Outcomes;
use super::exposure::Stay;
use super::risk_multiples::RiskMultiples;
use super::streaks::{Outcome, StreakTally};

/// Everything that comes from the trades.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(super) long: Outcomes,
    pub(super) short: Outcomes,
    pub(super) best: Option<Money>,
    pub(super) worst: Option<Money>,
    pub(super) streaks: StreakTally,
    pub(super) costs: CostTally,
    pub(super) ambiguous: u64,
    pub(super) liquidations: u64,
    pub(super) multiples: RiskMultiples,
    pub(super) stays: Vec<Stay>,
}

/// Sums of costs, in quote asset.
#[derive(Debug, Default)]
pub(super) struct CostTally {
    pub(super) commission: Money,
    pub(super) slippage: Money,
    pub(super) funding_paid: Money,
    pub(super) funding_received: Money,
    pub(super) liquidation_fees: Money,
    pub(super) insurance: Money,
}

impl Tally {
    pub(crate) fn of(trades: &[Trade]) -> Self {
        let mut tally = Self {
            multiples: RiskMultiples::with_capacity(trades.len()),
            stays: Vec::with_capacity(trades.len()),
            ..Self::default()
        };
        trades.iter().for_each(|trade| tally.add(trade));
        tally
    }

    /// Outcomes of both directions.
    pub(super) fn all(&self) -> Outcomes {
        self.long.and(&self.short)
    }

    /// Counts one more trade; they come in the order of their ends.
    pub(crate) fn add(&mut self, trade: &Trade) {
        let net = trade.net();
        let outcome = Outcome::of(net);
        match trade.direction {
            Direction::Long => self.long.add(net, outcome),
            Direction::Short => self.short.add(net, outcome),
        }
        self.best = self.best.max(Some(net));
        self.worst = Some(self.worst.map_or(net, |worst| worst.min(net)));
        self.streaks.add(outcome);
        self.costs.add(trade);
        self.ambiguous += u64::from(trade.ambiguous);
        self.liquidations += u64::from(trade.exit_reason == ExitReason::Liquidation);
        self.multiples.add(trade, net);
        self.stays.push(Stay::of(trade));
    }
}

impl CostTally {
    #[inline]
    fn add(&mut self, trade: &Trade) {
        self.commission += trade.costs.commission;
        self.slippage += trade.costs.slippage;
        if trade.costs.funding.is_negative() {
            self.funding_received -= trade.costs.funding;
        } else {
            add_rare(&mut self.funding_paid, trade.costs.funding);
        }
        add_rare(&mut self.liquidation_fees, trade.costs.liquidation_fee);
        add_rare(&mut self.insurance, trade.insurance);
    }

    /// What trading cost: commission, slippage, net funding and liquidation fees.
    pub(super) fn total(&self) -> Money {
        self.commission + self.slippage + self.funding_paid - self.funding_received
            + self.liquidation_fees
    }
}

/// Adds an amount that is zero in most trades: a comparison costs less than a sum.
#[inline]
fn add_rare(sum: &mut Money, amount: Money) {
    if amount != Money::ZERO {
        *sum += amount;
    }
}
