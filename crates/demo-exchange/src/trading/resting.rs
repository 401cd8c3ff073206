//! Orders that rest: filled by public trades at their price or through it, and by a book that has moved
//! across them. Fills are at the order's own price.

use domain::{Decimal, Side, Symbol};

use super::account::AccountId;
use super::fills::{Execution, FillKind};
use super::market_state::{Displayed, is_within_limit};
use super::market_view::PublicTrade;
use super::matching::has_priority;
use super::order::Order;
use super::state::Trading;

impl Trading {
    /// Lets a public trade serve the orders it reaches. A trade beyond an order's price fills it; one at
    /// its price serves the queue first and then the orders in their turn.
    pub(super) fn serve_by_trade(&mut self, symbol: &Symbol, trade: &PublicTrade) {
        let mut served = Decimal::ZERO;
        for (account, order) in self.resting_orders(symbol) {
            let terms = &order.terms;
            let is_reached = is_within_limit(terms.side, terms.price, trade.price);
            if !is_reached {
                continue;
            }
            if trade.price != terms.price {
                let quantity = self.takeable(account, &order);
                self.fill_resting(account, &order, quantity);
                continue;
            }
            if !takes_from(terms.side, trade) {
                continue;
            }
            let Some(ahead) = order.queue_ahead else {
                continue;
            };
            self.shorten_queue(account, order.id, trade.quantity);
            let left = (trade.quantity - ahead - served).max(Decimal::ZERO);
            let quantity = left.min(self.takeable(account, &order));
            served += quantity;
            self.fill_resting(account, &order, quantity);
        }
    }

    /// Lets displayed levels that lie across resting orders fill them, as far as their quantity goes.
    pub(super) fn serve_crossed(&mut self, symbol: &Symbol) {
        for (account, order) in self.resting_orders(symbol) {
            let terms = &order.terms;
            while let Some(level) = self.best_other(symbol, terms.side) {
                let quantity = self.open_order(account, order.id).map_or(Decimal::ZERO, |order| {
                    self.takeable(account, &order).min(level.quantity)
                });
                let crosses = is_within_limit(terms.side, terms.price, level.price);
                if !crosses || quantity.is_zero() {
                    break;
                }
                if let Some(market) = self.markets.get_mut(symbol) {
                    market.take(terms.side, quantity);
                }
                self.fill_resting(account, &order, quantity);
            }
        }
    }

    /// Nobody waits behind more than is displayed.
    pub(super) fn refresh_queues(&mut self, symbol: &Symbol) {
        let Some(market) = self.markets.get(symbol) else {
            return;
        };
        for account in &mut self.accounts {
            for id in &account.open_orders {
                let order = account.orders.get_mut(id);
                let Some(order) = order.filter(|order| order.terms.symbol == *symbol) else {
                    continue;
                };
                match market.displayed(order.terms.side, order.terms.price) {
                    Displayed::Known(shown) => {
                        let ahead = order.queue_ahead.map_or(shown, |ahead| ahead.min(shown));
                        order.queue_ahead = Some(ahead);
                    }
                    Displayed::BeyondView => {}
                }
            }
        }
    }

    fn best_other(&self, symbol: &Symbol, side: Side) -> Option<super::market_view::Level> {
        self.markets.get(symbol)?.other_side(side).first().copied()
    }

    /// Open orders of a symbol in the order they are served, buys before sells.
    fn resting_orders(&self, symbol: &Symbol) -> Vec<(AccountId, Order)> {
        let mut all: Vec<(AccountId, Order)> = Vec::new();
        for id in self.account_ids() {
            all.extend(self.account(id).open_orders_of(symbol).map(|order| (id, order.clone())));
        }
        let is_sell = |order: &Order| order.terms.side == Side::Sell;
        all.sort_by(|(_, one), (_, other)| {
            let by_side = is_sell(one).cmp(&is_sell(other));
            by_side.then_with(|| has_priority(other, one).cmp(&has_priority(one, other)))
        });
        all
    }

    fn shorten_queue(&mut self, account: AccountId, id: u64, quantity: Decimal) {
        if let Some(order) = self.order_mut(account, id) {
            order.queue_ahead =
                order.queue_ahead.map(|ahead| (ahead - quantity).max(Decimal::ZERO));
        }
    }

    pub(super) fn fill_resting(&mut self, account: AccountId, order: &Order, quantity: Decimal) {
        let is_open = self.order(account, order.id).is_some_and(Order::is_open);
        if is_open && quantity > Decimal::ZERO {
            let price = order.terms.price;
            let kind = FillKind::Maker;
            self.book(Execution { account, order_id: order.id, price, quantity, kind });
        }
    }
}

/// Whether the taker of a public trade met resting orders of this side.
fn takes_from(side: Side, trade: &PublicTrade) -> bool {
    match side {
        Side::Buy => trade.buyer_is_maker,
        Side::Sell => !trade.buyer_is_maker,
    }
}
