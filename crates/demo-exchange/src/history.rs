//! The history of a made-up symbol without a venue: the same candles that `klines` tells, as numbers, and the same
//! settlements that `fundingRate` tells.

use std::ops::ControlFlow;

use domain::{Candle, Decimal, TimeRange, Timestamp};

use crate::market::mark::settlements;
use crate::market::{Row, Series, SymbolSpec};
use crate::private_door::DueFunding;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;

/// One closed minute with everything the venue tells of it. Numbers are the nearest `f64` to its texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryCandle {
    /// Open time, prices and base volume.
    pub candle: Candle,
    /// Traded quote asset.
    pub quote_volume: f64,
    /// Number of fills.
    pub trades: f64,
    /// Base asset bought by takers.
    pub taker_buy_volume: f64,
    /// Quote asset spent by buying takers.
    pub taker_buy_quote_volume: f64,
}

/// Hands the minutes of a symbol that open inside `range` to `with`, and the settlements of funding that are booked
/// inside it to `settled`: both ascending, those of a day after its minutes, none before its listing. A quiet minute
/// is flat. Rates and marks have the decimals that the venue tells. Before each day `goes_on` is asked; once it says
/// no, nothing more is told and the answer is a break.
///
/// One walk over the days serves both: a second one would take as long again.
pub fn history(
    spec: &SymbolSpec,
    range: TimeRange,
    goes_on: impl Fn() -> bool,
    mut with: impl FnMut(HistoryCandle),
    mut settled: impl FnMut(DueFunding),
) -> ControlFlow<()> {
    let (price, quantity) = (spec.price_decimals, spec.quantity_decimals);
    let mut series = Series::made(spec.clone());
    let mut start = range.start.max(spec.listed);
    while start < range.end {
        if !goes_on() {
            return ControlFlow::Break(());
        }
        let end = start.day_start().plus_millis(DAY).min(range.end);
        let (from, until) = (first_minute(start), first_minute(end));
        series
            .days()
            .each_minute(from, until, |minute| with(numbers(&minute.row, price, quantity)));
        // The days that a settlement looks at are still there.
        for one in settlements(&mut series, start.millis(), end.millis() - 1) {
            settled(DueFunding {
                time: Timestamp::from_millis(one.time),
                rate: Decimal::new(one.rate, 8),
                mark: Decimal::new(one.mark, 8),
            });
        }
        start = end;
    }
    ControlFlow::Continue(())
}

/// The first minute that does not begin before `time`, counted since the epoch.
fn first_minute(time: Timestamp) -> i64 {
    time.plus_millis(MINUTE - 1).millis().div_euclid(MINUTE)
}

#[expect(clippy::cast_precision_loss, reason = "units of a minute are far below 2^53")]
fn numbers(row: &Row, price: u8, quantity: u8) -> HistoryCandle {
    // A whole number below 2^53 over a power of ten: the division gives the nearest number.
    let price_of = |ticks: i64| ticks as f64 / power(price);
    let lots = |lots: i64| lots as f64 / power(quantity);
    let quote = |units: i128| units as f64 / power(price + quantity);
    HistoryCandle {
        candle: Candle {
            open_time: Timestamp::from_millis(row.open_time),
            open: price_of(row.open),
            high: price_of(row.high),
            low: price_of(row.low),
            close: price_of(row.close),
            volume: lots(row.volume),
        },
        quote_volume: quote(row.quote),
        trades: row.fills as f64,
        taker_buy_volume: lots(row.taker_volume),
        taker_buy_quote_volume: quote(row.taker_quote),
    }
}

/// Exact; a price has at most 8 decimals and a quantity 3.
fn power(decimals: u8) -> f64 {
    const POWERS: [f64; 12] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];
    POWERS[usize::from(decimals).min(POWERS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiRequest, Exchange, Method, Options, well_known_symbols};
    use domain::Timeframe;

    #[test]
    fn it_is_what_the_venue_tells() {
        let spec = well_known_symbols()
            .into_iter()
            .find(|spec| spec.symbol.as_str() == "SOLUSDT")
            .unwrap();
        let start: Timestamp = "2024-01-02T10:00:30Z".parse().unwrap();
        let range = TimeRange { start, end: start.plus_millis(90 * MINUTE) };
        let mut exchange =
            Exchange::new(Options::default(), range.end.plus_millis(MINUTE)).unwrap();
        let told: Vec<Vec<serde_json::Value>> = exchange
            .true_candles("SOLUSDT", Timeframe::M1, range)
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let mut made = Vec::new();
        let told_all = history(&spec, range, || true, |candle| made.push(candle), |_| {});
        assert!(told_all.is_continue());
        assert_eq!((made.len(), told.len()), (90, 90));
        let stopped = history(&spec, range, || false, |_| panic!("it was told to stop"), |_| {});
        assert!(stopped.is_break());
        for (made, told) in made.iter().zip(&told) {
            let text = |at: usize| told[at].as_str().unwrap().parse::<f64>().unwrap();
            assert_eq!(made.candle.open_time.millis(), told[0].as_i64().unwrap());
            let candle = made.candle;
            assert_eq!(
                [candle.open, candle.high, candle.low, candle.close, candle.volume],
                [text(1), text(2), text(3), text(4), text(5)]
            );
            assert_eq!(
                [made.quote_volume, made.taker_buy_volume, made.taker_buy_quote_volume],
                [text(7), text(9), text(10)]
            );
            assert_eq!(made.trades, told[8].as_f64().unwrap());
        }
    }

    #[test]
    fn its_settlements_are_those_that_the_venue_tells() {
        for (symbol, start) in [("BTCUSDT", "2023-07-01"), ("SUIUSDT", "2025-03-01T00:30:00Z")] {
            let found = well_known_symbols().into_iter().find(|one| one.symbol.as_str() == symbol);
            let spec = found.unwrap();
            let start: Timestamp = start.parse().unwrap();
            let range = TimeRange { start, end: start.plus_millis(5 * DAY) };
            let (mut minutes, mut made) = (0, Vec::new());
            let all = history(&spec, range, || true, |_| minutes += 1, |one| made.push(one));
            assert!(all.is_continue());
            assert_eq!(minutes, 5 * 1440, "days are joined without a hole");
            let told = told_funding(symbol, range);
            assert_eq!(
                made.len(),
                5 * 24 / usize::from(spec.funding_hours) - usize::from(symbol == "BTCUSDT")
            );
            assert_eq!(made.len(), told.len());
            for (made, told) in made.iter().zip(&told) {
                let decimal = |name: &str| told[name].as_str().unwrap().parse::<Decimal>().unwrap();
                assert_eq!(made.time.millis(), told["fundingTime"].as_i64().unwrap());
                assert_eq!((made.rate, made.mark), (decimal("fundingRate"), decimal("markPrice")));
            }
        }
    }

    /// What `GET /fapi/v1/fundingRate` answers.
    fn told_funding(symbol: &str, range: TimeRange) -> Vec<serde_json::Value> {
        let now = range.end.plus_millis(MINUTE);
        let mut exchange = Exchange::new(Options::default(), now).unwrap();
        let (start, end) = (range.start.millis(), range.end.millis() - 1);
        let request = ApiRequest {
            method: Method::Get,
            path: "/fapi/v1/fundingRate".to_owned(),
            query: format!("symbol={symbol}&startTime={start}&endTime={end}&limit=1000"),
            body: String::new(),
            api_key: None,
        };
        serde_json::from_slice(&exchange.request(&request, now).reply.body).unwrap()
    }
}
