//! What is known at one moment, for everyone who asks. The work writes it, the doors read it.

use std::collections::BTreeMap;

use domain::{Symbol, Timestamp};

use super::status::{LiveState, LiveStatus, RateUse, VenueName};
use super::ticker::Ticker;
use super::watched::InstrumentFacts;

/// Status, prices and instruments of the present venue.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) status: LiveStatus,
    pub(super) tickers: BTreeMap<Symbol, Ticker>,
    /// By name; empty before the exchange information is known.
    pub(super) instruments: BTreeMap<Symbol, InstrumentFacts>,
}

impl View {
    /// Nothing is known of `venue`.
    pub(super) fn new(venue: VenueName, now: Timestamp) -> Self {
        let status = LiveStatus {
            venue,
            state: LiveState::Off,
            reason: None,
            since: now,
            clock_offset_ms: None,
            latency_ms: None,
            rate: RateUse::default(),
            connections: Vec::new(),
            pairs: Vec::new(),
            malformed_frames: 0,
            frames_per_second: 0.0,
        };
        Self { status, tickers: BTreeMap::new(), instruments: BTreeMap::new() }
    }

    /// `venue` is being opened.
    pub(super) fn starting(venue: VenueName, now: Timestamp) -> Self {
        let mut view = Self::new(venue, now);
        view.status.state = LiveState::Starting;
        view
    }

    /// `venue` is opened when the history that is being made is stored.
    pub(super) fn waiting(venue: VenueName, now: Timestamp) -> Self {
        let mut view = Self::starting(venue, now);
        view.status.reason = Some("The history of the demo market is being made; what is watched is followed when that is stored.".to_owned());
        view
    }

    /// The venue cannot be opened.
    pub(super) fn fail(&mut self, reason: &str, now: Timestamp) {
        self.status.state = LiveState::Offline;
        self.status.reason = Some(reason.to_owned());
        self.status.since = now;
    }
}
