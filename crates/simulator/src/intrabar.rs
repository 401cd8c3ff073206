//! How an unknown order of events inside a candle is decided.

/// The policy. A candle tells its open, high, low and close, not which of high and low came first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntrabarPolicy {
    /// What is worse for the trader comes first: losses before gains.
    #[default]
    Pessimistic,
    /// What is better for the trader comes first.
    Optimistic,
    /// The price goes from the open to the nearer of high and low, then to the other, then to the
    /// close (the rule of TradingView's and MetaTrader's testers); to the low first when both are
    /// equally far.
    Adaptive,
    /// Goes down to the finest candles at hand where the order matters; pessimistic inside those.
    Drill,
}

impl IntrabarPolicy {
    /// All policies, the default first.
    pub const ALL: [Self; 4] = [Self::Pessimistic, Self::Optimistic, Self::Adaptive, Self::Drill];

    /// `pessimistic`, `optimistic`, `adaptive` or `drill`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pessimistic => "pessimistic",
            Self::Optimistic => "optimistic",
            Self::Adaptive => "adaptive",
            Self::Drill => "drill",
        }
    }
}

/// What an event does to the trader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Valence {
    /// A loss is taken: a stop, a liquidation.
    Bad,
    /// Something is opened.
    Neutral,
    /// A gain is taken, or a trailing stop follows.
    Good,
}
