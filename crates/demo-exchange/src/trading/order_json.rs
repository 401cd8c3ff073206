//! Orders as REST writes them (D:New Order, D:Query Order).
//!
//! The immediate answer of place, amend and cancel has neither `avgPrice` nor `cumQuote`; queries have both.

use domain::{Decimal, Timestamp};
use serde_json::{Value, json};

use super::decimal_text::text;
use super::order::{Amendment, Order, OrderTerms};
use super::words::{OrderStatus, position_side_text, side_text};

/// The immediate answer, as the order stands.
pub(crate) fn answer(order: &Order) -> Value {
    answer_of(&order.terms, order.id, (order.status, order.executed), order.updated)
}

/// The immediate answer on acceptance: nothing has filled yet.
pub(crate) fn acknowledged(order: &Order) -> Value {
    answer_of(&order.terms, order.id, (OrderStatus::New, Decimal::ZERO), order.created)
}

/// The answer of a test order: zeroed.
pub(crate) fn tested(terms: &OrderTerms) -> Value {
    answer_of(terms, 0, (OrderStatus::New, Decimal::ZERO), Timestamp::from_millis(0))
}

fn answer_of(
    terms: &OrderTerms,
    id: u64,
    (status, executed): (OrderStatus, Decimal),
    updated: Timestamp,
) -> Value {
    json!({
        "clientOrderId": terms.client_id,
        "cumQty": text(executed),
        "executedQty": text(executed),
        "orderId": id,
        "origQty": text(terms.quantity),
        "price": text(terms.price),
        "reduceOnly": terms.reduce_only,
        "side": side_text(terms.side),
        "positionSide": position_side_text(terms.position_side),
        "status": status.text(),
        "stopPrice": text(terms.trigger_price),
        "closePosition": terms.close_position,
        "symbol": terms.symbol.as_str(),
        "timeInForce": terms.time_in_force.text(),
        "type": terms.order_type.text(),
        "origType": terms.original_type.text(),
        "updateTime": updated.millis(),
        "workingType": terms.working_type.text(),
        "priceProtect": terms.price_protect,
        "priceMatch": terms.price_match.text(),
        "selfTradePreventionMode": terms.self_trade.text(),
        "goodTillDate": good_till(terms),
    })
}

/// What a query answers.
pub(crate) fn queried(order: &Order) -> Value {
    let mut value = answer(order);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("cumQty");
        fields.insert("avgPrice".to_owned(), json!(average(order)));
        fields.insert("cumQuote".to_owned(), json!(text(order.quote)));
        fields.insert("time".to_owned(), json!(order.created.millis()));
    }
    value
}

/// One row of the amendment history.
pub(crate) fn amendment(order: &Order, amendment: &Amendment, count: usize) -> Value {
    let (price_before, price_after) = amendment.price;
    let (quantity_before, quantity_after) = amendment.quantity;
    json!({
        "amendmentId": amendment.id,
        "symbol": order.terms.symbol.as_str(),
        "pair": order.terms.symbol.as_str(),
        "orderId": order.id,
        "clientOrderId": order.terms.client_id,
        "time": amendment.time.millis(),
        "amendment": {
            "price": { "before": text(price_before), "after": text(price_after) },
            "origQty": { "before": text(quantity_before), "after": text(quantity_after) },
            "count": count,
        },
    })
}

/// Average price of the fills, `0.00000` before the first.
pub(crate) fn average(order: &Order) -> String {
    order.average_price().map_or_else(|| "0.00000".to_owned(), |price| format!("{price:.5}"))
}

/// `goodTillDate`, zero without one.
pub(crate) fn good_till(terms: &OrderTerms) -> i64 {
    terms.good_till.map_or(0, Timestamp::millis)
}
