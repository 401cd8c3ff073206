//! Matching: orders in, reports out, one candle at a time.
//!
//! A candle is handed over in two phases. At its open price, market orders fill. Then, with
//! whatever the trader placed in answer, its range is searched for stops and limits.

use domain::{
    Candle, Direction, ExecutionReport, ExitReason, Fill, Money, OrderId, OrderKind, OrderPurpose,
    OrderRequest, Price, PriceScale, RejectReason, Timestamp,
};
use margin::Leverage;

use crate::intrabar::{Reach, limit_reach, stop_price, stop_reach};
use crate::{Costs, IntrabarPolicy, VenueAccount};

#[derive(Clone, Copy, Debug)]
struct RestingExit {
    request: OrderRequest,
    level: f64,
}

/// A venue for one instrument and one one-way account.
#[derive(Clone, Debug)]
pub struct Venue {
    account: VenueAccount,
    leverage: Leverage,
    costs: Costs,
    policy: IntrabarPolicy,
    scale: PriceScale,
    market_orders: Vec<OrderRequest>,
    exits: Vec<RestingExit>,
}

/// One execution that is about to happen.
#[derive(Clone, Copy)]
struct Match {
    request: OrderRequest,
    time: Timestamp,
    undisturbed: Price,
    slips: bool,
    ambiguous: bool,
}

/// A match of an exit with a candle, and when it happens.
type Reached = (Match, Reach);

impl Venue {
    /// A venue where the trader has deposited `wallet`.
    #[must_use]
    pub fn new(
        wallet: Money,
        leverage: Leverage,
        costs: Costs,
        policy: IntrabarPolicy,
        scale: PriceScale,
    ) -> Self {
        Self {
            account: VenueAccount::new(wallet),
            leverage,
            costs,
            policy,
            scale,
            market_orders: Vec::with_capacity(4),
            exits: Vec::with_capacity(4),
        }
    }

    /// The venue's record of the account.
    #[must_use]
    pub const fn account(&self) -> &VenueAccount {
        &self.account
    }

    /// Whether no order waits.
    #[inline]
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.market_orders.is_empty() && self.exits.is_empty()
    }

    /// Takes an order.
    pub fn place(&mut self, request: OrderRequest) {
        match request.kind {
            OrderKind::Market => self.market_orders.push(request),
            OrderKind::StopMarket { trigger: level } | OrderKind::Limit { price: level } => {
                self.exits.push(RestingExit { request, level: level.to_f64() });
            }
        }
    }

    /// Takes an order back; `None` if it does not rest here any more.
    pub fn cancel(&mut self, id: OrderId) -> Option<ExecutionReport> {
        let before = self.exits.len() + self.market_orders.len();
        self.exits.retain(|exit| exit.request.id != id);
        self.market_orders.retain(|request| request.id != id);
        let removed = self.exits.len() + self.market_orders.len() < before;
        removed.then_some(ExecutionReport::Cancelled(id))
    }

    /// Whether stops or limits rest.
    #[inline]
    #[must_use]
    pub fn has_resting(&self) -> bool {
        !self.exits.is_empty()
    }

    /// Fills waiting market orders at a price of the tape (the open of a candle, or the last
    /// close of a run) in the order of their arrival.
    pub fn at_price(&mut self, price: f64, time: Timestamp, reports: &mut Vec<ExecutionReport>) {
        if self.market_orders.is_empty() {
            return;
        }
        let Some(undisturbed) = self.scale.price(price) else { return };
        let mut orders = std::mem::take(&mut self.market_orders);
        for request in orders.drain(..) {
            let order = Match { request, time, undisturbed, slips: true, ambiguous: false };
            self.execute(order, reports);
        }
        self.market_orders = orders;
    }

    /// Searches the candle for stops and limits of the position. At most one of them fills,
    /// as each closes the whole position.
    pub fn inside(&mut self, candle: &Candle, reports: &mut Vec<ExecutionReport>) {
        if self.exits.iter().all(|exit| reach(exit, candle) == Reach::None) {
            return;
        }
        let Some(open) = self.scale.price(candle.open) else { return };
        let first = |purpose: ExitReason| {
            let of_purpose =
                |exit: &&RestingExit| exit.request.purpose == OrderPurpose::Exit(purpose);
            self.exits.iter().filter(of_purpose).find_map(|exit| reached(exit, candle, open))
        };
        let Some(order) = self.choose(first(ExitReason::StopLoss), first(ExitReason::TakeProfit))
        else {
            return;
        };
        self.exits.retain(|exit| exit.request.id != order.request.id);
        self.execute(order, reports);
    }

    /// Which of a reached stop and a reached target happened; the open comes before the rest.
    fn choose(&self, stop: Option<Reached>, target: Option<Reached>) -> Option<Match> {
        match (stop, target) {
            (Some((stop, Reach::Inside)), Some((target, Reach::Inside))) => {
                let winner = match self.policy {
                    IntrabarPolicy::Pessimistic => stop,
                    IntrabarPolicy::Optimistic => target,
                };
                Some(Match { ambiguous: true, ..winner })
            }
            (_, Some((target, Reach::AtOpen))) => Some(target),
            (Some((stop, _)), _) => Some(stop),
            (None, target) => target.map(|(target, _)| target),
        }
    }

    fn execute(&mut self, order: Match, reports: &mut Vec<ExecutionReport>) {
        let Match { request, time, undisturbed, slips, ambiguous } = order;
        let price =
            if slips { self.costs.slipped(request.side(), undisturbed) } else { undisturbed };
        let quantity = request.quantity;
        let notional = price * quantity;
        let commission = self.costs.fee(notional);
        if let Err(reason) = self.check(&request, notional, commission) {
            reports.push(ExecutionReport::Rejected { order: request.id, time, reason });
            return;
        }
        let slippage = if slips {
            self.costs.slippage_cost(undisturbed, price, quantity)
        } else {
            Money::ZERO
        };
        let fill =
            Fill { order: request.id, time, price, quantity, commission, slippage, ambiguous };
        self.account.book(&request, &fill, notional);
        reports.push(ExecutionReport::Filled(fill));
    }

    fn check(
        &self,
        request: &OrderRequest,
        notional: Money,
        commission: Money,
    ) -> Result<(), RejectReason> {
        match request.purpose {
            OrderPurpose::Entry => {
                let needed = self.leverage.initial_margin(notional) + commission;
                let available = self.account.available(self.leverage);
                if needed > available {
                    return Err(RejectReason::InsufficientMargin { needed, available });
                }
            }
            OrderPurpose::Exit(_) => {
                let fits = |(direction, held): (Direction, _)| {
                    direction == request.direction && request.quantity <= held
                };
                if !self.account.held().is_some_and(fits) {
                    return Err(RejectReason::NothingToReduce);
                }
            }
        }
        Ok(())
    }
}

/// How a resting exit meets a candle.
#[inline]
fn reach(exit: &RestingExit, candle: &Candle) -> Reach {
    match exit.request.kind {
        OrderKind::StopMarket { .. } => stop_reach(exit.request.direction, exit.level, candle),
        OrderKind::Limit { .. } => limit_reach(exit.request.direction, exit.level, candle),
        OrderKind::Market => Reach::None,
    }
}

/// The match of a resting exit with a candle, if there is one, and when.
fn reached(exit: &RestingExit, candle: &Candle, open: Price) -> Option<Reached> {
    let request = exit.request;
    let reach = reach(exit, candle);
    let (undisturbed, slips) = match request.kind {
        OrderKind::StopMarket { trigger } => (stop_price(reach, trigger, open), true),
        OrderKind::Limit { price } => (price, false),
        OrderKind::Market => return None,
    };
    let order = Match { request, time: candle.open_time, undisturbed, slips, ambiguous: false };
    (reach != Reach::None).then_some((order, reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Decimal, Quantity, Rate};

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn price(text: &str) -> Price {
        Price::new(decimal(text)).unwrap()
    }

    fn venue(policy: IntrabarPolicy, slippage: &str) -> Venue {
        let costs = Costs {
            commission: Rate::new(decimal("0.001")).unwrap(),
            slippage: Rate::new(decimal(slippage)).unwrap(),
        };
        Venue::new(Money::new(decimal("1000")), Leverage::ONE, costs, policy, PriceScale::new(2))
    }

    fn order(
        id: u64,
        direction: Direction,
        kind: OrderKind,
        purpose: OrderPurpose,
    ) -> OrderRequest {
        let quantity = Quantity::new(Decimal::ONE).unwrap();
        OrderRequest { id: OrderId::new(id), kind, direction, quantity, purpose }
    }

    fn candle(open: f64, high: f64, low: f64, close: f64) -> Candle {
        Candle { open_time: Timestamp::from_millis(0), open, high, low, close, volume: 1.0 }
    }

    /// Enters at 100 and rests a stop at 98 and a target at 103 (mirrored for a short),
    /// then shows one candle; the exit's reason, price and ambiguity.
    fn exit(
        direction: Direction,
        policy: IntrabarPolicy,
        then: &Candle,
    ) -> Option<(ExitReason, Decimal, bool)> {
        let mut venue = venue(policy, "0");
        let mut reports = Vec::new();
        venue.place(order(1, direction, OrderKind::Market, OrderPurpose::Entry));
        venue.at_price(100.0, Timestamp::from_millis(0), &mut reports);
        let (stop, target) = match direction {
            Direction::Long => ("98", "103"),
            Direction::Short => ("102", "97"),
        };
        let exits = [
            (OrderKind::StopMarket { trigger: price(stop) }, ExitReason::StopLoss),
            (OrderKind::Limit { price: price(target) }, ExitReason::TakeProfit),
        ];
        for (id, (kind, reason)) in (2..).zip(exits) {
            venue.place(order(id, direction, kind, OrderPurpose::Exit(reason)));
        }
        reports.clear();
        venue.inside(then, &mut reports);
        let Some(ExecutionReport::Filled(fill)) = reports.first() else {
            return None;
        };
        assert!(venue.account().held().is_none());
        let reason = if fill.order == OrderId::new(2) {
            ExitReason::StopLoss
        } else {
            ExitReason::TakeProfit
        };
        Some((reason, fill.price.decimal(), fill.ambiguous))
    }

    const PESSIMISTIC: IntrabarPolicy = IntrabarPolicy::Pessimistic;

    #[test]
    fn a_touch_triggers_a_stop_but_does_not_fill_a_limit() {
        let stop = exit(Direction::Long, PESSIMISTIC, &candle(100.0, 101.0, 98.0, 99.0));
        assert_eq!(stop, Some((ExitReason::StopLoss, decimal("98"), false)));
        assert_eq!(exit(Direction::Long, PESSIMISTIC, &candle(100.0, 103.0, 99.0, 101.0)), None);
        let target = exit(Direction::Long, PESSIMISTIC, &candle(100.0, 103.01, 99.0, 101.0));
        assert_eq!(target, Some((ExitReason::TakeProfit, decimal("103"), false)));
    }

    #[test]
    fn stop_and_target_in_one_candle_follow_the_policy() {
        let both = candle(100.0, 104.0, 97.0, 100.0);
        let stopped = exit(Direction::Long, PESSIMISTIC, &both);
        assert_eq!(stopped, Some((ExitReason::StopLoss, decimal("98"), true)));
        let taken = exit(Direction::Long, IntrabarPolicy::Optimistic, &both);
        assert_eq!(taken, Some((ExitReason::TakeProfit, decimal("103"), true)));
    }

    #[test]
    fn gaps_fill_stops_at_the_open_and_limits_at_their_price() {
        let down = exit(Direction::Long, PESSIMISTIC, &candle(95.0, 104.0, 94.0, 95.0));
        assert_eq!(down, Some((ExitReason::StopLoss, decimal("95"), false)));
        let up = exit(Direction::Long, PESSIMISTIC, &candle(105.0, 106.0, 90.0, 95.0));
        assert_eq!(up, Some((ExitReason::TakeProfit, decimal("103"), false)));
    }

    #[test]
    fn shorts_mirror_longs() {
        let stop = exit(Direction::Short, PESSIMISTIC, &candle(100.0, 102.0, 99.0, 101.0));
        assert_eq!(stop, Some((ExitReason::StopLoss, decimal("102"), false)));
        let gap = exit(Direction::Short, PESSIMISTIC, &candle(105.0, 106.0, 90.0, 95.0));
        assert_eq!(gap, Some((ExitReason::StopLoss, decimal("105"), false)));
        let target = exit(Direction::Short, PESSIMISTIC, &candle(100.0, 101.0, 96.99, 98.0));
        assert_eq!(target, Some((ExitReason::TakeProfit, decimal("97"), false)));
    }

    #[test]
    fn slippage_works_against_the_trader_on_market_orders() {
        let mut venue = venue(PESSIMISTIC, "0.01");
        let mut reports = Vec::new();
        venue.place(order(1, Direction::Short, OrderKind::Market, OrderPurpose::Entry));
        venue.at_price(100.0, Timestamp::from_millis(0), &mut reports);
        let Some(ExecutionReport::Filled(fill)) = reports.first() else {
            panic!("the entry must fill")
        };
        assert_eq!(fill.price.decimal(), decimal("99"));
        assert_eq!(fill.slippage.decimal(), decimal("1"));
        assert_eq!(fill.commission.decimal(), decimal("0.099"));
    }

    #[test]
    fn orders_the_account_cannot_carry_are_rejected_at_the_fill() {
        let mut venue = venue(PESSIMISTIC, "0");
        let mut reports = Vec::new();
        venue.place(order(1, Direction::Long, OrderKind::Market, OrderPurpose::Entry));
        venue.place(order(
            2,
            Direction::Long,
            OrderKind::Market,
            OrderPurpose::Exit(ExitReason::Signal),
        ));
        venue.at_price(1000.0, Timestamp::from_millis(0), &mut reports);
        assert!(matches!(
            reports[..],
            [
                ExecutionReport::Rejected { reason: RejectReason::InsufficientMargin { .. }, .. },
                ExecutionReport::Rejected { reason: RejectReason::NothingToReduce, .. }
            ]
        ));
        assert_eq!(venue.account().wallet, Money::new(decimal("1000")));
    }
}
