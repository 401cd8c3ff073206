//! The body of a backtest request, its legacy spellings included, as the desk's draft.

use desk::backtests::BacktestDraft;
use desk::{DeskError, FieldError};
use serde_json::value::RawValue;
use strategy_input::parameter;

use super::fields::{Fields, string};
use crate::error::{ApiError, Place};

/// Every field of the request, legacy ones last.
pub(crate) const FIELDS: [&str; 19] = [
    "symbol",
    "strategy",
    "start_date",
    "end_date",
    "timeframes",
    "tf_roles",
    "initial_balance",
    "commission",
    "slippage",
    "leverage",
    "risk_per_trade",
    "parameters",
    "market",
    "gap_policy",
    "intrabar_policy",
    "pair",
    "pairs",
    "timeframe",
    "initial_capital",
];

/// A draft, what was wrong already, and which legacy spelling stands for which field.
pub(crate) struct BacktestBody {
    pub(crate) draft: BacktestDraft,
    errors: Vec<FieldError>,
    spelled: Vec<(&'static str, &'static str)>,
}

impl BacktestBody {
    /// Reads the body.
    ///
    /// # Errors
    /// 422 when it is no JSON object; wrong fields are kept for [`Self::judge`].
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(bytes)?;
        let mut spelled = Vec::new();
        let symbol = symbol(&mut fields, &mut spelled);
        let timeframes = timeframes(&mut fields, &mut spelled);
        let initial_balance = initial_balance(&mut fields, &mut spelled);
        let draft = BacktestDraft {
            symbol,
            strategy: fields.text("strategy"),
            start_date: fields.text("start_date"),
            end_date: fields.text("end_date"),
            timeframes,
            tf_roles: roles(&mut fields),
            initial_balance,
            commission: fields.number("commission"),
            slippage: fields.number("slippage"),
            leverage: fields.number("leverage"),
            risk_per_trade: fields.number("risk_per_trade"),
            parameters: parameters(&mut fields),
            market: fields.text("market"),
            gap_policy: fields.text("gap_policy"),
            intrabar_policy: fields.text("intrabar_policy"),
        };
        Ok(Self { draft, errors: fields.finish(&FIELDS), spelled })
    }

    /// Joins what reading found with what the desk found, under the names the client used.
    ///
    /// # Errors
    /// The refusal, when there is any.
    pub(crate) fn judge<T>(self, answer: Result<T, DeskError>) -> Result<T, ApiError> {
        let mut errors = self.errors;
        let answer = match answer {
            Err(DeskError::Invalid(found)) => {
                for mut error in found {
                    if let Some(first) = error.path.first_mut()
                        && let Some((_, legacy)) =
                            self.spelled.iter().find(|(field, _)| field == first)
                    {
                        *first = (*legacy).to_owned();
                    }
                    if !errors.iter().any(|known| error.path.starts_with(&known.path)) {
                        errors.push(error);
                    }
                }
                None
            }
            other => Some(other),
        };
        match answer {
            Some(answer) if errors.is_empty() => answer.map_err(ApiError::from),
            _ => Err(ApiError::fields(Place::Body, &errors)),
        }
    }

    /// Whether reading alone found something wrong, so that nothing may be started.
    pub(crate) fn is_broken(&self) -> bool {
        !self.errors.is_empty()
    }
}

fn symbol(fields: &mut Fields, spelled: &mut Vec<(&'static str, &'static str)>) -> Option<String> {
    let given: Vec<&'static str> =
        ["symbol", "pair", "pairs"].into_iter().filter(|name| fields.has(name)).collect();
    if given.len() > 1 {
        let message =
            format!("expected only one of symbol, pair and pairs, was {}", given.join(" and "));
        fields.push(FieldError::value(&[given[0]], message));
    }
    let symbol = fields.text("symbol");
    let pair = fields.text("pair");
    let pairs = fields.texts("pairs");
    if symbol.is_some() || given.first() == Some(&"symbol") {
        return symbol;
    }
    if let Some(legacy) = given.first() {
        spelled.push(("symbol", legacy));
    }
    if pair.is_some() {
        return pair;
    }
    let pairs = pairs?;
    if pairs.len() != 1 {
        let message = format!(
            "expected exactly one symbol, was {}: several symbols in one run are not available yet",
            pairs.len()
        );
        fields.push(FieldError::value(&["pairs"], message));
    }
    pairs.into_iter().next()
}

fn timeframes(
    fields: &mut Fields,
    spelled: &mut Vec<(&'static str, &'static str)>,
) -> Option<Vec<String>> {
    let both = fields.has("timeframes") && fields.has("timeframe");
    if both {
        fields.push(FieldError::value(
            &["timeframe"],
            "expected only one of timeframes and timeframe",
        ));
    } else if fields.has("timeframe") {
        spelled.push(("timeframes", "timeframe"));
    }
    let one = fields.text("timeframe");
    fields.texts("timeframes").or_else(|| one.map(|one| vec![one]))
}

fn initial_balance(
    fields: &mut Fields,
    spelled: &mut Vec<(&'static str, &'static str)>,
) -> Option<String> {
    if fields.has("initial_balance") && fields.has("initial_capital") {
        let message = "expected only one of initial_balance and initial_capital";
        fields.push(FieldError::value(&["initial_capital"], message));
    } else if fields.has("initial_capital") {
        spelled.push(("initial_balance", "initial_capital"));
    }
    let legacy = fields.number("initial_capital");
    fields.number("initial_balance").or(legacy)
}

fn roles(fields: &mut Fields) -> Vec<(String, String)> {
    let mut roles = Vec::new();
    for (timeframe, role) in fields.entries("tf_roles") {
        let path = ["tf_roles", timeframe.as_str()];
        if let Some(role) = fields.read(&path, "HTF or LTF as text", string(&role)) {
            roles.push((timeframe, role));
        }
    }
    roles
}

fn parameters(fields: &mut Fields) -> Vec<(String, desk::strategies::ParameterInput)> {
    let mut parameters = Vec::new();
    for (name, value) in fields.entries("parameters") {
        let path = ["parameters", name.as_str()];
        if let Some(value) =
            fields.read(&path, "a number, a truth value or a text", parameter(&value))
        {
            parameters.push((name, value));
        }
    }
    parameters
}

mod strategy_input {
    //! One JSON value as a strategy parameter.

    use desk::strategies::ParameterInput;
    use domain::Decimal;

    use super::RawValue;
    use crate::read::fields::{boolean, number, string};

    pub(super) fn parameter(value: &RawValue) -> Option<ParameterInput> {
        if let Some(digits) = number(value) {
            let exact =
                Decimal::from_str_exact(&digits).or_else(|_| Decimal::from_scientific(&digits));
            return Some(exact.map_or(ParameterInput::Text(digits), ParameterInput::Number));
        }
        boolean(value)
            .map(ParameterInput::Boolean)
            .or_else(|| string(value).map(ParameterInput::Text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(json: &str) -> Vec<String> {
        let body = BacktestBody::parse(json.as_bytes()).unwrap();
        body.errors.iter().map(|error| error.path.join(".")).collect()
    }

    #[test]
    fn three_spellings_mean_the_same_symbol() {
        for json in [r#"{"symbol":"A"}"#, r#"{"pair":"A"}"#, r#"{"pairs":["A"]}"#] {
            let body = BacktestBody::parse(json.as_bytes()).unwrap();
            assert_eq!(body.draft.symbol.as_deref(), Some("A"), "{json}");
            assert!(body.errors.is_empty(), "{json}");
        }
        assert_eq!(paths(r#"{"symbol":"A","pair":"B"}"#), ["symbol"]);
        assert_eq!(paths(r#"{"pairs":["A","B"]}"#), ["pairs"]);
        assert_eq!(paths(r#"{"pairs":[]}"#), ["pairs"]);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let body =
            BacktestBody::parse(br#"{"commission":0.00010000000000000001,"slippage":"0.0002"}"#)
                .unwrap();
        assert_eq!(body.draft.commission.as_deref(), Some("0.00010000000000000001"));
        assert_eq!(body.draft.slippage.as_deref(), Some("0.0002"));
    }

    #[test]
    fn wrong_types_and_unknown_fields_are_all_named() {
        let json = r#"{"symbol":7,"timeframes":"1h","tf_roles":{"1h":3},"commission":true,
            "parameters":{"fast":[1]},"sybmol":"A"}"#;
        let mut found = paths(json);
        found.sort();
        assert_eq!(
            found,
            ["commission", "parameters.fast", "sybmol", "symbol", "tf_roles.1h", "timeframes"]
        );
    }

    #[test]
    fn null_means_not_given() {
        assert!(paths(r#"{"risk_per_trade":null,"parameters":null,"tf_roles":null}"#).is_empty());
    }

    #[test]
    fn errors_carry_the_name_the_client_used() {
        let body = BacktestBody::parse(br#"{"pair":"A/B"}"#).unwrap();
        let found = DeskError::Invalid(vec![FieldError::value(&["symbol"], "wrong")]);
        let error = body.judge::<()>(Err(found)).unwrap_err();
        assert_eq!(error.detail[0]["loc"], serde_json::json!(["body", "pair"]));
    }
}
