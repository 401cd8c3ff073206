//! Reading values that several replies have.

use std::borrow::Cow;

use domain::Symbol;
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::parse;

/// A symbol in capitals.
pub(super) fn symbol<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Symbol, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    parse::symbol(&text).map_err(D::Error::custom)
}

/// An id that is a number in some replies, a text in others, and empty where there is none.
pub(super) fn id_or_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u64),
        Text(String),
    }
    match Option::<Form>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Form::Number(id)) => Ok(Some(id)),
        Some(Form::Text(text)) if text.is_empty() => Ok(None),
        Some(Form::Text(text)) => text.parse().map(Some).map_err(D::Error::custom),
    }
}
