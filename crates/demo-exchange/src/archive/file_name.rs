//! Names of archive files: what they hold, of which time, and from when on they are there.

use domain::{Timeframe, Timestamp};

const DAY: i64 = 86_400_000;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Klines(Timeframe),
    MarkPriceKlines(Timeframe),
    IndexPriceKlines(Timeframe),
    PremiumIndexKlines(Timeframe),
    AggregateTrades,
    Trades,
    FundingRate,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArchiveFile {
    pub(super) content: Content,
    pub(super) symbol: String,
    /// First millisecond, and the one after the last.
    pub(super) range: (i64, i64),
    stem: String,
    is_monthly: bool,
}

impl ArchiveFile {
    pub(super) fn csv_name(&self) -> String {
        format!("{}.csv", self.stem)
    }

    /// A day is there on the next one at 02:00, a month on the first Monday of the next.
    pub(super) fn is_published(&self, now: i64) -> bool {
        let end = self.range.1;
        if !self.is_monthly {
            return now >= end + DAY / 12;
        }
        let monday = Timeframe::W1.open_of(Timestamp::from_millis(end + 6 * DAY)).millis();
        now >= monday
    }
}

/// Reads `/data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip` and its kin.
pub(super) fn read(path: &str) -> Option<ArchiveFile> {
    let parts: Vec<&str> = path.strip_prefix("/data/futures/um/")?.split('/').collect();
    let is_monthly = match *parts.first()? {
        "monthly" => true,
        "daily" => false,
        _ => return None,
    };
    let (kind, symbol, stem) =
        (*parts.get(1)?, *parts.get(2)?, parts.last()?.strip_suffix(".zip")?);
    let interval = (parts.len() == 5).then(|| parts[3]);
    if interval.is_none() && parts.len() != 4 {
        return None;
    }
    let content = content(kind, interval, is_monthly)?;
    let date = stem.strip_prefix(symbol)?.strip_prefix('-')?;
    let date = date.strip_prefix(interval.unwrap_or(kind))?.strip_prefix('-')?;
    let range = if is_monthly { month(date)? } else { day(date)? };
    Some(ArchiveFile {
        content,
        symbol: symbol.to_owned(),
        range,
        stem: stem.to_owned(),
        is_monthly,
    })
}

fn content(kind: &str, interval: Option<&str>, is_monthly: bool) -> Option<Content> {
    let timeframe = match interval {
        Some("1mo") => Some(Timeframe::Month1),
        Some(name) => Some(
            Timeframe::ALL
                .into_iter()
                .find(|timeframe| timeframe.name() == name && *timeframe != Timeframe::Month1)?,
        ),
        None => None,
    };
    if !is_monthly && timeframe.is_some_and(|timeframe| timeframe > Timeframe::D1) {
        return None;
    }
    match (kind, timeframe) {
        ("klines", Some(timeframe)) => Some(Content::Klines(timeframe)),
        ("markPriceKlines", Some(timeframe)) => Some(Content::MarkPriceKlines(timeframe)),
        ("indexPriceKlines", Some(timeframe)) => Some(Content::IndexPriceKlines(timeframe)),
        ("premiumIndexKlines", Some(timeframe)) => Some(Content::PremiumIndexKlines(timeframe)),
        ("aggTrades", None) => Some(Content::AggregateTrades),
        ("trades", None) => Some(Content::Trades),
        ("fundingRate", None) if is_monthly => Some(Content::FundingRate),
        _ => None,
    }
}

fn day(text: &str) -> Option<(i64, i64)> {
    let start = (text.len() == 10).then(|| text.parse::<Timestamp>().ok()).flatten()?.millis();
    Some((start, start + DAY))
}

fn month(text: &str) -> Option<(i64, i64)> {
    let (start, _) = (text.len() == 7).then(|| day(&format!("{text}-01"))).flatten()?;
    Some((start, Timeframe::Month1.next_open(Timestamp::from_millis(start)).millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().millis()
    }

    #[test]
    fn names_are_read_and_published_in_time() {
        let file =
            read("/data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip").unwrap();
        assert_eq!(file.content, Content::Klines(Timeframe::H1));
        assert_eq!(file.range, (at("2024-01-01"), at("2024-02-01")));
        assert!(!file.is_published(at("2024-02-04")));
        assert!(file.is_published(at("2024-02-05")), "the first Monday");
        let file =
            read("/data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-31.zip")
                .unwrap();
        assert!(
            !file.is_published(at("2024-02-01T01:59:59Z"))
                && file.is_published(at("2024-02-01T02:00:00Z"))
        );
        assert!(
            read("/data/futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip")
                .is_some()
        );
        for path in [
            "/data/futures/um/daily/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01-01.zip",
            "/data/futures/um/daily/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-01-01.zip",
            "/data/futures/um/monthly/klines/BTCUSDT/1h/ETHUSDT-1h-2024-01.zip",
            "/data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-13.zip",
            "/data/../etc",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
