//! Parameters of a strategy.

use std::collections::BTreeMap;

use domain::Decimal;
use strategy::{Definition, ParameterInput};

use super::checker::Checker;
use crate::backtests::request::{RISK, StoredParameter, fraction};
use crate::error::{FieldError, FieldErrorKind};

/// All parameters of a strategy, defaults filled in. `risk` is the request's own risk in percent.
pub(super) fn parameters(
    checker: &mut Checker,
    definition: &Definition,
    inputs: &[(String, ParameterInput)],
    risk: &Risk,
) -> BTreeMap<String, StoredParameter> {
    if risk.is_given && inputs.iter().any(|(name, _)| name == RISK) {
        let message = "expected only one of risk_per_trade (percent) and \
            parameters.risk_per_trade (the strategy's own), was both";
        checker.at(&[], |checker| checker.wrong(&[RISK], message));
    }
    let mut given = BTreeMap::new();
    for (name, input) in inputs {
        if given.insert(name.clone(), input.clone()).is_some() {
            checker.wrong(&["parameters", name], "is given twice");
        }
    }
    match definition.resolve(&given) {
        Ok(parameters) => {
            let mut stored: BTreeMap<_, _> = parameters
                .iter()
                .map(|(name, value)| (name.to_owned(), StoredParameter::from(value)))
                .collect();
            // What is stored is what the run uses.
            if let (Some(used), Some(percent)) = (stored.get_mut(RISK), risk.percent) {
                *used = StoredParameter::Decimal(fraction(percent));
            }
            stored
        }
        Err(problems) => {
            for problem in problems {
                let known = definition.info.parameters.iter().any(|spec| spec.name == problem.name);
                let kind = if known { FieldErrorKind::Value } else { FieldErrorKind::Unknown };
                let message = format!("expected {}, was {}", problem.expected, problem.was);
                checker.push(FieldError::new(&["parameters", &problem.name], kind, message));
            }
            BTreeMap::new()
        }
    }
}

/// The request's own risk per trade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    /// Whether it was given, rightly or wrongly.
    pub(super) is_given: bool,
    /// Percent of equity.
    pub(super) percent: Option<Decimal>,
}
