//! The open of a candle: what it meets, what it has jumped over, who comes first there.
//!
//! Market orders in the order of their arrival, then waiting orders, then liquidations; a liquidation
//! comes first where the policy says so or nothing is left to fill an order with.

use domain::{Direction, ExpireReason, OrderRequest, PositionKey, Price, PriceKind};

use crate::intrabar::IntrabarPolicy;
use crate::liquidation::id;
use crate::listed::Phase;
use crate::resting::Resting;
use crate::settings::FillTime;
use crate::venue::{Venue, is_impatient};

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
        if !self.is_open_quiet(place) {
            self.follow_open(place);
            if self.meet_open(place) {
                return;
            }
        }
        if self.liquidate_at_open(place) {
            return;
        }
        let close = self.listed[place].walk.close_time;
        self.listed[place].walk.phase = Phase::Inside;
        self.arrive_inside(id(place), close.plus_millis(-1));
    }

    /// Whether the open meets no order; what is fresh or follows the price is never out of reach.
    #[inline]
    fn is_open_quiet(&self, place: usize) -> bool {
        let listed = &self.listed[place];
        let (last, mark) = (listed.walk.tape.last.open, listed.walk.tape.mark_or_last().open);
        listed.is_quiet((last, last), (mark, mark))
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
    #[inline]
    fn jumped(&self, place: usize) -> Option<(PositionKey, Price)> {
        let listed = &self.listed[place];
        let mark = listed.walk.tape.mark_or_last().open;
        let (fall, rise) = listed.liquidation;
        if listed.walk.phase != Phase::Open || (mark > fall && mark < rise) {
            return None;
        }
        self.jumped_for_sure(place, mark)
    }

    /// The same, exactly.
    #[cold]
    fn jumped_for_sure(&self, place: usize, mark: f64) -> Option<(PositionKey, Price)> {
        let listed = &self.listed[place];
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

    #[inline]
    pub(crate) fn is_jumped(&self, place: usize, position: PositionKey) -> bool {
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
}
