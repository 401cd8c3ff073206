//! One instrument at the venue: its orders, its prices, and which prices wake it up.

use domain::{
    Candle, Decimal, Money, OrderId, OrderRequest, PositionSide, Price, PriceKind, Quantity, Rate,
    Timestamp,
};

use crate::funding::Due;
use crate::liquidation::{Step, steps};
use crate::path::Path;
use crate::resting::{Resting, Waits};
use crate::settings::{Listing, VenueSettings};
use crate::tape::Tape;

/// A market order that waits for its price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queued {
    pub(crate) request: OrderRequest,
    pub(crate) left: Option<Quantity>,
    /// Whether it is an exit that was placed inside a candle, so that it does not wait for the close.
    pub(crate) at_once: bool,
}

/// Where the work on a candle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// At the open.
    Open,
    /// Between the open and the close.
    Inside,
    /// At the close.
    Close,
    /// After the close, at its price.
    AfterClose,
    /// Done, or not begun.
    Idle,
}

/// The candle in work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    pub(crate) phase: Phase,
    pub(crate) tape: Tape,
    pub(crate) time: Timestamp,
    pub(crate) close_time: Timestamp,
    pub(crate) path: Path,
    /// Base asset that orders of this account may still trade in this candle.
    pub(crate) budget: Option<Quantity>,
    /// Next place in the queue of market orders.
    pub(crate) next_queued: usize,
}

/// An instrument and what waits for it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) listing: Listing,
    pub(crate) resting: Vec<Resting>,
    pub(crate) queue: Vec<Queued>,
    pub(crate) walk: Walk,
    /// Close of the candle that was left to finer ones last: theirs before it are none of its own.
    pub(crate) outer_close: Timestamp,
    /// What of that candle's volume may still be traded: finer candles share it.
    pub(crate) outer_budget: Option<Quantity>,
    /// Last known last price and mark price; 0 before the first candle.
    pub(crate) last: f64,
    pub(crate) mark: f64,
    /// A fall of the last price to it, or of the mark price, may do something.
    pub(crate) floor: f64,
    pub(crate) mark_floor: f64,
    /// A rise to it may do something.
    pub(crate) ceiling: f64,
    pub(crate) mark_ceiling: f64,
    /// Earliest end of a time in force, ms since the epoch.
    pub(crate) expiry: i64,
    /// Funding settlements inside the candle in work.
    pub(crate) dues: Vec<Due>,
    /// Positions for which the policy has decided that something does not happen.
    pub(crate) doubtful: [bool; 2],
    /// Liquidation levels as statistics: (falling, rising), a little early.
    pub(crate) liquidation: (f64, f64),
    /// Brackets as statistics.
    pub(crate) steps: Vec<Step>,
    /// Largest notional of a position at the chosen leverage.
    pub(crate) notional_max: Money,
}

impl Listed {
    pub(crate) fn new(listing: Listing) -> Self {
        let nothing = Candle {
            open_time: Timestamp::default(),
            open: 0.0,
            high: 0.0,
            low: 0.0,
            close: 0.0,
            volume: 0.0,
        };
        let tape = Tape { last: nothing, mark: None };
        let scale = listing.instrument.scale;
        let table = listing.brackets.at(Timestamp::default());
        let notional_max = table.notional_max(listing.leverage);
        Self {
            steps: steps(table),
            notional_max,
            listing,
            resting: Vec::with_capacity(4),
            queue: Vec::with_capacity(4),
            walk: Walk {
                phase: Phase::Idle,
                tape,
                time: Timestamp::default(),
                close_time: Timestamp::default(),
                path: Path::new(&tape, scale),
                budget: None,
                next_queued: 0,
            },
            outer_close: Timestamp::default(),
            outer_budget: None,
            last: 0.0,
            mark: 0.0,
            floor: f64::NEG_INFINITY,
            mark_floor: f64::NEG_INFINITY,
            ceiling: f64::INFINITY,
            mark_ceiling: f64::INFINITY,
            expiry: i64::MAX,
            dues: Vec::new(),
            doubtful: [false; 2],
            liquidation: (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// The exact price of a number of the tape.
    #[inline]
    pub(crate) fn exact(&self, price: f64) -> Option<Price> {
        self.listing.instrument.scale.price(price)
    }

    /// Starts the work on a candle.
    pub(crate) fn begin(&mut self, tape: &Tape, close_time: Timestamp, settings: &VenueSettings) {
        let candle = &tape.last;
        if self.listing.brackets.has_changes() {
            let table = self.listing.brackets.at(candle.open_time);
            self.steps = steps(table);
            self.notional_max = table.notional_max(self.listing.leverage);
        }
        self.walk = Walk {
            phase: Phase::Open,
            tape: *tape,
            time: candle.open_time,
            close_time,
            path: Path::new(tape, self.listing.instrument.scale),
            budget: settings.participation_max.and_then(|share| budget(candle, share)),
            next_queued: 0,
        };
        self.last = candle.open;
        self.mark = tape.mark_or_last().open;
        for order in &mut self.resting {
            order.served = false;
            order.late = false;
        }
    }

    /// Lets the parts of a candle share its volume, from its first part on.
    pub(crate) fn share_volume(
        &mut self,
        tape: &Tape,
        candle_close: Timestamp,
        settings: &VenueSettings,
    ) {
        if self.outer_close != candle_close {
            self.outer_close = candle_close;
            self.outer_budget = settings.participation_max.and_then(|it| budget(&tape.last, it));
        }
    }

    /// Starts what happens at the close of a candle that is over. `now` is the first instant after it.
    pub(crate) fn begin_at_close(&mut self, tape: &Tape, now: Timestamp, settings: &VenueSettings) {
        // A candle that did nothing has not been begun, and finer ones may have gone through it.
        if self.walk.close_time != now {
            self.walk.budget = settings.participation_max.and_then(|it| budget(&tape.last, it));
        } else if self.is_inner() {
            self.walk.budget = self.outer_budget;
            self.outer_close = Timestamp::default();
        }
        self.walk.phase = Phase::AfterClose;
        self.walk.tape = *tape;
        self.walk.time = now;
        self.walk.close_time = now;
        self.walk.next_queued = 0;
        self.walk.path.price = tape.last.close;
    }

    /// Whether the candle in work is one of the finer ones that tell a longer one.
    pub(crate) fn is_inner(&self) -> bool {
        self.walk.close_time <= self.outer_close
    }

    /// Base asset that may still be traded in the candle in work, where that is limited.
    pub(crate) fn budget(&self) -> Option<Quantity> {
        let budget = self.walk.budget?;
        if self.is_inner() { Some(budget.min(self.outer_budget?)) } else { Some(budget) }
    }

    /// Takes what has been traded off the volume.
    #[inline]
    pub(crate) fn spend(&mut self, quantity: Quantity) {
        if self.walk.budget.is_none() && self.outer_budget.is_none() {
            return;
        }
        let less = |budget: Option<Quantity>| budget.and_then(|left| left.checked_sub(quantity));
        self.walk.budget = less(self.walk.budget);
        self.outer_budget = less(self.outer_budget);
    }

    /// Whether a price is known at which a position is about to be liquidated alone.
    #[inline]
    pub(crate) fn has_liquidation_level(&self) -> bool {
        let (fall, rise) = self.liquidation;
        fall > f64::NEG_INFINITY || rise < f64::INFINITY
    }

    /// Whether last and mark prices of these ranges do nothing: no order waits for them and no position
    /// is near its liquidation.
    #[inline]
    pub(crate) fn is_quiet(
        &self,
        (low, high): (f64, f64),
        (mark_low, mark_high): (f64, f64),
    ) -> bool {
        low > self.floor
            && high < self.ceiling
            && mark_low > self.mark_floor
            && mark_high < self.mark_ceiling
    }

    /// Finds the prices that wake this instrument up.
    #[inline]
    pub(crate) fn watch(&mut self) {
        let (fall, rise) = self.liquidation;
        self.floor = f64::NEG_INFINITY;
        self.ceiling = f64::INFINITY;
        self.mark_floor = fall;
        self.mark_ceiling = rise;
        self.expiry = i64::MAX;
        for order in &self.resting {
            let (floor, ceiling) = match order.watches() {
                PriceKind::Last => (&mut self.floor, &mut self.ceiling),
                PriceKind::Mark => (&mut self.mark_floor, &mut self.mark_ceiling),
            };
            match order.waits {
                // It follows every candle.
                Waits::Trail { .. } => *floor = f64::INFINITY,
                Waits::Limit { .. } | Waits::Trigger { .. } | Waits::Activation { .. } => {
                    if order.rises() {
                        *ceiling = ceiling.min(order.level());
                    } else {
                        *floor = floor.max(order.level());
                    }
                }
            }
            if order.fresh {
                // It may take liquidity at the next open.
                self.floor = f64::INFINITY;
            }
            if let Some(until) = order.expires() {
                self.expiry = self.expiry.min(until.millis());
            }
        }
    }

    /// Takes note that a waiting order arrived inside the candle in work.
    pub(crate) fn mark_late(&mut self, id: OrderId) {
        let waiting = self.resting.iter_mut().find(|order| order.request.id == id);
        if let Some(order) = waiting {
            order.late = true;
        }
    }

    pub(crate) fn remove_resting(&mut self, id: OrderId) -> Option<Resting> {
        let place = self.resting.iter().position(|order| order.request.id == id)?;
        Some(self.resting.remove(place))
    }

    /// Whether what happens to a position now rests on a decision of the policy made before.
    pub(crate) fn is_doubtful(&self, side: PositionSide) -> bool {
        self.doubtful[side.slot()] || (self.walk.phase == Phase::Inside && !self.dues.is_empty())
    }
}

/// The largest quantity that may be traded in a candle: a share of its volume.
fn budget(candle: &Candle, share: Rate) -> Option<Quantity> {
    let largest = Quantity::max_value().decimal();
    let volume = Decimal::try_from(candle.volume).map_or(largest, |volume| volume.min(largest));
    Quantity::new((volume * share.decimal()).round_dp(8)).ok()
}
