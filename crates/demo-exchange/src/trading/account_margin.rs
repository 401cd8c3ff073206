//! What an account owes and has in margin: the sums of `margin` over its positions and open orders.
//!
//! Open orders of one symbol net as `max(|N + bids|, |N - asks|) / leverage` in one-way mode and per side
//! in hedge mode; the venue publishes no formula.

use domain::{Decimal, PositionSide, Side, Symbol};

use super::account::{Account, AccountId, PositionOf};
use super::margin::{self, Backing, Leg};
use super::order::OrderTerms;
use super::position::Position;
use super::refusal::Refusal;
use super::state::Trading;
use super::words::MarginType;

/// A market order is taken to cost so much more than the best price, in 1/10000.
const MARKET_BUFFER: i64 = 5;

/// Figures of one position at mark price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PositionMargin {
    /// Signed notional.
    pub(super) notional: Decimal,
    pub(super) unrealized: Decimal,
    pub(super) initial: Decimal,
    pub(super) maintenance: Decimal,
}

/// Figures of an account in the margin asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AccountMargin {
    pub(super) wallet: Decimal,
    pub(super) cross_wallet: Decimal,
    pub(super) unrealized: Decimal,
    pub(super) cross_unrealized: Decimal,
    pub(super) maintenance: Decimal,
    pub(super) cross_maintenance: Decimal,
    pub(super) position_initial: Decimal,
    pub(super) open_order_initial: Decimal,
    pub(super) available: Decimal,
}

/// Notionals that open orders could add to a position on either side.
#[derive(Clone, Copy, Debug, Default)]
struct Exposure {
    position: Decimal,
    bids: Decimal,
    asks: Decimal,
}

impl Exposure {
    fn largest(self) -> Decimal {
        (self.position + self.bids).abs().max((self.position - self.asks).abs())
    }
}

impl Trading {
    /// Mark price of a symbol. `None` before its first step; no position exists then.
    pub(super) fn mark(&self, symbol: &Symbol) -> Option<Decimal> {
        self.markets.get(symbol).map(|market| market.mark_price)
    }

    /// The figures of a position.
    pub(super) fn position_margin(
        &self,
        account: &Account,
        (symbol, _): &PositionOf,
        position: &Position,
    ) -> PositionMargin {
        let (Some(mark), Some(rules)) = (self.mark(symbol), self.rules.get(symbol)) else {
            return PositionMargin::default();
        };
        let notional = position.notional(mark);
        PositionMargin {
            notional,
            unrealized: position.unrealized(mark),
            initial: margin::initial(notional, account.settings_of(symbol).leverage),
            maintenance: margin::maintenance(&rules.brackets, notional),
        }
    }

    /// The figures of an account.
    pub(super) fn account_margin(&self, id: AccountId) -> AccountMargin {
        let account = self.account(id);
        let mut sum = AccountMargin {
            wallet: account.wallet(),
            cross_wallet: account.cross_wallet,
            ..AccountMargin::default()
        };
        let mut cross_initial = Decimal::ZERO;
        for (key, position) in account.open_positions() {
            let row = self.position_margin(account, key, position);
            sum.unrealized += row.unrealized;
            sum.maintenance += row.maintenance;
            sum.position_initial += row.initial;
            if account.settings_of(&key.0).margin_type == MarginType::Crossed {
                sum.cross_unrealized += row.unrealized;
                sum.cross_maintenance += row.maintenance;
                cross_initial += row.initial;
            }
        }
        for symbol in account.active_symbols() {
            for side in account.position_sides() {
                let key = (symbol.clone(), *side);
                sum.open_order_initial += self.open_order_initial(account, &key);
            }
        }
        let free = sum.cross_wallet + sum.cross_unrealized - cross_initial - sum.open_order_initial;
        sum.available = free.max(Decimal::ZERO);
        sum
    }

    /// Margin that the open orders of a symbol add to that of one of its positions.
    pub(super) fn open_order_initial(
        &self,
        account: &Account,
        (symbol, side): &PositionOf,
    ) -> Decimal {
        let leverage = account.settings_of(symbol).leverage;
        let exposure = self.exposure(account, symbol, *side);
        let position = margin::initial(exposure.position, leverage);
        margin::initial(exposure.largest(), leverage) - position
    }

    fn exposure(&self, account: &Account, symbol: &Symbol, side: PositionSide) -> Exposure {
        let mark = self.mark(symbol).unwrap_or(Decimal::ZERO);
        let mut exposure = Exposure {
            position: account.position(symbol, side).notional(mark),
            ..Exposure::default()
        };
        let opening = account
            .open_orders_of(symbol)
            .filter(|order| order.terms.position_side == side && !order.terms.only_closes());
        for order in opening {
            let notional = order.remaining() * order.terms.price;
            match order.terms.side {
                Side::Buy => exposure.bids += notional,
                Side::Sell => exposure.asks += notional,
            }
        }
        exposure
    }

    /// Whether an account can pay for an order, and may hold what it could become. Orders that only close
    /// are free.
    pub(super) fn check_margin(&self, id: AccountId, terms: &OrderTerms) -> Result<(), Refusal> {
        if terms.only_closes() {
            return Ok(());
        }
        let account = self.account(id);
        let rules = self.rules.get(&terms.symbol).ok_or(Refusal::SYMBOL)?;
        let mark = self.mark(&terms.symbol).ok_or(Refusal::NO_DEPTH)?;
        let price = self.assumed_price(terms).ok_or(Refusal::NO_DEPTH)?;
        let leverage = account.settings_of(&terms.symbol).leverage;
        let before = self.exposure(account, &terms.symbol, terms.position_side);
        let mut after = before;
        match terms.side {
            Side::Buy => after.bids += price * terms.quantity,
            Side::Sell => after.asks += price * terms.quantity,
        }
        let needed = margin::initial(after.largest(), leverage)
            - margin::initial(before.largest(), leverage);
        if needed <= Decimal::ZERO {
            return Ok(());
        }
        if after.largest() > margin::notional_max(&rules.brackets, leverage) {
            return Err(Refusal::MAX_LEVERAGE);
        }
        let position = account.position(&terms.symbol, terms.position_side);
        let opening = (terms.quantity - position.closable(terms.side)).max(Decimal::ZERO);
        let cost = needed + margin::open_loss(terms.side, opening, price, mark);
        if account.cross_wallet <= Decimal::ZERO {
            return Err(Refusal::BALANCE);
        }
        if cost > self.account_margin(id).available { Err(Refusal::MARGIN) } else { Ok(()) }
    }

    /// The price an order is reckoned at: its own, or the best other one and a buffer.
    fn assumed_price(&self, terms: &OrderTerms) -> Option<Decimal> {
        if terms.order_type.is_priced() {
            return Some(terms.price);
        }
        let best = self.markets.get(&terms.symbol)?.other_side(terms.side).first()?.price;
        let buffer = Decimal::new(MARKET_BUFFER, 4);
        Some(match terms.side {
            Side::Buy => best * (Decimal::ONE + buffer),
            Side::Sell => best,
        })
    }

    /// Liquidation price of a position; `None` when there is none.
    pub(super) fn liquidation_price(&self, id: AccountId, key: &PositionOf) -> Option<Decimal> {
        let account = self.account(id);
        let (symbol, _) = key;
        let brackets = &self.rules.get(symbol)?.brackets;
        let leg = |position: &Position| Leg {
            amount: position.amount,
            entry_price: position.entry_price,
        };
        match account.settings_of(symbol).margin_type {
            MarginType::Isolated => {
                let position = account.positions.get(key)?;
                let backing = Backing {
                    wallet: position.isolated_wallet,
                    others_maintenance: Decimal::ZERO,
                    others_unrealized: Decimal::ZERO,
                };
                margin::liquidation_price(&[leg(position)], backing, brackets)
            }
            MarginType::Crossed => {
                let own = account.open_positions().filter(|((other, _), _)| other == symbol);
                let legs: Vec<Leg> = own.map(|(_, position)| leg(position)).collect();
                margin::liquidation_price(&legs, self.cross_backing(account, symbol), brackets)
            }
        }
    }

    fn cross_backing(&self, account: &Account, symbol: &Symbol) -> Backing {
        let mut backing = Backing {
            wallet: account.cross_wallet,
            others_maintenance: Decimal::ZERO,
            others_unrealized: Decimal::ZERO,
        };
        for (key, position) in account.open_positions().filter(|((other, _), _)| other != symbol) {
            if account.settings_of(&key.0).margin_type == MarginType::Crossed {
                let row = self.position_margin(account, key, position);
                backing.others_maintenance += row.maintenance;
                backing.others_unrealized += row.unrealized;
            }
        }
        backing
    }
}
