//! Orders that arrive: what they take from the displayed book and from orders of other users, and what
//! becomes of the rest.

use domain::{Decimal, Symbol};

use super::account::AccountId;
use super::decimal_text::cut;
use super::fills::{Execution, FillKind};
use super::market_state::{Displayed, MarketState, is_within_limit};
use super::order::{ExpiryReason, Order, OrderTerms};
use super::state::Trading;
use super::words::{OrderStatus, OrderType, SelfTradePrevention, TimeInForce};

/// The next thing an arriving order meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    price: Decimal,
    quantity: Decimal,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Displayed,
    Resting { account: AccountId, id: u64 },
}

/// Whether an arriving order goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GoesOn {
    Yes,
    No,
}

impl Trading {
    /// Lets an accepted order take what it can, then rest or end.
    pub(super) fn work(&mut self, account: AccountId, id: u64) {
        self.take_offers(account, id);
        self.settle_rest(account, id);
    }

    fn take_offers(&mut self, account: AccountId, id: u64) {
        let piece = self.piece_of(account, id);
        while let Some(order) = self.open_order(account, id) {
            let wanted = self.takeable(account, &order);
            let offer = self.best_offer(&order.terms).filter(|_| wanted > Decimal::ZERO);
            let Some(offer) = offer else {
                return;
            };
            let quantity = piece.map_or(wanted, |piece| wanted.min(piece)).min(offer.quantity);
            if self.meet(account, &order, Offer { quantity, ..offer }) == GoesOn::No {
                return;
            }
        }
    }

    fn meet(&mut self, account: AccountId, order: &Order, offer: Offer) -> GoesOn {
        let Offer { price, quantity, source } = offer;
        match source {
            Source::Displayed => self.take_displayed(&order.terms, price, quantity),
            Source::Resting { account: maker, id } => {
                let prevention = order.terms.self_trade;
                if maker == account && prevention != SelfTradePrevention::None {
                    return self.prevent(account, (order.id, id), prevention);
                }
                let kind = FillKind::Maker;
                self.book(Execution { account: maker, order_id: id, price, quantity, kind });
            }
        }
        let kind = FillKind::Taker;
        self.book(Execution { account, order_id: order.id, price, quantity, kind });
        if self.faults.expires_in_match {
            let end = (OrderStatus::ExpiredInMatch, ExpiryReason::SelfTrade);
            self.end_order(account, order.id, end);
            return GoesOn::No;
        }
        GoesOn::Yes
    }

    fn prevent(
        &mut self,
        account: AccountId,
        (taker, maker): (u64, u64),
        prevention: SelfTradePrevention,
    ) -> GoesOn {
        let end = (OrderStatus::ExpiredInMatch, ExpiryReason::SelfTrade);
        let (ends_taker, ends_maker) = match prevention {
            SelfTradePrevention::None => (false, false),
            SelfTradePrevention::ExpireTaker => (true, false),
            SelfTradePrevention::ExpireMaker => (false, true),
            SelfTradePrevention::ExpireBoth => (true, true),
        };
        if ends_maker {
            self.end_order(account, maker, end);
        }
        if ends_taker {
            self.end_order(account, taker, end);
            return GoesOn::No;
        }
        GoesOn::Yes
    }

    /// Takes from the displayed book; who waits behind that quantity moves up.
    fn take_displayed(&mut self, terms: &OrderTerms, price: Decimal, quantity: Decimal) {
        if let Some(market) = self.markets.get_mut(&terms.symbol) {
            market.take(terms.side, quantity);
        }
        for account in &mut self.accounts {
            for id in &account.open_orders {
                let resting = account.orders.get_mut(id).filter(|order| {
                    order.terms.symbol == terms.symbol
                        && order.terms.side != terms.side
                        && order.terms.price == price
                });
                if let Some(order) = resting {
                    order.queue_ahead =
                        order.queue_ahead.map(|ahead| (ahead - quantity).max(Decimal::ZERO));
                }
            }
        }
    }

    fn best_offer(&self, terms: &OrderTerms) -> Option<Offer> {
        let market = self.markets.get(&terms.symbol)?;
        let limit = self.limit_of(terms, market);
        let displayed = market.other_side(terms.side).first().map(|level| Offer {
            price: level.price,
            quantity: level.quantity,
            source: Source::Displayed,
        });
        let resting = self.best_resting(terms);
        let offer = match (displayed, resting) {
            (Some(displayed), Some((resting, ahead))) => first_of(terms, displayed, resting, ahead),
            (displayed, resting) => displayed.or(resting.map(|(offer, _)| offer))?,
        };
        is_within_limit(terms.side, limit, offer.price).then_some(offer)
    }

    /// The best resting order of users that an order meets, and the displayed quantity before it.
    fn best_resting(&self, terms: &OrderTerms) -> Option<(Offer, Decimal)> {
        let meets =
            |order: &&Order| order.terms.symbol == terms.symbol && order.terms.side != terms.side;
        let mut best: Option<(&Order, AccountId)> = None;
        for id in self.account_ids() {
            for order in self.account(id).open_orders().filter(meets) {
                let is_first = best.is_none_or(|(other, _)| has_priority(order, other));
                if is_first && self.takeable(id, order) > Decimal::ZERO {
                    best = Some((order, id));
                }
            }
        }
        let (order, account) = best?;
        let offer = Offer {
            price: order.terms.price,
            quantity: self.takeable(account, order),
            source: Source::Resting { account, id: order.id },
        };
        Some((offer, order.queue_ahead.unwrap_or(Decimal::ZERO)))
    }

    /// How far an order may go: its price, or for market orders the take bound around the mark price.
    fn limit_of(&self, terms: &OrderTerms, market: &MarketState) -> Decimal {
        if terms.order_type.is_priced() {
            return terms.price;
        }
        let bound =
            self.rules.get(&terms.symbol).map_or(Decimal::ZERO, |rules| rules.market_take_bound);
        match terms.side {
            domain::Side::Buy => cut(market.mark_price * (Decimal::ONE + bound)),
            domain::Side::Sell => cut(market.mark_price * (Decimal::ONE - bound)),
        }
    }

    /// Whether an order would take anything.
    pub(super) fn would_take(&self, terms: &OrderTerms) -> bool {
        self.best_offer(terms).is_some()
    }

    /// Whether the whole order could fill at once.
    pub(super) fn fills_at_once(&self, account: AccountId, terms: &OrderTerms) -> bool {
        let Some(market) = self.markets.get(&terms.symbol) else {
            return false;
        };
        let limit = self.limit_of(terms, market);
        let within = |price: Decimal| is_within_limit(terms.side, limit, price);
        let displayed = market.other_side(terms.side).iter().filter(|level| within(level.price));
        let mut offered: Decimal = displayed.map(|level| level.quantity).sum();
        for id in self.account_ids().into_iter().filter(|id| *id != account) {
            let met = self
                .account(id)
                .open_orders_of(&terms.symbol)
                .filter(|order| order.terms.side != terms.side && within(order.terms.price));
            offered += met.map(|order| self.takeable(id, order)).sum::<Decimal>();
        }
        offered >= terms.quantity
    }

    pub(super) fn open_order(&self, account: AccountId, id: u64) -> Option<Order> {
        self.order(account, id).filter(|order| order.is_open()).cloned()
    }

    /// What an order may still fill: its rest, and no more than the position where it only closes.
    pub(super) fn takeable(&self, account: AccountId, order: &Order) -> Decimal {
        let terms = &order.terms;
        let rest = order.remaining();
        if !terms.only_closes() {
            return rest;
        }
        let position = self.account(account).position(&terms.symbol, terms.position_side);
        rest.min(position.closable(terms.side))
    }

    /// F13: the largest fill of an order that is cut into pieces, in whole steps.
    fn piece_of(&self, account: AccountId, id: u64) -> Option<Decimal> {
        let order = self.order(account, id)?;
        let step = self.rules.get(&order.terms.symbol)?.lot.step;
        if self.faults.pieces < 2 || step <= Decimal::ZERO {
            return None;
        }
        let even = order.remaining() / Decimal::from(self.faults.pieces);
        Some(((even / step).floor() * step).max(step))
    }

    /// What becomes of what an order has not taken.
    fn settle_rest(&mut self, account: AccountId, id: u64) {
        let Some(order) = self.open_order(account, id) else {
            return;
        };
        if order.terms.only_closes() && self.takeable(account, &order).is_zero() {
            let end = (OrderStatus::Expired, ExpiryReason::WouldReverse);
            return self.end_order(account, id, end);
        }
        if order.terms.order_type != OrderType::Limit {
            let end = (OrderStatus::Expired, ExpiryReason::MarketRemainder);
            return self.end_order(account, id, end);
        }
        match order.terms.time_in_force {
            TimeInForce::Ioc | TimeInForce::Fok => {
                let end = (OrderStatus::Expired, ExpiryReason::ImmediateRemainder);
                self.end_order(account, id, end);
            }
            TimeInForce::Gtc
            | TimeInForce::Gtx
            | TimeInForce::Gtd
            | TimeInForce::Rpi
            | TimeInForce::GteGtc => self.rest(account, id),
        }
    }

    fn rest(&mut self, account: AccountId, id: u64) {
        let Some(order) = self.order(account, id) else {
            return;
        };
        let ahead = self.queue_at(&order.terms.symbol, &order.terms);
        if let Some(order) = self.order_mut(account, id) {
            order.queue_ahead = ahead;
        }
        self.announce(account, id);
    }

    /// The displayed quantity that is served before an order that arrives at its price.
    fn queue_at(&self, symbol: &Symbol, terms: &OrderTerms) -> Option<Decimal> {
        match self.markets.get(symbol)?.displayed(terms.side, terms.price) {
            Displayed::Known(quantity) => Some(quantity),
            Displayed::BeyondView => None,
        }
    }
}

/// Which of a displayed level and a resting order comes first. At one price the resting order waits behind
/// the displayed quantity that was there before it.
fn first_of(terms: &OrderTerms, displayed: Offer, resting: Offer, ahead: Decimal) -> Offer {
    if displayed.price == resting.price {
        if ahead > Decimal::ZERO {
            return Offer { quantity: displayed.quantity.min(ahead), ..displayed };
        }
        return resting;
    }
    if is_within_limit(terms.side, resting.price, displayed.price) { displayed } else { resting }
}

/// Whether `order` is served before `other` of the same side: better price, then earlier.
pub(super) fn has_priority(order: &Order, other: &Order) -> bool {
    if order.terms.price == other.terms.price {
        return order.sequence < other.sequence;
    }
    super::market_state::is_better_or_equal(order.terms.side, order.terms.price, other.terms.price)
}
