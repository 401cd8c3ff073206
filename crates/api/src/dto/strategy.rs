//! Strategies and their parameters.

use desk::strategies::{
    Definition, InvalidStrategy, Origin, ParameterKind, ParameterSpec as Spec,
    ParameterValue as Value, Registry,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::backtest::ParameterValue;
use super::words::{Role, words};
use crate::exact::ExactNumber;

words! {
    /// Type of a parameter.
    ParameterType {
        /// A whole number.
        Integer = "integer",
        /// A decimal number.
        Decimal = "decimal",
        /// Yes or no.
        Boolean = "boolean",
        /// One of `choices`.
        Choice = "choice",
    }
}

/// A strategy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StrategyInfo {
    /// Name in requests.
    #[schema(example = "SIMPLE_TEST")]
    pub name: String,
    /// Other accepted names.
    pub aliases: Vec<String>,
    /// Version of its rules.
    pub version: String,
    /// Who wrote it.
    pub author: String,
    /// One sentence.
    pub summary: String,
    /// Markdown: idea, rules, parameters, when it loses.
    pub description: String,
    /// Roles that a request must assign.
    pub required_roles: Vec<Role>,
    /// Timeframes each role accepts.
    pub role_constraints: Vec<RoleConstraint>,
    /// What it can be tuned by.
    pub parameters: Vec<ParameterSpec>,
    /// Whether it can be run.
    pub is_active: bool,
    /// Why it cannot be run, with the place in its file.
    #[schema(required = true)]
    pub error: Option<String>,
    /// Whether it came with the application.
    pub built_in: bool,
    /// Its file in the strategies folder, if it has one.
    #[schema(required = true)]
    pub file: Option<String>,
    /// SHA-256 of the text that it is made from, 64 hex digits: another text is another version.
    pub hash: String,
}

/// Which timeframes a role accepts, both ends included.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleConstraint {
    /// The role.
    pub role: Role,
    /// Shortest timeframe.
    pub min_timeframe: String,
    /// Longest timeframe.
    pub max_timeframe: String,
    /// Why.
    pub description: String,
}

/// One parameter of a strategy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParameterSpec {
    /// Name in requests.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// Type.
    pub kind: ParameterType,
    /// Used when none is given.
    pub default: ParameterValue,
    /// Smallest value.
    #[schema(required = true)]
    pub min: Option<ExactNumber>,
    /// Largest value.
    #[schema(required = true)]
    pub max: Option<ExactNumber>,
    /// Step of a form's field.
    #[schema(required = true)]
    pub step: Option<ExactNumber>,
    /// Unit for people.
    #[schema(required = true)]
    pub unit: Option<String>,
    /// One sentence of help.
    pub help: String,
    /// Accepted words.
    #[schema(required = true)]
    pub choices: Option<Vec<String>>,
}

impl From<&Definition> for StrategyInfo {
    fn from(definition: &Definition) -> Self {
        let info = &definition.info;
        Self {
            name: info.id.to_string(),
            aliases: info.aliases.iter().map(ToString::to_string).collect(),
            version: info.version.to_string(),
            author: info.author.to_string(),
            summary: info.summary.to_string(),
            description: info.description.to_string(),
            required_roles: info.required_roles.iter().map(|role| (*role).into()).collect(),
            role_constraints: info
                .role_constraints
                .iter()
                .map(|limits| RoleConstraint {
                    role: limits.role.into(),
                    min_timeframe: limits.min.to_string(),
                    max_timeframe: limits.max.to_string(),
                    description: limits.description.to_string(),
                })
                .collect(),
            parameters: info.parameters.iter().map(ParameterSpec::from).collect(),
            is_active: true,
            error: None,
            built_in: *definition.source().origin() == Origin::BuiltIn,
            file: match definition.source().origin() {
                Origin::BuiltIn => None,
                Origin::File(name) => Some(name.clone()),
            },
            hash: definition.source().hash().to_owned(),
        }
    }
}

impl From<&InvalidStrategy> for StrategyInfo {
    fn from(invalid: &InvalidStrategy) -> Self {
        Self {
            name: invalid.file.clone(),
            aliases: Vec::new(),
            version: String::new(),
            author: String::new(),
            summary: "This file is no strategy that can be run.".to_owned(),
            description: String::new(),
            required_roles: Vec::new(),
            role_constraints: Vec::new(),
            parameters: Vec::new(),
            is_active: false,
            error: Some(invalid.error.clone()),
            built_in: false,
            file: Some(invalid.file.clone()),
            hash: String::new(),
        }
    }
}

impl StrategyInfo {
    /// All strategies of a registry, those that cannot be run last.
    #[must_use]
    pub fn all(registry: &Registry) -> Vec<Self> {
        let valid = registry.list().map(Self::from);
        valid.chain(registry.invalid().iter().map(Self::from)).collect()
    }

    /// Whether this is its name or one of its aliases, in any case.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let mut names = std::iter::once(&self.name).chain(&self.aliases);
        names.any(|it| it.eq_ignore_ascii_case(name.trim()))
    }
}

impl From<&Spec> for ParameterSpec {
    fn from(spec: &Spec) -> Self {
        let (kind, bounds, choices) = match &spec.kind {
            ParameterKind::Integer { min, max, step, .. } => {
                (ParameterType::Integer, Some([*min, *max, *step].map(domain::Decimal::from)), None)
            }
            ParameterKind::Decimal { min, max, step, .. } => {
                (ParameterType::Decimal, Some([*min, *max, *step]), None)
            }
            ParameterKind::Boolean { .. } => (ParameterType::Boolean, None, None),
            ParameterKind::Choice { choices, .. } => (ParameterType::Choice, None, Some(choices)),
        };
        let default = match spec.kind.default() {
            Value::Integer(value) => {
                ParameterValue::Number(ExactNumber(domain::Decimal::from(value)))
            }
            Value::Decimal(value) => ParameterValue::Number(ExactNumber(value)),
            Value::Boolean(value) => ParameterValue::Boolean(value),
            Value::Text(value) => ParameterValue::Text(value),
        };
        let bound = |index: usize| bounds.map(|bounds| ExactNumber(bounds[index]));
        Self {
            name: spec.name.to_string(),
            label: spec.label.to_string(),
            kind,
            default,
            min: bound(0),
            max: bound(1),
            step: bound(2),
            unit: spec.unit.as_deref().map(str::to_owned),
            help: spec.help.to_string(),
            choices: choices.map(|choices| choices.iter().map(ToString::to_string).collect()),
        }
    }
}
