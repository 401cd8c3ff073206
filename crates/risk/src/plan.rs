//! Whether an exit plan makes sense for its entry.

use domain::{BreakEven, Decimal, Direction, Entry, Price, Rate, Target};

use crate::Refusal;

/// What is wrong with an exit plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// A target does not lie on the winning side.
    #[error(
        "a target must lie on the winning side of the entry {}, was {}",
        .entry.shown_beside(*.was),
        .was.shown_beside(*.entry)
    )]
    TargetSide {
        /// Entry of the signal.
        entry: Price,
        /// The target.
        was: Price,
    },
    /// A target is nearer than the one before it.
    #[error(
        "targets must be given nearest first, {} came after {}",
        .was.shown_beside(*.before),
        .before.shown_beside(*.was)
    )]
    TargetOrder {
        /// The target before it.
        before: Price,
        /// The target.
        was: Price,
    },
    /// A target's share is not a fraction.
    #[error("the share of a target must be above 0 and at most 1, was {was}")]
    Share {
        /// The share.
        was: Rate,
    },
    /// Targets close more than there is.
    #[error("the shares of the targets may sum to at most 1, was {sum}")]
    Shares {
        /// Their sum.
        sum: Decimal,
    },
    /// On its tick, the stop does not lie on the losing side of the order's price.
    #[error(
        "the stop must lie on the losing side of the order's price {}, was {}",
        .price.shown_beside(*.was),
        .was.shown_beside(*.price)
    )]
    StopSide {
        /// Price of the entry order on its tick.
        price: Price,
        /// The stop on its tick.
        was: Price,
    },
    /// The reward that moves the stop is not positive.
    #[error("the reward that moves the stop to the entry must be above 0, was {was}")]
    BreakEvenReward {
        /// The reward, in risks.
        was: Rate,
    },
    /// The trailing distance is not a fraction.
    #[error("the callback of a trailing stop must be above 0 and below 1, was {was}")]
    Callback {
        /// The callback.
        was: Rate,
    },
}

/// Checks the plan of an entry against its signal.
pub(crate) fn check(entry: &Entry) -> Result<(), Refusal> {
    check_targets(entry)?;
    if let Some(BreakEven::AtReward(was)) = entry.plan.break_even {
        if was <= Rate::ZERO {
            return Err(Refusal::BadPlan(PlanFault::BreakEvenReward { was }));
        }
        if entry.signal.stop_loss().is_none() {
            return Err(Refusal::LevelsMissing);
        }
    }
    match entry.plan.trailing {
        Some(trailing) if trailing.callback <= Rate::ZERO || trailing.callback >= Rate::ONE => {
            Err(Refusal::BadPlan(PlanFault::Callback { was: trailing.callback }))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_targets(entry: &Entry) -> Result<(), Refusal> {
    let mut before: Option<Target> = None;
    let mut sum = Decimal::ZERO;
    for target in entry.plan.targets.iter().flatten() {
        check_target(entry, before, *target).map_err(Refusal::BadPlan)?;
        sum += target.share.decimal();
        before = Some(*target);
    }
    if before.is_some() && sum > Decimal::ONE {
        return Err(Refusal::BadPlan(PlanFault::Shares { sum }));
    }
    Ok(())
}

fn check_target(entry: &Entry, before: Option<Target>, target: Target) -> Result<(), PlanFault> {
    let (direction, was) = (entry.signal.direction(), target.price);
    if !is_further(direction, was, entry.signal.entry()) {
        return Err(PlanFault::TargetSide { entry: entry.signal.entry(), was });
    }
    if let Some(before) = before.filter(|before| !is_further(direction, was, before.price)) {
        return Err(PlanFault::TargetOrder { before: before.price, was });
    }
    if target.share <= Rate::ZERO || target.share > Rate::ONE {
        return Err(PlanFault::Share { was: target.share });
    }
    Ok(())
}

/// Whether `price` lies further on the winning side than `from`.
pub(crate) fn is_further(direction: Direction, price: Price, from: Price) -> bool {
    match direction {
        Direction::Long => price > from,
        Direction::Short => price < from,
    }
}
