//! Query parameters, taken out one by one; errors are collected.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use desk::FieldError;

use crate::error::{ApiError, Place};

/// The last millisecond of the year 9999.
const MILLIS_MAX: i64 = 253_402_300_799_999;

/// The parameters of one request and what was wrong with them so far.
pub(crate) struct Query {
    values: BTreeMap<String, String>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let pairs =
            axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let pairs = pairs.map_err(|_| {
            ApiError::fields(
                Place::Query,
                &[FieldError::value(&[], "expected name=value pairs joined by &")],
            )
        })?;
        Ok(Self { values: pairs.0.into_iter().collect(), errors: Vec::new() })
    }
}

impl Query {
    /// A text; `None` when absent or empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.values.get(name).filter(|text| !text.trim().is_empty()).cloned()
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.errors.push(FieldError::missing(&[name], "is required"));
            String::new()
        })
    }

    /// A value of a type that knows its text.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        text.parse()
            .map_err(|error: T::Err| {
                self.errors.push(FieldError::value(&[name], error.to_string()))
            })
            .ok()
    }

    /// A whole number in a range.
    pub(crate) fn whole(&mut self, name: &str, range: RangeInclusive<u64>, default: u64) -> u64 {
        let Some(text) = self.text(name) else { return default };
        if let Some(number) = text.trim().parse().ok().filter(|number| range.contains(number)) {
            return number;
        }
        let was: String = text.chars().take(32).collect();
        let message = format!(
            "expected a whole number from {} to {}, was {was:?}",
            range.start(),
            range.end()
        );
        self.errors.push(FieldError::value(&[name], message));
        default
    }

    /// One of a few words.
    pub(crate) fn word<'a>(&mut self, name: &str, words: &[&'a str], default: &'a str) -> &'a str {
        let Some(text) = self.text(name) else { return default };
        if let Some(word) = words.iter().find(|word| text.eq_ignore_ascii_case(word)) {
            return word;
        }
        let was: String = text.chars().take(32).collect();
        self.errors.push(FieldError::value(
            &[name],
            format!("expected {}, was {was:?}", words.join(", ")),
        ));
        default
    }

    /// An instant: ISO 8601 or milliseconds since the epoch.
    pub(crate) fn time(&mut self, name: &str) -> Option<domain::Timestamp> {
        let text = self.text(name)?;
        let Ok(millis) = text.trim().parse::<i64>() else { return self.parsed(name) };
        if (0..=MILLIS_MAX).contains(&millis) {
            return Some(domain::Timestamp::from_millis(millis));
        }
        let message = format!("expected milliseconds from 0 to {MILLIS_MAX}, was {millis}");
        self.errors.push(FieldError::value(&[name], message));
        None
    }

    /// Ends reading.
    ///
    /// # Errors
    /// 422 with every wrong parameter.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(ApiError::fields(Place::Query, &self.errors))
        }
    }
}
