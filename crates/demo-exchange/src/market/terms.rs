//! What a symbol demands of orders at a time: its own rules, and what a plan of faults makes of them.

use std::ops::Range;

use super::symbol_spec::{Bracket, SymbolSpec, brackets_of};
use crate::faults::ListingFault;

/// The rules of a symbol that may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) status: String,
    /// Units of the last decimal of a price.
    pub(crate) tick: u32,
    /// Units of the last decimal of a quantity.
    pub(crate) lot: u32,
    /// In quote asset.
    pub(crate) notional_min: u32,
    pub(crate) leverage_max: u32,
}

/// A change of the rules of a symbol, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedTerms {
    pub(crate) place: usize,
    pub(crate) during: Range<i64>,
    pub(crate) change: ListingFault,
}

impl Terms {
    pub(super) fn of(spec: &SymbolSpec, status: &str) -> Self {
        Self {
            status: status.to_owned(),
            tick: 1,
            lot: 1,
            notional_min: spec.notional_min,
            leverage_max: spec.leverage_max,
        }
    }

    /// The same with a change.
    pub(super) fn with(self, change: &ListingFault) -> Self {
        match change {
            ListingFault::Tick(tick) => Self { tick: *tick, ..self },
            ListingFault::Step(lot) => Self { lot: *lot, ..self },
            ListingFault::NotionalMin(notional_min) => Self { notional_min: *notional_min, ..self },
            ListingFault::LeverageMax(leverage_max) => Self { leverage_max: *leverage_max, ..self },
            ListingFault::Status(status) => Self { status: status.clone(), ..self },
        }
    }

    /// The notional brackets.
    pub(crate) fn brackets(&self) -> Vec<Bracket> {
        brackets_of(self.leverage_max)
    }
}
