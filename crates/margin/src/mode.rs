//! Which money stands behind a position.

use std::fmt;
use std::str::FromStr;

/// What a position may lose before it is liquidated (Binance "margin type").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MarginMode {
    /// The wallet of the account, shared by all cross positions.
    #[default]
    Cross,
    /// A wallet of its own.
    Isolated,
}

/// A text that names no margin mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a margin mode, cross or isolated, was {was:?}")]
pub struct UnknownMarginMode {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl MarginMode {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Cross, Self::Isolated];

    /// `cross` or `isolated`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cross => "cross",
            Self::Isolated => "isolated",
        }
    }
}

impl fmt::Display for MarginMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for MarginMode {
    type Err = UnknownMarginMode;

    /// Reads a name in any case, as Binance writes `CROSS` and `isolated`.
    fn from_str(text: &str) -> Result<Self, UnknownMarginMode> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownMarginMode { was: text.chars().take(16).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for mode in MarginMode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
            assert_eq!(mode.name().to_uppercase().parse(), Ok(mode));
        }
        let unknown = "crossed-out-of-the-list".parse::<MarginMode>().unwrap_err();
        assert!(unknown.to_string().ends_with("was \"crossed-out-of-t\""));
    }
}
