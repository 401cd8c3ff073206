//! What somebody else does with an account: the user in the venue's own app, another program, the venue
//! (fault F14). The account's streams tell of it as of anything else.

use domain::{Decimal, PositionSide, Side, Symbol, Timestamp};

use super::account::AccountId;
use super::fills::FillKind;
use super::generated_name::generated_name;
use super::order::OrderTerms;
use super::order_faults::ForeignAct;
use super::refusal::Refusal;
use super::state::{Movement, Purse, Trading};
use super::user_events::AccountChange;
use super::words::{
    IncomeType, OrderType, PriceMatch, SelfTradePrevention, TimeInForce, WorkingType,
};
use crate::ApiReply;

/// Letters of a client id that the venue's app makes up.
const APP_ID: usize = 20;
/// Larger sums are no deposits; smaller ones cannot overflow a wallet.
const DEPOSIT_MAX: i64 = 1_000_000_000_000;

impl Trading {
    /// Carries out what somebody else does.
    ///
    /// # Errors
    /// The answer that the other one gets when the rules forbid it.
    pub fn act_elsewhere(
        &mut self,
        account: AccountId,
        act: ForeignAct,
        now: Timestamp,
    ) -> Result<(), ApiReply> {
        self.advance(now);
        self.carry_out(account, act).map_err(|refusal| refusal.reply())
    }

    fn carry_out(&mut self, account: AccountId, act: ForeignAct) -> Result<(), Refusal> {
        match act {
            ForeignAct::ManualTrade { symbol, side, position_side, quantity } => {
                let client_id = format!("web_{}", generated_name(&mut self.chance, APP_ID));
                let terms = market_terms((symbol, side, position_side), client_id, quantity);
                self.place(account, terms, None).map(|_| ())
            }
            ForeignAct::AutoDeleverage { symbol, position_side, quantity } => {
                self.deleverage(account, (symbol, position_side), quantity)
            }
            ForeignAct::Leverage { symbol, leverage } => {
                self.set_leverage(account, &symbol, leverage).map(|_| ())
            }
            ForeignAct::Margin { symbol, margin_type } => {
                self.set_margin_type(account, &symbol, margin_type)
            }
            ForeignAct::Mode { mode } => self.set_mode(account, mode),
            ForeignAct::Deposit { amount } => self.deposit(account, amount),
        }
    }

    fn deleverage(
        &mut self,
        account: AccountId,
        key: (Symbol, PositionSide),
        quantity: Decimal,
    ) -> Result<(), Refusal> {
        let mark = self.mark(&key.0).ok_or(Refusal::SYMBOL)?;
        let held = self.account(account).position(&key.0, key.1).amount.abs();
        let quantity = quantity.min(held);
        if quantity <= Decimal::ZERO {
            return Err(Refusal::REDUCE_ONLY);
        }
        self.close_at(account, &key, (mark, quantity), FillKind::Deleverage);
        Ok(())
    }

    fn deposit(&mut self, account: AccountId, amount: Decimal) -> Result<(), Refusal> {
        if amount.abs() > Decimal::from(DEPOSIT_MAX) {
            return Err(Refusal::malformed("amount"));
        }
        let is_withdrawal = amount.is_sign_negative();
        if is_withdrawal && -amount > self.account_margin(account).available {
            return Err(Refusal::BALANCE);
        }
        let kind = IncomeType::Transfer;
        self.post(account, &Purse::Cross, Movement { kind, amount, symbol: None, trade_id: None });
        let reason = if is_withdrawal { "WITHDRAW" } else { "DEPOSIT" };
        let change =
            AccountChange { reason, balance_change: Some(amount), ..AccountChange::default() };
        self.tell_account(account, &change);
        Ok(())
    }
}

fn market_terms(
    (symbol, side, position_side): (Symbol, Side, PositionSide),
    client_id: String,
    quantity: Decimal,
) -> OrderTerms {
    OrderTerms {
        symbol,
        client_id,
        side,
        position_side,
        order_type: OrderType::Market,
        original_type: OrderType::Market,
        time_in_force: TimeInForce::Gtc,
        quantity,
        price: Decimal::ZERO,
        trigger_price: Decimal::ZERO,
        reduce_only: false,
        close_position: false,
        price_match: PriceMatch::None,
        self_trade: SelfTradePrevention::ExpireMaker,
        good_till: None,
        working_type: WorkingType::Contract,
        price_protect: false,
        activate_price: None,
        callback_rate: None,
    }
}
