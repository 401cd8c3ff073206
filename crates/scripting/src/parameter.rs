//! `param { ... }` and `check(...)`: what a script can be tuned by.

use domain::Decimal;
use mlua::{IntoLua, Lua, MultiValue, Table, Value};
use strategy::{ParameterError, ParameterKind, ParameterSpec, ParameterValue, Parameters, Text};

use crate::arguments::{Fields, Given, shown};
use crate::host::State;
use crate::numbers;

pub(crate) const FIELDS: [&str; 9] =
    ["name", "label", "default", "min", "max", "step", "unit", "help", "choices"];
/// Most parameters of a strategy.
const PARAMETERS_MAX: usize = 64;

/// The value of a parameter in this run.
pub(crate) struct Chosen(ParameterValue);

impl IntoLua for Chosen {
    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        #[expect(clippy::cast_precision_loss, reason = "numbers of scripts are binary floats")]
        match self.0 {
            ParameterValue::Integer(value) => Ok(Value::Number(value as f64)),
            ParameterValue::Decimal(value) => {
                Ok(Value::Number(value.to_string().parse().unwrap_or(f64::NAN)))
            }
            ParameterValue::Boolean(value) => Ok(Value::Boolean(value)),
            ParameterValue::Text(value) => value.into_lua(lua),
        }
    }
}

/// `param { ... }`
pub(crate) fn param(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<Chosen, String> {
    let fields = Fields::passed("param", arguments, &FIELDS);
    let spec = spec(&fields)?;
    let known = &mut state.declared.parameters;
    if known.iter().any(|it| it.name == spec.name) {
        return Err(fields.wrong("name", "a name that is not taken"));
    }
    if known.len() >= PARAMETERS_MAX {
        return Err(format!("param: more than {PARAMETERS_MAX} parameters"));
    }
    let given = state.given.as_ref().and_then(|given| value_of(given, &spec.name));
    let value = given.unwrap_or_else(|| spec.kind.default());
    known.push(spec);
    Ok(Chosen(value))
}

/// `check(condition, name, expected)`: refuses the values of this run unless the condition holds.
pub(crate) fn check(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let mut arguments = arguments.iter();
    let (condition, name, expected) = (arguments.next(), arguments.next(), arguments.next());
    let (Some(condition), Some(Value::String(name)), Some(Value::String(expected))) =
        (condition, name, expected)
    else {
        return Err(
            "check: expected as in check(fast < slow, \"fast\", \"less than slow\")".to_owned()
        );
    };
    if !matches!(condition, Value::Nil | Value::Boolean(false)) {
        return Ok(());
    }
    let name = name.to_string_lossy();
    let Some(spec) = state.declared.parameters.iter().find(|it| it.name == name) else {
        return Err(format!("check: no parameter is called {name}"));
    };
    let given = state.given.as_ref().and_then(|given| value_of(given, &name));
    let was = told(&given.unwrap_or_else(|| spec.kind.default()));
    let error = ParameterError { name, expected: expected.to_string_lossy(), was };
    let message = error.to_string();
    state.refused.get_or_insert(error);
    Err(message)
}

fn value_of(given: &Parameters, name: &str) -> Option<ParameterValue> {
    given.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone())
}

fn told(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Integer(value) => value.to_string(),
        ParameterValue::Decimal(value) => value.normalize().to_string(),
        ParameterValue::Boolean(value) => value.to_string(),
        ParameterValue::Text(value) => value.clone(),
    }
}

fn spec(fields: &Fields<'_>) -> Result<ParameterSpec, String> {
    let name = fields.required_text("name")?;
    let is_good = name.len() <= 40
        && name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if !is_good {
        return Err(fields.wrong("name", "up to 40 small letters, digits and underscores"));
    }
    let kind = kind(fields)?;
    let label = fields.text("label")?.unwrap_or_else(|| label_of(&name));
    let help = fields.text("help")?.unwrap_or_else(|| format!("{label}."));
    let unit = fields.text("unit")?.map(Text::Owned);
    Ok(ParameterSpec { name: name.into(), label: label.into(), kind, unit, help: help.into() })
}

/// `fast_length` as `Fast length`.
fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn kind(fields: &Fields<'_>) -> Result<ParameterKind, String> {
    if let Some(choices) = fields.table("choices")? {
        only(fields, &["min", "max", "step"], "nothing beside choices")?;
        return choice(fields, &choices);
    }
    match Given::of(fields.value("default")) {
        Given::Boolean(default) => {
            only(fields, &["min", "max", "step"], "nothing beside true or false")?;
            Ok(ParameterKind::Boolean { default })
        }
        Given::Number(_) => numeric(fields),
        Given::Nothing | Given::Text(_) | Given::Table(_) | Given::Other => {
            Err(fields.wrong("default", "a number, true or false, or a text beside choices"))
        }
    }
}

fn only(fields: &Fields<'_>, names: &[&str], expected: &str) -> Result<(), String> {
    match names.iter().find(|name| fields.has(name)) {
        Some(name) => Err(fields.wrong(name, expected)),
        None => Ok(()),
    }
}

fn choice(fields: &Fields<'_>, list: &Table) -> Result<ParameterKind, String> {
    let mut choices = Vec::new();
    for value in list.sequence_values::<Value>() {
        let value = value.map_err(|error| error.to_string())?;
        let text = value.as_string().map(|text| text.to_string_lossy());
        let text =
            text.ok_or_else(|| format!("param: choices: expected texts, was {}", shown(&value)))?;
        choices.push(Text::Owned(text));
    }
    if choices.is_empty() || choices.len() > 64 {
        return Err(format!("param: choices: expected 1 to 64 texts, was {}", choices.len()));
    }
    let default = fields.text("default")?.map_or_else(|| choices[0].clone(), Text::Owned);
    if !choices.contains(&default) {
        return Err(fields.wrong("default", "one of the choices"));
    }
    Ok(ParameterKind::Choice { default, choices })
}

/// Whole when the default and the step are; without a step, when default and limits are.
fn numeric(fields: &Fields<'_>) -> Result<ParameterKind, String> {
    let (default, min, max) =
        (exact(fields, "default")?, exact(fields, "min")?, exact(fields, "max")?);
    let step =
        if fields.has("step") { exact(fields, "step")? } else { finest(&[default, min, max]) };
    if step <= Decimal::ZERO {
        return Err(fields.wrong("step", "greater than 0"));
    }
    if min > max {
        return Err(fields.wrong("min", "not more than max"));
    }
    if default < min || default > max {
        return Err(fields.wrong("default", "a number from min to max"));
    }
    let whole = [default, min, max, step]
        .map(|it| i64::try_from(it).ok().filter(|whole| Decimal::from(*whole) == it));
    Ok(match whole {
        [Some(default), Some(min), Some(max), Some(step)] => {
            ParameterKind::Integer { default, min, max, step }
        }
        _ => ParameterKind::Decimal { default, min, max, step },
    })
}

fn exact(fields: &Fields<'_>, name: &str) -> Result<Decimal, String> {
    let number = fields.number(name)?.ok_or_else(|| fields.wrong(name, "a number"))?;
    numbers::decimal(number).map_err(|error| format!("param: {name}: {error}"))
}

/// One of the last decimal of any of these.
fn finest(numbers: &[Decimal]) -> Decimal {
    Decimal::new(1, numbers.iter().map(|it| it.normalize().scale()).max().unwrap_or_default())
}
