//! What an engine remembers of one sleeve: its strategy, its waiting entries, its open trade.

use domain::{
    BreakEven, Direction, Entry, ExitReason, Fill, InstrumentId, Intent, Money, OrderId, Price,
    Quantity, Rate, Timestamp,
};
use risk::{Approved, EntryTicket};
use strategy::{Context, Kept, Output, PositionView, Strategy};

use crate::TradeCosts;

pub(crate) struct Sleeve {
    pub(crate) strategy: Box<dyn Kept>,
    /// The strategy that has given up, in whose place one now stands that wishes nothing.
    retired: Option<Box<dyn Kept>>,
    pub(crate) sees_account: bool,
    /// Whether it opens nothing for now.
    pub(crate) is_paused: bool,
    /// Whether a person decides about each entry of its strategy.
    pub(crate) asks: bool,
    /// Why everything is left, what is still on its way in included; until the next entry is placed.
    pub(crate) leaves: Option<ExitReason>,
    /// While an entry is reviewed that takes the place of all that wait, which are being taken back.
    pub(crate) replaces: bool,
    pub(crate) instrument: InstrumentId,
    pub(crate) waiting: Vec<Waiting>,
    /// Entries that are placed when the position that is on its way out is gone.
    pub(crate) deferred: Vec<Approved<Box<EntryTicket>>>,
    /// The entry that was taken back or expired last: an execution of it may still be told.
    pub(crate) gone: Option<Waiting>,
    pub(crate) trade: Option<OpenTrade>,
    pub(crate) view: Option<PositionView>,
    /// The ticket of the trade before, for the next one to be written over.
    pub(crate) room: Option<Box<EntryTicket>>,
    /// Where executions of its trade were told, while they have no number.
    pub(crate) told: Vec<usize>,
    /// From this time on, ms since the epoch, the kernel has something to watch at each close.
    pub(crate) watch_from: i64,
}

/// A strategy that wishes nothing.
struct Silent;

impl Strategy for Silent {
    fn on_candle(&mut self, _: &Context<'_>, _: &mut Vec<Intent>) {}
}

impl Sleeve {
    pub(crate) fn new(strategy: Box<dyn Kept>, instrument: InstrumentId) -> Self {
        let sees_account = strategy.sees_account();
        Self {
            strategy,
            retired: None,
            sees_account,
            is_paused: false,
            asks: false,
            leaves: None,
            replaces: false,
            instrument,
            waiting: Vec::with_capacity(2),
            deferred: Vec::new(),
            gone: None,
            trade: None,
            view: None,
            room: None,
            told: Vec::new(),
            watch_from: if sees_account { i64::MIN } else { i64::MAX },
        }
    }

    /// Asks the strategy no more.
    pub(crate) fn retire(&mut self) {
        self.retired = Some(std::mem::replace(&mut self.strategy, Box::new(Silent)));
        self.sees_account = false;
    }

    pub(crate) const fn has_given_up(&self) -> bool {
        self.retired.is_some()
    }

    /// The strategy, even one that has given up.
    fn own_strategy(&mut self) -> &mut dyn Kept {
        &mut **self.retired.as_mut().unwrap_or(&mut self.strategy)
    }

    pub(crate) fn take_output(&mut self) -> Output {
        self.own_strategy().take_output()
    }

    pub(crate) fn omit_output(&mut self) {
        self.own_strategy().omit_output();
    }

    /// Takes note of an entry's execution. Gives its ticket when it is the first one, or when the
    /// trade that it belonged to has ended since: what follows needs a stop again.
    pub(crate) fn take_ticket(
        &mut self,
        order: OrderId,
        quantity: Quantity,
        is_last: bool,
    ) -> Option<Box<EntryTicket>> {
        let is_known = |it: &Waiting| it.order == order;
        let Some(place) = self.waiting.iter().position(is_known) else {
            let gone = self.gone.as_mut().filter(|gone| gone.order == order)?;
            let begins = !std::mem::replace(&mut gone.has_begun, true) || self.trade.is_none();
            return begins.then(|| gone.ticket.clone());
        };
        let waiting = &mut self.waiting[place];
        let begins = !std::mem::replace(&mut waiting.has_begun, true) || self.trade.is_none();
        match waiting.left.checked_sub(quantity) {
            Some(left) if !is_last => {
                waiting.left = left;
                begins.then(|| waiting.ticket.clone())
            }
            _ => {
                let done = self.waiting.swap_remove(place);
                begins.then_some(done.ticket)
            }
        }
    }

    /// Forgets a waiting entry that ended without its last execution; gives its direction.
    pub(crate) fn forget(&mut self, order: OrderId) -> Option<Direction> {
        let place = self.waiting.iter().position(|it| it.order == order)?;
        let gone = self.waiting.swap_remove(place);
        let direction = gone.direction;
        self.gone = Some(gone);
        Some(direction)
    }

    /// Finds the time from which there is something to watch.
    pub(crate) fn refresh_watch(&mut self, now: Timestamp) {
        let armed = self.trade.as_ref().is_some_and(|trade| trade.break_even_at.is_some());
        let ends = self.waiting.iter().filter_map(|waiting| waiting.until);
        let later = ends.filter(|until| *until > now).map(Timestamp::millis).min();
        self.watch_from =
            if armed || self.sees_account { i64::MIN } else { later.unwrap_or(i64::MAX) };
    }
}

/// An entry order that is not at its end.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) order: OrderId,
    pub(crate) direction: Direction,
    /// Price that stands for the entry, and what is left of it.
    pub(crate) price: Price,
    pub(crate) left: Quantity,
    pub(crate) until: Option<Timestamp>,
    pub(crate) ticket: Box<EntryTicket>,
    /// Whether an execution of it belongs to a trade already.
    pub(crate) has_begun: bool,
}

/// A position on its way from flat to flat.
#[derive(Clone, Debug)]
pub(crate) struct OpenTrade {
    pub(crate) direction: Direction,
    /// The first entry with its sizing; its wish is that of the newest entry, whose stop, target and
    /// plan hold for the whole position.
    pub(crate) ticket: Box<EntryTicket>,
    pub(crate) first_stop: Option<Price>,
    pub(crate) first_target: Option<Price>,
    pub(crate) entries: u32,
    pub(crate) entered: Leg,
    pub(crate) exited: Option<Leg>,
    pub(crate) gross: Money,
    pub(crate) costs: TradeCosts,
    pub(crate) insurance: Money,
    pub(crate) fills: u32,
    pub(crate) ambiguous: bool,
    /// Trigger of the stop now, and what an exit by it is called.
    pub(crate) stop: Option<Price>,
    pub(crate) stop_reason: ExitReason,
    /// A close beyond this price moves the stop to the entry.
    pub(crate) break_even_at: Option<Price>,
    /// Why all of it is being left, once it is; what is still entered leaves as well.
    pub(crate) leaving: Option<ExitReason>,
}

/// The executions of one side of a trade, added up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) time: Timestamp,
    pub(crate) quantity: Quantity,
    /// Of the first execution.
    price: Price,
    /// Whether there are several executions.
    has_several: bool,
    /// Price times quantity over all executions, where there are several.
    sum: Money,
}

impl Leg {
    pub(crate) fn new(fill: &Fill) -> Self {
        Self::at(fill.price, fill.quantity, fill.time)
    }

    pub(crate) fn at(price: Price, quantity: Quantity, time: Timestamp) -> Self {
        Self { time, quantity, price, has_several: false, sum: Money::ZERO }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.sum = self.value() + other.value();
        self.has_several = true;
        self.quantity = self.quantity + other.quantity;
    }

    fn value(&self) -> Money {
        if self.has_several { self.sum } else { self.price * self.quantity }
    }

    /// The average price, settled.
    #[inline]
    pub(crate) fn average(&self) -> Price {
        let averaged = if self.has_several { self.sum.per(self.quantity) } else { None };
        averaged.unwrap_or(self.price)
    }
}

/// Whether an entry names a stop, a target or a trailing stop.
const fn plans_exits(entry: &Entry) -> bool {
    entry.signal.stop_loss().is_some()
        || entry.signal.take_profit().is_some()
        || entry.plan.targets[0].is_some()
        || entry.plan.trailing.is_some()
}

impl OpenTrade {
    /// A trade at its first execution; its break-even is not armed yet.
    #[inline]
    pub(crate) fn new(ticket: Box<EntryTicket>, fill: &Fill) -> Self {
        let entry = &ticket.entry;
        Self {
            direction: entry.signal.direction(),
            first_stop: entry.signal.stop_loss(),
            first_target: first_target(entry),
            entries: 1,
            entered: Leg::new(fill),
            exited: None,
            gross: Money::ZERO,
            costs: TradeCosts {
                commission: fill.commission,
                slippage: fill.slippage,
                ..TradeCosts::default()
            },
            insurance: Money::ZERO,
            fills: 1,
            ambiguous: fill.ambiguous,
            stop: entry.signal.stop_loss(),
            stop_reason: ExitReason::StopLoss,
            break_even_at: None,
            leaving: None,
            ticket,
        }
    }

    /// Takes a further entry in: its levels replace those of the one before. One without any leaves what protects
    /// the position, from now on for all of it.
    pub(crate) fn enlarge(&mut self, ticket: EntryTicket) {
        self.entries += 1;
        if !plans_exits(&ticket.entry) {
            return;
        }
        self.direction = ticket.entry.signal.direction();
        self.stop = ticket.entry.signal.stop_loss();
        self.stop_reason = ExitReason::StopLoss;
        self.ticket.entry = ticket.entry;
        self.arm_break_even();
    }

    /// Whether a stop of some kind protects it.
    pub(crate) const fn is_protected(&self) -> bool {
        self.stop.is_some() || self.ticket.entry.plan.trailing.is_some()
    }

    /// Whether anything is to be placed to protect or close it.
    #[inline]
    pub(crate) const fn has_exits(&self) -> bool {
        self.stop.is_some() || plans_exits(&self.ticket.entry)
    }

    /// Adds what an execution cost.
    #[inline]
    pub(crate) fn count(&mut self, fill: &Fill) {
        self.fills += 1;
        self.ambiguous |= fill.ambiguous;
        self.costs.commission += fill.commission;
        self.costs.slippage += fill.slippage;
    }

    pub(crate) fn leave(&mut self, leg: Leg) {
        match self.exited.as_mut() {
            Some(exited) => {
                exited.add(&leg);
                exited.time = leg.time;
            }
            None => self.exited = Some(leg),
        }
    }

    /// Whether a stop at this price would lose less than the one there is, if there is one.
    pub(crate) fn has_stop_worse_than(&self, price: Price) -> bool {
        self.stop.is_none_or(|stop| match self.direction {
            Direction::Long => stop < price,
            Direction::Short => stop > price,
        })
    }

    /// Finds the price at which the stop moves to the entry, measured from the signal's own levels.
    pub(crate) fn arm_break_even(&mut self) {
        let Some(BreakEven::AtReward(rewards)) = self.ticket.entry.plan.break_even else { return };
        let signal = &self.ticket.entry.signal;
        self.break_even_at =
            signal.stop_loss().and_then(|stop| at_reward(signal.entry(), stop, rewards));
    }

    /// Whether a close is beyond the price that moves the stop to the entry.
    #[inline]
    pub(crate) fn reaches_break_even(&self, close: f64) -> bool {
        let Some(level) = self.break_even_at else { return false };
        match self.direction {
            Direction::Long => close >= level.to_f64(),
            Direction::Short => close <= level.to_f64(),
        }
    }
}

fn first_target(entry: &Entry) -> Option<Price> {
    entry.plan.targets[0].map(|target| target.price).or(entry.signal.take_profit())
}

/// The price that is `rewards` times the distance to the stop in profit.
fn at_reward(entry: Price, stop: Price, rewards: Rate) -> Option<Price> {
    let distance = entry.minus(stop) * rewards.decimal();
    Price::new(entry.decimal() + distance).ok()
}
