//! Finds the quantity of an entry.
//!
//! Quantities round down to the step and are never raised to a minimum. Leverage decides what can
//! be carried, not what is wished for.

use domain::{Decimal, Money, OrderAmount, Price, Quantity, Rate, Sizing};

use crate::limit::{Bounds, Limit};
use crate::{Refusal, SizeCap, SizingTrace};

/// Sizes an entry by a rule and checks it against every limit and filter. `stop_distance` is the
/// way from the order's price to the stop.
#[inline]
pub(crate) fn size(
    bounds: &Bounds<'_>,
    rule: Sizing,
    stop_distance: Option<Price>,
) -> Result<SizingTrace, Refusal> {
    let sized = match rule {
        Sizing::Fixed(quantity) => as_asked(bounds, quantity)?,
        Sizing::Notional(notional) => {
            let (amount, per_unit) = (notional.decimal(), bounds.price.decimal());
            notional_as_asked(bounds, Limit { cap: SizeCap::None, amount, per_unit })?
        }
        Sizing::Equity(rate) => to_fit(bounds, rate, bounds.price)?,
        Sizing::RiskOfEquity(rate) => {
            to_fit(bounds, rate, stop_distance.ok_or(Refusal::LevelsMissing)?)?
        }
        Sizing::Volatility { risk, volatility } => to_fit(bounds, risk, volatility)?,
    };
    Ok(SizingTrace {
        rule,
        equity: bounds.account.equity,
        available: bounds.account.available,
        price: bounds.price,
        stop_distance,
        wished: sized.wished,
        cap: sized.cap,
        quantity: sized.quantity,
    })
}

/// A quantity with its origin.
struct Size {
    wished: Quantity,
    cap: SizeCap,
    quantity: Quantity,
}

/// The strategy's quantity on its step, if nothing stands against it.
#[inline]
fn as_asked(bounds: &Bounds<'_>, wished: Quantity) -> Result<Size, Refusal> {
    let quantity = wished.round_down(bounds.filters.lot.step).ok_or_else(|| too_small(bounds))?;
    check_fit(bounds, quantity)?;
    Ok(Size { wished, cap: SizeCap::None, quantity })
}

/// The strategy's notional as a quantity, likewise.
fn notional_as_asked(bounds: &Bounds<'_>, wish: Limit) -> Result<Size, Refusal> {
    let wished = quantity_of(wish.largest()).ok_or_else(|| too_small(bounds))?;
    let quantity = on_step(bounds, wished, &wish).ok_or_else(|| too_small(bounds))?;
    check_fit(bounds, quantity)?;
    Ok(Size { wished, cap: SizeCap::None, quantity })
}

/// The largest quantity on its step of which a move by `distance` costs no more than this fraction
/// of equity, made smaller by whatever limit binds.
fn to_fit(bounds: &Bounds<'_>, fraction: Rate, distance: Price) -> Result<Size, Refusal> {
    let amount = bounds.account.equity.decimal() * fraction.decimal();
    let wish = Limit { cap: SizeCap::None, amount, per_unit: distance.decimal() };
    let wished = quantity_of(wish.largest()).ok_or_else(|| too_small(bounds))?;
    let (binding, largest) = binding(bounds, wish, wished);
    let lot = &bounds.filters.lot;
    let stepped = quantity_of(Some(largest)).and_then(|largest| on_step(bounds, largest, &binding));
    let cap = binding.cap;
    match stepped.filter(|stepped| *stepped >= lot.min || cap == SizeCap::None) {
        Some(quantity) => {
            check_order(bounds, quantity, bounds.worst * quantity)?;
            Ok(Size { wished, cap, quantity })
        }
        None => Err(bounds.refusal(&binding, lot.min.max(lot.step))),
    }
}

/// The limit that allows least, and how much that is.
fn binding(bounds: &Bounds<'_>, wish: Limit, wished: Quantity) -> (Limit, Decimal) {
    let [instrument, account] = bounds.exposures();
    let margin = bounds.margin();
    let limits = [Some(bounds.lot()), Some(bounds.bracket()), instrument, account, Some(margin)];
    let mut binding = (wish, wished.decimal());
    for limit in limits.into_iter().flatten() {
        if let Some(largest) = limit.largest().filter(|largest| *largest < binding.1) {
            binding = (limit, largest);
        }
    }
    binding
}

/// The quantity on its step, within the limit it came from: a quotient is rounded in its 28th
/// digit, and where that was upward a step is taken off.
fn on_step(bounds: &Bounds<'_>, quantity: Quantity, limit: &Limit) -> Option<Quantity> {
    let step = bounds.filters.lot.step;
    let stepped = quantity.round_down(step)?;
    if limit.is_broken_by(stepped) { stepped.checked_sub(step) } else { Some(stepped) }
}

/// Checks a quantity that may not be made smaller.
#[inline]
fn check_fit(bounds: &Bounds<'_>, quantity: Quantity) -> Result<(), Refusal> {
    let notional = bounds.worst * quantity;
    check_order(bounds, quantity, notional)?;
    if bounds.breaks_bracket(notional) {
        return Err(bounds.refusal(&bounds.bracket(), quantity));
    }
    if bounds.limits_exposure() {
        for limit in bounds.exposures().into_iter().flatten() {
            if limit.is_broken_by(quantity) {
                return Err(bounds.refusal(&limit, quantity));
            }
        }
    }
    bounds.check_margin(quantity, notional)
}

/// Checks the order as such: what can be booked, what one order may be, and the venue's filters.
#[inline]
fn check_order(bounds: &Bounds<'_>, quantity: Quantity, was: Money) -> Result<(), Refusal> {
    if was > Money::EXACT_MAX {
        return Err(Refusal::NotionalTooLarge { maximum: Money::EXACT_MAX, was });
    }
    if let Some(maximum) = bounds.rules.order_notional_max.filter(|maximum| was > *maximum) {
        return Err(Refusal::OrderNotional { maximum, was });
    }
    let amount = OrderAmount::Trade(quantity);
    bounds.filters.check(bounds.kind, bounds.side, &amount, bounds.mark).map_err(Refusal::Filter)
}

/// The quantity nearest below, at most the largest there is; `None` when nothing is left.
fn quantity_of(value: Option<Decimal>) -> Option<Quantity> {
    let largest = Quantity::max_value();
    value.map_or(Some(largest), |value| Quantity::new(value.min(largest.decimal())).ok())
}

#[cold]
fn too_small(bounds: &Bounds<'_>) -> Refusal {
    Refusal::QuantityTooSmall { step: bounds.filters.lot.step }
}
