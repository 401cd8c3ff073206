//! Why a session came to something else than a backtest: one reason after another is left out, until nothing is left.
//!
//! A session is a function of its inputs, so each difference has a cause that can be taken away: what a person did, what
//! happened inside candles in another order than the policy assumes, candles that were missed or late, delays, slippage,
//! fees, other settings, funding, and the candles themselves. They are taken away in this order, each on top of those
//! before; what the result changes by is the cause's. What is left in the end is the backtest, to the last digit, so that
//! nothing is unexplained. Where causes work together, the one that is taken away first bears it.

mod layers;
mod trades;

use domain::{Money, TimeRange, Timestamp};
use engine::Trade;
use market::Series;
use strategy::Registry;

pub use trades::TradeDifference;

use crate::session::{Session, SessionError, SessionInput, SessionStart};
use crate::{Observer, Progress, RunError, RunSpec, Settlement};

/// Changes of equity below this part of the first deposit are noise of binary numbers.
const EQUITY_NOISE: f64 = 1e-9;
/// How often the observer is asked, in inputs.
const OBSERVED_EVERY: usize = 128;

/// What makes a session differ from a backtest, in the order in which it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParityCause {
    /// What a person did.
    ManualActs,
    /// What happened inside candles, in an order that candles do not tell.
    InsideCandles,
    /// Candles that were missed or came late, about which nothing was decided.
    MissedCandles,
    /// How long orders and reports travelled.
    Latency,
    /// Slippage of market and stop orders.
    Slippage,
    /// Trading fees.
    Fees,
    /// Every other setting of account, venue, risk and strategies.
    Settings,
    /// Funding settlements other than those that are stored.
    Funding,
    /// Candles other than those that are stored.
    Candles,
}

/// What a session is compared with.
#[derive(Clone, Debug)]
pub struct ParityReference {
    /// The run as a backtest would make it: the sleeves and instruments of the session, in the same order. An intrabar
    /// policy that goes down to finer candles is refused: a session has none.
    pub spec: RunSpec,
    /// By instrument: the stored candles that carry the fills; those that open from the start on are taken.
    /// `None` where the session's own are to be taken.
    pub candles: Vec<Option<Series>>,
    /// By instrument: the stored mark-price candles of the same length, taken with the candles; `None` where the
    /// session's own are to be taken.
    pub marks: Vec<Option<Series>>,
    /// By instrument: the stored settlements; `None` where the session's own are to be taken.
    pub funding: Vec<Option<Vec<Settlement>>>,
}

/// What a session, or one with causes left out, came to within the time that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct ParityFigures {
    /// Net profit of the trades that closed, quote asset.
    pub net_profit: Money,
    /// Change of equity, open positions at their marks, quote asset.
    pub equity_change: f64,
    /// How many trades closed.
    pub trades: usize,
}

/// What one cause changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ParityStep {
    /// The cause.
    pub cause: ParityCause,
    /// Whether the session had it at all.
    pub is_present: bool,
    /// Net profit of trades with it less that without it, quote asset.
    pub net_profit: Money,
    /// The same of the change of equity.
    pub equity_change: f64,
    /// Trades that differ.
    pub trades: Vec<TradeDifference>,
    /// When the first decision of a strategy differs, up to the end of the time that is looked at.
    pub first_decision: Option<Timestamp>,
}

/// All differences between a session and a backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct ParityReport {
    /// The time that is looked at: closes in `start < close <= end`.
    pub range: TimeRange,
    /// What the session came to.
    pub session: ParityFigures,
    /// What the backtest comes to.
    pub backtest: ParityFigures,
    /// Each cause in turn.
    pub steps: Vec<ParityStep>,
}

impl ParityCause {
    /// All, in the order in which they are left out.
    pub const ALL: [Self; 9] = [
        Self::ManualActs,
        Self::InsideCandles,
        Self::MissedCandles,
        Self::Latency,
        Self::Slippage,
        Self::Fees,
        Self::Settings,
        Self::Funding,
        Self::Candles,
    ];

    /// Stable code for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ManualActs => "MANUAL_ACTS",
            Self::InsideCandles => "INSIDE_CANDLES",
            Self::MissedCandles => "MISSED_CANDLES",
            Self::Latency => "LATENCY",
            Self::Slippage => "SLIPPAGE",
            Self::Fees => "FEES",
            Self::Settings => "SETTINGS",
            Self::Funding => "FUNDING",
            Self::Candles => "CANDLES",
        }
    }
}

impl ParityReport {
    /// Whether the session did what the backtest does: the same trades, decisions and equity.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(ParityStep::is_empty)
    }

    /// Net profit of the session less that of the backtest, quote asset.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.session.net_profit - self.backtest.net_profit
    }
}

impl ParityStep {
    /// Whether leaving the cause out changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trades.is_empty() && self.first_decision.is_none() && self.equity_change == 0.0
    }
}

/// Compares a session with a backtest, within a range of time. The observer is told how many of the inputs of all layers
/// are done, and may stop it.
///
/// # Errors
/// [`SessionError`] where the session, or one with causes left out, cannot be made; [`RunError::Cancelled`] within.
pub fn compare_with_backtest(
    (spec, start, inputs): (&RunSpec, &SessionStart, &[SessionInput]),
    reference: &ParityReference,
    range: TimeRange,
    registry: &Registry,
    observer: Observer<'_>,
) -> Result<ParityReport, SessionError> {
    layers::check(spec, start, reference)?;
    let layers = ParityCause::ALL.len() + 1;
    let mut layer = layers::Layer { spec: spec.clone(), inputs: inputs.to_vec() };
    let mut done = 0;
    let mut make = |layer: &layers::Layer, observer: Observer<'_>| {
        let total = (layers * inputs.len()) as u64;
        let made = play(layer, start, registry, |count| {
            let done = ((done * inputs.len() + count) as u64).min(total);
            observer.advance(Progress { done, total }).is_continue()
        });
        done += 1;
        made
    };
    let mut before = make(&layer, observer)?;
    let session = figures(&before, range);
    // Equity is a binary number: the last digits of its changes are noise.
    let tolerance = EQUITY_NOISE * before.initial_balance().to_f64().max(1.0);
    let mut steps = Vec::with_capacity(ParityCause::ALL.len());
    for cause in ParityCause::ALL {
        let without = layer.without(cause, start, reference)?;
        let is_present = without != layer;
        let mut step = ParityStep {
            cause,
            is_present,
            net_profit: Money::ZERO,
            equity_change: 0.0,
            trades: Vec::new(),
            first_decision: None,
        };
        if is_present {
            let after = make(&without, observer)?;
            let (with, left) = (figures(&before, range), figures(&after, range));
            step.net_profit = with.net_profit - left.net_profit;
            let change = with.equity_change - left.equity_change;
            step.equity_change = if change.abs() > tolerance { change } else { 0.0 };
            step.trades = trades::differences(closed_in(&before, range), closed_in(&after, range));
            step.first_decision = match (before.decisions(), after.decisions()) {
                (Some(one), Some(other)) => one.first_other(other, range),
                (None, _) | (_, None) => None,
            };
            before = after;
            layer = without;
        }
        steps.push(step);
    }
    Ok(ParityReport { range, session, backtest: figures(&before, range), steps })
}

/// Makes a session of a layer; `go_on` is asked now and then with the number of inputs that are done.
fn play(
    layer: &layers::Layer,
    start: &SessionStart,
    registry: &Registry,
    mut go_on: impl FnMut(usize) -> bool,
) -> Result<Session, SessionError> {
    let mut session = Session::begin(&layer.spec, start.clone(), registry, None)?;
    for (count, input) in layer.inputs.iter().enumerate() {
        if count % OBSERVED_EVERY == 0 && !go_on(count) {
            return Err(SessionError::Run(RunError::Cancelled));
        }
        session.apply(input)?;
    }
    Ok(session)
}

fn figures(session: &Session, range: TimeRange) -> ParityFigures {
    let trades = closed_in(session, range);
    ParityFigures {
        net_profit: trades.iter().map(|trade| trade.net()).sum(),
        equity_change: equity_at(session, range.end) - equity_at(session, range.start),
        trades: trades.len(),
    }
}

fn closed_in(session: &Session, range: TimeRange) -> Vec<&Trade> {
    let within = |trade: &&Trade| trade.exit_time > range.start && trade.exit_time <= range.end;
    session.trades().iter().filter(within).collect()
}

/// Equity at the last close up to a time; the first deposit before the first one.
fn equity_at(session: &Session, time: Timestamp) -> f64 {
    let (instants, equity) = session.equity();
    let count = instants.partition_point(|instant| *instant <= time.millis());
    match count.checked_sub(1) {
        Some(last) => equity[last],
        None => session.initial_balance().to_f64(),
    }
}
