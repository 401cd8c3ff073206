//! What trading waits for: symbols whose market can change an account, and times at which something is due
//! by itself. Whoever feeds it needs to show it nothing else.

use std::collections::BTreeMap;

use domain::{PositionMode, Symbol, Timestamp};

use super::account::{Account, AccountId};
use super::handle;
use super::parameters::Parameters;
use super::routes::find_route;
use super::state::Trading;
use super::words::WorkingType;
use crate::ApiRequest;

/// What of a symbol's market can change an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Its mark price, beside its trades: there is a position, or a conditional order that waits for it.
    pub mark_price: bool,
    /// Its book to the last level: a conditional order may trigger and take as much as it wants.
    pub whole_book: bool,
}

impl Trading {
    /// Symbols with an open order, a conditional order that waits or a position. The market of others
    /// changes nothing until somebody calls.
    #[must_use]
    pub fn watched_symbols(&self) -> BTreeMap<Symbol, Watched> {
        let mut found: BTreeMap<Symbol, Watched> = BTreeMap::new();
        for account in &self.accounts {
            for order in account.open_orders() {
                found.entry(order.terms.symbol.clone()).or_default();
            }
            for algo in account.open_algos() {
                let watched = found.entry(algo.terms.symbol.clone()).or_default();
                watched.whole_book = true;
                watched.mark_price |= algo.terms.working_type == WorkingType::Mark;
            }
            for ((symbol, _), _) in account.open_positions() {
                found.entry(symbol.clone()).or_default().mark_price = true;
            }
        }
        found
    }

    /// When [`Trading::advance`] has something to do next: a key or an order runs out, a countdown ends.
    #[must_use]
    pub fn next_timer(&self) -> Option<Timestamp> {
        let accounts = self.accounts.iter().flat_map(timers);
        self.streams.expiries().chain(accounts).min()
    }

    /// The listen keys that are alive, ascending.
    #[must_use]
    pub fn listen_keys(&self) -> Vec<String> {
        self.streams.key_names()
    }

    /// How many conditional orders have triggered since the start.
    #[must_use]
    pub const fn trigger_count(&self) -> u64 {
        self.triggers
    }

    /// The position mode of an account.
    #[must_use]
    pub fn position_mode(&self, account: AccountId) -> PositionMode {
        self.account(account).mode
    }

    /// Request weight of a call on the IP address; `None` when the path is not one of trading's.
    #[must_use]
    pub fn weight_of(request: &ApiRequest) -> Option<u32> {
        let route = find_route(request.method, &request.path)?;
        Some(route.weight.of(&Parameters::of(request)))
    }

    /// Whether a call is one that is let through under load: an exit or a cancellation (§6.2).
    #[must_use]
    pub fn is_let_through(request: &ApiRequest) -> bool {
        let is_cancel =
            find_route(request.method, &request.path).is_some_and(|route| route.is_cancel);
        is_cancel || handle::is_reduce_only(&Parameters::of(request))
    }
}

fn timers(account: &Account) -> impl Iterator<Item = Timestamp> {
    let orders = account.open_orders().filter_map(|order| order.terms.good_till);
    let algos = account.open_algos().filter_map(|algo| algo.terms.good_till);
    orders.chain(algos).chain(account.countdowns.values().copied())
}
