//! Why an entry was refused, with the numbers that decided.

use domain::{Decimal, Money, Quantity};

/// A refused entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A position or an entry order exists already.
    #[error("a position or an entry order is already open")]
    PositionOpen,
    /// Reward divided by risk is too small.
    #[error("reward-to-risk must be at least {minimum}, was {was}")]
    RewardToRisk {
        /// Smallest accepted ratio.
        minimum: Decimal,
        /// Ratio of the signal, rounded to four decimals.
        was: Decimal,
    },
    /// The rule needs a stop and a target, or the sizing needs a stop.
    #[error("the signal must carry a stop loss and a take profit for this rule")]
    LevelsMissing,
    /// The account cannot carry the position.
    #[error("margin and fee of {needed} were needed, {available} was available")]
    InsufficientMargin {
        /// Initial margin plus entry commission.
        needed: Money,
        /// Free balance.
        available: Money,
    },
    /// The position is larger than can be booked exactly.
    #[error("the notional may be at most {maximum}, was {was}")]
    NotionalTooLarge {
        /// Largest notional.
        maximum: Money,
        /// Notional of the entry.
        was: Money,
    },
    /// Nothing is left after rounding down to the step.
    #[error("the quantity is below one step of {step}")]
    QuantityTooSmall {
        /// Smallest step.
        step: Quantity,
    },
}

impl Refusal {
    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PositionOpen => "POSITION_OPEN",
            Self::RewardToRisk { .. } => "REWARD_TO_RISK",
            Self::LevelsMissing => "LEVELS_MISSING",
            Self::InsufficientMargin { .. } => "INSUFFICIENT_MARGIN",
            Self::NotionalTooLarge { .. } => "NOTIONAL_TOO_LARGE",
            Self::QuantityTooSmall { .. } => "QUANTITY_TOO_SMALL",
        }
    }
}
