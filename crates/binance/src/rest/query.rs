//! Parameters in the order they were given, percent-encoded once: what is signed is what is sent.

use std::fmt::{Display, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and `-_.~` (RFC 3986, unreserved).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An encoded query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(String);

impl Query {
    /// A query with one parameter.
    pub(crate) fn of(name: &str, value: impl Display) -> Self {
        Self::default().with(name, value)
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.push(name, value);
        self
    }

    pub(crate) fn push(&mut self, name: &str, value: impl Display) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        let value = value.to_string();
        write!(self.0, "{name}={}", utf8_percent_encode(&value, ENCODED))
            .expect("writing to a text does not fail");
    }

    /// Adds the parameters of another query.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        if !self.0.is_empty() && !other.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(&other.0);
        self
    }

    /// The parameters as a JSON object of texts. Values that were percent-encoded hold letters JSON could
    /// not take as they are, so they are decoded and escaped.
    pub(crate) fn to_json(&self) -> String {
        let pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(name, value)| {
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            (name.to_owned(), serde_json::Value::from(value.into_owned()))
        });
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    /// The encoded text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_ascii_and_json_are_encoded() {
        let query = Query::of("symbol", "测试USDT").with("list", "[\"a\",1]");
        assert_eq!(query.as_str(), "symbol=%E6%B5%8B%E8%AF%95USDT&list=%5B%22a%22%2C1%5D");
    }
}
