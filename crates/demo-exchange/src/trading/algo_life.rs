//! The life of conditional orders: placed, triggered, finished (D:New Algo Order,
//! D:Event Algo Order Update).
//!
//! No margin is asked before the trigger. Then an order with an id of its own enters the matching engine;
//! its client id is the client algo id.

use domain::{Decimal, Side, Symbol, Timestamp};

use super::account::AccountId;
use super::admission::OrderFamily;
use super::algo_order::{AlgoOrder, Step, is_reached};
use super::filters;
use super::order::OrderTerms;
use super::order_faults::AlgoFault;
use super::refusal::Refusal;
use super::state::Trading;
use super::user_events;
use super::words::{AlgoStatus, OrderType, TimeInForce, WorkingType};

/// How long queries by id may lag behind a placement and a cancellation.
const PLACED_LAG_MS: i64 = 1_500;
const CANCELED_LAG_MS: i64 = 1_000;

impl Trading {
    /// Accepts a conditional order.
    ///
    /// # Errors
    /// The refusal; nothing has changed then.
    pub(super) fn place_algo(
        &mut self,
        account: AccountId,
        terms: OrderTerms,
    ) -> Result<u64, Refusal> {
        self.check_algo(account, &terms)?;
        let id = self.ids.algo();
        self.record_order(account, id, &terms, OrderFamily::Algo);
        let now = self.now;
        let follows_at_once =
            terms.original_type == OrderType::TrailingStopMarket && terms.activate_price.is_none();
        let price = self.working_price(&terms.symbol, terms.working_type);
        let lag = self.seeded.up_to(PLACED_LAG_MS).max(self.faults.hidden_ms);
        let algo = AlgoOrder {
            id,
            terms,
            status: AlgoStatus::New,
            child: None,
            is_activated: false,
            extreme: None,
            created: now,
            updated: now,
            triggered_at: None,
            hidden_until: now.plus_millis(lag),
            stale_until: now,
        };
        let owner = self.account_mut(account);
        owner.algos.insert(id, algo);
        owner.open_algos.insert(id);
        self.tell_algo(account, id, None);
        if let Some(price) = price.filter(|_| follows_at_once) {
            self.show_price(account, id, price);
        }
        Ok(id)
    }

    fn check_algo(&self, account: AccountId, terms: &OrderTerms) -> Result<(), Refusal> {
        let rules = self.rules.get(&terms.symbol).ok_or(Refusal::SYMBOL)?;
        filters::check_open(rules.status)?;
        self.check_position_side(account, terms.position_side)?;
        if self.has_algo_named(account, &terms.client_id) {
            return Err(Refusal::DUPLICATE_ID);
        }
        let owner = self.account(account);
        if owner.open_algos.len() >= self.options.conditional_orders_max {
            return Err(Refusal::MAX_CONDITIONAL_ORDERS);
        }
        filters::check_conditional(terms, rules)?;
        let is_second = |algo: &AlgoOrder| {
            algo.terms.close_position
                && algo.terms.same_direction(terms)
                && algo.terms.original_type.is_take_profit() == terms.original_type.is_take_profit()
        };
        if terms.close_position && owner.open_algos().any(is_second) {
            return Err(Refusal::CLOSE_EXISTS);
        }
        self.check_not_reached(terms)
    }

    fn check_not_reached(&self, terms: &OrderTerms) -> Result<(), Refusal> {
        let price =
            self.working_price(&terms.symbol, terms.working_type).ok_or(Refusal::NO_DEPTH)?;
        let is_reached = if terms.original_type == OrderType::TrailingStopMarket {
            terms.activate_price.is_some_and(|activate| match terms.side {
                Side::Buy => activate >= price,
                Side::Sell => activate <= price,
            })
        } else {
            is_reached(terms, price)
        };
        if is_reached { Err(Refusal::WOULD_TRIGGER) } else { Ok(()) }
    }

    fn working_price(&self, symbol: &Symbol, working_type: WorkingType) -> Option<Decimal> {
        self.markets.get(symbol).map(|market| match working_type {
            WorkingType::Contract => market.last_price,
            WorkingType::Mark => market.mark_price,
        })
    }

    /// Shows a price to all conditional orders that watch it.
    pub(super) fn watch(&mut self, symbol: &Symbol, working_type: WorkingType, price: Decimal) {
        for account in self.account_ids() {
            let watching = self.account(account).open_algos().filter(|algo| {
                algo.status == AlgoStatus::New
                    && algo.terms.symbol == *symbol
                    && algo.terms.working_type == working_type
            });
            for id in watching.map(|algo| algo.id).collect::<Vec<_>>() {
                self.show_price(account, id, price);
            }
        }
    }

    fn show_price(&mut self, account: AccountId, id: u64, price: Decimal) {
        let now = self.now;
        let Some(algo) = self.algo_mut(account, id).filter(|algo| algo.status == AlgoStatus::New)
        else {
            return;
        };
        match algo.on_price(price) {
            Step::Waits => {}
            Step::Activates => {
                algo.updated = now;
                self.tell_algo(account, id, None);
            }
            Step::Triggers => self.trigger(account, id),
        }
    }

    /// Sends the order of a conditional order whose condition is met.
    fn trigger(&mut self, account: AccountId, id: u64) {
        let now = self.now;
        let Some(algo) = self.account(account).algos.get(&id) else {
            return;
        };
        if self.is_protected(&algo.terms) {
            return;
        }
        self.triggers += 1;
        self.set_algo(account, id, AlgoStatus::Triggering);
        if let Some(algo) = self.algo_mut(account, id) {
            algo.triggered_at = Some(now);
        }
        self.tell_algo(account, id, None);
        match self.algo_fault {
            AlgoFault::None => self.send_child(account, id),
            AlgoFault::Stuck => {}
            AlgoFault::Rejected => self.reject_algo(account, id, &Refusal::MARGIN.message),
        }
    }

    /// Whether price protection holds a trigger back: mark and last price are too far apart.
    fn is_protected(&self, terms: &OrderTerms) -> bool {
        let (Some(rules), Some(market)) =
            (self.rules.get(&terms.symbol), self.markets.get(&terms.symbol))
        else {
            return false;
        };
        let gap = (market.mark_price - market.last_price).abs();
        terms.price_protect && gap > market.last_price * rules.trigger_protect
    }

    fn send_child(&mut self, account: AccountId, id: u64) {
        let Some(terms) = self.account(account).algos.get(&id).map(|algo| algo.terms.clone())
        else {
            return;
        };
        let closable =
            self.account(account).position(&terms.symbol, terms.position_side).closable(terms.side);
        let is_tied = terms.close_position || terms.time_in_force == TimeInForce::GteGtc;
        if is_tied && closable.is_zero() {
            return self.expire_algo(account, id);
        }
        match self.checked_child(account, terms, closable) {
            Ok(terms) => {
                let child = self.accept(account, terms, Some(id));
                if let Some(algo) = self.algo_mut(account, id) {
                    algo.child = Some(child);
                }
                self.set_algo(account, id, AlgoStatus::Triggered);
                self.tell_algo(account, id, None);
                self.give_way(account, child);
                self.work(account, child);
            }
            Err(refusal) => self.reject_algo(account, id, reject_message(&refusal)),
        }
    }

    fn checked_child(
        &self,
        account: AccountId,
        mut terms: OrderTerms,
        closable: Decimal,
    ) -> Result<OrderTerms, Refusal> {
        if terms.close_position {
            terms.quantity = closable;
        }
        if terms.time_in_force == TimeInForce::GteGtc {
            terms.time_in_force = TimeInForce::Gtc;
        }
        self.match_price(&mut terms)?;
        self.check_order(account, &terms)?;
        Ok(terms)
    }

    fn reject_algo(&mut self, account: AccountId, id: u64, message: &str) {
        self.set_algo(account, id, AlgoStatus::Rejected);
        self.tell_algo(account, id, Some(message));
    }

    /// The order of a conditional order has ended.
    pub(super) fn finish_algo(&mut self, account: AccountId, id: u64) {
        self.set_algo(account, id, AlgoStatus::Finished);
        self.tell_algo(account, id, None);
    }

    pub(super) fn expire_algo(&mut self, account: AccountId, id: u64) {
        self.set_algo(account, id, AlgoStatus::Expired);
        self.tell_algo(account, id, None);
    }

    /// Cancels a conditional order that waits.
    ///
    /// # Errors
    /// -2011 when there is none, also while it is triggering.
    pub(super) fn cancel_algo(&mut self, account: AccountId, id: u64) -> Result<(), Refusal> {
        let waits = self.account(account).algos.get(&id).map(|algo| algo.status);
        if waits != Some(AlgoStatus::New) {
            return Err(Refusal::UNKNOWN_ORDER_SENT);
        }
        let lag = self.seeded.up_to(CANCELED_LAG_MS);
        let stale_until = self.now.plus_millis(lag);
        self.set_algo(account, id, AlgoStatus::Canceled);
        if let Some(algo) = self.algo_mut(account, id) {
            algo.stale_until = stale_until;
        }
        self.tell_algo(account, id, None);
        Ok(())
    }

    fn set_algo(&mut self, account: AccountId, id: u64, status: AlgoStatus) {
        let now: Timestamp = self.now;
        if let Some(algo) = self.algo_mut(account, id) {
            (algo.status, algo.updated) = (status, now);
        }
        if !status.is_open() {
            self.account_mut(account).open_algos.remove(&id);
        }
    }

    fn tell_algo(&mut self, account: AccountId, id: u64, reject: Option<&str>) {
        let owner = self.account(account);
        let Some(algo) = owner.algos.get(&id) else {
            return;
        };
        let child = algo.child.and_then(|child| owner.orders.get(&child));
        let event = user_events::algo_update(algo, child, reject, self.now);
        self.tell(account, &event);
    }
}

/// The words of `rm`.
fn reject_message(refusal: &Refusal) -> &str {
    if *refusal == Refusal::REDUCE_ONLY { "Reduce Only reject" } else { &refusal.message }
}
