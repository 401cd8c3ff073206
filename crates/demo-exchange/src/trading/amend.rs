//! Changing a resting order (D:Modify Order): it loses its place in the queue, and a refused change
//! leaves it as it is.

use domain::Decimal;

use super::account::AccountId;
use super::filters;
use super::order::{Amendment, ExpiryReason, Order, OrderTerms};
use super::refusal::Refusal;
use super::state::Trading;
use super::user_events::Happened;
use super::words::{OrderStatus, OrderType, PriceMatch};

/// Changes an order takes in its life.
const AMENDMENTS_MAX: usize = 10_000;

/// What an order is to become.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewTerms {
    pub(super) quantity: Decimal,
    /// The price, unless it is matched.
    pub(super) price: Decimal,
    pub(super) price_match: PriceMatch,
    /// The number the user gives the change.
    pub(super) modify_id: Option<u64>,
}

impl Trading {
    /// Changes price and quantity of an open limit order.
    ///
    /// # Errors
    /// The refusal; the order is unchanged then.
    pub(super) fn amend(
        &mut self,
        account: AccountId,
        order: &Order,
        change: NewTerms,
    ) -> Result<(), Refusal> {
        let terms = self.amended_terms(account, order, change)?;
        let is_used_up = terms.quantity <= order.executed;
        let would_take = terms.time_in_force.is_maker_only() && self.would_take(&terms);
        if is_used_up || would_take {
            self.end_order(account, order.id, (OrderStatus::Canceled, ExpiryReason::None));
            return Ok(());
        }
        self.write_amendment(account, order, terms, change.modify_id);
        self.work(account, order.id);
        Ok(())
    }

    fn amended_terms(
        &self,
        account: AccountId,
        order: &Order,
        change: NewTerms,
    ) -> Result<OrderTerms, Refusal> {
        if order.terms.order_type != OrderType::Limit {
            return Err(Refusal::AMEND_TYPE);
        }
        if order.amendments.len() >= AMENDMENTS_MAX {
            return Err(Refusal::AMEND_LIMIT);
        }
        let mut terms = order.terms.clone();
        (terms.quantity, terms.price) = (change.quantity, change.price);
        terms.price_match = change.price_match;
        self.match_price(&mut terms)?;
        let is_same = terms.quantity == order.terms.quantity && terms.price == order.terms.price;
        if is_same {
            return Err(Refusal::AMEND_UNCHANGED);
        }
        let rules = self.rules.get(&terms.symbol).ok_or(Refusal::SYMBOL)?;
        let market = self.markets.get(&terms.symbol).ok_or(Refusal::NO_DEPTH)?;
        filters::check_open(rules.status)?;
        filters::check(&terms, rules, market)?;
        self.check_amended_margin(account, order, &terms)?;
        Ok(terms)
    }

    /// Margin for what the change adds: the rest after it, without the rest before it.
    fn check_amended_margin(
        &self,
        account: AccountId,
        order: &Order,
        terms: &OrderTerms,
    ) -> Result<(), Refusal> {
        let rest = terms.quantity - order.executed;
        let before = order.remaining() * order.terms.price;
        let added = rest * terms.price - before;
        if added <= Decimal::ZERO {
            return Ok(());
        }
        let Some(quantity) = added.checked_div(terms.price) else {
            return Ok(());
        };
        self.check_margin(account, &OrderTerms { quantity, ..terms.clone() })
    }

    fn write_amendment(
        &mut self,
        account: AccountId,
        before: &Order,
        terms: OrderTerms,
        modify_id: Option<u64>,
    ) {
        let (id, sequence, time) = (self.ids.transaction(), self.ids.sequence(), self.now);
        let Some(order) = self.order_mut(account, before.id) else {
            return;
        };
        order.amendments.push(Amendment {
            id,
            price: (before.terms.price, terms.price),
            quantity: (before.terms.quantity, terms.quantity),
            time,
        });
        (order.terms, order.sequence, order.queue_ahead) = (terms, sequence, None);
        order.updated = time;
        let order = order.clone();
        self.tell_order(account, &order, Happened::Amended(modify_id));
    }

    /// Sets the price of an order that takes it from the book (`priceMatch`).
    ///
    /// # Errors
    /// -5041 when the book has no such level.
    pub(super) fn match_price(&self, terms: &mut OrderTerms) -> Result<(), Refusal> {
        let (opposite, depth) = match terms.price_match {
            PriceMatch::None => return Ok(()),
            PriceMatch::Opponent => (true, 1),
            PriceMatch::Opponent5 => (true, 5),
            PriceMatch::Opponent10 => (true, 10),
            PriceMatch::Opponent20 => (true, 20),
            PriceMatch::Queue => (false, 1),
            PriceMatch::Queue5 => (false, 5),
            PriceMatch::Queue10 => (false, 10),
            PriceMatch::Queue20 => (false, 20),
        };
        let market = self.markets.get(&terms.symbol).ok_or(Refusal::SYMBOL)?;
        let levels =
            if opposite { market.other_side(terms.side) } else { market.own_side(terms.side) };
        terms.price = levels.get(depth - 1).ok_or(Refusal::NO_MATCHED_PRICE)?.price;
        Ok(())
    }
}
