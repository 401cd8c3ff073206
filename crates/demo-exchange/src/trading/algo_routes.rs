//! `/fapi/v1/algoOrder` and its relatives: parameters in, answers out (D:New Algo Order and
//! its neighbours).
//!
//! The service is eventually consistent: for a while queries by id miss what `openAlgoOrders` lists, and
//! show what was cancelled as it was.

use domain::{Decimal, Timestamp};
use serde_json::{Value, json};

use super::account::Account;
use super::algo_order::AlgoOrder;
use super::decimal_text::{java_double, text};
use super::handle::{Answer, Call};
use super::order_json::{average, good_till};
use super::order_request;
use super::order_routes::all_cancelled;
use super::refusal::Refusal;
use super::state::Trading;
use super::time_window::TimeWindow;
use super::words::{AlgoStatus, position_side_text, side_text};

/// Rows of the history by default and at most.
const ROWS: (usize, usize) = (500, 1_000);

impl Trading {
    pub(super) fn post_algo(&mut self, call: &Call) -> Answer {
        let mode = self.reduce_only_in_mode(call.account);
        let stamp = (&mut self.seeded, self.now);
        let terms = order_request::algo_terms(&call.parameters, mode, stamp)?;
        let id = self.place_algo(call.account, terms)?;
        let algo = self.account(call.account).algos.get(&id).ok_or(Refusal::NO_SUCH_ORDER)?;
        Ok(placed_answer(algo))
    }

    pub(super) fn get_algo(&mut self, call: &Call) -> Answer {
        let owner = self.account(call.account);
        let algo = find(owner, call)?.filter(|algo| algo.hidden_until <= self.now);
        let algo = algo.ok_or(Refusal::NO_SUCH_ORDER)?;
        Ok(queried(owner, algo, self.now))
    }

    pub(super) fn get_open_algos(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.optional_symbol()?;
        self.check_known(symbol.as_ref())?;
        let id: Option<u64> = call.parameters.number("algoId")?;
        let open = self.account(call.account).open_algos().filter(|algo| {
            symbol.as_ref().is_none_or(|symbol| algo.terms.symbol == *symbol)
                && id.is_none_or(|id| algo.id == id)
        });
        Ok(open.map(|algo| written(algo, java_double)).collect())
    }

    pub(super) fn get_all_algos(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let window = TimeWindow::read(&call.parameters, ROWS, self.now)?;
        let first: Option<u64> = call.parameters.number("algoId")?;
        let owner = self.account(call.account);
        let algos = owner.algos.values().filter(|algo| {
            algo.terms.symbol == symbol && first.is_none_or(|first| algo.id >= first)
        });
        let rows = window.rows(algos.collect(), |algo| algo.created);
        Ok(rows.into_iter().map(|algo| queried(owner, algo, self.now)).collect())
    }

    pub(super) fn delete_algo(&mut self, call: &Call) -> Answer {
        let found = find(self.account(call.account), call)?;
        let (id, client_id) = found
            .map(|algo| (algo.id, algo.terms.client_id.clone()))
            .ok_or(Refusal::UNKNOWN_ORDER_SENT)?;
        self.cancel_algo(call.account, id)?;
        Ok(json!({ "algoId": id, "clientAlgoId": client_id, "code": "200", "msg": "success" }))
    }

    pub(super) fn delete_open_algos(&mut self, call: &Call) -> Answer {
        let symbol = call.parameters.symbol()?;
        self.check_known(Some(&symbol))?;
        let waiting = self
            .account(call.account)
            .open_algos()
            .filter(|algo| algo.terms.symbol == symbol && algo.status == AlgoStatus::New);
        for id in waiting.map(|algo| algo.id).collect::<Vec<_>>() {
            self.cancel_algo(call.account, id)?;
        }
        Ok(all_cancelled())
    }
}

/// The conditional order that a request names; the last one where several had the name.
fn find<'a>(owner: &'a Account, call: &Call) -> Result<Option<&'a AlgoOrder>, Refusal> {
    match (call.parameters.number::<u64>("algoId")?, call.parameters.text("clientAlgoId")) {
        (Some(id), _) => Ok(owner.algos.get(&id)),
        (None, Some(name)) => {
            Ok(owner.algos.values().rev().find(|algo| algo.terms.client_id == name))
        }
        (None, None) => Err(Refusal::ONE_OF_ALGO_IDS),
    }
}

/// The answer of a placement.
fn placed_answer(algo: &AlgoOrder) -> Value {
    let mut value = written(algo, text);
    value["algoStatus"] = json!(AlgoStatus::New.text());
    (value["updateTime"], value["triggerTime"]) = (json!(algo.created.millis()), json!(0));
    value
}

/// What a query by id answers: with what became of the order, once there is one.
fn queried(owner: &Account, algo: &AlgoOrder, now: Timestamp) -> Value {
    if now < algo.stale_until {
        return placed_answer(algo);
    }
    let mut value = written(algo, text);
    let child = algo.child.and_then(|child| owner.orders.get(&child));
    value["actualOrderId"] = json!(child.map_or_else(String::new, |order| order.id.to_string()));
    value["actualPrice"] = json!(child.map_or_else(|| "0.00000".to_owned(), average));
    value["tpOrderType"] = json!("");
    if let Some(order) = child {
        value["actualType"] = json!(order.terms.order_type.text());
        value["actualQty"] = json!(text(order.executed));
    }
    value
}

fn written(algo: &AlgoOrder, number: fn(Decimal) -> String) -> Value {
    let terms = &algo.terms;
    let optional = |value: Option<Decimal>| value.map_or_else(String::new, number);
    json!({
        "algoId": algo.id, "clientAlgoId": terms.client_id, "algoType": "CONDITIONAL",
        "orderType": terms.original_type.text(), "symbol": terms.symbol.as_str(),
        "side": side_text(terms.side), "positionSide": position_side_text(terms.position_side),
        "timeInForce": terms.time_in_force.text(), "quantity": number(terms.quantity),
        "algoStatus": algo.status.text(), "triggerPrice": number(terms.trigger_price),
        "price": number(terms.price), "icebergQuantity": Value::Null,
        "selfTradePreventionMode": terms.self_trade.text(),
        "workingType": terms.working_type.text(), "priceMatch": terms.price_match.text(),
        "closePosition": terms.close_position, "priceProtect": terms.price_protect,
        "reduceOnly": terms.reduce_only, "activatePrice": optional(terms.activate_price),
        "callbackRate": optional(terms.callback_rate), "createTime": algo.created.millis(),
        "updateTime": algo.updated.millis(),
        "triggerTime": algo.triggered_at.map_or(0, Timestamp::millis),
        "goodTillDate": good_till(terms),
    })
}
