//! A hundred thousand random events a position mode against the independent count.
//!
//! Funding, liquidations, refusals and what the owner moves are among them; every so often all
//! sleeves go flat, where the wallets must agree to the last digit.

use domain::{
    Decimal, Direction, Fill, Liquidation, Money, PositionKey, PositionMode, Price, Side, SleeveId,
};
use ledger::{Account, Books, Ledger, LedgerError};

use crate::count::*;
use crate::fractions::Fraction;
use crate::support::*;

const SLEEVES: u16 = 3;
const INSTRUMENTS: u16 = 3;
const EVENTS: u32 = 100_000;
/// Positions are closed when their fractions grow beyond this, to stay within 128 bits.
const DENOMINATOR_MAX: i128 = 1_000_000_000;

#[test]
fn one_way_events_agree_with_the_count_in_fractions() {
    let tally = Trial::new(PositionMode::OneWay, 1).run();
    assert!(tally.cuts > 20_000 && tally.turns > 5_000 && tally.liquidations > 1_000, "{tally:?}");
    assert!(tally.payments > 3_000 && tally.all_flat > 50 && tally.refusals == 0, "{tally:?}");
}

#[test]
fn hedge_events_agree_with_the_count_in_fractions() {
    let tally = Trial::new(PositionMode::Hedge, 2).run();
    assert!(tally.cuts > 10_000 && tally.turns == 0 && tally.liquidations > 1_000, "{tally:?}");
    assert!(tally.payments > 3_000 && tally.all_flat > 50 && tally.refusals > 5_000, "{tally:?}");
}

struct Trial {
    mode: PositionMode,
    random: SplitMix,
    books: Books,
    account: Count,
    sleeves: Vec<Count>,
    /// Grains that belong to the account alone.
    owned: i128,
    tally: Tally,
}

impl Trial {
    fn new(mode: PositionMode, seed: u64) -> Self {
        let capital = money("10000");
        Self {
            mode,
            random: SplitMix(seed),
            books: Books::new(INSTRUMENTS.into(), capital, SLEEVES.into()),
            account: Count::new(INSTRUMENTS, grains(capital)),
            sleeves: (0..SLEEVES).map(|_| Count::new(INSTRUMENTS, 0)).collect(),
            owned: grains(capital),
            tally: Tally::default(),
        }
    }

    fn run(mut self) -> Tally {
        while self.tally.events < EVENTS {
            match self.random.below(1000) {
                0..=2 => self.flatten_all(),
                3..=99 => self.funding(),
                100..=149 => self.liquidation(),
                150..=169 => self.owner(),
                _ => self.random_fill(),
            }
        }
        self.flatten_all();
        self.tally
    }

    fn random_key(&mut self) -> PositionKey {
        let direction = if self.random.below(2) == 0 { Direction::Long } else { Direction::Short };
        key(self.random.below(INSTRUMENTS.into()) as u16, self.mode.side_of(direction))
    }

    fn random_fill(&mut self) {
        let sleeve = SleeveId::new(self.random.below(SLEEVES.into()) as u16);
        let side = if self.random.below(2) == 0 { Side::Buy } else { Side::Sell };
        let (position, lots) = (self.random_key(), self.random.below(40) as i64 + 1);
        let price = self.random_price();
        let fill = fill(position, side, quantity_of(lots), price);
        // From a rebate to a fee, with eight decimals.
        let commission = self.random.below(1_000_000) as i64 - 100_000;
        self.fill(sleeve, &Fill { commission: Money::new(Decimal::new(commission, 8)), ..fill });
        if self.is_fraction_large(position) {
            self.flatten(position);
        }
    }

    fn random_price(&mut self) -> Price {
        Price::new(Decimal::new(self.random.below(10_000) as i64 + 10_000, 2)).unwrap()
    }

    fn fill(&mut self, sleeve: SleeveId, fill: &Fill) {
        self.tally.events += 1;
        let key = fill.position;
        let count = &mut self.sleeves[sleeve.index()];
        let lots = signed(direction_of(fill.side), lots_of(fill.quantity));
        let after = count.positions[key.index()].lots + lots;
        let is_refused = key.side.direction().is_some_and(|only| signed(only, after) < 0);
        match self.books.fill(sleeve, fill) {
            Ok(booked) => {
                assert!(!is_refused);
                count.trade(fill, &mut self.tally);
                let total = -grains(self.books.sleeve(sleeve).balance(Account::RealisedPnl));
                assert_eq!(total - count.realised, grains(booked.realised));
                self.account.trade(fill, &mut Tally::default());
            }
            Err(LedgerError::ExceedsPosition { .. }) => {
                assert!(is_refused);
                self.tally.refusals += 1;
            }
            Err(other) => panic!("{other}"),
        }
        self.compare(key);
    }

    fn funding(&mut self) {
        self.tally.events += 1;
        let key = self.random_key();
        let amount = self.random.below(10_000_000) as i64 - 5_000_000;
        let payment = funding(key, Money::new(Decimal::new(amount, 8)));
        let whole = grains(payment.amount);
        let net = self.account.positions[key.index()].lots;
        let mut left = whole;
        let sleeves = &mut self.sleeves;
        self.books.funding(&payment, |sleeve, part| {
            let count = &mut sleeves[sleeve.index()];
            let exact = Fraction::new(whole * count.positions[key.index()].lots, net);
            assert_near(grains(part), exact, Fraction::new(SLEEVES.into(), 2));
            count.cash += grains(part);
            left -= grains(part);
        });
        self.account.cash += whole;
        if net == 0 {
            assert_eq!(left, whole, "nobody is paid for a position that is gone");
            self.owned += whole;
        } else {
            assert_eq!(left, 0);
            self.tally.payments += 1;
        }
        self.compare(key);
    }

    fn liquidation(&mut self) {
        let key = self.random_key();
        let Some(held) = self.books.account().position(key).copied() else { return };
        self.tally.events += 1;
        self.tally.liquidations += 1;
        let mut charge = |end: u64| Money::new(Decimal::new(self.random.below(end) as i64, 8));
        let (commission, fee, insurance) = (charge(1000), charge(100_000), charge(100_000));
        let price = self.random_price();
        let end = liquidation(key, held.direction.exit_side(), held.quantity, price);
        let end = Liquidation { commission, fee, insurance, ..end };
        let counts = &mut self.sleeves;
        let all: i128 = counts.iter().map(|count| count.positions[key.index()].lots.abs()).sum();
        let mut left = charges_of(&end);
        let tally = &mut self.tally;
        let share_out = |sleeve: SleeveId, share: &Liquidation, _: &_| {
            let count = &mut counts[sleeve.index()];
            let lots = count.positions[key.index()].lots;
            assert_eq!(signed(direction_of(share.side), lots_of(share.quantity)), -lots);
            count.close(share, tally);
            for (place, part) in charges_of(share).into_iter().enumerate() {
                let exact = Fraction::new(charges_of(&end)[place] * lots.abs(), all);
                assert_near(part, exact, Fraction::new(SLEEVES.into(), 2));
                left[place] -= part;
            }
        };
        self.books.liquidation(&end, share_out).unwrap();
        assert_eq!(left, [0; 3]);
        self.account.close(&end, &mut Tally::default());
        self.compare(key);
    }

    fn owner(&mut self) {
        self.tally.events += 1;
        let amount = Money::new(Decimal::new(self.random.below(1_000_000) as i64, 8));
        let moved = match self.random.below(3) {
            0 => {
                self.books.deposit(amount);
                grains(amount)
            }
            1 => {
                self.books.withdraw(amount);
                -grains(amount)
            }
            _ => {
                self.books.adjust(-amount);
                -grains(amount)
            }
        };
        self.owned += moved;
        self.account.cash += moved;
        let key = self.random_key();
        self.compare(key);
    }

    fn is_fraction_large(&self, key: PositionKey) -> bool {
        let counts = self.sleeves.iter().chain([&self.account]);
        let mut averages = counts.map(|count| count.positions[key.index()].average);
        averages.any(|average| average.denominator() > DENOMINATOR_MAX)
    }

    fn flatten(&mut self, key: PositionKey) {
        for sleeve in (0..SLEEVES).map(SleeveId::new) {
            let Some(held) = self.books.sleeve(sleeve).position(key).copied() else { continue };
            let price = self.random_price();
            self.fill(sleeve, &fill(key, held.direction.exit_side(), held.quantity, price));
        }
    }

    fn flatten_all(&mut self) {
        for instrument in 0..INSTRUMENTS {
            for direction in [Direction::Long, Direction::Short] {
                self.flatten(key(instrument, self.mode.side_of(direction)));
            }
        }
        let wallet = |ledger: &Ledger| grains(ledger.balance(Account::Wallet));
        let sleeves = (0..SLEEVES).map(|number| wallet(self.books.sleeve(SleeveId::new(number))));
        assert_eq!(wallet(self.books.account()), self.owned + sleeves.sum::<i128>());
        self.tally.all_flat += 1;
    }

    fn compare(&mut self, key: PositionKey) {
        self.books.check().unwrap();
        self.account.compare(self.books.account(), key);
        for (number, count) in (0..).zip(&mut self.sleeves) {
            count.compare(self.books.sleeve(SleeveId::new(number)), key);
        }
    }
}
