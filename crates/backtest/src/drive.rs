//! The loop: candles to the venue, reports to the engine, effects back.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{Direction, ExecutionReport, Instrument, Money, Role, Timestamp};
use engine::{Effect, EngineState, Event, Settings, Trade, step};
use ledger::Account;
use margin::Leverage;
use market::{Cursor, Series};
use risk::Limits;
use simulator::{Costs, Venue};
use strategy::{Definition, RoleCandles};

use crate::result::count_skip;
use crate::{Metrics, Progress, RunError, RunResult, RunSpec, Skipped, Warning};

/// How often the observer is asked, in candles.
const OBSERVED_EVERY: usize = 8192;

/// A run in the making.
pub(crate) struct Drive {
    initial_balance: Money,
    engine: EngineState,
    venue: Venue,
    effects: Vec<Effect>,
    reports: Vec<ExecutionReport>,
    result: Collected,
    mark: Mark,
    fills_since_mark: bool,
}

#[derive(Default)]
struct Collected {
    trades: Vec<Trade>,
    equity: Vec<f64>,
    skipped: Vec<Skipped>,
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
                    Direction::Long => 1.0,
                    Direction::Short => -1.0,
                };
                (sign * position.quantity.to_f64(), sign * position.cost.to_f64())
            });
        Self { wallet, signed_quantity, signed_cost }
    }

    #[inline]
    fn equity(&self, close: f64) -> f64 {
        self.wallet + (self.signed_quantity * close - self.signed_cost)
    }
}

impl Drive {
    /// Sets engine and venue up with the same money.
    pub(crate) fn new(
        spec: &RunSpec,
        definition: &Definition,
        driving: &Series,
    ) -> Result<Self, RunError> {
        let leverage = Leverage::new(spec.leverage).map_err(|error| RunError::Setting {
            field: "leverage",
            expected: error.expected,
            was: error.was,
        })?;
        if spec.initial_balance <= Money::ZERO || spec.initial_balance > Money::EXACT_MAX {
            let was = spec.initial_balance.to_string();
            return Err(RunError::Setting {
                field: "initial_balance",
                expected: "greater than 0 and at most 1e12",
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
        let settings = Settings { initial_balance: spec.initial_balance, limits, instrument };
        let engine = EngineState::new(definition.strategy(&spec.parameters)?, settings);
        let costs = Costs { commission: spec.commission, slippage: spec.slippage };
        Ok(Self {
            initial_balance: spec.initial_balance,
            mark: Mark::of(&engine),
            fills_since_mark: false,
            engine,
            venue: Venue::new(spec.initial_balance, leverage, costs, spec.intrabar, scale),
            effects: Vec::with_capacity(8),
            reports: Vec::with_capacity(8),
            result: Collected {
                warnings: leverage_warning(leverage),
                equity: Vec::with_capacity(driving.len()),
                // Untouched memory costs nothing; growing by copies does.
                trades: Vec::with_capacity(driving.len() / 16),
                ..Collected::default()
            },
        })
    }

    /// Goes through all candles.
    pub(crate) fn over(
        &mut self,
        timeframes: &[(Role, &Arc<Series>)],
        observer: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), RunError> {
        let driving: &Series = timeframes[0].1;
        let mut higher: Vec<Cursor<'_>> =
            timeframes[1..].iter().map(|(_, series)| Cursor::new(series)).collect();
        let mut views: Vec<RoleCandles<'_>> = timeframes
            .iter()
            .map(|(role, series)| RoleCandles {
                role: *role,
                candles: series.closed(0),
                closed_now: false,
            })
            .collect();
        let total = driving.len() as u64;
        let closes = driving.close();
        for (row, close) in closes.iter().enumerate() {
            if row % OBSERVED_EVERY == 0
                && observer(Progress { done: row as u64, total }).is_break()
            {
                return Err(RunError::Cancelled);
            }
            let now = driving.close_time(row);
            if !self.venue.is_idle() {
                self.trade(driving, row)?;
            }
            views[0] =
                RoleCandles { candles: driving.closed(row + 1), closed_now: true, ..views[0] };
            advance(&mut higher, &mut views[1..], now);
            step(&mut self.engine, Event::CandleClosed(&views), now, &mut self.effects)?;
            if !self.effects.is_empty() {
                self.carry_out(now)?;
            }
            let equity = self.mark.equity(*close);
            self.result.equity.push(equity);
            if equity <= 0.0 {
                self.note_depletion(now, row + 1 < closes.len());
                break;
            }
        }
        let _ = observer(Progress { done: total, total }); // The run is complete; stopping has no meaning.
        Ok(())
    }

    /// Lets the venue work through one candle: its open, then its range.
    #[inline(never)]
    fn trade(&mut self, driving: &Series, row: usize) -> Result<(), RunError> {
        let open_time = Timestamp::from_millis(driving.open_times()[row]);
        let mut reports = std::mem::take(&mut self.reports);
        self.venue.at_price(driving.open()[row], open_time, &mut reports);
        self.deliver(&mut reports, open_time)?;
        if self.venue.has_resting() {
            self.venue.inside(&driving.candle(row), &mut reports);
            self.deliver(&mut reports, open_time)?;
        }
        self.reports = reports;
        if std::mem::take(&mut self.fills_since_mark) {
            self.mark = Mark::of(&self.engine);
        }
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
            step(&mut self.engine, Event::Report(report), now, &mut self.effects)?;
        }
        self.carry_out(now)?;
        self.fills_since_mark = true;
        Ok(())
    }

    fn carry_out(&mut self, now: Timestamp) -> Result<(), RunError> {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Place(request) => self.venue.place(request),
                Effect::Cancel(id) => {
                    if let Some(report) = self.venue.cancel(id) {
                        step(&mut self.engine, Event::Report(report), now, &mut self.effects)?;
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
        let rest = if early { "; the rest of the range was not traded" } else { "" };
        self.result.warnings.push(Warning {
            code: "ACCOUNT_DEPLETED",
            message: format!("the account had no equity left at {now}{rest}"),
        });
    }

    /// Closes what is open at the last close, checks the books and sums up.
    pub(crate) fn finish(mut self, driving: &Arc<Series>) -> Result<RunResult, RunError> {
        let last_row = self.result.equity.len() - 1;
        let last = driving.candle(last_row);
        let now = driving.close_time(last_row);
        step(&mut self.engine, Event::End, now, &mut self.effects)?;
        self.carry_out(now)?;
        let mut reports = std::mem::take(&mut self.reports);
        self.venue.at_price(last.close, now, &mut reports);
        self.deliver(&mut reports, now)?;
        let final_balance = self.engine.ledger().balance(Account::Wallet);
        self.check_books(final_balance)?;
        if let Some(end) = self.result.equity.last_mut() {
            *end = final_balance.to_f64();
        }
        let Collected { trades, equity, skipped, warnings } = self.result;
        let metrics = Metrics::of((self.initial_balance, final_balance), &trades, &equity, driving);
        let mut warnings = warnings;
        if trades.is_empty() && skipped.is_empty() {
            let message = format!(
                "the strategy gave no signal in {} candles; its averages may need more of them",
                equity.len()
            );
            warnings.push(Warning { code: "NO_SIGNALS", message });
        }
        let first = Timestamp::from_millis(driving.open_times()[0]);
        let candles = equity.len() as u64;
        Ok(RunResult {
            metrics,
            trades,
            equity,
            driving: Arc::clone(driving),
            skipped,
            warnings,
            candles,
            first,
            last: last.open_time,
        })
    }

    /// The ledger, the venue's wallet and the trade list must agree to the last digit.
    fn check_books(&self, wallet: Money) -> Result<(), RunError> {
        let venue = self.venue.account().wallet;
        if venue != wallet {
            return Err(RunError::Inconsistent(format!(
                "ledger wallet {wallet}, venue wallet {venue}"
            )));
        }
        let traded: Money = self.result.trades.iter().map(Trade::net).sum();
        let open = self.engine.ledger().position().is_some();
        if open || self.initial_balance + traded != wallet {
            let sum = self.initial_balance + traded;
            return Err(RunError::Inconsistent(format!(
                "wallet {wallet}, initial balance and trades {sum}"
            )));
        }
        Ok(())
    }
}

/// Shows what has closed on the higher timeframes by `now`.
#[inline]
fn advance<'a>(higher: &mut [Cursor<'a>], views: &mut [RoleCandles<'a>], now: Timestamp) {
    for (cursor, view) in higher.iter_mut().zip(views) {
        view.closed_now = cursor.advance_to(now);
        if view.closed_now {
            view.candles = cursor.candles();
        }
    }
}

/// What a reader of a leveraged result must know.
fn leverage_warning(leverage: Leverage) -> Vec<Warning> {
    if leverage == Leverage::ONE {
        return Vec::new();
    }
    let message = format!(
        "leverage {}: liquidation inside a candle is not part of this result; the account ends only \
         when a close leaves no equity",
        leverage.decimal().normalize()
    );
    vec![Warning { code: "LIQUIDATION_NOT_MODELLED", message }]
}
