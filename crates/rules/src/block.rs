//! What can be read, written and described: one definition gives all three.
//!
//! The macros of this module make types of the model from one text each; its doc comments are the help that forms show.

mod kinds;
mod record;
mod words;

pub(crate) use kinds::kinds;
pub(crate) use record::record;
pub(crate) use words::{known_words, words};

use domain::Decimal;

use crate::json::{Json, JsonKind};
use crate::reader::Reader;
use crate::shape::{Limits, Shape, Value};

/// A part of a file of rules.
pub(crate) trait Block: Sized {
    /// What may stand here.
    fn shape() -> Shape;

    /// Reads it. `None` if it is wrong, which the reader then knows.
    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self>;

    /// Writes it, so that reading gives it back.
    fn write(&self) -> Json;

    /// What it is where it is left out, if that is allowed everywhere.
    fn absent() -> Option<Self> {
        None
    }
}

/// A list with a range of lengths.
pub(crate) const LIST_MAX: usize = 64;

impl Block for bool {
    fn shape() -> Shape {
        Shape::Truth
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        match json.kind {
            JsonKind::Truth(truth) => Some(truth),
            JsonKind::Null
            | JsonKind::Number(_)
            | JsonKind::Text(_)
            | JsonKind::List(_)
            | JsonKind::Map(_) => reader.not(json, "true or false"),
        }
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::Truth(*self))
    }
}

impl Block for Decimal {
    fn shape() -> Shape {
        Shape::Number { limits: Limits::ANY, parameter: false }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        match json.kind {
            JsonKind::Number(number) if Limits::ANY.contains(as_f64(number)) => Some(number),
            JsonKind::Null
            | JsonKind::Truth(_)
            | JsonKind::Number(_)
            | JsonKind::Text(_)
            | JsonKind::List(_)
            | JsonKind::Map(_) => reader.not(json, Limits::ANY.in_words()),
        }
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::Number(self.normalize()))
    }
}

impl Block for i64 {
    fn shape() -> Shape {
        Shape::Number { limits: Limits { whole: true, ..Limits::ANY }, parameter: false }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        match json.kind {
            JsonKind::Number(number) if number.fract().is_zero() => match Self::try_from(number) {
                Ok(whole) => Some(whole),
                Err(_) => reader.not(json, "a whole number of at most 18 digits"),
            },
            JsonKind::Null
            | JsonKind::Truth(_)
            | JsonKind::Number(_)
            | JsonKind::Text(_)
            | JsonKind::List(_)
            | JsonKind::Map(_) => reader.not(json, "a whole number"),
        }
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::Number(Decimal::from(*self)))
    }
}

impl<T: Block> Block for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(json, reader).map(Some)
    }

    fn write(&self) -> Json {
        self.as_ref().map_or_else(|| Json::made(JsonKind::Null), T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Block> Block for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(json, reader).map(Self::new)
    }

    fn write(&self) -> Json {
        T::write(self)
    }
}

/// A list that may be empty or left out.
impl<T: Block> Block for Vec<T> {
    fn shape() -> Shape {
        Shape::List { of: Box::new(T::shape()), min: 0, max: LIST_MAX }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        reader.list(json, (0, LIST_MAX))
    }

    fn write(&self) -> Json {
        match &self[..] {
            [] => Json::made(JsonKind::Null),
            items => Json::made(JsonKind::List(items.iter().map(T::write).collect())),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// Two of something.
impl<T: Block> Block for [T; 2] {
    fn shape() -> Shape {
        Shape::List { of: Box::new(T::shape()), min: 2, max: 2 }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        reader.list(json, (2, 2))?.try_into().ok()
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::List(self.iter().map(T::write).collect()))
    }
}

/// A decimal as a statistic.
pub(crate) fn as_f64(number: Decimal) -> f64 {
    // The text is the nearest binary number's, whatever the number of digits.
    number.to_string().parse().unwrap_or(f64::NAN)
}

/// The value that stands for a field that is left out.
pub(crate) fn shown<T: Block>(default: &T) -> Value {
    Value(default.write())
}
