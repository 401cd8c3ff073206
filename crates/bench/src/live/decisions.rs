//! Strategies on an account: a closed candle in, the orders it leads to out, by the kernel that backtests run.

use std::collections::BTreeMap;
use std::error::Error;

use domain::{
    Decimal, ExecutionReport, Fill, FillEnd, Instrument, InstrumentId, Liquidity, Money,
    OrderRequest, PositionMode, Role, SleeveId, Symbol, Timestamp, VenueReport,
};
use engine::{
    Command, Effects, EngineState, Event, InstrumentSetup, Mark, Marks, Settings, SleeveSetup, step,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{CandleRow, Series};
use risk::{InstrumentMargin, RiskRules, SleeveRules};
use strategy::{ParameterInput, Registry, RoleCandles};

/// `SMA_CROSS` with short averages, which cross often.
const PARAMETERS: [(&str, &str); 3] = [("fast", "3"), ("slow", "7"), ("quantity", "1")];

/// One account, a sleeve for each symbol.
pub(crate) struct Decisions<'a> {
    state: EngineState,
    effects: Effects,
    series: &'a [Series],
    places: BTreeMap<Symbol, usize>,
    marks: Vec<Mark>,
    /// Orders that were decided on.
    pub(crate) orders: usize,
}

impl<'a> Decisions<'a> {
    /// `series` are the candles that will come, one series for each symbol.
    pub(crate) fn new(series: &'a [Series]) -> Result<Self, Box<dyn Error>> {
        let registry = Registry::built_in();
        let definition = registry.find("SMA_CROSS").ok_or("SMA_CROSS is built in")?;
        let given: BTreeMap<String, ParameterInput> = PARAMETERS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
            .collect();
        let parameters = definition.resolve(&given).map_err(|errors| format!("{errors:?}"))?;
        let sleeves = (0u16..).zip(series).map(|(number, _)| {
            let strategy = definition.strategy(&parameters)?;
            let instrument = InstrumentId::new(number);
            Ok::<_, Box<dyn Error>>(SleeveSetup {
                strategy,
                instrument,
                rules: SleeveRules::default(),
            })
        });
        let settings = Settings {
            initial_balance: Money::new(Decimal::from(1_000_000)),
            position_mode: PositionMode::OneWay,
            rules: RiskRules::default(),
            instruments: series.iter().map(instrument).collect::<Result<_, _>>()?,
            sleeves: sleeves.collect::<Result<_, _>>()?,
        };
        let names = series.iter().map(|series| series.key().symbol.clone());
        Ok(Self {
            state: EngineState::new(settings),
            effects: Effects::default(),
            series,
            places: names.zip(0..).collect(),
            marks: vec![Mark::default(); series.len()],
            orders: 0,
        })
    }

    /// Shows a closed candle to the strategy of its symbol; what it wishes passes risk. Orders wait in the effects for
    /// [`Self::fill`].
    pub(crate) fn decide(
        &mut self,
        symbol: &Symbol,
        row: &CandleRow,
        now: Timestamp,
    ) -> Result<(), Box<dyn Error>> {
        let place = *self.places.get(symbol).ok_or("a symbol of the load")?;
        let series = &self.series[place];
        let open = row.candle.open_time.millis();
        let row = series.open_times().binary_search(&open).map_err(|_| "a candle of the load")?;
        self.marks[place] = Mark { price: series.close()[row], time: now };
        let views =
            [RoleCandles { role: Role::Ltf, candles: series.closed(row + 1), closed_now: true }];
        let marks = Marks(&self.marks);
        let sleeve = SleeveId::new(u16::try_from(place)?);
        step(&mut self.state, Event::MarksMoved(marks), now, &mut self.effects)?;
        let event = Event::CandleClosed { sleeve, views: &views, marks };
        step(&mut self.state, event, now, &mut self.effects)?;
        Ok(())
    }

    /// Fills what was ordered at the mark price, so that the next candle finds a position.
    pub(crate) fn fill(&mut self, now: Timestamp) -> Result<(), Box<dyn Error>> {
        self.effects.fills.clear();
        self.effects.trades.clear();
        self.effects.skips.clear();
        for command in std::mem::take(&mut self.effects.commands) {
            let Command::Place(request) = command else { continue };
            self.orders += 1;
            let report = VenueReport::Order(self.filled(&request, now)?);
            let event = Event::Report { report: &report, marks: Marks(&self.marks) };
            step(&mut self.state, event, now, &mut self.effects)?;
        }
        Ok(())
    }

    fn filled(
        &self,
        request: &OrderRequest,
        now: Timestamp,
    ) -> Result<ExecutionReport, Box<dyn Error>> {
        let instrument = request.position.instrument;
        let scale = self.series[instrument.index()].scale();
        let price = Marks(&self.marks).price(instrument, scale).ok_or("a mark price")?;
        Ok(ExecutionReport::Filled(Fill {
            order: request.id,
            position: request.position,
            side: request.side,
            time: now,
            price,
            quantity: request.amount.quantity().ok_or("a quantity")?,
            commission: Money::ZERO,
            liquidity: Liquidity::Taker,
            slippage: Money::ZERO,
            ambiguous: false,
            end: FillEnd::Complete,
        }))
    }
}

fn instrument(series: &Series) -> Result<InstrumentSetup, Box<dyn Error>> {
    let symbol = series.key().symbol.clone();
    Ok(InstrumentSetup {
        instrument: Instrument::without_filters(symbol, series.scale()),
        margin: InstrumentMargin {
            leverage: Leverage::new(Decimal::TEN)?,
            mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
    })
}
