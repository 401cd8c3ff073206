//! Conditional orders: their state and the rule by which they trigger (D:New Algo Order).

use domain::{Decimal, Side, Timestamp};

use super::order::OrderTerms;
use super::words::{AlgoStatus, OrderType};

/// A conditional order of the algo service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlgoOrder {
    pub(crate) id: u64,
    pub(crate) terms: OrderTerms,
    pub(crate) status: AlgoStatus,
    /// The order in the matching engine.
    pub(crate) child: Option<u64>,
    /// Whether a trailing order follows the price.
    pub(crate) is_activated: bool,
    /// Best price since then: the lowest of a buy, the highest of a sell.
    pub(crate) extreme: Option<Decimal>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) triggered_at: Option<Timestamp>,
    /// Queries by id do not find it before: the service is eventually consistent.
    pub(crate) hidden_until: Timestamp,
    /// Queries by id show it as it stood at placement until then.
    pub(crate) stale_until: Timestamp,
}

/// What a price did to a conditional order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Waits,
    /// A trailing order begins to follow.
    Activates,
    Triggers,
}

impl AlgoOrder {
    /// Shows it one price of its working type.
    pub(crate) fn on_price(&mut self, price: Decimal) -> Step {
        if self.terms.original_type == OrderType::TrailingStopMarket {
            return self.follow(price);
        }
        if is_reached(&self.terms, price) { Step::Triggers } else { Step::Waits }
    }

    fn follow(&mut self, price: Decimal) -> Step {
        let side = self.terms.side;
        let was_active = self.is_activated;
        let reached = self.terms.activate_price.is_none_or(|at| is_at_or_beyond(side, price, at));
        self.is_activated |= reached;
        if !self.is_activated {
            return Step::Waits;
        }
        let extreme = self.extreme.map_or(price, |extreme| match side {
            Side::Buy => extreme.min(price),
            Side::Sell => extreme.max(price),
        });
        self.extreme = Some(extreme);
        let Some(rate) = self.terms.callback_rate.map(|percent| percent / Decimal::ONE_HUNDRED)
        else {
            return Step::Waits;
        };
        let has_come_back = match side {
            Side::Buy => price >= extreme * (Decimal::ONE + rate),
            Side::Sell => price <= extreme * (Decimal::ONE - rate),
        };
        if has_come_back {
            Step::Triggers
        } else if was_active {
            Step::Waits
        } else {
            Step::Activates
        }
    }
}

/// Whether a trailing order of this side begins to follow at `price`.
fn is_at_or_beyond(side: Side, price: Decimal, activate_price: Decimal) -> bool {
    match side {
        Side::Buy => price <= activate_price,
        Side::Sell => price >= activate_price,
    }
}

/// Whether the trigger of a stop or take-profit order is met. Stops: buys at or above, sells at or below;
/// take-profits the other way round.
pub(crate) fn is_reached(terms: &OrderTerms, price: Decimal) -> bool {
    let waits_for_rise = match terms.side {
        Side::Buy => !terms.original_type.is_take_profit(),
        Side::Sell => terms.original_type.is_take_profit(),
    };
    if waits_for_rise { price >= terms.trigger_price } else { price <= terms.trigger_price }
}
