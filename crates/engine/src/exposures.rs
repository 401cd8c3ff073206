//! What is held or about to be held by every sleeve, as risk is shown it.
//!
//! Where many sleeves decide at one instant, each look at all of them would find the same again. What
//! was found stays until prices move or a report comes; a sleeve that acts is looked at anew.

use domain::{Money, OrderId, PositionKey, SleeveId};
use ledger::Account;
use margin::MarginMode;
use risk::{Exposure, ExposureState};

use crate::EngineState;
use crate::mark::{Mark, Marks};
use crate::sleeve::OpenTrade;

/// Exposures in the order of the sleeves, found at certain prices.
#[derive(Default)]
pub(crate) struct Exposures {
    pub(crate) list: Vec<Exposure>,
    /// By sleeve.
    parts: Vec<Part>,
    /// What all of them come to.
    whole: Whole,
    /// Prices at which they were found; where there are none, nothing is known.
    marks: Vec<Mark>,
    /// Sleeves that have acted since.
    acted: Vec<SleeveId>,
    scratch: Vec<Exposure>,
}

/// What one sleeve exposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part {
    /// How many exposures.
    count: usize,
    /// Whether it holds something.
    holds: bool,
    /// Unrealised profit of what it holds.
    unrealised: Money,
    /// What of the equity it binds.
    binds: Money,
    /// Whether market exits of all that it holds are under way.
    is_leaving: bool,
}

/// What all sleeves expose together. Money adds up exactly, so that what a sleeve exposed can be taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Whole {
    /// How many sleeves hold something.
    holders: usize,
    unrealised: Money,
    binds: Money,
}

impl Whole {
    #[inline]
    fn add(&mut self, part: &Part) {
        self.holders += usize::from(part.holds);
        self.unrealised += part.unrealised;
        self.binds += part.binds;
    }

    #[inline]
    fn take_off(&mut self, part: &Part) {
        self.holders -= usize::from(part.holds);
        self.unrealised -= part.unrealised;
        self.binds -= part.binds;
    }
}

impl Exposures {
    /// Forgets everything: a report has changed the books.
    #[inline]
    pub(crate) fn forget(&mut self) {
        self.marks.clear();
        self.acted.clear();
    }

    /// Forgets what was found of a sleeve that acts.
    #[inline]
    pub(crate) fn forget_sleeve(&mut self, sleeve: SleeveId) {
        if !self.marks.is_empty() && !self.acted.contains(&sleeve) {
            self.acted.push(sleeve);
        }
    }

    /// Whether market exits of all that a sleeve holds were under way at the last look.
    #[inline]
    pub(crate) fn is_leaving(&self, sleeve: SleeveId) -> bool {
        self.parts.get(sleeve.index()).is_some_and(|part| part.is_leaving)
    }
}

impl EngineState {
    /// Lists what is held or about to be held; a position whose market exit is under way counts as
    /// closed. Gives equity, and what of it no exposure binds.
    pub(crate) fn expose(&self, marks: Marks<'_>) -> (Money, Money) {
        let exposures = &mut *self.exposures.borrow_mut();
        // Who shares an instrument sees the exposures of others changed (`entries::hold_opposite`).
        let keeps = self.sleeves.len() > 1 && !self.shares_instruments;
        if keeps && !exposures.marks.is_empty() && marks.are(&exposures.marks) {
            while let Some(sleeve) = exposures.acted.pop() {
                self.expose_again(sleeve, marks, exposures);
            }
            #[cfg(debug_assertions)]
            self.check_exposures(marks, exposures);
        } else {
            self.expose_all(marks, exposures);
            exposures.marks.clear();
            exposures.acted.clear();
            if keeps {
                exposures.marks.extend_from_slice(marks.0);
            }
        }
        let equity = self.equity_seen(marks, &exposures.whole);
        (equity, equity - exposures.whole.binds)
    }

    fn expose_all(&self, marks: Marks<'_>, exposures: &mut Exposures) {
        exposures.list.clear();
        exposures.parts.clear();
        exposures.whole = Whole::default();
        for sleeve in 0..self.sleeves.len() {
            let sleeve = SleeveId::new(u16::try_from(sleeve).unwrap_or(u16::MAX));
            let part = self.expose_sleeve(sleeve, marks, &mut exposures.list);
            exposures.whole.add(&part);
            exposures.parts.push(part);
        }
    }

    /// Puts what a sleeve exposes now in the place of what it did before.
    fn expose_again(&self, sleeve: SleeveId, marks: Marks<'_>, exposures: &mut Exposures) {
        let (before, from) = exposures.parts.split_at_mut(sleeve.index());
        let Some(part) = from.first_mut() else { return };
        let first: usize = before.iter().map(|part| part.count).sum();
        exposures.scratch.clear();
        let was = *part;
        *part = self.expose_sleeve(sleeve, marks, &mut exposures.scratch);
        exposures.whole.take_off(&was);
        exposures.whole.add(part);
        exposures.list.splice(first..first + was.count, exposures.scratch.iter().copied());
    }

    #[cfg(debug_assertions)]
    fn check_exposures(&self, marks: Marks<'_>, kept: &Exposures) {
        let mut anew = Exposures::default();
        self.expose_all(marks, &mut anew);
        assert!(
            kept.list == anew.list && kept.parts == anew.parts && kept.whole == anew.whole,
            "kept exposures are current"
        );
    }

    /// Equity after a look at all sleeves: where none shares its instrument with another, what they hold
    /// is what the account holds, and their sum need not be found again.
    fn equity_seen(&self, marks: Marks<'_>, whole: &Whole) -> Money {
        let account = self.books.account();
        if self.shares_instruments || account.position_count() != whole.holders {
            return self.equity(marks);
        }
        let equity = account.balance(Account::Wallet) + whole.unrealised;
        debug_assert!(equity == self.equity(marks), "sleeves hold what the account holds");
        equity
    }

    #[inline]
    fn expose_sleeve(&self, sleeve: SleeveId, marks: Marks<'_>, into: &mut Vec<Exposure>) -> Part {
        let mut part = self.expose_position(sleeve, marks, into).unwrap_or_default();
        let own = &self.sleeves[sleeve.index()];
        if !own.waiting.is_empty() || !own.deferred.is_empty() {
            self.expose_waiting(sleeve, &mut part, into);
        }
        part
    }

    /// Exposes what a sleeve holds.
    #[inline]
    fn expose_position(
        &self,
        sleeve: SleeveId,
        marks: Marks<'_>,
        into: &mut Vec<Exposure>,
    ) -> Option<Part> {
        let held = self.held(sleeve)?;
        let position = self.key(sleeve, held.direction);
        let scale = self.instruments[position.instrument.index()].scale;
        let notional = match marks.price(position.instrument, scale) {
            Some(mark) => mark * held.quantity,
            None => held.cost,
        };
        let trade = self.sleeves[sleeve.index()].trade.as_ref()?;
        let is_leaving = self.staying_of(sleeve, held.quantity).is_none();
        let (state, binds) = if is_leaving {
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
        let unrealised = held.gain(notional, held.cost);
        Some(Part { count: 1, holds: true, unrealised, binds, is_leaving })
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

    #[inline(never)]
    fn expose_waiting(&self, sleeve: SleeveId, part: &mut Part, into: &mut Vec<Exposure>) {
        let first = into.len();
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
        let own = &self.sleeves[sleeve.index()];
        // What an exit of all takes back leaves with it, should it still be filled; and so does what a new
        // entry takes the place of.
        let goes = part.is_leaving || own.replaces;
        let stays = |order: OrderId| !(goes && self.is_taken_back(sleeve, order));
        for waiting in own.waiting.iter().filter(|it| stays(it.order)) {
            into.push(exposure(waiting.direction, waiting.price * waiting.left));
        }
        for ticket in own.deferred.iter().map(risk::Approved::get) {
            let notional = ticket.sizing.price * ticket.quantity;
            into.push(exposure(ticket.entry.signal.direction(), notional));
        }
        part.count += into.len() - first;
        part.binds += into[first..].iter().map(|exposure| exposure.binds).sum::<Money>();
    }
}
