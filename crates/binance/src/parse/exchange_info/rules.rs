//! Filters to [`InstrumentRules`].

use domain::{Decimal, InstrumentRules, LotRules, Money, Price, Quantity, Rate};

use super::ParseError;
use crate::number::Number;
use crate::parse::price_or_none;
use crate::wire::exchange_info::{Filter, SymbolInfo};

/// The rules of a contract.
pub(super) fn of(wire: &SymbolInfo) -> Result<InstrumentRules, ParseError> {
    let mut rules = InstrumentRules { lot: lot(&wire.filters)?, ..InstrumentRules::unknown() };
    rules.liquidation_fee = fraction("liquidationFee", wire.liquidation_fee.to_decimal())?;
    rules.market_bound = wire
        .market_take_bound
        .filter(|bound| !bound.is_zero())
        .map(|bound| fraction("marketTakeBound", bound.to_decimal()))
        .transpose()?;
    for filter in &wire.filters {
        apply(&mut rules, filter)?;
    }
    Ok(rules)
}

/// Largest number of resting orders.
pub(super) fn orders_max(filters: &[Filter]) -> Option<u32> {
    filters.iter().find_map(|filter| match filter {
        Filter::OrdersMax { limit } => Some(*limit),
        Filter::Price { .. }
        | Filter::Lot { .. }
        | Filter::MarketLot { .. }
        | Filter::NotionalMin { .. }
        | Filter::Band { .. }
        | Filter::Unknown => None,
    })
}

fn apply(rules: &mut InstrumentRules, filter: &Filter) -> Result<(), ParseError> {
    match filter {
        Filter::Price { min_price, max_price, tick_size } => {
            rules.tick = price_or_none("tickSize", Some(*tick_size))?;
            rules.price_min = price_or_none("minPrice", Some(*min_price))?;
            rules.price_max = at_most_the_largest_price(*max_price)?;
        }
        Filter::MarketLot { max_qty } => {
            rules.market_quantity_max =
                (!max_qty.is_zero()).then(|| quantity("maxQty", *max_qty)).transpose()?;
        }
        Filter::NotionalMin { notional } => {
            if !notional.is_positive() && !notional.is_zero() {
                return Err(ParseError::new("notional", "not below 0", &notional.to_string()));
            }
            rules.notional_min = Money::new(notional.to_decimal());
        }
        Filter::Band { multiplier_up, multiplier_down } => {
            rules.band_up = band("multiplierUp", *multiplier_up, |up| up - Decimal::ONE)?;
            rules.band_down = band("multiplierDown", *multiplier_down, |down| Decimal::ONE - down)?;
        }
        Filter::Lot { .. } | Filter::OrdersMax { .. } | Filter::Unknown => {}
    }
    Ok(())
}

/// `LOT_SIZE`, the one filter an instrument cannot do without.
fn lot(filters: &[Filter]) -> Result<LotRules, ParseError> {
    for filter in filters {
        if let Filter::Lot { min_qty, max_qty, step_size } = filter {
            let step = quantity("stepSize", *step_size)?;
            let min = if min_qty.is_zero() { step } else { quantity("minQty", *min_qty)? };
            let max = match max_qty.is_zero() {
                true => Quantity::max_value(),
                false => quantity("maxQty", *max_qty)?,
            };
            return Ok(LotRules { min, max, step });
        }
    }
    Err(ParseError::new("filters", "a LOT_SIZE", "none"))
}

fn quantity(field: &'static str, number: Number) -> Result<Quantity, ParseError> {
    Quantity::new(number.to_decimal())
        .map_err(|error| ParseError::new(field, error.expected, &error.was))
}

/// A largest price beyond all prices binds nothing.
fn at_most_the_largest_price(number: Number) -> Result<Option<Price>, ParseError> {
    if number.to_decimal() > Decimal::from(1_000_000_000) {
        return Ok(None);
    }
    price_or_none("maxPrice", Some(number))
}

/// The distance of a multiplier from one; zero multipliers do not bind.
fn band(
    field: &'static str,
    multiplier: Number,
    distance: impl Fn(Decimal) -> Decimal,
) -> Result<Option<Rate>, ParseError> {
    if multiplier.is_zero() {
        return Ok(None);
    }
    fraction(field, distance(multiplier.to_decimal())).map(Some)
}

fn fraction(field: &'static str, value: Decimal) -> Result<Rate, ParseError> {
    Rate::new(value).map_err(|error| ParseError::new(field, error.expected, &error.was))
}
