//! The state machine of the budget: asks before sending, hears after.

use domain::Timestamp;

use super::silence::{Silence, SilenceReason};
use super::window::Window;
use crate::parse::{RateLimit, RateLimitKind};

const MINUTE_MS: i64 = 60_000;
const TEN_SECONDS_MS: i64 = 10_000;
/// `fundingRate` and `fundingInfo` have a limit of their own per five minutes ("Get Funding Rate History").
const FUNDING_WINDOW_MS: i64 = 300_000;
/// How long everything goes at half rate after a 429 or a ban.
const HALF_RATE_MS: i64 = 600_000;
/// Shares of the weight in percent.
const BACKGROUND_SHARE: u32 = 55;
const READ_SHARE: u32 = 80;

/// The limits of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Weight of requests a minute, per address.
    pub weight: u32,
    /// Orders a minute, per account.
    pub orders_minute: u32,
    /// Orders in ten seconds, per account.
    pub orders_ten_seconds: u32,
    /// Requests for funding in five minutes, per address.
    pub funding: u32,
}

impl Default for RateLimits {
    /// Those of mainnet as of 2026-11.
    fn default() -> Self {
        Self { weight: 2400, orders_minute: 1200, orders_ten_seconds: 300, funding: 500 }
    }
}

impl RateLimits {
    /// The limits that the venue announces; what it leaves out is as by default.
    #[must_use]
    pub fn announced(limits: &[RateLimit]) -> Self {
        let mut found = Self::default();
        for limit in limits.iter().filter(|limit| limit.limit > 0) {
            match (limit.kind, limit.window_ms) {
                (RateLimitKind::RequestWeight, MINUTE_MS) => found.weight = limit.limit,
                (RateLimitKind::Orders, MINUTE_MS) => found.orders_minute = limit.limit,
                (RateLimitKind::Orders, TEN_SECONDS_MS) => found.orders_ten_seconds = limit.limit,
                (
                    RateLimitKind::RequestWeight | RateLimitKind::Orders | RateLimitKind::Unknown,
                    _,
                ) => {}
            }
        }
        found
    }
}

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Downloads of history: up to 55 % of the weight.
    Background,
    /// What somebody waits for: up to 80 %.
    Read,
    /// Orders, cancels and looking them up: all of it.
    Order,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Weight of the address.
    pub weight: u32,
    /// Orders in the window of a minute.
    pub orders_minute: u32,
    /// Orders in the window of ten seconds.
    pub orders_ten_seconds: u32,
    /// Requests for funding.
    pub funding: u32,
}

impl Cost {
    /// A request that costs weight only.
    #[must_use]
    pub const fn weight(weight: u32) -> Self {
        Self { weight, orders_minute: 0, orders_ten_seconds: 0, funding: 0 }
    }

    /// A request for funding.
    #[must_use]
    pub const fn funding(weight: u32) -> Self {
        Self { weight, orders_minute: 0, orders_ten_seconds: 0, funding: 1 }
    }

    /// One order.
    #[must_use]
    pub const fn order() -> Self {
        Self { weight: 0, orders_minute: 1, orders_ten_seconds: 1, funding: 0 }
    }
}

/// Whether a request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Now: it has been charged.
    Go,
    /// Ask again then.
    Wait {
        /// When a window ends.
        until: Timestamp,
    },
    /// Not before the venue's silence ends.
    Silent(Silence),
}

/// What the head of an answer says about the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateHeaders {
    /// `X-MBX-USED-WEIGHT-1M`; `None` when absent, -1 or of an endpoint where it is inaccurate.
    pub used_weight: Option<u32>,
    /// `X-MBX-ORDER-COUNT-1M`.
    pub orders_minute: Option<u32>,
    /// `X-MBX-ORDER-COUNT-10S`.
    pub orders_ten_seconds: Option<u32>,
    /// `Retry-After` in seconds; not documented for futures.
    pub retry_after_s: Option<u32>,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateCounters {
    /// Requests that went at once.
    pub sent: u64,
    /// Requests that had to wait for a window.
    pub waited: u64,
    /// Answers with 429.
    pub limited: u64,
    /// Answers with 418.
    pub banned: u64,
    /// The most weight used in one minute.
    pub weight_peak: u32,
    /// Weight used in the minute of the last request.
    pub weight_used: u32,
}

/// The budget of one host.
#[derive(Clone, Debug)]
pub struct Governor {
    limits: RateLimits,
    weight: Window,
    orders_minute: Window,
    orders_ten_seconds: Window,
    funding: Window,
    silence: Option<Silence>,
    half_until: Timestamp,
    counters: RateCounters,
}

impl Governor {
    /// A budget of which nothing is used, with the silence that is known from before.
    #[must_use]
    pub fn new(limits: RateLimits, silence: Option<Silence>) -> Self {
        Self {
            limits,
            weight: Window::new(MINUTE_MS),
            orders_minute: Window::new(MINUTE_MS),
            orders_ten_seconds: Window::new(TEN_SECONDS_MS),
            funding: Window::new(FUNDING_WINDOW_MS),
            half_until: silence.map_or(Timestamp::from_millis(i64::MIN), half_rate_end),
            silence,
            counters: RateCounters::default(),
        }
    }

    /// Takes limits that the venue has announced.
    pub const fn set_limits(&mut self, limits: RateLimits) {
        self.limits = limits;
    }

    /// The limits that hold.
    #[must_use]
    pub const fn limits(&self) -> RateLimits {
        self.limits
    }

    /// Asks for one request and charges it when it may go.
    pub fn ask(&mut self, now: Timestamp, cost: Cost, class: Class) -> Verdict {
        if let Some(silence) = self.silence.filter(|silence| now < silence.until) {
            return Verdict::Silent(silence);
        }
        self.silence = None;
        let half = now < self.half_until;
        let wait = self.pools(cost, class).into_iter().filter_map(|(window, cost, limit)| {
            window.advance(now);
            let ceiling = if half { limit / 2 } else { limit };
            (!window.has_room(cost, ceiling)).then(|| window.end())
        });
        if let Some(until) = wait.max() {
            self.counters.waited += 1;
            return Verdict::Wait { until };
        }
        for (window, cost, _) in self.pools(cost, class) {
            window.charge(cost);
        }
        self.counters.sent += 1;
        Verdict::Go
    }

    /// The windows with what a request costs in them and how far it may fill them.
    fn pools(&mut self, cost: Cost, class: Class) -> [(&mut Window, u32, u32); 4] {
        let share = match class {
            Class::Background => BACKGROUND_SHARE,
            Class::Read => READ_SHARE,
            Class::Order => 100,
        };
        let part = |limit: u32| limit / 100 * share + limit % 100 * share / 100;
        let limits = self.limits;
        [
            (&mut self.weight, cost.weight, part(limits.weight)),
            (&mut self.orders_minute, cost.orders_minute, limits.orders_minute),
            (&mut self.orders_ten_seconds, cost.orders_ten_seconds, limits.orders_ten_seconds),
            (&mut self.funding, cost.funding, part(limits.funding)),
        ]
    }

    /// Hears the answer to a request sent at `sent`: the venue's own counts, and whether it wants silence.
    pub fn heard(&mut self, now: Timestamp, sent: Timestamp, answer: &Heard<'_>) {
        let Heard { status, headers, body } = answer;
        for (window, count) in [
            (&mut self.weight, headers.used_weight),
            (&mut self.orders_minute, headers.orders_minute),
            (&mut self.orders_ten_seconds, headers.orders_ten_seconds),
        ] {
            window.advance(now);
            if let Some(count) = count {
                window.heard(sent, count);
            }
        }
        let Some(silence) = Silence::of(now, *status, headers.retry_after_s, body) else { return };
        match silence.reason {
            SilenceReason::Limited => self.counters.limited += 1,
            SilenceReason::Banned => self.counters.banned += 1,
            SilenceReason::Blocked => {}
        }
        if self.silence.is_none_or(|known| known.until < silence.until) {
            self.silence = Some(silence);
            self.half_until = half_rate_end(silence);
        }
    }

    /// The silence that holds, as of the last question or answer.
    #[must_use]
    pub const fn silence(&self) -> Option<Silence> {
        self.silence
    }

    /// How often what happened.
    #[must_use]
    pub const fn counters(&self) -> RateCounters {
        let mut counters = self.counters;
        counters.weight_peak = self.weight.peak;
        counters.weight_used = self.weight.used();
        counters
    }
}

/// What the governor wants to know of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// HTTP status.
    pub status: u16,
    /// What its head says.
    pub headers: RateHeaders,
    /// Its body, for the end of a ban.
    pub body: &'a str,
}

const fn half_rate_end(silence: Silence) -> Timestamp {
    silence.until.plus_millis(HALF_RATE_MS)
}

#[cfg(test)]
mod tests;
