//! A JSON text as a tree that remembers where each value stands.
//!
//! Numbers are exact decimals. Names that occur twice, numbers beyond a decimal and deep nesting are problems.
//! Nothing here knows what the values mean.

use std::fmt;

use domain::Decimal;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::place::{Path, Place};
use crate::problem::Problem;

/// Most levels of lists and objects inside each other.
pub(crate) const DEPTH_MAX: usize = 64;

/// A value and where it begins, in bytes from the start of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Json {
    pub(crate) offset: usize,
    pub(crate) kind: JsonKind,
}

/// The values of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonKind {
    Null,
    Truth(bool),
    Number(Decimal),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl Json {
    /// A value that was not read from a text.
    pub(crate) const fn made(kind: JsonKind) -> Self {
        Self { offset: 0, kind }
    }

    /// A text that was not read from one.
    pub(crate) fn text(text: &str) -> Self {
        Self::made(JsonKind::Text(text.to_owned()))
    }

    /// An object with one field.
    pub(crate) fn tagged(name: &str, value: Self) -> Self {
        Self::made(JsonKind::Map(vec![(name.to_owned(), value)]))
    }

    /// The value in a few words, for errors.
    pub(crate) fn in_words(&self) -> String {
        match &self.kind {
            JsonKind::Null => "null".to_owned(),
            JsonKind::Truth(truth) => truth.to_string(),
            JsonKind::Number(number) => number.to_string(),
            JsonKind::Text(text) => format!("{:?}", shortened(text)),
            JsonKind::List(items) => format!("a list of {}", items.len()),
            JsonKind::Map(fields) => match &fields[..] {
                [] => "an empty object".to_owned(),
                fields => {
                    let names: Vec<_> = fields.iter().take(4).map(|it| shortened(&it.0)).collect();
                    let more = if fields.len() > names.len() { ", ..." } else { "" };
                    format!("an object with {}{more}", names.join(", "))
                }
            },
        }
    }
}

/// At most 48 characters of a text from outside.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(48).collect()
}

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Json, Vec<Problem>> {
    let raw: &RawValue = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(error) => return Err(vec![syntax(&error)]),
    };
    let mut parser = Parser { text, path: Path::default(), problems: Vec::new() };
    match parser.value(raw) {
        Some(json) if parser.problems.is_empty() => Ok(json),
        Some(_) | None => Err(parser.problems),
    }
}

fn syntax(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // The place is told apart from the words.
    let words = text.rsplit_once(" at line").map_or(&*text, |(words, _)| words);
    Problem {
        path: String::new(),
        place: Some(Place { line: error.line(), column: error.column() }),
        expected: "valid JSON".to_owned(),
        was: words.to_owned(),
    }
}

struct Parser<'a> {
    text: &'a str,
    path: Path,
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    fn value(&mut self, raw: &'a RawValue) -> Option<Json> {
        let source = raw.get();
        let offset = source.as_ptr() as usize - self.text.as_ptr() as usize;
        let kind = match source.as_bytes().first() {
            Some(b'{') => self.map(source, offset),
            Some(b'[') => self.list(source, offset),
            Some(b'"') => self.plain::<String>(source, offset).map(JsonKind::Text),
            Some(b't') => Some(JsonKind::Truth(true)),
            Some(b'f') => Some(JsonKind::Truth(false)),
            Some(b'n') => Some(JsonKind::Null),
            Some(_) | None => self.number(source, offset),
        };
        kind.map(|kind| Json { offset, kind })
    }

    fn map(&mut self, source: &'a str, offset: usize) -> Option<JsonKind> {
        self.check_depth(offset)?;
        let Fields(raw) = self.plain(source, offset)?;
        let mut fields: Vec<(String, Json)> = Vec::with_capacity(raw.len());
        for (name, value) in raw {
            self.path.enter(&name);
            let value = self.value(value);
            match value {
                Some(value) if fields.iter().any(|(other, _)| *other == name) => {
                    self.problem(value.offset, "each name once", "a second time the same name");
                }
                Some(value) => fields.push((name, value)),
                None => {}
            }
            self.path.leave();
        }
        Some(JsonKind::Map(fields))
    }

    fn list(&mut self, source: &'a str, offset: usize) -> Option<JsonKind> {
        self.check_depth(offset)?;
        let raw: Vec<&RawValue> = self.plain(source, offset)?;
        let mut items = Vec::with_capacity(raw.len());
        for (index, value) in raw.into_iter().enumerate() {
            self.path.enter_item(index);
            items.extend(self.value(value));
            self.path.leave();
        }
        Some(JsonKind::List(items))
    }

    fn number(&mut self, source: &str, offset: usize) -> Option<JsonKind> {
        let read =
            Decimal::from_str_exact(source).or_else(|_| Decimal::from_scientific(source)).ok();
        if read.is_none() {
            self.problem(offset, "a number of at most 28 digits", &shortened(source));
        }
        read.map(|number| JsonKind::Number(number.normalize()))
    }

    fn plain<T: Deserialize<'a>>(&mut self, source: &'a str, offset: usize) -> Option<T> {
        let read = serde_json::from_str(source);
        if let Err(error) = &read {
            self.problem(offset, "valid JSON", &syntax(error).was);
        }
        read.ok()
    }

    fn check_depth(&mut self, offset: usize) -> Option<()> {
        if self.path.len() < DEPTH_MAX {
            return Some(());
        }
        let expected = format!("at most {DEPTH_MAX} levels inside each other");
        self.problem(offset, &expected, "one more");
        None
    }

    fn problem(&mut self, offset: usize, expected: &str, was: &str) {
        let place = Some(Place::of(self.text, offset));
        let (path, expected, was) = (self.path.to_string(), expected.to_owned(), was.to_owned());
        self.problems.push(Problem { path, place, expected, was });
    }
}

/// The fields of an object in their order, those that occur twice included.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            JsonKind::Null => serializer.serialize_unit(),
            JsonKind::Truth(truth) => serializer.serialize_bool(*truth),
            JsonKind::Number(number) => {
                let raw = RawValue::from_string(number.normalize().to_string());
                raw.map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            JsonKind::Text(text) => serializer.serialize_str(text),
            JsonKind::List(items) => serializer.collect_seq(items),
            JsonKind::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
