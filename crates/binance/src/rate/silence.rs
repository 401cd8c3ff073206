//! Silence that the venue has asked for: until when, and why.

use std::fmt;

use domain::Timestamp;

/// Silence after a ban whose end is not known.
const BAN_MS: i64 = 600_000;
/// Silence after the venue's firewall has refused us.
const BLOCKED_MS: i64 = 60_000;
/// What is added to every end, for clocks that differ.
const MARGIN_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

/// Nothing is sent to the host before this time. To be stored: a restart does not end a ban.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// First instant at which something may be sent, the venue's time.
    pub until: Timestamp,
    /// Why.
    pub reason: SilenceReason,
}

/// Why the venue asked for silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceReason {
    /// Too many requests (429).
    Limited,
    /// The address is banned (418).
    Banned,
    /// The firewall refused the request (403).
    Blocked,
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            SilenceReason::Limited => "too many requests (429)",
            SilenceReason::Banned => "this address is banned (418)",
            SilenceReason::Blocked => "the venue's firewall refused us (403)",
        };
        write!(f, "{reason}, silence until {}", self.until)
    }
}

impl Silence {
    /// The silence that an answer asks for, if any.
    pub(super) fn of(
        now: Timestamp,
        status: u16,
        retry_after_s: Option<u32>,
        body: &str,
    ) -> Option<Self> {
        let after = retry_after_s.map(|seconds| now.plus_millis(i64::from(seconds) * 1_000));
        let silence =
            |until: Timestamp, reason| Some(Self { until: until.plus_millis(MARGIN_MS), reason });
        match status {
            429 => {
                let boundary = (now.millis().div_euclid(MINUTE_MS) + 1) * MINUTE_MS;
                let boundary = Timestamp::from_millis(boundary);
                silence(after.unwrap_or(boundary), SilenceReason::Limited)
            }
            418 => {
                let until = banned_until(body).or(after).filter(|until| *until > now);
                silence(until.unwrap_or(now.plus_millis(BAN_MS)), SilenceReason::Banned)
            }
            403 => silence(now.plus_millis(BLOCKED_MS), SilenceReason::Blocked),
            _ => None,
        }
    }
}

/// The time in "Way too many requests; IP(...) banned until 1573487109123. ...".
fn banned_until(body: &str) -> Option<Timestamp> {
    let (_, after) = body.split_once("banned until ")?;
    let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    let millis: i64 = after[..digits].parse().ok()?;
    (digits == 13).then(|| Timestamp::from_millis(millis))
}
