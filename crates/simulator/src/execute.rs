//! One execution: how much, at which price, at which cost, and whether the account can carry it.

use crate::account::{Booking, Parts};
use crate::costs::{Slip, Slippage, against};
use crate::resting::Waits;
use crate::venue::Venue;
use domain::{
    ExecutionReport, ExpireReason, Fill, FillEnd, Liquidity, Money, OrderKind, OrderRequest, Price,
    Quantity, RejectReason, Timestamp, VenueReport,
};

/// An order that meets a price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meeting<'a> {
    pub(crate) request: &'a OrderRequest,
    /// What is left of it; `None` when it closes whatever is held.
    pub(crate) left: Option<Quantity>,
    pub(crate) undisturbed: Price,
    pub(crate) liquidity: Liquidity,
    pub(crate) slips: bool,
    pub(crate) certain: bool,
    /// Whether anything less than all of it is nothing.
    pub(crate) all_or_nothing: bool,
}

/// What is about to be traded.
struct Traded {
    price: Price,
    parts: Parts,
    notional: Money,
    commission: Money,
}

/// What became of an order that met a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// Nothing more is left of it: filled, refused or expired.
    Done,
    /// This much is left and waits; nothing at all was filled if it equals what was left before.
    Left(Quantity),
}

impl Venue {
    /// Executes as much of an order as volume and account allow, and reports it.
    #[inline]
    pub(crate) fn execute(&mut self, place: usize, meeting: &Meeting<'_>) -> Met {
        let Meeting { request, left, .. } = *meeting;
        let Some(wanted) = self.wanted(request, left) else {
            self.find_nothing(place, request);
            return Met::Done;
        };
        let Some(quantity) = self.within_budget(place, wanted) else { return Met::Left(wanted) };
        if meeting.all_or_nothing && quantity < wanted {
            return Met::Left(wanted);
        }
        let price = self.price_of(place, meeting, quantity);
        let notional = price * quantity;
        let commission = self.settings.costs.fee(notional, meeting.liquidity);
        let time = self.listed[place].walk.time;
        let parts = self.account.split(request.position, request.side, quantity);
        let traded = Traded { price, parts, notional, commission };
        if let Err(reason) = self.check_margin(place, request, &traded) {
            self.refuse(meeting, time, reason);
            return Met::Done;
        }
        self.listed[place].spend(quantity);
        let rest = wanted.checked_sub(quantity);
        let doubtful = self.listed[place].is_doubtful(request.position.side);
        let fill = Fill {
            order: request.id,
            position: request.position,
            side: request.side,
            time,
            price,
            quantity,
            commission,
            liquidity: meeting.liquidity,
            slippage: self.slippage_of(meeting, price, quantity),
            ambiguous: !meeting.certain || doubtful,
            end: if rest.is_some() { FillEnd::Partial } else { FillEnd::Complete },
        };
        self.book(place, &fill, &traded);
        self.outbox.push_back(VenueReport::Order(ExecutionReport::Filled(fill)));
        rest.map_or(Met::Done, Met::Left)
    }

    /// What the order wants to trade now; `None` when it finds nothing to reduce.
    #[inline]
    fn wanted(&self, request: &OrderRequest, left: Option<Quantity>) -> Option<Quantity> {
        if !request.amount.only_reduces() {
            return left;
        }
        let held = &self.account.holding(request.position)?.position;
        if held.direction.exit_side() != request.side {
            return None;
        }
        Some(left.map_or(held.quantity, |left| left.min(held.quantity)))
    }

    /// An order that the account cannot carry: refused, or, where a part of it was filled already, ended.
    #[cold]
    fn refuse(&mut self, meeting: &Meeting<'_>, time: Timestamp, reason: RejectReason) {
        let Meeting { request, left, .. } = *meeting;
        if left == request.amount.quantity() {
            self.reject(request.id, time, reason);
        } else {
            self.expire(request.id, time, ExpireReason::Margin);
        }
    }

    /// A reduce-only order without a position: refused on arrival, expired when it had waited.
    #[cold]
    fn find_nothing(&mut self, place: usize, request: &OrderRequest) {
        let time = self.listed[place].walk.time;
        if request.kind == OrderKind::Market {
            self.reject(request.id, time, RejectReason::NothingToReduce);
        } else {
            self.expire(request.id, time, ExpireReason::PositionGone);
        }
    }

    /// What may still be traded in this candle, on the step and not below the smallest lot; a rest that is
    /// below it only as a whole. `None` when it is nothing.
    #[inline]
    fn within_budget(&self, place: usize, wanted: Quantity) -> Option<Quantity> {
        match self.settings.participation_max {
            Some(_) => self.within_volume(place, wanted),
            None => Some(wanted),
        }
    }

    #[inline(never)]
    fn within_volume(&self, place: usize, wanted: Quantity) -> Option<Quantity> {
        let listed = &self.listed[place];
        let budget = listed.budget()?;
        if wanted <= budget {
            return Some(wanted);
        }
        let rules = listed.listing.instrument.rules(listed.walk.time);
        budget.round_down(rules.lot.step).filter(|part| *part >= rules.lot.min)
    }

    #[inline]
    fn price_of(&self, place: usize, meeting: &Meeting<'_>, quantity: Quantity) -> Price {
        if !meeting.slips || self.settings.costs.slippage == Slippage::None {
            return meeting.undisturbed;
        }
        self.slipped(place, meeting, quantity)
    }

    #[inline(never)]
    fn slipped(&self, place: usize, meeting: &Meeting<'_>, quantity: Quantity) -> Price {
        let listed = &self.listed[place];
        let rules = listed.listing.instrument.rules(listed.walk.time);
        let side = meeting.request.side;
        let volume = listed.walk.tape.last.volume;
        let slip = Slip { side, quantity, volume, bound: rules.market_bound };
        let slipped = self.settings.costs.slippage.apply(meeting.undisturbed, &slip);
        if slipped == meeting.undisturbed {
            return slipped;
        }
        rules.on_tick(slipped, against(side)).unwrap_or(slipped)
    }

    /// What slippage cost.
    #[inline]
    fn slippage_of(&self, meeting: &Meeting<'_>, price: Price, quantity: Quantity) -> Money {
        if !meeting.slips || self.settings.costs.slippage == Slippage::None {
            return Money::ZERO;
        }
        Money::of_move(price.minus(meeting.undisturbed), quantity)
    }

    /// Whether the account can carry what the execution opens.
    #[inline]
    fn check_margin(
        &mut self,
        place: usize,
        request: &OrderRequest,
        traded: &Traded,
    ) -> Result<(), RejectReason> {
        let Traded { price, parts: Parts { closed, opened }, commission, .. } = *traded;
        if request.amount.only_reduces() {
            return Ok(());
        }
        let Some(opened) = opened else { return Ok(()) };
        let leverage = self.listed[place].listing.leverage;
        let notional = if closed.is_none() { traded.notional } else { price * opened };
        let needed = leverage.initial_margin(notional) + commission;
        let available = match closed {
            None => self.available((place, price)),
            Some(closed) => self.available_after(place, (price, closed), request),
        };
        if needed > available {
            return Err(RejectReason::InsufficientMargin { needed, available });
        }
        let held = match closed {
            Some(_) => None,
            None => self.account.holding(request.position),
        };
        let was = held.map_or(notional, |held| held.position.notional(price) + notional);
        let maximum = self.listed[place].notional_max;
        if was > maximum { Err(RejectReason::MaxPosition { maximum, was }) } else { Ok(()) }
    }

    /// Cross wallet and unrealised profit less the initial margin of positions and of limit orders
    /// that may open something (Binance "available balance" in single-asset mode).
    fn available(&mut self, (place, price): (usize, Price)) -> Money {
        let unbound = self.account.cross_wallet() - self.reserved();
        if self.account.is_flat() {
            return unbound;
        }
        unbound + self.free_elsewhere(place) + self.free_at(place, price)
    }

    /// The same after a part of the order's position has been closed: an order that goes through zero.
    fn available_after(
        &mut self,
        place: usize,
        (price, closed): (Price, Quantity),
        request: &OrderRequest,
    ) -> Money {
        let mut after = self.account.clone();
        after.close(request.position, closed, price * closed);
        let account = std::mem::replace(&mut self.account, after);
        let available = self.available((place, price));
        self.account = account;
        available
    }

    /// Initial margin that waiting limit orders bind.
    fn reserved(&self) -> Money {
        let mut sum = Money::ZERO;
        for listed in &self.listed {
            for order in listed.resting.iter().filter(|it| !it.request.amount.only_reduces()) {
                if let (Waits::Limit { price, .. }, Some(left), false) =
                    (order.waits, order.left, order.fresh)
                {
                    sum += listed.listing.leverage.initial_margin(price * left);
                }
            }
        }
        sum
    }

    #[inline]
    fn book(&mut self, place: usize, fill: &Fill, traded: &Traded) {
        let listed = &mut self.listed[place];
        listed.doubtful[fill.position.side.slot()] = false;
        let booking = Booking {
            key: fill.position,
            side: fill.side,
            price: fill.price,
            parts: traded.parts,
            notional: traded.notional,
            commission: fill.commission,
            leverage: listed.listing.leverage,
            margin_mode: listed.listing.margin_mode,
        };
        self.account.book(&booking);
        self.after_change(place);
    }
}
