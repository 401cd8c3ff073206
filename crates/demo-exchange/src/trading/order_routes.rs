//! `/fapi/v1/order` and its relatives: parameters in, answers out (D:New Order and its
//! neighbours).

use domain::{Decimal, PositionMode, Symbol, Timestamp};
use serde_json::{Value, json};

use super::account::{AccountId, UserTrade};
use super::amend::NewTerms;
use super::decimal_text::text;
use super::filters;
use super::handle::{Answer, Call};
use super::order::{ExpiryReason, Order, OrderTerms};
use super::order_json;
use super::order_request::{self, ReduceOnly};
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::state::Trading;
use super::time_window::TimeWindow;
use super::words::{OrderStatus, OrderType, PriceMatch, ResponseType, TimeInForce};
use super::words::{position_side_text, side_text};

/// Orders that can be placed at once, and cancelled at once.
const BATCH_PLACE_MAX: usize = 5;
const BATCH_CANCEL_MAX: usize = 10;
/// How long orders can be asked for: unfilled and ended ones, and all others.
const UNFILLED_KEPT_MS: i64 = 3 * 86_400_000;
const KEPT_MS: i64 = 90 * 86_400_000;
/// Rows of a history by default and at most.
const ROWS: (usize, usize) = (500, 1_000);

impl Trading {
    pub(super) fn reduce_only_in_mode(&self, account: AccountId) -> ReduceOnly {
        match self.account(account).mode {
            PositionMode::OneWay => ReduceOnly::Allowed,
            PositionMode::Hedge => ReduceOnly::NotInThisMode,
        }
    }

    pub(super) fn post_order(&mut self, call: &Call) -> Answer {
        let (id, response) = self.place_from(call.account, &call.parameters)?;
        let order = self.order(call.account, id).ok_or(Refusal::NO_SUCH_ORDER)?;
        Ok(placed_answer(order, response))
    }

    fn place_from(
        &mut self,
        account: AccountId,
        parameters: &Parameters,
    ) -> Result<(u64, ResponseType), Refusal> {
        let terms = self.read_terms(account, parameters)?;
        let response =
            parameters.word("newOrderRespType", ResponseType::parse, ResponseType::Ack)?;
        Ok((self.place(account, terms, None)?, response))
    }

    fn read_terms(
        &mut self,
        account: AccountId,
        parameters: &Parameters,
    ) -> Result<OrderTerms, Refusal> {
        let mode = self.reduce_only_in_mode(account);
        let stamp = (&mut self.seeded, self.now);
        let mut terms = order_request::order_terms(parameters, mode, stamp)?;
        self.match_price(&mut terms)?;
        Ok(terms)
    }

    pub(super) fn test_order(&mut self, call: &Call) -> Answer {
        let terms = self.read_terms(call.account, &call.parameters)?;
        self.check_order(call.account, &terms)?;
        Ok(order_json::tested(&terms))
    }

    pub(super) fn post_batch(&mut self, call: &Call) -> Answer {
        let elements = json_list(&call.parameters, "batchOrders")?;
        if elements.is_empty() || elements.len() > BATCH_PLACE_MAX {
            return Err(Refusal::BATCH_SIZE);
        }
        let answers = elements.iter().map(|element| {
            let Some(parameters) = Parameters::of_element(element) else {
                return Refusal::malformed("batchOrders").element();
            };
            match self.place_from(call.account, &parameters) {
                Ok((id, response)) => self
                    .order(call.account, id)
                    .map_or(Value::Null, |order| placed_answer(order, response)),
                Err(refusal) => refusal.element(),
            }
        });
        Ok(Value::Array(answers.collect()))
    }

    pub(super) fn put_order(&mut self, call: &Call) -> Answer {
        let parameters = &call.parameters;
        let order = self.find_named(call.account, parameters)?.ok_or(Refusal::NO_SUCH_ORDER)?;
        if !order.is_open() {
            return Err(Refusal::NO_SUCH_ORDER);
        }
        if parameters.side()? != order.terms.side {
            return Err(Refusal::SIDE);
        }
        let price_match = parameters.word("priceMatch", PriceMatch::parse, PriceMatch::None)?;
        let price = match price_match {
            PriceMatch::None => parameters.needed_decimal("price")?,
            PriceMatch::Opponent10 | PriceMatch::Opponent20 => return Err(Refusal::PRICE_MATCH),
            PriceMatch::Opponent
            | PriceMatch::Opponent5
            | PriceMatch::Queue
            | PriceMatch::Queue5
            | PriceMatch::Queue10
            | PriceMatch::Queue20 => Decimal::ZERO,
        };
        let quantity = parameters.needed_decimal("quantity")?;
        let modify_id = parameters.number("modifyId")?;
        let change = NewTerms { quantity, price, price_match, modify_id };
        self.amend(call.account, &order, change)?;
        let order = self.order(call.account, order.id).ok_or(Refusal::NO_SUCH_ORDER)?;
        let mut answer = order_json::answer(order);
        if let Some(id) = modify_id {
            answer["modifyId"] = json!(id);
        }
        Ok(answer)
    }

    pub(super) fn get_amendments(&mut self, call: &Call) -> Answer {
        let order = self.find_order(call)?;
        let rows = order.amendments.iter().enumerate();
        Ok(rows.map(|(index, row)| order_json::amendment(&order, row, index + 1)).collect())
    }

    pub(super) fn get_order(&mut self, call: &Call) -> Answer {
        Ok(order_json::queried(&self.find_order(call)?))
    }

    pub(super) fn get_open_order(&mut self, call: &Call) -> Answer {
        let order = self.find_order(call)?;
        if order.is_open() { Ok(order_json::queried(&order)) } else { Err(Refusal::NO_SUCH_ORDER) }
    }

    pub(super) fn get_open_orders(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let open = self.account(call.account).open_orders();
        let wanted = open.filter(|order| {
            order.hidden_until <= self.now
                && symbol.as_ref().is_none_or(|symbol| order.terms.symbol == *symbol)
        });
        Ok(wanted.map(order_json::queried).collect())
    }

    pub(super) fn get_all_orders(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let window = TimeWindow::read(&call.parameters, ROWS, self.now)?;
        let first: Option<u64> = call.parameters.number("orderId")?;
        let orders = self.account(call.account).orders.values().filter(|order| {
            symbol.as_ref().is_none_or(|symbol| order.terms.symbol == *symbol)
                && first.is_none_or(|first| order.id >= first)
                && self.is_kept(order)
        });
        let window = TimeWindow { starts_early: window.starts_early || first.is_some(), ..window };
        let rows = window.rows(orders.collect(), |order| order.created);
        Ok(rows.into_iter().map(order_json::queried).collect())
    }

    pub(super) fn delete_order(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_cancel(&symbol)?;
        let found = self.find_named(call.account, &call.parameters)?;
        let order = found.ok_or(Refusal::UNKNOWN_ORDER_SENT)?;
        self.cancel_one(call.account, &order)
    }

    fn cancel_one(&mut self, account: AccountId, order: &Order) -> Answer {
        if self.faults.fills_before_cancel {
            let rest = self.takeable(account, order);
            self.fill_resting(account, order, rest);
        }
        if !self.order(account, order.id).is_some_and(Order::is_open) {
            return Err(Refusal::UNKNOWN_ORDER_SENT);
        }
        self.end_order(account, order.id, (OrderStatus::Canceled, ExpiryReason::None));
        let order = self.order(account, order.id).ok_or(Refusal::UNKNOWN_ORDER_SENT)?;
        Ok(order_json::answer(order))
    }

    pub(super) fn delete_open_orders(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_cancel(&symbol)?;
        self.cancel_all(call.account, &symbol);
        Ok(all_cancelled())
    }

    pub(super) fn delete_batch(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_cancel(&symbol)?;
        let (name, list) = if call.parameters.has("orderIdList") {
            ("orderId", json_list(&call.parameters, "orderIdList")?)
        } else {
            ("origClientOrderId", json_list(&call.parameters, "origClientOrderIdList")?)
        };
        if list.is_empty() || list.len() > BATCH_CANCEL_MAX {
            return Err(Refusal::BATCH_SIZE);
        }
        let answers = list.into_iter().map(|id| {
            let element = json!({ "symbol": symbol.as_str(), name: id });
            let parameters = Parameters::of_element(&element).unwrap_or_default();
            let found = self.find_named(call.account, &parameters);
            let cancelled = match found {
                Ok(Some(order)) => self.cancel_one(call.account, &order),
                Ok(None) => Err(Refusal::UNKNOWN_ORDER_SENT),
                Err(refusal) => Err(refusal),
            };
            cancelled.unwrap_or_else(|refusal| refusal.element())
        });
        Ok(Value::Array(answers.collect()))
    }

    pub(super) fn post_countdown(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let millis: i64 = call.parameters.needed_number("countdownTime")?;
        if millis < 0 {
            return Err(Refusal::malformed("countdownTime"));
        }
        let at = self.now.plus_millis(millis);
        let countdowns = &mut self.account_mut(call.account).countdowns;
        if millis == 0 {
            countdowns.remove(&symbol);
        } else {
            countdowns.insert(symbol.clone(), at);
        }
        Ok(json!({ "symbol": symbol.as_str(), "countdownTime": millis.to_string() }))
    }

    pub(super) fn get_user_trades(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let from_id: Option<u64> = call.parameters.number("fromId")?;
        let has_times = call.parameters.has("startTime") || call.parameters.has("endTime");
        if from_id.is_some() && has_times {
            return Err(Refusal::COMBINATION);
        }
        let window = TimeWindow::read(&call.parameters, ROWS, self.now)?;
        let order_id: Option<u64> = call.parameters.number("orderId")?;
        let trades = self.account(call.account).trades.iter().filter(|trade| {
            trade.symbol == symbol
                && order_id.is_none_or(|id| trade.order_id == id)
                && from_id.is_none_or(|id| trade.id >= id)
        });
        let from = if from_id.is_some() { Timestamp::from_millis(0) } else { window.from };
        let window =
            TimeWindow { from, starts_early: window.starts_early || from_id.is_some(), ..window };
        let rows = window.rows(trades.collect(), |trade| trade.time);
        Ok(rows.into_iter().map(|trade| trade_json(trade, &self.options.asset)).collect())
    }

    pub(super) fn get_force_orders(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        let orders = self.account(call.account).orders.values().filter(|order| {
            let is_liquidation = order.terms.order_type == OrderType::Liquidation;
            let is_forced = match call.parameters.text("autoCloseType") {
                Some("LIQUIDATION") => is_liquidation,
                Some("ADL") => order.terms.client_id == "adl_autoclose",
                Some(_) | None => is_liquidation || order.terms.client_id == "adl_autoclose",
            };
            is_forced && symbol.as_ref().is_none_or(|symbol| order.terms.symbol == *symbol)
        });
        Ok(orders.map(order_json::queried).collect())
    }

    /// The order that a request names, if queries can see it.
    fn find_order(&self, call: &Call) -> Result<Order, Refusal> {
        let order = self.find_named(call.account, &call.parameters)?;
        let visible = order.filter(|order| order.hidden_until <= self.now && self.is_kept(order));
        visible.ok_or(Refusal::NO_SUCH_ORDER)
    }

    /// The order that a request names, as the matching engine knows it.
    fn find_named(
        &self,
        account: AccountId,
        parameters: &Parameters,
    ) -> Result<Option<Order>, Refusal> {
        let symbol = parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let owner = self.account(account);
        let order = match (parameters.number("orderId")?, parameters.text("origClientOrderId")) {
            (Some(id), _) => owner.orders.get(&id),
            // The last of that name: names are unique among open orders only.
            (None, Some(name)) => {
                owner.orders.values().rev().find(|order| order.terms.client_id == name)
            }
            (None, None) => return Err(Refusal::ONE_OF_IDS),
        };
        Ok(order.filter(|order| order.terms.symbol == symbol).cloned())
    }

    fn is_kept(&self, order: &Order) -> bool {
        let age = self.now.millis().saturating_sub(order.created.millis());
        let is_bare = !order.is_open() && order.executed.is_zero();
        order.is_open() || age <= if is_bare { UNFILLED_KEPT_MS } else { KEPT_MS }
    }

    pub(super) fn check_known(&self, symbol: Option<&Symbol>) -> Result<(), Refusal> {
        let is_known = symbol.is_none_or(|symbol| self.rules.contains_key(symbol));
        if is_known { Ok(()) } else { Err(Refusal::SYMBOL) }
    }

    fn check_cancel(&self, symbol: &Symbol) -> Result<(), Refusal> {
        let rules = self.rules.get(symbol).ok_or(Refusal::SYMBOL)?;
        filters::check_cancel(rules.status)
    }
}

/// `RESULT` shows the final status of orders that take; everything else is answered on acceptance.
fn placed_answer(order: &Order, response: ResponseType) -> Value {
    let takes = order.terms.order_type == OrderType::Market
        || matches!(order.terms.time_in_force, TimeInForce::Ioc | TimeInForce::Fok);
    match response {
        ResponseType::Result if takes => order_json::answer(order),
        ResponseType::Result | ResponseType::Ack => order_json::acknowledged(order),
    }
}

pub(super) fn all_cancelled() -> Value {
    json!({ "code": 200, "msg": "The operation of cancel all open order is done." })
}

fn json_list(parameters: &Parameters, name: &str) -> Result<Vec<Value>, Refusal> {
    let text = parameters.needed(name)?;
    serde_json::from_str(text).map_err(|_| Refusal::malformed(name))
}

fn trade_json(trade: &UserTrade, asset: &str) -> Value {
    json!({
        "buyer": trade.side == domain::Side::Buy,
        "commission": super::decimal_text::money_text(trade.commission),
        "commissionAsset": asset, "id": trade.id, "maker": trade.is_maker,
        "orderId": trade.order_id, "price": text(trade.price), "qty": text(trade.quantity),
        "quoteQty": text(trade.price * trade.quantity),
        "realizedPnl": super::decimal_text::money_text(trade.realized),
        "side": side_text(trade.side), "positionSide": position_side_text(trade.position_side),
        "symbol": trade.symbol.as_str(), "time": trade.time.millis(), "marginAsset": asset,
    })
}
