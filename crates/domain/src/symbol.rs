//! Names of traded instruments, as the venue writes them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// An instrument's name, such as `BTCUSDT`: 1 to 32 capital letters, digits or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

/// A text that is no symbol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a symbol of 1 to 32 letters and digits such as BTCUSDT, was {was:?}")]
pub struct InvalidSymbol {
    /// The offered text, shortened to 40 characters.
    pub was: String,
}

impl Symbol {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Symbol {
    type Err = InvalidSymbol;

    /// Reads a symbol in any case and stores it in capitals.
    fn from_str(text: &str) -> Result<Self, InvalidSymbol> {
        let name = text.trim();
        let valid = (1..=32).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if valid && name.bytes().any(|byte| byte.is_ascii_lowercase()) {
            Ok(Self(name.to_ascii_uppercase().into()))
        } else if valid {
            Ok(Self(name.into()))
        } else {
            Err(InvalidSymbol { was: text.chars().take(40).collect() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_capitals() {
        assert_eq!(" btcusdt ".parse::<Symbol>().unwrap().as_str(), "BTCUSDT");
        for text in ["", "BTC/USDT", "../etc", "BTC USDT", "ÄÖ"] {
            assert!(text.parse::<Symbol>().is_err(), "{text}");
        }
    }
}
