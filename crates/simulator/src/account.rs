//! The venue's own record of the trader's account: wallet, isolated wallets, positions.
//!
//! Kept apart from the kernel's ledger, so that one can be checked against the other.

use domain::{Direction, Money, PositionKey, Price, Quantity, Side};
use margin::{Leverage, MarginMode, MarginPosition};

/// A position as the venue keeps it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// Direction, quantity and entry notional.
    pub position: MarginPosition,
    /// Wallet of an isolated position; `None` for a cross position.
    pub isolated: Option<Money>,
    /// Quantity and entry notional as statistics.
    pub(crate) size: Size,
}

/// Quantity and entry notional of a position as binary numbers, for a first look at its risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    pub(crate) quantity: f64,
    pub(crate) cost: f64,
}

impl Size {
    #[inline]
    fn of(position: &MarginPosition) -> Self {
        Self { quantity: position.quantity.to_f64(), cost: position.cost.to_f64() }
    }
}

/// Wallets and positions as the venue keeps them.
#[derive(Clone, Debug)]
pub struct VenueAccount {
    cross_wallet: Money,
    holdings: Vec<Option<Holding>>,
    /// Places of what is held, ascending.
    open: Vec<usize>,
}

/// What an execution closes and what it opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) closed: Option<Quantity>,
    pub(crate) opened: Option<Quantity>,
}

/// An execution to book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Booking {
    pub(crate) key: PositionKey,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) parts: Parts,
    /// Price times what is closed and opened together.
    pub(crate) notional: Money,
    pub(crate) commission: Money,
    pub(crate) leverage: Leverage,
    pub(crate) margin_mode: MarginMode,
}

impl VenueAccount {
    /// An account with this wallet and no position.
    #[must_use]
    pub fn new(wallet: Money, instruments: usize) -> Self {
        let places = instruments * PositionKey::SLOTS;
        Self {
            cross_wallet: wallet,
            holdings: vec![None; places],
            open: Vec::with_capacity(places),
        }
    }

    /// Cross wallet plus all isolated wallets, in quote asset.
    #[must_use]
    pub fn wallet(&self) -> Money {
        self.cross_wallet + self.holdings.iter().flatten().filter_map(|it| it.isolated).sum()
    }

    /// The cross wallet, in quote asset.
    #[inline]
    #[must_use]
    pub const fn cross_wallet(&self) -> Money {
        self.cross_wallet
    }

    /// What is held of a position.
    #[inline]
    #[must_use]
    pub fn holding(&self, key: PositionKey) -> Option<&Holding> {
        self.holdings.get(key.index())?.as_ref()
    }

    /// What is held of the positions of the instrument at a place.
    #[inline]
    pub(crate) fn pair(&self, place: usize) -> [Option<&Holding>; PositionKey::SLOTS] {
        let first = place * PositionKey::SLOTS;
        match self.holdings.get(first..first + PositionKey::SLOTS) {
            Some([one, other]) => [one.as_ref(), other.as_ref()],
            Some(_) | None => [None; PositionKey::SLOTS],
        }
    }

    /// Whether nothing is held.
    #[inline]
    #[must_use]
    pub const fn is_flat(&self) -> bool {
        self.open.is_empty()
    }

    /// All positions with the place of their key, in the order of the keys.
    pub fn holdings(&self) -> impl Iterator<Item = (usize, &Holding)> {
        self.open.iter().filter_map(|place| Some((*place, self.holdings[*place].as_ref()?)))
    }

    /// The places of the keys of all positions, ascending.
    #[inline]
    pub(crate) fn open_places(&self) -> &[usize] {
        &self.open
    }

    /// Splits an execution into what closes and what opens.
    #[inline]
    pub(crate) fn split(&self, key: PositionKey, side: Side, quantity: Quantity) -> Parts {
        match self.holding(key) {
            Some(held) if held.position.direction.exit_side() == side => {
                let closed = quantity.min(held.position.quantity);
                Parts { closed: Some(closed), opened: quantity.checked_sub(closed) }
            }
            _ => Parts { closed: None, opened: Some(quantity) },
        }
    }

    /// Books an execution that was checked before.
    #[inline]
    pub(crate) fn book(&mut self, booking: &Booking) {
        let Parts { closed, opened } = booking.parts;
        self.cross_wallet -= booking.commission;
        let part = |quantity: Quantity, other: Option<Quantity>| match other {
            None => booking.notional,
            Some(_) => booking.price * quantity,
        };
        if let Some(closed) = closed {
            self.close(booking.key, closed, part(closed, opened));
        }
        if let Some(opened) = opened {
            self.open(booking, opened, part(opened, closed));
        }
    }

    /// Closes a part at a notional: its profit and its share of an isolated wallet go to the cross wallet.
    pub(crate) fn close(&mut self, key: PositionKey, closed: Quantity, notional: Money) {
        let Some(held) = self.holdings.get_mut(key.index()).and_then(Option::as_mut) else {
            return;
        };
        let position = held.position;
        let rest = position.quantity.checked_sub(closed);
        let share = |amount: Money| match rest {
            None => amount,
            Some(_) => amount.share(closed, position.quantity),
        };
        let released = share(position.cost);
        self.cross_wallet += margin::pnl(position.direction, released, notional);
        if let Some(isolated) = held.isolated.as_mut() {
            let freed = share(*isolated);
            *isolated -= freed;
            self.cross_wallet += freed;
        }
        match rest {
            Some(quantity) => {
                held.position.quantity = quantity;
                held.position.cost -= released;
                held.size = Size::of(&held.position);
            }
            None => {
                self.holdings[key.index()] = None;
                self.forget(key.index());
            }
        }
    }

    fn open(&mut self, booking: &Booking, opened: Quantity, cost: Money) {
        let direction = match booking.side {
            Side::Buy => Direction::Long,
            Side::Sell => Direction::Short,
        };
        let moved = match booking.margin_mode {
            MarginMode::Cross => None,
            MarginMode::Isolated => Some(booking.leverage.initial_margin(cost)),
        };
        self.cross_wallet -= moved.unwrap_or(Money::ZERO);
        let place = booking.key.index();
        if let Some(held) = self.holdings[place].as_mut() {
            held.position.quantity = held.position.quantity + opened;
            held.position.cost += cost;
            held.size = Size::of(&held.position);
            if let (Some(isolated), Some(moved)) = (held.isolated.as_mut(), moved) {
                *isolated += moved;
            }
        } else {
            let position = MarginPosition { direction, quantity: opened, cost };
            let size = Size::of(&position);
            self.holdings[place] = Some(Holding { position, isolated: moved, size });
            if let Err(at) = self.open.binary_search(&place) {
                self.open.insert(at, place);
            }
        }
    }

    fn forget(&mut self, place: usize) {
        if let Ok(at) = self.open.binary_search(&place) {
            self.open.remove(at);
        }
    }

    /// Adds a funding payment to the wallet that bears it.
    pub(crate) fn fund(&mut self, key: PositionKey, amount: Money) {
        match self.holdings.get_mut(key.index()).and_then(Option::as_mut) {
            Some(Holding { isolated: Some(isolated), .. }) => *isolated += amount,
            Some(Holding { isolated: None, .. }) | None => self.cross_wallet += amount,
        }
    }

    /// Takes a liquidated position out; `remains` is what is left of the wallet that bore it. For a
    /// cross position that is the whole cross wallet.
    pub(crate) fn liquidate(&mut self, key: PositionKey, remains: Money) {
        let Some(held) = self.holdings.get_mut(key.index()).and_then(Option::take) else { return };
        self.forget(key.index());
        match held.isolated {
            Some(_) => self.cross_wallet += remains,
            None => self.cross_wallet = remains,
        }
    }
}
