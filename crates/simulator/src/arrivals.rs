//! Messages on their way to the venue.
//!
//! Where inside a candle a message arrives is known, what the price was then is not. The model:
//! market orders fill on the straight line from open to close, at the instant of their arrival.
//! Exits take part in the rest of the candle of their arrival as the intrabar policy decides, for
//! nobody knows whether the price came to them before or after; only what the close has reached is
//! certain. Entries by a trigger work for the whole candle; entries by a limit, and cancels, from its
//! close on. What arrives between two candles meets the next open.

use domain::{InstrumentId, Liquidity, OrderId, OrderKind, OrderRequest, Timestamp};

use crate::execute::{Meeting, Met};
use crate::listed::{Phase, Queued};
use crate::resting::Resting;
use crate::venue::Venue;

/// A message and when it arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    at: Timestamp,
    message: Message,
}

/// What the trader asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Message {
    Place(OrderRequest),
    Cancel { order: OrderId, instrument: InstrumentId },
}

impl Message {
    fn instrument(&self) -> InstrumentId {
        match self {
            Self::Place(request) => request.position.instrument,
            Self::Cancel { instrument, .. } => *instrument,
        }
    }

    fn is_immediate(&self) -> bool {
        match self {
            Self::Place(request) => {
                !matches!(request.kind, OrderKind::Limit { .. }) || request.amount.only_reduces()
            }
            Self::Cancel { .. } => false,
        }
    }
}

impl Venue {
    /// Sends a message on its way. Messages share one connection: none overtakes another.
    pub(crate) fn send(&mut self, message: Message, now: Timestamp) {
        let latency = self.settings.latency;
        let way = latency.orders_ms + self.seeded.up_to(latency.jitter_ms);
        let at = now.plus_millis(way).max(self.last_arrival);
        self.last_arrival = at;
        self.arrivals.push(Arrival { at, message });
    }

    /// When a report of this time reaches the trader. The way is drawn anew for each, but none
    /// overtakes another.
    pub fn report_arrival(&mut self, time: Timestamp) -> Timestamp {
        let latency = self.settings.latency;
        if latency.is_none() {
            return time;
        }
        let way = latency.reports_ms + self.seeded.up_to(latency.jitter_ms);
        self.last_report = time.plus_millis(way).max(self.last_report);
        self.last_report
    }

    /// Lets in what has arrived by `time`, in the order of arrival.
    #[inline]
    pub(crate) fn arrive_by(&mut self, instrument: InstrumentId, time: Timestamp) {
        if !self.arrivals.is_empty() {
            self.arrive(instrument, time, |_| true);
        }
    }

    /// Lets in what arrives inside the candle in work and takes part in it at once.
    #[inline]
    pub(crate) fn arrive_inside(&mut self, instrument: InstrumentId, close: Timestamp) {
        if !self.arrivals.is_empty() {
            self.arrive(instrument, close, Message::is_immediate);
        }
    }

    /// Whether something for an instrument is on its way and arrives before `time`.
    pub(crate) fn arrives_before(&self, instrument: InstrumentId, time: Timestamp) -> bool {
        let arrives = |it: &Arrival| it.message.instrument() == instrument && it.at < time;
        self.arrivals.iter().any(arrives)
    }

    fn arrive(
        &mut self,
        instrument: InstrumentId,
        time: Timestamp,
        wanted: impl Fn(&Message) -> bool,
    ) {
        let mut due: Vec<Arrival> = Vec::new();
        self.arrivals.retain(|arrival| {
            let is_due = arrival.at <= time
                && arrival.message.instrument() == instrument
                && wanted(&arrival.message);
            due.extend(is_due.then_some(*arrival));
            !is_due
        });
        due.sort_by_key(|arrival| arrival.at); // Stable: equal arrivals keep their order.
        for Arrival { at, message } in due {
            match message {
                Message::Place(request) => self.let_in(request, at),
                Message::Cancel { order, instrument } => self.take_back(order, instrument, at),
            }
        }
    }

    fn let_in(&mut self, request: OrderRequest, at: Timestamp) {
        let place = request.position.instrument.index();
        let walk = &self.listed[place].walk;
        let opened = walk.tape.last.open_time;
        let is_inside = walk.phase != Phase::Idle && at > opened;
        let is_over = walk.phase == Phase::Close;
        if is_inside && request.kind == OrderKind::Market {
            self.fill_inside(place, request, at);
        } else if is_inside && !is_over && matches!(request.kind, OrderKind::Limit { .. }) {
            self.rest_inside(place, request, at);
        } else {
            self.accept(&request, at);
            if is_inside && request.amount.only_reduces() {
                self.listed[place].mark_late(request.id);
            }
        }
    }

    /// A limit order that closes something waits for the rest of the candle. Where the price is at
    /// that moment is not known, so it takes nothing at once.
    fn rest_inside(&mut self, place: usize, request: OrderRequest, at: Timestamp) {
        if let Err(reason) = self.check_arrival(&request, at) {
            self.reject(request.id, at, reason);
            return;
        }
        let Some(resting) = Resting::new(request, |_| None) else { return };
        let listed = &mut self.listed[place];
        listed.resting.push(Resting { fresh: false, late: true, ..resting });
        listed.watch();
    }

    /// A market order meets the price of its moment; the path of the candle goes on where it was.
    fn fill_inside(&mut self, place: usize, request: OrderRequest, at: Timestamp) {
        if let Err(reason) = self.check_arrival(&request, at) {
            self.reject(request.id, at, reason);
            return;
        }
        let left = request.amount.quantity();
        let Some(undisturbed) = self.listed[place].exact(self.price_at(place, at)) else { return };
        let meeting = Meeting {
            request: &request,
            left,
            undisturbed,
            liquidity: Liquidity::Taker,
            slips: true,
            certain: true,
            all_or_nothing: false,
        };
        // What follows in this candle is not told to have come before.
        self.listed[place].walk.time = at;
        if let Met::Left(left) = self.execute(place, &meeting) {
            let queued = Queued { request, left: Some(left), at_once: false };
            self.listed[place].queue.push(queued);
        }
    }

    /// The price on the straight line from open to close.
    fn price_at(&self, place: usize, at: Timestamp) -> f64 {
        let walk = &self.listed[place].walk;
        let candle = &walk.tape.last;
        let opened = candle.open_time.millis();
        let (length, gone) = (walk.close_time.millis() - opened, at.millis() - opened);
        if length <= 0 {
            return candle.open;
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of one candle")]
        let share = (gone as f64 / length as f64).clamp(0.0, 1.0);
        candle.open + (candle.close - candle.open) * share
    }
}
