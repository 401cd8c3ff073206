//! The events of the user stream as JSON (D:User Data Streams, one page for each event).
//! Nothing is sent here.
//!
//! All events of one cause carry the same `E` and `T`.

use domain::{Decimal, PositionSide, Symbol, Timestamp};
use serde_json::{Map, Value, json};

use super::account::{Account, UserTrade};
use super::algo_order::AlgoOrder;
use super::decimal_text::{money_text, text};
use super::order::{Order, OrderTerms};
use super::order_json::good_till;
use super::position::Position;
use super::words::{AlgoStatus, MarginType, OrderType, position_side_text, side_text};

/// What happened to an order (`x`).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened<'a> {
    New,
    Canceled,
    Expired,
    /// With the number the user gave the change.
    Amended(Option<u64>),
    Filled(&'a UserTrade),
    /// By the venue, in a liquidation.
    Calculated(&'a UserTrade),
}

/// Notionals of the symbol's open orders (`b`, `a`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OpenNotional {
    pub(crate) bid: Decimal,
    pub(crate) ask: Decimal,
}

impl Happened<'_> {
    const fn text(&self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Canceled => "CANCELED",
            Self::Expired => "EXPIRED",
            Self::Amended(_) => "AMENDMENT",
            Self::Filled(_) => "TRADE",
            Self::Calculated(_) => "CALCULATED",
        }
    }

    const fn trade(&self) -> Option<&UserTrade> {
        match self {
            Self::Filled(trade) | Self::Calculated(trade) => Some(trade),
            Self::New | Self::Canceled | Self::Expired | Self::Amended(_) => None,
        }
    }
}

/// `ORDER_TRADE_UPDATE`.
pub(crate) fn order_update(
    order: &Order,
    happened: Happened<'_>,
    notional: OpenNotional,
    (asset, now): (&str, Timestamp),
) -> Value {
    let mut fields = terms_of(&order.terms);
    let trade = happened.trade();
    let of_trade = |read: fn(&UserTrade) -> Decimal| trade.map_or(Decimal::ZERO, read);
    let more = json!({
        "x": happened.text(), "X": order.status.text(), "i": order.id,
        "l": text(of_trade(|trade| trade.quantity)), "z": text(order.executed),
        "L": text(of_trade(|trade| trade.price)),
        "ap": shown_average(order),
        "T": now.millis(), "t": trade.map_or(0, |trade| trade.id),
        "m": trade.is_some_and(|trade| trade.is_maker),
        "rp": text(of_trade(|trade| trade.realized)),
        "b": text(notional.bid), "a": text(notional.ask),
        "si": 0, "ss": 0, "er": order.expiry.code(),
    });
    extend(&mut fields, more);
    if let Some(trade) = trade {
        extend(&mut fields, json!({ "N": asset, "n": money_text(trade.commission) }));
    }
    if let Happened::Amended(Some(id)) = happened {
        extend(&mut fields, json!({ "M": id }));
    }
    json!({ "e": "ORDER_TRADE_UPDATE", "E": now.millis(), "T": now.millis(), "o": fields })
}

fn terms_of(terms: &OrderTerms) -> Map<String, Value> {
    let fields = json!({
        "s": terms.symbol.as_str(), "c": terms.client_id, "S": side_text(terms.side),
        "o": terms.order_type.text(), "f": terms.time_in_force.text(),
        "q": text(terms.quantity), "p": text(terms.price), "sp": text(terms.trigger_price),
        "R": terms.reduce_only, "wt": terms.working_type.text(),
        "ot": terms.original_type.text(), "ps": position_side_text(terms.position_side),
        "cp": terms.close_position, "pP": terms.price_protect, "V": terms.self_trade.text(),
        "pm": terms.price_match.text(), "gtd": good_till(terms), "st": 1,
    });
    let mut all = Map::new();
    extend(&mut all, fields);
    if let Some(price) = terms.activate_price {
        extend(&mut all, json!({ "AP": text(price) }));
    }
    if let Some(rate) = terms.callback_rate {
        extend(&mut all, json!({ "cr": text(rate) }));
    }
    all
}

fn extend(fields: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        fields.extend(more);
    }
}

/// Average price of an order's fills, `0` before the first.
fn shown_average(order: &Order) -> String {
    order.average_price().map_or_else(|| "0".to_owned(), |price| text(price.round_dp(8)))
}

/// `TRADE_LITE`: price and quantity of the order, then those of the fill.
pub(crate) fn trade_lite(order: &Order, trade: &UserTrade) -> Value {
    json!({
        "e": "TRADE_LITE", "E": trade.time.millis(), "T": trade.time.millis(),
        "s": trade.symbol.as_str(), "q": text(order.terms.quantity), "p": text(order.terms.price),
        "m": trade.is_maker, "c": order.terms.client_id, "S": side_text(trade.side),
        "L": text(trade.price), "l": text(trade.quantity), "t": trade.id, "i": order.id,
    })
}

/// What an `ACCOUNT_UPDATE` tells.
#[derive(Debug, Default)]
pub(crate) struct AccountChange<'a> {
    /// Reason (`m`).
    pub(crate) reason: &'static str,
    /// Change of the balance beside profit and fees (`bc`); `None` leaves the balance out.
    pub(crate) balance_change: Option<Decimal>,
    /// Changed positions and their mark prices.
    pub(crate) positions: Vec<(Symbol, PositionSide, Decimal)>,
    /// Symbol of a funding fee (`S`).
    pub(crate) symbol: Option<&'a Symbol>,
}

/// `ACCOUNT_UPDATE`. Values are absolute.
pub(crate) fn account_update(
    account: &Account,
    change: &AccountChange<'_>,
    (asset, now): (&str, Timestamp),
) -> Value {
    let balance = change.balance_change.map(|amount| {
        json!({
            "a": asset, "wb": money_text(account.wallet()), "cw": money_text(account.cross_wallet),
            "bc": text(amount),
        })
    });
    let positions = change.positions.iter().map(|(symbol, side, mark)| {
        let position = account.position(symbol, *side);
        let margin_type = account.settings_of(symbol).margin_type;
        position_entry(symbol, *side, (&position, *mark), (margin_type, asset))
    });
    let mut body = json!({
        "m": change.reason, "B": balance.into_iter().collect::<Vec<_>>(),
        "P": positions.collect::<Vec<_>>(),
    });
    if let Some(symbol) = change.symbol {
        body["S"] = json!(symbol.as_str());
    }
    json!({ "e": "ACCOUNT_UPDATE", "E": now.millis(), "T": now.millis(), "a": body })
}

fn position_entry(
    symbol: &Symbol,
    side: PositionSide,
    (position, mark): (&Position, Decimal),
    (margin_type, asset): (MarginType, &str),
) -> Value {
    json!({
        "s": symbol.as_str(), "pa": text(position.amount), "ep": text(position.entry_price),
        "bep": text(position.break_even()), "cr": text(position.realized),
        "up": text(position.unrealized(mark)), "mt": margin_type.short_text(),
        "iw": text(position.isolated_wallet), "ps": position_side_text(side), "ma": asset,
    })
}

/// `ALGO_UPDATE`. Keys without a value are left out, as live frames do. The child order is given once
/// there is one.
pub(crate) fn algo_update(
    algo: &AlgoOrder,
    child: Option<&Order>,
    reject: Option<&str>,
    now: Timestamp,
) -> Value {
    let terms = &algo.terms;
    let mut fields = Map::new();
    extend(
        &mut fields,
        json!({
            "caid": terms.client_id, "aid": algo.id, "at": "CONDITIONAL",
            "o": terms.original_type.text(), "s": terms.symbol.as_str(),
            "S": side_text(terms.side), "ps": position_side_text(terms.position_side),
            "f": terms.time_in_force.text(), "q": text(terms.quantity), "X": algo.status.text(),
            "ai": child.map_or_else(String::new, |order| order.id.to_string()),
            "tp": text(terms.trigger_price), "p": text(terms.price), "R": terms.reduce_only,
            "tt": algo.triggered_at.map_or(0, Timestamp::millis), "gtd": good_till(terms),
        }),
    );
    if algo.status != AlgoStatus::Canceled {
        extend(
            &mut fields,
            json!({
                "V": terms.self_trade.text(), "wt": terms.working_type.text(),
                "pm": terms.price_match.text(), "cp": terms.close_position,
                "pP": terms.price_protect,
            }),
        );
    }
    if let Some(order) = child {
        let average = shown_average(order);
        let act = order.terms.order_type.text();
        extend(&mut fields, json!({ "ap": average, "aq": text(order.executed), "act": act }));
    }
    if terms.original_type == OrderType::TrailingStopMarket {
        extend(&mut fields, json!({ "ia": algo.is_activated }));
    }
    if let Some(message) = reject {
        extend(&mut fields, json!({ "rm": message }));
    }
    json!({ "e": "ALGO_UPDATE", "E": now.millis(), "T": now.millis(), "o": fields })
}

/// `ACCOUNT_CONFIG_UPDATE` of a leverage.
pub(crate) fn leverage_update(symbol: &Symbol, leverage: u32, now: Timestamp) -> Value {
    let change = json!({ "s": symbol.as_str(), "l": leverage });
    json!({ "e": "ACCOUNT_CONFIG_UPDATE", "E": now.millis(), "T": now.millis(), "ac": change })
}

/// `ACCOUNT_CONFIG_UPDATE` of the multi-assets mode.
pub(crate) fn multi_assets_update(is_on: bool, now: Timestamp) -> Value {
    let change = json!({ "j": is_on });
    json!({ "e": "ACCOUNT_CONFIG_UPDATE", "E": now.millis(), "T": now.millis(), "ai": change })
}

/// A position in a margin call.
#[derive(Debug)]
pub(crate) struct CalledPosition {
    pub(crate) symbol: Symbol,
    pub(crate) side: PositionSide,
    pub(crate) mark: Decimal,
    pub(crate) maintenance: Decimal,
}

/// `MARGIN_CALL`.
pub(crate) fn margin_call(account: &Account, called: &[CalledPosition], now: Timestamp) -> Value {
    let rows = called.iter().map(|row| {
        let position = account.position(&row.symbol, row.side);
        json!({
            "s": row.symbol.as_str(), "ps": position_side_text(row.side),
            "pa": text(position.amount),
            "mt": account.settings_of(&row.symbol).margin_type.text(),
            "iw": text(position.isolated_wallet), "mp": text(row.mark),
            "up": text(position.unrealized(row.mark)), "mm": text(row.maintenance),
        })
    });
    let cross = text(account.cross_wallet);
    json!({ "e": "MARGIN_CALL", "E": now.millis(), "cw": cross, "p": rows.collect::<Vec<_>>() })
}
