//! The rules of a symbol set and changed, and the end of a symbol: orders expire, positions are settled at
//! the last mark price (fault F15).

use domain::{Symbol, Timestamp};

use super::account::AccountId;
use super::fills::FillKind;
use super::market_view::{SymbolRules, SymbolStatus};
use super::order::ExpiryReason;
use super::state::Trading;
use super::words::OrderStatus;

impl Trading {
    /// Sets or changes the rules of a symbol, at once and for existing positions too. A symbol that closes
    /// takes its orders and positions with it.
    pub fn set_rules(&mut self, symbol: Symbol, rules: SymbolRules, now: Timestamp) {
        self.advance(now);
        let closes = rules.status == SymbolStatus::Closed;
        self.rules.insert(symbol.clone(), rules);
        if closes {
            for account in self.account_ids() {
                self.wind_up(account, &symbol);
            }
        }
    }

    fn wind_up(&mut self, account: AccountId, symbol: &Symbol) {
        let owner = self.account(account);
        let orders: Vec<u64> = owner.open_orders_of(symbol).map(|order| order.id).collect();
        let algos = owner.open_algos().filter(|algo| algo.terms.symbol == *symbol);
        let algos: Vec<u64> = algos.map(|algo| algo.id).collect();
        let positions = owner.open_positions().filter(|((other, _), _)| other == symbol);
        let positions: Vec<_> =
            positions.map(|(key, position)| (key.clone(), position.amount.abs())).collect();
        for id in orders {
            self.end_order(account, id, (OrderStatus::Expired, ExpiryReason::Delisted));
        }
        for id in algos {
            self.expire_algo(account, id);
        }
        let Some(mark) = self.mark(symbol) else {
            return;
        };
        for (key, size) in positions {
            self.close_at(account, &key, (mark, size), FillKind::Settlement);
        }
    }
}
