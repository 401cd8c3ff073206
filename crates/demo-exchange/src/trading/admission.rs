//! Whether an order is accepted: everything the venue checks before the matching engine sees it.

use domain::{Decimal, PositionMode, PositionSide};

use super::account::AccountId;
use super::algo_order::AlgoOrder;
use super::filters;
use super::order::{Order, OrderTerms};
use super::refusal::Refusal;
use super::state::Trading;
use super::words::{OrderStatus, OrderType, TimeInForce};

impl Trading {
    /// Accepts an order and lets it work. `algo` is the conditional order it comes from.
    ///
    /// # Errors
    /// The refusal; nothing has changed then.
    pub(super) fn place(
        &mut self,
        account: AccountId,
        terms: OrderTerms,
        algo: Option<u64>,
    ) -> Result<u64, Refusal> {
        self.check_order(account, &terms)?;
        let id = self.accept(account, terms, algo);
        self.give_way(account, id);
        self.work(account, id);
        Ok(id)
    }

    /// Everything that can be refused about an order.
    pub(super) fn check_order(
        &self,
        account: AccountId,
        terms: &OrderTerms,
    ) -> Result<(), Refusal> {
        let rules = self.rules.get(&terms.symbol).ok_or(Refusal::SYMBOL)?;
        let market = self.markets.get(&terms.symbol).ok_or(Refusal::NO_DEPTH)?;
        filters::check_open(rules.status)?;
        self.check_position_side(account, terms.position_side)?;
        let mut open = self.account(account).open_orders();
        if open.any(|order| order.terms.client_id == terms.client_id) {
            return Err(Refusal::DUPLICATE_ID);
        }
        filters::check(terms, rules, market)?;
        self.check_closing(account, terms)?;
        self.check_count(account, terms, rules.max_orders)?;
        self.check_time_in_force(account, terms)?;
        self.check_margin(account, terms)
    }

    /// Whether the position side exists in the account's mode.
    pub(super) fn check_position_side(
        &self,
        account: AccountId,
        side: PositionSide,
    ) -> Result<(), Refusal> {
        let fits = match self.account(account).mode {
            PositionMode::OneWay => side == PositionSide::Both,
            PositionMode::Hedge => side != PositionSide::Both,
        };
        if fits { Ok(()) } else { Err(Refusal::POSITION_SIDE) }
    }

    fn check_count(
        &self,
        account: AccountId,
        terms: &OrderTerms,
        max_orders: usize,
    ) -> Result<(), Refusal> {
        let open = self.account(account).open_orders_of(&terms.symbol).count();
        let rests = terms.order_type == OrderType::Limit;
        if rests && open >= max_orders { Err(Refusal::MAX_OPEN_ORDERS) } else { Ok(()) }
    }

    fn check_time_in_force(&self, account: AccountId, terms: &OrderTerms) -> Result<(), Refusal> {
        if terms.order_type != OrderType::Limit {
            return Ok(());
        }
        if terms.time_in_force.is_maker_only() && self.would_take(terms) {
            return Err(Refusal::GTX);
        }
        let is_fill_or_kill = terms.time_in_force == TimeInForce::Fok;
        if is_fill_or_kill && !self.fills_at_once(account, terms) {
            return Err(Refusal::FOK);
        }
        Ok(())
    }

    pub(super) fn accept(
        &mut self,
        account: AccountId,
        terms: OrderTerms,
        algo: Option<u64>,
    ) -> u64 {
        let (id, sequence) = (self.ids.order(), self.ids.sequence());
        self.record_order(account, id, &terms, OrderFamily::Matching);
        let now = self.now;
        let order = Order {
            id,
            terms,
            status: OrderStatus::New,
            expiry: super::order::ExpiryReason::None,
            executed: Decimal::ZERO,
            quote: Decimal::ZERO,
            sequence,
            queue_ahead: None,
            announced: false,
            created: now,
            updated: now,
            amendments: Vec::new(),
            algo,
            hidden_until: now.plus_millis(self.faults.hidden_ms),
        };
        let owner = self.account_mut(account);
        owner.orders.insert(id, order);
        owner.open_orders.insert(id);
        id
    }

    /// Writes an accepted order down.
    pub(super) fn record_order(
        &mut self,
        account: AccountId,
        id: u64,
        terms: &OrderTerms,
        family: OrderFamily,
    ) {
        self.truth.orders.push(super::truth::TrueOrder {
            account,
            id,
            is_conditional: family == OrderFamily::Algo,
            client_id: terms.client_id.clone(),
            symbol: terms.symbol.clone(),
            side: terms.side,
            position_side: terms.position_side,
            quantity: terms.quantity,
            price: terms.price,
            time: self.now,
        });
    }

    /// Whether an open conditional order has this client id.
    pub(super) fn has_algo_named(&self, account: AccountId, client_id: &str) -> bool {
        let mut open = self.account(account).open_algos();
        open.any(|algo: &AlgoOrder| algo.terms.client_id == client_id)
    }
}

/// Which of the two families of orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderFamily {
    Matching,
    Algo,
}
