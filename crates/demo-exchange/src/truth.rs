//! What really happened, kept apart from what clients are told: calls with their weights, faults as injected.
//!
//! The true candles are asked of the exchange itself; they are made anew and never read from what was sent.

use std::collections::VecDeque;

use domain::Timestamp;

use crate::api_call::Method;

/// Calls and faults kept; older ones are only counted.
const KEPT: usize = 200_000;

/// One REST call as the venue saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCall {
    /// When it came.
    pub time: Timestamp,
    /// How.
    pub method: Method,
    /// Path without the query.
    pub path: String,
    /// Query as sent.
    pub query: String,
    /// Weight used in its minute, itself included.
    pub weight_used: u32,
    /// HTTP status it was answered with; `None` when it never reached the venue.
    pub status: Option<u16>,
}

/// One fault as it was injected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedFault {
    /// When.
    pub time: Timestamp,
    /// The rule, as it was written.
    pub rule: String,
    /// The endpoint or stream that met it.
    pub at: String,
    /// Whether a request was carried out all the same.
    pub carried_out: bool,
}

/// The log of what happened.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    calls: VecDeque<SeenCall>,
    faults: VecDeque<InjectedFault>,
    call_count: u64,
    fault_count: u64,
    refused: u64,
    banned: u64,
}

impl Truth {
    /// The latest calls, ascending by time; 200,000 at most.
    pub fn calls(&self) -> impl Iterator<Item = &SeenCall> {
        self.calls.iter()
    }

    /// The latest faults, ascending by time; 200,000 at most.
    pub fn faults(&self) -> impl Iterator<Item = &InjectedFault> {
        self.faults.iter()
    }

    /// All calls ever.
    #[must_use]
    pub const fn call_count(&self) -> u64 {
        self.call_count
    }

    /// All faults ever.
    #[must_use]
    pub const fn fault_count(&self) -> u64 {
        self.fault_count
    }

    /// Calls answered with 429.
    #[must_use]
    pub const fn refused_count(&self) -> u64 {
        self.refused
    }

    /// Calls answered with 418.
    #[must_use]
    pub const fn banned_count(&self) -> u64 {
        self.banned
    }

    pub(crate) fn call(&mut self, call: SeenCall) {
        self.call_count += 1;
        self.refused += u64::from(call.status == Some(429));
        self.banned += u64::from(call.status == Some(418));
        push(&mut self.calls, call);
    }

    pub(crate) fn fault(&mut self, fault: InjectedFault) {
        self.fault_count += 1;
        push(&mut self.faults, fault);
    }
}

fn push<T>(kept: &mut VecDeque<T>, item: T) {
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back(item);
}
