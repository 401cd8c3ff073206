//! Calls to the venue over HTTPS.
//!
//! One call is one request: nothing is repeated here, redirects are not followed, proxies named by the
//! environment are not used (a trading connection goes where it was told to go), and compressed bodies are
//! not asked for. Bodies are read up to 8 MiB.

mod endpoints;
mod funding;
mod klines;
mod market;
mod query;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::{Clock, ClockSample, ServerClock};
use crate::error::CallError;
use crate::rate::{Class, RateCounters, RateGate, RateLimits, Silence};
use crate::sign::Credentials;

pub use endpoints::{BadEndpoint, Endpoints};
pub use funding::FundingPages;
pub use klines::{KlinePage, KlinePages, KlinePrice, KlinesRequest};
pub use market::DepthLimit;
pub use transport::Timeouts;

pub(crate) use query::Query;
pub(crate) use transport::{Access, Call};

/// Measurements of the venue's time in a row.
const CLOCK_SAMPLES: usize = 3;
/// How long a call may wait for the rate budget.
const PATIENCE: Duration = Duration::from_secs(65);
/// How long an order may wait: an older one is decided anew.
const PATIENCE_ORDER: Duration = Duration::from_secs(2);

/// What a client is made of.
#[derive(Clone)]
pub struct ClientSettings {
    /// Where the venue is.
    pub endpoints: Endpoints,
    /// The clocks of this machine.
    pub clock: Arc<dyn Clock>,
    /// Limits of the host, until it announces its own.
    pub limits: RateLimits,
    /// The silence that was stored before.
    pub silence: Option<Silence>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
}

impl ClientSettings {
    /// Default limits and time-outs, no silence.
    #[must_use]
    pub fn new(endpoints: Endpoints, clock: Arc<dyn Clock>) -> Self {
        let (limits, timeouts) = (RateLimits::default(), Timeouts::default());
        Self { endpoints, clock, limits, silence: None, timeouts }
    }
}

/// A client of one venue. All tasks share one: it holds the rate budget of its host.
pub struct Client {
    http: reqwest::Client,
    credentials: Option<Credentials>,
    endpoints: Endpoints,
    server_clock: Arc<ServerClock>,
    gate: RateGate,
    timeouts: Timeouts,
    /// Held while the venue's time is measured: once is enough for all who wait.
    syncing: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has_key = self.credentials.is_some();
        f.debug_struct("Client")
            .field("endpoints", &self.endpoints)
            .field("has_key", &has_key)
            .finish_non_exhaustive()
    }
}

/// A client that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct ClientError(String);

impl Client {
    /// Makes a client; nothing is sent.
    ///
    /// # Errors
    /// [`ClientError`] when TLS cannot be set up.
    pub fn new(settings: ClientSettings) -> Result<Self, ClientError> {
        let http = transport::http_client(&settings.timeouts)
            .map_err(|error| ClientError(transport::chain(&error)))?;
        let server_clock = Arc::new(ServerClock::new(settings.clock));
        let gate = RateGate::new(settings.limits, settings.silence, Arc::clone(&server_clock));
        let (endpoints, timeouts) = (settings.endpoints, settings.timeouts);
        let syncing = tokio::sync::Mutex::new(());
        Ok(Self { http, credentials: None, endpoints, server_clock, gate, timeouts, syncing })
    }

    /// The same client with a key.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Where the venue is.
    #[must_use]
    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The venue's time.
    #[must_use]
    pub const fn server_clock(&self) -> &Arc<ServerClock> {
        &self.server_clock
    }

    /// Tells every silence the venue asks for, so that it can be stored.
    #[must_use]
    pub fn silences(&self) -> watch::Receiver<Option<Silence>> {
        self.gate.silences()
    }

    /// The silence that the venue asked for last; it may be over.
    #[must_use]
    pub fn silence(&self) -> Option<Silence> {
        *self.gate.silences().borrow()
    }

    /// The limits of the host.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        self.gate.limits()
    }

    /// What has been sent.
    #[must_use]
    pub fn rate_counters(&self) -> RateCounters {
        self.gate.counters()
    }

    /// Measures the venue's time with several samples (weight 1 each).
    ///
    /// # Errors
    /// [`CallError`] when not a single answer came.
    pub async fn sync_clock(&self) -> Result<(), CallError> {
        let mut samples = Vec::with_capacity(CLOCK_SAMPLES);
        let mut failure = None;
        for _ in 0..CLOCK_SAMPLES {
            let sent = self.server_clock.monotonic();
            match self.server_time().await {
                Ok(server) => {
                    let received = self.server_clock.monotonic();
                    samples.push(ClockSample { sent, received, server });
                }
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if samples.is_empty() => Err(error),
            _ => {
                self.server_clock.learn(&samples);
                Ok(())
            }
        }
    }

    /// Measures the venue's time when that is due.
    pub(crate) async fn ensure_clock(&self) -> Result<(), CallError> {
        if !self.server_clock.needs_sync() {
            return Ok(());
        }
        let _held = self.syncing.lock().await;
        if self.server_clock.needs_sync() { self.sync_clock().await } else { Ok(()) }
    }

    /// Sends one call when the budget allows, and gives the venue's JSON. Dropping it after the request has
    /// been written leaves the fate of an order unknown.
    pub(crate) async fn send(&self, call: Call) -> Result<String, CallError> {
        match (call.access, &self.credentials) {
            (Access::Key | Access::Signed, None) => return Err(CallError::NoKey),
            (Access::Signed, Some(_)) => {
                self.ensure_clock().await.map_err(|error| CallError::NoClock(Box::new(error)))?;
            }
            (Access::Key | Access::Public | Access::PublicInaccurate, _) => {}
        }
        self.transmit(call).await
    }

    /// Sends one call; the venue's time is known when it needs it.
    async fn transmit(&self, call: Call) -> Result<String, CallError> {
        let patience = match call.class {
            Class::Background | Class::Read => PATIENCE,
            Class::Order => PATIENCE_ORDER,
        };
        let permit = self.gate.enter(call.cost, call.class, patience).await?;
        // Signed as late as possible: behind the wait for the budget.
        let now = self.server_clock.now();
        let place = (&self.http, self.endpoints.rest.as_str());
        let request = transport::request(place, &call, self.credentials.as_ref(), now)?;
        let reply = transport::exchange(request, &self.timeouts).await?;
        self.gate.heard(permit, &reply.heard(&call));
        reply.judge()
    }

    /// The HTTP client, for what has no budget: the archive.
    pub(crate) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The head of an answer.
    pub(crate) async fn head_of(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, CallError> {
        transport::head_of(request, &self.timeouts).await
    }

    /// The next bytes of an answer.
    pub(crate) async fn archive_chunk(
        &self,
        response: &mut reqwest::Response,
    ) -> Result<Option<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]>>, CallError> {
        transport::chunk_of(response, &self.timeouts).await
    }

    /// Sends one call and reads its JSON.
    pub(crate) async fn read<T: serde::de::DeserializeOwned>(
        &self,
        call: Call,
    ) -> Result<T, CallError> {
        read_json(&self.send(call).await?)
    }
}

/// Reads an answer.
fn read_json<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, CallError> {
    serde_json::from_str(body).map_err(|error| CallError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests;
