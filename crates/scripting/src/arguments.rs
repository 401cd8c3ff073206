//! Reading what a script passes: tables of named fields, numbers, texts.
//!
//! Nothing here runs code of the script: fields are read raw.

use std::borrow::Cow;

use mlua::{LuaString, MultiValue, Table, Value};

use crate::spelling;

/// The named fields of a table that was passed to a function.
pub(crate) struct Fields<'k> {
    call: &'k str,
    /// Those that are given.
    values: Vec<(&'k str, Cow<'k, Value>)>,
}

/// A value by what scripts pass.
pub(crate) enum Given<'a> {
    Nothing,
    Boolean(bool),
    Number(f64),
    Text(&'a LuaString),
    Table(&'a Table),
    /// A function, a thread and whatever else there is.
    Other,
}

impl<'a> Given<'a> {
    pub(crate) fn of(value: &'a Value) -> Self {
        if value.is_nil() {
            Self::Nothing
        } else if let Some(number) = number(value) {
            Self::Number(number)
        } else if let Some(text) = value.as_string() {
            Self::Text(text)
        } else if let Some(table) = value.as_table() {
            Self::Table(table)
        } else {
            value.as_boolean().map_or(Self::Other, Self::Boolean)
        }
    }
}

/// Kind of a value in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    if value.is_nil() { "nil" } else { value.type_name() }
}

/// A value for people.
pub(crate) fn shown(value: &Value) -> String {
    match Given::of(value) {
        Given::Number(number) => shown_number(number),
        Given::Boolean(value) => value.to_string(),
        Given::Text(text) => format!("{:?}", clipped(&text.to_string_lossy(), 64)),
        Given::Nothing | Given::Table(_) | Given::Other => kind(value).to_owned(),
    }
}

/// A number for people.
pub(crate) fn shown_number(number: f64) -> String {
    if number.is_nan() { "nan".to_owned() } else { number.to_string() }
}

/// The first letters of a text.
pub(crate) fn clipped(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_owned() } else { text.chars().take(most).collect() }
}

/// A number.
pub(crate) fn number(value: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of scripts are binary floats")]
    if let Value::Number(number) = value {
        Some(*number)
    } else {
        value.as_integer().map(|number| number as f64)
    }
}

impl<'k> Fields<'k> {
    /// The fields of the table that was passed to `call`, which the prelude has put in the order of `known`.
    pub(crate) fn passed(call: &'k str, arguments: &'k MultiValue, known: &'k [&'k str]) -> Self {
        let given = known.iter().zip(arguments).filter(|(_, value)| !value.is_nil());
        Self { call, values: given.map(|(name, value)| (*name, Cow::Borrowed(value))).collect() }
    }

    /// The fields of a table within another.
    pub(crate) fn of(call: &'k str, table: &Table, known: &'k [&'k str]) -> Result<Self, String> {
        let mut values = Vec::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            let name = key.as_string().map(LuaString::to_string_lossy);
            let name = name.unwrap_or_else(|| format!("[{}]", shown(&key)));
            match known.iter().find(|it| **it == name) {
                Some(name) => values.push((*name, Cow::Owned(value))),
                None => {
                    return Err(format!(
                        "{call}: {}",
                        spelling::unknown("field", &name, known.iter().copied())
                    ));
                }
            }
        }
        Ok(Self { call, values })
    }

    /// The field as it is.
    pub(crate) fn value(&self, name: &str) -> &Value {
        self.values.iter().find(|(it, _)| *it == name).map_or(&Value::Nil, |(_, value)| value)
    }

    /// The field if it is given.
    fn given(&self, name: &str) -> Option<&Value> {
        Some(self.value(name)).filter(|value| !value.is_nil())
    }

    /// Whether it is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// A complaint about a field.
    pub(crate) fn wrong(&self, name: &str, expected: &str) -> String {
        format!("{}: {name}: expected {expected}, was {}", self.call, shown(self.value(name)))
    }

    /// A number that is one.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let value = self.value(name);
        match number(value) {
            Some(number) if number.is_finite() => Ok(Some(number)),
            None if value.is_nil() => Ok(None),
            Some(_) | None => Err(self.wrong(name, "a number")),
        }
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let Some(text) = self.given(name) else { return Ok(None) };
        let text = text.as_string().and_then(|text| text.to_str().ok());
        text.map(|text| Some(text.to_owned())).ok_or_else(|| self.wrong(name, "a text"))
    }

    /// A text that must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, String> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| self.wrong(name, "a text"))
    }

    /// One of a few words, the first unless one is given.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, String> {
        let Some(word) = self.given(name) else { return Ok(None) };
        let word = word.as_string().and_then(|word| word.to_str().ok());
        let found = word.and_then(|word| choices.iter().find(|(known, _)| **known == *word));
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names: Vec<String> =
                choices.iter().map(|(known, _)| format!("{known:?}")).collect();
            self.wrong(name, &names.join(" or "))
        })
    }

    /// A table within it.
    pub(crate) fn table(&self, name: &str) -> Result<Option<Table>, String> {
        let Some(table) = self.given(name) else { return Ok(None) };
        let table = table.as_table().cloned();
        table.map(Some).ok_or_else(|| self.wrong(name, "a table { ... }"))
    }
}
