//! Texts and names, and lists that are not empty.

use crate::block::{Block, LIST_MAX};
use crate::json::{Json, JsonKind};
use crate::reader::Reader;
use crate::shape::{NameOf, Shape};

/// Most characters of a name.
const NAME_MAX: usize = 40;
/// Most characters of a line.
const LINE_MAX: usize = 300;
/// Most characters of a text of several lines.
const PROSE_MAX: usize = 20_000;

/// Names that are told apart by what they name.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident of $of:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        impl $name {
            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Block for $name {
            fn shape() -> Shape {
                Shape::Name { of: NameOf::$of }
            }

            fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
                read_text(json, NAME_RULE, is_name, reader).map(Self)
            }

            fn write(&self) -> Json {
                Json::text(&self.0)
            }
        }
    )+};
}

names! {
    /// A new name: lower-case letters, digits and underscores, a letter first.
    Name of New;
    /// The name of a parameter of the file.
    ParameterName of Parameter;
    /// The name of an indicator of the file.
    IndicatorName of Indicator;
    /// The name of an indicator of the catalogue.
    CatalogueName of Catalogue;
    /// The name of a line of an indicator.
    OutputName of Output;
}

/// The name of the strategy: letters, digits and underscores, a letter first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(pub String);

/// A text of one line, at most 300 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(pub String);

/// A text of several lines, Markdown, at most 20000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose(pub String);

/// A list of at least one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Several<T>(pub Vec<T>);

/// Reads a text that keeps a rule.
fn read_text(
    json: &Json,
    expected: &str,
    is_good: impl FnOnce(&str) -> bool,
    reader: &mut Reader<'_>,
) -> Option<String> {
    match &json.kind {
        JsonKind::Text(text) if is_good(text) => Some(text.clone()),
        JsonKind::Null
        | JsonKind::Truth(_)
        | JsonKind::Number(_)
        | JsonKind::Text(_)
        | JsonKind::List(_)
        | JsonKind::Map(_) => reader.not(json, expected),
    }
}

fn is_short(text: &str, max: usize) -> bool {
    text.chars().take(max + 1).count() <= max
}

const NAME_RULE: &str =
    "a name of at most 40 lower-case letters, digits and underscores, a letter first";

fn is_name(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.chars().all(is_part)
        && is_short(text, NAME_MAX)
}

impl Block for Id {
    fn shape() -> Shape {
        Shape::Name { of: NameOf::Strategy }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a name of at most 40 letters, digits and underscores, a letter first";
        let is_good = |text: &str| {
            text.starts_with(|it: char| it.is_ascii_alphabetic())
                && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
                && is_short(text, NAME_MAX)
        };
        read_text(json, expected, is_good, reader).map(Self)
    }

    fn write(&self) -> Json {
        Json::text(&self.0)
    }
}

impl Block for Line {
    fn shape() -> Shape {
        Shape::Text { length_max: LINE_MAX, lines: false }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a text of one line and at most 300 characters";
        let is_good = |text: &str| !text.contains(char::is_control) && is_short(text, LINE_MAX);
        read_text(json, expected, is_good, reader).map(Self)
    }

    fn write(&self) -> Json {
        Json::text(&self.0)
    }
}

impl Block for Prose {
    fn shape() -> Shape {
        Shape::Text { length_max: PROSE_MAX, lines: true }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a text of at most 20000 characters";
        read_text(json, expected, |text| is_short(text, PROSE_MAX), reader).map(Self)
    }

    fn write(&self) -> Json {
        Json::text(&self.0)
    }
}

impl<T: Block> Block for Several<T> {
    fn shape() -> Shape {
        Shape::List { of: Box::new(T::shape()), min: 1, max: LIST_MAX }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        reader.list(json, (1, LIST_MAX)).map(Self)
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::List(self.0.iter().map(T::write).collect()))
    }
}
