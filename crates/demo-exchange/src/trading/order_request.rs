//! The parameters of `POST /fapi/v1/order` and of the conditional family, read into terms
//! (D:New Order, D:New Algo Order). Only what the request itself says is checked here.

use domain::{Decimal, Seeded, Timestamp};

use super::generated_name::generated_name;
use super::order::OrderTerms;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::words::{OrderType, PriceMatch, SelfTradePrevention, TimeInForce, WorkingType};

/// Bounds of good-till dates.
const GOOD_TILL_AHEAD_MS: i64 = 600_000;
const GOOD_TILL_MAX_MS: i64 = 253_402_300_799_000;
const CLIENT_ID_MAX: usize = 36;
const GENERATED_ID: usize = 22;

/// Which account mode the order is for; reduce-only is refused in hedge mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReduceOnly {
    Allowed,
    NotInThisMode,
}

/// The terms of a limit or market order. The price of a `priceMatch` order is still open (zero).
pub(crate) fn order_terms(
    parameters: &Parameters,
    reduce_only: ReduceOnly,
    (seeded, now): (&mut Seeded, Timestamp),
) -> Result<OrderTerms, Refusal> {
    let order_type = OrderType::parse(parameters.needed("type")?).ok_or(Refusal::ORDER_TYPE)?;
    if order_type.is_conditional() {
        return Err(Refusal::USE_ALGO);
    }
    if order_type == OrderType::Liquidation {
        return Err(Refusal::ORDER_TYPE);
    }
    let mut terms = shared_terms(parameters, reduce_only)?;
    (terms.order_type, terms.original_type) = (order_type, order_type);
    terms.quantity = parameters.needed_decimal("quantity")?;
    terms.time_in_force = time_in_force_of(parameters, order_type)?;
    read_price(parameters, &mut terms)?;
    check_good_till(&terms, now)?;
    terms.client_id = client_id(parameters, "newClientOrderId", seeded)?;
    Ok(terms)
}

/// The terms of a conditional order.
pub(crate) fn algo_terms(
    parameters: &Parameters,
    reduce_only: ReduceOnly,
    (seeded, now): (&mut Seeded, Timestamp),
) -> Result<OrderTerms, Refusal> {
    if parameters.needed("algoType")? != "CONDITIONAL" {
        return Err(Refusal::malformed("algoType"));
    }
    let original_type = OrderType::parse(parameters.needed("type")?).ok_or(Refusal::ORDER_TYPE)?;
    if !original_type.is_conditional() {
        return Err(Refusal::ORDER_TYPE);
    }
    let mut terms = shared_terms(parameters, reduce_only)?;
    terms.original_type = original_type;
    terms.order_type = if original_type.is_priced() { OrderType::Limit } else { OrderType::Market };
    read_closing(parameters, &mut terms)?;
    read_trigger(parameters, &mut terms)?;
    terms.time_in_force = algo_time_in_force(parameters)?;
    read_price(parameters, &mut terms)?;
    check_good_till(&terms, now)?;
    terms.client_id = client_id(parameters, "clientAlgoId", seeded)?;
    Ok(terms)
}

fn shared_terms(parameters: &Parameters, reduce_only: ReduceOnly) -> Result<OrderTerms, Refusal> {
    if parameters.has("reduceOnly") && reduce_only == ReduceOnly::NotInThisMode {
        return Err(Refusal::not_required("reduceOnly"));
    }
    Ok(OrderTerms {
        symbol: parameters.symbol()?,
        client_id: String::new(),
        side: parameters.side()?,
        position_side: parameters.position_side()?,
        order_type: OrderType::Market,
        original_type: OrderType::Market,
        time_in_force: TimeInForce::Gtc,
        quantity: Decimal::ZERO,
        price: Decimal::ZERO,
        trigger_price: Decimal::ZERO,
        reduce_only: parameters.flag("reduceOnly").map_err(|_| Refusal::REDUCE_ONLY_CONFLICT)?,
        close_position: false,
        price_match: price_match_of(parameters)?,
        self_trade: self_trade_of(parameters)?,
        good_till: good_till_of(parameters)?,
        working_type: parameters.word("workingType", WorkingType::parse, WorkingType::Contract)?,
        price_protect: parameters.flag("priceProtect")?,
        activate_price: None,
        callback_rate: None,
    })
}

fn price_match_of(parameters: &Parameters) -> Result<PriceMatch, Refusal> {
    let read = parameters.word("priceMatch", PriceMatch::parse, PriceMatch::None);
    let price_match = read.map_err(|_| Refusal::PRICE_MATCH)?;
    match price_match {
        PriceMatch::Opponent10 | PriceMatch::Opponent20 => Err(Refusal::PRICE_MATCH),
        PriceMatch::None
        | PriceMatch::Opponent
        | PriceMatch::Opponent5
        | PriceMatch::Queue
        | PriceMatch::Queue5
        | PriceMatch::Queue10
        | PriceMatch::Queue20 => Ok(price_match),
    }
}

fn self_trade_of(parameters: &Parameters) -> Result<SelfTradePrevention, Refusal> {
    let default = SelfTradePrevention::ExpireMaker;
    let read = parameters.word("selfTradePreventionMode", SelfTradePrevention::parse, default);
    read.map_err(|_| Refusal::SELF_TRADE_PREVENTION)
}

/// Good-till dates have the precision of a second.
fn good_till_of(parameters: &Parameters) -> Result<Option<Timestamp>, Refusal> {
    let date = parameters.time("goodTillDate")?.filter(|date| date.millis() != 0);
    Ok(date.map(|date| Timestamp::from_millis(date.millis() / 1_000 * 1_000)))
}

fn check_good_till(terms: &OrderTerms, now: Timestamp) -> Result<(), Refusal> {
    match (terms.time_in_force, terms.good_till) {
        (TimeInForce::Gtd, None) => Err(Refusal::mandatory("goodTillDate")),
        (TimeInForce::Gtd, Some(date)) => {
            let is_far = date > now.plus_millis(GOOD_TILL_AHEAD_MS);
            let is_near = date.millis() < GOOD_TILL_MAX_MS;
            if is_far && is_near { Ok(()) } else { Err(Refusal::GOOD_TILL_DATE) }
        }
        (_, Some(_)) => Err(Refusal::not_required("goodTillDate")),
        (_, None) => Ok(()),
    }
}

fn time_in_force_of(
    parameters: &Parameters,
    order_type: OrderType,
) -> Result<TimeInForce, Refusal> {
    if order_type == OrderType::Market {
        return match parameters.has("timeInForce") {
            true => Err(Refusal::not_required("timeInForce")),
            false => Ok(TimeInForce::Gtc),
        };
    }
    let text = parameters.needed("timeInForce")?;
    let read = TimeInForce::parse(text).filter(|read| *read != TimeInForce::GteGtc);
    read.ok_or(Refusal::TIME_IN_FORCE)
}

fn algo_time_in_force(parameters: &Parameters) -> Result<TimeInForce, Refusal> {
    let read = parameters.word("timeInForce", TimeInForce::parse, TimeInForce::Gtc);
    read.map_err(|_| Refusal::TIME_IN_FORCE)
}

/// Price or `priceMatch`, where the type has a price, and neither where it has none.
fn read_price(parameters: &Parameters, terms: &mut OrderTerms) -> Result<(), Refusal> {
    let matches = terms.price_match != PriceMatch::None;
    if !terms.order_type.is_priced() {
        return match (parameters.has("price"), matches) {
            (true, _) => Err(Refusal::not_required("price")),
            (false, true) => Err(Refusal::PRICE_MATCH_TYPE),
            (false, false) => Ok(()),
        };
    }
    if matches {
        let doubled = parameters.has("price");
        return if doubled { Err(Refusal::not_required("price")) } else { Ok(()) };
    }
    terms.price = parameters.needed_decimal("price")?;
    Ok(())
}

/// Quantity, or the whole position.
fn read_closing(parameters: &Parameters, terms: &mut OrderTerms) -> Result<(), Refusal> {
    terms.close_position = parameters.flag("closePosition")?;
    if !terms.close_position {
        terms.quantity = parameters.needed_decimal("quantity")?;
        return Ok(());
    }
    let is_allowed = match terms.original_type {
        OrderType::StopMarket | OrderType::TakeProfitMarket => true,
        OrderType::Limit
        | OrderType::Market
        | OrderType::Stop
        | OrderType::TakeProfit
        | OrderType::TrailingStopMarket
        | OrderType::Liquidation => false,
    };
    if !is_allowed {
        return Err(Refusal::CLOSE_SIDE);
    }
    if parameters.has("quantity") {
        return Err(Refusal::CLOSE_QUANTITY);
    }
    if parameters.has("reduceOnly") {
        return Err(Refusal::CLOSE_REDUCE_ONLY);
    }
    let opens_hedge = match (terms.position_side, terms.side) {
        (domain::PositionSide::Long, domain::Side::Buy)
        | (domain::PositionSide::Short, domain::Side::Sell) => true,
        (domain::PositionSide::Both, _)
        | (domain::PositionSide::Long, domain::Side::Sell)
        | (domain::PositionSide::Short, domain::Side::Buy) => false,
    };
    if opens_hedge { Err(Refusal::CLOSE_SIDE) } else { Ok(()) }
}

/// Lowest and highest callback rate in percent; 20 since 2026-10-23.
const CALLBACK_MIN: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
const CALLBACK_MAX: Decimal = Decimal::from_parts(20, 0, 0, false, 0);

fn read_trigger(parameters: &Parameters, terms: &mut OrderTerms) -> Result<(), Refusal> {
    if terms.original_type != OrderType::TrailingStopMarket {
        terms.trigger_price = parameters.needed_decimal("triggerPrice")?;
        return Ok(());
    }
    if parameters.has("triggerPrice") {
        return Err(Refusal::WOULD_TRIGGER);
    }
    let rate = parameters.needed_decimal("callbackRate")?;
    if rate < CALLBACK_MIN || rate > CALLBACK_MAX {
        return Err(Refusal::malformed("callbackRate"));
    }
    terms.callback_rate = Some(rate);
    terms.activate_price = parameters.decimal("activatePrice")?;
    if terms.activate_price.is_some_and(|price| price <= Decimal::ZERO) {
        return Err(Refusal::ACTIVATION_PRICE);
    }
    Ok(())
}

/// The client's id if it is well formed, a generated one if none was sent.
fn client_id(parameters: &Parameters, name: &str, seeded: &mut Seeded) -> Result<String, Refusal> {
    let Some(id) = parameters.text(name) else {
        return Ok(generated_name(seeded, GENERATED_ID));
    };
    let formed = id.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'/' | b'_' | b'-')
    });
    if formed && id.len() <= CLIENT_ID_MAX { Ok(id.to_owned()) } else { Err(Refusal::CLIENT_ID) }
}
