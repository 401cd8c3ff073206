//! Which number of a candle an indicator is fed with.

use domain::Candle;

/// A price made from a candle, or its volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    #[default]
    Close,
    /// Middle of high and low.
    Hl2,
    /// Typical price: mean of high, low and close.
    Hlc3,
    /// Mean of open, high, low and close.
    Ohlc4,
    /// Traded base asset.
    Volume,
}

impl Source {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Hl2,
        Self::Hlc3,
        Self::Ohlc4,
        Self::Volume,
    ];

    /// Name in scripts and requests, such as `hl2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Hl2 => "hl2",
            Self::Hlc3 => "hlc3",
            Self::Ohlc4 => "ohlc4",
            Self::Volume => "volume",
        }
    }

    /// The source of this [`name`](Self::name).
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The number itself: quote asset per base unit, or base asset for the volume.
    #[inline]
    #[must_use]
    pub const fn of(self, candle: &Candle) -> f64 {
        match self {
            Self::Open => candle.open,
            Self::High => candle.high,
            Self::Low => candle.low,
            Self::Close => candle.close,
            Self::Hl2 => (candle.high + candle.low) / 2.0,
            Self::Hlc3 => (candle.high + candle.low + candle.close) / 3.0,
            Self::Ohlc4 => (candle.open + candle.high + candle.low + candle.close) / 4.0,
            Self::Volume => candle.volume,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    #[test]
    fn each_source_has_a_name_and_a_number() {
        let open_time = Timestamp::from_millis(0);
        let candle = Candle { open_time, open: 4.0, high: 9.0, low: 1.0, close: 2.0, volume: 70.0 };
        let numbers = Source::ALL.map(|source| source.of(&candle));
        assert_eq!(numbers, [4.0, 9.0, 1.0, 2.0, 5.0, 4.0, 4.0, 70.0]);
        assert!(Source::ALL.into_iter().all(|it| Source::find(it.name()) == Some(it)));
        assert_eq!(Source::find("Close"), None);
    }
}
