//! The work on one candle after its open (`opening`): its inside and its close.
//!
//! Inside: what the path of the price comes to (`path`), in the order that the intrabar policy decides.
//! At the close: market orders that wait for it.

use domain::{Direction, ExpireReason, Liquidity, PositionKey, Price, PriceKind, Timestamp};

use crate::execute::{Meeting, Met};
use crate::intrabar::{IntrabarPolicy, Valence};
use crate::liquidation::id;
use crate::listed::{Phase, Queued};
use crate::path::{Candidate, Offers, Step, Toward};
use crate::resting::Resting;
use crate::venue::Venue;

/// Something that the path of a candle may come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// The condition of the waiting order in this place.
    Order(usize),
    /// An extreme that the trailing stop in this place follows.
    Follow(usize),
    /// The liquidation of the position in this direction.
    Liquidation(Direction),
}

impl Venue {
    /// Ends orders whose time in force is over at `now`.
    pub(crate) fn expire_due(&mut self, place: usize, now: Timestamp) {
        let due = |order: &Resting| order.expires().filter(|until| *until <= now);
        let resting = self.listed[place].resting.iter();
        let ended: Vec<_> = resting.filter_map(|it| Some((it.request.id, due(it)?))).collect();
        self.listed[place].resting.retain(|order| due(order).is_none());
        for (order, until) in ended {
            self.expire(order, until, ExpireReason::TimeInForce);
        }
        self.listed[place].watch();
    }

    /// The last price, or the mark price, where the path is.
    pub(crate) fn price_now(&self, place: usize, kind: PriceKind) -> f64 {
        let listed = &self.listed[place];
        let walk = &listed.walk;
        let mark = walk.tape.mark_or_last();
        match (walk.phase, kind) {
            (Phase::Idle, PriceKind::Last) => listed.last,
            (Phase::Idle | Phase::Close | Phase::AfterClose, PriceKind::Mark) => listed.mark,
            (Phase::Open, PriceKind::Mark) => mark.open,
            // Where inside the candle the mark price is then, nobody knows: as near as it comes.
            (Phase::Inside, PriceKind::Mark) => walk.path.price.clamp(mark.low, mark.high),
            (Phase::Open | Phase::Inside | Phase::Close | Phase::AfterClose, PriceKind::Last) => {
                walk.path.price
            }
        }
    }

    /// Fills market orders at the price where the path is; whether there is something to tell.
    #[inline]
    pub(crate) fn fill_queue(&mut self, place: usize) -> bool {
        while self.goes_to_queued(place) {
            let listed = &self.listed[place];
            let Some(undisturbed) = listed.exact(listed.walk.path.price) else { return false };
            self.fill_queued(place, undisturbed);
            if !self.outbox.is_empty() {
                return true;
            }
        }
        false
    }

    /// Fills the market order whose turn it is.
    fn fill_queued(&mut self, place: usize, undisturbed: Price) {
        let listed = &self.listed[place];
        let Queued { request, left, .. } = listed.queue[listed.walk.next_queued];
        let meeting = Meeting {
            request: &request,
            left,
            undisturbed,
            liquidity: Liquidity::Taker,
            slips: true,
            certain: !self.is_jumped(place, request.position),
            all_or_nothing: false,
        };
        let met = self.execute(place, &meeting);
        let listed = &mut self.listed[place];
        match met {
            Met::Done => {
                listed.queue.remove(listed.walk.next_queued);
            }
            Met::Left(left) => {
                listed.queue[listed.walk.next_queued].left = Some(left);
                listed.walk.next_queued += 1;
            }
        }
    }

    /// Goes to the next market order that may be filled in this phase; whether there is one.
    #[inline]
    fn goes_to_queued(&mut self, place: usize) -> bool {
        let waits_for_close = self.waits_for_close();
        let listed = &mut self.listed[place];
        let inside = listed.walk.phase == Phase::Inside;
        while let Some(queued) = listed.queue.get(listed.walk.next_queued) {
            if !inside || queued.at_once || !waits_for_close {
                return true;
            }
            listed.walk.next_queued += 1;
        }
        false
    }

    pub(crate) fn work_inside(&mut self, place: usize) {
        let close = self.listed[place].walk.close_time;
        self.arrive_inside(id(place), close.plus_millis(-1));
        if self.fill_queue(place) {
            return;
        }
        if self.is_out_of_reach(place) {
            self.finish_inside(place);
            return;
        }
        if self.take_fresh(place) {
            return;
        }
        let offers = self.offers(place);
        match self.listed[place].walk.path.next(&offers) {
            Step::Take { event, level, certain } => {
                let key = self.key_of(place, event);
                let toward = if offers.nearest(Toward::High).any(|it| it == event) {
                    Toward::Low
                } else {
                    Toward::High
                };
                // What lies on the other side for the same position might have come first.
                let rivals = || offers.nearest(toward).filter(|it| self.key_of(place, *it) == key);
                let rival = rivals().any(|it| self.is_rival(place, it, (event, level)));
                self.happen(place, event, level, certain && !rival);
            }
            Step::End => {
                for event in Toward::BOTH.into_iter().flat_map(|toward| offers.nearest(toward)) {
                    self.doubt(place, event);
                }
                self.finish_inside(place);
            }
        }
    }

    fn finish_inside(&mut self, place: usize) {
        let waits_for_close = self.waits_for_close();
        self.settle_dues(place);
        self.carried.change(place);
        let listed = &mut self.listed[place];
        listed.last = listed.walk.tape.last.close;
        listed.mark = listed.walk.tape.mark_or_last().close;
        listed.walk.path.price = listed.last;
        listed.walk.phase = Phase::Close;
        if waits_for_close {
            listed.walk.next_queued = 0;
        }
        let last_instant = listed.walk.close_time.plus_millis(-1);
        if listed.expiry <= last_instant.millis() {
            self.expire_due(place, last_instant);
        }
        self.arrive_by(id(place), last_instant);
    }

    pub(crate) fn work_at_close(&mut self, place: usize) {
        let listed = &mut self.listed[place];
        listed.walk.time = listed.walk.close_time;
        let goes_on = listed.walk.close_time < listed.outer_close;
        if goes_on || !self.waits_for_close() || !self.fill_queue(place) {
            self.listed[place].walk.phase = Phase::Idle;
        }
    }

    pub(crate) fn work_after_close(&mut self, place: usize) {
        if !self.fill_queue(place) {
            self.listed[place].walk.phase = Phase::Idle;
        }
    }

    /// Lets a limit order that was placed inside the candle take what is there.
    fn take_fresh(&mut self, place: usize) -> bool {
        let mut waiting = self.listed[place].resting.iter();
        let Some(order) = waiting.position(|order| order.fresh && !order.served) else {
            return false;
        };
        let price = self.listed[place].walk.path.price;
        self.act(place, order, price, true);
        true
    }

    /// Whether the rest of the candle comes to nothing: no order waits for it, no liquidation is near.
    #[inline]
    fn is_out_of_reach(&self, place: usize) -> bool {
        let listed = &self.listed[place];
        let (last, mark) = (&listed.walk.tape.last, listed.walk.tape.mark_or_last());
        listed.is_quiet((last.low, last.high), (mark.low, mark.high))
    }

    /// Everything that the rest of the candle may come to.
    fn offers(&self, place: usize) -> Offers<Event> {
        let listed = &self.listed[place];
        let rule = self.settings.limit_fill;
        let mut offers = Offers::new(&listed.walk.path, self.settings.intrabar);
        for (index, order) in listed.resting.iter().enumerate().filter(|(_, it)| !it.served) {
            // Nobody knows whether it would have been filled before its end.
            if order.expires().is_some_and(|until| until < listed.walk.close_time) {
                continue;
            }
            let watches = order.watches();
            let candle = match watches {
                PriceKind::Last => &listed.walk.tape.last,
                PriceKind::Mark => listed.walk.tape.mark_or_last(),
            };
            let (toward, extreme, back) = if order.rises() {
                (Toward::High, candle.high, Toward::Low)
            } else {
                (Toward::Low, candle.low, Toward::High)
            };
            if order.is_met(extreme, rule) {
                let (event, level) = (Event::Order(index), order.level());
                let (valence, through, late) = (order.valence(), order.through(rule), order.late);
                offers.add(toward, Candidate { event, level, watches, valence, through, late });
            }
            // A sell follows highs, a buy lows.
            if let Some(level) = order.follows(candle.high, candle.low) {
                let (event, valence, late) = (Event::Follow(index), Valence::Good, order.late);
                let through = false;
                offers.add(back, Candidate { event, level, watches, valence, through, late });
            }
        }
        self.offer_liquidation(place, Direction::Short, &mut offers);
        self.offer_liquidation(place, Direction::Long, &mut offers);
        offers
    }

    fn offer_liquidation(&self, place: usize, direction: Direction, offers: &mut Offers<Event>) {
        let listed = &self.listed[place];
        let mark = listed.walk.tape.mark_or_last();
        let (fall, rise) = listed.liquidation;
        let in_reach = match direction {
            Direction::Long => mark.low <= fall,
            Direction::Short => mark.high >= rise,
        };
        if !in_reach {
            return;
        }
        let Some((_, level)) = self.liquidation_level(place, direction) else { return };
        let level = level.to_f64();
        let (toward, reached) = match direction {
            Direction::Long => (Toward::Low, mark.low <= level),
            Direction::Short => (Toward::High, mark.high >= level),
        };
        if reached {
            let (event, watches) = (Event::Liquidation(direction), PriceKind::Mark);
            let (valence, through, late) = (Valence::Bad, false, false);
            offers.add(toward, Candidate { event, level, watches, valence, through, late });
        }
    }

    /// Whether it matters that an event comes before another of the same position: following an
    /// extreme does only where it draws the trailing stop nearer than what would happen without it.
    fn is_rival(&self, place: usize, rival: Event, (event, level): (Event, f64)) -> bool {
        let Event::Follow(index) = rival else { return true };
        if event == Event::Order(index) {
            return true;
        }
        let listed = &self.listed[place];
        let order = &listed.resting[index];
        let candle = match order.watches() {
            PriceKind::Last => &listed.walk.tape.last,
            PriceKind::Mark => listed.walk.tape.mark_or_last(),
        };
        let mut moved = *order;
        if let Some(best) = order.follows(candle.high, candle.low) {
            let Some(price) = listed.exact(best) else { return true };
            moved.follow(price, best);
        }
        if moved.rises() { moved.level() < level } else { moved.level() > level }
    }

    fn key_of(&self, place: usize, event: Event) -> PositionKey {
        match event {
            Event::Order(index) | Event::Follow(index) => {
                self.listed[place].resting[index].request.position
            }
            Event::Liquidation(direction) => PositionKey {
                instrument: id(place),
                side: self.settings.position_mode.side_of(direction),
            },
        }
    }

    /// The policy has decided that something possible does not happen: what follows for the position
    /// rests on that decision.
    fn doubt(&mut self, place: usize, event: Event) {
        let key = self.key_of(place, event);
        if self.account.holding(key).is_some() {
            self.listed[place].doubtful[key.side.slot()] = true;
        }
    }

    fn happen(&mut self, place: usize, event: Event, level: f64, certain: bool) {
        match event {
            Event::Order(index) => self.act(place, index, level, certain),
            Event::Follow(index) => {
                let listed = &mut self.listed[place];
                if let Some(price) = listed.exact(level) {
                    listed.resting[index].follow(price, level);
                    let side = listed.resting[index].request.position.side;
                    listed.doubtful[side.slot()] |= !certain;
                    listed.watch();
                }
            }
            Event::Liquidation(direction) => {
                let Some((key, level)) = self.liquidation_level(place, direction) else { return };
                let time = self.listed[place].walk.time;
                self.liquidate(key, level, time, !certain);
            }
        }
    }

    /// Whether the policy goes down to finer candles.
    #[must_use]
    pub fn drills(&self) -> bool {
        self.settings.intrabar == IntrabarPolicy::Drill
    }
}
