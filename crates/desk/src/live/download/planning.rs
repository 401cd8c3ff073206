//! The plan of a whole download: the parts of every series that it asks for, and the checks of what they bring.

use std::collections::BTreeMap;

use domain::{MarketKind, PriceKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::SeriesKey;
use storage::{Coverage, FundingCoverage};

use super::check::check_parts;
use super::part::{Part, PartSeries};
use super::plan::{Wanted, candle_parts, funding_parts};
use super::request::DownloadRequest;

/// A refresh begins so long before the last stored candle, ms: two days.
const BEFORE_LAST: i64 = 2 * 24 * 3_600_000;
/// A refresh fills gaps of so much time before now, ms: 30 days.
const GAPS_BACK: i64 = 30 * 24 * 3_600_000;

/// What is stored before a download.
pub(super) struct Stored<'a> {
    pub(super) market: MarketKind,
    pub(super) coverage: &'a [Coverage],
    pub(super) funding: &'a [FundingCoverage],
}

impl Stored<'_> {
    fn series(&self, series: &PartSeries) -> Option<&Coverage> {
        let PartSeries { symbol, timeframe, price } = series;
        let key = SeriesKey::new(self.market, symbol.clone(), *timeframe).of_price(*price);
        self.coverage.iter().find(|stored| stored.key == key)
    }

    fn funding(&self, symbol: &Symbol) -> Option<&FundingCoverage> {
        self.funding.iter().find(|one| one.market == self.market && one.symbol == *symbol)
    }
}

/// All parts of the instruments that are `listed`, in the order in which they are worked on; checks lie behind what
/// they check.
pub(super) fn plan(
    request: &DownloadRequest,
    listed: &BTreeMap<Symbol, Timestamp>,
    stored: &Stored<'_>,
    now: Timestamp,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for symbol in request.symbols() {
        let Some(since) = listed.get(&symbol) else { continue };
        let asked = request.range(Some(*since), now);
        for timeframe in request.timeframes() {
            for price in request.prices() {
                let series = PartSeries { symbol: symbol.clone(), timeframe, price: *price };
                let Some(known) = known(request, stored.series(&series)) else { continue };
                let range = range_of(known.map(|known| (known.first, known.last)), asked, now);
                parts.extend(series_parts(
                    request,
                    stored,
                    &Wanted { series, range, aim: request.aim() },
                    now,
                ));
            }
        }
        let minutes =
            PartSeries { symbol: symbol.clone(), timeframe: Timeframe::M1, price: PriceKind::Last };
        if request.funding
            && stored.market != MarketKind::Spot
            && let Some(minutes) = known(request, stored.series(&minutes))
        {
            let known = stored.funding(&symbol);
            // Without any settlement those of all stored minutes are missing.
            let since = |first: Timestamp| TimeRange { start: asked.start.max(first), ..asked };
            let range = match (minutes, known) {
                (None, _) => asked,
                (Some(minutes), None) => since(minutes.first),
                (Some(_), Some(known)) => range_of(Some((known.first, known.last)), asked, now),
            };
            parts.extend(funding_parts((&symbol, range), known, (request.aim(), now)));
        }
    }
    parts
}

/// Of a refresh what is stored of a series, of other downloads nothing; `None` when there is nothing to refresh.
fn known<'a>(
    request: &DownloadRequest,
    stored: Option<&'a Coverage>,
) -> Option<Option<&'a Coverage>> {
    if request.refresh { stored.map(Some) } else { Some(None) }
}

/// What is wanted of a series: what was asked for, or, of a refresh, what is missing since shortly before the `last`
/// stored and in the last days. A gap that lies further back stays: the venue did not fill it for weeks.
fn range_of(
    refreshed: Option<(Timestamp, Timestamp)>,
    asked: TimeRange,
    now: Timestamp,
) -> TimeRange {
    let Some((first, last)) = refreshed else { return asked };
    let from = last.plus_millis(-BEFORE_LAST).min(now.plus_millis(-GAPS_BACK));
    TimeRange { start: asked.start.max(first).max(from), ..asked }
}

fn series_parts(
    request: &DownloadRequest,
    stored: &Stored<'_>,
    wanted: &Wanted,
    now: Timestamp,
) -> Vec<Part> {
    let mut parts = candle_parts(wanted, stored.series(&wanted.series), now);
    if request.check {
        let checks = check_parts(&wanted.series, &parts, now);
        parts.extend(checks);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{DownloadDraft, VenueName};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn coverage(symbol: &str, price: PriceKind, (first, last): (&str, &str)) -> Coverage {
        let key = SeriesKey::new(MarketKind::Demo, symbol.parse().unwrap(), Timeframe::M1);
        Coverage {
            key: key.of_price(price),
            first: at(first),
            last: at(last),
            candles: 1,
            gaps: Vec::new(),
            bytes: 0,
            price_decimals: 1,
            months: Vec::new(),
            updated_at: at(first),
        }
    }

    fn planned(request: &DownloadRequest, coverage: &[Coverage]) -> Vec<String> {
        let stored = Stored { market: MarketKind::Demo, coverage, funding: &[] };
        let listed = request.symbols().into_iter().map(|symbol| (symbol, at("2020-01-01")));
        let parts = plan(request, &listed.collect(), &stored, at("2024-03-03T12:00:30Z"));
        parts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_refresh_goes_on_with_what_is_stored() {
        let symbols: Vec<Symbol> =
            ["BTCUSDT", "ETHUSDT", "XRPUSDT"].map(|name| name.parse().unwrap()).to_vec();
        let request = DownloadRequest::refreshing(VenueName::Demo, &symbols);
        let last = ("2024-02-20", "2024-03-03T10:59:00Z");
        let stored = [
            coverage("BTCUSDT", PriceKind::Last, last),
            coverage("BTCUSDT", PriceKind::Mark, ("2024-03-01", "2024-03-03T11:29:00Z")),
            coverage("ETHUSDT", PriceKind::Last, last),
        ];
        let (eleven, half, noon) = (
            at("2024-03-03T11:00:00Z").millis(),
            at("2024-03-03T11:30:00Z").millis(),
            at("2024-03-03T12:00:00Z").millis(),
        );
        let funding = (at("2024-02-20").millis(), at("2024-03-03T12:00:30Z").millis());
        let expected = [
            format!("rest BTCUSDT 1m {eleven}..{noon}"),
            format!("check BTCUSDT 1m 1h {eleven}..{noon}"),
            format!("rest BTCUSDT 1m mark {half}..{noon}"),
            "archive-funding BTCUSDT 2024-02".to_owned(),
            format!("rest-funding BTCUSDT {}..{}", at("2024-03-01").millis(), funding.1),
            format!("rest ETHUSDT 1m {eleven}..{noon}"),
            format!("check ETHUSDT 1m 1h {eleven}..{noon}"),
            "archive-funding ETHUSDT 2024-02".to_owned(),
            format!("rest-funding ETHUSDT {}..{}", at("2024-03-01").millis(), funding.1),
        ];
        assert_eq!(planned(&request, &stored), expected);
        assert!(planned(&request, &[]).is_empty(), "nothing stored is nothing to refresh");
    }

    #[test]
    fn a_refresh_leaves_old_gaps_as_they_are() {
        let request = DownloadRequest::refreshing(VenueName::Demo, &["BTCUSDT".parse().unwrap()]);
        let gap = |from: &str, to: &str| market::Gap { from: at(from), to: at(to), missing: 60 };
        let gaps = vec![
            gap("2023-06-01T10:00:00Z", "2023-06-01T11:00:00Z"),
            gap("2024-02-10T10:00:00Z", "2024-02-10T11:00:00Z"),
        ];
        let last = ("2020-02-20", "2024-03-03T11:59:00Z");
        let stored = [Coverage { gaps, ..coverage("BTCUSDT", PriceKind::Last, last) }];
        let settled = FundingCoverage {
            market: MarketKind::Demo,
            symbol: "BTCUSDT".parse().unwrap(),
            first: at("2020-02-20"),
            last: at("2024-02-15"),
            settlements: 1,
            with_mark: 1,
            gaps: vec![gap("2023-06-01T08:00:00Z", "2023-06-01T16:00:00Z")],
        };
        let known = Stored { market: MarketKind::Demo, coverage: &stored, funding: &[settled] };
        let listed = BTreeMap::from([("BTCUSDT".parse().unwrap(), at("2020-01-01"))]);
        let now = at("2024-03-03T12:00:30Z");
        let parts = plan(&request, &listed, &known, now);
        let names: Vec<String> =
            parts.iter().filter(|part| !part.is_check()).map(ToString::to_string).collect();
        let millis = |text: &str| at(text).millis();
        let expected = [
            format!(
                "rest BTCUSDT 1m {}..{}",
                millis("2024-02-10T10:00:00Z"),
                millis("2024-02-10T11:00:00Z")
            ),
            format!("rest-funding BTCUSDT {}..{}", millis("2024-02-15T00:01:00Z"), now.millis()),
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn checks_can_be_left_out() {
        let draft = DownloadDraft {
            symbols: vec!["BTCUSDT".to_owned()],
            from: Some("2024-03-02".to_owned()),
            funding: Some(false),
            ..DownloadDraft::default()
        };
        let of = |draft: &DownloadDraft| {
            planned(
                &DownloadRequest::of(draft, VenueName::Demo, &[], crate::clock::now()).unwrap(),
                &[],
            )
        };
        let checked = of(&draft);
        assert_eq!(checked.iter().filter(|name| name.starts_with("check ")).count(), 2);
        let unchecked = of(&DownloadDraft { check: Some(false), ..draft });
        assert!(unchecked.iter().all(|name| !name.starts_with("check ")), "{unchecked:?}");
        assert_eq!(checked.len(), unchecked.len() + 2);
    }
}
