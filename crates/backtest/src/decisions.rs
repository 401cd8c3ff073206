//! What strategies decided, as bytes: for proofs that two runs decided alike.
//!
//! A decision is what left the kernel for the venue at a candle's close: orders and cancels with every
//! number. Exits that follow from fills are not decisions of a strategy.

use domain::{
    OrderAmount, OrderKind, PositionKey, PositionSide, Price, PriceKind, Quantity, Side, SleeveId,
    TimeInForce, TimeRange, Timestamp,
};
use engine::Command;

/// Decisions in the order in which they were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionLog {
    bytes: Vec<u8>,
    /// Time of each decision and where its bytes end.
    ends: Vec<(Timestamp, usize)>,
    /// Of each decision a number that is made of all but the numbers of its orders.
    kinds: Vec<u64>,
}

impl DecisionLog {
    pub(crate) fn note(&mut self, time: Timestamp, sleeve: SleeveId, commands: &[Command]) {
        let begins = self.bytes.len();
        let mut numbers: Vec<std::ops::Range<usize>> = Vec::new();
        self.bytes.extend_from_slice(&time.millis().to_le_bytes());
        self.bytes.extend_from_slice(&sleeve.number().to_le_bytes());
        for command in commands {
            match command {
                Command::Place(request) => {
                    self.bytes.push(1);
                    numbers.push(self.bytes.len()..self.bytes.len() + 8);
                    self.number(request.id.number());
                    self.position(request.position);
                    self.bytes.push(match request.side {
                        Side::Buy => 1,
                        Side::Sell => 2,
                    });
                    self.kind(&request.kind);
                    self.amount(&request.amount);
                }
                Command::Cancel { order, position } => {
                    self.bytes.push(2);
                    numbers.push(self.bytes.len()..self.bytes.len() + 8);
                    self.number(order.number());
                    self.position(*position);
                }
            }
        }
        self.ends.push((time, self.bytes.len()));
        // FNV-1a, 64 bits (Fowler, Noll, Vo).
        let kind = (begins..self.bytes.len())
            .filter(|place| !numbers.iter().any(|number| number.contains(place)))
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, place| {
                (hash ^ u64::from(self.bytes[place])).wrapping_mul(0x0100_0000_01b3)
            });
        self.kinds.push(kind);
    }

    /// Number of decisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Decisions up to `time`, included: how many, and their bytes.
    #[must_use]
    pub fn until(&self, time: Timestamp) -> (usize, &[u8]) {
        let count = self.ends.partition_point(|(decided, _)| *decided <= time);
        let end = count.checked_sub(1).map_or(0, |last| self.ends[last].1);
        (count, &self.bytes[..end])
    }

    /// Time of the first decision in which two logs differ, up to `time`; `None` when they agree.
    #[must_use]
    pub fn first_difference(&self, other: &Self, time: Timestamp) -> Option<Timestamp> {
        let ((mine, my_bytes), (theirs, their_bytes)) = (self.until(time), other.until(time));
        if my_bytes == their_bytes && mine == theirs {
            return None;
        }
        let equal =
            my_bytes.iter().zip(their_bytes).take_while(|(one, other)| one == other).count();
        let at = |log: &Self, count: usize| {
            log.ends[..count].iter().find(|(_, end)| *end > equal).map(|(time, _)| *time)
        };
        match (at(self, mine), at(other, theirs)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Time of the first decision in `start < time <= end` that the other log does not have likewise; the numbers of
    /// orders do not matter. `None` when they agree.
    #[must_use]
    pub fn first_other(&self, other: &Self, range: TimeRange) -> Option<Timestamp> {
        let (mine, theirs) = (self.within(range), other.within(range));
        let equal = mine.clone().zip(theirs.clone()).take_while(|(one, other)| one == other);
        let equal = equal.count();
        let next = [mine, theirs].map(|mut decisions| decisions.nth(equal));
        next.into_iter().flatten().map(|(time, _)| time).min()
    }

    fn within(&self, range: TimeRange) -> impl Iterator<Item = (Timestamp, u64)> + Clone + '_ {
        let all = self.ends.iter().zip(&self.kinds).map(|((time, _), kind)| (*time, *kind));
        all.filter(move |(time, _)| *time > range.start && *time <= range.end)
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn position(&mut self, position: PositionKey) {
        self.bytes.extend_from_slice(&position.instrument.number().to_le_bytes());
        self.bytes.push(match position.side {
            PositionSide::Both => 0,
            PositionSide::Long => 1,
            PositionSide::Short => 2,
        });
    }

    fn price(&mut self, price: Price) {
        self.bytes.extend_from_slice(&price.decimal().normalize().serialize());
    }

    fn quantity(&mut self, quantity: Quantity) {
        self.bytes.extend_from_slice(&quantity.decimal().normalize().serialize());
    }

    fn watches(&mut self, watches: PriceKind) {
        self.bytes.push(match watches {
            PriceKind::Last => 0,
            PriceKind::Mark => 1,
        });
    }

    fn time_in_force(&mut self, time_in_force: TimeInForce) {
        let (code, until) = match time_in_force {
            TimeInForce::GoodTilCancelled => (0, 0),
            TimeInForce::ImmediateOrCancel => (1, 0),
            TimeInForce::FillOrKill => (2, 0),
            TimeInForce::PostOnly => (3, 0),
            TimeInForce::GoodTilDate(until) => (4, until.millis()),
        };
        self.bytes.push(code);
        self.bytes.extend_from_slice(&until.to_le_bytes());
    }

    fn kind(&mut self, kind: &OrderKind) {
        match *kind {
            OrderKind::Market => self.bytes.push(0),
            OrderKind::Limit { price, time_in_force } => {
                self.bytes.push(1);
                self.price(price);
                self.time_in_force(time_in_force);
            }
            OrderKind::StopMarket { trigger, watches } => {
                self.bytes.push(2);
                self.price(trigger);
                self.watches(watches);
            }
            OrderKind::StopLimit { trigger, price, watches, time_in_force } => {
                self.bytes.push(3);
                self.price(trigger);
                self.price(price);
                self.watches(watches);
                self.time_in_force(time_in_force);
            }
            OrderKind::TakeProfitMarket { trigger, watches } => {
                self.bytes.push(4);
                self.price(trigger);
                self.watches(watches);
            }
            OrderKind::TakeProfitLimit { trigger, price, watches, time_in_force } => {
                self.bytes.push(5);
                self.price(trigger);
                self.price(price);
                self.watches(watches);
                self.time_in_force(time_in_force);
            }
            OrderKind::TrailingStop { activation, callback, watches } => {
                self.bytes.push(6);
                self.bytes.push(u8::from(activation.is_some()));
                if let Some(activation) = activation {
                    self.price(activation);
                }
                self.bytes.extend_from_slice(&callback.decimal().normalize().serialize());
                self.watches(watches);
            }
        }
    }

    fn amount(&mut self, amount: &OrderAmount) {
        match *amount {
            OrderAmount::Trade(quantity) => {
                self.bytes.push(0);
                self.quantity(quantity);
            }
            OrderAmount::Reduce(quantity) => {
                self.bytes.push(1);
                self.quantity(quantity);
            }
            OrderAmount::ClosePosition => self.bytes.push(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{OrderId, OrderRequest};

    fn log(orders: &[(i64, u64)]) -> DecisionLog {
        let mut log = DecisionLog::default();
        for (time, id) in orders {
            let request = OrderRequest {
                id: OrderId::new(*id),
                position: PositionKey::default(),
                side: Side::Buy,
                kind: OrderKind::Market,
                amount: OrderAmount::ClosePosition,
            };
            let commands = [Command::Place(request)];
            log.note(Timestamp::from_millis(*time), SleeveId::new(0), &commands);
        }
        log
    }

    #[test]
    fn logs_are_compared_up_to_a_time() {
        let at = Timestamp::from_millis;
        let (one, other) = (log(&[(1, 1), (2, 2), (3, 3)]), log(&[(1, 1), (2, 9)]));
        assert_eq!(one.first_difference(&other, at(1)), None);
        assert_eq!(one.first_difference(&other, at(2)), Some(at(2)));
        let shorter = log(&[(1, 1), (2, 2)]);
        assert_eq!(one.first_difference(&shorter, at(2)), None);
        assert_eq!(one.first_difference(&shorter, at(9)), Some(at(3)));
        assert_eq!(shorter.first_difference(&one, at(9)), Some(at(3)));
    }
}
