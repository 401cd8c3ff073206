//! Scenarios: orders and candles on one instrument, and what the venue says to them as text.
//!
//! Candles last a minute from the epoch on; prices have two decimals. A scenario can be mirrored: a
//! linear contract knows no difference.

use domain::{
    Candle, Decimal, ExecutionReport, Fill, Instrument, InstrumentId, InstrumentRules, Money,
    OrderId, OrderRequest, PriceScale, Rate, Timestamp, VenueReport,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use simulator::{FundingRate, Listing, Tape, Venue, VenueSettings};

use crate::mirror::{MIRROR, mirrored, mirrored_candle};
use crate::support::{MINUTE, at, money, price};
use crate::wording::text;

#[derive(Clone, Copy, Debug)]
enum Step {
    Place(OrderRequest),
    Cancel(u64),
    Candle { last: [f64; 4], mark: Option<[f64; 4]>, volume: f64 },
    FillAtClose,
    Fund { rate: Rate, mark: f64 },
}

#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) settings: VenueSettings,
    pub(crate) rules: InstrumentRules,
    pub(crate) leverage: Leverage,
    pub(crate) margin_mode: MarginMode,
    pub(crate) table: BracketTable,
    pub(crate) wallet: Money,
    steps: Vec<Step>,
    /// Placed as soon as a fill of the order with this number is told.
    follow: Vec<(u64, OrderRequest)>,
    /// Taken back as soon as a fill of the order with this number is told: one cancels the other.
    linked: Vec<(u64, u64)>,
    is_mirrored: bool,
}

/// What a scenario came to.
pub(crate) struct Outcome {
    pub(crate) lines: Vec<String>,
    pub(crate) venue: Venue,
    pub(crate) fills: Vec<Fill>,
    pub(crate) reports: Vec<VenueReport>,
}

/// A scenario without costs: leverage 1, cross, 10000 in the wallet, filters unknown.
pub(crate) fn scenario() -> Scenario {
    Scenario {
        settings: VenueSettings::default(),
        rules: InstrumentRules::unknown(),
        leverage: Leverage::ONE,
        margin_mode: MarginMode::Cross,
        table: BracketTable::cautious(),
        wallet: money("10000"),
        steps: Vec::new(),
        follow: Vec::new(),
        linked: Vec::new(),
        is_mirrored: false,
    }
}

impl Scenario {
    pub(crate) fn place(mut self, request: OrderRequest) -> Self {
        self.steps.push(Step::Place(request));
        self
    }

    pub(crate) fn cancel(mut self, id: u64) -> Self {
        self.steps.push(Step::Cancel(id));
        self
    }

    /// Open, high, low, close.
    pub(crate) fn candle(self, open: f64, high: f64, low: f64, close: f64) -> Self {
        self.candle_of([open, high, low, close], None, 1000.0)
    }

    pub(crate) fn marked(self, last: [f64; 4], mark: [f64; 4]) -> Self {
        self.candle_of(last, Some(mark), 1000.0)
    }

    pub(crate) fn candle_of(mut self, last: [f64; 4], mark: Option<[f64; 4]>, volume: f64) -> Self {
        self.steps.push(Step::Candle { last, mark, volume });
        self
    }

    pub(crate) fn fill_at_close(mut self) -> Self {
        self.steps.push(Step::FillAtClose);
        self
    }

    pub(crate) fn fund(mut self, rate: Rate, mark: f64) -> Self {
        self.steps.push(Step::Fund { rate, mark });
        self
    }

    pub(crate) fn after_fill(mut self, id: u64, request: OrderRequest) -> Self {
        self.follow.push((id, request));
        self
    }

    /// The fill of either takes the other back.
    pub(crate) fn linked(mut self, one: u64, other: u64) -> Self {
        self.linked.extend([(one, other), (other, one)]);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut VenueSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub(crate) fn with_rules(mut self, change: impl FnOnce(&mut InstrumentRules)) -> Self {
        change(&mut self.rules);
        self
    }

    pub(crate) fn isolated(mut self, leverage: i64) -> Self {
        self.margin_mode = MarginMode::Isolated;
        self.leverage = Leverage::new(Decimal::from(leverage)).unwrap();
        self
    }

    pub(crate) fn cross(mut self, leverage: i64, wallet: &str) -> Self {
        self.leverage = Leverage::new(Decimal::from(leverage)).unwrap();
        self.wallet = money(wallet);
        self
    }

    /// The orders that are placed, those that follow a fill excepted.
    pub(crate) fn placed(&self) -> Vec<OrderRequest> {
        let placed = self.steps.iter().filter_map(|step| match step {
            Step::Place(request) => Some(*request),
            Step::Cancel(_) | Step::Candle { .. } | Step::FillAtClose | Step::Fund { .. } => None,
        });
        placed.collect()
    }

    /// The candles of last prices.
    pub(crate) fn candles(&self) -> Vec<[f64; 4]> {
        let candles = self.steps.iter().filter_map(|step| match step {
            Step::Candle { last, .. } => Some(*last),
            Step::Place(_) | Step::Cancel(_) | Step::FillAtClose | Step::Fund { .. } => None,
        });
        candles.collect()
    }

    fn mirrored(&self) -> Self {
        let mut other = self.clone();
        other.is_mirrored = true;
        for step in &mut other.steps {
            *step = match *step {
                Step::Place(request) => Step::Place(mirrored(request)),
                Step::Candle { last, mark, volume } => Step::Candle {
                    last: mirrored_candle(last),
                    mark: mark.map(mirrored_candle),
                    volume,
                },
                Step::Fund { rate, mark } => Step::Fund { rate: -rate, mark: MIRROR - mark },
                Step::Cancel(_) | Step::FillAtClose => *step,
            };
        }
        for (_, request) in &mut other.follow {
            *request = mirrored(*request);
        }
        other
    }

    pub(crate) fn run(&self) -> Outcome {
        let instrument =
            Instrument::new("TESTUSDT".parse().unwrap(), PriceScale::new(2), self.rules);
        let listing = Listing {
            instrument,
            leverage: self.leverage,
            margin_mode: self.margin_mode,
            brackets: BracketHistory::new(self.table.clone()),
        };
        let mut run = Run {
            scenario: self,
            out: Outcome {
                lines: Vec::new(),
                venue: Venue::new(self.settings, vec![listing], self.wallet),
                fills: Vec::new(),
                reports: Vec::new(),
            },
            candles: 0,
            tape: None,
        };
        for step in &self.steps {
            run.step(*step);
        }
        run.out
    }
}

/// A scenario under way.
struct Run<'a> {
    scenario: &'a Scenario,
    out: Outcome,
    candles: i64,
    tape: Option<Tape>,
}

impl Run<'_> {
    fn step(&mut self, step: Step) {
        let (instrument, now) = (InstrumentId::new(0), at(self.candles * MINUTE));
        match step {
            Step::Place(request) => self.out.venue.place(&request, now),
            Step::Cancel(id) => self.out.venue.cancel(OrderId::new(id), instrument, now),
            Step::Candle { last, mark, volume } => {
                let candle = |[open, high, low, close]: [f64; 4]| Candle {
                    open_time: now,
                    open,
                    high,
                    low,
                    close,
                    volume,
                };
                let tape = Tape { last: candle(last), mark: mark.map(candle) };
                self.tape = Some(tape);
                self.out.venue.begin(instrument, &tape, now.plus_millis(MINUTE));
                self.candles += 1;
            }
            Step::FillAtClose => {
                let tape = self.tape.as_ref().expect("a candle to fill at the close of");
                self.out.venue.begin_at_close(instrument, tape, now);
            }
            Step::Fund { rate, mark } => {
                let settlement = FundingRate { time: now, rate, mark: price(mark) };
                self.out.venue.fund(instrument, settlement);
            }
        }
        while let Some(report) = self.out.venue.next_report(instrument) {
            self.told(&report, now);
        }
    }

    fn told(&mut self, report: &VenueReport, now: Timestamp) {
        self.out.reports.push(*report);
        let row = now.millis() / MINUTE;
        self.out.lines.push(format!("{row}: {}", text(report, self.scenario.is_mirrored)));
        let VenueReport::Order(ExecutionReport::Filled(fill)) = report else { return };
        self.out.fills.push(*fill);
        for (id, request) in &self.scenario.follow {
            if *id == fill.order.number() {
                self.out.venue.place(request, now);
            }
        }
        for (id, other) in &self.scenario.linked {
            if *id == fill.order.number() {
                self.out.venue.cancel(OrderId::new(*other), InstrumentId::new(0), now);
            }
        }
    }
}

/// Runs a scenario and compares what the venue said.
#[track_caller]
pub(crate) fn check_as_given(scenario: &Scenario, expected: &[&str]) -> Outcome {
    let outcome = scenario.run();
    assert_eq!(outcome.lines, expected);
    outcome
}

/// The same, and for its mirror, whose prices and sides are mirrored back for the comparison.
#[track_caller]
pub(crate) fn check(scenario: &Scenario, expected: &[&str]) {
    check_as_given(scenario, expected);
    assert_eq!(scenario.mirrored().run().lines, expected, "mirrored");
}
