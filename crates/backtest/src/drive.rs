//! The loop: candles to the venue, reports to the engine, commands back.

use domain::{
    Candle, InstrumentId, Money, PositionMode, Settlement, SleeveId, Timestamp, VenueReport,
};
use engine::{Command, Effects, EngineState, Event, Mark, Marks, candle_closed, step};
use simulator::{CrossMark, FillTime, FundingRate, Tape, Venue};

use crate::decisions::DecisionLog;
use crate::lane::Lane;
use crate::metrics::Tally;
use crate::reports::OrderNews;
use crate::run::Notes;
use crate::sleeve_lane::SleeveLane;
use crate::tally::Worth;
use crate::{Observer, Progress, RunError};

/// How often the observer is asked, in candles: often enough that a run of a slow script stops soon when it is
/// asked to.
pub(crate) const OBSERVED_EVERY: u64 = 128;

/// A run in the making.
pub(crate) struct Drive<'a> {
    pub(crate) engine: EngineState,
    pub(crate) venue: Venue,
    pub(crate) lanes: Vec<Lane<'a>>,
    pub(crate) sleeves: Vec<SleeveLane<'a>>,
    pub(crate) effects: Effects,
    /// Mark prices by instrument.
    pub(crate) marks: Vec<Mark>,
    pub(crate) worth: Worth,
    pub(crate) equity: Vec<f64>,
    /// Instants of the equity, ms since the epoch, where they are listed.
    pub(crate) instants: Vec<i64>,
    /// Whether they are: the candles of a run of one instrument tell them.
    pub(crate) lists_instants: bool,
    /// What the strategies decided, when it is asked for.
    pub(crate) decisions: Option<DecisionLog>,
    /// Trades counted as they close, where nobody reads them one by one and they close in order.
    pub(crate) tally: Option<Tally>,
    /// What happened to orders, when it is asked for.
    pub(crate) orders: Option<Vec<OrderNews>>,
    pub(crate) delayed: Vec<(Timestamp, VenueReport)>,
    pub(crate) commands: Vec<Command>,
    pub(crate) books_changed: bool,
    pub(crate) cross_marks: Vec<CrossMark>,
    pub(crate) fill_time: FillTime,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(
        mut engine: EngineState,
        venue: Venue,
        (fill_time, notes): (FillTime, Notes),
        (lanes, sleeves): (Vec<Lane<'a>>, Vec<SleeveLane<'a>>),
    ) -> Self {
        let omits_fills = notes == Notes::Figures;
        if omits_fills {
            engine.omit_outputs();
        }
        let counts_trades = omits_fills && lanes.len() == 1;
        let candles: usize = lanes.iter().map(|lane| lane.series.len()).max().unwrap_or(0);
        let all: usize = lanes.iter().map(|lane| lane.series.len()).sum();
        Self {
            worth: Worth::of(engine.books().account(), lanes.len()),
            engine,
            venue,
            effects: Effects {
                // Untouched memory costs nothing; growing by copies does.
                trades: Vec::with_capacity(if counts_trades { 4 } else { all / 16 + 64 }),
                fills: Vec::with_capacity(if omits_fills { 0 } else { all / 8 + 128 }),
                omits_fills,
                ..Effects::default()
            },
            marks: vec![Mark::default(); lanes.len()],
            cross_marks: Vec::with_capacity(lanes.len()),
            equity: Vec::with_capacity(candles),
            instants: Vec::new(),
            lists_instants: lanes.len() > 1,
            decisions: (notes == Notes::Decisions).then(DecisionLog::default),
            tally: counts_trades.then(Tally::default),
            orders: None,
            delayed: Vec::new(),
            commands: Vec::with_capacity(16),
            books_changed: false,
            fill_time,
            lanes,
            sleeves,
        }
    }

    /// Goes through all candles.
    pub(crate) fn over(&mut self, observer: Observer<'_>) -> Result<(), RunError> {
        if self.is_simple() {
            return self.over_one(observer);
        }
        let total: u64 = self.lanes.iter().map(|lane| lane.series.len() as u64).sum();
        let mut done = 0u64;
        let mut told = 0;
        loop {
            if done >= told {
                if observer.advance(Progress { done, total }).is_break() {
                    return Err(RunError::Cancelled);
                }
                told = done + OBSERVED_EVERY;
            }
            let now = self.lanes.iter().map(|lane| lane.next_close).min().unwrap_or(i64::MAX);
            if now == i64::MAX {
                break;
            }
            done += self.instant(Timestamp::from_millis(now))?;
            if self.engine.is_depleted() {
                self.idle();
                break;
            }
        }
        let _ = observer.advance(Progress { done: total, total }); // The run is complete; stopping has no meaning.
        Ok(())
    }

    /// Whether one sleeve on one instrument is all there is to look at.
    fn is_simple(&self) -> bool {
        self.lanes.len() == 1
            && self.sleeves.len() == 1
            && self.sleeves[0].is_driven_by_lane()
            && !self.lanes[0].has_marks()
            && !self.engine.gate().watches_equity()
            && self.venue.position_mode() == PositionMode::OneWay
    }

    /// Everything that closes at one instant; how many candles that were. The candles go side by side
    /// through open, inside and close: what one of them comes to at its open knows no close of another.
    #[inline]
    pub(crate) fn instant(&mut self, now: Timestamp) -> Result<u64, RunError> {
        let candles = self.market(now)?;
        if self.engine.gate().watches_equity() {
            step(&mut self.engine, Event::MarksMoved(Marks(&self.marks)), now, &mut self.effects)?;
            self.carry_out(now)?;
        }
        for sleeve in 0..self.sleeves.len() {
            let lane = &self.lanes[self.sleeves[sleeve].lane];
            if lane.next_close != now.millis() {
                continue;
            }
            if self.sleeves[sleeve].closed(lane.row + 1, now) {
                self.decide(sleeve, now)?;
            }
        }
        let equity = self.equity_now();
        self.equity.push(equity);
        if self.lists_instants {
            self.instants.push(now.millis());
        }
        for lane in &mut self.lanes {
            if lane.next_close == now.millis() {
                lane.advance();
            }
        }
        Ok(candles)
    }

    /// Wallet plus unrealised profit at the marks known last.
    pub(crate) fn equity_now(&mut self) -> f64 {
        if self.books_changed {
            self.worth.refresh(self.engine.books().account());
            self.books_changed = false;
        }
        self.worth.at(&self.marks)
    }

    /// What happens at the venue in the candles, or parts of them, that end at one instant; how many they were.
    #[inline]
    pub(crate) fn market(&mut self, now: Timestamp) -> Result<u64, RunError> {
        let mut candles = 0;
        let mut is_quiet = true;
        let mut shares_wallet = self.venue.shares_wallet();
        for place in 0..self.lanes.len() {
            if self.lanes[place].next_close == now.millis() {
                candles += 1;
                if !self.is_quiet(place, now) {
                    is_quiet = false;
                    self.open_candle(place, now)?;
                }
            }
        }
        if !is_quiet {
            shares_wallet |= self.venue.shares_wallet();
            for place in 0..self.lanes.len() {
                if self.lanes[place].next_close == now.millis() {
                    self.inside(place, now)?;
                }
            }
            shares_wallet |= self.venue.shares_wallet();
        }
        if shares_wallet {
            self.judge_cross(now)?;
        }
        for place in 0..self.lanes.len() {
            if self.lanes[place].next_close == now.millis() {
                self.close_candle(place, now)?;
            }
        }
        Ok(candles)
    }

    /// Shows a sleeve its closed candle and carries out what it decides.
    pub(crate) fn decide(&mut self, sleeve: usize, now: Timestamp) -> Result<(), RunError> {
        let id = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
        let views = &self.sleeves[sleeve].views;
        let marks = Marks(&self.marks);
        candle_closed(&mut self.engine, (id, views), (now, marks), &mut self.effects);
        if self.effects.commands.is_empty() {
            return Ok(());
        }
        self.decided(sleeve, id, now)
    }

    #[inline(never)]
    pub(crate) fn decided(
        &mut self,
        sleeve: usize,
        id: SleeveId,
        now: Timestamp,
    ) -> Result<(), RunError> {
        if let Some(decisions) = self.decisions.as_mut() {
            decisions.note(now, id, &self.effects.commands);
        }
        self.carry_out(now)?;
        if self.fill_time == FillTime::ThisClose {
            let wants_volume = self.venue.wants_volume();
            let lane = &mut self.lanes[self.sleeves[sleeve].lane];
            let (instrument, tape) = (lane.instrument, lane.tape(wants_volume));
            self.fill_at_close((instrument, &tape), now)?;
        }
        Ok(())
    }

    /// Whether a candle can do nothing to its instrument.
    #[inline]
    fn is_quiet(&mut self, place: usize, now: Timestamp) -> bool {
        let lane = &mut self.lanes[place];
        let mark = if lane.has_marks() { lane.mark_candle() } else { None };
        let range = mark.map(|mark| (mark.low, mark.high));
        lane.next_settlement > now.millis()
            && self.delayed.is_empty()
            && self.venue.is_quiet(lane.instrument, lane.range(), range, now.millis())
    }

    /// The open of a candle in which something happens, and what has come to pass before it.
    #[inline(never)]
    fn open_candle(&mut self, place: usize, now: Timestamp) -> Result<(), RunError> {
        let lane = &mut self.lanes[place];
        lane.is_begun = true;
        let (instrument, open_time) = (lane.instrument, lane.open_time());
        let tape = lane.tape(self.venue.wants_volume());
        let part = lane.told.filter(|told| !told.is_whole);
        self.settle(place, (open_time, now))?;
        self.deliver_delayed(now.plus_millis(-1))?;
        match part {
            None => self.venue.begin(instrument, &tape, now),
            Some(told) => self.venue.begin_part(instrument, &tape, (now, told.candle_close)),
        }
        while let Some(report) = self.venue.next_report_at_open(instrument) {
            self.deliver(report, now)?;
        }
        Ok(())
    }

    /// The inside of a candle, and the settlements up to its close.
    #[inline]
    fn inside(&mut self, place: usize, now: Timestamp) -> Result<(), RunError> {
        if !self.lanes[place].is_begun {
            // What others came to may have brought a liquidation near.
            if self.is_quiet(place, now) {
                return Ok(());
            }
            self.open_candle(place, now)?;
        }
        self.busy_inside(place, now)
    }

    #[inline(never)]
    fn busy_inside(&mut self, place: usize, now: Timestamp) -> Result<(), RunError> {
        let lane = &self.lanes[place];
        let (instrument, settles) = (lane.instrument, lane.next_settlement < now.millis());
        if self.venue.drills() && self.venue.order_matters(instrument, settles) {
            self.drill(place, now)?;
        }
        while let Some(settlement) = self.next_settlement(place, now.plus_millis(-1))? {
            self.venue.fund_inside(instrument, settlement);
        }
        while let Some(report) = self.venue.next_report_inside(instrument) {
            self.deliver(report, now)?;
        }
        self.settle(place, (now, now))
    }

    /// The close of a candle: what waits for it is filled, and its price is known from here on.
    #[inline]
    fn close_candle(&mut self, place: usize, now: Timestamp) -> Result<(), RunError> {
        let lane = &mut self.lanes[place];
        let (instrument, close) = (lane.instrument, lane.close());
        let mark = lane.mark_candle().map_or(close, |mark| mark.close);
        self.marks[place] = Mark { price: mark, time: now };
        if std::mem::take(&mut lane.is_begun) {
            while let Some(report) = self.venue.next_report(instrument) {
                self.deliver(report, now)?;
            }
        }
        self.venue.pass(instrument, close, mark);
        Ok(())
    }

    /// The whole of a candle in which something happens, of the only instrument.
    #[inline(never)]
    pub(crate) fn busy_candle(&mut self, now: Timestamp) -> Result<(), RunError> {
        self.open_candle(0, now)?;
        self.busy_inside(0, now)?;
        self.close_candle(0, now)
    }

    /// Lets the inside of a candle be told by finer ones, where there are any.
    fn drill(&mut self, place: usize, now: Timestamp) -> Result<(), RunError> {
        let lane = &mut self.lanes[place];
        let instrument = lane.instrument;
        let outer_mark = lane.mark_candle();
        let Some((finer, rows)) = lane.finer_rows() else { return Ok(()) };
        self.venue.leave_to_finer(instrument);
        for row in rows.clone() {
            let last = finer.candle(row);
            let mark = outer_mark.map(|outer| inner_mark(&last, &outer, row + 1 == rows.end));
            let tape = Tape { last, mark };
            let close_time = finer.close_time(row);
            if row == rows.start {
                self.venue.begin_inside(instrument, &tape, close_time);
            } else {
                self.venue.begin(instrument, &tape, close_time);
            }
            while let Some(report) = self.venue.next_report_inside(instrument) {
                self.deliver(report, now)?;
            }
            if row + 1 < rows.end {
                while let Some(report) = self.venue.next_report(instrument) {
                    self.deliver(report, now)?;
                }
                self.settle(place, (close_time, now))?;
            }
        }
        Ok(())
    }

    /// Funding settlements of an instrument up to `until`, included.
    pub(crate) fn settle(
        &mut self,
        place: usize,
        (until, candle_end): (Timestamp, Timestamp),
    ) -> Result<(), RunError> {
        let instrument = self.lanes[place].instrument;
        while let Some(settlement) = self.next_settlement(place, until)? {
            self.venue.fund(instrument, settlement);
            while let Some(report) = self.venue.told() {
                self.deliver(report, candle_end)?;
            }
        }
        Ok(())
    }

    /// The next settlement of an instrument up to `until`, included. Without a mark price of its own it
    /// is at the open of the candle in work, or at its close when it comes there.
    fn next_settlement(
        &mut self,
        place: usize,
        until: Timestamp,
    ) -> Result<Option<FundingRate>, RunError> {
        while let Some(settlement) = self.lanes[place].settlement(until.millis()) {
            self.know_funding(place, settlement)?;
            let (lane, time) = (&self.lanes[place], settlement.time);
            let near = lane.price_near(time);
            if let Some(mark) = settlement.mark.or_else(|| lane.series.scale().price(near)) {
                return Ok(Some(FundingRate { time, rate: settlement.rate, mark }));
            }
        }
        Ok(None)
    }

    pub(crate) fn know_funding(
        &mut self,
        place: usize,
        settlement: Settlement,
    ) -> Result<(), RunError> {
        let instrument = self.lanes[place].instrument;
        let event = Event::FundingSettled { instrument, settlement };
        Ok(step(&mut self.engine, event, settlement.time, &mut self.effects)?)
    }

    /// Judges cross positions that bear one wallet together.
    #[inline(never)]
    fn judge_cross(&mut self, now: Timestamp) -> Result<(), RunError> {
        let range = |(lane, mark): (&mut Lane<'_>, &Mark)| {
            if lane.next_close != now.millis() {
                return CrossMark { low: mark.price, high: mark.price, close: mark.price };
            }
            let ((low, high), close) = (lane.range(), lane.close());
            let marked = |it: Candle| CrossMark { low: it.low, high: it.high, close: it.close };
            lane.mark_candle().map_or(CrossMark { low, high, close }, marked)
        };
        self.cross_marks.clear();
        self.cross_marks.extend(self.lanes.iter_mut().zip(&self.marks).map(range));
        self.venue.judge_cross(&self.cross_marks, now);
        while let Some(report) = self.venue.told() {
            self.deliver(report, now)?;
        }
        Ok(())
    }

    /// Fills market orders at the close of a candle that is over.
    fn fill_at_close(
        &mut self,
        (instrument, tape): (InstrumentId, &Tape),
        now: Timestamp,
    ) -> Result<(), RunError> {
        self.venue.begin_at_close(instrument, tape, now);
        while let Some(report) = self.venue.next_report(instrument) {
            self.step_report(&report, now)?;
        }
        Ok(())
    }

    /// The account has stopped: its equity stays as it is to the end.
    pub(crate) fn idle(&mut self) {
        self.worth.refresh(self.engine.books().account());
        let equity = self.worth.at(&self.marks);
        if self.lanes.len() == 1 {
            self.equity.resize(self.lanes[0].series.len(), equity);
            return;
        }
        loop {
            let now = self.lanes.iter().map(|lane| lane.next_close).min().unwrap_or(i64::MAX);
            if now == i64::MAX {
                break;
            }
            self.equity.push(equity);
            self.instants.push(now);
            for lane in self.lanes.iter_mut().filter(|lane| lane.next_close == now) {
                lane.advance();
            }
        }
    }

    /// Closes what is open at the last closes. Messages on their way arrive first.
    pub(crate) fn end(&mut self, now: Timestamp) -> Result<Money, RunError> {
        self.deliver_delayed(Timestamp::from_millis(i64::MAX))?;
        step(&mut self.engine, Event::End, now, &mut self.effects)?;
        self.venue.end_run();
        self.carry_out(now)?;
        let wants_volume = self.venue.wants_volume();
        for place in 0..self.lanes.len() {
            let lane = &self.lanes[place];
            let instrument = lane.instrument;
            let Some(tape) = lane.last_tape(wants_volume) else { continue };
            self.fill_at_close((instrument, &tape), now)?;
        }
        Ok(self.engine.books().account().balance(ledger::Account::Wallet))
    }
}

/// The mark price during a finer candle, of which only the longer candle is known: as near to the last
/// price as that allows. Where the longer one was for sure, the last finer one has been.
fn inner_mark(last: &Candle, outer: &Candle, is_last: bool) -> Candle {
    let near = |price: f64| price.clamp(outer.low, outer.high);
    let mark = Candle {
        open: near(last.open),
        high: near(last.high),
        low: near(last.low),
        close: near(last.close),
        ..*last
    };
    if is_last {
        Candle { high: outer.high, low: outer.low, close: outer.close, ..mark }
    } else {
        mark
    }
}
