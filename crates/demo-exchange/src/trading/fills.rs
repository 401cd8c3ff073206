//! Fills booked: position, wallet, records, events. Who meets whom is decided elsewhere.

use domain::{Decimal, PositionSide, Symbol};

use super::account::{AccountId, UserTrade};
use super::decimal_text::cut;
use super::margin;
use super::order::{ExpiryReason, Order};
use super::position::Effect;
use super::state::{Movement, Purse, Trading};
use super::truth::TrueFill;
use super::user_events::{self, AccountChange, Happened};
use super::words::{IncomeType, MarginType, OrderStatus, TimeInForce};

/// How a fill came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FillKind {
    Taker,
    Maker,
    /// By the venue, in a liquidation: no fee, but a clearance fee of its own.
    Liquidation,
    /// By the venue, against a bankrupt account: no fee.
    Deleverage,
    /// By the venue, because the symbol ends: no fee.
    Settlement,
}

/// One fill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Execution {
    pub(super) account: AccountId,
    pub(super) order_id: u64,
    pub(super) price: Decimal,
    pub(super) quantity: Decimal,
    pub(super) kind: FillKind,
}

impl Trading {
    /// Books a fill and tells of it: `TRADE_LITE`, `NEW` unless it is out, `ACCOUNT_UPDATE`, `TRADE`
    /// (the order of frames recorded from 2021 to 2026).
    pub(super) fn book(&mut self, execution: Execution) {
        let Execution { account, order_id, price, quantity, kind } = execution;
        let Some(before) = self.order(account, order_id).cloned() else {
            return;
        };
        let trade_id = self.ids.trade();
        let commission = cut(price * quantity * self.fee_rate(&before.terms.symbol, kind));
        let effect = self.book_position(&before, &execution);
        self.book_money(&before, &execution, (trade_id, commission, effect));
        let trade = self.book_record(&before, &execution, (trade_id, commission, effect));
        if let Some(order) = self.accounts[account.0].orders.get_mut(&order_id) {
            order.fill(price, quantity, self.now);
            order.announced = true;
        }
        self.tell_fill(&before, &trade, &execution);
        self.close_if_done(account, order_id);
        if effect.closed > Decimal::ZERO {
            self.knock_out(account, &before.terms.symbol, before.terms.position_side);
        }
    }

    fn fee_rate(&self, symbol: &Symbol, kind: FillKind) -> Decimal {
        let rules = self.rules.get(symbol);
        rules.map_or(Decimal::ZERO, |rules| match kind {
            FillKind::Taker => rules.taker_fee,
            FillKind::Maker => rules.maker_fee,
            FillKind::Liquidation | FillKind::Deleverage | FillKind::Settlement => Decimal::ZERO,
        })
    }

    /// Position and, in isolated margin, what is set aside for it.
    fn book_position(&mut self, order: &Order, execution: &Execution) -> Effect {
        let terms = &order.terms;
        let now = self.now;
        let account = self.account_mut(execution.account);
        let settings = account.settings_of(&terms.symbol);
        let key = (terms.symbol.clone(), terms.position_side);
        let position = account.positions.entry(key).or_default();
        let effect = position.apply(terms.side, execution.quantity, execution.price);
        position.updated = now;
        if settings.margin_type == MarginType::Isolated {
            let set_aside = position.isolated_wallet;
            let released = if effect.closed == effect.size_before {
                set_aside
            } else {
                let share = effect.closed.checked_div(effect.size_before).unwrap_or_default();
                cut(set_aside * share)
            };
            let added = margin::initial(effect.opened * execution.price, settings.leverage);
            position.isolated_wallet += added - released;
            account.cross_wallet += released - added;
        }
        effect
    }

    fn book_money(
        &mut self,
        order: &Order,
        execution: &Execution,
        (trade_id, commission, effect): (u64, Decimal, Effect),
    ) {
        let terms = &order.terms;
        let key = (terms.symbol.clone(), terms.position_side);
        let account = execution.account;
        let movement = |kind, amount| Movement {
            kind,
            amount,
            symbol: Some(terms.symbol.clone()),
            trade_id: Some(trade_id),
        };
        let is_isolated =
            self.account(account).settings_of(&terms.symbol).margin_type == MarginType::Isolated;
        let opens = effect.opened > Decimal::ZERO;
        let payer = if is_isolated && opens { Purse::Isolated(key.clone()) } else { Purse::Cross };
        self.post(account, &Purse::Cross, movement(IncomeType::RealizedPnl, effect.realized));
        self.post(account, &payer, movement(IncomeType::Commission, -commission));
        let opening = effect.opened.checked_div(execution.quantity).unwrap_or_default();
        if let Some(position) = self.account_mut(account).positions.get_mut(&key) {
            position.opening_fees += cut(commission * opening);
        }
    }

    fn book_record(
        &mut self,
        order: &Order,
        execution: &Execution,
        (id, commission, effect): (u64, Decimal, Effect),
    ) -> UserTrade {
        let terms = &order.terms;
        let (account, time) = (execution.account, self.now);
        let trade = UserTrade {
            id,
            order_id: order.id,
            symbol: terms.symbol.clone(),
            side: terms.side,
            position_side: terms.position_side,
            price: execution.price,
            quantity: execution.quantity,
            commission,
            realized: effect.realized,
            is_maker: execution.kind == FillKind::Maker,
            time,
        };
        self.account_mut(account).trades.push(trade.clone());
        self.truth.fills.push(TrueFill {
            account,
            order_id: order.id,
            trade_id: id,
            symbol: terms.symbol.clone(),
            side: terms.side,
            position_side: terms.position_side,
            price: execution.price,
            quantity: execution.quantity,
            is_maker: trade.is_maker,
            position_after: self
                .account(account)
                .position(&terms.symbol, terms.position_side)
                .amount,
            time,
        });
        trade
    }

    fn tell_fill(&mut self, before: &Order, trade: &UserTrade, execution: &Execution) {
        let account = execution.account;
        let symbol = &before.terms.symbol;
        if execution.kind != FillKind::Liquidation {
            self.tell(account, &user_events::trade_lite(before, trade));
        }
        let is_late = self.streams.faults.fill_before_acceptance;
        if !before.announced && !is_late {
            self.tell_order(account, before, Happened::New);
        }
        self.tell_account(
            account,
            &AccountChange {
                reason: "ORDER",
                balance_change: Some(Decimal::ZERO),
                positions: self.changed_position(symbol, before.terms.position_side),
                symbol: None,
            },
        );
        let happened = match execution.kind {
            FillKind::Taker | FillKind::Maker | FillKind::Deleverage | FillKind::Settlement => {
                Happened::Filled(trade)
            }
            FillKind::Liquidation => Happened::Calculated(trade),
        };
        if let Some(after) = self.order(account, before.id).cloned() {
            self.tell_order(account, &after, happened);
        }
        if !before.announced && is_late {
            self.tell_order(account, before, Happened::New);
        }
    }

    /// A position with its mark price, as account updates name it.
    pub(super) fn changed_position(
        &self,
        symbol: &Symbol,
        side: PositionSide,
    ) -> Vec<(Symbol, PositionSide, Decimal)> {
        let market = self.markets.get(symbol);
        market.map(|market| (symbol.clone(), side, market.mark_price)).into_iter().collect()
    }

    pub(super) fn tell_order(&mut self, account: AccountId, order: &Order, happened: Happened<'_>) {
        let notional = self.open_notional(account, &order.terms.symbol);
        let stamp = (self.options.asset.as_str(), self.now);
        let event = user_events::order_update(order, happened, notional, stamp);
        self.tell(account, &event);
    }

    pub(super) fn tell_account(&mut self, account: AccountId, change: &AccountChange<'_>) {
        let stamp = (self.options.asset.as_str(), self.now);
        let event = user_events::account_update(self.account(account), change, stamp);
        self.tell(account, &event);
    }

    /// Ends an order that is open, and tells of it.
    pub(super) fn end_order(
        &mut self,
        account: AccountId,
        id: u64,
        (status, expiry): (OrderStatus, ExpiryReason),
    ) {
        self.announce(account, id);
        let now = self.now;
        let Some(order) = self.order_mut(account, id).filter(|order| order.is_open()) else {
            return;
        };
        (order.status, order.expiry, order.updated) = (status, expiry, now);
        let order = order.clone();
        let happened = match status {
            OrderStatus::Canceled => Happened::Canceled,
            OrderStatus::New
            | OrderStatus::PartiallyFilled
            | OrderStatus::Filled
            | OrderStatus::Expired
            | OrderStatus::ExpiredInMatch => Happened::Expired,
        };
        self.account_mut(account).open_orders.remove(&id);
        self.tell_order(account, &order, happened);
        self.close_if_done(account, id);
    }

    /// Tells of an order's acceptance once.
    pub(super) fn announce(&mut self, account: AccountId, id: u64) {
        let Some(order) = self.order_mut(account, id).filter(|order| !order.announced) else {
            return;
        };
        order.announced = true;
        let order = order.clone();
        self.tell_order(account, &order, Happened::New);
    }

    fn close_if_done(&mut self, account: AccountId, id: u64) {
        let Some(order) = self.order(account, id).filter(|order| !order.is_open()) else {
            return;
        };
        let algo = order.algo;
        self.account_mut(account).open_orders.remove(&id);
        if let Some(algo) = algo {
            self.finish_algo(account, algo);
        }
    }

    /// Takes back what was tied to a position that has ended: orders that only close, conditional orders
    /// that close the whole position or live as long as it does.
    fn knock_out(&mut self, account: AccountId, symbol: &Symbol, side: PositionSide) {
        let owner = self.account(account);
        let position = owner.position(symbol, side);
        let is_idle = |terms: &super::order::OrderTerms| {
            terms.symbol == *symbol
                && terms.position_side == side
                && position.closable(terms.side).is_zero()
        };
        let orders = owner
            .open_orders()
            .filter(|order| order.terms.only_closes() && is_idle(&order.terms))
            .map(|order| order.id);
        let orders: Vec<u64> = orders.collect();
        let tied = |terms: &super::order::OrderTerms| {
            terms.close_position || terms.time_in_force == TimeInForce::GteGtc
        };
        let algos = owner
            .open_algos()
            .filter(|algo| tied(&algo.terms) && is_idle(&algo.terms))
            .map(|algo| algo.id);
        let algos: Vec<u64> = algos.collect();
        for id in orders {
            let end = (OrderStatus::Expired, ExpiryReason::WouldReverse);
            self.end_order(account, id, end);
        }
        for id in algos {
            self.expire_algo(account, id);
        }
    }
}
