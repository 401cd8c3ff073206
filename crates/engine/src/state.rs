//! Everything an engine remembers between two steps.

use std::cell::RefCell;
use std::fmt;

use domain::{
    Instrument, Intent, Money, OrderId, PositionKey, PositionMode, Quantity, Settlement, SleeveId,
    Timestamp,
};
use execution::{OrderBook, OrderState};
use ledger::{Account, Books};
use margin::Leverage;
use risk::{ActiveLock, Gate, Lock};
use strategy::Output;

use crate::exposures::Exposures;
use crate::mark::Marks;
use crate::sleeve::Sleeve;
use crate::{Settings, SleeveSetup};

/// What is made of the wishes of strategies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heed {
    /// They are acted on.
    #[default]
    Act,
    /// The candles are history from before the start: they form readings, nothing is wished or skipped.
    WarmUp,
    /// The candles were missed and come later: nothing is acted on, each wish is listed as skipped.
    Missed,
}

/// State of one engine: the sleeves of one account.
pub struct EngineState {
    pub(crate) mode: PositionMode,
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) leverages: Vec<Leverage>,
    /// Settlements so far, by instrument.
    pub(crate) funding: Vec<Vec<Settlement>>,
    pub(crate) sleeves: Vec<Sleeve>,
    /// Whether several sleeves trade one instrument.
    pub(crate) shares_instruments: bool,
    pub(crate) gate: Gate,
    pub(crate) book: OrderBook,
    pub(crate) books: Books,
    pub(crate) trades: u32,
    pub(crate) is_depleted: bool,
    pub(crate) heed: Heed,
    pub(crate) intents: Vec<Intent>,
    pub(crate) exposures: RefCell<Exposures>,
}

impl EngineState {
    /// A fresh engine with its first deposit booked.
    ///
    /// # Panics
    /// If there is no sleeve, or a sleeve names an instrument that is not in the list.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { initial_balance, position_mode, rules, instruments, sleeves } = settings;
        assert!(
            sleeves.iter().all(|sleeve| sleeve.instrument.index() < instruments.len()),
            "every sleeve trades an instrument of the account"
        );
        let books = Books::new(instruments.len(), initial_balance, sleeves.len());
        let leverages: Vec<Leverage> = instruments.iter().map(|it| it.margin.leverage).collect();
        let (instruments, margins): (Vec<_>, Vec<_>) =
            instruments.into_iter().map(|it| (it.instrument, it.margin)).unzip();
        let gate = Gate::new(rules, margins, sleeves.iter().map(|sleeve| sleeve.rules).collect());
        Self {
            mode: position_mode,
            funding: vec![Vec::new(); instruments.len()],
            instruments,
            leverages,
            shares_instruments: shares_instruments(&sleeves),
            sleeves: sleeves
                .into_iter()
                .map(|it| Sleeve::new(it.strategy, it.instrument))
                .collect(),
            gate,
            book: OrderBook::default(),
            books,
            trades: 0,
            is_depleted: false,
            heed: Heed::Act,
            intents: Vec::with_capacity(4),
            exposures: RefCell::default(),
        }
    }

    /// The books of the account and its sleeves.
    #[must_use]
    pub const fn books(&self) -> &Books {
        &self.books
    }

    /// Orders that are not at their end.
    #[must_use]
    pub const fn orders(&self) -> &OrderBook {
        &self.book
    }

    /// The risk gate.
    #[must_use]
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Whether the account has too little left to trade, so that strategies are not asked any more.
    #[must_use]
    pub const fn is_depleted(&self) -> bool {
        self.is_depleted
    }

    /// Says what is made of the wishes of strategies from now on.
    pub const fn heed(&mut self, heed: Heed) {
        self.heed = heed;
    }

    /// Lets a sleeve's strategy open nothing from now on, or lets it again. What it holds keeps its stops and
    /// targets, what waits stays, and its exits are acted on.
    pub fn pause(&mut self, sleeve: SleeveId, is_paused: bool) {
        self.sleeves[sleeve.index()].is_paused = is_paused;
    }

    /// Whether a sleeve's strategy opens nothing for now.
    #[must_use]
    pub fn is_paused(&self, sleeve: SleeveId) -> bool {
        self.sleeves[sleeve.index()].is_paused
    }

    /// Lets a person decide about each entry of a sleeve's strategy from now on, or no more: such entries become
    /// proposals ([`Effects::proposals`](crate::Effects)).
    pub fn ask(&mut self, sleeve: SleeveId, asks: bool) {
        self.sleeves[sleeve.index()].asks = asks;
    }

    /// Whether a person decides about each entry of a sleeve's strategy.
    #[must_use]
    pub fn asks(&self, sleeve: SleeveId) -> bool {
        self.sleeves[sleeve.index()].asks
    }

    /// Whether a sleeve's strategy has failed and is asked no more.
    #[must_use]
    pub fn has_given_up(&self, sleeve: SleeveId) -> bool {
        self.sleeves[sleeve.index()].has_given_up()
    }

    /// Ends a lock of the risk rules, on the wish of a person, and gives it back if it was there.
    pub fn release(&mut self, lock: Lock) -> Option<ActiveLock> {
        self.gate.release(lock)
    }

    /// What a sleeve's strategy has drawn and written since this was last asked.
    pub fn take_output(&mut self, sleeve: SleeveId) -> Output {
        self.sleeves[sleeve.index()].take_output()
    }

    /// Tells strategies that nobody will ask for what they draw and write.
    pub fn omit_outputs(&mut self) {
        self.sleeves.iter_mut().for_each(Sleeve::omit_output);
    }

    /// Whether a wallet carries the smallest order of any instrument at `now`.
    pub(crate) fn carries_any(&self, wallet: Money, now: Timestamp) -> bool {
        self.instruments.iter().zip(&self.leverages).any(|(instrument, leverage)| {
            let smallest = instrument.rules(now).notional_min;
            // What carries it without leverage carries it with one: nothing need be divided.
            wallet >= smallest || wallet >= leverage.initial_margin(smallest)
        })
    }

    /// Wallet plus unrealised profit, in quote asset. A position without a mark counts at cost.
    #[must_use]
    pub fn equity(&self, marks: Marks<'_>) -> Money {
        let account = self.books.account();
        if !account.has_positions() {
            return account.balance(Account::Wallet);
        }
        account.equity(|instrument| {
            marks.price(instrument, self.instruments[instrument.index()].scale)
        })
    }

    /// The position a sleeve would open in a direction, or holds.
    #[inline]
    pub(crate) fn key(&self, sleeve: SleeveId, direction: domain::Direction) -> PositionKey {
        let instrument = self.sleeves[sleeve.index()].instrument;
        PositionKey { instrument, side: self.mode.side_of(direction) }
    }

    /// What a sleeve holds, in the position that is the key of its direction.
    #[inline]
    pub(crate) fn held(&self, sleeve: SleeveId) -> Option<&ledger::Position> {
        let own = &self.sleeves[sleeve.index()];
        let side = self.mode.side_of(own.trade.as_ref()?.direction);
        self.books.sleeve(sleeve).position(PositionKey { instrument: own.instrument, side })
    }

    /// What market exits under way leave of what a sleeve holds; `None` when that is nothing.
    #[inline]
    pub(crate) fn staying_of(&self, sleeve: SleeveId, held: Quantity) -> Option<Quantity> {
        if !self.book.has_market_exits(sleeve) {
            return Some(held);
        }
        self.left_by_exits(sleeve, held)
    }

    #[inline(never)]
    fn left_by_exits(&self, sleeve: SleeveId, held: Quantity) -> Option<Quantity> {
        let mut exits = self.book.market_exits(sleeve);
        exits.try_fold(held, |staying, exit| staying.checked_sub(exit.left()?))
    }

    /// Whether market exits of all that a sleeve holds are under way.
    pub(crate) fn is_leaving(&self, sleeve: SleeveId) -> bool {
        self.held(sleeve).is_some_and(|held| self.staying_of(sleeve, held.quantity).is_none())
    }

    /// Whether a sleeve holds something, or may by an entry that is being taken back.
    pub(crate) fn may_hold_again(&self, sleeve: SleeveId) -> bool {
        let waiting = &self.sleeves[sleeve.index()].waiting;
        self.held(sleeve).is_some() || waiting.iter().any(|it| self.is_taken_back(sleeve, it.order))
    }

    pub(crate) fn is_taken_back(&self, sleeve: SleeveId, order: OrderId) -> bool {
        let mut own = self.book.of_sleeve(sleeve);
        own.any(|it| it.request.id == order && it.state == OrderState::CancelPending)
    }
}

fn shares_instruments(sleeves: &[SleeveSetup]) -> bool {
    let mut seen: Vec<usize> = sleeves.iter().map(|sleeve| sleeve.instrument.index()).collect();
    seen.sort_unstable();
    seen.windows(2).any(|pair| pair[0] == pair[1])
}

impl fmt::Debug for EngineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineState")
            .field("books", &self.books)
            .field("orders", &self.book)
            .finish_non_exhaustive()
    }
}
