//! From a file of rules to a strategy that can be run.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Decimal, Role};
use strategy::{
    Definition, Kept, ParameterError, ParameterSpec, Parameters, RiskDemands, RoleConstraint,
    Source, StrategyInfo, Text,
};

use crate::compile::{Fault, compile};
use crate::load::read;
use crate::model::{Amount, Parameter, ParameterKind, RoleLimits, RuleSet};
use crate::problem::{Problem, RulesError};
use crate::program::Runner;

/// Makes a strategy of a file of rules.
///
/// # Errors
/// [`RulesError`] with everything that is wrong with it, each with its place.
pub fn load(file: &str, text: &str) -> Result<Definition, RulesError> {
    let rules = Arc::new(read(text)?);
    let specs: Vec<ParameterSpec> = rules.parameters.iter().map(Parameter::spec).collect();
    check(&rules, &specs)?;
    let info = info(&rules, specs);
    let (for_make, for_demands) = (Arc::clone(&rules), rules);
    let make = move |parameters: &Parameters| make(&for_make, parameters);
    let demands = move |parameters: &Parameters| demands(&for_demands, parameters);
    Ok(Definition::new(info, Source::of_file(file, text), make).demanding(demands))
}

/// Compiles it once with its defaults.
fn check(rules: &RuleSet, specs: &[ParameterSpec]) -> Result<(), RulesError> {
    let problem =
        |path: String, expected: String, was: String| Problem { path, place: None, expected, was };
    let defaults = Parameters::resolve(specs, &BTreeMap::new()).map_err(|errors| {
        let problems = errors.into_iter().map(|it| problem(it.name, it.expected, it.was));
        RulesError::new(problems.collect())
    })?;
    compile(rules, &defaults)
        .map(drop)
        .map_err(|it| RulesError::new(vec![problem(it.path, it.expected, it.was)]))
}

fn make(rules: &RuleSet, parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let program = compile(rules, parameters).map_err(|fault: Fault| ParameterError {
        name: fault.path,
        expected: fault.expected,
        was: fault.was,
    })?;
    Ok(Box::new(Runner::new(program)))
}

fn demands(rules: &RuleSet, parameters: &Parameters) -> RiskDemands {
    let number = |amount: &Amount| match amount {
        Amount::Number(number) => Some(*number),
        Amount::Parameter(name) => {
            let whole = parameters.integer(name.as_str()).map(Decimal::from);
            whole.or_else(|| parameters.decimal(name.as_str()))
        }
    };
    let entries_max = rules.entries_max.as_ref().and_then(|entries| number(&entries.0));
    RiskDemands {
        reward_to_risk_min: rules.reward_to_risk_min.as_ref().and_then(|least| number(&least.0)),
        entries_max: entries_max.and_then(|entries| u32::try_from(entries).ok()),
    }
}

fn info(rules: &RuleSet, parameters: Vec<ParameterSpec>) -> StrategyInfo {
    let about = &rules.strategy;
    let text = |text: &str| Text::Owned(text.to_owned());
    let limits = [(Role::Ltf, Some(&rules.roles.ltf)), (Role::Htf, rules.roles.htf.as_ref())];
    let limits = limits.map(|(role, limits)| limits.map(|limits| limits.constraint(role)));
    let role_constraints: Vec<RoleConstraint> = limits.into_iter().flatten().collect();
    StrategyInfo {
        id: text(&about.id.0),
        aliases: Vec::new(),
        version: text(&about.version.0),
        author: text(&about.author.0),
        summary: text(&about.summary.0),
        description: text(&about.description.0),
        required_roles: role_constraints.iter().map(|it| it.role).collect(),
        role_constraints,
        parameters,
    }
}

impl RoleLimits {
    fn constraint(&self, role: Role) -> RoleConstraint {
        let description = Text::Owned(self.description.0.clone());
        RoleConstraint { role, min: self.min, max: self.max, description }
    }
}

impl Parameter {
    /// The specification that forms and checks are made from.
    fn spec(&self) -> ParameterSpec {
        let text = |text: &str| Text::Owned(text.to_owned());
        let label = self.label.as_ref().map_or(self.name.as_str(), |label| &label.0);
        ParameterSpec {
            name: text(self.name.as_str()),
            label: text(label),
            kind: match &self.kind {
                ParameterKind::Integer(it) => strategy::ParameterKind::Integer {
                    default: it.default,
                    min: it.min,
                    max: it.max,
                    step: it.step,
                },
                ParameterKind::Decimal(it) => strategy::ParameterKind::Decimal {
                    default: it.default,
                    min: it.min,
                    max: it.max,
                    step: it.step,
                },
                ParameterKind::Boolean(it) => {
                    strategy::ParameterKind::Boolean { default: it.default }
                }
                ParameterKind::Choice(it) => strategy::ParameterKind::Choice {
                    default: text(&it.default.0),
                    choices: it.choices.0.iter().map(|choice| text(&choice.0)).collect(),
                },
            },
            unit: self.unit.as_ref().map(|unit| text(&unit.0)),
            help: text(&self.help.0),
        }
    }
}
