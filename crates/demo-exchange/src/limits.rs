//! Request weights of the one address that all calls come from, and what too many of them bring.
//!
//! Fixed windows that begin at full minutes (§7). Times in milliseconds since the epoch.

use crate::api_call::ApiReply;

const MINUTE: i64 = 60_000;
/// Longest ban: three days (§6, F6).
const BAN_MAX: i64 = 3 * 86_400_000;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Weight of one minute.
    pub weight_per_minute: u32,
    /// Orders of one minute, and of ten seconds.
    pub orders_per_minute: u32,
    /// Orders of ten seconds.
    pub orders_per_ten_seconds: u32,
    /// Calls of `fundingRate` and `fundingInfo` in five minutes.
    pub funding_per_five_minutes: u32,
    /// Refused calls of one minute after which the address is banned.
    pub refusals_before_ban: u32,
    /// Length of the first ban; each further one is twice as long, three days at most.
    pub ban_first_millis: i64,
    /// Whether a 429 names the seconds to wait.
    pub retry_after: bool,
}

impl Default for Limits {
    /// The venue's own (§7): 2,400 weight and 1,200 orders a minute, 300 orders in ten seconds.
    fn default() -> Self {
        Self {
            weight_per_minute: 2_400,
            orders_per_minute: 1_200,
            orders_per_ten_seconds: 300,
            funding_per_five_minutes: 500,
            refusals_before_ban: 10,
            ban_first_millis: 120_000,
            retry_after: false,
        }
    }
}

/// What has been used.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    limits: Limits,
    window: i64,
    used: u32,
    peak: u32,
    refused: u32,
    funding_window: i64,
    funding_used: u32,
    banned_until: i64,
    bans: u32,
}

/// What a call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Request weight.
    Weight(u32),
    /// One of the calls about funding, which have a limit of their own.
    Funding,
}

impl Usage {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            window: i64::MIN,
            used: 0,
            peak: 0,
            refused: 0,
            funding_window: i64::MIN,
            funding_used: 0,
            banned_until: i64::MIN,
            bans: 0,
        }
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Weight used in the minute of the last call.
    pub(crate) const fn used(&self) -> u32 {
        self.used
    }

    /// The most weight of any minute.
    pub(crate) const fn peak(&self) -> u32 {
        self.peak
    }

    /// Books a call, or refuses it with 429, or with 418 as long as the address is banned.
    pub(crate) fn charge(&mut self, cost: Cost, now: i64) -> Result<(), ApiReply> {
        self.turn(now);
        if now < self.banned_until {
            return Err(banned(self.banned_until));
        }
        let is_allowed = match cost {
            Cost::Weight(weight) => {
                self.used = self.used.saturating_add(weight);
                self.peak = self.peak.max(self.used);
                self.used <= self.limits.weight_per_minute
            }
            Cost::Funding => {
                self.funding_used += 1;
                self.funding_used <= self.limits.funding_per_five_minutes
            }
        };
        if is_allowed {
            return Ok(());
        }
        self.refused += 1;
        if self.refused >= self.limits.refusals_before_ban {
            self.ban(self.limits.ban_first_millis << self.bans.min(12), now);
            return Err(banned(self.banned_until));
        }
        Err(self.too_many(now))
    }

    /// Shuts the address out.
    pub(crate) fn ban(&mut self, millis: i64, now: i64) {
        self.banned_until = now + millis.clamp(0, BAN_MAX);
        self.bans += 1;
        self.refused = 0;
    }

    /// The answer while the address is banned.
    pub(crate) fn ban_reply(&self) -> ApiReply {
        banned(self.banned_until)
    }

    fn turn(&mut self, now: i64) {
        let window = now.div_euclid(MINUTE);
        if window != self.window {
            (self.window, self.used, self.refused) = (window, 0, 0);
        }
        let window = now.div_euclid(5 * MINUTE);
        if window != self.funding_window {
            (self.funding_window, self.funding_used) = (window, 0);
        }
    }

    fn too_many(&self, now: i64) -> ApiReply {
        let limit = self.limits.weight_per_minute;
        let message = format!(
            "Too many requests; current limit is {limit} requests per minute. Please use the websocket for live updates to avoid polling the API."
        );
        let seconds = (MINUTE - now.rem_euclid(MINUTE)) / 1000 + 1;
        too_many(&message, self.limits.retry_after.then_some(seconds))
    }
}

/// A 429.
pub(crate) fn too_many(message: &str, retry_after: Option<i64>) -> ApiReply {
    let mut reply = ApiReply::refusal(429, -1003, message);
    reply.headers.extend(retry_after.map(|seconds| ("retry-after", seconds.to_string())));
    reply
}

fn banned(until: i64) -> ApiReply {
    let message = format!(
        "Way too many requests; IP(127.0.0.1) banned until {until}. Please use the websocket for live updates to avoid bans."
    );
    ApiReply::refusal(418, -1003, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_weight_is_refused_and_insisting_is_banned() {
        let mut usage = Usage::new(Limits {
            weight_per_minute: 10,
            refusals_before_ban: 3,
            ..Limits::default()
        });
        let status = |usage: &mut Usage, now| {
            usage.charge(Cost::Weight(5), now).map_err(|reply| reply.status)
        };
        let statuses: Vec<_> = (0..5).map(|_| status(&mut usage, 1_000)).collect();
        assert_eq!(statuses, [Ok(()), Ok(()), Err(429), Err(429), Err(418)]);
        assert_eq!(status(&mut usage, 120_999), Err(418), "the ban outlives the minute");
        assert_eq!(status(&mut usage, 121_000), Ok(()));
    }

    #[test]
    fn funding_has_a_limit_of_its_own() {
        let mut usage = Usage::new(Limits { funding_per_five_minutes: 1, ..Limits::default() });
        assert!(usage.charge(Cost::Funding, 0).is_ok());
        assert!(usage.charge(Cost::Funding, 0).is_err());
        assert_eq!(usage.used(), 0);
        assert!(usage.charge(Cost::Funding, 300_000).is_ok());
    }
}
