//! Where candles come from: futures, spot, or the built-in synthetic market.

use std::fmt;
use std::str::FromStr;

/// The market a series of candles belongs to. Series of different markets never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarketKind {
    /// USDT-margined perpetual futures (`um`).
    UsdM,
    /// Spot market, usable as a stand-in for research.
    Spot,
    /// Synthetic candles made by this application; never real prices.
    Demo,
}

/// A text that names no market.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a market, one of um, spot, demo, was {was:?}")]
pub struct UnknownMarketKind {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl MarketKind {
    /// All markets in the order in which a request without a market looks for candles.
    pub const ALL: [Self; 3] = [Self::UsdM, Self::Spot, Self::Demo];

    /// `um`, `spot` or `demo`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsdM => "um",
            Self::Spot => "spot",
            Self::Demo => "demo",
        }
    }

    /// Whether its prices were made up by this application.
    #[must_use]
    pub const fn is_synthetic(self) -> bool {
        matches!(self, Self::Demo)
    }
}

impl fmt::Display for MarketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for MarketKind {
    type Err = UnknownMarketKind;

    fn from_str(text: &str) -> Result<Self, UnknownMarketKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownMarketKind { was: text.chars().take(16).collect() })
    }
}
