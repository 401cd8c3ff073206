//! The rate limits that the venue announces.

use crate::wire::exchange_info as wire;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitKind {
    /// Weight of requests, per address.
    RequestWeight,
    /// Orders, per account.
    Orders,
    /// Something this version does not know.
    Unknown,
}

/// So many within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// What is counted.
    pub kind: RateLimitKind,
    /// Length of the window in ms; 0 when its unit is not known.
    pub window_ms: i64,
    /// How many.
    pub limit: u32,
}

impl RateLimit {
    pub(super) fn of(wire: &wire::RateLimit) -> Self {
        let kind = match wire.rate_limit_type.as_str() {
            "REQUEST_WEIGHT" => RateLimitKind::RequestWeight,
            "ORDERS" => RateLimitKind::Orders,
            _ => RateLimitKind::Unknown,
        };
        let unit_ms = match wire.interval.as_str() {
            "SECOND" => 1_000,
            "MINUTE" => 60_000,
            "HOUR" => 3_600_000,
            "DAY" => 86_400_000,
            _ => 0,
        };
        Self { kind, window_ms: unit_ms * i64::from(wire.interval_num), limit: wire.limit }
    }
}
