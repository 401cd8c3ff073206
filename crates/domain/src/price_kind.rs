//! Which price of an instrument is meant: the last traded one or the mark price.

use std::fmt;
use std::str::FromStr;

/// One of the two prices of a futures contract. Orders may watch either (Binance `workingType`);
/// candles exist of both; liquidation and funding go by the mark price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PriceKind {
    /// The last traded price (`last`; the venue's `CONTRACT_PRICE`).
    #[default]
    Last,
    /// The mark price (`mark`; the venue's `MARK_PRICE`).
    Mark,
}

/// A text that names no kind of price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a kind of price, last or mark, was {was:?}")]
pub struct UnknownPriceKind {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl PriceKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Last, Self::Mark];

    /// `last` or `mark`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Mark => "mark",
        }
    }
}

impl fmt::Display for PriceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PriceKind {
    type Err = UnknownPriceKind;

    fn from_str(text: &str) -> Result<Self, UnknownPriceKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownPriceKind { was: text.chars().take(16).collect() })
    }
}
