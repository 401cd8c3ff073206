//! Starts a run: checks roles and candles, hands over to the loop, names what can go wrong.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{Role, Timeframe, Timestamp};
use engine::EngineError;
use market::Series;
use strategy::{Definition, ParameterError, Registry};

use crate::drive::Drive;
use crate::{RunData, RunResult, RunSpec};

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Candles of the driving timeframe that are done.
    pub done: u64,
    /// All of them.
    pub total: u64,
}

/// Why a run gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The observer asked to stop.
    #[error("the run was cancelled")]
    Cancelled,
    /// No such strategy.
    #[error("expected a known strategy, was {was:?}")]
    UnknownStrategy {
        /// The asked name.
        was: String,
    },
    /// A role that the strategy needs has no timeframe.
    #[error("strategy {strategy} needs a timeframe with the role {role}")]
    MissingRole {
        /// The strategy.
        strategy: &'static str,
        /// The role.
        role: Role,
    },
    /// A timeframe lies outside what the strategy accepts for its role.
    #[error("strategy {strategy} accepts {min} to {max} as {role}, was {was}")]
    RoleOutOfRange {
        /// The strategy.
        strategy: &'static str,
        /// The role.
        role: Role,
        /// Shortest accepted timeframe.
        min: Timeframe,
        /// Longest accepted timeframe.
        max: Timeframe,
        /// The assigned timeframe.
        was: Timeframe,
    },
    /// A higher timeframe is shorter than a lower one.
    #[error("a timeframe with the role HTF is shorter than one with the role LTF")]
    RolesReversed,
    /// A price is too small beside the others to be exact.
    #[error(
        "candle at {time}: {price} cannot be written exactly beside the largest price of the series"
    )]
    PriceOutOfScale {
        /// Open time of the candle.
        time: Timestamp,
        /// The price, as text.
        price: String,
    },
    /// There are no candles.
    #[error("there are no {timeframe} candles in the range")]
    NoCandles {
        /// Timeframe without candles.
        timeframe: Timeframe,
    },
    /// No timeframe was given.
    #[error("a run needs at least one timeframe")]
    NoTimeframe,
    /// Parameters contradict each other.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// Balance, leverage or cost out of range.
    #[error("{field} must be {expected}, was {was}")]
    Setting {
        /// Field of the request.
        field: &'static str,
        /// The rule.
        expected: &'static str,
        /// The value.
        was: String,
    },
    /// The kernel contradicted itself; a defect of ours, never a result.
    #[error("the run was stopped because its books did not agree: {0}")]
    Inconsistent(String),
}

impl From<EngineError> for RunError {
    fn from(error: EngineError) -> Self {
        Self::Inconsistent(error.to_string())
    }
}

/// Runs a strategy over candles. The observer is asked about every 8192 candles and may stop the run.
///
/// # Errors
/// [`RunError`]; nothing is half done, as a run has no effect but its result.
pub fn run(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    observer: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<RunResult, RunError> {
    let definition = registry.find(&spec.strategy).ok_or_else(|| RunError::UnknownStrategy {
        was: spec.strategy.chars().take(64).collect(),
    })?;
    check_roles(definition, data)?;
    let timeframes = by_length(data)?;
    let mut run = Drive::new(spec, definition, timeframes[0].1)?;
    run.over(&timeframes, observer)?;
    run.finish(timeframes[0].1)
}

/// Checks that the strategy's roles are assigned within its limits.
fn check_roles(definition: &Definition, data: &RunData) -> Result<(), RunError> {
    let strategy = definition.info.id;
    for role in definition.info.required_roles {
        if !data.timeframes.iter().any(|(assigned, _)| assigned == role) {
            return Err(RunError::MissingRole { strategy, role: *role });
        }
    }
    for (role, series) in &data.timeframes {
        let was = series.timeframe();
        let limits =
            definition.info.role_constraints.iter().find(|constraint| constraint.role == *role);
        if let Some(limits) = limits.filter(|limits| was < limits.min || was > limits.max) {
            return Err(RunError::RoleOutOfRange {
                strategy,
                role: *role,
                min: limits.min,
                max: limits.max,
                was,
            });
        }
    }
    Ok(())
}

/// Timeframes from the shortest to the longest, none of them empty.
fn by_length(data: &RunData) -> Result<Vec<(Role, &Arc<Series>)>, RunError> {
    let mut timeframes: Vec<(Role, &Arc<Series>)> =
        data.timeframes.iter().map(|(role, series)| (*role, series)).collect();
    timeframes.sort_by_key(|(_, series)| series.timeframe());
    let Some((_, driving)) = timeframes.first() else {
        return Err(RunError::NoTimeframe);
    };
    if timeframes.iter().any(|(role, series)| {
        let shorter_htf = |(other, htf): &(Role, &Arc<Series>)| {
            *other == Role::Htf && htf.timeframe() < series.timeframe()
        };
        *role == Role::Ltf && timeframes.iter().any(shorter_htf)
    }) {
        return Err(RunError::RolesReversed);
    }
    if driving.is_empty() {
        return Err(RunError::NoCandles { timeframe: driving.timeframe() });
    }
    check_scale(driving)?;
    Ok(timeframes)
}

/// Every price must have an exact form, or an order at it could not be filled.
fn check_scale(driving: &Series) -> Result<(), RunError> {
    let scale = driving.scale();
    match driving.low().iter().position(|low| scale.units(*low) == 0) {
        None => Ok(()),
        Some(row) => Err(RunError::PriceOutOfScale {
            time: Timestamp::from_millis(driving.open_times()[row]),
            price: driving.low()[row].to_string(),
        }),
    }
}
