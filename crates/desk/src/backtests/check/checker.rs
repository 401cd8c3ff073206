//! Collects what is wrong, so that every wrong field is found in one pass.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::Decimal;

use crate::error::FieldError;
use crate::named::Named;
use crate::number::{Bounds, bounded, expected};

/// What was wrong so far, and where one is.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    errors: Vec<FieldError>,
    place: Vec<String>,
}

impl Checker {
    /// Checks something whose fields lie below `place`.
    pub(crate) fn inside<T>(&mut self, place: &[&str], check: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.place.len();
        self.place.extend(place.iter().map(ToString::to_string));
        let checked = check(self);
        self.place.truncate(outer);
        checked
    }

    /// Checks something whose fields lie below `place`, counted from the whole request.
    pub(crate) fn at<T>(&mut self, place: &[String], check: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.place, place.to_vec());
        let checked = check(self);
        self.place = outer;
        checked
    }

    /// Notes an error at its place; one that is known already is not repeated.
    pub(crate) fn push(&mut self, error: FieldError) {
        let path = self.place.iter().cloned().chain(error.path).collect();
        let error = FieldError { path, ..error };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    pub(crate) fn wrong(&mut self, path: &[&str], message: impl Into<String>) {
        self.push(FieldError::value(path, message));
    }

    pub(crate) fn keep<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// A text that must be there and is read by its type.
    pub(crate) fn required<T: FromStr<Err: Display>>(
        &mut self,
        field: &str,
        text: Option<&str>,
    ) -> Option<T> {
        let Some(text) = text else {
            self.push(FieldError::missing(&[field], "is required"));
            return None;
        };
        let read = text.parse();
        self.keep(read.map_err(|error: T::Err| FieldError::value(&[field], error.to_string())))
    }

    /// A text that is read by its type, or the default.
    pub(crate) fn optional<T: FromStr<Err: Display>>(
        &mut self,
        field: &str,
        text: Option<&str>,
        default: T,
    ) -> T {
        text.and_then(|text| self.required(field, Some(text))).unwrap_or(default)
    }

    /// A word of a closed set, or its first one.
    pub(crate) fn word<T: Named>(&mut self, field: &str, text: Option<&str>) -> T {
        let read = text.map(T::of_word);
        let kept = read.and_then(|read| {
            self.keep(read.map_err(|message| FieldError::value(&[field], message)))
        });
        kept.unwrap_or(T::ALL[0])
    }

    /// An exact number inside its bounds; `None` when not given.
    pub(crate) fn number(
        &mut self,
        field: &str,
        text: Option<&str>,
        bounds: &Bounds,
    ) -> Option<Decimal> {
        text.and_then(|text| self.keep(bounded(&[field], text, bounds)))
    }

    /// An exact number inside its bounds that must be there.
    pub(crate) fn needed(
        &mut self,
        field: &str,
        text: Option<&str>,
        bounds: &Bounds,
    ) -> Option<Decimal> {
        if text.is_none() {
            self.push(FieldError::missing(&[field], "is required"));
        }
        self.number(field, text, bounds)
    }

    /// A whole number in a range; `None` when not given.
    pub(crate) fn whole(
        &mut self,
        field: &str,
        text: Option<&str>,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let text = text?;
        let number = text.trim().parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let what = format!("a whole number from {} to {}", range.start(), range.end());
            self.wrong(&[field], expected(&what, text));
        }
        number
    }

    /// A whole number of 32 bits; `None` when not given.
    pub(crate) fn count(
        &mut self,
        field: &str,
        text: Option<&str>,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let wide = u64::from(*range.start())..=u64::from(*range.end());
        self.whole(field, text, wide).and_then(|number| u32::try_from(number).ok())
    }

    /// A whole number of 32 bits that must be there.
    pub(crate) fn needed_count(
        &mut self,
        field: &str,
        text: Option<&str>,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        if text.is_none() {
            self.push(FieldError::missing(&[field], "is required"));
        }
        self.count(field, text, range)
    }

    pub(crate) const fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}
