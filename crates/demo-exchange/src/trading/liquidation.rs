//! Accounts that can no longer bear their positions: margin calls and liquidation by mark price
//! (FAQ:liquidation price and margin ratio).
//!
//! The venue takes a whole position over at mark price, charges the clearance fee as far as something is
//! left, and its insurance fund pays what is missing. Partial steps are not published and not made up.

use domain::{Decimal, PositionSide, Symbol};

use super::account::{AccountId, PositionOf};
use super::decimal_text::cut;
use super::fills::{Execution, FillKind};
use super::order::{ExpiryReason, OrderTerms};
use super::state::{Movement, Purse, Trading};
use super::user_events::{self, AccountChange, CalledPosition};
use super::words::{
    IncomeType, MarginType, OrderStatus, OrderType, PriceMatch, SelfTradePrevention, TimeInForce,
    WorkingType,
};

/// Share of maintenance margin in margin balance from which a margin call is sent.
const CALL_RATIO: Decimal = Decimal::from_parts(8, 0, 0, false, 1);

impl Trading {
    /// Liquidates what must be after the mark price of a symbol has moved, and warns those who are near.
    pub(super) fn check_solvency(&mut self, symbol: &Symbol) {
        for account in self.account_ids() {
            if self.account(account).has_position(symbol) {
                self.check_isolated(account, symbol);
                self.check_cross(account);
            }
        }
    }

    fn check_isolated(&mut self, account: AccountId, symbol: &Symbol) {
        let owner = self.account(account);
        if owner.settings_of(symbol).margin_type != MarginType::Isolated {
            return;
        }
        let own = owner.open_positions().filter(|((other, _), _)| other == symbol);
        let insolvent = own.filter(|(key, position)| {
            let row = self.position_margin(owner, key, position);
            position.isolated_wallet + row.unrealized <= row.maintenance
        });
        for key in insolvent.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.liquidate(account, &key);
        }
    }

    /// The largest cross position goes first, until the rest can be borne.
    fn check_cross(&mut self, account: AccountId) {
        for _ in 0..self.account(account).positions.len() {
            let sum = self.account_margin(account);
            let balance = sum.cross_wallet + sum.cross_unrealized;
            let Some(largest) = self.largest_cross(account) else {
                break;
            };
            if balance > sum.cross_maintenance {
                return self.call_margin(account, balance, sum.cross_maintenance);
            }
            self.liquidate(account, &largest);
        }
        self.account_mut(account).margin_called = false;
    }

    fn largest_cross(&self, account: AccountId) -> Option<PositionOf> {
        let owner = self.account(account);
        let cross = owner
            .open_positions()
            .filter(|(key, _)| owner.settings_of(&key.0).margin_type == MarginType::Crossed);
        let by_margin = cross
            .map(|(key, position)| (self.position_margin(owner, key, position).maintenance, key));
        by_margin.max().map(|(_, key)| key.clone())
    }

    fn call_margin(&mut self, account: AccountId, balance: Decimal, owed: Decimal) {
        let is_near = owed >= balance * CALL_RATIO;
        let was_called = std::mem::replace(&mut self.account_mut(account).margin_called, is_near);
        if !is_near || was_called {
            return;
        }
        let owner = self.account(account);
        let called = owner.open_positions().filter_map(|(key, position)| {
            let (symbol, side) = key;
            let maintenance = self.position_margin(owner, key, position).maintenance;
            let mark = self.mark(symbol)?;
            Some(CalledPosition { symbol: symbol.clone(), side: *side, mark, maintenance })
        });
        let event = user_events::margin_call(owner, &called.collect::<Vec<_>>(), self.now);
        self.tell(account, &event);
    }

    fn liquidate(&mut self, account: AccountId, key: &PositionOf) {
        let (symbol, side) = key;
        let doomed = self.account(account).open_orders_of(symbol);
        let doomed = doomed.filter(|order| order.terms.position_side == *side);
        for id in doomed.map(|order| order.id).collect::<Vec<_>>() {
            self.end_order(account, id, (OrderStatus::Expired, ExpiryReason::Liquidated));
        }
        let Some(mark) = self.mark(symbol) else {
            return;
        };
        let position = self.account(account).position(symbol, *side);
        let margin_type = self.account(account).settings_of(symbol).margin_type;
        let notional = position.notional(mark).abs();
        let left = match margin_type {
            MarginType::Isolated => position.isolated_wallet + position.unrealized(mark),
            MarginType::Crossed => self.account(account).cross_wallet + position.unrealized(mark),
        };
        self.close_at(account, key, (mark, position.amount.abs()), FillKind::Liquidation);
        self.clear(account, symbol, (left, notional));
    }

    /// The clearance fee, or what the insurance fund adds where nothing is left.
    fn clear(&mut self, account: AccountId, symbol: &Symbol, (left, notional): (Decimal, Decimal)) {
        let rate = self.rules.get(symbol).map_or(Decimal::ZERO, |rules| rules.liquidation_fee);
        let amount = if left < Decimal::ZERO { -left } else { -cut(notional * rate).min(left) };
        if amount.is_zero() {
            return;
        }
        let movement = Movement {
            kind: IncomeType::InsuranceClear,
            amount,
            symbol: Some(symbol.clone()),
            trade_id: None,
        };
        self.post(account, &Purse::Cross, movement);
        self.tell_account(
            account,
            &AccountChange {
                reason: "INSURANCE_CLEAR",
                balance_change: Some(amount),
                positions: Vec::new(),
                symbol: None,
            },
        );
    }

    /// Closes a quantity of a position by an order of the venue's own.
    pub(super) fn close_at(
        &mut self,
        account: AccountId,
        (symbol, side): &PositionOf,
        (price, quantity): (Decimal, Decimal),
        kind: FillKind,
    ) {
        let position = self.account(account).position(symbol, *side);
        let Some(closing_side) = position.closing_side() else {
            return;
        };
        let number = self.ids.transaction();
        let client_id = match kind {
            FillKind::Liquidation => format!("autoclose-{}{number}", self.now.millis()),
            FillKind::Settlement => format!("settlement_autoclose-{}{number}", self.now.millis()),
            FillKind::Taker | FillKind::Maker | FillKind::Deleverage => "adl_autoclose".to_owned(),
        };
        let terms =
            venue_terms((symbol, *side), (closing_side, client_id), (price, quantity), kind);
        let order_id = self.accept(account, terms, None);
        self.book(Execution { account, order_id, price, quantity, kind });
    }
}

fn venue_terms(
    (symbol, position_side): (&Symbol, PositionSide),
    (side, client_id): (domain::Side, String),
    (price, quantity): (Decimal, Decimal),
    kind: FillKind,
) -> OrderTerms {
    let order_type = match kind {
        FillKind::Liquidation => OrderType::Liquidation,
        FillKind::Taker | FillKind::Maker | FillKind::Deleverage | FillKind::Settlement => {
            OrderType::Limit
        }
    };
    OrderTerms {
        symbol: symbol.clone(),
        client_id,
        side,
        position_side,
        order_type,
        original_type: order_type,
        time_in_force: TimeInForce::Ioc,
        quantity,
        price,
        trigger_price: Decimal::ZERO,
        reduce_only: position_side == PositionSide::Both,
        close_position: false,
        price_match: PriceMatch::None,
        self_trade: SelfTradePrevention::None,
        good_till: None,
        working_type: WorkingType::Contract,
        price_protect: false,
        activate_price: None,
        callback_rate: None,
    }
}
