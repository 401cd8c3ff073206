//! Why an order was refused, with the numbers that decided.

use std::fmt;

use domain::{
    Confidence, Decimal, Direction, FilterBreach, Money, Price, Quantity, Rate, Timestamp,
};

use crate::PlanFault;

/// A refused order.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The account has nothing left to trade with.
    #[error("the account is depleted, its equity was {equity}")]
    AccountDepleted {
        /// Equity when that was found.
        equity: Money,
    },
    /// The day's loss has reached its limit.
    #[error("the loss of the day may be at most {maximum}, was {was}; locked until {until}")]
    LossDaily {
        /// Largest loss.
        maximum: Money,
        /// Equity at the start of the UTC day less equity.
        was: Money,
        /// End of the UTC day.
        until: Timestamp,
    },
    /// The fall from the highest equity has reached its limit.
    #[error("the drawdown may be at most {maximum}, was {was}; locked until released")]
    Drawdown {
        /// Largest fall.
        maximum: Money,
        /// Highest equity less equity.
        was: Money,
    },
    /// Too many stops in a short time.
    #[error("{stops} trades were stopped out within {within_ms} ms; locked until {until}")]
    StopCluster {
        /// Stops counted.
        stops: u32,
        /// The time in which they fell.
        within_ms: i64,
        /// End of the lock.
        until: Timestamp,
    },
    /// A position on the instrument was closed a short time ago.
    #[error("the instrument cools down until {until}")]
    CoolDown {
        /// End of the pause.
        until: Timestamp,
    },
    /// The trades of the instrument brought too little.
    #[error("recent trades must return at least {minimum}, returned {was}; locked until {until}")]
    LowProfit {
        /// Smallest accepted sum of returns.
        minimum: Rate,
        /// Sum of net profit divided by entry notional.
        was: Decimal,
        /// End of the lock.
        until: Timestamp,
    },
    /// The sleeve holds a position or waits for one, and may not enlarge it.
    #[error("a position or an entry order is already open")]
    PositionOpen,
    /// The position of the account has the other direction.
    #[error("the position of the account is {held} already, another sleeve holds it")]
    OppositePosition {
        /// Direction of the position.
        held: Direction,
    },
    /// Too many positions.
    #[error("at most {maximum} positions may be open or waiting, this would be number {was}")]
    PositionsMax {
        /// Most positions.
        maximum: u32,
        /// Positions with this one.
        was: u32,
    },
    /// The signal is not sure enough.
    #[error("confidence must be at least {}, was {}", .minimum.value(), .was.value())]
    Confidence {
        /// Smallest accepted confidence.
        minimum: Confidence,
        /// Confidence of the signal.
        was: Confidence,
    },
    /// Reward divided by risk is too small.
    #[error("reward-to-risk must be at least {minimum}, was {was}")]
    RewardToRisk {
        /// Smallest accepted ratio.
        minimum: Decimal,
        /// Ratio of the signal, rounded to four decimals.
        was: Decimal,
    },
    /// A rule, the sizing or the exit plan needs a stop or a target that the signal lacks.
    #[error("the signal must carry a stop loss and a take profit for this rule")]
    LevelsMissing,
    /// The exit plan contradicts itself or the entry.
    #[error("{0}")]
    BadPlan(PlanFault),
    /// The price is too old.
    #[error("the price may be at most {maximum_ms} ms old, was {was_ms} ms old")]
    StalePrice {
        /// Greatest age.
        maximum_ms: i64,
        /// Age of the price.
        was_ms: i64,
    },
    /// The entry is too far from the market.
    #[error("the entry may be at most {maximum} of the mark price {mark} away from it, was {was}")]
    PriceDistance {
        /// Greatest distance, a fraction of the mark price.
        maximum: Rate,
        /// Mark price.
        mark: Price,
        /// Price of the entry.
        was: Price,
    },
    /// Nothing is left after rounding down to the step.
    #[error("the quantity is below one step of {step}")]
    QuantityTooSmall {
        /// Smallest step.
        step: Quantity,
    },
    /// The position is larger than can be booked exactly.
    #[error("the notional may be at most {maximum}, was {was}")]
    NotionalTooLarge {
        /// Largest notional.
        maximum: Money,
        /// Notional of the entry.
        was: Money,
    },
    /// The order is larger than one order may be.
    #[error("the notional of one order may be at most {maximum}, was {was}")]
    OrderNotional {
        /// Largest notional of one order.
        maximum: Money,
        /// Notional of the entry.
        was: Money,
    },
    /// An exchange filter would refuse the order.
    #[error("{}", InWords(.0))]
    Filter(FilterBreach),
    /// The notional is above what the leverage allows.
    #[error("the leverage allows a notional of at most {maximum}, was {was} with this entry")]
    BracketMax {
        /// Largest notional at this leverage.
        maximum: Money,
        /// Notional of the instrument with this entry.
        was: Money,
    },
    /// The exposure limit of the instrument is exceeded.
    #[error("the instrument's notional may be at most {maximum}, was {was} with this entry")]
    ExposureInstrument {
        /// Largest notional.
        maximum: Money,
        /// Notional of the instrument with this entry.
        was: Money,
    },
    /// The exposure limit of the account is exceeded.
    #[error("the account's notional may be at most {maximum}, was {was} with this entry")]
    ExposureAccount {
        /// Largest notional.
        maximum: Money,
        /// Notional of the account with this entry.
        was: Money,
    },
    /// The account cannot carry the position.
    #[error("margin and fee of {needed} were needed, {available} was available")]
    InsufficientMargin {
        /// Initial margin, commission and open loss; with the sizing's reserve also what the way
        /// out is expected to cost.
        needed: Money,
        /// Free balance, less the reserve where the quantity was sized.
        available: Money,
    },
    /// The position would be liquidated before its stop is reached.
    #[error(
        "the stop {was} must come before the liquidation price {liquidation} with a buffer of {buffer} of the entry price"
    )]
    StopBeyondLiquidation {
        /// Liquidation price of the position with this entry.
        liquidation: Price,
        /// Required distance, a fraction of the entry price.
        buffer: Rate,
        /// Stop of the entry.
        was: Price,
    },
    /// An exit would close more than is held.
    #[error("an exit may close at most {held}, was {was}")]
    ExitExceedsHeld {
        /// What is held.
        held: Quantity,
        /// What the exit would close.
        was: Quantity,
    },
    /// An exit has the side that opens its position.
    #[error("an exit must have the side that reduces its position")]
    ExitOpens,
}

impl Refusal {
    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AccountDepleted { .. } => "ACCOUNT_DEPLETED",
            Self::LossDaily { .. } => "LOSS_DAILY",
            Self::Drawdown { .. } => "DRAWDOWN",
            Self::StopCluster { .. } => "STOP_CLUSTER",
            Self::CoolDown { .. } => "COOL_DOWN",
            Self::LowProfit { .. } => "LOW_PROFIT",
            Self::PositionOpen => "POSITION_OPEN",
            Self::OppositePosition { .. } => "OPPOSITE_POSITION",
            Self::PositionsMax { .. } => "POSITIONS_MAX",
            Self::Confidence { .. } => "CONFIDENCE",
            Self::RewardToRisk { .. } => "REWARD_TO_RISK",
            Self::LevelsMissing => "LEVELS_MISSING",
            Self::BadPlan(_) => "BAD_PLAN",
            Self::StalePrice { .. } => "STALE_PRICE",
            Self::PriceDistance { .. } => "PRICE_DISTANCE",
            Self::QuantityTooSmall { .. } => "QUANTITY_TOO_SMALL",
            Self::NotionalTooLarge { .. } => "NOTIONAL_TOO_LARGE",
            Self::OrderNotional { .. } => "ORDER_NOTIONAL",
            Self::Filter(_) => "FILTER",
            Self::BracketMax { .. } => "BRACKET_MAX",
            Self::ExposureInstrument { .. } => "EXPOSURE_INSTRUMENT",
            Self::ExposureAccount { .. } => "EXPOSURE_ACCOUNT",
            Self::InsufficientMargin { .. } => "INSUFFICIENT_MARGIN",
            Self::StopBeyondLiquidation { .. } => "STOP_BEYOND_LIQUIDATION",
            Self::ExitExceedsHeld { .. } => "EXIT_EXCEEDS_HELD",
            Self::ExitOpens => "EXIT_OPENS",
        }
    }
}

/// A broken filter as a sentence.
struct InWords<'a>(&'a FilterBreach);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            FilterBreach::Tick { tick, was } => {
                write!(f, "the price must be a multiple of the tick {tick}, was {was}")
            }
            FilterBreach::PriceRange { bound, was } => {
                write!(f, "the price is beyond the instrument's bound {bound}, was {was}")
            }
            FilterBreach::PriceBand { bound, was } => {
                write!(f, "the price is too far from the mark price, bound {bound}, was {was}")
            }
            FilterBreach::Step { step, was } => {
                write!(f, "the quantity must be a multiple of the step {step}, was {was}")
            }
            FilterBreach::QuantityMin { minimum, was } => {
                write!(f, "the quantity must be at least {minimum}, was {was}")
            }
            FilterBreach::QuantityMax { maximum, was } => {
                write!(f, "the quantity may be at most {maximum}, was {was}")
            }
            FilterBreach::NotionalMin { minimum, was } => {
                write!(f, "the notional must be at least {minimum}, was {was}")
            }
        }
    }
}
