//! Closed sets of words of this contract.

use serde::Serialize;
use utoipa::ToSchema;

/// Declares words for the schema.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }
    };
}
pub(crate) use words;

words! {
    /// What a timeframe is for.
    Role {
        /// Trend and major levels.
        Htf = "HTF",
        /// Timing of entries and exits.
        Ltf = "LTF",
    }
}
words! {
    /// Where candles may come from.
    MarketChoice {
        /// Futures, else spot, else synthetic.
        Auto = "auto",
        /// USDT-M futures.
        Um = "um",
        /// Spot.
        Spot = "spot",
        /// Synthetic.
        Demo = "demo",
    }
}
words! {
    /// Where candles come from.
    Market {
        /// USDT-M futures.
        Um = "um",
        /// Spot.
        Spot = "spot",
        /// Synthetic.
        Demo = "demo",
    }
}
words! {
    /// What happens when candles are missing.
    GapPolicy {
        /// They are listed in the result.
        Annotate = "annotate",
        /// The run is refused.
        Refuse = "refuse",
    }
}
words! {
    /// How an unknown order of events inside one candle is decided.
    IntrabarPolicy {
        /// The stop counts first.
        Pessimistic = "pessimistic",
        /// The target counts first.
        Optimistic = "optimistic",
        /// The price goes to the nearer of high and low first.
        Adaptive = "adaptive",
        /// Finer candles tell where the order matters; pessimistic inside those.
        Drill = "drill",
    }
}
words! {
    /// At which price orders given at a candle's close are filled.
    FillTime {
        /// At the open of the next candle.
        NextOpen = "next_open",
        /// At the very close that was seen; nobody trades at it in reality.
        ThisClose = "this_close",
        /// At the close of the next candle.
        NextClose = "next_close",
    }
}
words! {
    /// What a resting limit order needs.
    LimitFill {
        /// The price trades through it.
        Through = "through",
        /// The price touches it.
        Touch = "touch",
    }
}
words! {
    /// Which money stands for a position.
    MarginMode {
        /// The wallet of the account.
        Cross = "cross",
        /// A wallet of its own.
        Isolated = "isolated",
    }
}
words! {
    /// How positions of a symbol are told apart.
    PositionMode {
        /// One position a symbol.
        OneWay = "one_way",
        /// A long and a short position a symbol.
        Hedge = "hedge",
    }
}
words! {
    /// State of a run or an import.
    JobStatus {
        /// Waits for a free worker.
        Queued = "queued",
        /// Is being worked on.
        Running = "running",
        /// Ended with a result.
        Completed = "completed",
        /// Ended with an error.
        Failed = "failed",
        /// Was cancelled.
        Cancelled = "cancelled",
    }
}

impl From<desk::backtests::JobStatus> for JobStatus {
    fn from(status: desk::backtests::JobStatus) -> Self {
        match status {
            desk::backtests::JobStatus::Queued => Self::Queued,
            desk::backtests::JobStatus::Running => Self::Running,
            desk::backtests::JobStatus::Completed => Self::Completed,
            desk::backtests::JobStatus::Failed => Self::Failed,
            desk::backtests::JobStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<desk::backtests::IntrabarPolicy> for IntrabarPolicy {
    fn from(policy: desk::backtests::IntrabarPolicy) -> Self {
        match policy {
            desk::backtests::IntrabarPolicy::Pessimistic => Self::Pessimistic,
            desk::backtests::IntrabarPolicy::Optimistic => Self::Optimistic,
            desk::backtests::IntrabarPolicy::Adaptive => Self::Adaptive,
            desk::backtests::IntrabarPolicy::Drill => Self::Drill,
        }
    }
}

impl From<desk::backtests::FillTime> for FillTime {
    fn from(time: desk::backtests::FillTime) -> Self {
        match time {
            desk::backtests::FillTime::NextOpen => Self::NextOpen,
            desk::backtests::FillTime::ThisClose => Self::ThisClose,
            desk::backtests::FillTime::NextClose => Self::NextClose,
        }
    }
}

impl From<domain::MarketKind> for Market {
    fn from(market: domain::MarketKind) -> Self {
        match market {
            domain::MarketKind::UsdM => Self::Um,
            domain::MarketKind::Spot => Self::Spot,
            domain::MarketKind::Demo => Self::Demo,
        }
    }
}

impl From<domain::Role> for Role {
    fn from(role: domain::Role) -> Self {
        match role {
            domain::Role::Ltf => Self::Ltf,
            domain::Role::Htf => Self::Htf,
        }
    }
}
