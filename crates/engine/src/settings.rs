//! What a run or session is set up with.

use std::fmt;

use domain::{Instrument, InstrumentId, Money, PositionMode};
use risk::{InstrumentMargin, RiskRules, SleeveRules};
use strategy::Kept;

/// Account, rules, instruments and sleeves of an engine.
#[derive(Debug)]
pub struct Settings {
    /// First deposit, in quote asset.
    pub initial_balance: Money,
    /// One-way or hedge.
    pub position_mode: PositionMode,
    /// Rules of the risk gate.
    pub rules: RiskRules,
    /// Instruments; their place in the list is their [`InstrumentId`].
    pub instruments: Vec<InstrumentSetup>,
    /// Sleeves; their place in the list is their [`domain::SleeveId`].
    pub sleeves: Vec<SleeveSetup>,
}

/// One instrument of the account.
#[derive(Clone, Debug)]
pub struct InstrumentSetup {
    /// Symbol and exchange rules.
    pub instrument: Instrument,
    /// Leverage, margin mode and brackets.
    pub margin: InstrumentMargin,
}

/// One strategy on one instrument.
pub struct SleeveSetup {
    /// What decides.
    pub strategy: Box<dyn Kept>,
    /// What it trades.
    pub instrument: InstrumentId,
    /// What it demands of risk in addition to the account's rules.
    pub rules: SleeveRules,
}

impl fmt::Debug for SleeveSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SleeveSetup")
            .field("instrument", &self.instrument)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
