//! Orders that wait at the venue: what they wait for, seen from the price's path.

use domain::{
    OrderKind, OrderRequest, Price, PriceKind, Quantity, Rate, Side, TimeInForce, Timestamp,
};

use crate::intrabar::Valence;
use crate::settings::LimitFill;

/// One order that waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resting {
    pub(crate) request: OrderRequest,
    /// What is left of it; `None` when it closes whatever is held.
    pub(crate) left: Option<Quantity>,
    pub(crate) waits: Waits,
    /// Whether it has not met an open yet: a limit order may still take liquidity.
    pub(crate) fresh: bool,
    /// Whether the volume of the candle in work has nothing left for it.
    pub(crate) served: bool,
    /// Whether it is an exit that arrived inside the candle in work.
    pub(crate) late: bool,
}

/// What an order waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waits {
    /// The other side of the book.
    Limit { price: Price, level: f64, time_in_force: TimeInForce },
    /// A trigger.
    Trigger { trigger: Price, level: f64, rises: bool, watches: PriceKind, then: Then },
    /// A price at which a trailing stop begins to follow.
    Activation { level: f64, trail: Trail },
    /// The price turning back by the callback.
    Trail { trail: Trail, best: f64, trigger: Price, level: f64 },
}

/// What a triggered order becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    Market,
    Limit { price: Price, time_in_force: TimeInForce },
}

/// Settings of a trailing stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail {
    pub(crate) callback: Rate,
    pub(crate) watches: PriceKind,
}

impl Resting {
    /// The waiting form of an order; `None` for a market order, which does not wait, and for a
    /// trailing stop without a price to start from.
    pub(crate) fn new(
        request: OrderRequest,
        price_now: impl Fn(PriceKind) -> Option<(Price, f64)>,
    ) -> Option<Self> {
        let buys = request.side == Side::Buy;
        let trigger = |trigger: Price, rises, watches, then| Waits::Trigger {
            trigger,
            level: trigger.to_f64(),
            rises,
            watches,
            then,
        };
        let waits = match request.kind {
            OrderKind::Market => return None,
            OrderKind::Limit { price, time_in_force } => {
                Waits::Limit { price, level: price.to_f64(), time_in_force }
            }
            OrderKind::StopMarket { trigger: at, watches } => {
                trigger(at, buys, watches, Then::Market)
            }
            OrderKind::StopLimit { trigger: at, price, watches, time_in_force } => {
                trigger(at, buys, watches, Then::Limit { price, time_in_force })
            }
            OrderKind::TakeProfitMarket { trigger: at, watches } => {
                trigger(at, !buys, watches, Then::Market)
            }
            OrderKind::TakeProfitLimit { trigger: at, price, watches, time_in_force } => {
                trigger(at, !buys, watches, Then::Limit { price, time_in_force })
            }
            OrderKind::TrailingStop { activation, callback, watches } => {
                let trail = Trail { callback, watches };
                match activation {
                    Some(at) => Waits::Activation { level: at.to_f64(), trail },
                    None => {
                        let (best, level) = price_now(watches)?;
                        trail.from(request.side, best, level)?
                    }
                }
            }
        };
        let left = request.amount.quantity();
        Some(Self { request, left, waits, fresh: true, served: false, late: false })
    }

    /// The price it waits for.
    #[inline]
    pub(crate) const fn level(&self) -> f64 {
        match self.waits {
            Waits::Limit { level, .. }
            | Waits::Trigger { level, .. }
            | Waits::Activation { level, .. }
            | Waits::Trail { level, .. } => level,
        }
    }

    /// Whether the price has to rise to it, or to fall.
    #[inline]
    pub(crate) fn rises(&self) -> bool {
        let sells = self.request.side == Side::Sell;
        match self.waits {
            Waits::Limit { .. } | Waits::Activation { .. } => sells,
            Waits::Trail { .. } => !sells,
            Waits::Trigger { rises, .. } => rises,
        }
    }

    /// Which price it watches.
    #[inline]
    pub(crate) const fn watches(&self) -> PriceKind {
        match self.waits {
            Waits::Limit { .. } => PriceKind::Last,
            Waits::Trigger { watches, .. } => watches,
            Waits::Activation { trail, .. } | Waits::Trail { trail, .. } => trail.watches,
        }
    }

    /// Whether the price must go beyond the level, or only come to it.
    #[inline]
    pub(crate) fn through(&self, rule: LimitFill) -> bool {
        matches!(self.waits, Waits::Limit { .. }) && rule == LimitFill::Through
    }

    /// Whether a price fulfils the condition.
    #[inline]
    pub(crate) fn is_met(&self, price: f64, rule: LimitFill) -> bool {
        let level = self.level();
        match (self.rises(), self.through(rule)) {
            (true, false) => price >= level,
            (true, true) => price > level,
            (false, false) => price <= level,
            (false, true) => price < level,
        }
    }

    /// What it does to the trader. A limit order that waits trades at a better price than is to be had.
    pub(crate) const fn valence(&self) -> Valence {
        if !self.request.amount.only_reduces() {
            return Valence::Neutral;
        }
        match (self.waits, self.request.kind) {
            (Waits::Limit { .. } | Waits::Activation { .. }, _)
            | (
                Waits::Trigger { .. } | Waits::Trail { .. },
                OrderKind::Limit { .. }
                | OrderKind::TakeProfitMarket { .. }
                | OrderKind::TakeProfitLimit { .. },
            ) => Valence::Good,
            (
                Waits::Trigger { .. } | Waits::Trail { .. },
                OrderKind::Market
                | OrderKind::StopMarket { .. }
                | OrderKind::StopLimit { .. }
                | OrderKind::TrailingStop { .. },
            ) => Valence::Bad,
        }
    }

    /// When its time in force ends.
    pub(crate) const fn expires(&self) -> Option<Timestamp> {
        match self.waits {
            Waits::Limit { time_in_force: TimeInForce::GoodTilDate(until), .. } => Some(until),
            Waits::Limit { .. }
            | Waits::Trigger { .. }
            | Waits::Activation { .. }
            | Waits::Trail { .. } => None,
        }
    }

    /// A trailing stop's best price, when a new extreme would move it.
    pub(crate) fn follows(&self, high: f64, low: f64) -> Option<f64> {
        let Waits::Trail { best, .. } = self.waits else { return None };
        match self.request.side {
            Side::Sell => (high > best).then_some(high),
            Side::Buy => (low < best).then_some(low),
        }
    }

    /// Takes note of a price that a trailing stop follows.
    pub(crate) fn follow(&mut self, price: Price, level: f64) {
        let Waits::Trail { trail, best, .. } = self.waits else { return };
        let better = match self.request.side {
            Side::Sell => level > best,
            Side::Buy => level < best,
        };
        if let Some(moved) = trail.from(self.request.side, price, level).filter(|_| better) {
            self.waits = moved;
        }
    }
}

impl Trail {
    /// A trailing stop that follows from this price on.
    pub(crate) fn from(self, side: Side, best: Price, best_level: f64) -> Option<Waits> {
        let back = match side {
            Side::Sell => -self.callback,
            Side::Buy => self.callback,
        };
        let trigger = best.shifted(back)?;
        Some(Waits::Trail { trail: self, best: best_level, trigger, level: trigger.to_f64() })
    }
}
