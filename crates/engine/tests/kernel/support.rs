//! A kernel of one sleeve whose strategy does what a test wrote down.

use domain::{
    Candle, Confidence, Decimal, Direction, Entry, ExecutionReport, Fill, FillEnd, Instrument,
    InstrumentId, Intent, Liquidity, MarketKind, Metadata, Money, OrderKind, OrderRequest,
    PositionMode, Price, PriceScale, Quantity, Role, Signal, Sizing, SleeveId, Timeframe,
    Timestamp, VenueReport,
};
use engine::{
    Command, Effects, EngineError, EngineState, Event, InstrumentSetup, Mark, Marks, Settings,
    SleeveSetup, step,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{Columns, Series, SeriesKey};
use risk::{InstrumentMargin, RiskRules, SleeveRules};
use strategy::{Context, RoleCandles, Strategy};

struct Scripted(Vec<Vec<Intent>>);

impl Strategy for Scripted {
    fn on_candle(&mut self, _: &Context<'_>, intents: &mut Vec<Intent>) {
        if !self.0.is_empty() {
            intents.extend(self.0.remove(0));
        }
    }
}

pub(crate) struct Kernel {
    pub(crate) state: EngineState,
    pub(crate) effects: Effects,
    series: Series,
    now: i64,
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(text.parse().unwrap()).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(text.parse().unwrap()).unwrap()
}

/// A long of so many units at 100 with a stop at 90 and a target at 120.
pub(crate) fn long(units: &str) -> Intent {
    wish(Direction::Long, units, ("90", "120"))
}

pub(crate) fn short(units: &str) -> Intent {
    wish(Direction::Short, units, ("110", "80"))
}

fn wish(direction: Direction, units: &str, (stop, target): (&str, &str)) -> Intent {
    let metadata = Metadata::of_kind("test");
    let signal = Signal::new(direction, price("100"), Confidence::FULL, metadata)
        .with_stop_loss(price(stop))
        .unwrap()
        .with_take_profit(price(target))
        .unwrap();
    Intent::Enter(Box::new(Entry::at_market(signal, Sizing::Fixed(quantity(units)))))
}

/// A kernel with 10000 whose strategy wishes something at each close.
pub(crate) fn kernel(script: Vec<Vec<Intent>>) -> Kernel {
    kernel_of(vec![script])
}

/// A kernel of several sleeves on one instrument.
pub(crate) fn kernel_of(scripts: Vec<Vec<Vec<Intent>>>) -> Kernel {
    let symbol: domain::Symbol = "TESTUSDT".parse().unwrap();
    let instrument = InstrumentSetup {
        instrument: Instrument::without_filters(symbol.clone(), PriceScale::new(2)),
        margin: InstrumentMargin {
            leverage: Leverage::ONE,
            mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
    };
    let settings = Settings {
        initial_balance: Money::new(Decimal::from(10_000)),
        position_mode: PositionMode::OneWay,
        rules: RiskRules::default(),
        instruments: vec![instrument],
        sleeves: scripts.into_iter().map(sleeve).collect(),
    };
    let mut columns = Columns::default();
    for row in 0..10 {
        let open_time = Timestamp::from_millis(row * 60_000);
        let candle =
            Candle { open_time, open: 100.0, high: 101.0, low: 99.0, close: 100.0, volume: 1.0 };
        columns.push(&candle);
    }
    let key = SeriesKey::new(MarketKind::Demo, symbol, Timeframe::M1);
    let series = Series::new(key, PriceScale::new(2), columns).unwrap();
    Kernel { state: EngineState::new(settings), effects: Effects::default(), series, now: 0 }
}

fn sleeve(script: Vec<Vec<Intent>>) -> SleeveSetup {
    SleeveSetup {
        strategy: Box::new(Scripted(script)),
        instrument: InstrumentId::new(0),
        rules: SleeveRules::default(),
    }
}

impl Kernel {
    fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.effects.commands)
    }

    /// The next candle closes; what is to be done.
    pub(crate) fn close(&mut self) -> Vec<Command> {
        self.now += 60_000;
        let now = Timestamp::from_millis(self.now);
        let rows = usize::try_from(self.now / 60_000).unwrap();
        let candles = self.series.closed(rows);
        let views = [RoleCandles { role: Role::Ltf, candles, closed_now: true }];
        let marks = [Mark { price: 100.0, time: now }];
        let (sleeve, marks) = (SleeveId::new(0), Marks(&marks));
        let event = Event::CandleClosed { sleeve, views: &views, marks };
        step(&mut self.state, event, now, &mut self.effects).unwrap();
        self.take()
    }

    pub(crate) fn try_tell(
        &mut self,
        report: ExecutionReport,
    ) -> Result<Vec<Command>, EngineError> {
        let now = Timestamp::from_millis(self.now);
        let marks = [Mark { price: 100.0, time: now }];
        let event = Event::Report { report: &VenueReport::Order(report), marks: Marks(&marks) };
        step(&mut self.state, event, now, &mut self.effects)?;
        Ok(self.take())
    }

    pub(crate) fn tell(&mut self, report: ExecutionReport) -> Vec<Command> {
        self.try_tell(report).unwrap()
    }

    pub(crate) fn end(&mut self) -> Vec<Command> {
        let now = Timestamp::from_millis(self.now);
        step(&mut self.state, Event::End, now, &mut self.effects).unwrap();
        self.take()
    }
}

pub(crate) fn filled(request: &OrderRequest, amount: &str, end: FillEnd) -> ExecutionReport {
    ExecutionReport::Filled(Fill {
        order: request.id,
        position: request.position,
        side: request.side,
        time: Timestamp::from_millis(0),
        price: price("100"),
        quantity: quantity(amount),
        commission: Money::ZERO,
        liquidity: Liquidity::Taker,
        slippage: Money::ZERO,
        ambiguous: false,
        end,
    })
}

pub(crate) fn cancelled(request: &OrderRequest) -> ExecutionReport {
    ExecutionReport::Cancelled { order: request.id, time: Timestamp::from_millis(0) }
}

/// The orders to place, and a text for each command: `place 2 STOP_MARKET 1` or `cancel 3`.
pub(crate) fn read(commands: &[Command]) -> (Vec<OrderRequest>, Vec<String>) {
    let mut placed = Vec::new();
    let text = |command: &Command| match command {
        Command::Place(request) => {
            placed.push(*request);
            let amount = request.amount.quantity().map_or("all".to_owned(), |it| it.to_string());
            format!("place {} {} {amount}", request.id.number(), request.kind.name())
        }
        Command::Cancel { order, .. } => format!("cancel {}", order.number()),
    };
    let texts = commands.iter().map(text).collect();
    (placed, texts)
}

pub(crate) fn is_market(request: &OrderRequest) -> bool {
    request.kind == OrderKind::Market
}
