//! The truth log as JSON, for those who check a client against it from outside. Amounts are texts.

use serde_json::{Value, json};

use super::account::AccountId;
use super::decimal_text::text;
use super::state::Trading;
use super::truth::{Posting, TrueFill, TrueOrder};
use super::words::{position_side_text, side_text};

impl Trading {
    /// What really happened to an account: its wallet, its positions that are not flat, and every accepted
    /// order, fill and posting, in order.
    #[must_use]
    pub fn truth_json(&self, account: AccountId) -> Value {
        let truth = self.truth();
        let positions = self.account(account).open_positions().map(|((symbol, side), _)| {
            let amount = truth.position(account, symbol, *side);
            json!({
                "symbol": symbol.as_str(), "positionSide": position_side_text(*side),
                "amount": text(amount),
            })
        });
        let orders = truth.orders.iter().filter(|order| order.account == account);
        let fills = truth.fills.iter().filter(|fill| fill.account == account);
        let postings = truth.postings.iter().filter(|posting| posting.account == account);
        json!({
            "wallet": text(truth.wallet(account)),
            "positions": positions.collect::<Vec<_>>(),
            "orders": orders.map(order_json).collect::<Vec<_>>(),
            "fills": fills.map(fill_json).collect::<Vec<_>>(),
            "postings": postings.map(posting_json).collect::<Vec<_>>(),
        })
    }
}

fn order_json(order: &TrueOrder) -> Value {
    json!({
        "id": order.id, "clientId": order.client_id, "isConditional": order.is_conditional,
        "symbol": order.symbol.as_str(), "side": side_text(order.side),
        "positionSide": position_side_text(order.position_side),
        "quantity": text(order.quantity), "price": text(order.price),
        "time": order.time.millis(),
    })
}

fn fill_json(fill: &TrueFill) -> Value {
    json!({
        "orderId": fill.order_id, "tradeId": fill.trade_id, "symbol": fill.symbol.as_str(),
        "side": side_text(fill.side), "positionSide": position_side_text(fill.position_side),
        "price": text(fill.price), "quantity": text(fill.quantity), "isMaker": fill.is_maker,
        "positionAfter": text(fill.position_after), "time": fill.time.millis(),
    })
}

fn posting_json(posting: &Posting) -> Value {
    json!({
        "kind": posting.kind.text(), "amount": text(posting.amount),
        "symbol": posting.symbol.as_ref().map(domain::Symbol::as_str),
        "tradeId": posting.trade_id, "walletAfter": text(posting.wallet_after),
        "time": posting.time.millis(),
    })
}
