//! Routes that change or show an account's settings, its income and its limits.

use domain::{PositionMode, Timestamp};
use serde_json::{Value, json};

use super::account::Income;
use super::decimal_text::{money_text, text};
use super::handle::{Answer, Call};
use super::refusal::Refusal;
use super::settings::MarginMove;
use super::state::Trading;
use super::time_window::TimeWindow;
use super::words::{IncomeType, MarginType};

/// Rows of `income` by default and at most.
const INCOME_ROWS: (usize, usize) = (100, 1_000);

impl Trading {
    pub(super) fn post_leverage(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        let leverage: u32 = call.parameters.needed_number("leverage")?;
        let allowed = self.set_leverage(call.account, &symbol, leverage)?;
        Ok(json!({
            "leverage": leverage, "maxNotionalValue": text(allowed), "symbol": symbol.as_str(),
        }))
    }

    pub(super) fn post_margin_type(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        let text = call.parameters.needed("marginType")?;
        let margin_type =
            MarginType::parse(text).ok_or_else(|| Refusal::malformed("marginType"))?;
        self.set_margin_type(call.account, &symbol, margin_type)?;
        Ok(success())
    }

    pub(super) fn get_mode(&mut self, call: &Call) -> Answer {
        let mode = self.account(call.account).mode;
        Ok(json!({ "dualSidePosition": mode == PositionMode::Hedge }))
    }

    pub(super) fn post_mode(&mut self, call: &Call) -> Answer {
        call.parameters.needed("dualSidePosition")?;
        let mode = if call.parameters.flag("dualSidePosition")? {
            PositionMode::Hedge
        } else {
            PositionMode::OneWay
        };
        self.set_mode(call.account, mode)?;
        Ok(success())
    }

    pub(super) fn post_position_margin(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let amount = call.parameters.needed_decimal("amount")?;
        let (direction, number) = match call.parameters.needed("type")? {
            "1" => (MarginMove::Add, 1),
            "2" => (MarginMove::Reduce, 2),
            _ => return Err(Refusal::malformed("type")),
        };
        let side = call.parameters.position_side()?;
        self.move_margin(call.account, (&symbol, side), (direction, amount))?;
        let shown: Value = serde_json::from_str(&text(amount)).unwrap_or(Value::Null);
        let message = "Successfully modify position margin.";
        Ok(json!({ "amount": shown, "code": 200, "msg": message, "type": number }))
    }

    pub(super) fn get_multi_assets(&mut self, call: &Call) -> Answer {
        Ok(json!({ "multiAssetsMargin": self.account(call.account).multi_assets }))
    }

    pub(super) fn post_multi_assets(&mut self, call: &Call) -> Answer {
        call.parameters.needed("multiAssetsMargin")?;
        let is_on = call.parameters.flag("multiAssetsMargin")?;
        self.set_multi_assets(call.account, is_on)?;
        Ok(success())
    }

    pub(super) fn get_fee_burn(&mut self, _call: &Call) -> Answer {
        Ok(json!({ "feeBurn": false }))
    }

    pub(super) fn get_income(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        let window = TimeWindow::read(&call.parameters, INCOME_ROWS, self.now)?;
        let kind = call.parameters.text("incomeType");
        let rows = self.account(call.account).income.iter().filter(|row| {
            kind.is_none_or(|kind| row.kind.text() == kind)
                && symbol.as_ref().is_none_or(|symbol| row.symbol.as_ref() == Some(symbol))
        });
        let rows = window.rows(rows.collect(), |row| row.time);
        Ok(rows.into_iter().map(|row| income_json(row, &self.options.asset)).collect())
    }

    pub(super) fn get_order_limits(&mut self, _call: &Call) -> Answer {
        Ok(json!([
            { "rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10,
              "limit": self.options.orders_per_ten_seconds },
            { "rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1,
              "limit": self.options.orders_per_minute },
        ]))
    }

    pub(super) fn get_trading_status(&mut self, _call: &Call) -> Answer {
        Ok(json!({ "indicators": {}, "updateTime": self.now.millis() }))
    }

    pub(super) fn retired(&mut self, _call: &Call) -> Answer {
        Err(Refusal::RETIRED)
    }

    pub(super) fn post_listen_key(&mut self, call: &Call) -> Answer {
        let key = self.streams.start(call.account, &mut self.seeded, self.now);
        Ok(json!({ "listenKey": key }))
    }

    pub(super) fn put_listen_key(&mut self, call: &Call) -> Answer {
        let now: Timestamp = self.now;
        let key = self.streams.extend(call.account, now).ok_or(Refusal::LISTEN_KEY)?;
        Ok(json!({ "listenKey": key }))
    }

    pub(super) fn delete_listen_key(&mut self, call: &Call) -> Answer {
        self.streams.end(call.account);
        Ok(json!({}))
    }
}

fn success() -> Value {
    json!({ "code": 200, "msg": "success" })
}

fn income_json(row: &Income, asset: &str) -> Value {
    let info = match row.kind {
        IncomeType::Commission | IncomeType::RealizedPnl => {
            row.trade_id.map_or_else(String::new, |id| id.to_string())
        }
        IncomeType::Transfer | IncomeType::FundingFee | IncomeType::InsuranceClear => {
            row.kind.text().to_owned()
        }
    };
    json!({
        "symbol": row.symbol.as_ref().map_or("", |symbol| symbol.as_str()),
        "incomeType": row.kind.text(), "income": money_text(row.amount), "asset": asset,
        "info": info, "time": row.time.millis(), "tranId": row.transaction,
        "tradeId": row.trade_id.map_or_else(String::new, |id| id.to_string()),
    })
}
