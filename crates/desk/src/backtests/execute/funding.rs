//! Funding settlements of a symbol: recorded ones, and a constant rate where none is recorded.
//!
//! Settlements are joined with candles by their minute. A mark price is the settlement's own, else
//! the open of a stored mark price candle that opens in that minute, else absent.

use std::sync::Arc;

use backtest::Settlement;
use domain::{Decimal, MarketKind, Price, PriceKind, Rate, Symbol, TimeRange, Timestamp};
use market::{FundingHistory, FundingKind, Series};
use storage::Coverage;

use crate::backtests::outcome::{FundingRecord, Remark};
use crate::backtests::request::FundingChoice;
use crate::data::MarketData;
use crate::error::DeskError;
use crate::number::counted;

/// Rate of an interval of eight hours where none is recorded: the venue's interest rate, to which
/// the rate is clamped while the premium is small (Binance FAQ "Funding Rates").
const ASSUMED_RATE: Decimal = Decimal::from_parts(1, 0, 0, false, 4);
const ASSUMED_INTERVAL_MS: i64 = 8 * HOUR_MS;
const HOUR_MS: i64 = 3_600_000;

/// Settlements of one symbol with what is to be said about them.
#[derive(Debug, Default)]
pub(super) struct Funding {
    pub(super) settlements: Vec<Settlement>,
    pub(super) record: FundingRecord,
    pub(super) warnings: Vec<Remark>,
}

/// The settlements of a symbol in `range`.
pub(super) fn funding(
    choice: FundingChoice,
    (market, symbol, range): (MarketKind, &Symbol, TimeRange),
    (data, stored): (&MarketData, &[Coverage]),
) -> Result<Funding, DeskError> {
    let mut funding = match choice {
        FundingChoice::Off => return Ok(Funding::of("off")),
        FundingChoice::Constant { rate, interval_hours } => {
            let mut funding = Funding::of("constant");
            let step = i64::from(interval_hours) * HOUR_MS;
            funding.settlements = constant(range, step, rate);
            funding
        }
        FundingChoice::Recorded => {
            let paid = paying(market);
            let history = data.store().load_funding(paid, symbol, Some(range))?;
            if history.is_empty() && market != MarketKind::UsdM {
                return Ok(without(market));
            }
            recorded(&history, owed(market, range))
        }
    };
    add_marks(&mut funding, (paying(market), symbol, range), (data, stored))?;
    Ok(funding)
}

/// The market whose funding candles of `market` pay: spot stands in for futures.
const fn paying(market: MarketKind) -> MarketKind {
    match market {
        MarketKind::UsdM | MarketKind::Spot => MarketKind::UsdM,
        MarketKind::Demo => MarketKind::Demo,
    }
}

/// The time whose holes are filled. The demo market begins at its listing, when no funding is due yet.
const fn owed(market: MarketKind, range: TimeRange) -> TimeRange {
    match market {
        MarketKind::UsdM | MarketKind::Spot => range,
        MarketKind::Demo => TimeRange { start: range.start.plus_millis(1), end: range.end },
    }
}

impl Funding {
    fn of(source: &str) -> Self {
        let record = FundingRecord { source: source.to_owned(), ..FundingRecord::default() };
        Self { record, ..Self::default() }
    }
}

/// Candles that have no funding of their own, and none that could stand in.
fn without(market: MarketKind) -> Funding {
    let message =
        format!("funding payments are not part of this result: {market} candles have none");
    let remark = Remark { code: "FUNDING_NONE".to_owned(), message };
    Funding { warnings: vec![remark], ..Funding::of("none") }
}

/// Recorded settlements, and the assumed rate in the holes between and around them.
fn recorded(history: &FundingHistory, range: TimeRange) -> Funding {
    let mut funding = Funding::of("recorded");
    let own = |one: &market::Funding| Settlement {
        time: one.settled_at(),
        rate: one.rate,
        mark: one.mark,
    };
    funding.settlements.extend(history.settlements().iter().map(own));
    let recorded = funding.settlements.len() as u64;
    funding.settlements.extend(assumed(history, range));
    funding.settlements.sort_by_key(|settlement| settlement.time);
    funding.record.recorded = recorded;
    funding.record.assumed = funding.settlements.len() as u64 - recorded;
    if funding.record.assumed > 0 {
        funding.warnings.push(assumption(&funding.record));
    }
    funding
}

fn assumption(record: &FundingRecord) -> Remark {
    if record.recorded == 0 {
        let message = format!(
            "no funding rates are stored for the range: {ASSUMED_RATE} every 8 hours was assumed for \
             all of it"
        );
        return Remark { code: "FUNDING_ASSUMED".to_owned(), message };
    }
    let total = record.recorded + record.assumed;
    let percent = record.assumed.saturating_mul(1000) / total.max(1);
    let message = format!(
        "no funding rate is recorded for {} of {total} ({}.{} % of the range): {ASSUMED_RATE} every \
         8 hours was assumed there",
        counted(record.assumed, "settlement"),
        percent / 10,
        percent % 10
    );
    Remark { code: "FUNDING_ASSUMED".to_owned(), message }
}

/// The assumed rate before, between and after what is recorded.
fn assumed(history: &FundingHistory, range: TimeRange) -> Vec<Settlement> {
    let regular = |one: &&market::Funding| one.kind == FundingKind::Regular;
    let first = history.settlements().iter().find(regular).map(market::Funding::settled_at);
    let last = history.settlements().iter().rfind(regular).map(market::Funding::settled_at);
    let whole = |start: Timestamp, end: Timestamp| {
        constant(TimeRange { start, end }, ASSUMED_INTERVAL_MS, ASSUMED_RATE)
    };
    let (Some(first), Some(last)) = (first, last) else { return whole(range.start, range.end) };
    let mut settlements = whole(range.start, first);
    for gap in history.gaps() {
        let missing = i64::try_from(gap.missing).unwrap_or(i64::MAX).max(1);
        let step = (gap.to.millis() - gap.from.millis()) / missing;
        let rate = ASSUMED_RATE * Decimal::from(step) / Decimal::from(ASSUMED_INTERVAL_MS);
        let times = (0..missing).map(|number| gap.from.plus_millis(number * step));
        settlements.extend(times.map(|time| settlement(time, rate.round_dp(8))));
    }
    settlements.extend(whole(last.plus_millis(1), range.end));
    settlements
}

/// One rate at every multiple of the interval since midnight UTC.
fn constant(range: TimeRange, step: i64, rate: Decimal) -> Vec<Settlement> {
    let first = range.start.millis().div_euclid(step) * step;
    let first = if first < range.start.millis() { first + step } else { first };
    let times = (0..).map(|number| first + number * step);
    let inside = times.take_while(|time| *time < range.end.millis());
    inside.map(|time| settlement(Timestamp::from_millis(time), rate)).collect()
}

fn settlement(time: Timestamp, rate: Decimal) -> Settlement {
    Settlement { time, rate: Rate::new(rate).unwrap_or(Rate::ZERO), mark: None }
}

/// Takes mark prices that settlements lack from stored mark price candles, the longest first: few
/// rows tell as much about a full hour as many.
fn add_marks(
    funding: &mut Funding,
    (market, symbol, range): (MarketKind, &Symbol, TimeRange),
    (data, stored): (&MarketData, &[Coverage]),
) -> Result<(), DeskError> {
    let mut series: Vec<&Coverage> = stored
        .iter()
        .filter(|one| {
            one.key.price == PriceKind::Mark
                && one.key.market == market
                && one.key.symbol == *symbol
        })
        .collect();
    series.sort_by_key(|one| std::cmp::Reverse(one.key.timeframe));
    for one in series {
        if funding.settlements.iter().all(|settlement| settlement.mark.is_some()) {
            break;
        }
        let candles: Arc<Series> = data.prepared(&one.key, one.key.timeframe, range)?;
        for settlement in funding.settlements.iter_mut().filter(|one| one.mark.is_none()) {
            settlement.mark = open_at(&candles, settlement.time);
        }
    }
    let with_mark = funding.settlements.iter().filter(|one| one.mark.is_some()).count();
    funding.record.with_mark = with_mark as u64;
    funding.record.settlements = funding.settlements.len() as u64;
    Ok(())
}

/// Open of the candle that opens at `time`.
fn open_at(candles: &Series, time: Timestamp) -> Option<Price> {
    let row = candles.open_times().binary_search(&time.millis()).ok()?;
    candles.scale().price(candles.open()[row])
}

impl FundingRecord {
    /// Whether some settlement goes by the last price for want of a mark price.
    pub(super) const fn lacks_marks(&self) -> bool {
        self.with_mark < self.settlements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn history(times: &[&str]) -> FundingHistory {
        let funding = |text: &&str| market::Funding {
            time: at(text).plus_millis(7),
            rate: Rate::new(Decimal::new(3, 4)).unwrap(),
            mark: None,
            kind: FundingKind::Regular,
        };
        FundingHistory::new(times.iter().map(funding).collect()).unwrap()
    }

    fn check(times: &[&str], start: &str, end: &str, expected: &[(&str, &str)]) {
        let range = TimeRange { start: at(start), end: at(end) };
        let funding = recorded(&history(times), range);
        let found: Vec<(String, String)> = funding
            .settlements
            .iter()
            .map(|one| (one.time.to_string(), one.rate.to_string()))
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(time, rate)| (at(time).to_string(), (*rate).to_owned()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(funding.record.recorded as usize, times.len());
        assert_eq!(funding.warnings.len(), usize::from(found.len() > times.len()));
    }

    #[test]
    fn holes_before_between_and_after_are_filled_and_nothing_else() {
        check(
            &["2024-01-01", "2024-01-01T08:00:00Z", "2024-01-01T16:00:00Z"],
            "2024-01-01",
            "2024-01-02",
            &[
                ("2024-01-01", "0.0003"),
                ("2024-01-01T08:00:00Z", "0.0003"),
                ("2024-01-01T16:00:00Z", "0.0003"),
            ],
        );
        check(
            &["2024-01-01T08:00:00Z"],
            "2024-01-01",
            "2024-01-02T00:00:01Z",
            &[
                ("2024-01-01", "0.0001"),
                ("2024-01-01T08:00:00Z", "0.0003"),
                ("2024-01-01T16:00:00Z", "0.0001"),
                ("2024-01-02", "0.0001"),
            ],
        );
        check(
            &[],
            "2024-01-01T00:00:01Z",
            "2024-01-01T08:00:01Z",
            &[("2024-01-01T08:00:00Z", "0.0001")],
        );
    }

    #[test]
    fn a_hole_in_a_four_hourly_history_is_filled_every_four_hours() {
        let times = [
            "2024-01-01T00:00:00Z",
            "2024-01-01T04:00:00Z",
            "2024-01-01T08:00:00Z",
            "2024-01-01T20:00:00Z",
            "2024-01-02T00:00:00Z",
        ];
        let range = TimeRange { start: at("2024-01-01"), end: at("2024-01-02T00:00:01Z") };
        let funding = recorded(&history(&times), range);
        let assumed: Vec<String> = funding
            .settlements
            .iter()
            .filter(|one| one.rate.to_string() == "0.00005")
            .map(|one| one.time.to_string())
            .collect();
        assert_eq!(assumed, ["2024-01-01T12:00:00Z", "2024-01-01T16:00:00Z"]);
        assert!(funding.warnings[0].message.contains("2 settlements of 7 (28.5 % of the range)"));
    }

    #[test]
    fn a_constant_rate_falls_on_the_hours_of_its_interval() {
        let range =
            TimeRange { start: at("2024-01-01T03:30:00Z"), end: at("2024-01-01T12:00:00Z") };
        let times: Vec<String> = constant(range, 4 * HOUR_MS, ASSUMED_RATE)
            .iter()
            .map(|one| one.time.to_string())
            .collect();
        assert_eq!(times, ["2024-01-01T04:00:00Z", "2024-01-01T08:00:00Z"]);
    }
}
