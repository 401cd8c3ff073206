//! A symbol's prices between two steps: what users have taken from the displayed book stays taken.

use domain::{Decimal, Side};

use super::market_view::{Level, MarketStep};

/// The state of one symbol's market.
#[derive(Clone, Debug)]
pub(crate) struct MarketState {
    bids: Vec<Level>,
    asks: Vec<Level>,
    pub(crate) last_price: Decimal,
    pub(crate) mark_price: Decimal,
}

/// How much is displayed at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Displayed {
    /// So much, zero where a level would be seen and is not.
    Known(Decimal),
    /// The price lies behind the last displayed level.
    BeyondView,
}

impl MarketState {
    pub(crate) fn of(step: &MarketStep<'_>) -> Self {
        Self {
            bids: levels(step.bids),
            asks: levels(step.asks),
            last_price: step.last_price,
            mark_price: step.mark_price,
        }
    }

    /// Levels that an order of this side rests among, best first.
    pub(crate) fn own_side(&self, side: Side) -> &[Level] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    /// Levels that an order of this side takes, best first.
    pub(crate) fn other_side(&self, side: Side) -> &[Level] {
        self.own_side(side.opposite())
    }

    /// Takes up to `quantity` from the best level that an order of this side meets.
    pub(crate) fn take(&mut self, side: Side, quantity: Decimal) {
        let levels = match side {
            Side::Buy => &mut self.asks,
            Side::Sell => &mut self.bids,
        };
        let Some(best) = levels.first_mut() else {
            return;
        };
        best.quantity -= quantity.min(best.quantity);
        if best.quantity.is_zero() {
            levels.remove(0);
        }
    }

    /// What is displayed at the price of a resting order.
    pub(crate) fn displayed(&self, side: Side, price: Decimal) -> Displayed {
        let levels = self.own_side(side);
        let at_price = levels.iter().find(|level| level.price == price);
        if let Some(level) = at_price {
            return Displayed::Known(level.quantity);
        }
        match levels.last() {
            Some(last) if is_better_or_equal(side, price, last.price) => {
                Displayed::Known(Decimal::ZERO)
            }
            Some(_) | None => Displayed::BeyondView,
        }
    }
}

fn levels(shown: &[Level]) -> Vec<Level> {
    shown.iter().filter(|level| level.quantity > Decimal::ZERO).copied().collect()
}

/// Whether a resting price of this side is at least as good for the other side.
pub(crate) fn is_better_or_equal(side: Side, price: Decimal, other: Decimal) -> bool {
    match side {
        Side::Buy => price >= other,
        Side::Sell => price <= other,
    }
}

/// Whether an order of this side and limit may trade at `price`.
pub(crate) fn is_within_limit(side: Side, limit: Decimal, price: Decimal) -> bool {
    is_better_or_equal(side, limit, price)
}
