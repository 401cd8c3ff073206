//! Scenarios: orders and candles on one instrument, and what the venue says to them as text.
//!
//! Candles last a minute from the epoch on; prices have two decimals. A scenario can be mirrored
//! (price p becomes 200 - p, buy becomes sell): a linear contract knows no difference.

use domain::{
    Candle, Decimal, Direction, ExecutionReport, Fill, FillEnd, Instrument, InstrumentId,
    InstrumentRules, Liquidity, Money, OrderAmount, OrderId, OrderKind, OrderRequest, PositionKey,
    PositionSide, Price, PriceKind, PriceScale, Quantity, Rate, RejectReason, Side, TimeInForce,
    Timestamp, VenueReport,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use simulator::{Listing, Tape, Venue, VenueSettings};

pub(crate) const MINUTE: i64 = 60_000;
const MIRROR: f64 = 200.0;

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn price(value: f64) -> Price {
    PriceScale::new(2).price(value).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn trade(text: &str) -> OrderAmount {
    OrderAmount::Trade(quantity(text))
}

pub(crate) fn reduce(text: &str) -> OrderAmount {
    OrderAmount::Reduce(quantity(text))
}

pub(crate) fn limit(value: f64) -> OrderKind {
    OrderKind::limit(price(value))
}

pub(crate) fn limit_for(value: f64, time_in_force: TimeInForce) -> OrderKind {
    OrderKind::Limit { price: price(value), time_in_force }
}

pub(crate) fn stop(value: f64) -> OrderKind {
    OrderKind::stop(price(value))
}

pub(crate) fn stop_limit(trigger: f64, limit: f64) -> OrderKind {
    OrderKind::StopLimit {
        trigger: price(trigger),
        price: price(limit),
        watches: PriceKind::Last,
        time_in_force: TimeInForce::GoodTilCancelled,
    }
}

pub(crate) fn take_profit(value: f64) -> OrderKind {
    OrderKind::TakeProfitMarket { trigger: price(value), watches: PriceKind::Last }
}

pub(crate) fn trailing(activation: Option<f64>, callback: &str) -> OrderKind {
    OrderKind::TrailingStop {
        activation: activation.map(price),
        callback: rate(callback),
        watches: PriceKind::Last,
    }
}

/// An order about the one-way position.
pub(crate) fn order(id: u64, side: Side, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    let position = PositionKey::one_way(InstrumentId::new(0));
    OrderRequest { id: OrderId::new(id), position, side, kind, amount }
}

pub(crate) fn buy(id: u64, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    order(id, Side::Buy, amount, kind)
}

pub(crate) fn sell(id: u64, amount: OrderAmount, kind: OrderKind) -> OrderRequest {
    order(id, Side::Sell, amount, kind)
}

/// The order about one position of a hedge account.
pub(crate) fn of(side: PositionSide, mut request: OrderRequest) -> OrderRequest {
    request.position.side = side;
    request
}

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
}

impl Run<'_> {
    fn step(&mut self, step: Step) {
        let (instrument, now) = (InstrumentId::new(0), at(self.candles * MINUTE));
        match step {
            Step::Place(request) => self.out.venue.place(request, now),
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
                self.out.venue.begin(instrument, &tape, now.plus_millis(MINUTE));
                self.candles += 1;
            }
            Step::FillAtClose => self.out.venue.begin_at_close(instrument, now),
            Step::Fund { rate, mark } => self.out.venue.fund(instrument, rate, price(mark), now),
        }
        while let Some(report) = self.out.venue.next_report(instrument) {
            self.told(&report, now);
        }
    }

    fn told(&mut self, report: &VenueReport, now: Timestamp) {
        self.out.reports.push(*report);
        let row = now.millis() / MINUTE;
        self.out.lines.push(format!("{row}: {}", self.text(report)));
        let VenueReport::Order(ExecutionReport::Filled(fill)) = report else { return };
        self.out.fills.push(*fill);
        for (id, request) in &self.scenario.follow {
            if *id == fill.order.number() {
                self.out.venue.place(*request, now);
            }
        }
        for (id, other) in &self.scenario.linked {
            if *id == fill.order.number() {
                self.out.venue.cancel(OrderId::new(*other), InstrumentId::new(0), now);
            }
        }
    }

    fn text(&self, report: &VenueReport) -> String {
        let is_mirrored = self.scenario.is_mirrored;
        let shown = |price: Price| {
            let price = price.decimal();
            let price = if is_mirrored { Decimal::from(200) - price } else { price };
            price.normalize()
        };
        let doubt = |ambiguous| if ambiguous { " ?" } else { "" };
        match report {
            VenueReport::Order(ExecutionReport::Filled(fill)) => {
                let side = if is_mirrored { fill.side.opposite() } else { fill.side };
                let side = match side {
                    Side::Buy => "buy",
                    Side::Sell => "sell",
                };
                let liquidity = match fill.liquidity {
                    Liquidity::Maker => "maker",
                    Liquidity::Taker => "taker",
                };
                let part = match fill.end {
                    FillEnd::Partial => " part",
                    FillEnd::Complete => "",
                };
                let (id, price) = (fill.order.number(), shown(fill.price));
                let quantity = fill.quantity;
                let doubt = doubt(fill.ambiguous);
                format!("{id} {side} {quantity} @ {price} {liquidity}{part}{doubt}")
            }
            VenueReport::Order(ExecutionReport::Accepted { order, .. }) => {
                format!("{} accepted", order.number())
            }
            VenueReport::Order(ExecutionReport::Rejected { order, reason, .. }) => {
                format!("{} rejected {}", order.number(), rejection(reason))
            }
            VenueReport::Order(ExecutionReport::Cancelled { order, .. }) => {
                format!("{} cancelled", order.number())
            }
            VenueReport::Order(ExecutionReport::Expired { order, reason, .. }) => {
                format!("{} expired {reason:?}", order.number())
            }
            VenueReport::Funding(payment) => format!("funding {}", payment.amount),
            VenueReport::Liquidation(it) => {
                let doubt = doubt(it.ambiguous);
                format!("liquidated {} @ {}{doubt}", it.quantity, shown(it.price))
            }
        }
    }
}

fn rejection(reason: &RejectReason) -> &'static str {
    match reason {
        RejectReason::InsufficientMargin { .. } => "InsufficientMargin",
        RejectReason::NothingToReduce => "NothingToReduce",
        RejectReason::WouldTriggerImmediately => "WouldTriggerImmediately",
        RejectReason::Filter(_) => "Filter",
        RejectReason::MaxPosition { .. } => "MaxPosition",
        RejectReason::NotTrading => "NotTrading",
    }
}

fn mirrored_candle([open, high, low, close]: [f64; 4]) -> [f64; 4] {
    [MIRROR - open, MIRROR - low, MIRROR - high, MIRROR - close]
}

fn mirrored(mut request: OrderRequest) -> OrderRequest {
    let other = |price: Price| Price::new(Decimal::from(200) - price.decimal()).unwrap();
    request.side = request.side.opposite();
    request.position.side = match request.position.side {
        PositionSide::Both => PositionSide::Both,
        PositionSide::Long => PositionSide::Short,
        PositionSide::Short => PositionSide::Long,
    };
    request.kind = match request.kind {
        OrderKind::Market => OrderKind::Market,
        OrderKind::Limit { price, time_in_force } => {
            OrderKind::Limit { price: other(price), time_in_force }
        }
        OrderKind::StopMarket { trigger, watches } => {
            OrderKind::StopMarket { trigger: other(trigger), watches }
        }
        OrderKind::StopLimit { trigger, price, watches, time_in_force } => OrderKind::StopLimit {
            trigger: other(trigger),
            price: other(price),
            watches,
            time_in_force,
        },
        OrderKind::TakeProfitMarket { trigger, watches } => {
            OrderKind::TakeProfitMarket { trigger: other(trigger), watches }
        }
        OrderKind::TakeProfitLimit { trigger, price, watches, time_in_force } => {
            OrderKind::TakeProfitLimit {
                trigger: other(trigger),
                price: other(price),
                watches,
                time_in_force,
            }
        }
        OrderKind::TrailingStop { activation, callback, watches } => {
            OrderKind::TrailingStop { activation: activation.map(other), callback, watches }
        }
    };
    request
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

/// Direction of what is held, with its quantity.
pub(crate) fn held(venue: &Venue, side: PositionSide) -> Option<(Direction, Quantity)> {
    let key = PositionKey { instrument: InstrumentId::new(0), side };
    venue.account().holding(key).map(|it| (it.position.direction, it.position.quantity))
}
