//! Columns of candles as scripts name them.

use domain::{Candle, Role};

use crate::words::Words;

/// A column that a script may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Open time, milliseconds since the epoch.
    Time,
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Traded base asset.
    Volume,
}

/// Columns with their series, of LTF and of HTF.
pub(crate) type ColumnsByRole = [Vec<(Column, usize)>; 2];

impl Column {
    pub(crate) const ALL: [Self; 6] =
        [Self::Time, Self::Open, Self::High, Self::Low, Self::Close, Self::Volume];

    /// Name in scripts.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume => "volume",
        }
    }

    /// The number in a candle.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "times in ms are far below 2^53")]
    pub(crate) const fn of(self, candle: &Candle) -> f64 {
        match self {
            Self::Time => candle.open_time.millis() as f64,
            Self::Open => candle.open,
            Self::High => candle.high,
            Self::Low => candle.low,
            Self::Close => candle.close,
            Self::Volume => candle.volume,
        }
    }

    /// The columns that a text mentions.
    pub(crate) fn mentioned(words: &Words<'_>) -> Vec<Self> {
        Self::ALL.into_iter().filter(|column| words.mention_field(column.name())).collect()
    }
}

/// The name of a role's candles in scripts.
pub(crate) const fn name_of(role: Role) -> &'static str {
    match role {
        Role::Ltf => "candle",
        Role::Htf => "htf",
    }
}

/// The number of a role's series in the prelude; funding has the next.
pub(crate) const fn group_of(role: Role) -> usize {
    match role {
        Role::Ltf => 1,
        Role::Htf => 2,
    }
}

/// The number of the series of funding rates.
pub(crate) const FUNDING: usize = 3;
