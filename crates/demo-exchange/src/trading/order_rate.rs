//! How many orders an account has sent in ten seconds and in a minute: fixed windows
//! (D:General Info, limits).

use domain::Timestamp;

use super::refusal::Refusal;

const TEN_SECONDS_MS: i64 = 10_000;
const MINUTE_MS: i64 = 60_000;

/// What a request counts on the two windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCount {
    /// On ten seconds.
    pub ten_seconds: u32,
    /// On the minute.
    pub minute: u32,
}

/// The counts of the running windows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OrderRate {
    ten_seconds: Window,
    minute: Window,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    number: i64,
    count: u32,
}

impl Window {
    fn rolled(self, now: Timestamp, length_ms: i64) -> Self {
        let number = now.millis().div_euclid(length_ms);
        if number == self.number { self } else { Self { number, count: 0 } }
    }
}

impl OrderRate {
    /// Counts a request unless a window is full. Returns what both windows hold afterwards.
    ///
    /// # Errors
    /// -1015 when a limit would be passed; the request is not counted then.
    pub(crate) fn charge(
        &mut self,
        count: OrderCount,
        limits: OrderCount,
        now: Timestamp,
    ) -> Result<OrderCount, Refusal> {
        let ten_seconds = self.ten_seconds.rolled(now, TEN_SECONDS_MS);
        let minute = self.minute.rolled(now, MINUTE_MS);
        let used = OrderCount {
            ten_seconds: ten_seconds.count.saturating_add(count.ten_seconds),
            minute: minute.count.saturating_add(count.minute),
        };
        if used.ten_seconds > limits.ten_seconds || used.minute > limits.minute {
            return Err(Refusal::TOO_MANY_ORDERS);
        }
        self.ten_seconds = Window { count: used.ten_seconds, ..ten_seconds };
        self.minute = Window { count: used.minute, ..minute };
        Ok(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: OrderCount = OrderCount { ten_seconds: 1, minute: 1 };
    const LIMITS: OrderCount = OrderCount { ten_seconds: 2, minute: 3 };

    #[test]
    fn windows_fill_and_roll() {
        let mut rate = OrderRate::default();
        let mut charge = |millis| rate.charge(ONE, LIMITS, Timestamp::from_millis(millis));
        assert!(charge(0).is_ok() && charge(9_999).is_ok());
        assert_eq!(charge(9_999), Err(Refusal::TOO_MANY_ORDERS));
        assert_eq!(charge(10_000), Ok(OrderCount { ten_seconds: 1, minute: 3 }));
        assert_eq!(charge(20_000), Err(Refusal::TOO_MANY_ORDERS));
        assert_eq!(charge(60_000), Ok(ONE));
    }
}
