//! Starts a run: checks roles and candles, hands over to the loop, names what can go wrong.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{Candle, InstrumentId, Money, PriceScale, Role, Timeframe, Timestamp};
use engine::{EngineError, EngineState, InstrumentSetup, Settings, SleeveSetup};
use market::Series;
use risk::{InstrumentMargin, SleeveRules};
use simulator::{FillTime, Venue};
use strategy::{Definition, ParameterError, Registry, StopRequest, Text};

use crate::decisions::DecisionLog;
use crate::drive::Drive;
use crate::finish::{Span, finish};
use crate::lane::Lane;
use crate::metrics::lowest;
use crate::sleeve_lane::SleeveLane;
use crate::{Metrics, RunData, RunResult, RunSpec};

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Candles that are done, over all instruments.
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
        strategy: Text,
        /// The role.
        role: Role,
    },
    /// A timeframe lies outside what the strategy accepts for its role.
    #[error("strategy {strategy} accepts {min} to {max} as {role}, was {was}")]
    RoleOutOfRange {
        /// The strategy.
        strategy: Text,
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
    /// A sleeve has no timeframe.
    #[error("a run needs at least one timeframe")]
    NoTimeframe,
    /// There is no sleeve, or one names an instrument or timeframes that are not there.
    #[error("the run does not fit together: {0}")]
    Misfit(String),
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

/// Looks after a run: told how far it has come, may stop it. A function of the progress is one.
pub trait Observe {
    /// Takes note of the progress, about every 128 candles; a break ends the run.
    fn advance(&mut self, progress: Progress) -> ControlFlow<()>;

    /// What strategies ask that one candle can keep busy for long; the run ends as soon as it is made.
    fn stop(&self) -> Option<StopRequest> {
        None
    }
}

/// The observer of a run.
pub type Observer<'a> = &'a mut dyn Observe;

impl<F: FnMut(Progress) -> ControlFlow<()>> Observe for F {
    fn advance(&mut self, progress: Progress) -> ControlFlow<()> {
        self(progress)
    }
}

impl Observe for StopRequest {
    fn advance(&mut self, _: Progress) -> ControlFlow<()> {
        if self.is_made() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn stop(&self) -> Option<StopRequest> {
        Some(self.clone())
    }
}

/// The observer of a run that is part of something longer.
pub(crate) struct Part<'a, P> {
    /// Who looks after the whole.
    pub(crate) whole: Observer<'a>,
    /// Where the progress of the part lies in that of the whole.
    pub(crate) place: P,
}

impl<P: Fn(Progress) -> Progress> Observe for Part<'_, P> {
    fn advance(&mut self, progress: Progress) -> ControlFlow<()> {
        self.whole.advance((self.place)(progress))
    }

    fn stop(&self) -> Option<StopRequest> {
        self.whole.stop()
    }
}

/// Runs strategies over candles. The observer is asked about every 128 candles and may stop the run.
///
/// # Errors
/// [`RunError`]; nothing is half done, as a run has no effect but its result.
pub fn run(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    observer: Observer<'_>,
) -> Result<RunResult, RunError> {
    run_noting(spec, data, registry, (observer, Notes::Fills)).map(|(result, _)| result)
}

/// Like [`run`], for who compares many runs: the figures alone. Executions are not listed, and the trades
/// of a single instrument are counted as they close.
///
/// # Errors
/// As [`run`].
pub fn run_for_figures(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    observer: Observer<'_>,
) -> Result<Metrics, RunError> {
    let notes = Notes::Figures;
    run_noting(spec, data, registry, (observer, notes)).map(|(result, _)| result.metrics)
}

/// What a run takes down beside its trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notes {
    /// Nothing.
    Figures,
    /// Executions.
    Fills,
    /// Executions, and what was decided.
    Decisions,
}

/// Like [`run`], with these notes.
pub(crate) fn run_noting(
    spec: &RunSpec,
    data: &RunData,
    registry: &Registry,
    (observer, notes): (Observer<'_>, Notes),
) -> Result<(RunResult, DecisionLog), RunError> {
    let definitions = check_sleeves(spec, data, registry)?;
    let timeframes =
        data.timeframes.iter().map(|it| by_length(it)).collect::<Result<Vec<_>, _>>()?;
    let fills = fill_series(spec, data)?;
    check_ticks(data, &fills)?;
    let stop = observer.stop();
    let (engine, venue) = set_up(spec, data, &definitions, stop.as_ref())?;
    let lanes: Vec<Lane<'_>> = (0u16..)
        .zip(&fills)
        .zip(&data.instruments)
        .map(|((number, series), data)| Lane::new(InstrumentId::new(number), series, data))
        .collect();
    let sleeves = spec.sleeves.iter().zip(&timeframes).map(|(sleeve, timeframes)| {
        let lane = sleeve.instrument.index();
        SleeveLane::new(lane, timeframes, fills[lane])
    });
    let noting = (spec.venue.fill_time, notes);
    let mut drive = Drive::new(engine, venue, noting, (lanes, sleeves.collect()));
    drive.over(observer)?;
    if stop.is_some_and(|stop| stop.is_made()) {
        return Err(RunError::Cancelled); // A strategy may have given up because of it.
    }
    let decisions = drive.decisions.take().unwrap_or_default();
    Ok((finish(drive, spec.initial_balance, Span::of(&fills))?, decisions))
}

/// Looks strategies up and checks that each sleeve's instrument and roles are there.
pub(crate) fn check_sleeves<'r>(
    spec: &RunSpec,
    data: &RunData,
    registry: &'r Registry,
) -> Result<Vec<&'r Definition>, RunError> {
    if spec.sleeves.is_empty() || spec.sleeves.len() != data.timeframes.len() {
        return Err(RunError::Misfit(format!(
            "expected timeframes for each of at least one sleeve, was {} sleeves and {} sets of timeframes",
            spec.sleeves.len(),
            data.timeframes.len()
        )));
    }
    let mut definitions = Vec::with_capacity(spec.sleeves.len());
    for (sleeve, timeframes) in spec.sleeves.iter().zip(&data.timeframes) {
        let definition = registry.find(&sleeve.strategy).ok_or_else(|| {
            RunError::UnknownStrategy { was: sleeve.strategy.chars().take(64).collect() }
        })?;
        if sleeve.instrument.index() >= data.instruments.len() {
            return Err(RunError::Misfit(format!(
                "expected an instrument below {}, was {}",
                data.instruments.len(),
                sleeve.instrument.number()
            )));
        }
        check_roles(definition, timeframes)?;
        definitions.push(definition);
    }
    Ok(definitions)
}

/// Engine and venue with the same money and the same rules.
pub(crate) fn set_up(
    spec: &RunSpec,
    data: &RunData,
    definitions: &[&Definition],
    stop: Option<&StopRequest>,
) -> Result<(EngineState, Venue), RunError> {
    check_settings(spec)?;
    let mut sleeves = Vec::with_capacity(definitions.len());
    for (sleeve, definition) in spec.sleeves.iter().zip(definitions) {
        let demands = definition.risk_demands(&sleeve.parameters);
        let mut strategy = definition.strategy(&sleeve.parameters)?;
        if let Some(stop) = stop {
            strategy.heed(stop.clone());
        }
        sleeves.push(SleeveSetup {
            strategy,
            instrument: sleeve.instrument,
            rules: SleeveRules {
                reward_to_risk_min: demands.reward_to_risk_min,
                entries_max: demands.entries_max,
            },
        });
    }
    let instruments = data.instruments.iter().map(|it| InstrumentSetup {
        instrument: it.listing.instrument.clone(),
        margin: InstrumentMargin {
            leverage: it.listing.leverage,
            mode: it.listing.margin_mode,
            brackets: it.listing.brackets.clone(),
        },
    });
    let engine = EngineState::new(Settings {
        initial_balance: spec.initial_balance,
        position_mode: spec.venue.position_mode,
        rules: spec.rules,
        instruments: instruments.collect(),
        sleeves,
    });
    let listings = data.instruments.iter().map(|it| it.listing.clone()).collect();
    Ok((engine, Venue::new(spec.venue, listings, spec.initial_balance)))
}

/// A tick above a price would move orders there to prices that the market never had.
pub(crate) fn check_ticks(data: &RunData, fills: &[&Arc<Series>]) -> Result<(), RunError> {
    for (instrument, series) in data.instruments.iter().zip(fills) {
        let instrument = &instrument.listing.instrument;
        let [Some(first), Some(last)] = [series.open_times().first(), series.open_times().last()]
            .map(|time| time.copied().map(Timestamp::from_millis))
        else {
            continue;
        };
        let coarsest = instrument.rules_between(first, last).filter_map(|rules| rules.tick).max();
        if let Some(tick) = coarsest.filter(|tick| tick.to_f64() > lowest(series.low())) {
            return Err(RunError::Setting {
                field: "tick",
                expected: "at most the lowest price of the candles",
                was: format!("{tick} for {}", instrument.symbol),
            });
        }
    }
    Ok(())
}

fn check_settings(spec: &RunSpec) -> Result<(), RunError> {
    if spec.initial_balance <= Money::ZERO || spec.initial_balance > Money::EXACT_MAX {
        return Err(RunError::Setting {
            field: "initial_balance",
            expected: "greater than 0 and at most 1e12",
            was: spec.initial_balance.to_string(),
        });
    }
    let latency = spec.venue.latency;
    let negative =
        [latency.orders_ms, latency.reports_ms, latency.jitter_ms].iter().any(|it| *it < 0);
    if negative || (!latency.is_none() && spec.venue.fill_time != FillTime::NextOpen) {
        return Err(RunError::Setting {
            field: "latency",
            expected: "no negative delay, and none at all unless orders fill at the next open",
            was: format!("{latency:?} with {}", spec.venue.fill_time.name()),
        });
    }
    let mut traded: Vec<InstrumentId> = spec.sleeves.iter().map(|it| it.instrument).collect();
    traded.sort_unstable();
    traded.dedup();
    if !latency.is_none() && traded.len() < spec.sleeves.len() {
        // A late stop of one would reduce what another holds by then.
        return Err(RunError::Setting {
            field: "latency",
            expected: "no delay while several sleeves share the position of an instrument",
            was: format!("{} sleeves on {} instruments", spec.sleeves.len(), traded.len()),
        });
    }
    Ok(())
}

/// Checks that the strategy's roles are assigned within its limits.
fn check_roles(
    definition: &Definition,
    timeframes: &[(Role, Arc<Series>)],
) -> Result<(), RunError> {
    let strategy = || definition.info.id.clone();
    for role in &definition.info.required_roles {
        if !timeframes.iter().any(|(assigned, _)| assigned == role) {
            return Err(RunError::MissingRole { strategy: strategy(), role: *role });
        }
    }
    for (role, series) in timeframes {
        let was = series.timeframe();
        let limits =
            definition.info.role_constraints.iter().find(|constraint| constraint.role == *role);
        if let Some(limits) = limits.filter(|limits| was < limits.min || was > limits.max) {
            return Err(RunError::RoleOutOfRange {
                strategy: strategy(),
                role: *role,
                min: limits.min,
                max: limits.max,
                was,
            });
        }
    }
    Ok(())
}

/// Timeframes from the shortest to the longest, the shortest of them not empty.
fn by_length(given: &[(Role, Arc<Series>)]) -> Result<Vec<(Role, Arc<Series>)>, RunError> {
    let timeframes = in_order(given)?;
    let Some((_, driving)) = timeframes.first() else {
        return Err(RunError::NoTimeframe);
    };
    if driving.is_empty() {
        return Err(RunError::NoCandles { timeframe: driving.timeframe() });
    }
    check_scale(driving)?;
    Ok(timeframes)
}

/// Timeframes from the shortest to the longest.
pub(crate) fn in_order(
    given: &[(Role, Arc<Series>)],
) -> Result<Vec<(Role, Arc<Series>)>, RunError> {
    let mut timeframes = given.to_vec();
    timeframes.sort_by_key(|(_, series)| series.timeframe());
    if timeframes.is_empty() {
        return Err(RunError::NoTimeframe);
    }
    if timeframes.iter().any(|(role, series)| {
        let shorter_htf = |(other, htf): &(Role, Arc<Series>)| {
            *other == Role::Htf && htf.timeframe() < series.timeframe()
        };
        *role == Role::Ltf && timeframes.iter().any(shorter_htf)
    }) {
        return Err(RunError::RolesReversed);
    }
    Ok(timeframes)
}

/// The series that carries the fills of each instrument.
pub(crate) fn fill_series<'a>(
    spec: &RunSpec,
    data: &'a RunData,
) -> Result<Vec<&'a Arc<Series>>, RunError> {
    let named = data.carrying(spec).into_iter().zip(&data.instruments);
    named
        .map(|(series, instrument)| {
            series.ok_or_else(|| {
                RunError::Misfit(format!(
                    "expected a sleeve for each instrument, was none for {}",
                    instrument.listing.instrument.symbol
                ))
            })
        })
        .collect()
}

/// The same of one candle.
pub(crate) fn check_price(scale: PriceScale, candle: &Candle) -> Result<(), RunError> {
    if scale.units(candle.low) > 0 {
        return Ok(());
    }
    Err(RunError::PriceOutOfScale { time: candle.open_time, price: candle.low.to_string() })
}

/// Every price must have an exact form, or an order at it could not be filled.
pub(crate) fn check_scale(driving: &Series) -> Result<(), RunError> {
    let scale = driving.scale();
    if scale.units(lowest(driving.low())) > 0 {
        return Ok(());
    }
    match driving.low().iter().position(|low| scale.units(*low) == 0) {
        None => Ok(()),
        Some(row) => Err(RunError::PriceOutOfScale {
            time: Timestamp::from_millis(driving.open_times()[row]),
            price: driving.low()[row].to_string(),
        }),
    }
}
