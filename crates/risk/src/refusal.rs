//! Why an order was refused, with the numbers that decided: exact in the fields, rounded in words.

use domain::{
    Confidence, Decimal, Direction, FilterBreach, Money, Price, Quantity, Rate, Timestamp,
    ratio_shown_beside,
};

use crate::PlanFault;

/// A refused order.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The account has nothing left to trade with.
    #[error("the account is depleted, its equity was {}", .equity.shown_beside(*.equity))]
    AccountDepleted {
        /// Equity when that was found.
        equity: Money,
    },
    /// The day's loss has reached its limit.
    #[error(
        "the loss of the day may be at most {}, was {}; locked until {until}",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    LossDaily {
        /// Largest loss.
        maximum: Money,
        /// Equity at the start of the UTC day less equity.
        was: Money,
        /// End of the UTC day.
        until: Timestamp,
    },
    /// The fall from the highest equity has reached its limit.
    #[error(
        "the drawdown may be at most {}, was {}; locked until released",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
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
    #[error(
        "recent trades must return at least {minimum}, returned {}; locked until {until}",
        ratio_shown_beside(*.was, .minimum.decimal())
    )]
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
    #[error(
        "confidence must be at least {}, was {}",
        ratio(.minimum),
        ratio_shown_beside(ratio(.was), ratio(.minimum))
    )]
    Confidence {
        /// Smallest accepted confidence.
        minimum: Confidence,
        /// Confidence of the signal.
        was: Confidence,
    },
    /// Reward divided by risk is too small.
    #[error(
        "reward-to-risk must be at least {minimum}, was {}",
        ratio_shown_beside(*.was, *.minimum)
    )]
    RewardToRisk {
        /// Smallest accepted ratio.
        minimum: Decimal,
        /// Ratio of the signal.
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
    #[error(
        "the entry may be at most {maximum} of the mark price {} away from it, was {}",
        .mark.shown_beside(*.was),
        .was.shown_beside(*.mark)
    )]
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
    #[error(
        "the notional may be at most {}, was {}",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    NotionalTooLarge {
        /// Largest notional.
        maximum: Money,
        /// Notional of the entry.
        was: Money,
    },
    /// The order is larger than one order may be.
    #[error(
        "the notional of one order may be at most {}, was {}",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    OrderNotional {
        /// Largest notional of one order.
        maximum: Money,
        /// Notional of the entry.
        was: Money,
    },
    /// An exchange filter would refuse the order.
    #[error("{0}")]
    Filter(FilterBreach),
    /// The notional is above what the leverage allows.
    #[error(
        "the leverage allows a notional of at most {}, was {} with this entry",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    BracketMax {
        /// Largest notional at this leverage.
        maximum: Money,
        /// Notional of the instrument with this entry.
        was: Money,
    },
    /// The exposure limit of the instrument is exceeded.
    #[error(
        "the instrument's notional may be at most {}, was {} with this entry",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    ExposureInstrument {
        /// Largest notional.
        maximum: Money,
        /// Notional of the instrument with this entry.
        was: Money,
    },
    /// The exposure limit of the account is exceeded.
    #[error(
        "the account's notional may be at most {}, was {} with this entry",
        .maximum.shown_beside(*.was),
        .was.shown_beside(*.maximum)
    )]
    ExposureAccount {
        /// Largest notional.
        maximum: Money,
        /// Notional of the account with this entry.
        was: Money,
    },
    /// The account cannot carry the position.
    #[error(
        "margin and fee of {} were needed, {} was available",
        .needed.shown_beside(*.available),
        .available.shown_beside(*.needed)
    )]
    InsufficientMargin {
        /// Initial margin, commission and open loss; with the sizing's reserve also what the way
        /// out is expected to cost.
        needed: Money,
        /// Free balance, less the reserve where the quantity was sized.
        available: Money,
    },
    /// The position would be liquidated before its stop is reached.
    #[error(
        "the stop {} must come before the liquidation price {} with a buffer of {buffer} of the entry price",
        .was.shown_beside(*.liquidation),
        .liquidation.shown_beside(*.was)
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
    #[error(
        "an exit may close at most {}, was {}",
        .held.shown_beside(*.was),
        .was.shown_beside(*.held)
    )]
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

/// A confidence as a ratio.
fn ratio(confidence: &Confidence) -> Decimal {
    Decimal::try_from(confidence.value()).unwrap_or_default()
}
