//! Whether there is room for another entry: per sleeve, per position and per account.

use domain::{Direction, Money};

use crate::{AccountView, Exposure, Proposal, Refusal, RiskRules};

/// Checks that the sleeve, the position and the account can take one more entry. Gives the notional of
/// all that counts on the instrument, long and short added up.
pub(crate) fn check(
    (rules, entries_max): (&RiskRules, u32),
    proposal: &Proposal<'_>,
    account: &AccountView<'_>,
) -> Result<Money, Refusal> {
    let direction = proposal.entry.signal.direction();
    if let Some(held) = proposal.position.side.direction().filter(|held| *held != direction) {
        return Err(Refusal::OppositePosition { held });
    }
    let mut entries = 0u32;
    let mut held = Money::ZERO;
    for exposure in account.exposures {
        let is_own = exposure.sleeve == proposal.sleeve;
        let is_on_it = exposure.position.instrument == proposal.position.instrument;
        if !(is_own || is_on_it) || !exposure.counts() {
            continue;
        }
        if is_on_it {
            held += exposure.notional;
        }
        if is_own {
            if exposure.position != proposal.position || exposure.direction != direction {
                return Err(Refusal::PositionOpen);
            }
            entries = entries.saturating_add(exposure.entries.max(1));
        } else {
            check_other(proposal, direction, exposure)?;
        }
    }
    if entries > 0 && entries >= entries_max {
        return Err(Refusal::PositionOpen);
    }
    check_positions(rules, proposal, account)?;
    Ok(held)
}

/// A position of the account has one direction, whichever sleeves share it.
fn check_other(
    proposal: &Proposal<'_>,
    direction: Direction,
    other: &Exposure,
) -> Result<(), Refusal> {
    if other.position == proposal.position && other.direction != direction {
        return Err(Refusal::OppositePosition { held: other.direction });
    }
    Ok(())
}

fn check_positions(
    rules: &RiskRules,
    proposal: &Proposal<'_>,
    account: &AccountView<'_>,
) -> Result<(), Refusal> {
    let Some(maximum) = rules.positions_max else { return Ok(()) };
    let mut was = 1u32;
    for (place, exposure) in account.exposures.iter().enumerate() {
        let is_same = |other: &Exposure| other.counts() && other.sleeve == exposure.sleeve;
        let is_first = !account.exposures[..place].iter().any(is_same);
        if exposure.counts() && exposure.sleeve != proposal.sleeve && is_first {
            was = was.saturating_add(1);
        }
    }
    if was > maximum {
        return Err(Refusal::PositionsMax { maximum, was });
    }
    Ok(())
}
