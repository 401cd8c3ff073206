//! The filters of a symbol (D:Exchange Information), as pure checks of an order's terms.

use domain::{Decimal, Side};

use super::decimal_text::text;
use super::market_state::MarketState;
use super::market_view::{LotFilter, PriceFilter, SymbolRules, SymbolStatus};
use super::order::OrderTerms;
use super::refusal::Refusal;
use super::words::{OrderType, PriceMatch};

/// Checks quantity, price, distance from the mark price and notional, in this order. An order that closes
/// the whole position has whatever quantity the position has.
pub(crate) fn check(
    terms: &OrderTerms,
    rules: &SymbolRules,
    market: &MarketState,
) -> Result<(), Refusal> {
    if !terms.close_position {
        let lot = if terms.order_type.is_priced() { &rules.lot } else { &rules.market_lot };
        check_quantity(terms.quantity, lot, rules.quantity_precision)?;
    }
    if terms.order_type.is_priced() {
        check_price(terms.price, &rules.price, rules.price_precision)?;
        check_distance(terms, rules, market)?;
    } else {
        check_counterparty(terms, rules, market)?;
    }
    check_notional(terms, rules, market)
}

/// Checks what a conditional order can be checked for before it triggers.
pub(crate) fn check_conditional(terms: &OrderTerms, rules: &SymbolRules) -> Result<(), Refusal> {
    if !terms.close_position {
        let lot = if terms.order_type.is_priced() { &rules.lot } else { &rules.market_lot };
        check_quantity(terms.quantity, lot, rules.quantity_precision)?;
    }
    let is_priced = terms.order_type.is_priced() && terms.price_match == PriceMatch::None;
    if is_priced {
        check_price(terms.price, &rules.price, rules.price_precision)?;
    }
    if terms.original_type == OrderType::TrailingStopMarket {
        let activate = terms.activate_price.map(|price| check_trigger(price, rules));
        return activate.unwrap_or(Ok(()));
    }
    check_trigger(terms.trigger_price, rules)
}

/// Whether the symbol takes new orders.
pub(crate) const fn check_open(status: SymbolStatus) -> Result<(), Refusal> {
    match status {
        SymbolStatus::Trading => Ok(()),
        SymbolStatus::PendingTrading | SymbolStatus::Halted | SymbolStatus::CancelOnly => {
            Err(Refusal::STATUS_OPENING)
        }
        SymbolStatus::Closed => Err(Refusal::SYMBOL_CLOSED),
    }
}

/// Whether orders of the symbol may be cancelled.
pub(crate) const fn check_cancel(status: SymbolStatus) -> Result<(), Refusal> {
    match status {
        SymbolStatus::Trading | SymbolStatus::CancelOnly => Ok(()),
        SymbolStatus::PendingTrading | SymbolStatus::Halted => Err(Refusal::SYMBOL_STATUS),
        SymbolStatus::Closed => Err(Refusal::SYMBOL_CLOSED),
    }
}

fn check_quantity(quantity: Decimal, lot: &LotFilter, precision: u32) -> Result<(), Refusal> {
    if quantity <= Decimal::ZERO {
        return Err(Refusal::QUANTITY_NOT_POSITIVE);
    }
    if quantity.normalize().scale() > precision {
        return Err(Refusal::PRECISION);
    }
    if quantity < lot.min {
        return Err(Refusal::QUANTITY_BELOW_MIN);
    }
    if lot.max > Decimal::ZERO && quantity > lot.max {
        return Err(Refusal::QUANTITY_ABOVE_MAX);
    }
    if is_on_grid(quantity, lot.min, lot.step) { Ok(()) } else { Err(Refusal::QUANTITY_OFF_STEP) }
}

fn check_price(price: Decimal, filter: &PriceFilter, precision: u32) -> Result<(), Refusal> {
    if price <= Decimal::ZERO {
        return Err(Refusal::PRICE_NOT_POSITIVE);
    }
    if price.normalize().scale() > precision {
        return Err(Refusal::PRECISION);
    }
    if price < filter.min {
        return Err(Refusal::PRICE_BELOW_MIN);
    }
    if filter.max > Decimal::ZERO && price > filter.max {
        return Err(Refusal::PRICE_ABOVE_MAX);
    }
    if is_on_grid(price, filter.min, filter.tick) { Ok(()) } else { Err(Refusal::PRICE_OFF_TICK) }
}

fn check_trigger(price: Decimal, rules: &SymbolRules) -> Result<(), Refusal> {
    match check_price(price, &rules.price, rules.price_precision) {
        Err(refusal) if refusal == Refusal::PRICE_NOT_POSITIVE => {
            Err(Refusal::TRIGGER_NOT_POSITIVE)
        }
        Err(refusal) if refusal == Refusal::PRICE_ABOVE_MAX => Err(Refusal::TRIGGER_ABOVE_MAX),
        other => other,
    }
}

fn is_on_grid(value: Decimal, first: Decimal, step: Decimal) -> bool {
    step.is_zero() || ((value - first) % step).is_zero()
}

/// `PERCENT_PRICE` of a limit price.
fn check_distance(
    terms: &OrderTerms,
    rules: &SymbolRules,
    market: &MarketState,
) -> Result<(), Refusal> {
    let highest = market.mark_price * rules.percent_up;
    let lowest = market.mark_price * rules.percent_down;
    match terms.side {
        Side::Buy if highest > Decimal::ZERO && terms.price > highest => {
            Err(Refusal::price_above(&text(highest.round_dp(8))))
        }
        Side::Sell if terms.price < lowest => Err(Refusal::price_below(&text(lowest.round_dp(8)))),
        Side::Buy | Side::Sell => Ok(()),
    }
}

/// `PERCENT_PRICE` of what a market order would meet first.
fn check_counterparty(
    terms: &OrderTerms,
    rules: &SymbolRules,
    market: &MarketState,
) -> Result<(), Refusal> {
    let best = market.other_side(terms.side).first().ok_or(Refusal::NO_DEPTH)?;
    let is_fair = match terms.side {
        Side::Buy => {
            rules.percent_up.is_zero() || best.price <= market.mark_price * rules.percent_up
        }
        Side::Sell => best.price >= market.mark_price * rules.percent_down,
    };
    if is_fair { Ok(()) } else { Err(Refusal::MARKET_REJECT) }
}

/// `MIN_NOTIONAL`; market orders at the mark price; orders that only close are exempt.
fn check_notional(
    terms: &OrderTerms,
    rules: &SymbolRules,
    market: &MarketState,
) -> Result<(), Refusal> {
    let price = if terms.order_type.is_priced() { terms.price } else { market.mark_price };
    if terms.only_closes() || price * terms.quantity >= rules.min_notional {
        return Ok(());
    }
    Err(Refusal::notional(&text(rules.min_notional)))
}
