//! The run loop: candles to the venue, reports to the engine, effects back.

use std::ops::ControlFlow;

use domain::{ExecutionReport, Instrument, Money, Price, Role, Timeframe, Timestamp};
use engine::{Effect, EngineError, EngineState, Event, Settings, step};
use ledger::Account;
use margin::Leverage;
use market::{Cursor, Series};
use risk::Limits;
use simulator::{Costs, Venue};
use strategy::{Definition, ParameterError, Registry, RoleCandles};

use crate::result::count_skip;
use crate::{EquityCurve, Metrics, RunData, RunResult, RunSpec, Trade, Warning};

/// How often the observer is asked, in candles.
const OBSERVED_EVERY: usize = 8192;

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
    let definition = registry
        .find(&spec.strategy)
        .ok_or_else(|| RunError::UnknownStrategy {
            was: spec.strategy.chars().take(64).collect(),
        })?;
    check_roles(definition, data)?;
    let timeframes = by_length(data)?;
    let mut run = Run::new(spec, definition, timeframes[0].1)?;
    run.over(&timeframes, observer)?;
    run.finish(timeframes[0].1)
}

/// Checks that the strategy's roles are assigned within its limits.
fn check_roles(definition: &Definition, data: &RunData) -> Result<(), RunError> {
    let strategy = definition.info.id;
    for role in definition.info.required_roles {
        if !data.timeframes.iter().any(|(assigned, _)| assigned == role) {
            return Err(RunError::MissingRole {
                strategy,
                role: *role,
            });
        }
    }
    for (role, series) in &data.timeframes {
        let was = series.timeframe();
        let limits = definition
            .info
            .role_constraints
            .iter()
            .find(|constraint| constraint.role == *role);
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
fn by_length(data: &RunData) -> Result<Vec<(Role, &Series)>, RunError> {
    let mut timeframes: Vec<(Role, &Series)> = data
        .timeframes
        .iter()
        .map(|(role, series)| (*role, series.as_ref()))
        .collect();
    timeframes.sort_by_key(|(_, series)| series.timeframe());
    let Some((_, driving)) = timeframes.first() else {
        return Err(RunError::NoTimeframe);
    };
    if driving.is_empty() {
        return Err(RunError::NoCandles {
            timeframe: driving.timeframe(),
        });
    }
    Ok(timeframes)
}

struct Run {
    initial_balance: Money,
    engine: EngineState,
    venue: Venue,
    scale: domain::PriceScale,
    effects: Vec<Effect>,
    reports: Vec<ExecutionReport>,
    result: Collected,
    mark: Mark,
}

#[derive(Default)]
struct Collected {
    trades: Vec<Trade>,
    equity: EquityCurve,
    skipped: Vec<crate::Skipped>,
    warnings: Vec<Warning>,
}

/// Wallet and position as plain numbers, refreshed by fills, to mark each candle cheaply.
#[derive(Clone, Copy)]
struct Mark {
    wallet: f64,
    signed_quantity: f64,
    signed_cost: f64,
}

impl Mark {
    fn of(engine: &EngineState) -> Self {
        let wallet = engine.ledger().balance(Account::Wallet).to_f64();
        let (signed_quantity, signed_cost) =
            engine.ledger().position().map_or((0.0, 0.0), |position| {
                let sign = match position.direction {
                    domain::Direction::Long => 1.0,
                    domain::Direction::Short => -1.0,
                };
                (
                    sign * position.quantity.to_f64(),
                    sign * position.cost.to_f64(),
                )
            });
        Self {
            wallet,
            signed_quantity,
            signed_cost,
        }
    }

    #[inline]
    fn equity(&self, close: f64) -> f64 {
        self.wallet + (self.signed_quantity * close - self.signed_cost)
    }
}

impl Run {
    fn new(spec: &RunSpec, definition: &Definition, driving: &Series) -> Result<Self, RunError> {
        let leverage = Leverage::new(spec.leverage).map_err(|error| RunError::Setting {
            field: "leverage",
            expected: error.expected,
            was: error.was,
        })?;
        if spec.initial_balance <= Money::ZERO {
            let was = spec.initial_balance.to_string();
            return Err(RunError::Setting {
                field: "initial_balance",
                expected: "greater than 0",
                was,
            });
        }
        let scale = driving.scale();
        let limits = Limits {
            leverage,
            commission: spec.commission,
            slippage: spec.slippage,
            reward_to_risk_min: definition.risk_demands(&spec.parameters).reward_to_risk_min,
            risk_per_trade: spec.risk_per_trade,
        };
        let instrument = Instrument::without_filters(driving.key().symbol.clone(), scale);
        let settings = Settings {
            initial_balance: spec.initial_balance,
            limits,
            instrument,
        };
        let engine = EngineState::new(definition.strategy(&spec.parameters)?, settings);
        let costs = Costs {
            commission: spec.commission,
            slippage: spec.slippage,
        };
        let equity = EquityCurve::with_capacity(driving.len());
        Ok(Self {
            initial_balance: spec.initial_balance,
            mark: Mark::of(&engine),
            engine,
            venue: Venue::new(spec.initial_balance, leverage, costs, spec.intrabar, scale),
            scale,
            effects: Vec::with_capacity(8),
            reports: Vec::with_capacity(8),
            result: Collected {
                equity,
                ..Collected::default()
            },
        })
    }

    fn over(
        &mut self,
        timeframes: &[(Role, &Series)],
        observer: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), RunError> {
        let driving = timeframes[0].1;
        let mut higher: Vec<Cursor<'_>> = timeframes[1..]
            .iter()
            .map(|(_, series)| Cursor::new(series))
            .collect();
        let mut views: Vec<RoleCandles<'_>> = timeframes
            .iter()
            .map(|(role, series)| RoleCandles {
                role: *role,
                candles: series.closed(0),
                closed_now: false,
            })
            .collect();
        let total = driving.len() as u64;
        for row in 0..driving.len() {
            if row % OBSERVED_EVERY == 0
                && observer(Progress {
                    done: row as u64,
                    total,
                })
                .is_break()
            {
                return Err(RunError::Cancelled);
            }
            let now = driving.close_time(row);
            if !self.venue.is_idle() {
                self.trade(driving, row)?;
            }
            views[0].candles = driving.closed(row + 1);
            views[0].closed_now = true;
            for (cursor, view) in higher.iter_mut().zip(&mut views[1..]) {
                view.closed_now = cursor.advance_to(now);
                if view.closed_now {
                    view.candles = cursor.candles();
                }
            }
            step(
                &mut self.engine,
                Event::CandleClosed(&views),
                now,
                &mut self.effects,
            )?;
            if !self.effects.is_empty() {
                self.carry_out(now)?;
            }
            let equity = self.mark.equity(driving.close()[row]);
            self.result.equity.time.push(now.millis());
            self.result.equity.equity.push(equity);
            if equity <= 0.0 {
                self.note_depletion(now, row + 1 < driving.len());
                break;
            }
        }
        let _ = observer(Progress { done: total, total }); // The run is complete; stopping has no meaning.
        Ok(())
    }

    /// Lets the venue work through one candle: its open, then its range.
    #[inline(never)]
    fn trade(&mut self, driving: &Series, row: usize) -> Result<(), RunError> {
        let candle = driving.candle(row);
        let mut reports = std::mem::take(&mut self.reports);
        self.venue.at_open(&candle, &mut reports);
        self.deliver(&mut reports, candle.open_time)?;
        self.venue.inside(&candle, &mut reports);
        self.deliver(&mut reports, candle.open_time)?;
        self.reports = reports;
        Ok(())
    }

    fn deliver(
        &mut self,
        reports: &mut Vec<ExecutionReport>,
        now: Timestamp,
    ) -> Result<(), RunError> {
        if reports.is_empty() {
            return Ok(());
        }
        for report in reports.drain(..) {
            step(
                &mut self.engine,
                Event::Report(report),
                now,
                &mut self.effects,
            )?;
        }
        self.carry_out(now)?;
        self.mark = Mark::of(&self.engine);
        Ok(())
    }

    fn carry_out(&mut self, now: Timestamp) -> Result<(), RunError> {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Place(request) => self.venue.place(request),
                Effect::Cancel(id) => {
                    if let Some(report) = self.venue.cancel(id) {
                        step(
                            &mut self.engine,
                            Event::Report(report),
                            now,
                            &mut self.effects,
                        )?;
                    }
                }
                Effect::Closed(trade) => self.result.trades.push(trade),
                Effect::Skipped(skip) => count_skip(&mut self.result.skipped, &skip),
            }
        }
        debug_assert!(self.effects.is_empty(), "a cancel asks for nothing more");
        self.effects = effects;
        Ok(())
    }

    fn note_depletion(&mut self, now: Timestamp, early: bool) {
        let rest = if early {
            "; the rest of the range was not traded"
        } else {
            ""
        };
        self.result.warnings.push(Warning {
            code: "ACCOUNT_DEPLETED",
            message: format!("the account had no equity left at {now}{rest}"),
        });
    }

    /// Closes what is open at the last close, checks the books and sums up.
    fn finish(mut self, driving: &Series) -> Result<RunResult, RunError> {
        let last_row = self.result.equity.equity.len() - 1;
        let last = driving.candle(last_row);
        let now = driving.close_time(last_row);
        step(&mut self.engine, Event::End, now, &mut self.effects)?;
        self.carry_out(now)?;
        let mut reports = std::mem::take(&mut self.reports);
        self.venue.at_close(&last, now, &mut reports);
        self.deliver(&mut reports, now)?;
        let final_balance = self.engine.ledger().balance(Account::Wallet);
        self.check_books(final_balance, self.scale.price(last.close))?;
        if let Some(end) = self.result.equity.equity.last_mut() {
            *end = final_balance.to_f64();
        }
        let Collected {
            trades,
            equity,
            skipped,
            warnings,
        } = self.result;
        let metrics = Metrics::of(self.initial_balance, final_balance, &trades, &equity);
        let first = Timestamp::from_millis(driving.open_times()[0]);
        let candles = equity.equity.len() as u64;
        Ok(RunResult {
            metrics,
            trades,
            equity,
            skipped,
            warnings,
            candles,
            first,
            last: last.open_time,
        })
    }

    /// The ledger, the venue's wallet and the trade list must agree to the last digit.
    fn check_books(&self, wallet: Money, mark: Option<Price>) -> Result<(), RunError> {
        let venue = self.venue.account().wallet;
        if venue != wallet {
            return Err(RunError::Inconsistent(format!(
                "ledger wallet {wallet}, venue wallet {venue}"
            )));
        }
        let traded: Money = self.result.trades.iter().map(Trade::net).sum();
        let open = mark.is_some() && self.engine.ledger().position().is_some();
        if open || self.initial_balance + traded != wallet {
            let sum = self.initial_balance + traded;
            return Err(RunError::Inconsistent(format!(
                "wallet {wallet}, initial balance and trades {sum}"
            )));
        }
        Ok(())
    }
}
