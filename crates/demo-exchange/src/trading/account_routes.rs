//! What an account is asked about itself: balances, positions, configuration (D:Account Information V3 and
//! its neighbours).

use domain::{Decimal, PositionMode, PositionSide, Symbol};
use serde_json::{Value, json};

use super::account::{AccountId, PositionOf};
use super::account_margin::AccountMargin;
use super::decimal_text::{money_text, text};
use super::handle::{Answer, Call};
use super::margin;
use super::position::Position;
use super::refusal::Refusal;
use super::state::Trading;
use super::words::{MarginType, position_side_text};

/// Which positions an answer lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    /// Symbols with a position or an open order (v3).
    Active,
    /// Every symbol (v2).
    All,
}

impl Trading {
    pub(super) fn get_balance(&mut self, call: &Call) -> Answer {
        let sum = self.account_margin(call.account);
        Ok(json!([{
            "accountAlias": "SgsR", "asset": self.options.asset,
            "balance": money_text(sum.wallet), "crossWalletBalance": money_text(sum.cross_wallet),
            "crossUnPnl": money_text(sum.cross_unrealized),
            "availableBalance": money_text(sum.available),
            "maxWithdrawAmount": money_text(withdrawable(&sum)), "marginAvailable": true,
            "updateTime": self.account(call.account).updated.millis(),
        }]))
    }

    pub(super) fn get_account(&mut self, call: &Call) -> Answer {
        let positions = self.listed(call.account, Listed::Active, None);
        let rows = positions.iter().map(|key| self.account_position(call.account, key));
        Ok(self.account_json(call.account, rows.collect()))
    }

    pub(super) fn get_account_v2(&mut self, call: &Call) -> Answer {
        let positions = self.listed(call.account, Listed::All, None);
        let owner = self.account(call.account);
        let rows = positions.iter().map(|key| {
            let mut row = self.account_position(call.account, key);
            let settings = owner.settings_of(&key.0);
            row["leverage"] = json!(settings.leverage.to_string());
            row["isolated"] = json!(settings.margin_type == MarginType::Isolated);
            row["entryPrice"] = json!(text(owner.position(&key.0, key.1).entry_price));
            row
        });
        let mut value = self.account_json(call.account, rows.collect());
        value["feeTier"] = json!(owner.fee_tier);
        value["canTrade"] = json!(true);
        value["canDeposit"] = json!(true);
        value["canWithdraw"] = json!(true);
        value["multiAssetsMargin"] = json!(owner.multi_assets);
        Ok(value)
    }

    fn account_json(&self, account: AccountId, positions: Vec<Value>) -> Value {
        let sum = self.account_margin(account);
        let initial = sum.position_initial + sum.open_order_initial;
        let margin_balance = sum.wallet + sum.unrealized;
        let updated = self.account(account).updated.millis();
        json!({
            "totalInitialMargin": money_text(initial),
            "totalMaintMargin": money_text(sum.maintenance),
            "totalWalletBalance": money_text(sum.wallet),
            "totalUnrealizedProfit": money_text(sum.unrealized),
            "totalMarginBalance": money_text(margin_balance),
            "totalPositionInitialMargin": money_text(sum.position_initial),
            "totalOpenOrderInitialMargin": money_text(sum.open_order_initial),
            "totalCrossWalletBalance": money_text(sum.cross_wallet),
            "totalCrossUnPnl": money_text(sum.cross_unrealized),
            "availableBalance": money_text(sum.available),
            "maxWithdrawAmount": money_text(withdrawable(&sum)),
            "assets": [{
                "asset": self.options.asset, "walletBalance": money_text(sum.wallet),
                "unrealizedProfit": money_text(sum.unrealized),
                "marginBalance": money_text(margin_balance),
                "maintMargin": money_text(sum.maintenance), "initialMargin": money_text(initial),
                "positionInitialMargin": money_text(sum.position_initial),
                "openOrderInitialMargin": money_text(sum.open_order_initial),
                "crossWalletBalance": money_text(sum.cross_wallet),
                "crossUnPnl": money_text(sum.cross_unrealized),
                "availableBalance": money_text(sum.available),
                "maxWithdrawAmount": money_text(withdrawable(&sum)), "updateTime": updated,
            }],
            "positions": positions,
        })
    }

    fn account_position(&self, account: AccountId, key: &PositionOf) -> Value {
        let owner = self.account(account);
        let position = owner.position(&key.0, key.1);
        let row = self.position_margin(owner, key, &position);
        json!({
            "symbol": key.0.as_str(), "positionSide": position_side_text(key.1),
            "positionAmt": text(position.amount), "unrealizedProfit": money_text(row.unrealized),
            "isolatedMargin": money_text(isolated_margin(&position, row.unrealized)),
            "notional": text(row.notional), "isolatedWallet": text(position.isolated_wallet),
            "initialMargin": text(row.initial + self.open_order_initial(owner, key)), "maintMargin": text(row.maintenance),
            "updateTime": position.updated.millis(),
        })
    }

    pub(super) fn get_positions(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let positions = self.listed(call.account, Listed::Active, symbol.as_ref());
        Ok(positions.iter().map(|key| self.position_json(call.account, key)).collect())
    }

    pub(super) fn get_positions_v2(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let positions = self.listed(call.account, Listed::All, symbol.as_ref());
        let owner = self.account(call.account);
        let rows = positions.iter().map(|key| {
            let mut row = self.position_json(call.account, key);
            let settings = owner.settings_of(&key.0);
            row["leverage"] = json!(settings.leverage.to_string());
            row["marginType"] = json!(settings.margin_type.short_text());
            row["isAutoAddMargin"] = json!("false");
            row["maxNotionalValue"] = json!(text(self.notional_max(&key.0, settings.leverage)));
            row
        });
        Ok(rows.collect())
    }

    fn position_json(&self, account: AccountId, key: &PositionOf) -> Value {
        let (symbol, side) = key;
        let owner = self.account(account);
        let position = owner.position(symbol, *side);
        let row = self.position_margin(owner, key, &position);
        let mark = self.mark(symbol).unwrap_or(Decimal::ZERO);
        let open_order = self.open_order_initial(owner, key);
        let notional = self.open_notional(account, symbol);
        let liquidation =
            if position.is_flat() { None } else { self.liquidation_price(account, key) };
        json!({
            "symbol": symbol.as_str(), "positionSide": position_side_text(*side),
            "positionAmt": text(position.amount), "entryPrice": text(position.entry_price),
            "breakEvenPrice": text(position.break_even()), "markPrice": format!("{mark:.8}"),
            "unRealizedProfit": money_text(row.unrealized),
            "liquidationPrice": liquidation.map_or_else(|| "0".to_owned(), text),
            "isolatedMargin": text(isolated_margin(&position, row.unrealized)),
            "notional": text(row.notional), "marginAsset": self.options.asset,
            "isolatedWallet": text(position.isolated_wallet),
            "initialMargin": text(row.initial + open_order), "maintMargin": text(row.maintenance),
            "positionInitialMargin": text(row.initial), "openOrderInitialMargin": text(open_order),
            "adl": if position.is_flat() { 0 } else { 1 },
            "bidNotional": text(notional.bid), "askNotional": text(notional.ask),
            "updateTime": position.updated.millis(),
        })
    }

    fn listed(
        &self,
        account: AccountId,
        listed: Listed,
        symbol: Option<&Symbol>,
    ) -> Vec<PositionOf> {
        let owner = self.account(account);
        let symbols: Vec<Symbol> = match listed {
            Listed::Active => owner.active_symbols().into_iter().collect(),
            Listed::All => self.rules.keys().cloned().collect(),
        };
        let wanted = symbols.into_iter().filter(|name| symbol.is_none_or(|other| name == other));
        let of_symbol = |name: Symbol| {
            let sides = owner.position_sides().iter();
            sides.map(move |side: &PositionSide| (name.clone(), *side))
        };
        wanted.flat_map(of_symbol).collect()
    }

    fn notional_max(&self, symbol: &Symbol, leverage: u32) -> Decimal {
        let rules = self.rules.get(symbol);
        rules.map_or(Decimal::ZERO, |rules| margin::notional_max(&rules.brackets, leverage))
    }

    pub(super) fn get_symbol_config(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let owner = self.account(call.account);
        let known = self.rules.keys();
        let wanted = known.filter(|name| symbol.as_ref().is_none_or(|other| *name == other));
        let rows = wanted.map(|name| {
            let settings = owner.settings_of(name);
            json!({
                "symbol": name.as_str(), "marginType": settings.margin_type.text(),
                "isAutoAddMargin": false, "leverage": settings.leverage,
                "maxNotionalValue": text(self.notional_max(name, settings.leverage)),
            })
        });
        Ok(rows.collect())
    }

    pub(super) fn get_account_config(&mut self, call: &Call) -> Answer {
        let owner = self.account(call.account);
        Ok(json!({
            "feeTier": owner.fee_tier, "canTrade": true, "canDeposit": true, "canWithdraw": true,
            "dualSidePosition": owner.mode == PositionMode::Hedge, "updateTime": 0,
            "multiAssetsMargin": owner.multi_assets, "tradeGroupId": -1,
        }))
    }

    pub(super) fn get_brackets(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        if let Some(symbol) = symbol {
            let rules = self.rules.get(&symbol).ok_or(Refusal::SYMBOL)?;
            return Ok(brackets_json(&symbol, &rules.brackets));
        }
        let rows = self.rules.iter();
        Ok(rows.map(|(symbol, rules)| brackets_json(symbol, &rules.brackets)).collect())
    }

    pub(super) fn get_commission(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        let rules = self.rules.get(&symbol).ok_or(Refusal::SYMBOL)?;
        Ok(json!({
            "symbol": symbol.as_str(), "makerCommissionRate": text(rules.maker_fee),
            "takerCommissionRate": text(rules.taker_fee),
            "rpiCommissionRate": text(rules.maker_fee),
        }))
    }
}

/// Isolated wallet and unrealized profit; zero in cross margin.
fn isolated_margin(position: &Position, unrealized: Decimal) -> Decimal {
    if position.isolated_wallet.is_zero() {
        Decimal::ZERO
    } else {
        position.isolated_wallet + unrealized
    }
}

/// What could be taken out: no unrealized profit.
fn withdrawable(sum: &AccountMargin) -> Decimal {
    sum.available.min(sum.cross_wallet).max(Decimal::ZERO)
}

/// Bracket figures are numbers on the wire, not texts. They are written from their digits.
fn brackets_json(symbol: &Symbol, brackets: &[super::market_view::Bracket]) -> Value {
    let rows = brackets.iter().map(|row| {
        json!({
            "bracket": row.number, "initialLeverage": row.leverage_max,
            "notionalCap": number(row.notional_cap), "notionalFloor": number(row.notional_floor),
            "maintMarginRatio": number(row.maintenance_rate), "cum": number(row.cum),
        })
    });
    json!({ "symbol": symbol.as_str(), "brackets": rows.collect::<Vec<_>>() })
}

fn number(value: Decimal) -> Value {
    serde_json::from_str(&text(value)).unwrap_or(Value::Null)
}
