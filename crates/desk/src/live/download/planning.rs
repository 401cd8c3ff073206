//! The plan of a whole download: the parts of every series that it asks for, and the checks of what they bring.

use std::collections::BTreeMap;

use domain::{MarketKind, PriceKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::SeriesKey;
use storage::{Coverage, FundingCoverage};

use super::check::check_parts;
use super::part::{Part, PartSeries};
use super::plan::{Wanted, candle_parts, funding_parts};
use super::request::DownloadRequest;

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
                let Some(range) = range_of(request, stored, &series, asked) else { continue };
                parts.extend(series_parts(
                    request,
                    stored,
                    &Wanted { series, range, verify: request.verify },
                    now,
                ));
            }
        }
        let minutes =
            PartSeries { symbol: symbol.clone(), timeframe: Timeframe::M1, price: PriceKind::Last };
        if request.funding
            && stored.market != MarketKind::Spot
            && let Some(range) = range_of(request, stored, &minutes, asked)
        {
            let known = stored.funding(&symbol);
            parts.extend(funding_parts((&symbol, range), known, (request.verify, now)));
        }
    }
    parts
}

/// What is wanted of a series: what was asked for, or, of a refresh, from its first stored candle on.
fn range_of(
    request: &DownloadRequest,
    stored: &Stored<'_>,
    series: &PartSeries,
    asked: TimeRange,
) -> Option<TimeRange> {
    if !request.refresh {
        return Some(asked);
    }
    let first = stored.series(series)?.first;
    Some(TimeRange { start: asked.start.max(first), ..asked })
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
    fn checks_can_be_left_out() {
        let draft = DownloadDraft {
            symbols: vec!["BTCUSDT".to_owned()],
            from: Some("2024-03-02".to_owned()),
            funding: Some(false),
            ..DownloadDraft::default()
        };
        let of = |draft: &DownloadDraft| {
            planned(&DownloadRequest::of(draft, VenueName::Demo, &[]).unwrap(), &[])
        };
        let checked = of(&draft);
        assert_eq!(checked.iter().filter(|name| name.starts_with("check ")).count(), 2);
        let unchecked = of(&DownloadDraft { check: Some(false), ..draft });
        assert!(unchecked.iter().all(|name| !name.starts_with("check ")), "{unchecked:?}");
        assert_eq!(checked.len(), unchecked.len() + 2);
    }
}
