//! Laws that hold after any events, with amounts of any number of decimals.

use domain::{Decimal, Direction, Fill, Liquidation, Money, PositionKey, PositionSide, Price};
use domain::{Quantity, Side, SleeveId};
use ledger::{Account, Books, Ledger, Netting, Posting};
use proptest::prelude::*;

use crate::support::*;

const INSTRUMENTS: u16 = 3;

/// An event with numbers still free: which position and side are what the mode allows.
#[derive(Clone, Debug)]
struct Draw {
    kind: u8,
    sleeve: u16,
    instrument: u16,
    side: Side,
    direction: Direction,
    price: Price,
    quantity: Quantity,
    commission: Money,
}

/// Prices up to 1e5 and quantities up to 1e3, both with up to eight decimals: products are settled.
fn draws(sleeves: u16) -> impl Strategy<Value = Vec<Draw>> {
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let direction = prop_oneof![Just(Direction::Long), Just(Direction::Short)];
    let place = (0..16u8, 0..sleeves, 0..INSTRUMENTS);
    let price = (1..10_000_000_000_000_i64, 0..9u32);
    let quantity = (1..100_000_000_000_i64, 0..9u32);
    let commission = (-100..1_000_i64, 2..15u32);
    let draw = (place, side, direction, price, quantity, commission).prop_map(
        |((kind, sleeve, instrument), side, direction, price, quantity, commission)| Draw {
            kind,
            sleeve,
            instrument,
            side,
            direction,
            price: Price::new(within(price, 8)).unwrap(),
            quantity: Quantity::new(within(quantity, 8)).unwrap(),
            commission: Money::new(Decimal::new(commission.0, commission.1)),
        },
    );
    proptest::collection::vec(draw, 1..60)
}

/// A number with a few decimals, cut so that it keeps its size; at least one unit.
fn within((digits, decimals): (i64, u32), most: u32) -> Decimal {
    let digits = digits / 10_i64.pow(most - decimals);
    Decimal::new(digits.max(1), decimals)
}

impl Draw {
    fn position(&self, hedge: bool) -> PositionKey {
        let side = match (hedge, self.direction) {
            (false, _) => PositionSide::Both,
            (true, Direction::Long) => PositionSide::Long,
            (true, Direction::Short) => PositionSide::Short,
        };
        key(self.instrument, side)
    }

    fn fill(&self, hedge: bool) -> Fill {
        let fill = fill(self.position(hedge), self.side, self.quantity, self.price);
        Fill { commission: self.commission, ..fill }
    }

    /// A liquidation of what the ledger holds, with charges in the size of the commission.
    fn liquidation(&self, hedge: bool, ledger: &Ledger) -> Option<Liquidation> {
        let key = self.position(hedge);
        let held = ledger.position(key)?;
        let end = liquidation(key, held.direction.exit_side(), held.quantity, self.price);
        let (commission, fee) = (self.commission, self.commission + self.commission);
        Some(Liquidation { commission, fee, insurance: commission.abs(), ..end })
    }
}

fn event_of_ledger(ledger: &mut Ledger, draw: &Draw, hedge: bool) -> Option<(Posting, Money)> {
    let amount = draw.commission;
    match draw.kind {
        0 => Some((ledger.funding(&funding(draw.position(hedge), amount)), amount)),
        1 => Some((ledger.deposit(amount), amount)),
        2 => Some((ledger.withdraw(amount), -amount)),
        3 => Some((ledger.adjust(amount), amount)),
        4 => {
            let end = draw.liquidation(hedge, ledger)?;
            let booked = ledger.liquidation(&end).unwrap();
            let gained = booked.realised - end.commission - end.fee + end.insurance;
            Some((booked.posting(), gained))
        }
        _ => {
            let booked = ledger.fill(&draw.fill(hedge)).ok()?;
            Some((booked.posting(), booked.realised - draw.commission))
        }
    }
}

fn event_of_books(books: &mut Books, draw: &Draw, hedge: bool) {
    match draw.kind {
        0 => {
            let payment = funding(draw.position(hedge), draw.commission);
            let mut parts = Money::ZERO;
            let held = books.account().position(payment.position).is_some();
            books.funding(&payment, |_, part| parts += part);
            assert_eq!(parts, if held { payment.amount } else { Money::ZERO });
        }
        1 => drop(books.deposit(draw.commission)),
        2 => drop(books.adjust(draw.commission)),
        3 => {
            let Some(end) = draw.liquidation(hedge, books.account()) else { return };
            let mut charges = [Money::ZERO; 3];
            let add = |_, share: &Liquidation, _: &_| {
                charges[0] += share.commission;
                charges[1] += share.fee;
                charges[2] += share.insurance;
            };
            books.liquidation(&end, add).unwrap();
            assert_eq!(charges, [end.commission, end.fee, end.insurance]);
        }
        // Refused fills of hedge positions move nothing, as the checks afterwards show.
        _ => drop(books.fill(SleeveId::new(draw.sleeve), &draw.fill(hedge))),
    }
}

/// Closes what each sleeve holds.
fn flatten(books: &mut Books, at: Price) {
    for sleeve in (0..books.sleeve_count() as u16).map(SleeveId::new) {
        let open: Vec<_> =
            books.sleeve(sleeve).positions().map(|(key, held)| (key, *held)).collect();
        for (key, held) in open {
            let exit = fill(key, held.direction.exit_side(), held.quantity, at);
            books.fill(sleeve, &exit).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_ledger_balances_after_any_events(draws in draws(1), hedge: bool) {
        let capital = money("100000");
        let mut ledger = Ledger::with_capital(INSTRUMENTS.into(), capital);
        let mut wallet = capital;
        for draw in &draws {
            let before = balances(&ledger);
            match event_of_ledger(&mut ledger, draw, hedge) {
                Some((posting, gained)) => {
                    let sum: Money = posting.lines().map(|line| line.amount).sum();
                    prop_assert_eq!(sum, Money::ZERO);
                    wallet += gained;
                }
                None => prop_assert_eq!(balances(&ledger), before),
            }
            prop_assert_eq!(ledger.check(), Ok(()));
            prop_assert_eq!(ledger.balance(Account::Wallet), wallet);
        }
    }

    #[test]
    fn sleeves_sum_to_the_account_after_any_events(draws in draws(4), hedge: bool) {
        let mut books = Books::new(INSTRUMENTS.into(), money("100000"), 4);
        for draw in &draws {
            event_of_books(&mut books, draw, hedge);
            prop_assert_eq!(books.check(), Ok(()));
        }
        flatten(&mut books, price("123.45678"));
        prop_assert!(!books.account().has_positions());
        prop_assert_eq!(books.check(), Ok(()));
        prop_assert_eq!(books.netting(), Netting::default());
        let account = books.account();
        let owned = -(account.balance(Account::Capital)
            + account.balance(Account::Transfer)
            + account.balance(Account::Adjustment));
        let wallets: Money = (0..4).map(SleeveId::new).map(|id| books.sleeve(id).balance(Account::Wallet)).sum();
        prop_assert_eq!(account.balance(Account::Wallet), owned + books.unassigned() + wallets);
    }

    #[test]
    fn a_sleeve_is_what_a_ledger_of_its_own_would_be(draws in draws(3), hedge: bool) {
        let mut books = Books::new(INSTRUMENTS.into(), money("100000"), 3);
        let mut alone: Vec<Ledger> = (0..3).map(|_| Ledger::new(INSTRUMENTS.into())).collect();
        for draw in &draws {
            let fill = draw.fill(hedge);
            let of_books = books.fill(SleeveId::new(draw.sleeve), &fill);
            prop_assert_eq!(of_books, alone[usize::from(draw.sleeve)].fill(&fill));
        }
        for (number, ledger) in (0..).zip(&alone) {
            let sleeve = books.sleeve(SleeveId::new(number));
            prop_assert_eq!(balances(sleeve), balances(ledger));
            prop_assert!(sleeve.positions().eq(ledger.positions()));
        }
    }
}
