//! Names and places of the archive's files ("binance-public-data", README).

use std::fmt;

use domain::{Symbol, Timeframe};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// Candles of the last price.
    Klines(Timeframe),
    /// Candles of the mark price.
    MarkPriceKlines(Timeframe),
    /// Candles of the index price.
    IndexPriceKlines(Timeframe),
    /// Trades joined by taker order and price.
    AggTrades,
    /// Settlements, without mark price; monthly only.
    FundingRate,
}

/// Which time a file covers, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArchivePeriod {
    /// A month; published on the first Monday of the next.
    Month {
        /// Year.
        year: i32,
        /// Month, 1 to 12.
        month: u32,
    },
    /// A day; published the day after.
    Day {
        /// Year.
        year: i32,
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month, from 1.
        day: u32,
    },
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveFile {
    symbol: Symbol,
    kind: ArchiveKind,
    period: ArchivePeriod,
}

/// The archive has no such files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the archive has no daily files of funding, nor of candles longer than a day")]
pub struct NoSuchFile;

impl ArchiveFile {
    /// Names a file; whether it is there shows when it is fetched.
    ///
    /// # Errors
    /// [`NoSuchFile`] for days of funding and of candles longer than a day.
    pub fn new(
        symbol: Symbol,
        kind: ArchiveKind,
        period: ArchivePeriod,
    ) -> Result<Self, NoSuchFile> {
        let is_daily = matches!(period, ArchivePeriod::Day { .. });
        let only_monthly = match kind {
            ArchiveKind::FundingRate => true,
            ArchiveKind::Klines(timeframe)
            | ArchiveKind::MarkPriceKlines(timeframe)
            | ArchiveKind::IndexPriceKlines(timeframe) => {
                timeframe.longest_millis() > Timeframe::D1.longest_millis()
            }
            ArchiveKind::AggTrades => false,
        };
        if is_daily && only_monthly {
            return Err(NoSuchFile);
        }
        Ok(Self { symbol, kind, period })
    }

    /// The file's name, such as `BTCUSDT-1h-2024-01.zip`.
    #[must_use]
    pub fn name(&self) -> String {
        let what = match self.interval() {
            Some(interval) => interval,
            None => self.folder(),
        };
        format!("{}-{what}-{}.zip", self.symbol, self.period)
    }

    /// Its path below the archive's base URL.
    #[must_use]
    pub fn path(&self) -> String {
        let often = match self.period {
            ArchivePeriod::Month { .. } => "monthly",
            ArchivePeriod::Day { .. } => "daily",
        };
        let interval = self.interval().map_or(String::new(), |interval| format!("{interval}/"));
        let (folder, symbol, name) = (self.folder(), &self.symbol, self.name());
        format!("data/futures/um/{often}/{folder}/{symbol}/{interval}{name}")
    }

    const fn folder(&self) -> &'static str {
        match self.kind {
            ArchiveKind::Klines(_) => "klines",
            ArchiveKind::MarkPriceKlines(_) => "markPriceKlines",
            ArchiveKind::IndexPriceKlines(_) => "indexPriceKlines",
            ArchiveKind::AggTrades => "aggTrades",
            ArchiveKind::FundingRate => "fundingRate",
        }
    }

    const fn interval(&self) -> Option<&'static str> {
        match self.kind {
            ArchiveKind::Klines(timeframe)
            | ArchiveKind::MarkPriceKlines(timeframe)
            | ArchiveKind::IndexPriceKlines(timeframe) => Some(folder_of(timeframe)),
            ArchiveKind::AggTrades | ArchiveKind::FundingRate => None,
        }
    }
}

/// The venue's name, but for the month: a folder `1M` would be `1m` on some disks.
const fn folder_of(timeframe: Timeframe) -> &'static str {
    if matches!(timeframe, Timeframe::Month1) { "1mo" } else { timeframe.name() }
}

impl fmt::Display for ArchivePeriod {
    /// `2024-01` or `2024-01-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Day { year, month, day } => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(kind: ArchiveKind, period: ArchivePeriod) -> String {
        let file = ArchiveFile::new("BTCUSDT".parse().unwrap(), kind, period);
        file.map_or_else(|error| error.to_string(), |file| file.path())
    }

    const MONTH: ArchivePeriod = ArchivePeriod::Month { year: 2024, month: 1 };
    const DAY: ArchivePeriod = ArchivePeriod::Day { year: 2024, month: 1, day: 31 };

    #[test]
    fn places_are_those_of_the_archive() {
        let base = "data/futures/um";
        assert_eq!(
            path(ArchiveKind::Klines(Timeframe::H1), MONTH),
            format!("{base}/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip")
        );
        assert_eq!(
            path(ArchiveKind::AggTrades, DAY),
            format!("{base}/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-31.zip")
        );
        assert_eq!(
            path(ArchiveKind::FundingRate, MONTH),
            format!("{base}/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip")
        );
        assert_eq!(
            path(ArchiveKind::MarkPriceKlines(Timeframe::Month1), MONTH),
            format!("{base}/monthly/markPriceKlines/BTCUSDT/1mo/BTCUSDT-1mo-2024-01.zip")
        );
        assert!(path(ArchiveKind::FundingRate, DAY).contains("no daily files"));
        assert!(path(ArchiveKind::Klines(Timeframe::W1), DAY).contains("no daily files"));
    }
}
