//! Orders whose condition is met: limit orders that meet the book, conditional orders that fire.

use domain::{ExpireReason, Liquidity, OrderRequest, Price, PriceKind, Quantity, TimeInForce};

use crate::execute::{Meeting, Met};
use crate::listed::{Phase, Queued};
use crate::resting::{Resting, Then, Waits};
use crate::settings::LimitFill;
use crate::venue::{Venue, is_all_or_nothing, is_impatient};

impl Venue {
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
            request: &order.request,
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
                    request: &order.request,
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
}
