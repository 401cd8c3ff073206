//! What the blocks of a file say about names that are described elsewhere in it.

use domain::{Decimal, Role};
use indicators::catalogue;

use crate::block::as_f64;
use crate::model::{Parameter, ParameterKind, RuleSet};
use crate::place::Place;
use crate::problem::Problem;
use crate::shape::Limits;

/// A name with what its place needs.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) path: String,
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) want: Want,
}

/// What a place needs the name to be.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    /// A parameter that is a number in this range, whatever its value.
    Number(Limits),
    /// A parameter that is true or false.
    Switch,
    /// A choice parameter with this option.
    Chosen(String),
    /// An indicator of the file, and a line of it; without one it must have one line only.
    Indicator { output: Option<String> },
    /// A role that the file describes.
    Role(Role),
}

/// What is wrong with names.
pub(crate) fn problems(references: &[Reference], rules: &RuleSet) -> Vec<Problem> {
    references.iter().filter_map(|reference| reference.problem(rules)).collect()
}

impl Reference {
    fn problem(&self, rules: &RuleSet) -> Option<Problem> {
        let (expected, was) = match &self.want {
            Want::Number(limits) => self.number(*limits, rules),
            Want::Switch => self.switch(rules),
            Want::Chosen(option) => self.chosen(option, rules),
            Want::Indicator { output } => self.indicator(output.as_deref(), rules),
            Want::Role(role) => role_problem(*role, rules),
        }?;
        Some(Problem { path: self.path.clone(), place: Some(self.place), expected, was })
    }

    fn parameter<'r>(&self, rules: &'r RuleSet) -> Result<&'r Parameter, (String, String)> {
        let found = rules.parameters.iter().find(|it| it.name.as_str() == self.name);
        found.ok_or_else(|| {
            let names = rules.parameters.iter().map(|it| it.name.as_str());
            (one_of("a parameter", names), format!("{:?}", self.name))
        })
    }

    fn number(&self, limits: Limits, rules: &RuleSet) -> Option<(String, String)> {
        let parameter = match self.parameter(rules) {
            Ok(parameter) => parameter,
            Err(problem) => return Some(problem),
        };
        let (is_whole, ends) = match &parameter.kind {
            ParameterKind::Integer(it) => (true, [it.min, it.max].map(Decimal::from)),
            ParameterKind::Decimal(it) => (false, [it.min, it.max]),
            ParameterKind::Boolean(_) | ParameterKind::Choice(_) => {
                return Some((limits.in_words(), format!("{}, which is no number", self.name)));
            }
        };
        let fits = ends.iter().all(|end| limits.contains(as_f64(*end)));
        if fits && (is_whole || !limits.whole) {
            return None;
        }
        let kind = if is_whole { "whole numbers" } else { "numbers" };
        let was = format!("{}, which takes {kind} from {} to {}", self.name, ends[0], ends[1]);
        Some((limits.in_words(), was))
    }

    fn switch(&self, rules: &RuleSet) -> Option<(String, String)> {
        match self.parameter(rules) {
            Err(problem) => Some(problem),
            Ok(parameter) => match &parameter.kind {
                ParameterKind::Boolean(_) => None,
                ParameterKind::Integer(_)
                | ParameterKind::Decimal(_)
                | ParameterKind::Choice(_) => {
                    Some(("a parameter that is true or false".to_owned(), self.name.clone()))
                }
            },
        }
    }

    fn chosen(&self, option: &str, rules: &RuleSet) -> Option<(String, String)> {
        match self.parameter(rules) {
            Err(problem) => Some(problem),
            Ok(parameter) => match &parameter.kind {
                ParameterKind::Choice(it) if it.choices.0.iter().any(|it| it.0 == option) => None,
                ParameterKind::Choice(it) => {
                    let options = it.choices.0.iter().map(|it| it.0.as_str());
                    Some((one_of("an option", options), format!("{option:?}")))
                }
                ParameterKind::Integer(_)
                | ParameterKind::Decimal(_)
                | ParameterKind::Boolean(_) => {
                    Some(("a choice parameter".to_owned(), self.name.clone()))
                }
            },
        }
    }

    fn indicator(&self, output: Option<&str>, rules: &RuleSet) -> Option<(String, String)> {
        let named = rules.indicators.iter().find(|it| it.name.as_str() == self.name);
        let Some(named) = named else {
            let names = rules.indicators.iter().map(|it| it.name.as_str());
            return Some((one_of("an indicator", names), format!("{:?}", self.name)));
        };
        // An indicator that is not in the catalogue has been told already.
        let spec = catalogue::find(named.indicator.as_str())?;
        let outputs = || one_of("a line of the indicator", spec.outputs.iter().map(|it| it.name));
        match output {
            Some(output) if spec.output(output).is_some() => None,
            Some(output) => Some((outputs(), format!("{output:?}"))),
            None if spec.outputs.len() == 1 => None,
            None => Some((outputs(), "none".to_owned())),
        }
    }
}

fn role_problem(role: Role, rules: &RuleSet) -> Option<(String, String)> {
    match role {
        Role::Ltf => None,
        Role::Htf if rules.roles.htf.is_some() => None,
        Role::Htf => Some(("a role of this file: LTF".to_owned(), "HTF".to_owned())),
    }
}

fn one_of<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.take(40).collect();
    match &names[..] {
        [] => format!("{what} (this file has none)"),
        names => format!("{what}, one of {}", names.join(", ")),
    }
}
