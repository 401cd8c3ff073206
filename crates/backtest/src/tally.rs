//! What the account is worth at prices of the tape: a statistic for each candle.

use domain::Direction;
use engine::Mark;
use ledger::{Account, Ledger};

/// Wallet and positions as plain numbers, found anew when the books have changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worth {
    wallet: f64,
    /// Quantity and cost by instrument, long and short added up; shorts are negative.
    held: Vec<Held>,
    /// Instruments that may hold something.
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    quantity: f64,
    cost: f64,
}

impl Worth {
    /// The worth of an account with this many instruments.
    pub(crate) fn of(account: &Ledger, instruments: usize) -> Self {
        let held = vec![Held::default(); instruments];
        let mut worth = Self { wallet: 0.0, held, open: Vec::with_capacity(instruments) };
        worth.refresh(account);
        worth
    }

    /// Takes over what the books say now.
    #[inline]
    pub(crate) fn refresh(&mut self, account: &Ledger) {
        self.wallet = account.balance(Account::Wallet).to_f64();
        for place in self.open.drain(..) {
            self.held[place] = Held::default();
        }
        for (key, position) in account.positions() {
            let sign = match position.direction {
                Direction::Long => 1.0,
                Direction::Short => -1.0,
            };
            let place = key.instrument.index();
            let held = &mut self.held[place];
            held.quantity += sign * position.quantity.to_f64();
            held.cost += sign * position.cost.to_f64();
            if self.open.last() != Some(&place) {
                self.open.push(place);
            }
        }
    }

    /// Wallet plus unrealised profit.
    #[inline]
    pub(crate) fn at(&self, marks: &[Mark]) -> f64 {
        let unrealised = |place: &usize| self.held[*place].at(marks[*place].price);
        self.wallet + self.open.iter().map(unrealised).sum::<f64>()
    }

    /// Appends what it is at each price of the only instrument.
    #[inline]
    pub(crate) fn at_prices(&self, prices: &[f64], into: &mut Vec<f64>) {
        let (wallet, held) = (self.wallet, self.held[0]);
        into.extend(prices.iter().map(|price| wallet + held.at(*price)));
    }

    /// The same with one instrument.
    #[inline]
    pub(crate) fn at_price(&self, price: f64) -> f64 {
        self.wallet + self.held[0].at(price)
    }
}

impl Held {
    #[inline]
    fn at(self, price: f64) -> f64 {
        self.quantity * price - self.cost
    }
}
