//! One step of the market: its trades serve resting orders and trigger conditional ones, its book and
//! mark price do the same, and accounts that cannot bear it are liquidated.

use domain::{Decimal, PositionSide, Symbol, Timestamp};

use super::account::AccountId;
use super::decimal_text::cut;
use super::market_state::MarketState;
use super::market_view::MarketStep;
use super::state::{Movement, Purse, Trading};
use super::user_events::AccountChange;
use super::words::{IncomeType, MarginType, WorkingType};

impl Trading {
    /// Takes one step of a symbol's market.
    pub fn on_market(&mut self, step: &MarketStep<'_>, now: Timestamp) {
        self.advance(now);
        let symbol = step.symbol;
        self.markets.insert(symbol.clone(), MarketState::of(step));
        for trade in step.trades {
            self.serve_by_trade(symbol, trade);
            self.watch(symbol, WorkingType::Contract, trade.price);
        }
        self.refresh_queues(symbol);
        self.serve_crossed(symbol);
        self.watch(symbol, WorkingType::Contract, step.last_price);
        self.watch(symbol, WorkingType::Mark, step.mark_price);
        self.check_solvency(symbol);
    }

    /// Settles funding of a symbol at its mark price: longs pay shorts where the rate is positive
    /// (FAQ:funding rates).
    pub fn settle_funding(
        &mut self,
        symbol: &Symbol,
        rate: Decimal,
        mark: Decimal,
        now: Timestamp,
    ) {
        self.advance(now);
        for account in self.account_ids() {
            let own = self.account(account).open_positions();
            let own: Vec<(PositionSide, Decimal)> = own
                .filter(|((other, _), _)| other == symbol)
                .map(|((_, side), position)| (*side, cut(-position.amount * mark * rate)))
                .collect();
            for (side, payment) in own {
                self.pay_funding(account, (symbol, side), payment);
            }
        }
        self.check_solvency(symbol);
    }

    fn pay_funding(
        &mut self,
        account: AccountId,
        (symbol, side): (&Symbol, PositionSide),
        payment: Decimal,
    ) {
        if payment.is_zero() {
            return;
        }
        let margin_type = self.account(account).settings_of(symbol).margin_type;
        let (purse, positions) = match margin_type {
            MarginType::Crossed => (Purse::Cross, Vec::new()),
            MarginType::Isolated => {
                let key = (symbol.clone(), side);
                (Purse::Isolated(key), self.changed_position(symbol, side))
            }
        };
        let movement = Movement {
            kind: IncomeType::FundingFee,
            amount: payment,
            symbol: Some(symbol.clone()),
            trade_id: None,
        };
        self.post(account, &purse, movement);
        self.tell_account(
            account,
            &AccountChange {
                reason: "FUNDING_FEE",
                balance_change: Some(payment),
                positions,
                symbol: Some(symbol),
            },
        );
    }
}
