//! Where positions would be liquidated, and what a liquidation does to the account.
//!
//! Levels as binary numbers only say when to look; whether and at which price a position is
//! liquidated is decided exactly (`margin`). Partial liquidation is not modelled: the venue closes a
//! position, or all cross positions together, at once.

use domain::{
    Direction, InstrumentId, Liquidation, Money, PositionKey, PositionMode, PositionSide, Price,
    Rate, Timestamp,
};
use margin::{BracketTable, CrossAccount, CrossPosition, LiquidationOutcome, MarginPosition};

use crate::account::{Holding, Size};
use crate::intrabar::IntrabarPolicy;
use crate::venue::Venue;

/// How much earlier than at the estimated level we look, a fraction of it.
const EARLY: f64 = 1e-6;

/// Mark prices of one instrument over a candle, for the judgement of a shared wallet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossMark {
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
    /// Last.
    pub close: f64,
}

/// A cross position and the mark price that it is judged by.
type CrossHeld = (PositionKey, MarginPosition, Price);

/// A bracket as binary numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    cap: f64,
    rate: f64,
    amount: f64,
}

/// Brackets as binary numbers.
pub(crate) fn steps(table: &BracketTable) -> Vec<Step> {
    let step = |bracket: &margin::Bracket| Step {
        cap: bracket.cap().to_f64(),
        rate: bracket.maintenance_rate().to_f64(),
        amount: bracket.maintenance_amount().to_f64(),
    };
    table.brackets().iter().map(step).collect()
}

/// The maintenance margin of a notional, as a binary number.
fn maintenance(notional: f64, steps: &[Step]) -> f64 {
    let step = steps.iter().find(|step| notional <= step.cap).or(steps.last());
    step.map_or(0.0, |step| notional * step.rate - step.amount)
}

/// The mark price at which a position is about to be liquidated, a little early.
pub(crate) fn estimate(holding: &Holding, wallet: f64, steps: &[Step]) -> f64 {
    let (direction, Size { quantity, cost }) = (holding.position.direction, holding.size);
    let level = |step: &Step| match direction {
        Direction::Long => (cost - wallet - step.amount) / (quantity * (1.0 - step.rate)),
        Direction::Short => (cost + wallet + step.amount) / (quantity * (1.0 + step.rate)),
    };
    let mut nearest = match direction {
        Direction::Long => f64::NEG_INFINITY,
        Direction::Short => f64::INFINITY,
    };
    for step in steps {
        nearest = level(step);
        if nearest * quantity <= step.cap * (1.0 + EARLY) {
            break;
        }
    }
    match direction {
        Direction::Long => nearest * (1.0 + EARLY),
        Direction::Short => nearest * (1.0 - EARLY),
    }
}

impl Venue {
    /// Finds the levels at which an instrument's positions are about to be liquidated. `shared` says
    /// that several instruments hold cross positions.
    pub(crate) fn refresh_liquidation(&mut self, place: usize, shared: bool) {
        let (mut fall, mut rise) = (f64::NEG_INFINITY, f64::INFINITY);
        if !self.account.is_flat() {
            let listed = &self.listed[place];
            let pair = self.account.pair(place);
            let both = matches!(pair, [Some(_), Some(_)]);
            for holding in pair {
                let Some(holding) = holding else { continue };
                let wallet = match holding.isolated {
                    Some(wallet) => wallet,
                    None if both || shared => {
                        // Others bear the same wallet: judged together, whenever something moves.
                        continue;
                    }
                    None => self.account.cross_wallet(),
                };
                let level = estimate(holding, wallet.to_f64(), &listed.steps);
                match holding.position.direction {
                    Direction::Long => fall = level,
                    Direction::Short => rise = level,
                }
            }
        }
        self.listed[place].liquidation = (fall, rise);
        self.listed[place].watch();
    }

    /// The exact price at which the position in a direction of an instrument is liquidated alone.
    pub(crate) fn liquidation_level(
        &self,
        place: usize,
        direction: Direction,
    ) -> Option<(PositionKey, Price)> {
        let listed = &self.listed[place];
        let side = self.settings.position_mode.side_of(direction);
        let key = PositionKey { instrument: id(place), side };
        let holding = self.account.holding(key)?;
        if holding.position.direction != direction {
            return None;
        }
        let wallet = holding.isolated.unwrap_or_else(|| self.account.cross_wallet());
        let table = listed.listing.brackets.at(listed.walk.time);
        Some((key, margin::liquidation_price(&holding.position, wallet, table)?))
    }

    /// Whether nothing is left of the wallet behind a position, liquidated alone, at a mark price.
    pub(crate) fn is_bankrupt(&self, key: PositionKey, mark: Price) -> bool {
        let Some(holding) = self.account.holding(key) else { return false };
        let wallet = holding.isolated.unwrap_or_else(|| self.account.cross_wallet());
        wallet + holding.position.unrealised(mark) <= Money::ZERO
    }

    /// Whether several instruments hold cross positions.
    #[inline]
    pub(crate) fn is_wallet_shared(&self) -> bool {
        let cross = self.account.holdings().filter(|(_, holding)| holding.isolated.is_none());
        let mut instruments = cross.map(|(place, _)| place / PositionKey::SLOTS);
        instruments.next().is_some_and(|first| instruments.any(|other| other != first))
    }

    /// Whether cross positions bear one wallet together, so that [`Self::judge_cross`] must be asked
    /// at every instant.
    #[must_use]
    pub fn shares_wallet(&self) -> bool {
        let mut cross = self.account.holdings().filter(|(_, holding)| holding.isolated.is_none());
        cross.nth(1).is_some()
    }

    /// Judges all cross positions together and closes them when the margin balance no longer covers the
    /// maintenance margin. Careful policies look at the worst price of the candle for every instrument
    /// at once, as it is unknown which came when; the others look at the closes, and what follows for
    /// the positions rests on that. To be asked before market orders fill at the close: what they open
    /// has not been there inside the candle. Reports wait for [`Self::told`].
    pub fn judge_cross(&mut self, marks: &[CrossMark], time: Timestamp) {
        if self.is_cross_safe(marks) {
            debug_assert!(!self.is_cross_liquidated(&self.at_worst(marks), time), "a worst price");
            debug_assert!(!self.is_cross_liquidated(&self.at_close(marks), time), "a close");
            return;
        }
        let careful = match self.settings.intrabar {
            IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => true,
            IntrabarPolicy::Optimistic | IntrabarPolicy::Adaptive => false,
        };
        let at_close = self.at_close(marks);
        if self.is_cross_liquidated(&at_close, time) {
            self.liquidate_all(&at_close, time, false);
            return;
        }
        let at_worst = self.at_worst(marks);
        if !self.is_cross_liquidated(&at_worst, time) {
            return;
        }
        if careful {
            self.liquidate_all(&at_worst, time, true);
            return;
        }
        for (key, _, _) in at_worst {
            self.listed[key.instrument.index()].doubtful[key.side.slot()] = true;
        }
    }

    /// Whether no mark price of these ranges comes near a liquidation of the cross positions, by binary
    /// numbers and a little early. What a position leaves is concave in its price, so that an instrument
    /// leaves least at an end of its range.
    fn is_cross_safe(&self, marks: &[CrossMark]) -> bool {
        let mut left = self.account.cross_wallet().to_f64();
        let mut size = left.abs();
        let mut instrument = usize::MAX;
        let mut ends = (0.0, 0.0);
        for (place, holding) in self.account.holdings().filter(|(_, it)| it.isolated.is_none()) {
            if place / PositionKey::SLOTS != instrument {
                instrument = place / PositionKey::SLOTS;
                left += f64::min(ends.0, ends.1);
                ends = (0.0, 0.0);
            }
            let Some(mark) = marks.get(instrument) else { continue };
            if self.listed[instrument].listing.brackets.has_changes() {
                return false;
            }
            let steps = &self.listed[instrument].steps;
            let position = &holding.position;
            let Size { quantity, cost } = holding.size;
            let leaves = |price: f64| {
                let notional = quantity * price;
                let profit = match position.direction {
                    Direction::Long => notional - cost,
                    Direction::Short => cost - notional,
                };
                profit - maintenance(notional, steps)
            };
            ends.0 += leaves(mark.low);
            ends.1 += leaves(mark.high);
            size += cost + quantity * mark.high;
            // Marks are judged on the decimals of the instrument; each may be half a unit off.
            left -= quantity * self.listed[instrument].listing.instrument.scale.unit();
        }
        left += f64::min(ends.0, ends.1);
        left > EARLY * size
    }

    fn at_close(&self, marks: &[CrossMark]) -> Vec<CrossHeld> {
        self.cross_held(marks, |it, _| it.close)
    }

    fn at_worst(&self, marks: &[CrossMark]) -> Vec<CrossHeld> {
        self.cross_held(marks, |it, direction| match direction {
            Direction::Long => it.low,
            Direction::Short => it.high,
        })
    }

    /// All cross positions with a mark price of each.
    fn cross_held(
        &self,
        marks: &[CrossMark],
        price: impl Fn(&CrossMark, Direction) -> f64,
    ) -> Vec<CrossHeld> {
        let mut held = Vec::new();
        for (place, holding) in self.account.holdings().filter(|(_, it)| it.isolated.is_none()) {
            let instrument = place / PositionKey::SLOTS;
            let Some(mark) = marks.get(instrument) else { continue };
            let mark = price(mark, self.cross_direction(instrument));
            let Some(mark) = self.listed[instrument].exact(mark) else { continue };
            held.push((self.key_at(place), holding.position, mark));
        }
        held
    }

    fn liquidate_all(&mut self, held: &[CrossHeld], time: Timestamp, ambiguous: bool) {
        for (key, _, mark) in held {
            self.liquidate(*key, *mark, time, ambiguous);
        }
    }

    /// Whether an instrument's cross positions together lose when the price falls, or when it rises.
    /// A pair of equal sizes needs more maintenance margin at a higher price.
    fn cross_direction(&self, place: usize) -> Direction {
        let cross = self.account.pair(place).map(|held| held.filter(|it| it.isolated.is_none()));
        match cross.map(|held| held.map(|it| it.position)) {
            [Some(long), Some(short)] if long.quantity <= short.quantity => Direction::Short,
            [Some(first), _] => first.direction,
            [None, Some(second)] => second.direction,
            [None, None] => Direction::Long,
        }
    }

    fn is_cross_liquidated(&self, held: &[CrossHeld], time: Timestamp) -> bool {
        let position = |(key, position, mark): &CrossHeld| {
            let listing = &self.listed[key.instrument.index()].listing;
            CrossPosition {
                position: *position,
                mark: *mark,
                leverage: listing.leverage,
                table: listing.brackets.at(time),
            }
        };
        let positions: Vec<CrossPosition<'_>> = held.iter().map(position).collect();
        let wallet = self.account.cross_wallet();
        CrossAccount { wallet, positions: &positions }.is_liquidated()
    }

    pub(crate) fn key_at(&self, place: usize) -> PositionKey {
        let instrument = id(place / PositionKey::SLOTS);
        let side = match (self.settings.position_mode, place % PositionKey::SLOTS) {
            (PositionMode::OneWay, _) => PositionSide::Both,
            (PositionMode::Hedge, 0) => PositionSide::Long,
            (PositionMode::Hedge, _) => PositionSide::Short,
        };
        PositionKey { instrument, side }
    }

    /// Closes a position because its margin is used up: its orders expire, its wallet keeps what
    /// remains after fees, and the insurance fund pays what is missing.
    pub(crate) fn liquidate(
        &mut self,
        key: PositionKey,
        price: Price,
        time: Timestamp,
        ambiguous: bool,
    ) {
        let place = key.instrument.index();
        let Some(holding) = self.account.holding(key).copied() else { return };
        self.expire_orders_of(key, time);
        let wallet = match holding.isolated {
            Some(wallet) => wallet,
            None => self.account.cross_wallet(),
        };
        // While other cross positions are open, the insurance fund waits for the last of them.
        let others = holding.isolated.is_none()
            && self.account.holdings().filter(|(_, it)| it.isolated.is_none()).count() > 1;
        let rules = self.listed[place].listing.instrument.rules(time);
        let fee_rate = rules.liquidation_fee;
        let position = &holding.position;
        let taker = self.settings.costs.taker;
        let outcome = if others {
            uncovered(position, wallet, price, (taker, fee_rate))
        } else {
            margin::liquidation_outcome(position, wallet, price, taker, fee_rate)
        };
        self.account.liquidate(key, outcome.remains);
        let doubtful = self.listed[place].is_doubtful(key.side);
        self.listed[place].doubtful[key.side.slot()] = false;
        self.report_liquidation(Liquidation {
            position: key,
            side: holding.position.direction.exit_side(),
            time,
            price,
            quantity: holding.position.quantity,
            commission: outcome.commission,
            fee: outcome.fee,
            insurance: outcome.insurance,
            ambiguous: ambiguous || doubtful,
        });
        self.after_change(place);
    }
}

/// The instrument at a place of the list.
pub(crate) fn id(place: usize) -> InstrumentId {
    InstrumentId::new(u16::try_from(place).unwrap_or(u16::MAX))
}

/// A liquidation whose shortfall, if there is one, is borne by the positions that follow.
fn uncovered(
    position: &MarginPosition,
    wallet: Money,
    price: Price,
    (commission, fee): (Rate, Rate),
) -> LiquidationOutcome {
    let notional = price * position.quantity;
    let realised = margin::pnl(position.direction, position.cost, notional);
    let (commission, fee) = (notional * commission, notional * fee);
    let remains = wallet + realised - commission - fee;
    LiquidationOutcome { realised, commission, fee, insurance: Money::ZERO, remains }
}
