//! The gate: it reviews entries and exits, and remembers what locks entries.

use domain::{
    Confidence, Decimal, Direction, InstrumentId, Money, Price, Quantity, Rate, Signal, Sizing,
    Timestamp,
};

use crate::guards::{self, ClosedTrade};
use crate::limit::{Bounds, Terms};
use crate::loss_limits::LossLimits;
use crate::{
    AccountView, ActiveLock, Approved, Breach, EntryTicket, ExitAmount, ExitTicket,
    InstrumentMargin, Lock, Proposal, Quote, Refusal, RiskRules, RiskState, SleeveRules,
    liquidation, occupancy, placement, plan, sizing,
};

/// Reviews the orders of one account.
#[derive(Clone, Debug)]
pub struct Gate {
    rules: RiskRules,
    /// By [`InstrumentId`].
    terms: Vec<Terms>,
    /// By [`domain::SleeveId`], the account's rules included.
    sleeves: Vec<SleeveLimits>,
    loss_limits: LossLimits,
    state: RiskState,
}

/// What binds the entries of one sleeve.
#[derive(Clone, Copy, Debug)]
struct SleeveLimits {
    reward_to_risk_min: Option<Decimal>,
    entries_max: u32,
}

impl SleeveLimits {
    fn new(sleeve: SleeveRules, rules: &RiskRules) -> Self {
        Self {
            reward_to_risk_min: sleeve.reward_to_risk_min.max(rules.reward_to_risk_min),
            entries_max: rules.entries_max.or(sleeve.entries_max).unwrap_or(1),
        }
    }
}

impl Gate {
    /// A gate with these rules and an empty memory. Instruments are in the order of their
    /// [`InstrumentId`], sleeves in that of their [`domain::SleeveId`].
    #[must_use]
    pub fn new(
        rules: RiskRules,
        instruments: Vec<InstrumentMargin>,
        sleeves: Vec<SleeveRules>,
    ) -> Self {
        let state = RiskState::default();
        Self {
            terms: instruments.into_iter().map(|margin| Terms::new(margin, &rules)).collect(),
            sleeves: sleeves.into_iter().map(|it| SleeveLimits::new(it, &rules)).collect(),
            loss_limits: LossLimits::new(&rules, &state),
            rules,
            state,
        }
    }

    /// The rules of the account.
    #[must_use]
    pub const fn rules(&self) -> &RiskRules {
        &self.rules
    }

    /// How positions of an instrument are margined.
    ///
    /// # Panics
    /// If the gate was not made with the instrument.
    #[must_use]
    pub fn margin(&self, instrument: InstrumentId) -> &InstrumentMargin {
        &self.terms[instrument.index()].margin
    }

    /// Sizes and checks an entry. Locks come first, then room for a position, the price, the
    /// signal, the plan, the size and at last the way to liquidation.
    ///
    /// # Errors
    /// The first rule that refuses it.
    ///
    /// # Panics
    /// If the gate was not made with the instrument and sleeve of the proposal.
    #[inline]
    pub fn review_entry(
        &self,
        proposal: Proposal<'_>,
        account: &AccountView<'_>,
    ) -> Result<Approved<Box<EntryTicket>>, Refusal> {
        let instrument = proposal.position.instrument;
        self.check_locks(instrument, account.now, || account.equity)?;
        let limits = self.sleeves[proposal.sleeve.index()];
        let held = occupancy::check((&self.rules, limits.entries_max), &proposal, account)?;
        check_age(&self.rules, proposal.quote)?;
        check_confidence(self.rules.confidence_min, &proposal.entry.signal)?;
        let ratio_min = limits.reward_to_risk_min;
        check_reward_to_risk(ratio_min, &proposal.entry.signal)?;
        plan::check(&proposal.entry)?;
        self.review_order(proposal, account, held)
    }

    /// The second half of the review: everything that asks for the order's prices. `held` is what counts on
    /// the instrument.
    #[inline]
    fn review_order(
        &self,
        mut proposal: Proposal<'_>,
        account: &AccountView<'_>,
        held: Money,
    ) -> Result<Approved<Box<EntryTicket>>, Refusal> {
        let filters = proposal.instrument.rules(account.now);
        let placement = placement::of(&proposal.entry, filters)?;
        if let Some(maximum) = self.rules.price_distance_max {
            check_distance(maximum, proposal.quote, placement.price)?;
        }
        placement::move_levels(&mut proposal.entry, filters, placement.price)?;
        let bounds = Bounds {
            rules: &self.rules,
            terms: &self.terms[proposal.position.instrument.index()],
            filters,
            account,
            held,
            side: placement.side,
            kind: &placement.kind,
            price: placement.price,
            mark: proposal.quote.mark,
            worst: placement.price.max(proposal.quote.mark),
        };
        let stop_distance = stop_distance(&proposal.entry.signal, placement.price);
        let sizing = sizing::size(&bounds, self.rule_of(proposal.entry.sizing), stop_distance)?;
        liquidation::check(&bounds, &self.terms, &proposal, sizing.quantity)?;
        let ticket = EntryTicket {
            sleeve: proposal.sleeve,
            position: proposal.position,
            side: placement.side,
            kind: placement.kind,
            quantity: sizing.quantity,
            entry: proposal.entry,
            sizing,
        };
        Ok(Approved::new(match proposal.room {
            Some(mut room) => {
                *room = ticket;
                room
            }
            None => Box::new(ticket),
        }))
    }

    /// Whether a lock, a loss limit or the cool-down stands in the way of an entry now. To be asked again
    /// about an entry that was approved for later. Equity is asked for only where a limit needs it.
    ///
    /// # Errors
    /// The first that refuses it.
    #[inline]
    pub fn check_locks(
        &self,
        instrument: InstrumentId,
        now: Timestamp,
        equity: impl FnOnce() -> Money,
    ) -> Result<(), Refusal> {
        if let Some(active) = self.state.lock_on(instrument, now) {
            return Err(active.refusal);
        }
        if self.loss_limits.watches() {
            self.loss_limits.check(&self.state, now, equity())?;
        }
        guards::check_cool_down(&self.rules, &self.state, instrument, now)
    }

    /// Approves an order that closes at most `held`. No lock stands in its way.
    ///
    /// # Errors
    /// [`Refusal::ExitExceedsHeld`], or [`Refusal::ExitOpens`] for the wrong side in hedge mode.
    #[inline]
    pub fn review_exit(
        &self,
        exit: ExitTicket,
        held: Quantity,
    ) -> Result<Approved<ExitTicket>, Refusal> {
        if exit.position.opens(exit.side) == Some(true) {
            return Err(Refusal::ExitOpens);
        }
        match exit.amount {
            ExitAmount::Reduce(was) if was > held => Err(Refusal::ExitExceedsHeld { held, was }),
            ExitAmount::Reduce(_) | ExitAmount::ClosePosition => Ok(Approved::new(exit)),
        }
    }

    /// Whether a rule needs [`Gate::note_equity`] at each candle.
    #[must_use]
    pub const fn watches_equity(&self) -> bool {
        self.loss_limits.watches()
    }

    /// Takes note of equity: starts the UTC day, moves the highest equity and finds breaches. Gives
    /// each breach once, when it happens; of two at once the drawdown, though both lock.
    #[inline]
    pub fn note_equity(&mut self, now: Timestamp, equity: Money) -> Option<Breach> {
        self.loss_limits.note(&mut self.state, now, equity)
    }

    /// Takes note of a closed trade, for the guards.
    pub fn note_close(&mut self, closed: &ClosedTrade) {
        guards::note(&self.rules, &mut self.state, closed);
    }

    /// Takes note that the account has nothing left: refuses all entries until released.
    pub fn deplete(&mut self, now: Timestamp, equity: Money) {
        let refusal = Refusal::AccountDepleted { equity };
        self.state.add(ActiveLock { lock: Lock::Depleted, since: now, until: None, refusal });
    }

    /// Ends a lock, on the wish of a person, and gives it back if it was there. Loss limits then
    /// count from the equity noted last.
    pub fn release(&mut self, lock: Lock) -> Option<ActiveLock> {
        let released = self.state.remove(lock)?;
        let equity = self.state.equity;
        match lock {
            Lock::LossDaily => {
                if let (Some(day), Some(equity)) = (self.state.day.as_mut(), equity) {
                    day.equity = equity;
                }
            }
            Lock::Drawdown => self.state.peak = equity,
            Lock::Depleted | Lock::StopCluster(_) | Lock::LowProfit(_) => {}
        }
        self.loss_limits.set_floors(&self.state);
        Some(released)
    }

    /// What the gate remembers, to be stored.
    #[must_use]
    pub const fn state(&self) -> &RiskState {
        &self.state
    }

    /// Goes on with a memory that was stored.
    pub fn restore(&mut self, state: RiskState) {
        self.loss_limits.set_floors(&state);
        self.state = state;
    }

    /// The rule of sizing with the account's override.
    #[inline]
    fn rule_of(&self, asked: Sizing) -> Sizing {
        match asked {
            Sizing::RiskOfEquity(rate) => {
                Sizing::RiskOfEquity(self.rules.risk_per_trade.unwrap_or(rate))
            }
            Sizing::Fixed(_)
            | Sizing::Notional(_)
            | Sizing::Equity(_)
            | Sizing::Volatility { .. } => asked,
        }
    }
}

fn check_age(rules: &RiskRules, quote: Quote) -> Result<(), Refusal> {
    match rules.price_age_max_ms {
        Some(maximum_ms) if quote.age_ms > maximum_ms => {
            Err(Refusal::StalePrice { maximum_ms, was_ms: quote.age_ms })
        }
        Some(_) | None => Ok(()),
    }
}

fn check_distance(maximum: Rate, quote: Quote, was: Price) -> Result<(), Refusal> {
    let mark = quote.mark;
    if was.minus(mark).abs() > mark.decimal() * maximum.decimal() {
        return Err(Refusal::PriceDistance { maximum, mark, was });
    }
    Ok(())
}

fn check_confidence(minimum: Option<Confidence>, signal: &Signal) -> Result<(), Refusal> {
    let was = signal.confidence();
    match minimum {
        Some(minimum) if was < minimum => Err(Refusal::Confidence { minimum, was }),
        Some(_) | None => Ok(()),
    }
}

/// Compares exactly, without dividing: `reward >= minimum * risk`.
#[inline]
fn check_reward_to_risk(minimum: Option<Decimal>, signal: &Signal) -> Result<(), Refusal> {
    let Some(minimum) = minimum else { return Ok(()) };
    let (Some(stop), Some(target)) = (signal.stop_loss(), signal.take_profit()) else {
        return Err(Refusal::LevelsMissing);
    };
    let entry = signal.entry();
    let (risk, reward) = match signal.direction() {
        Direction::Long => (entry.minus(stop), target.minus(entry)),
        Direction::Short => (stop.minus(entry), entry.minus(target)),
    };
    if minimum.checked_mul(risk).is_some_and(|needed| reward >= needed) {
        return Ok(());
    }
    let was = reward.checked_div(risk).unwrap_or(Decimal::MAX);
    Err(Refusal::RewardToRisk { minimum, was })
}

#[inline]
fn stop_distance(signal: &Signal, price: Price) -> Option<Price> {
    let stop = signal.stop_loss()?;
    let distance = match signal.direction() {
        Direction::Long => price.minus(stop),
        Direction::Short => stop.minus(price),
    };
    Price::new(distance).ok()
}
