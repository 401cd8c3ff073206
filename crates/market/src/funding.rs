//! Funding settlements of a perpetual future: when, at which rate, at which mark price.
//!
//! Only what the venue has recorded; nothing here computes, guesses or fills in a rate. Times are
//! ms since the epoch, UTC. What a position pays is the business of `margin`.

mod history;
mod spacing;

use std::fmt;
use std::str::FromStr;

use domain::{Price, Rate, Timestamp};

pub use history::{FundingHistory, FundingOrderError};
pub use spacing::{FundingInterval, funding_gaps};

const MINUTE: i64 = 60_000;

/// Why a settlement took place (Binance `rateType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FundingKind {
    /// The payment of every funding interval.
    Regular,
    /// An extra payment, such as for the dividend of a stock, at a time of its own.
    Special,
}

/// A text that names no kind of funding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a kind of funding, regular or special, was {was:?}")]
pub struct UnknownFundingKind {
    /// The offered text, shortened to 16 characters.
    pub was: String,
}

impl FundingKind {
    /// Both, in the order in which they are settled within a minute.
    pub const ALL: [Self; 2] = [Self::Regular, Self::Special];

    /// `regular` or `special`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Special => "special",
        }
    }
}

impl fmt::Display for FundingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FundingKind {
    type Err = UnknownFundingKind;

    /// Reads the name in any case, hence the venue's `Regular` and `Special` too.
    fn from_str(text: &str) -> Result<Self, UnknownFundingKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownFundingKind { was: text.chars().take(16).collect() })
    }
}

/// One recorded settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funding {
    /// Time as the venue reports it, usually a few ms after the full hour.
    pub time: Timestamp,
    /// Fraction of the notional; longs pay shorts when it is positive.
    pub rate: Rate,
    /// Mark price of the settlement, where the source has it.
    pub mark: Option<Price>,
    /// Regular or special.
    pub kind: FundingKind,
}

impl Funding {
    /// The minute of the settlement: the reported time rounded to the nearest one. Settlements are
    /// joined with candles and with each other by it, because reported times jitter (Binance USDT-M,
    /// "Get Funding Rate History"; up to 29 ms in 2023).
    #[must_use]
    pub const fn settled_at(&self) -> Timestamp {
        minute_of(self.time)
    }
}

/// The nearest full minute, the later one when between two.
pub(crate) const fn minute_of(time: Timestamp) -> Timestamp {
    let minutes = time.millis().saturating_add(MINUTE / 2).div_euclid(MINUTE);
    Timestamp::from_millis(minutes.saturating_mul(MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(millis: i64, expected: i64) {
        assert_eq!(minute_of(Timestamp::from_millis(millis)).millis(), expected, "{millis}");
    }

    #[test]
    fn times_are_joined_by_the_nearest_minute() {
        check(1_672_560_000_000, 1_672_560_000_000);
        check(1_672_560_000_029, 1_672_560_000_000);
        check(1_672_559_999_990, 1_672_560_000_000);
        check(1_672_560_029_999, 1_672_560_000_000);
        check(1_672_560_030_000, 1_672_560_060_000);
        check(-1, 0);
        check(i64::MAX, i64::MAX / MINUTE * MINUTE);
    }

    #[test]
    fn kinds_are_read_in_any_case() {
        assert_eq!("Regular".parse(), Ok(FundingKind::Regular));
        assert_eq!("special".parse(), Ok(FundingKind::Special));
        let error = "Irregular".parse::<FundingKind>().unwrap_err();
        assert!(error.to_string().contains("regular or special, was \"Irregular\""));
    }
}
