//! An independent count of ledgers in fractions.
//!
//! It keeps a signed quantity and an average price, not a cost, and never rounds. Money is counted
//! in grains of 1e-14 quote asset, quantity in lots of 0.001, so prices of two decimals are whole
//! grains a lot. A partial close may round by half a grain, until the position is flat.

use std::cmp::Ordering;

use domain::{Decimal, Direction, Fill, Liquidation, Money, PositionKey, Price, Quantity, Side};
use ledger::{Account, Ledger};

use crate::fractions::Fraction;
use crate::support::fill;

const GRAIN_DECIMALS: u32 = 14;
/// One cent times one lot.
const GRAINS_OF_CENT_LOT: i128 = 1_000_000_000;

/// How often the interesting things happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) events: u32,
    pub(crate) cuts: u32,
    pub(crate) turns: u32,
    pub(crate) refusals: u32,
    pub(crate) payments: u32,
    pub(crate) liquidations: u32,
    pub(crate) all_flat: u32,
}

/// One position since it was last flat.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    /// Lots, negative when short.
    pub(crate) lots: i128,
    /// Grains a lot.
    pub(crate) average: Fraction,
    pub(crate) realised: Fraction,
    /// Grains that the ledger has realised.
    pub(crate) booked: i128,
    /// Partial closes of what is held, each of which may round by half a grain.
    pub(crate) cuts: i128,
}

impl Counted {
    const FLAT: Self =
        Self { lots: 0, average: Fraction::ZERO, realised: Fraction::ZERO, booked: 0, cuts: 0 };

    fn trade(&mut self, lots: i128, grains_a_lot: i128, tally: &mut Tally) {
        let price = Fraction::whole(grains_a_lot);
        if self.lots * lots >= 0 {
            let cost = self.cost().plus(price.times(Fraction::whole(lots)));
            self.lots += lots;
            self.average = cost.times(Fraction::new(1, self.lots));
            return;
        }
        let closed = self.lots.abs().min(lots.abs()) * self.lots.signum();
        let gain = price.minus(self.average).times(Fraction::whole(closed));
        self.realised = self.realised.plus(gain);
        let before = self.lots;
        self.lots += lots;
        if before * self.lots > 0 {
            self.cuts += 1;
            tally.cuts += 1;
        } else if self.lots != 0 {
            self.average = price;
            self.cuts = 0;
            tally.turns += 1;
        }
    }

    /// Signed cost in grains.
    fn cost(&self) -> Fraction {
        self.average.times(Fraction::whole(self.lots))
    }

    fn compare(&mut self, ledger: &Ledger, key: PositionKey) {
        let held = ledger.position(key);
        let lots = held.map_or(0, |held| signed(held.direction, lots_of(held.quantity)));
        assert_eq!(lots, self.lots);
        let cost = held.map_or(0, |held| signed(held.direction, grains(held.cost)));
        let bound = Fraction::new(self.cuts, 2);
        assert_near(cost, self.cost(), bound);
        assert_near(self.booked, self.realised, bound);
        if self.lots == 0 {
            assert_eq!(Fraction::whole(self.booked), self.realised);
            *self = Self::FLAT;
        }
    }
}

/// What one ledger must show.
pub(crate) struct Count {
    /// Grains: capital and transfers less what was bought, plus what was sold and received.
    pub(crate) cash: i128,
    /// Grains that the ledger has realised, by its balance.
    pub(crate) realised: i128,
    pub(crate) positions: Vec<Counted>,
}

impl Count {
    pub(crate) fn new(instruments: u16, cash: i128) -> Self {
        let places = usize::from(instruments) * PositionKey::SLOTS;
        Self { cash, realised: 0, positions: vec![Counted::FLAT; places] }
    }

    pub(crate) fn trade(&mut self, fill: &Fill, tally: &mut Tally) {
        let lots = signed(direction_of(fill.side), lots_of(fill.quantity));
        let price = cents(fill.price) * GRAINS_OF_CENT_LOT;
        self.cash -= lots * price + grains(fill.commission);
        self.positions[fill.position.index()].trade(lots, price, tally);
    }

    pub(crate) fn close(&mut self, end: &Liquidation, tally: &mut Tally) {
        self.trade(&fill(end.position, end.side, end.quantity, end.price), tally);
        let [commission, fee, insurance] = charges_of(end);
        self.cash += insurance - commission - fee;
    }

    pub(crate) fn compare(&mut self, ledger: &Ledger, key: PositionKey) {
        ledger.check().unwrap();
        let (wallet, cost) = (Account::Wallet, Account::PositionCost);
        assert_eq!(grains(ledger.balance(wallet)) - grains(ledger.balance(cost)), self.cash);
        let realised = -grains(ledger.balance(Account::RealisedPnl));
        let position = &mut self.positions[key.index()];
        position.booked += realised - self.realised;
        self.realised = realised;
        position.compare(ledger, key);
    }
}

pub(crate) fn charges_of(liquidation: &Liquidation) -> [i128; 3] {
    [grains(liquidation.commission), grains(liquidation.fee), grains(liquidation.insurance)]
}

pub(crate) fn assert_near(was: i128, exact: Fraction, bound: Fraction) {
    let distance = Fraction::whole(was).distance_to(exact, bound);
    assert_ne!(distance, Ordering::Greater, "{was} is not within {bound:?} of {exact:?}");
}

pub(crate) fn direction_of(side: Side) -> Direction {
    match side {
        Side::Buy => Direction::Long,
        Side::Sell => Direction::Short,
    }
}

pub(crate) fn signed(direction: Direction, amount: i128) -> i128 {
    match direction {
        Direction::Long => amount,
        Direction::Short => -amount,
    }
}

fn scaled(value: Decimal, decimals: u32) -> i128 {
    let value = value.normalize();
    value.mantissa() * 10_i128.pow(decimals.checked_sub(value.scale()).expect("whole units"))
}

pub(crate) fn grains(amount: Money) -> i128 {
    scaled(amount.decimal(), GRAIN_DECIMALS)
}

fn cents(price: Price) -> i128 {
    scaled(price.decimal(), 2)
}

pub(crate) fn lots_of(quantity: Quantity) -> i128 {
    scaled(quantity.decimal(), 3)
}

pub(crate) fn quantity_of(lots: i64) -> Quantity {
    Quantity::new(Decimal::new(lots, 3)).unwrap()
}
