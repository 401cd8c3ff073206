//! Whether the stop of an entry comes before its liquidation price.
//!
//! What the position of the account holds already is taken at the mark price with the account's
//! equity behind it, which gives the same price as its own entries and wallet would. An opposite
//! position of the same instrument (hedge mode) counts as a burden only, which errs on the careful
//! side. The margin of an isolated position is taken as its initial margin.

use domain::{Decimal, Direction, Money, Quantity};
use margin::{MarginMode, MarginPosition, liquidation_price};

use crate::limit::{Bounds, Terms};
use crate::{Exposure, Proposal, Refusal};

/// Checks the stop of an entry of this quantity against its liquidation price.
pub(crate) fn check(
    bounds: &Bounds<'_>,
    terms: &[Terms],
    proposal: &Proposal<'_>,
    quantity: Quantity,
) -> Result<(), Refusal> {
    let signal = &proposal.entry.signal;
    let (Some(buffer), Some(was)) = (bounds.rules.liquidation_buffer, signal.stop_loss()) else {
        return Ok(());
    };
    let position = joined(bounds, proposal, quantity);
    let wallet = match bounds.terms.margin.mode {
        MarginMode::Cross => {
            bounds.account.equity
                - position.cost * bounds.rules.commission
                - burden(bounds, terms, proposal)
        }
        MarginMode::Isolated => bounds.terms.margin.leverage.initial_margin(position.cost),
    };
    let table = bounds.terms.margin.brackets.at(bounds.account.now);
    let Some(liquidation) = liquidation_price(&position, wallet, table) else { return Ok(()) };
    let distance = match position.direction {
        Direction::Long => was.minus(liquidation),
        Direction::Short => liquidation.minus(was),
    };
    let required = bounds.price.decimal() * buffer.decimal();
    if distance > Decimal::ZERO && distance >= required {
        return Ok(());
    }
    Err(Refusal::StopBeyondLiquidation { liquidation, buffer, was })
}

/// The position of the account with the entry.
fn joined(bounds: &Bounds<'_>, proposal: &Proposal<'_>, quantity: Quantity) -> MarginPosition {
    let is_part = |exposure: &&Exposure| exposure.position == proposal.position;
    let held: Money =
        bounds.account.counted().filter(is_part).map(|exposure| exposure.notional).sum();
    let added = Quantity::new(held.decimal() / bounds.mark.decimal());
    MarginPosition {
        direction: proposal.entry.signal.direction(),
        quantity: added.map_or(quantity, |added| added + quantity),
        cost: bounds.price * quantity + held,
    }
}

/// What the other positions of the account need: maintenance margin, or their own margin where
/// they are isolated. A profit of theirs is part of that: it backs nothing else.
fn burden(bounds: &Bounds<'_>, terms: &[Terms], proposal: &Proposal<'_>) -> Money {
    let exposures = bounds.account.exposures;
    let mut burden = Money::ZERO;
    for (place, exposure) in exposures.iter().enumerate() {
        let is_part = |other: &&Exposure| other.counts() && other.position == exposure.position;
        let is_first = !exposures[..place].iter().any(|other| is_part(&other));
        if exposure.position == proposal.position || !exposure.counts() || !is_first {
            continue;
        }
        let notional = exposures.iter().filter(is_part).map(|other| other.notional).sum();
        let margin = &terms[exposure.position.instrument.index()].margin;
        burden += match margin.mode {
            MarginMode::Cross => {
                margin.brackets.at(bounds.account.now).maintenance_margin(notional)
            }
            MarginMode::Isolated => exposures.iter().filter(is_part).map(|other| other.binds).sum(),
        };
    }
    burden
}
