//! What a session keeps between two inputs: a run without its candles.

use domain::Timestamp;
use engine::{Effects, EngineState, Mark};
use simulator::{CrossMark, FillTime, Venue};

use crate::decisions::DecisionLog;
use crate::drive::Drive;
use crate::lane::Lane;
use crate::reports::OrderNews;
use crate::sleeve_lane::SleeveLane;
use crate::tally::Worth;

/// A run that stands still. Its candles grow while it does.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) engine: EngineState,
    pub(crate) venue: Venue,
    pub(crate) effects: Effects,
    pub(crate) marks: Vec<Mark>,
    pub(crate) equity: Vec<f64>,
    pub(crate) instants: Vec<i64>,
    pub(crate) decisions: Option<DecisionLog>,
    pub(crate) orders: Option<Vec<OrderNews>>,
    worth: Worth,
    delayed: Vec<(Timestamp, domain::VenueReport)>,
    books_changed: bool,
    cross_marks: Vec<CrossMark>,
    fill_time: FillTime,
}

impl Kept {
    /// A session before its first input.
    pub(crate) fn new(engine: EngineState, venue: Venue, instruments: usize) -> Self {
        Self {
            worth: Worth::of(engine.books().account(), instruments),
            engine,
            venue,
            effects: Effects::default(),
            marks: vec![Mark::default(); instruments],
            equity: Vec::new(),
            instants: Vec::new(),
            decisions: Some(DecisionLog::default()),
            orders: Some(Vec::new()),
            delayed: Vec::new(),
            books_changed: false,
            cross_marks: Vec::with_capacity(instruments),
            fill_time: FillTime::NextOpen,
        }
    }

    /// Whether no report is on its way.
    pub(crate) fn has_heard_all(&self) -> bool {
        self.delayed.is_empty()
    }

    /// Goes on with candles.
    pub(crate) fn resume<'a>(
        self,
        lanes: Vec<Lane<'a>>,
        sleeves: Vec<SleeveLane<'a>>,
    ) -> Drive<'a> {
        let Self { engine, venue, effects, marks, equity, instants, decisions, orders, .. } = self;
        let Self { worth, delayed, books_changed, cross_marks, fill_time, .. } = self;
        Drive {
            engine,
            venue,
            lanes,
            sleeves,
            effects,
            marks,
            worth,
            equity,
            instants,
            lists_instants: true,
            decisions,
            orders,
            tally: None,
            delayed,
            commands: Vec::new(),
            books_changed,
            cross_marks,
            fill_time,
        }
    }
}

impl<'a> Drive<'a> {
    /// Stands still; gives the candles back.
    pub(crate) fn pause(self) -> (Kept, Vec<Lane<'a>>, Vec<SleeveLane<'a>>) {
        let kept = Kept {
            engine: self.engine,
            venue: self.venue,
            effects: self.effects,
            marks: self.marks,
            equity: self.equity,
            instants: self.instants,
            decisions: self.decisions,
            orders: self.orders,
            worth: self.worth,
            delayed: self.delayed,
            books_changed: self.books_changed,
            cross_marks: self.cross_marks,
            fill_time: self.fill_time,
        };
        (kept, self.lanes, self.sleeves)
    }
}
