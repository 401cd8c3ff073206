//! What lies before a cut: the data up to it, and what two runs must agree upon.

use std::sync::Arc;

use domain::{TimeRange, Timestamp};
use engine::{FillRecord, Trade};
use market::Series;
use simulator::Latency;

use super::cuts::closed_by;
use super::{TruncationDifference, TruncationSubject};
use crate::{DecisionLog, RunData, RunResult};

/// The data up to `time`. A sleeve whose candles have not begun by then keeps its first one, as there
/// is no run without candles.
pub(super) fn until(data: &RunData, time: Timestamp) -> RunData {
    let shortest = |timeframes: &Vec<(domain::Role, Arc<Series>)>| {
        let series = timeframes.iter().map(|(_, series)| series);
        series.min_by_key(|series| series.timeframe()).map(Arc::clone)
    };
    let driving: Vec<Arc<Series>> = data.timeframes.iter().filter_map(shortest).collect();
    let mut past = replaced(data, &mut |series| {
        let drives = driving.iter().any(|driving| Arc::ptr_eq(driving, series));
        let kept = closed_by(series, time).max(usize::from(drives));
        let end = series.open_times().get(kept).copied().unwrap_or(i64::MAX);
        let (start, end) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(end));
        Arc::new(series.slice(TimeRange { start, end }))
    });
    for instrument in &mut past.instruments {
        let kept = instrument.funding.partition_point(|settlement| settlement.time <= time);
        instrument.funding = instrument.funding[..kept].into();
    }
    past
}

/// The data with each series replaced; a series that stands in several places stays one.
pub(super) fn replaced(
    data: &RunData,
    replace: &mut dyn FnMut(&Arc<Series>) -> Arc<Series>,
) -> RunData {
    let mut known: Vec<(Arc<Series>, Arc<Series>)> = Vec::new();
    let mut of = |series: &Arc<Series>| {
        if let Some((_, new)) = known.iter().find(|(old, _)| Arc::ptr_eq(old, series)) {
            return Arc::clone(new);
        }
        let new = replace(series);
        known.push((Arc::clone(series), Arc::clone(&new)));
        new
    };
    let mut data = data.clone();
    for (_, series) in data.timeframes.iter_mut().flatten() {
        *series = of(series);
    }
    for instrument in &mut data.instruments {
        instrument.mark = instrument.mark.as_ref().map(&mut of);
        instrument.finer = instrument.finer.as_ref().map(&mut of);
    }
    data
}

/// What had happened, and was known, by a cut.
pub(super) struct Past {
    time: Timestamp,
    /// By instrument: executions before it belong to candles that have closed and have been reported.
    horizons: Vec<Timestamp>,
}

impl Past {
    pub(super) fn new(
        time: Timestamp,
        carrying: &[Option<&Arc<Series>>],
        latency: &Latency,
    ) -> Self {
        let delay = latency.reports_ms.saturating_add(latency.jitter_ms);
        // A fill inside a candle carries the open time of the candle, which may still be open.
        let horizon = |series: &Option<&Arc<Series>>| {
            let open = series.and_then(|series| series.open_times().get(closed_by(series, time)));
            let open = open.map_or(time, |open| Timestamp::from_millis(*open));
            open.min(time).plus_millis(-delay)
        };
        Self { time, horizons: carrying.iter().map(horizon).collect() }
    }

    /// Number of fills and of trades in the past.
    pub(super) fn extent(&self, result: &RunResult) -> (usize, usize) {
        (self.fills(result).count(), self.trades(result).count())
    }

    /// The first thing in the past of one run that is otherwise in the other.
    pub(super) fn difference(
        &self,
        (result, decisions): &(RunResult, DecisionLog),
        (other_result, other_decisions): &(RunResult, DecisionLog),
    ) -> Option<TruncationDifference> {
        let at = |in_what| move |time| TruncationDifference { in_what, time };
        let decided = decisions.first_difference(other_decisions, self.time);
        let decided = decided.map(at(TruncationSubject::Decisions));
        let filled = || {
            let (one, other) = (self.fills(result), self.fills(other_result));
            let time = first_unequal(one, other, same_fill);
            time.map(|fill| fill.fill.time).map(at(TruncationSubject::Fills))
        };
        let closed = || {
            let (one, other) = (self.trades(result), self.trades(other_result));
            let time = first_unequal(one, other, same_trade);
            time.map(|trade| trade.exit_time).map(at(TruncationSubject::Trades))
        };
        decided.or_else(filled).or_else(closed)
    }

    fn is_past(&self, instrument: domain::InstrumentId, time: Timestamp) -> bool {
        self.horizons.get(instrument.index()).is_some_and(|horizon| time < *horizon)
    }

    fn fills<'a>(&'a self, result: &'a RunResult) -> impl Iterator<Item = &'a FillRecord> {
        let is_past =
            |fill: &&FillRecord| self.is_past(fill.fill.position.instrument, fill.fill.time);
        result.fills.iter().filter(is_past)
    }

    fn trades<'a>(&'a self, result: &'a RunResult) -> impl Iterator<Item = &'a Trade> {
        result.trades.iter().filter(|trade| self.is_past(trade.instrument, trade.exit_time))
    }
}

/// The first element that has no equal at the same place.
fn first_unequal<'a, T>(
    mut one: impl Iterator<Item = &'a T>,
    mut other: impl Iterator<Item = &'a T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Option<&'a T> {
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (Some(one), Some(other)) if is_same(one, other) => {}
            (Some(unequal), _) | (None, Some(unequal)) => return Some(unequal),
        }
    }
}

/// Whether two fills are the same but for the number of their trade, which is given when it closes.
fn same_fill(one: &FillRecord, other: &FillRecord) -> bool {
    FillRecord { trade: 0, ..*one } == FillRecord { trade: 0, ..*other }
}

/// Whether two trades are the same. Readings may be no numbers, which equal nothing but are written alike.
fn same_trade(one: &Trade, other: &Trade) -> bool {
    one == other || format!("{one:?}") == format!("{other:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{longer, minutes};
    use domain::{InstrumentId, Timeframe};

    #[test]
    fn the_past_ends_where_a_candle_is_open_or_a_report_on_its_way() {
        let minutes = Arc::new(minutes("TESTUSDT", 60, 1));
        let quarters = longer(&minutes, Timeframe::M15);
        let start = minutes.open_times()[0];
        let at = |millis| Timestamp::from_millis(start + millis);
        let carrying = [Some(&minutes), Some(&quarters), None];
        let cut = at(20 * 60_000);
        let check = |latency, instrument, end: i64| {
            let past = Past::new(cut, &carrying, &latency);
            let instrument = InstrumentId::new(instrument);
            assert!(past.is_past(instrument, at(end - 1)));
            assert!(!past.is_past(instrument, at(end)));
        };
        let none = Latency::default();
        check(none, 0, 20 * 60_000);
        check(none, 1, 15 * 60_000);
        check(none, 2, 20 * 60_000);
        let slow = Latency { orders_ms: 9, reports_ms: 3000, jitter_ms: 500 };
        check(slow, 0, 20 * 60_000 - 3500);
        check(slow, 1, 15 * 60_000 - 3500);
        assert!(!Past::new(cut, &carrying, &none).is_past(InstrumentId::new(3), at(0)));
    }

    #[test]
    fn what_differs_first_is_told_with_its_time() {
        let (spec, data) = crate::tests::portfolio();
        let note = |data: &RunData| {
            let registry = strategy::Registry::built_in();
            let observer = &mut crate::tests::go_on;
            crate::run::run_noting(&spec, data, &registry, (observer, crate::run::Notes::Decisions))
                .unwrap()
        };
        let base = note(&data);
        let carrying = data.carrying(&spec);
        let cut = base.0.trades[20].exit_time.plus_millis(1);
        let past = Past::new(cut, &carrying, &Latency::default());
        let check = |change: fn(&mut RunResult), in_what, time| {
            let mut other = base.clone();
            change(&mut other.0);
            let expected = Some(TruncationDifference { in_what, time });
            assert_eq!(past.difference(&base, &other), expected);
        };
        let (fills, trades) = (TruncationSubject::Fills, TruncationSubject::Trades);
        check(|it| it.fills[3].fill.ambiguous ^= true, fills, base.0.fills[3].fill.time);
        check(|it| it.fills.clear(), fills, base.0.fills[0].fill.time);
        check(|it| it.trades[2].fills += 1, trades, base.0.trades[2].exit_time);
        let mut later = base.clone();
        later.0.trades[60].fills += 1;
        later.0.trades[0].metadata.readings.push(("none".into(), f64::NAN));
        assert_eq!(past.difference(&later, &later.clone()), None, "equal even without numbers");
        later.0.trades[0].metadata.readings.clear();
        assert_eq!(past.difference(&base, &later), None, "the cut comes before");
    }

    #[test]
    fn data_ends_with_the_last_close_and_shares_what_was_shared() {
        let minutes = Arc::new(minutes("TESTUSDT", 60, 1));
        let mut data = crate::tests::single(minutes.as_ref().clone());
        let hours = longer(&minutes, Timeframe::H1);
        data.instruments[0].funding = crate::tests::funding(&minutes);
        data.instruments[0].finer = Some(Arc::clone(&data.timeframes[0][0].1));
        data.timeframes[0].push((domain::Role::Htf, hours));
        let cut = |minute: i64| {
            until(&data, Timestamp::from_millis(minutes.open_times()[0] + minute * 60_000))
        };
        let past = cut(20);
        let [(_, ltf), (_, htf)] = past.timeframes[0].as_slice() else { panic!("two timeframes") };
        assert_eq!((ltf.len(), htf.len(), past.instruments[0].funding.len()), (20, 0, 1));
        assert!(Arc::ptr_eq(ltf, past.instruments[0].finer.as_ref().unwrap()));
        let nothing = cut(-1);
        assert_eq!(nothing.timeframes[0][0].1.len(), 1, "a sleeve keeps its first candle");
        assert_eq!(nothing.instruments[0].funding.len(), 0);
    }
}
