//! What a run or session is set up with.

use domain::{Instrument, Money};
use risk::Limits;

/// Account, rules and instrument of an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// First deposit, in quote asset.
    pub initial_balance: Money,
    /// Rules of the risk gate.
    pub limits: Limits,
    /// Trading rules of the instrument.
    pub instrument: Instrument,
}
