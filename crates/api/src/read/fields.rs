//! The fields of a JSON object, taken out one by one; errors are collected.
//!
//! Numbers stay text until somebody reads them exactly.

use std::collections::BTreeMap;

use desk::{FieldError, FieldErrorKind};
use serde_json::value::RawValue;

/// What is left of an object and what was wrong so far.
pub(crate) struct Fields {
    values: BTreeMap<String, Box<RawValue>>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads an object.
    ///
    /// # Errors
    /// What is wrong when the bytes are no JSON object.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        match serde_json::from_slice(bytes) {
            Ok(values) => Ok(Self { values, errors: Vec::new() }),
            Err(error) => {
                let message = format!("expected a JSON object: {error}");
                Err(FieldError::new(&[], FieldErrorKind::Type, message))
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
    pub(crate) fn entries(&mut self, field: &str) -> Option<Vec<(String, Box<RawValue>)>> {
        let value = self.take(field)?;
        let entries: Option<BTreeMap<String, Box<RawValue>>> =
            serde_json::from_str(value.get()).ok();
        Some(self.read(&[field], "an object", entries)?.into_iter().collect())
    }

    /// Takes a truth value.
    pub(crate) fn boolean(&mut self, field: &str) -> Option<bool> {
        let value = self.take(field)?;
        self.read(&[field], "true or false", boolean(&value))
    }

    /// Takes an object of known fields; those that `read` leaves are errors.
    pub(crate) fn object<T>(
        &mut self,
        field: &str,
        known: &[&str],
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let value = self.take(field)?;
        self.inside(&[field], &value, (known, read))
    }

    /// Takes a list of objects of known fields.
    pub(crate) fn objects<T>(
        &mut self,
        field: &str,
        known: &[&str],
        read: impl Fn(&mut Self) -> T,
    ) -> Option<Vec<T>> {
        let value = self.take(field)?;
        let items: Option<Vec<Box<RawValue>>> = serde_json::from_str(value.get()).ok();
        let items = self.read(&[field], "a list of objects", items)?;
        let mut objects = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            objects.push(self.inside(&[field, &number.to_string()], item, (known, &read))?);
        }
        Some(objects)
    }

    /// Takes a word, or an object of known fields.
    pub(crate) fn word_or_object<T>(
        &mut self,
        field: &str,
        known: &[&str],
        (word, object): (impl FnOnce(String) -> T, impl FnOnce(&mut Self) -> T),
    ) -> Option<T> {
        if let Some(text) = self.values.get(field).and_then(|value| string(value)) {
            self.values.remove(field);
            return Some(word(text));
        }
        self.object(field, known, object)
    }

    fn inside<T>(
        &mut self,
        path: &[&str],
        value: &RawValue,
        (known, read): (&[&str], impl FnOnce(&mut Self) -> T),
    ) -> Option<T> {
        let values = serde_json::from_str(value.get()).ok();
        let values = self.read(path, "an object", values)?;
        let mut fields = Self { values, errors: Vec::new() };
        let object = read(&mut fields);
        self.errors.extend(fields.finish(known).into_iter().map(|error| FieldError {
            path: path.iter().map(ToString::to_string).chain(error.path).collect(),
            ..error
        }));
        Some(object)
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
