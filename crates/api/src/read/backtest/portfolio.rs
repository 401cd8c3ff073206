//! Sleeves of a portfolio, and the fields that they share with the request around them.

use desk::backtests::SleeveDraft;
use desk::strategies::ParameterInput;
use domain::Decimal;
use serde_json::value::RawValue;

use crate::read::fields::{Fields, boolean, number, string};

const FIELDS: [&str; 5] = ["symbol", "strategy", "timeframes", "tf_roles", "parameters"];

pub(super) fn portfolio(fields: &mut Fields) -> Option<Vec<SleeveDraft>> {
    fields.objects("portfolio", &FIELDS, |entry| SleeveDraft {
        symbol: entry.text("symbol"),
        strategy: entry.text("strategy"),
        timeframes: entry.texts("timeframes"),
        tf_roles: roles(entry),
        parameters: parameters(entry),
    })
}

/// Roles by timeframe; `None` when not given.
pub(super) fn roles(fields: &mut Fields) -> Option<Vec<(String, String)>> {
    let mut roles = Vec::new();
    for (timeframe, role) in fields.entries("tf_roles")? {
        let path = ["tf_roles", timeframe.as_str()];
        if let Some(role) = fields.read(&path, "HTF or LTF as text", string(&role)) {
            roles.push((timeframe, role));
        }
    }
    Some(roles)
}

/// Parameters by name; `None` when not given.
pub(super) fn parameters(fields: &mut Fields) -> Option<Vec<(String, ParameterInput)>> {
    let mut parameters = Vec::new();
    for (name, value) in fields.entries("parameters")? {
        let path = ["parameters", name.as_str()];
        let expected = "a number, a truth value or a text";
        if let Some(value) = fields.read(&path, expected, parameter(&value)) {
            parameters.push((name, value));
        }
    }
    Some(parameters)
}

/// One JSON value as a strategy parameter.
fn parameter(value: &RawValue) -> Option<ParameterInput> {
    if let Some(digits) = number(value) {
        let exact = Decimal::from_str_exact(&digits).or_else(|_| Decimal::from_scientific(&digits));
        return Some(exact.map_or(ParameterInput::Text(digits), ParameterInput::Number));
    }
    boolean(value).map(ParameterInput::Boolean).or_else(|| string(value).map(ParameterInput::Text))
}
