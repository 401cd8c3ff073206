//! All strategies by name: what they are, what they need, how they are made.

use std::collections::BTreeMap;

use domain::{Decimal, Role, Timeframe};

use crate::{Kept, ParameterError, ParameterInput, ParameterSpec, Parameters, built_in};

/// Which timeframes a role accepts, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleConstraint {
    /// The role.
    pub role: Role,
    /// Shortest timeframe.
    pub min: Timeframe,
    /// Longest timeframe.
    pub max: Timeframe,
    /// Why, for people.
    pub description: &'static str,
}

/// Everything that is known of a strategy without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyInfo {
    /// Name in requests, capitals.
    pub id: &'static str,
    /// Other accepted names.
    pub aliases: &'static [&'static str],
    /// Version of its rules.
    pub version: &'static str,
    /// Who wrote it.
    pub author: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Markdown: idea, rules, parameters, when it loses.
    pub description: &'static str,
    /// Roles that a run must assign.
    pub required_roles: &'static [Role],
    /// Timeframes each role accepts.
    pub role_constraints: &'static [RoleConstraint],
    /// What it can be tuned by, in the order of the form.
    pub parameters: Vec<ParameterSpec>,
}

/// What a strategy demands of risk in addition to the global rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskDemands {
    /// Smallest accepted reward divided by risk of a signal.
    pub reward_to_risk_min: Option<Decimal>,
}

/// How a strategy is made from checked parameters.
pub type Make = fn(&Parameters) -> Result<Box<dyn Kept>, ParameterError>;

/// What a strategy demands of risk under given parameters.
pub type Demands = fn(&Parameters) -> RiskDemands;

/// One registered strategy.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its description.
    pub info: StrategyInfo,
    pub(crate) make: Make,
    pub(crate) demands: Demands,
}

impl Definition {
    /// A strategy that does not come with the application.
    #[must_use]
    pub const fn new(info: StrategyInfo, make: Make, demands: Demands) -> Self {
        Self { info, make, demands }
    }

    /// Checks parameters, rules between parameters included, and fills in defaults.
    ///
    /// # Errors
    /// One [`ParameterError`] per problem.
    pub fn resolve(
        &self,
        given: &BTreeMap<String, ParameterInput>,
    ) -> Result<Parameters, Vec<ParameterError>> {
        let parameters = Parameters::resolve(&self.info.parameters, given)?;
        (self.make)(&parameters).map_err(|error| vec![error])?;
        Ok(parameters)
    }

    /// A fresh strategy.
    ///
    /// # Errors
    /// [`ParameterError`] when parameters contradict each other.
    pub fn strategy(&self, parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
        (self.make)(parameters)
    }

    /// What the strategy demands of risk under these parameters.
    #[must_use]
    pub fn risk_demands(&self, parameters: &Parameters) -> RiskDemands {
        (self.demands)(parameters)
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        self.info.id.eq_ignore_ascii_case(name)
            || self.info.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// The strategies of this installation.
#[derive(Clone, Debug)]
pub struct Registry {
    definitions: Vec<Definition>,
}

impl Registry {
    /// The strategies that come with the application.
    #[must_use]
    pub fn built_in() -> Self {
        Self { definitions: built_in::definitions() }
    }

    /// These strategies and one more. A strategy that is there already goes before it.
    #[must_use]
    pub fn with(mut self, definition: Definition) -> Self {
        self.definitions.push(definition);
        self
    }

    /// All strategies in the order in which they are shown.
    pub fn list(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }

    /// The strategy of this name or alias, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.is_called(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_find_a_strategy() {
        let registry = Registry::built_in();
        for name in ["SIMPLE_TEST", "simple_test", "SimpleTestStrategy"] {
            assert_eq!(registry.find(name).unwrap().info.id, "SIMPLE_TEST");
        }
        assert!(registry.find("SIMPLE").is_none());
    }

    #[test]
    fn an_added_strategy_is_found_and_replaces_none() {
        let mut info = built_in::definitions()[0].info.clone();
        info.id = "MINE";
        info.aliases = &["SMA_CROSS"];
        let make: Make = |_| {
            Err(ParameterError {
                name: "none".to_owned(),
                expected: "another".to_owned(),
                was: String::new(),
            })
        };
        let registry =
            Registry::built_in().with(Definition::new(info, make, |_| RiskDemands::default()));
        assert!(registry.find("mine").unwrap().strategy(&Parameters::default()).is_err());
        assert_eq!(registry.find("SMA_CROSS").unwrap().info.id, "SMA_CROSS");
    }

    #[test]
    fn every_strategy_is_documented_and_runs_with_its_defaults() {
        for definition in Registry::built_in().list() {
            let info = &definition.info;
            assert!(definition.resolve(&BTreeMap::new()).is_ok(), "{}", info.id);
            assert!(info.description.contains("## Rules"), "{}", info.id);
            assert!(info.description.contains("## When it loses"), "{}", info.id);
            assert!(info.parameters.iter().all(|spec| !spec.help.is_empty()), "{}", info.id);
        }
    }
}
