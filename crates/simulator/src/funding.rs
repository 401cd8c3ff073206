//! Funding at the venue: who pays at a settlement.
//!
//! What is held when a settlement comes pays or receives (Binance: only positions that are open at the
//! funding time). A settlement inside a candle comes at a known time, but what else the candle does
//! comes at an unknown one. The policy then decides which was first.

use domain::{
    Direction, FundingPayment, InstrumentId, Money, PositionKey, Price, Quantity, Rate, Timestamp,
    VenueReport,
};

use crate::intrabar::IntrabarPolicy;
use crate::liquidation::id;
use crate::venue::Venue;

/// A settlement of one instrument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FundingRate {
    /// When.
    pub time: Timestamp,
    /// Fraction of the notional that longs pay to shorts; negative when shorts pay.
    pub rate: Rate,
    /// Mark price at that time, quote asset.
    pub mark: Price,
}

/// A settlement inside the candle in work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    settlement: FundingRate,
    /// Directions held when the inside of the candle began, by slot.
    held: [Option<Direction>; PositionKey::SLOTS],
    /// Which of them have been charged or paid at once, as if it came before all else.
    is_settled: [bool; PositionKey::SLOTS],
}

/// When a position was opened that a settlement inside a candle may meet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Before,
    Inside,
}

impl Venue {
    /// Charges or pays funding for what is held of an instrument.
    pub fn fund(&mut self, instrument: InstrumentId, settlement: FundingRate) {
        for key in self.keys_of(instrument) {
            self.pay(key, &settlement);
        }
        self.after_change(instrument.index());
    }

    /// Charges or pays funding for what was held at a settlement that is told late.
    pub fn fund_held(
        &mut self,
        instrument: InstrumentId,
        settlement: FundingRate,
        held: &[(PositionKey, Direction, Quantity)],
    ) {
        let FundingRate { time, rate, mark } = settlement;
        for (position, direction, quantity) in held {
            let amount = margin::funding_payment(*direction, *quantity, mark, rate);
            let position = *position;
            self.account.fund(position, amount);
            let payment = FundingPayment { position, time, rate, mark, amount };
            self.outbox.push_back(VenueReport::Funding(payment));
        }
        self.after_change(instrument.index());
    }

    /// What is held of an instrument: for settlements that are told late.
    #[must_use]
    pub fn held_of(&self, instrument: InstrumentId) -> Vec<(PositionKey, Direction, Quantity)> {
        let held = |key: PositionKey| {
            let position = &self.account.holding(key)?.position;
            Some((key, position.direction, position.quantity))
        };
        self.keys_of(instrument).into_iter().filter_map(held).collect()
    }

    /// Takes note of a settlement inside the candle in work, whose open is done. Exits and entries
    /// inside the candle are ambiguous from here on.
    pub fn fund_inside(&mut self, instrument: InstrumentId, settlement: FundingRate) {
        let place = instrument.index();
        let mut due = Due {
            settlement,
            held: [None; PositionKey::SLOTS],
            is_settled: [false; PositionKey::SLOTS],
        };
        for key in self.keys_of(instrument) {
            let slot = key.side.slot();
            due.held[slot] = self.direction_of(key);
            due.is_settled[slot] = self.applies(place, key, &settlement, Opened::Before);
            if due.is_settled[slot] {
                self.pay(key, &settlement);
            }
        }
        self.listed[place].dues.push(due);
        self.after_change(place);
    }

    /// At the end of the candle: settlements that have come after all else.
    pub(crate) fn settle_dues(&mut self, place: usize) {
        if self.listed[place].dues.is_empty() {
            return;
        }
        for due in std::mem::take(&mut self.listed[place].dues) {
            for key in self.keys_of(id(place)) {
                let slot = key.side.slot();
                let was_held = due.held[slot].is_some() && due.held[slot] == self.direction_of(key);
                let applies = was_held || self.applies(place, key, &due.settlement, Opened::Inside);
                if !due.is_settled[slot] && applies {
                    self.pay(key, &due.settlement);
                }
            }
        }
        self.after_change(place);
    }

    /// Whether the policy lets a settlement inside the candle meet a position that is there for a part
    /// of the candle only.
    fn applies(
        &self,
        place: usize,
        key: PositionKey,
        settlement: &FundingRate,
        opened: Opened,
    ) -> bool {
        let pays = self.amount(key, settlement) < Money::ZERO;
        match self.settings.intrabar {
            IntrabarPolicy::Pessimistic | IntrabarPolicy::Drill => pays,
            IntrabarPolicy::Optimistic => !pays,
            IntrabarPolicy::Adaptive => {
                // What happens inside a candle is taken to happen in its middle.
                let walk = &self.listed[place].walk;
                let (opens, closes) = (walk.tape.last.open_time.millis(), walk.close_time.millis());
                let time = settlement.time.millis();
                let is_early = time - opens < closes - time;
                is_early == (opened == Opened::Before)
            }
        }
    }

    fn keys_of(&self, instrument: InstrumentId) -> Vec<PositionKey> {
        let keys = self.account.holdings().map(|(place, _)| self.key_at(place));
        keys.filter(|key| key.instrument == instrument).collect()
    }

    fn direction_of(&self, key: PositionKey) -> Option<Direction> {
        self.account.holding(key).map(|holding| holding.position.direction)
    }

    /// What a position receives; negative when it pays.
    fn amount(&self, key: PositionKey, settlement: &FundingRate) -> Money {
        let Some(holding) = self.account.holding(key) else { return Money::ZERO };
        let held = &holding.position;
        margin::funding_payment(held.direction, held.quantity, settlement.mark, settlement.rate)
    }

    fn pay(&mut self, position: PositionKey, settlement: &FundingRate) {
        let amount = self.amount(position, settlement);
        self.account.fund(position, amount);
        let FundingRate { time, rate, mark } = *settlement;
        let payment = FundingPayment { position, time, rate, mark, amount };
        self.outbox.push_back(VenueReport::Funding(payment));
    }
}
