//! What happens because time passes: keys and dates that run out, countdowns that nobody renewed.

use domain::{Symbol, Timestamp};

use super::account::AccountId;
use super::order::ExpiryReason;
use super::state::Trading;
use super::words::OrderStatus;

impl Trading {
    /// Tells the time. Everything that is due by then happens; an earlier time than the last changes
    /// nothing.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.streams.expire(&mut self.seeded, self.now);
        for account in self.account_ids() {
            self.expire_dated(account);
            self.run_countdowns(account);
        }
    }

    fn expire_dated(&mut self, account: AccountId) {
        let now = self.now;
        let is_due = |date: Option<Timestamp>| date.is_some_and(|date| date <= now);
        let owner = self.account(account);
        let orders = owner.open_orders().filter(|order| is_due(order.terms.good_till));
        let orders: Vec<u64> = orders.map(|order| order.id).collect();
        let algos = owner.open_algos().filter(|algo| is_due(algo.terms.good_till));
        let algos: Vec<u64> = algos.map(|algo| algo.id).collect();
        for id in orders {
            self.end_order(account, id, (OrderStatus::Expired, ExpiryReason::DateReached));
        }
        for id in algos {
            self.expire_algo(account, id);
        }
    }

    fn run_countdowns(&mut self, account: AccountId) {
        let now = self.now;
        let due = self.account(account).countdowns.iter().filter(|(_, at)| **at <= now);
        for symbol in due.map(|(symbol, _)| symbol.clone()).collect::<Vec<_>>() {
            self.account_mut(account).countdowns.remove(&symbol);
            self.cancel_all(account, &symbol);
        }
    }

    /// Cancels all orders of a symbol in the matching engine; conditional orders stay.
    pub(super) fn cancel_all(&mut self, account: AccountId, symbol: &Symbol) {
        let open = self.account(account).open_orders_of(symbol);
        for id in open.map(|order| order.id).collect::<Vec<_>>() {
            self.end_order(account, id, (OrderStatus::Canceled, ExpiryReason::None));
        }
    }
}
