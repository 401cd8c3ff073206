//! Amounts from text, and a set-up in which every rule is off until a test turns it on.

use domain::{
    Confidence, Decimal, Direction, Entry, Instrument, InstrumentId, InstrumentRules, LotRules,
    Metadata, Money, PositionKey, PositionSide, Price, PriceScale, Quantity, Rate, Signal, Sizing,
    SleeveId, Timestamp,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use risk::{
    AccountView, EntryTicket, Exposure, ExposureState, Gate, InstrumentMargin, Proposal, Quote,
    Refusal, RiskRules, SleeveRules,
};

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn instrument(number: u16) -> InstrumentId {
    InstrumentId::new(number)
}

/// The one-way position of an instrument.
pub(crate) fn position(number: u16) -> PositionKey {
    PositionKey::one_way(instrument(number))
}

/// A hedge-mode position of an instrument.
pub(crate) fn hedge(number: u16, side: PositionSide) -> PositionKey {
    PositionKey { instrument: instrument(number), side }
}

/// A signal at 100 of full confidence.
pub(crate) fn signal(direction: Direction) -> Signal {
    Signal::new(direction, price("100"), Confidence::FULL, Metadata::of_kind("test"))
}

/// A long signal at 100.
pub(crate) fn long(stop: Option<&str>, target: Option<&str>) -> Signal {
    let mut signal = signal(Direction::Long);
    if let Some(stop) = stop {
        signal = signal.with_stop_loss(price(stop)).unwrap();
    }
    if let Some(target) = target {
        signal = signal.with_take_profit(price(target)).unwrap();
    }
    signal
}

pub(crate) fn fixed(text: &str) -> Sizing {
    Sizing::Fixed(quantity(text))
}

pub(crate) fn risk_of_equity(text: &str) -> Sizing {
    Sizing::RiskOfEquity(rate(text))
}

/// A long at 100 of a fixed quantity, without levels.
pub(crate) fn long_of(text: &str) -> Entry {
    Entry::at_market(long(None, None), fixed(text))
}

/// Something sleeve `sleeve` holds, long, one entry.
pub(crate) fn held(sleeve: u16, position: PositionKey, notional: &str) -> Exposure {
    Exposure {
        sleeve: SleeveId::new(sleeve),
        position,
        direction: position.side.direction().unwrap_or(Direction::Long),
        notional: money(notional),
        binds: money(notional),
        entries: 1,
        state: ExposureState::Open,
    }
}

/// Filters of an instrument with tick 0.5, step 0.1 and lots from 0.2 to 50 (30 at market).
pub(crate) fn coarse() -> InstrumentRules {
    InstrumentRules {
        tick: Some(price("0.5")),
        lot: LotRules { min: quantity("0.2"), max: quantity("50"), step: quantity("0.1") },
        market_quantity_max: Some(quantity("30")),
        notional_min: money("5"),
        ..InstrumentRules::unknown()
    }
}

/// An account of 1000 at 2023-01-01T12:00:00Z with instruments 0 and 1, sleeves 0 to 3, mark price
/// 100, no costs and no leverage.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) rules: RiskRules,
    pub(crate) sleeve: SleeveRules,
    pub(crate) leverage: Decimal,
    pub(crate) mode: MarginMode,
    pub(crate) brackets: BracketHistory,
    pub(crate) filters: InstrumentRules,
    pub(crate) now: Timestamp,
    pub(crate) equity: Money,
    pub(crate) available: Money,
    pub(crate) exposures: Vec<Exposure>,
    pub(crate) position: PositionKey,
    pub(crate) quote: Quote,
}

impl Default for Setup {
    fn default() -> Self {
        Self::with(RiskRules::default())
    }
}

impl Setup {
    pub(crate) fn with(rules: RiskRules) -> Self {
        Self {
            rules,
            sleeve: SleeveRules::default(),
            leverage: Decimal::ONE,
            mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::historical_btcusdt()),
            filters: InstrumentRules::unknown(),
            now: at("2023-01-01T12:00:00Z"),
            equity: money("1000"),
            available: money("1000"),
            exposures: Vec::new(),
            position: position(0),
            quote: Quote { mark: price("100"), age_ms: 0 },
        }
    }

    pub(crate) fn gate(&self) -> Gate {
        let margin = InstrumentMargin {
            leverage: Leverage::new(self.leverage).unwrap(),
            mode: self.mode,
            brackets: self.brackets.clone(),
        };
        Gate::new(self.rules, vec![margin.clone(), margin], vec![self.sleeve; 4])
    }

    /// What a fresh gate says to an entry of sleeve 0.
    pub(crate) fn review(&self, entry: Entry) -> Result<EntryTicket, Refusal> {
        self.review_by(&self.gate(), entry)
    }

    /// What this gate says to an entry of sleeve 0.
    pub(crate) fn review_by(&self, gate: &Gate, entry: Entry) -> Result<EntryTicket, Refusal> {
        let symbol = "TESTUSDT".parse().unwrap();
        let instrument = Instrument::new(symbol, PriceScale::new(2), self.filters);
        let proposal = Proposal {
            sleeve: SleeveId::new(0),
            position: self.position,
            entry: Box::new(entry),
            quote: self.quote,
            instrument: &instrument,
            room: None,
        };
        let account = AccountView {
            now: self.now,
            equity: self.equity,
            available: self.available,
            exposures: &self.exposures,
        };
        gate.review_entry(proposal, &account).map(|approved| *approved.into_inner())
    }

    /// The quantity of an approved entry at 100 with a stop at 98, sized by a rule.
    pub(crate) fn sized(&self, sizing: Sizing) -> EntryTicket {
        self.review(Entry::at_market(long(Some("98"), None), sizing)).unwrap()
    }
}
