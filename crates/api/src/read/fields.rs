//! The fields of a JSON object, taken out one by one; errors are collected.
//!
//! Numbers stay text until somebody reads them exactly.

use std::collections::BTreeMap;

use desk::{FieldError, FieldErrorKind};
use serde_json::value::RawValue;

use crate::error::{ApiError, Place};

/// What is left of an object and what was wrong so far.
pub(crate) struct Fields {
    values: BTreeMap<String, Box<RawValue>>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads an object.
    ///
    /// # Errors
    /// 422 when the bytes are no JSON object.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(bytes) {
            Ok(values) => Ok(Self { values, errors: Vec::new() }),
            Err(error) => {
                let message = format!("expected a JSON object: {error}");
                let error = FieldError::new(&[], FieldErrorKind::Type, message);
                Err(ApiError::fields(Place::Body, &[error]))
            }
        }
    }

    /// Whether the field is there and not null.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.values.get(field).is_some_and(|value| value.get() != "null")
    }

    pub(crate) fn push(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Takes a text.
    pub(crate) fn text(&mut self, field: &str) -> Option<String> {
        let value = self.take(field)?;
        self.read(&[field], "a text", string(&value))
    }

    /// Takes a number, or a text that stands for one.
    pub(crate) fn number(&mut self, field: &str) -> Option<String> {
        let value = self.take(field)?;
        self.read(&[field], "a number", number(&value).or_else(|| string(&value)))
    }

    /// Takes a list of texts.
    pub(crate) fn texts(&mut self, field: &str) -> Option<Vec<String>> {
        let value = self.take(field)?;
        self.read(&[field], "a list of texts", serde_json::from_str(value.get()).ok())
    }

    /// Takes an object, as its entries in order of name.
    pub(crate) fn entries(&mut self, field: &str) -> Vec<(String, Box<RawValue>)> {
        let Some(value) = self.take(field) else { return Vec::new() };
        let entries: Option<BTreeMap<String, Box<RawValue>>> =
            serde_json::from_str(value.get()).ok();
        self.read(&[field], "an object", entries).unwrap_or_default().into_iter().collect()
    }

    /// Takes what is left, as entries of any type.
    pub(crate) fn rest(&mut self) -> Vec<(String, Box<RawValue>)> {
        std::mem::take(&mut self.values).into_iter().collect()
    }

    /// Keeps a value that was read, or notes what was expected.
    pub(crate) fn read<T>(&mut self, path: &[&str], expected: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.errors.push(FieldError::new(
                path,
                FieldErrorKind::Type,
                format!("expected {expected}"),
            ));
        }
        value
    }

    /// Ends reading: fields nobody asked for are errors too.
    pub(crate) fn finish(mut self, known: &[&str]) -> Vec<FieldError> {
        for name in std::mem::take(&mut self.values).into_keys() {
            let name: String = name.chars().take(64).collect();
            let message = format!("no such field; known are {}", known.join(", "));
            self.errors.push(FieldError::new(&[&name], FieldErrorKind::Unknown, message));
        }
        self.errors
    }

    fn take(&mut self, field: &str) -> Option<Box<RawValue>> {
        self.values.remove(field).filter(|value| value.get() != "null")
    }
}

/// The text of a JSON string.
pub(crate) fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// The digits of a JSON number, as written.
pub(crate) fn number(value: &RawValue) -> Option<String> {
    value
        .get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit())
        .then(|| value.get().to_owned())
}

/// A JSON truth value.
pub(crate) fn boolean(value: &RawValue) -> Option<bool> {
    serde_json::from_str(value.get()).ok()
}
