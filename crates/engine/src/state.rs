//! Everything an engine remembers between two steps.

use std::fmt;

use domain::{
    Instrument, Intent, Money, OrderId, PositionKey, PositionMode, Quantity, SleeveId, Timestamp,
};
use execution::{OrderBook, OrderState};
use ledger::{Account, Books};
use margin::{Leverage, MarginMode};
use risk::{Exposure, ExposureState, Gate};

use crate::mark::Marks;
use crate::sleeve::{OpenTrade, Sleeve};
use crate::{Settings, SleeveSetup};

/// State of one engine: the sleeves of one account.
pub struct EngineState {
    pub(crate) mode: PositionMode,
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) leverages: Vec<Leverage>,
    pub(crate) sleeves: Vec<Sleeve>,
    /// Whether several sleeves trade one instrument.
    shares_instruments: bool,
    pub(crate) gate: Gate,
    pub(crate) book: OrderBook,
    pub(crate) books: Books,
    pub(crate) trades: u32,
    pub(crate) is_depleted: bool,
    pub(crate) intents: Vec<Intent>,
    pub(crate) exposures: Vec<Exposure>,
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
        let (instruments, margins) =
            instruments.into_iter().map(|it| (it.instrument, it.margin)).unzip();
        let gate = Gate::new(rules, margins, sleeves.iter().map(|sleeve| sleeve.rules).collect());
        Self {
            mode: position_mode,
            instruments,
            leverages,
            shares_instruments: shares_instruments(&sleeves),
            sleeves: sleeves.into_iter().map(Sleeve::from).collect(),
            gate,
            book: OrderBook::default(),
            books,
            trades: 0,
            is_depleted: false,
            intents: Vec::with_capacity(4),
            exposures: Vec::with_capacity(4),
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

    /// Wallet below which no instrument can be traded at `now`.
    pub(crate) fn smallest(&self, now: Timestamp) -> Money {
        let margin = |(instrument, leverage): (&Instrument, &Leverage)| {
            leverage.initial_margin(instrument.rules(now).notional_min)
        };
        let margins = self.instruments.iter().zip(&self.leverages).map(margin);
        margins.min().unwrap_or(Money::ZERO)
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

    /// What a sleeve holds.
    #[inline]
    pub(crate) fn held(&self, sleeve: SleeveId) -> Option<(PositionKey, &ledger::Position)> {
        let own = &self.sleeves[sleeve.index()];
        let side = self.mode.side_of(own.trade.as_ref()?.direction);
        let key = PositionKey { instrument: own.instrument, side };
        Some((key, self.books.sleeve(sleeve).position(key)?))
    }

    /// What market exits under way leave of what a sleeve holds; `None` when that is nothing.
    #[inline]
    pub(crate) fn staying_of(&self, sleeve: SleeveId, held: &ledger::Position) -> Option<Quantity> {
        if !self.book.has_market_exits(sleeve) {
            return Some(held.quantity);
        }
        self.left_by_exits(sleeve, held)
    }

    #[inline(never)]
    fn left_by_exits(&self, sleeve: SleeveId, held: &ledger::Position) -> Option<Quantity> {
        let mut exits = self.book.market_exits(sleeve);
        exits.try_fold(held.quantity, |staying, exit| staying.checked_sub(exit.left()?))
    }

    /// Whether market exits of all that a sleeve holds are under way.
    pub(crate) fn is_leaving(&self, sleeve: SleeveId) -> bool {
        self.held(sleeve).is_some_and(|(_, held)| self.staying_of(sleeve, held).is_none())
    }

    /// Whether a sleeve holds something, or may by an entry that is being taken back.
    pub(crate) fn may_hold_again(&self, sleeve: SleeveId) -> bool {
        let waiting = &self.sleeves[sleeve.index()].waiting;
        self.held(sleeve).is_some() || waiting.iter().any(|it| self.is_taken_back(sleeve, it.order))
    }

    fn is_taken_back(&self, sleeve: SleeveId, order: OrderId) -> bool {
        let mut own = self.book.of_sleeve(sleeve);
        own.any(|it| it.request.id == order && it.state == OrderState::CancelPending)
    }

    /// Lists what is held or about to be held; a position whose market exit is under way counts as
    /// closed. The list is the caller's, so that it is made once and used again. Gives equity, and what
    /// of it no exposure binds.
    pub(crate) fn expose(&self, marks: Marks<'_>, exposures: &mut Vec<Exposure>) -> (Money, Money) {
        exposures.clear();
        let mut seen = Seen { positions: 0, unrealised: Money::ZERO };
        for sleeve in 0..self.sleeves.len() {
            let sleeve = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
            if let Some(unrealised) = self.expose_position(sleeve, marks, exposures) {
                seen.positions += 1;
                seen.unrealised += unrealised;
            }
            self.expose_waiting(sleeve, exposures);
        }
        let equity = self.equity_seen(marks, &seen);
        let bound: Money = exposures.iter().map(|exposure| exposure.binds).sum();
        (equity, equity - bound)
    }

    /// Equity after a look at all sleeves: where none shares its instrument with another, what they hold
    /// is what the account holds, and their sum need not be found again.
    fn equity_seen(&self, marks: Marks<'_>, seen: &Seen) -> Money {
        let account = self.books.account();
        if self.shares_instruments || account.position_count() != seen.positions {
            return self.equity(marks);
        }
        let equity = account.balance(Account::Wallet) + seen.unrealised;
        debug_assert!(equity == self.equity(marks), "sleeves hold what the account holds");
        equity
    }

    /// Exposes what a sleeve holds and gives its unrealised profit.
    #[inline]
    fn expose_position(
        &self,
        sleeve: SleeveId,
        marks: Marks<'_>,
        into: &mut Vec<Exposure>,
    ) -> Option<Money> {
        let (position, held) = self.held(sleeve)?;
        let scale = self.instruments[position.instrument.index()].scale;
        let notional = match marks.price(position.instrument, scale) {
            Some(mark) => mark * held.quantity,
            None => held.cost,
        };
        let trade = self.sleeves[sleeve.index()].trade.as_ref()?;
        let (state, binds) = if self.staying_of(sleeve, held).is_none() {
            (ExposureState::Closing, Money::ZERO)
        } else {
            (ExposureState::Open, self.bound_by((position, held), notional, trade))
        };
        into.push(Exposure {
            sleeve,
            position,
            direction: held.direction,
            notional,
            binds,
            entries: trade.entries,
            state,
        });
        Some(held.gain(notional, held.cost))
    }

    /// What a position binds of the equity. An isolated one has a wallet of its own: its profit carries
    /// nothing else, and its loss takes nothing from others. Funding that it has paid is not taken off,
    /// on the careful side.
    fn bound_by(
        &self,
        (position, held): (PositionKey, &ledger::Position),
        notional: Money,
        trade: &OpenTrade,
    ) -> Money {
        let leverage = self.leverages[position.instrument.index()];
        match self.gate.margin(position.instrument).mode {
            MarginMode::Cross => leverage.initial_margin(notional),
            MarginMode::Isolated => {
                let profit = held.gain(notional, held.cost);
                let received = (-trade.costs.funding).max(Money::ZERO);
                leverage.initial_margin(held.cost) + profit + received
            }
        }
    }

    fn expose_waiting(&self, sleeve: SleeveId, into: &mut Vec<Exposure>) {
        let exposure = |direction, notional| {
            let position = self.key(sleeve, direction);
            Exposure {
                sleeve,
                position,
                direction,
                notional,
                binds: self.leverages[position.instrument.index()].initial_margin(notional),
                entries: 1,
                state: ExposureState::Waiting,
            }
        };
        let has_waiting = !self.sleeves[sleeve.index()].waiting.is_empty();
        let leaves = has_waiting && self.is_leaving(sleeve);
        let own = &self.sleeves[sleeve.index()];
        // What an exit of all takes back leaves with it, should it still be filled.
        let stays = |order: OrderId| !(leaves && self.is_taken_back(sleeve, order));
        for waiting in own.waiting.iter().filter(|it| stays(it.order)) {
            into.push(exposure(waiting.direction, waiting.price * waiting.left));
        }
        for ticket in own.deferred.iter().map(risk::Approved::get) {
            let notional = ticket.sizing.price * ticket.quantity;
            into.push(exposure(ticket.entry.signal.direction(), notional));
        }
    }
}

fn shares_instruments(sleeves: &[SleeveSetup]) -> bool {
    let mut seen: Vec<usize> = sleeves.iter().map(|sleeve| sleeve.instrument.index()).collect();
    seen.sort_unstable();
    seen.windows(2).any(|pair| pair[0] == pair[1])
}

/// The positions of sleeves, added up.
struct Seen {
    positions: usize,
    unrealised: Money,
}

impl From<SleeveSetup> for Sleeve {
    fn from(setup: SleeveSetup) -> Self {
        Self {
            strategy: setup.strategy,
            instrument: setup.instrument,
            waiting: Vec::with_capacity(2),
            deferred: Vec::new(),
            gone: None,
            trade: None,
            view: None,
            watch_from: i64::MAX,
        }
    }
}

impl fmt::Debug for EngineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineState")
            .field("books", &self.books)
            .field("orders", &self.book)
            .finish_non_exhaustive()
    }
}
