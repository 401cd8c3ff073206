//! How everything is: what was heard and what failed, put into one word and one sentence.

use std::collections::BTreeMap;
use std::time::Duration;

use binance::rest::Client;
use binance::streams::{
    ConnectionId, Route, StreamCounters, StreamEvent, StreamHealth, StreamState,
};
use domain::{Symbol, Timestamp};
use market::follow::FollowCounts;
use storage::{Watch, WatchState};

use super::core::Core;
use super::status::{
    ConnectionHealth, LiveState, LiveStatus, PairHealth, PairState, RateUse, VenueName,
};

/// A look is due each second; one that is later than this was not due to work, ms.
const SLEPT_MILLIS: i64 = 15_000;
/// A clock that was set by more than this is a jump, ms.
const JUMPED_MILLIS: i64 = 2_000;
/// Clocks that differ by more than this are worth a word, ms.
const OFFSET_WORTH_A_WORD: i64 = 500;
/// A status without change is told this often, in looks.
const TOLD_EVERY: u32 = 5;

/// What was heard, looked at once a second.
#[derive(Debug)]
pub(super) struct Report {
    venue: VenueName,
    watched: Vec<Watch>,
    open: BTreeMap<ConnectionId, Route>,
    routes: BTreeMap<Route, RouteReport>,
    /// Why the last request failed; nothing after one that succeeded.
    failure: Option<String>,
    malformed: u64,
    frames: (u64, Timestamp, f64),
    last: (LiveState, Timestamp),
    told: Option<(LiveState, Option<String>, Vec<PairState>)>,
    since_told: u32,
    /// Time of day and monotonic time of the last look.
    looked_at: Option<(Timestamp, Duration)>,
    unstored: BTreeMap<Symbol, String>,
}

#[derive(Debug, Default)]
struct RouteReport {
    opened: u64,
    last_error: Option<String>,
    last_frame_at: Option<Timestamp>,
}

impl Report {
    pub(super) fn new(venue: VenueName, now: Timestamp) -> Self {
        Self {
            venue,
            watched: Vec::new(),
            open: BTreeMap::new(),
            routes: BTreeMap::new(),
            failure: None,
            malformed: 0,
            frames: (0, now, 0.0),
            last: (LiveState::Starting, now),
            told: None,
            since_told: 0,
            looked_at: None,
            unstored: BTreeMap::new(),
        }
    }

    pub(super) fn set_watched(&mut self, watched: Vec<Watch>) {
        self.watched = watched;
    }

    /// Pairs whose candles cannot be stored, and why.
    pub(super) fn set_unstored(&mut self, unstored: BTreeMap<Symbol, String>) {
        self.unstored = unstored;
    }

    /// A request failed.
    pub(super) fn failed(&mut self, reason: &str) {
        self.failure = Some(reason.to_owned());
    }

    /// The venue answered.
    pub(super) fn reached(&mut self) {
        self.failure = None;
    }

    pub(super) fn heard(&mut self, event: &StreamEvent, now: Timestamp) {
        match event {
            StreamEvent::Frame { stream, .. } => {
                self.routes.entry(stream.route()).or_default().last_frame_at = Some(now);
            }
            StreamEvent::Opened { connection, route } => {
                self.open.insert(*connection, *route);
                let of_route = self.routes.entry(*route).or_default();
                of_route.opened += 1;
                of_route.last_error = None;
            }
            StreamEvent::Closed { connection, route, reason } => {
                self.open.remove(connection);
                tracing::info!(route = route.path(), reason, "a socket was closed");
                self.routes.entry(*route).or_default().last_error = Some(reason.clone());
            }
            StreamEvent::Malformed { reason } => {
                self.malformed += 1;
                tracing::warn!(reason, "a frame cannot be read");
            }
            StreamEvent::Lagged { missed } => {
                tracing::warn!(missed, "frames came faster than they were read");
            }
            StreamEvent::State { .. } => {}
        }
    }

    /// Whether much more time passed since the last look than a look takes, or the time of day went another way than
    /// the monotonic clock: the machine slept, or its clock was set. The venue's time is not known any more then.
    pub(super) fn machine_slept(&mut self, now: Timestamp, monotonic: Duration) -> bool {
        let Some((wall, clock)) = self.looked_at.replace((now, monotonic)) else { return false };
        let passed = now.millis() - wall.millis();
        let counted = monotonic.saturating_sub(clock).as_millis();
        let jumped = (passed - i64::try_from(counted).unwrap_or(i64::MAX)).abs();
        let slept = jumped > JUMPED_MILLIS || !(-SLEPT_MILLIS..=SLEPT_MILLIS).contains(&passed);
        if slept {
            tracing::warn!(
                passed,
                jumped,
                "this machine slept or its clock was set: everything is opened anew"
            );
        }
        slept
    }

    /// The status now, and whether it is to be told.
    pub(super) fn status(
        &mut self,
        (core, now): (&Core, Timestamp),
        (streams, counters): (&[StreamHealth], StreamCounters),
        client: &Client,
    ) -> (LiveStatus, bool) {
        let of = |watch| self.with_storing(health_of(watch, core, now));
        let pairs: Vec<PairHealth> = self.watched.iter().map(of).collect();
        let silence = client.silence().filter(|silence| silence.until > now);
        let (state, reason) = match silence {
            Some(silence) => (LiveState::Offline, Some(silence.to_string())),
            None => self.verdict(&pairs),
        };
        if self.last.0 != state {
            self.last = (state, now);
        }
        let offset = client.server_clock().offset_ms();
        let rates = client.rate_counters();
        let status = LiveStatus {
            venue: self.venue,
            state,
            reason: reason.or_else(|| clock_words(offset)),
            since: self.last.1,
            clock_offset_ms: offset,
            latency_ms: client
                .server_clock()
                .round_trip()
                .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            rate: RateUse {
                used: rates.weight_used,
                limit: client.rate_limits().weight,
                silent_until: silence.map(|silence| silence.until),
            },
            connections: Route::ALL
                .iter()
                .filter_map(|route| self.connection(*route, streams))
                .collect(),
            pairs,
            malformed_frames: self.malformed,
            frames_per_second: self.rate_of(counters.frames, now),
        };
        let due = self.is_due(&status);
        (status, due)
    }

    fn reason_of(&self, unstored: &str) -> Option<&str> {
        let found = self.unstored.iter().find(|(symbol, _)| symbol.as_str() == unstored);
        found.map(|(_, reason)| reason.as_str())
    }

    /// Nothing may be opened on a pair whose candles are not stored.
    fn with_storing(&self, mut health: PairHealth) -> PairHealth {
        if health.state != PairState::Inactive && self.unstored.contains_key(&health.symbol) {
            health.state = PairState::Stale;
        }
        health
    }

    /// The worst part decides.
    fn verdict(&self, pairs: &[PairHealth]) -> (LiveState, Option<String>) {
        let active: Vec<&PairHealth> =
            pairs.iter().filter(|pair| pair.state != PairState::Inactive).collect();
        if active.is_empty() {
            return (LiveState::Off, Some("no pair is watched".to_owned()));
        }
        let of = |state: PairState| -> Vec<&str> {
            let of = active.iter().filter(|pair| pair.state == state);
            of.map(|pair| pair.symbol.as_str()).collect()
        };
        let (stale, healing, starting) =
            (of(PairState::Stale), of(PairState::Healing), of(PairState::Starting));
        if self.open.is_empty() && (!stale.is_empty() || !starting.is_empty()) {
            let errors = self.routes.values().find_map(|route| route.last_error.clone());
            return match self.failure.clone().or(errors) {
                Some(reason) => (LiveState::Offline, Some(reason)),
                None => (LiveState::Starting, None),
            };
        }
        let unstored = |pair: &&&PairHealth| self.unstored.contains_key(&pair.symbol);
        let pairs: Vec<&str> =
            active.iter().filter(unstored).map(|pair| pair.symbol.as_str()).collect();
        if let Some(reason) = pairs.first().and_then(|first| self.reason_of(first)) {
            let reason = format!("candles of {} are not stored: {reason}", list(&pairs));
            return (LiveState::Stale, Some(reason));
        }
        if !stale.is_empty() {
            return (LiveState::Stale, Some(format!("no new prices of {}", list(&stale))));
        }
        if !healing.is_empty() {
            let reason = format!("missing candles of {} are being fetched", list(&healing));
            return (LiveState::Healing, Some(reason));
        }
        if !starting.is_empty() {
            return (LiveState::Starting, None);
        }
        if of(PairState::Live).is_empty() {
            return (
                LiveState::Off,
                Some("the venue trades no watched pair at present".to_owned()),
            );
        }
        (LiveState::Live, None)
    }

    fn connection(&self, route: Route, streams: &[StreamHealth]) -> Option<ConnectionHealth> {
        let of_route: Vec<_> =
            streams.iter().filter(|health| health.stream.route() == route).collect();
        let report = self.routes.get(&route);
        if of_route.is_empty() && report.is_none() {
            return None;
        }
        let silent = |health: &&&StreamHealth| {
            matches!(health.state, StreamState::Stale | StreamState::Lost)
        };
        let is_open = self.open.values().any(|open| *open == route);
        let has_data = of_route.iter().any(|health| health.state == StreamState::Live);
        Some(ConnectionHealth {
            name: route.path().to_owned(),
            is_live: is_open && has_data,
            last_frame_at: report.and_then(|report| report.last_frame_at),
            reconnects: report.map_or(0, |report| report.opened.saturating_sub(1)),
            streams: of_route.len(),
            silent_streams: of_route.iter().filter(silent).count(),
            last_error: report.and_then(|report| report.last_error.clone()),
        })
    }

    fn rate_of(&mut self, frames: u64, now: Timestamp) -> f64 {
        let (before, at, rate) = self.frames;
        let passed = now.millis() - at.millis();
        if passed < 3_000 {
            return rate;
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed for people")]
        let rate = frames.saturating_sub(before) as f64 * 1000.0 / passed as f64;
        self.frames = (frames, now, rate);
        rate
    }

    fn is_due(&mut self, status: &LiveStatus) -> bool {
        let states = status.pairs.iter().map(|pair| pair.state).collect();
        let told = Some((status.state, status.reason.clone(), states));
        self.since_told += 1;
        if self.told == told && self.since_told < TOLD_EVERY {
            return false;
        }
        self.told = told;
        self.since_told = 0;
        true
    }
}

fn health_of(watch: &Watch, core: &Core, now: Timestamp) -> PairHealth {
    let known = match watch.state {
        WatchState::Active => core.health(&watch.symbol, now),
        WatchState::Paused => None,
    };
    known.unwrap_or_else(|| PairHealth {
        symbol: watch.symbol.clone(),
        state: match watch.state {
            WatchState::Active => PairState::Starting,
            WatchState::Paused => PairState::Inactive,
        },
        last_candle: None,
        age_ms: None,
        counts: FollowCounts::default(),
    })
}

fn list(names: &[&str]) -> String {
    match names {
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
        [] => String::new(),
    }
}

fn clock_words(offset: Option<i64>) -> Option<String> {
    let offset = offset.filter(|offset| offset.abs() > OFFSET_WORTH_A_WORD)?;
    let direction = if offset > 0 { "behind" } else { "ahead of" };
    #[expect(clippy::cast_precision_loss, reason = "seconds for people")]
    let seconds = offset.abs() as f64 / 1000.0;
    Some(format!("the clock of this machine is {seconds:.1} s {direction} the venue's"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_and_a_set_clock_are_noticed_and_a_busy_second_is_not() {
        let start = Timestamp::from_millis(1_700_000_000_000);
        let slept = |wall: i64, monotonic: u64| {
            let mut report = Report::new(VenueName::Demo, start);
            assert!(!report.machine_slept(start, Duration::from_secs(50)), "the first look");
            let now = start.plus_millis(wall);
            report.machine_slept(now, Duration::from_secs(50) + Duration::from_millis(monotonic))
        };
        assert!(!slept(1_000, 1_000));
        assert!(!slept(9_000, 9_000), "late for work");
        assert!(!slept(2_900, 1_000), "the time service steps");
        assert!(slept(4_000, 1_000), "slept for three seconds");
        assert!(slept(-2_000, 1_000), "set back");
        assert!(slept(60_000, 60_000), "a monotonic clock that counts sleep");
    }
}
