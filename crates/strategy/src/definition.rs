//! What is known of a strategy without running it, and how one is made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::{Decimal, Role, Timeframe};
use sha2::{Digest, Sha256};

use crate::{Kept, ParameterError, ParameterInput, ParameterSpec, Parameters, Text};

/// Which timeframes a role accepts, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleConstraint {
    /// The role.
    pub role: Role,
    /// Shortest timeframe.
    pub min: Timeframe,
    /// Longest timeframe.
    pub max: Timeframe,
    /// Why, for people.
    pub description: Text,
}

/// What a strategy tells about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyInfo {
    /// Name in requests, capitals.
    pub id: Text,
    /// Other accepted names.
    pub aliases: Vec<Text>,
    /// Version of its rules.
    pub version: Text,
    /// Who wrote it.
    pub author: Text,
    /// One sentence.
    pub summary: Text,
    /// Markdown: idea, rules, parameters, when it loses.
    pub description: Text,
    /// Roles that a run must assign.
    pub required_roles: Vec<Role>,
    /// Timeframes each role accepts.
    pub role_constraints: Vec<RoleConstraint>,
    /// What it can be tuned by, in the order of the form.
    pub parameters: Vec<ParameterSpec>,
}

/// What a strategy demands of risk in addition to the global rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskDemands {
    /// Smallest accepted reward divided by risk of a signal.
    pub reward_to_risk_min: Option<Decimal>,
    /// How many entries make up a position of it, where its rules enlarge one. The account takes this
    /// where it has no rule of its own; a rule that was given is never lifted by it.
    pub entries_max: Option<u32>,
}

/// Where a strategy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// With the application.
    BuiltIn,
    /// From this file of the strategies folder.
    File(String),
}

/// The text that a strategy is made from, and its hash: what a version of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    origin: Origin,
    text: Text,
    hash: String,
}

/// How a strategy is made from checked parameters.
type Make = Arc<dyn Fn(&Parameters) -> Result<Box<dyn Kept>, ParameterError> + Send + Sync>;

/// What a strategy demands of risk under given parameters.
type Demands = Arc<dyn Fn(&Parameters) -> RiskDemands + Send + Sync>;

/// A strategy that can be run.
#[derive(Clone)]
pub struct Definition {
    /// What it tells about itself.
    pub info: StrategyInfo,
    source: Source,
    make: Make,
    demands: Demands,
}

impl Source {
    /// The text of a strategy that comes with the application.
    #[must_use]
    pub fn built_in(text: &'static str) -> Self {
        Self::new(Origin::BuiltIn, Text::Borrowed(text))
    }

    /// The text of this file.
    #[must_use]
    pub fn of_file(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(Origin::File(file.into()), Text::Owned(text.into()))
    }

    fn new(origin: Origin, text: Text) -> Self {
        // Git may give files other line ends on Windows.
        let hash = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
        let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { origin, text, hash }
    }

    /// Where it comes from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text with line feeds as line ends, 64 hex digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl Definition {
    /// A strategy that is made by `make` and demands nothing of risk.
    pub fn new(
        info: StrategyInfo,
        source: Source,
        make: impl Fn(&Parameters) -> Result<Box<dyn Kept>, ParameterError> + Send + Sync + 'static,
    ) -> Self {
        let demands = Arc::new(|_: &Parameters| RiskDemands::default());
        Self { info, source, make: Arc::new(make), demands }
    }

    /// The same with demands of risk.
    #[must_use]
    pub fn demanding(
        self,
        demands: impl Fn(&Parameters) -> RiskDemands + Send + Sync + 'static,
    ) -> Self {
        Self { demands: Arc::new(demands), ..self }
    }

    /// What it is made from.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
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

    /// Whether this is its name or one of its aliases, in any case.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        let mut names = std::iter::once(&self.info.id).chain(&self.info.aliases);
        names.any(|it| it.eq_ignore_ascii_case(name))
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut it = f.debug_struct("Definition");
        it.field("info", &self.info).field("source", &self.source).finish_non_exhaustive()
    }
}
