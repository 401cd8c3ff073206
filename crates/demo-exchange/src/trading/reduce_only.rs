//! Orders that only close share the position: those with priority may use it up, the others give way
//! (expiry reason 4 of D:Event Order Update).
//!
//! Market orders have priority over limit orders, better prices over worse ones, earlier orders over later
//! ones.

use domain::{Decimal, PositionSide};

use super::account::AccountId;
use super::market_state::is_better_or_equal;
use super::matching::has_priority;
use super::order::{ExpiryReason, Order, OrderTerms};
use super::refusal::Refusal;
use super::state::Trading;
use super::words::{OrderStatus, OrderType};

impl Trading {
    /// An order that only closes needs a position that orders with priority have not used up.
    pub(super) fn check_closing(
        &self,
        account: AccountId,
        terms: &OrderTerms,
    ) -> Result<(), Refusal> {
        if !terms.only_closes() {
            return Ok(());
        }
        let owner = self.account(account);
        let closable = owner.position(&terms.symbol, terms.position_side).closable(terms.side);
        let exceeds_hedge = terms.position_side != PositionSide::Both && terms.quantity > closable;
        if closable.is_zero() || exceeds_hedge {
            return Err(Refusal::REDUCE_ONLY);
        }
        if terms.order_type != OrderType::Limit {
            return Ok(());
        }
        let before = owner.open_orders().filter(|order| {
            order.terms.same_direction(terms)
                && is_better_or_equal(terms.side.opposite(), terms.price, order.terms.price)
        });
        let (closing, opening): (Vec<&Order>, Vec<&Order>) =
            before.partition(|order| order.terms.only_closes());
        let rest =
            |orders: &[&Order]| orders.iter().map(|order| order.remaining()).sum::<Decimal>();
        if rest(&closing) >= closable {
            return Err(Refusal::REDUCE_ONLY);
        }
        if rest(&opening) >= closable { Err(Refusal::REDUCE_ONLY_ORDERS) } else { Ok(()) }
    }

    /// After an order that only closes has come in: those behind it for which nothing of the position is
    /// left end.
    pub(super) fn give_way(&mut self, account: AccountId, id: u64) {
        let Some(terms) = self.order(account, id).map(|order| order.terms.clone()) else {
            return;
        };
        if !terms.only_closes() {
            return;
        }
        let owner = self.account(account);
        let closable = owner.position(&terms.symbol, terms.position_side).closable(terms.side);
        let sharing = owner
            .open_orders()
            .filter(|order| order.terms.same_direction(&terms) && order.terms.only_closes());
        let mut sharing: Vec<&Order> = sharing.collect();
        sharing.sort_by(|one, other| comes_first(other, one).cmp(&comes_first(one, other)));
        let mut used = Decimal::ZERO;
        let mut idle = Vec::new();
        for order in sharing {
            if used >= closable {
                idle.push(order.id);
            }
            used += order.remaining();
        }
        for id in idle {
            self.end_order(account, id, (OrderStatus::Expired, ExpiryReason::WouldReverse));
        }
    }
}

fn comes_first(order: &Order, other: &Order) -> bool {
    let is_limit = |order: &Order| order.terms.order_type == OrderType::Limit;
    match (is_limit(order), is_limit(other)) {
        (false, true) => true,
        (true, false) => false,
        (false, false) => order.sequence < other.sequence,
        (true, true) => has_priority(order, other),
    }
}
