//! Our names for orders.

use std::fmt;
use std::str::FromStr;

/// A client order id: 1 to 36 letters, digits or `. : / _ -`. Unique among open orders only: the venue takes
/// it a second time once the first order has ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientOrderId(String);

/// A text that is no client order id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 36 letters, digits or one of `. : / _ -`, was {was:?}")]
pub struct BadClientId {
    /// The offered text, shortened to 60 characters.
    pub was: String,
}

impl FromStr for ClientOrderId {
    type Err = BadClientId;

    fn from_str(text: &str) -> Result<Self, BadClientId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
        if (1..=36).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(BadClientId { was: text.chars().take(60).collect() })
    }
}

impl ClientOrderId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
