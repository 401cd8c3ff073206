//! A strategy that does what a test wrote down, and the stage that it plays on.
//!
//! Prices are in cents; candles last a minute from the epoch on and have a volume of 1 unless said
//! otherwise.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use backtest::{RunData, RunError, RunResult, RunSpec, Settlement, SleeveSpec, Trade, run};
use domain::{
    BreakEven, Confidence, Direction, Entry, EntryOrder, ExitPlan, ExitReason, InstrumentId,
    Intent, Metadata, Money, Price, Quantity, Rate, Role, Signal, Sizing, Target, Timeframe,
    Timestamp, Trailing,
};
use market::Series;
use strategy::{
    Context, Definition, Kept, ParameterError, ParameterInput, ParameterSpec, Parameters, Registry,
    Source, Strategy, StrategyInfo,
};

use crate::support::{decimal, instrument, minutes, rate, series, spec};

thread_local! {
    static SCRIPTS: RefCell<Vec<Script>> = const { RefCell::new(Vec::new()) };
}

/// Wishes with the row at whose close they are told.
pub(crate) type Script = Vec<(usize, Intent)>;

struct Scripted(Script);

impl Strategy for Scripted {
    fn on_candle(&mut self, context: &Context<'_>, intents: &mut Vec<Intent>) {
        let Some(candles) = context.just_closed(Role::Ltf) else { return };
        if let Some(higher) = context.candles(Role::Htf) {
            // Of candles without gaps: as many as have closed, and the newest at their own instants.
            let length = higher.timeframe().longest_millis();
            let (closed, since) =
                (context.now().millis() / length, context.now().millis() % length);
            assert_eq!(i64::try_from(higher.len()), Ok(closed));
            assert_eq!(context.just_closed(Role::Htf).is_some(), since == 0);
        }
        let now = self.0.iter().filter(|(row, _)| row + 1 == candles.len());
        intents.extend(now.map(|(_, intent)| intent.clone()));
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the registry asks for a result")]
fn make(parameters: &Parameters) -> Result<Box<dyn Kept>, ParameterError> {
    let number = usize::try_from(parameters.integer("script").unwrap()).unwrap();
    let script = SCRIPTS.with_borrow(|scripts| scripts.get(number).cloned());
    Ok(Box::new(Scripted(script.unwrap_or_default())))
}

pub(crate) fn registry() -> Registry {
    let info = StrategyInfo {
        id: "SCRIPT".into(),
        aliases: Vec::new(),
        version: "1".into(),
        author: "tests".into(),
        summary: "Does what is written.".into(),
        description: "## Rules\nAs written.\n## When it loses\nAs written.".into(),
        required_roles: vec![Role::Ltf],
        role_constraints: Vec::new(),
        parameters: vec![ParameterSpec::integer(("script", "Script"), (0, 0, 1000), "Its number.")],
    };
    Registry::built_in().with(Definition::new(info, Source::built_in("as written"), make))
}

fn sleeve_of(script: usize, instrument: u16) -> SleeveSpec {
    let given = BTreeMap::from([("script".to_owned(), ParameterInput::Text(script.to_string()))]);
    SleeveSpec {
        strategy: "SCRIPT".to_owned(),
        parameters: registry().find("SCRIPT").unwrap().resolve(&given).unwrap(),
        instrument: InstrumentId::new(instrument),
    }
}

#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) spec: RunSpec,
    pub(crate) data: RunData,
    series: Vec<Arc<Series>>,
    pub(crate) scripts: Vec<Script>,
}

/// One script on one instrument, without costs; a wallet of 100000.
pub(crate) fn stage(candles: &[[i64; 4]], script: Script) -> Stage {
    stage_on(minutes(candles), script)
}

pub(crate) fn stage_on(series: Series, script: Script) -> Stage {
    let mut spec = spec("SMA_CROSS", &[], "100000", "0");
    spec.sleeves.clear();
    let (data, series_list, scripts) = (RunData::default(), Vec::new(), Vec::new());
    Stage { spec, data, series: series_list, scripts }.and(series).playing(script, 0)
}

impl Stage {
    /// Adds an instrument.
    pub(crate) fn and(mut self, series: Series) -> Self {
        self.data.instruments.push(instrument(&series));
        self.series.push(Arc::new(series));
        self
    }

    /// Adds a sleeve.
    pub(crate) fn playing(mut self, script: Script, instrument: u16) -> Self {
        self.spec.sleeves.push(sleeve_of(self.scripts.len(), instrument));
        self.scripts.push(script);
        let series = Arc::clone(&self.series[usize::from(instrument)]);
        self.data.timeframes.push(vec![(Role::Ltf, series)]);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut RunSpec)) -> Self {
        change(&mut self.spec);
        self
    }

    pub(crate) fn with_data(mut self, change: impl FnOnce(&mut RunData)) -> Self {
        change(&mut self.data);
        self
    }

    pub(crate) fn finer(mut self, finer: Series) -> Self {
        self.data.instruments[0].finer = Some(Arc::new(finer));
        self
    }

    /// Funding of the first instrument: milliseconds and rate.
    pub(crate) fn funding(mut self, settlements: &[(i64, &str)]) -> Self {
        let settlement = |(time, fraction): &(i64, &str)| Settlement {
            time: Timestamp::from_millis(*time),
            rate: rate(fraction),
            mark: None,
        };
        self.data.instruments[0].funding = settlements.iter().map(settlement).collect();
        self
    }

    /// Makes the scripts known to the strategies that are made from now on.
    pub(crate) fn tell_scripts(&self) {
        SCRIPTS.set(self.scripts.clone());
    }

    pub(crate) fn try_run(&self) -> Result<RunResult, RunError> {
        self.tell_scripts();
        run(&self.spec, &self.data, &registry(), &mut |_| ControlFlow::Continue(()))
    }

    pub(crate) fn run(&self) -> RunResult {
        self.try_run().unwrap()
    }
}

/// A trade in one line: `long 1: 100 at 1 to 95 at 2, Stop Loss, -5`, minutes from the epoch on; a
/// question mark where policy decided.
pub(crate) fn line(trade: &Trade) -> String {
    let minute = |time: Timestamp| {
        let (minute, rest) = (time.millis() / 60_000, time.millis() % 60_000);
        if rest == 0 { minute.to_string() } else { format!("{minute}+{rest}ms") }
    };
    let direction = match trade.direction {
        Direction::Long => "long",
        Direction::Short => "short",
    };
    format!(
        "{direction} {}: {} at {} to {} at {}, {}, {}{}",
        trade.quantity,
        trade.entry_price,
        minute(trade.entry_time),
        trade.exit_price,
        minute(trade.exit_time),
        trade.exit_reason,
        trade.net(),
        if trade.ambiguous { " ?" } else { "" }
    )
}

#[track_caller]
pub(crate) fn check(stage: &Stage, expected: &[&str]) -> RunResult {
    let result = stage.run();
    let lines: Vec<String> = result.trades.iter().map(line).collect();
    assert_eq!(lines, expected);
    result
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

/// A wish to enter one unit, to be refined.
#[derive(Clone)]
pub(crate) struct Wish {
    signal: Signal,
    sizing: Sizing,
    order: EntryOrder,
    plan: ExitPlan,
}

pub(crate) fn long(entry: &str) -> Wish {
    wish(Direction::Long, price(entry))
}

pub(crate) fn short(entry: &str) -> Wish {
    wish(Direction::Short, price(entry))
}

pub(crate) fn wish(direction: Direction, entry: Price) -> Wish {
    Wish {
        signal: Signal::new(direction, entry, Confidence::FULL, Metadata::of_kind("script")),
        sizing: Sizing::Fixed(quantity("1")),
        order: EntryOrder::Market,
        plan: ExitPlan::NONE,
    }
}

impl Wish {
    pub(crate) fn units(mut self, amount: &str) -> Self {
        self.sizing = Sizing::Fixed(quantity(amount));
        self
    }

    pub(crate) fn stop(self, level: &str) -> Self {
        self.stop_at(price(level))
    }

    pub(crate) fn stop_at(mut self, level: Price) -> Self {
        self.signal = self.signal.with_stop_loss(level).unwrap();
        self
    }

    pub(crate) fn target(self, level: &str) -> Self {
        self.target_at(price(level))
    }

    pub(crate) fn target_at(mut self, level: Price) -> Self {
        self.signal = self.signal.with_take_profit(level).unwrap();
        self
    }

    pub(crate) fn by(mut self, order: EntryOrder) -> Self {
        self.order = order;
        self
    }

    /// Part targets: price and share.
    pub(crate) fn parts(mut self, parts: &[(&str, &str)]) -> Self {
        for (place, (level, share)) in self.plan.targets.iter_mut().zip(parts) {
            *place = Some(Target { price: price(level), share: rate(share) });
        }
        self
    }

    pub(crate) fn break_even(mut self, when: BreakEven) -> Self {
        self.plan.break_even = Some(when);
        self
    }

    pub(crate) fn trailing(mut self, callback: &str) -> Self {
        self.plan.trailing = Some(Trailing { activation: None, callback: rate(callback) });
        self
    }

    /// Told at the close of a row.
    pub(crate) fn at(self, row: usize) -> (usize, Intent) {
        let Self { signal, sizing, order, plan } = self;
        (row, Intent::Enter(Box::new(Entry { signal, sizing, order, plan })))
    }
}

/// An exit of everything, told at the close of a row.
pub(crate) fn exit(row: usize) -> (usize, Intent) {
    exit_share(row, Rate::ONE)
}

pub(crate) fn exit_share(row: usize, share: Rate) -> (usize, Intent) {
    (row, Intent::Exit { reason: ExitReason::Signal, share })
}

/// Whole prices as cents.
pub(crate) fn whole(candles: &[[i64; 4]]) -> Vec<[i64; 4]> {
    candles.iter().map(|candle| candle.map(|price| price * 100)).collect()
}

/// Candles of five minutes, to be told by finer ones of one minute.
pub(crate) fn fives(candles: &[[i64; 4]]) -> Series {
    series(Timeframe::M5, (0i64..).map(|row| row * 300_000).zip(candles.iter().copied()))
}
