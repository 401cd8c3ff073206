//! The venue itself: takes orders, goes through candles, tells what happened.
//!
//! A candle is worked on in steps: [`Venue::begin`], then [`Venue::next_report`] until it says nothing
//! more. Whoever listens may place and cancel orders between two reports; they take part in the rest
//! of the candle.

use std::collections::VecDeque;

use domain::{
    ExecutionReport, ExpireReason, FilterBreach, InstrumentId, Liquidation, Money, OrderAmount,
    OrderId, OrderKind, OrderRequest, PositionKey, PositionMode, PriceKind, Quantity, RejectReason,
    Seeded, TimeInForce, Timestamp, VenueReport,
};

use crate::account::VenueAccount;
use crate::arrivals::{Arrival, Message};
use crate::carried::Carried;
use crate::costs::Slippage;
use crate::liquidation::id;
use crate::listed::{Listed, Phase, Queued};
use crate::resting::{Resting, Waits};
use crate::settings::{FillTime, Latency, Listing, VenueSettings};
use crate::tape::Tape;

/// What a candle must do to matter to an instrument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wake {
    /// Fall to this price.
    pub floor: f64,
    /// Rise to this price.
    pub ceiling: f64,
    /// Close at or after this time, ms since the epoch.
    pub time: i64,
}

impl Wake {
    /// Whether a candle of this range that closes then, ms since the epoch, matters.
    #[inline]
    #[must_use]
    pub fn is_due(&self, (low, high): (f64, f64), close_ms: i64) -> bool {
        low <= self.floor || high >= self.ceiling || close_ms >= self.time
    }
}

/// A venue for one account and its instruments.
#[derive(Clone, Debug)]
pub struct Venue {
    pub(crate) settings: VenueSettings,
    pub(crate) account: VenueAccount,
    pub(crate) carried: Carried,
    pub(crate) listed: Vec<Listed>,
    pub(crate) outbox: VecDeque<VenueReport>,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) seeded: Seeded,
    /// When the latest message and the latest report arrive.
    pub(crate) last_arrival: Timestamp,
    pub(crate) last_report: Timestamp,
    /// Whether several instruments bore the cross wallet when levels were found last.
    was_shared: bool,
    /// Whether the run ends: exits meet no filter any more.
    is_ending: bool,
}

impl Venue {
    /// A venue where the trader has deposited `wallet`.
    #[must_use]
    pub fn new(settings: VenueSettings, listings: Vec<Listing>, wallet: Money) -> Self {
        Self {
            settings,
            account: VenueAccount::new(wallet, listings.len()),
            carried: Carried::new(listings.len()),
            listed: listings.into_iter().map(Listed::new).collect(),
            outbox: VecDeque::with_capacity(8),
            arrivals: Vec::new(),
            seeded: Seeded::new(settings.seed),
            last_arrival: Timestamp::from_millis(i64::MIN),
            last_report: Timestamp::from_millis(i64::MIN),
            was_shared: false,
            is_ending: false,
        }
    }

    /// The venue's record of the account.
    #[must_use]
    pub const fn account(&self) -> &VenueAccount {
        &self.account
    }

    /// Whether fills depend on the volume of the candle.
    #[must_use]
    pub const fn wants_volume(&self) -> bool {
        self.settings.participation_max.is_some()
            || matches!(self.settings.costs.slippage, Slippage::VolumeShare { .. })
    }

    /// One-way or hedge.
    #[must_use]
    pub const fn position_mode(&self) -> PositionMode {
        self.settings.position_mode
    }

    /// What a candle of this instrument must do to matter, where last prices stand for mark prices.
    #[inline]
    #[must_use]
    pub fn wake(&self, instrument: InstrumentId) -> Wake {
        let listed = &self.listed[instrument.index()];
        let busy = !listed.queue.is_empty() || !self.arrivals.is_empty();
        Wake {
            floor: listed.floor.max(listed.mark_floor),
            ceiling: listed.ceiling.min(listed.mark_ceiling),
            time: if busy { i64::MIN } else { listed.expiry },
        }
    }

    /// Whether a candle of this range can do nothing to this instrument: no order waits for it and no
    /// position is near its liquidation. `last` is the range of last prices, `mark` that of mark prices
    /// where they are known.
    #[inline]
    #[must_use]
    pub fn is_quiet(
        &self,
        instrument: InstrumentId,
        last: (f64, f64),
        mark: Option<(f64, f64)>,
        close_ms: i64,
    ) -> bool {
        let listed = &self.listed[instrument.index()];
        listed.queue.is_empty()
            && listed.is_quiet(last, mark.unwrap_or(last))
            && listed.expiry > close_ms
            && self.arrivals.is_empty()
    }

    /// Takes an order. What the venue says at once waits for [`Self::next_report`].
    #[inline]
    pub fn place(&mut self, request: &OrderRequest, now: Timestamp) {
        if self.settings.latency.is_none() {
            self.accept(request, now);
        } else {
            self.send(Message::Place(*request), now);
        }
    }

    /// Takes an order back; silent when it is not here any more.
    #[inline]
    pub fn cancel(&mut self, order: OrderId, instrument: InstrumentId, now: Timestamp) {
        if self.settings.latency.is_none() {
            self.take_back(order, instrument, now);
        } else {
            self.send(Message::Cancel { order, instrument }, now);
        }
    }

    /// An order has arrived.
    #[inline]
    pub(crate) fn accept(&mut self, request: &OrderRequest, now: Timestamp) {
        let place = request.position.instrument.index();
        let inside = self.listed[place].walk.phase != Phase::Idle;
        if let Err(reason) = self.check_arrival(request, now) {
            self.reject(request.id, now, reason);
            return;
        }
        if request.kind == OrderKind::Market {
            let left = request.amount.quantity();
            let at_once = inside && request.amount.only_reduces();
            self.listed[place].queue.push(Queued { request: *request, left, at_once });
            return;
        }
        let price_of = |kind| {
            let number = self.price_now(place, kind);
            self.listed[place].exact(number).map(|price| (price, number))
        };
        let Some(mut resting) = Resting::new(*request, price_of) else { return };
        let price = self.price_now(place, resting.watches());
        // Without a price, before the first candle, nothing is met.
        let is_met = price > 0.0 && resting.is_met(price, self.settings.limit_fill);
        if is_met && (inside || request.kind.is_conditional()) {
            self.meet_at_once(resting, now);
            return;
        }
        resting.fresh = !inside;
        if is_impatient(&resting) && inside {
            self.expire(request.id, now, ExpireReason::TimeInForce);
            return;
        }
        let listed = &mut self.listed[place];
        listed.resting.push(resting);
        listed.watch();
    }

    /// An order that is placed inside a candle and whose condition is met already.
    fn meet_at_once(&mut self, resting: Resting, now: Timestamp) {
        let id = resting.request.id;
        match resting.waits {
            Waits::Limit { time_in_force: TimeInForce::PostOnly, .. } => {
                self.expire(id, now, ExpireReason::WouldTake);
            }
            Waits::Limit { .. } => {
                let place = resting.request.position.instrument.index();
                let listed = &mut self.listed[place];
                // It takes what is there at the price of the moment.
                listed.resting.push(Resting { fresh: true, ..resting });
                listed.watch();
            }
            Waits::Trigger { .. } | Waits::Activation { .. } | Waits::Trail { .. } => {
                self.reject(id, now, RejectReason::WouldTriggerImmediately);
            }
        }
    }

    /// The filters. What closes a whole position may be smaller than the smallest lot and off the step:
    /// a rest can be closed whatever it is. That is an assumption: the venue says it of `closePosition`,
    /// which only stops and targets have, and of no market order.
    pub(crate) fn check_arrival(
        &self,
        request: &OrderRequest,
        now: Timestamp,
    ) -> Result<(), RejectReason> {
        if self.is_ending && request.amount.only_reduces() {
            return Ok(());
        }
        let listed = &self.listed[request.position.instrument.index()];
        let rules = listed.listing.instrument.rules(now);
        // Before the first price there is nothing to compare with.
        let Some(mark) = listed.exact(listed.mark) else { return Ok(()) };
        match rules.check(&request.kind, request.side, &request.amount, mark) {
            Err(FilterBreach::QuantityMin { was, .. } | FilterBreach::Step { was, .. })
                if self.closes_all(request, was) =>
            {
                Ok(())
            }
            checked => checked.map_err(RejectReason::Filter),
        }
    }

    fn closes_all(&self, request: &OrderRequest, quantity: Quantity) -> bool {
        let Some(holding) = self.account.holding(request.position) else { return false };
        let held = &holding.position;
        request.amount.only_reduces()
            && held.direction.exit_side() == request.side
            && quantity >= held.quantity
    }

    pub(crate) fn take_back(&mut self, order: OrderId, instrument: InstrumentId, now: Timestamp) {
        let listed = &mut self.listed[instrument.index()];
        let queued = listed.queue.len();
        let before_next =
            listed.queue.iter().take(listed.walk.next_queued).any(|it| it.request.id == order);
        listed.queue.retain(|it| it.request.id != order);
        if before_next {
            listed.walk.next_queued -= 1;
        }
        let removed = listed.queue.len() < queued || listed.remove_resting(order).is_some();
        if removed {
            listed.watch();
            self.tell(ExecutionReport::Cancelled { order, time: now });
        }
    }

    /// Starts the work on an instrument's next candle. `close_time` is the first instant after it.
    pub fn begin(&mut self, instrument: InstrumentId, tape: &Tape, close_time: Timestamp) {
        self.arrive_by(instrument, tape.last.open_time);
        let settings = self.settings;
        self.listed[instrument.index()].begin(tape, close_time, &settings);
        self.carried.change(instrument.index());
    }

    /// Starts the work on a part of a candle that happens now: its prices from `tape.last.open_time` to
    /// `until`. `candle_close` is the first instant after the candle. How much trades in the whole of it is not known
    /// yet: the tape's volume says what is usual, and the parts of one candle share what of it this account may trade.
    pub fn begin_part(
        &mut self,
        instrument: InstrumentId,
        tape: &Tape,
        (until, candle_close): (Timestamp, Timestamp),
    ) {
        let settings = self.settings;
        self.listed[instrument.index()].share_volume(tape, candle_close, &settings);
        self.begin(instrument, tape, until);
    }

    /// The candle whose parts were told has closed: what comes next has a volume of its own.
    pub fn end_parts(&mut self, instrument: InstrumentId) {
        let listed = &mut self.listed[instrument.index()];
        listed.outer_close = Timestamp::default();
        listed.outer_budget = None;
    }

    /// Starts the filling of waiting market orders at the close of a candle that is over; `now` is the
    /// first instant after it. They share its volume with what it has filled before.
    pub fn begin_at_close(&mut self, instrument: InstrumentId, tape: &Tape, now: Timestamp) {
        let settings = self.settings;
        self.listed[instrument.index()].begin_at_close(tape, now, &settings);
    }

    /// Takes note of an instrument's prices at the close of a candle that did nothing to it.
    #[inline]
    pub fn pass(&mut self, instrument: InstrumentId, last: f64, mark: f64) {
        let listed = &mut self.listed[instrument.index()];
        listed.last = last;
        listed.mark = mark;
        self.carried.change(instrument.index());
    }

    /// The next thing that happens at the venue, or that it still has to tell; `None` when the candle
    /// in work is done.
    pub fn next_report(&mut self, instrument: InstrumentId) -> Option<VenueReport> {
        let place = instrument.index();
        loop {
            if let Some(report) = self.outbox.pop_front() {
                return Some(report);
            }
            match self.listed[place].walk.phase {
                Phase::Open => self.work_at_open(place),
                Phase::Inside => self.work_inside(place),
                Phase::Close => self.work_at_close(place),
                Phase::AfterClose => self.work_after_close(place),
                Phase::Idle => return None,
            }
        }
    }

    /// Like [`Self::next_report`], as far as the open of the candle in work.
    pub fn next_report_at_open(&mut self, instrument: InstrumentId) -> Option<VenueReport> {
        let place = instrument.index();
        loop {
            if let Some(report) = self.outbox.pop_front() {
                return Some(report);
            }
            if self.listed[place].walk.phase != Phase::Open {
                return None;
            }
            self.work_at_open(place);
        }
    }

    /// Like [`Self::next_report`], up to the close of the candle in work, which is left to come.
    pub fn next_report_inside(&mut self, instrument: InstrumentId) -> Option<VenueReport> {
        let place = instrument.index();
        loop {
            if let Some(report) = self.outbox.pop_front() {
                return Some(report);
            }
            match self.listed[place].walk.phase {
                Phase::Open => self.work_at_open(place),
                Phase::Inside => self.work_inside(place),
                Phase::Close | Phase::AfterClose | Phase::Idle => return None,
            }
        }
    }

    /// What the venue has to tell without any candle in work: answers to orders and cancels.
    #[inline]
    pub fn told(&mut self) -> Option<VenueReport> {
        self.outbox.pop_front()
    }

    /// Lets in every message that is still on its way. From here on nothing travels, orders fill whole
    /// and exits meet no filter: a run ends with nothing open.
    pub fn end_run(&mut self) {
        self.is_ending = true;
        self.settings.latency = Latency::default();
        self.settings.participation_max = None;
        for place in 0..self.listed.len() {
            self.arrive_by(id(place), Timestamp::from_millis(i64::MAX));
        }
    }

    /// Whether the order of events inside the candle in work matters: more than one of them is in
    /// reach, a liquidation among them, or an entry is, whose exits would follow, or one of them and a
    /// funding settlement; or something arrives inside. Asked after the open.
    #[must_use]
    pub fn order_matters(&self, instrument: InstrumentId, settles_inside: bool) -> bool {
        let listed = &self.listed[instrument.index()];
        if self.arrives_before(instrument, listed.walk.close_time) {
            return true;
        }
        let tape = &listed.walk.tape;
        let reached = |order: &&Resting| {
            let candle = match order.watches() {
                PriceKind::Last => &tape.last,
                PriceKind::Mark => tape.mark_or_last(),
            };
            order.is_met(candle.high, self.settings.limit_fill)
                || order.is_met(candle.low, self.settings.limit_fill)
                || order.follows(candle.high, candle.low).is_some()
        };
        let mut met = listed.resting.iter().filter(reached);
        let (fall, rise) = listed.liquidation;
        let mark = tape.mark_or_last();
        let liquidates = mark.low <= fall || mark.high >= rise;
        let Some(first) = met.next() else { return settles_inside && liquidates };
        let opens = |order: &Resting| !order.request.amount.only_reduces();
        opens(first)
            || met.next().is_some()
            || matches!(first.waits, Waits::Trail { .. })
            || liquidates
            || settles_inside
    }

    /// Lets the rest of the candle in work be told by finer candles: it ends here, and they follow.
    pub fn leave_to_finer(&mut self, instrument: InstrumentId) {
        let listed = &mut self.listed[instrument.index()];
        listed.walk.phase = Phase::Idle;
        listed.outer_close = listed.walk.close_time;
        listed.outer_budget = listed.walk.budget;
    }

    /// Starts a finer candle that goes on where the work on its open has been done already.
    pub fn begin_inside(&mut self, instrument: InstrumentId, tape: &Tape, close_time: Timestamp) {
        self.begin(instrument, tape, close_time);
        self.listed[instrument.index()].walk.phase = Phase::Inside;
    }

    /// Levels depend on wallets and positions: finds them anew after either has changed.
    #[inline]
    pub(crate) fn after_change(&mut self, place: usize) {
        self.carried.change(place);
        let shared = self.is_wallet_shared();
        self.refresh_liquidation(place, shared);
        // Where several bear the wallet, no level of others depends on it.
        if shared && std::mem::replace(&mut self.was_shared, shared) {
            return;
        }
        self.was_shared = shared;
        for at in 0..self.account.open_places().len() {
            let other = self.account.open_places()[at] / PositionKey::SLOTS;
            // Levels of before, when the wallet was not shared yet, are taken back.
            if other != place && (!shared || self.listed[other].has_liquidation_level()) {
                self.refresh_liquidation(other, shared);
            }
        }
    }

    /// Ends every order about a position.
    pub(crate) fn expire_orders_of(&mut self, key: PositionKey, time: Timestamp) {
        let listed = &mut self.listed[key.instrument.index()];
        let of_position = |request: &OrderRequest| request.position == key;
        let mut ended: Vec<OrderId> = Vec::new();
        listed.resting.retain(|order| {
            let ends = of_position(&order.request);
            ended.extend(ends.then_some(order.request.id));
            !ends
        });
        listed.queue.retain(|order| {
            let ends = of_position(&order.request);
            ended.extend(ends.then_some(order.request.id));
            !ends
        });
        listed.walk.next_queued = listed.walk.next_queued.min(listed.queue.len());
        ended.sort_unstable();
        for order in ended {
            self.expire(order, time, ExpireReason::Liquidation);
        }
    }

    pub(crate) fn tell(&mut self, report: ExecutionReport) {
        self.outbox.push_back(VenueReport::Order(report));
    }

    pub(crate) fn report_liquidation(&mut self, liquidation: Liquidation) {
        self.outbox.push_back(VenueReport::Liquidation(liquidation));
    }

    #[cold]
    pub(crate) fn reject(&mut self, order: OrderId, time: Timestamp, reason: RejectReason) {
        self.tell(ExecutionReport::Rejected { order, time, reason });
    }

    #[cold]
    pub(crate) fn expire(&mut self, order: OrderId, time: Timestamp, reason: ExpireReason) {
        self.tell(ExecutionReport::Expired { order, time, reason });
    }

    /// Whether market orders placed at a close wait for the next close.
    pub(crate) fn waits_for_close(&self) -> bool {
        self.settings.fill_time != FillTime::NextOpen
    }
}

/// Whether an order does not wait for a better price.
pub(crate) const fn is_impatient(resting: &Resting) -> bool {
    matches!(
        resting.waits,
        Waits::Limit {
            time_in_force: TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill,
            ..
        }
    )
}

/// Whether an amount must be traded in full or not at all.
pub(crate) const fn is_all_or_nothing(resting: &Resting) -> bool {
    matches!(resting.waits, Waits::Limit { time_in_force: TimeInForce::FillOrKill, .. })
        && matches!(resting.request.amount, OrderAmount::Trade(_) | OrderAmount::Reduce(_))
}
