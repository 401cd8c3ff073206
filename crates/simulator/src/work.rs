//! The work on one candle: its open, its inside, its close.
//!
//! At the open: market orders in the order of their arrival, then waiting orders whose price the open
//! has reached or jumped over, then liquidations. Inside: what the path of the price comes to, in the
//! order that the intrabar policy decides (`intrabar`). At the close: market orders that wait for it.

use domain::{
    Direction, ExpireReason, Liquidity, OrderRequest, PositionKey, Price, PriceKind, Quantity,
    TimeInForce, Timestamp,
};

use crate::execute::{Meeting, Met};
use crate::intrabar::{IntrabarPolicy, Valence};
use crate::liquidation::id;
use crate::listed::{Phase, Queued};
use crate::path::{Candidate, Offers, Step, Toward};
use crate::resting::{Resting, Then, Waits};
use crate::settings::{FillTime, LimitFill};
use crate::venue::{Venue, is_all_or_nothing, is_impatient};

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
    pub(crate) fn work_at_open(&mut self, place: usize) {
        let time = self.listed[place].walk.time;
        if self.listed[place].expiry <= time.millis() {
            self.expire_due(place, time);
        }
        if self.is_liquidated_first(place) && self.liquidate_at_open(place) {
            return;
        }
        if self.settings.fill_time == FillTime::NextOpen && self.fill_queue(place) {
            return;
        }
        self.follow_open(place);
        if self.meet_open(place) || self.liquidate_at_open(place) {
            return;
        }
        let close = self.listed[place].walk.close_time;
        self.listed[place].walk.phase = Phase::Inside;
        self.arrive_inside(id(place), close.plus_millis(-1));
    }

    /// Ends orders whose time in force is over at `now`.
    fn expire_due(&mut self, place: usize, now: Timestamp) {
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

    /// Lets trailing stops follow the open.
    fn follow_open(&mut self, place: usize) {
        let (last, mark) =
            (self.price_now(place, PriceKind::Last), self.price_now(place, PriceKind::Mark));
        let listed = &mut self.listed[place];
        let scale = listed.listing.instrument.scale;
        let mut changed = false;
        for order in &mut listed.resting {
            let open = match order.watches() {
                PriceKind::Last => last,
                PriceKind::Mark => mark,
            };
            if let Some(open) = order.follows(open, open) {
                changed = true;
                if let Some(price) = scale.price(open) {
                    order.follow(price, open);
                }
            }
        }
        if changed {
            listed.watch();
        }
    }

    /// Fills market orders at the price where the path is; whether there is something to tell.
    pub(crate) fn fill_queue(&mut self, place: usize) -> bool {
        while let Some(queued) = self.next_queued(place) {
            let listed = &self.listed[place];
            let Some(undisturbed) = listed.exact(listed.walk.path.price) else { return false };
            let meeting = Meeting {
                request: queued.request,
                left: queued.left,
                undisturbed,
                liquidity: Liquidity::Taker,
                slips: true,
                certain: !self.is_jumped(place, queued.request.position),
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
            if !self.outbox.is_empty() {
                return true;
            }
        }
        false
    }

    /// The next market order that may be filled in this phase.
    fn next_queued(&mut self, place: usize) -> Option<Queued> {
        let waits_for_close = self.waits_for_close();
        let listed = &mut self.listed[place];
        let inside = listed.walk.phase == Phase::Inside;
        while let Some(queued) = listed.queue.get(listed.walk.next_queued) {
            if !inside || queued.at_once || !waits_for_close {
                return Some(*queued);
            }
            listed.walk.next_queued += 1;
        }
        None
    }

    /// Lets the open meet one waiting order that it has reached; whether there was one.
    fn meet_open(&mut self, place: usize) -> bool {
        let rule = self.settings.limit_fill;
        let (open, mark_open) =
            (self.price_now(place, PriceKind::Last), self.price_now(place, PriceKind::Mark));
        let at = |order: &Resting| match order.watches() {
            PriceKind::Last => open,
            PriceKind::Mark => mark_open,
        };
        let mut waiting = self.listed[place].resting.iter();
        let met = waiting.position(|order| !order.served && order.is_met(at(order), rule));
        if let Some(order) = met {
            let position = self.listed[place].resting[order].request.position;
            let certain = !self.is_jumped(place, position);
            self.act(place, order, open, certain);
            return true;
        }
        self.settle_fresh(place)
    }

    /// Ends fresh limit orders that do not wait; the others have met the market from here on.
    fn settle_fresh(&mut self, place: usize) -> bool {
        let time = self.listed[place].walk.time;
        let listed = &mut self.listed[place];
        let mut ended = Vec::new();
        listed.resting.retain(|order| {
            let ends = order.fresh && is_impatient(order);
            ended.extend(ends.then_some(order.request.id));
            !ends
        });
        let mut changed = !ended.is_empty();
        for order in &mut listed.resting {
            changed |= std::mem::take(&mut order.fresh);
        }
        if changed {
            listed.watch();
        }
        for order in &ended {
            self.expire(*order, time, ExpireReason::TimeInForce);
        }
        !ended.is_empty()
    }

    /// The position whose liquidation the mark price's open has reached or jumped over.
    fn jumped(&self, place: usize) -> Option<(PositionKey, Price)> {
        let listed = &self.listed[place];
        if listed.walk.phase != Phase::Open {
            return None;
        }
        let mark = listed.walk.tape.mark_or_last().open;
        let (fall, rise) = listed.liquidation;
        let direction = if mark <= fall {
            Direction::Long
        } else if mark >= rise {
            Direction::Short
        } else {
            return None;
        };
        let (key, level) = self.liquidation_level(place, direction)?;
        let price = listed.exact(mark)?;
        let beyond = match direction {
            Direction::Long => price <= level,
            Direction::Short => price >= level,
        };
        beyond.then_some((key, price))
    }

    fn is_jumped(&self, place: usize, position: PositionKey) -> bool {
        self.jumped(place).is_some_and(|(key, _)| key == position)
    }

    /// Whether a liquidation at the open comes before all orders: by policy, and always where nothing
    /// of the margin is left, as no order could be filled there.
    fn is_liquidated_first(&self, place: usize) -> bool {
        let Some((key, price)) = self.jumped(place) else { return false };
        match self.settings.intrabar {
            IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => true,
            IntrabarPolicy::Optimistic | IntrabarPolicy::Adaptive => self.is_bankrupt(key, price),
        }
    }

    /// Liquidates what the open has jumped over; whether there was something.
    fn liquidate_at_open(&mut self, place: usize) -> bool {
        let Some((key, price)) = self.jumped(place) else { return false };
        let ambiguous = !self.is_bankrupt(key, price) && self.has_rival_at_open(place, key);
        self.liquidate(key, price, self.listed[place].walk.time, ambiguous);
        true
    }

    /// Whether an exit of the position could have been filled at the same open.
    fn has_rival_at_open(&self, place: usize, key: PositionKey) -> bool {
        let (last, mark) =
            (self.price_now(place, PriceKind::Last), self.price_now(place, PriceKind::Mark));
        let rule = self.settings.limit_fill;
        let is_exit = |it: &OrderRequest| it.position == key && it.amount.only_reduces();
        let met = |order: &Resting| match order.watches() {
            PriceKind::Last => order.is_met(last, rule),
            PriceKind::Mark => order.is_met(mark, rule),
        };
        let listed = &self.listed[place];
        let queue_fills = self.settings.fill_time == FillTime::NextOpen;
        (queue_fills && listed.queue.iter().any(|queued| is_exit(&queued.request)))
            || listed.resting.iter().any(|order| is_exit(&order.request) && met(order))
    }

    pub(crate) fn work_inside(&mut self, place: usize) {
        let close = self.listed[place].walk.close_time;
        self.arrive_inside(id(place), close.plus_millis(-1));
        if self.fill_queue(place) || self.take_fresh(place) {
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
        let listed = &self.listed[place];
        let is_inner = listed.walk.close_time < listed.outer_close;
        if is_inner || !self.waits_for_close() || !self.fill_queue(place) {
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
                let (valence, through) = (order.valence(), order.through(rule));
                offers.add(toward, Candidate { event, level, watches, valence, through });
            }
            // A sell follows highs, a buy lows.
            if let Some(level) = order.follows(candle.high, candle.low) {
                let (event, valence) = (Event::Follow(index), Valence::Good);
                offers.add(back, Candidate { event, level, watches, valence, through: false });
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
            let valence = Valence::Bad;
            offers.add(toward, Candidate { event, level, watches, valence, through: false });
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

    /// A waiting order whose condition is met while the last price is at `at`.
    pub(crate) fn act(&mut self, place: usize, index: usize, at: f64, certain: bool) {
        let order = self.listed[place].resting.remove(index);
        match order.waits {
            Waits::Limit { price, time_in_force, .. } => {
                self.meet_limit(place, order, (price, time_in_force), (at, certain));
            }
            Waits::Trigger { trigger, then, .. } => {
                self.fire(place, order, (trigger, then), (at, certain));
            }
            Waits::Trail { trigger, .. } => {
                self.fire(place, order, (trigger, Then::Market), (at, certain));
            }
            Waits::Activation { trail, .. } => {
                let at = match (trail.watches, self.listed[place].walk.phase) {
                    (PriceKind::Mark, Phase::Open) => self.price_now(place, PriceKind::Mark),
                    _ => at,
                };
                let listed = &mut self.listed[place];
                let best = listed.exact(at);
                if let Some(waits) = best.and_then(|best| trail.from(order.request.side, best, at))
                {
                    listed.resting.push(Resting { waits, fresh: false, ..order });
                }
            }
        }
        self.listed[place].watch();
    }

    /// A limit order that meets the other side of the book.
    fn meet_limit(
        &mut self,
        place: usize,
        order: Resting,
        (price, time_in_force): (Price, TimeInForce),
        (at, certain): (f64, bool),
    ) {
        let time = self.listed[place].walk.time;
        if order.fresh && time_in_force == TimeInForce::PostOnly {
            self.expire(order.request.id, time, ExpireReason::WouldTake);
            return;
        }
        // A fresh order takes what is there, at its price; a resting one is met at its own.
        let (undisturbed, liquidity) = if order.fresh {
            (self.listed[place].exact(at).unwrap_or(price), Liquidity::Taker)
        } else {
            (price, Liquidity::Maker)
        };
        let meeting = Meeting {
            request: order.request,
            left: order.left,
            undisturbed,
            liquidity,
            slips: false,
            certain,
            all_or_nothing: is_all_or_nothing(&order),
        };
        if let Met::Left(left) = self.execute(place, &meeting) {
            if is_impatient(&order) {
                self.expire(order.request.id, time, ExpireReason::TimeInForce);
            } else {
                // The rest waits for the next candle's volume.
                let rest = Resting { left: Some(left), fresh: false, served: true, ..order };
                self.listed[place].resting.push(rest);
            }
        }
    }

    /// A conditional order that has been triggered.
    fn fire(
        &mut self,
        place: usize,
        order: Resting,
        (trigger, then): (Price, Then),
        (at, certain): (f64, bool),
    ) {
        let undisturbed = self.price_when_fired(place, &order, (trigger, at));
        match then {
            Then::Market => {
                let meeting = Meeting {
                    request: order.request,
                    left: order.left,
                    undisturbed,
                    liquidity: Liquidity::Taker,
                    slips: true,
                    certain,
                    all_or_nothing: false,
                };
                if let Met::Left(left) = self.execute(place, &meeting) {
                    self.queue_rest(place, order.request, left);
                }
            }
            Then::Limit { price, time_in_force } => {
                let waits = Waits::Limit { price, level: price.to_f64(), time_in_force };
                let limit = Resting { waits, fresh: true, ..order };
                let met = limit.is_met(undisturbed.to_f64(), LimitFill::Touch);
                match (met, is_impatient(&limit)) {
                    (true, _) => {
                        let at = (undisturbed.to_f64(), certain);
                        self.meet_limit(place, limit, (price, time_in_force), at);
                    }
                    (false, true) => {
                        let time = self.listed[place].walk.time;
                        self.expire(order.request.id, time, ExpireReason::TimeInForce);
                    }
                    (false, false) => {
                        self.listed[place].resting.push(Resting { fresh: false, ..limit });
                    }
                }
            }
        }
    }

    /// What is left of a triggered order waits for the next volume; an exit goes before all others.
    fn queue_rest(&mut self, place: usize, request: OrderRequest, left: Quantity) {
        let listed = &mut self.listed[place];
        let queued = Queued { request, left: Some(left), at_once: false };
        if request.amount.only_reduces() {
            listed.queue.insert(0, queued);
            listed.walk.next_queued += 1;
        } else {
            listed.queue.push(queued);
        }
    }

    /// The last price at the moment a trigger fires: the trigger itself, the open when the market
    /// jumped over it, and for the mark price the nearest last price of the candle.
    fn price_when_fired(
        &self,
        place: usize,
        order: &Resting,
        (trigger, at): (Price, f64),
    ) -> Price {
        let listed = &self.listed[place];
        let candle = &listed.walk.tape.last;
        let known = match (order.watches(), listed.walk.phase) {
            (_, Phase::Open) => at,
            (PriceKind::Last, _) => return trigger,
            (PriceKind::Mark, _) => {
                let level = trigger.to_f64();
                if (candle.low..=candle.high).contains(&level) {
                    return trigger;
                }
                level.clamp(candle.low, candle.high)
            }
        };
        listed.exact(known).unwrap_or(trigger)
    }

    /// Whether the policy goes down to finer candles.
    #[must_use]
    pub fn drills(&self) -> bool {
        self.settings.intrabar == IntrabarPolicy::Drill
    }
}
