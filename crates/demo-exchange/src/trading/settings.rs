//! Leverage, margin type, position mode, isolated margin, asset mode (D:Change Initial
//! Leverage and its neighbours).
//!
//! A setting that is already what it should be is refused with a code of its own.

use domain::{Decimal, PositionMode, PositionSide, Symbol};

use super::account::AccountId;
use super::decimal_text::cut;
use super::margin;
use super::refusal::Refusal;
use super::state::Trading;
use super::user_events::{self, AccountChange};
use super::words::MarginType;

/// Which way isolated margin is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarginMove {
    Add,
    Reduce,
}

impl Trading {
    /// Sets the leverage of a symbol. Returns the largest notional it allows.
    pub(super) fn set_leverage(
        &mut self,
        account: AccountId,
        symbol: &Symbol,
        leverage: u32,
    ) -> Result<Decimal, Refusal> {
        let rules = self.rules.get(symbol).ok_or(Refusal::SYMBOL)?;
        let highest = rules.brackets.iter().map(|row| row.leverage_max).max().unwrap_or(1);
        if !(1..=highest).contains(&leverage) {
            return Err(Refusal::LEVERAGE);
        }
        let allowed = margin::notional_max(&rules.brackets, leverage);
        self.check_leverage(account, symbol, (leverage, allowed))?;
        let settings = self.account_mut(account).settings_mut(symbol);
        let is_change = settings.leverage != leverage;
        settings.leverage = leverage;
        if is_change {
            let event = user_events::leverage_update(symbol, leverage, self.now);
            self.tell(account, &event);
        }
        Ok(allowed)
    }

    fn check_leverage(
        &self,
        account: AccountId,
        symbol: &Symbol,
        (leverage, allowed): (u32, Decimal),
    ) -> Result<(), Refusal> {
        let owner = self.account(account);
        let settings = owner.settings_of(symbol);
        let own = owner.open_positions().filter(|((other, _), _)| other == symbol);
        let mut added = Decimal::ZERO;
        for (key, position) in own {
            let row = self.position_margin(owner, key, position);
            if row.notional.abs() > allowed {
                return Err(Refusal::MAX_LEVERAGE);
            }
            added += margin::initial(row.notional, leverage) - row.initial;
        }
        let lowers = leverage < settings.leverage;
        let is_isolated = settings.margin_type == MarginType::Isolated;
        if lowers && is_isolated && owner.has_position(symbol) {
            return Err(Refusal::ISOLATED_LEVERAGE);
        }
        let can_pay = added <= self.account_margin(account).available;
        if lowers && !can_pay { Err(Refusal::MIN_LEVERAGE) } else { Ok(()) }
    }

    /// Sets the margin type of a symbol.
    pub(super) fn set_margin_type(
        &mut self,
        account: AccountId,
        symbol: &Symbol,
        margin_type: MarginType,
    ) -> Result<(), Refusal> {
        if !self.rules.contains_key(symbol) {
            return Err(Refusal::SYMBOL);
        }
        let owner = self.account(account);
        if owner.settings_of(symbol).margin_type == margin_type {
            return Err(Refusal::MARGIN_TYPE_UNCHANGED);
        }
        if owner.multi_assets && margin_type == MarginType::Isolated {
            return Err(Refusal::ISOLATED_IN_MULTI);
        }
        let has_algos = owner.open_algos().any(|algo| algo.terms.symbol == *symbol);
        if has_algos || owner.open_orders_of(symbol).next().is_some() {
            return Err(Refusal::MARGIN_TYPE_ORDERS);
        }
        if owner.has_position(symbol) {
            return Err(Refusal::MARGIN_TYPE_POSITION);
        }
        let sides = owner.position_sides();
        self.account_mut(account).settings_mut(symbol).margin_type = margin_type;
        let positions = sides.iter().flat_map(|side| self.changed_position(symbol, *side));
        let change = AccountChange {
            reason: "MARGIN_TYPE_CHANGE",
            positions: positions.collect(),
            ..AccountChange::default()
        };
        self.tell_account(account, &change);
        Ok(())
    }

    /// Sets the position mode of the account.
    pub(super) fn set_mode(
        &mut self,
        account: AccountId,
        mode: PositionMode,
    ) -> Result<(), Refusal> {
        let owner = self.account(account);
        if owner.mode == mode {
            return Err(Refusal::MODE_UNCHANGED);
        }
        if !owner.open_orders.is_empty() || !owner.open_algos.is_empty() {
            return Err(Refusal::MODE_ORDERS);
        }
        if owner.open_positions().next().is_some() {
            return Err(Refusal::MODE_POSITION);
        }
        self.account_mut(account).mode = mode;
        Ok(())
    }

    /// Switches the multi-assets mode of the account.
    pub(super) fn set_multi_assets(
        &mut self,
        account: AccountId,
        is_on: bool,
    ) -> Result<(), Refusal> {
        let owner = self.account(account);
        if owner.multi_assets == is_on {
            return Err(Refusal::MULTI_UNCHANGED);
        }
        let is_isolated = |(key, _): (&super::account::PositionOf, _)| {
            owner.settings_of(&key.0).margin_type == MarginType::Isolated
        };
        if is_on && owner.open_positions().any(is_isolated) {
            return Err(Refusal::MULTI_ISOLATED);
        }
        if !owner.open_orders.is_empty() {
            return Err(Refusal::MULTI_ORDERS);
        }
        self.account_mut(account).multi_assets = is_on;
        let event = user_events::multi_assets_update(is_on, self.now);
        self.tell(account, &event);
        Ok(())
    }

    /// Moves margin between the cross wallet and an isolated position.
    pub(super) fn move_margin(
        &mut self,
        account: AccountId,
        (symbol, side): (&Symbol, PositionSide),
        (direction, amount): (MarginMove, Decimal),
    ) -> Result<(), Refusal> {
        let amount = self.checked_margin(account, (symbol, side), (direction, amount))?;
        let signed = match direction {
            MarginMove::Add => amount,
            MarginMove::Reduce => -amount,
        };
        let owner = self.account_mut(account);
        owner.cross_wallet -= signed;
        let key = (symbol.clone(), side);
        owner.positions.entry(key).or_default().isolated_wallet += signed;
        let positions = self.changed_position(symbol, side);
        let change = AccountChange {
            reason: "MARGIN_TRANSFER",
            balance_change: Some(Decimal::ZERO),
            positions,
            symbol: None,
        };
        self.tell_account(account, &change);
        Ok(())
    }

    fn checked_margin(
        &self,
        account: AccountId,
        (symbol, side): (&Symbol, PositionSide),
        (direction, amount): (MarginMove, Decimal),
    ) -> Result<Decimal, Refusal> {
        self.check_position_side(account, side)?;
        let owner = self.account(account);
        let amount = cut(amount);
        if amount <= Decimal::ZERO {
            return Err(Refusal::AMOUNT_NOT_POSITIVE);
        }
        if owner.settings_of(symbol).margin_type != MarginType::Isolated {
            return Err(Refusal::ISOLATED_ONLY);
        }
        let position = owner.position(symbol, side);
        if position.is_flat() {
            return Err(Refusal::NO_POSITION_MARGIN);
        }
        let row = self.position_margin(owner, &(symbol.clone(), side), &position);
        let free = position.isolated_wallet + row.unrealized.min(Decimal::ZERO) - row.initial;
        match direction {
            MarginMove::Add if amount > self.account_margin(account).available => {
                Err(Refusal::CROSS_BALANCE)
            }
            MarginMove::Reduce if amount > free => Err(Refusal::ISOLATED_BALANCE),
            MarginMove::Add | MarginMove::Reduce => Ok(amount),
        }
    }
}
