//! Levels taken, periods and sessions against plain scans.

use chrono::{DateTime, Timelike as _, Utc};
use chrono_tz::Tz;
use domain::{Candle, Timeframe};
use indicators::smc::{
    EventKind, LevelKind, Period, SessionKind, SessionWindow, Side, SmcSettings, Taking,
};
use proptest::prelude::*;

use super::{random, run};

/// The first row from `first` on that trades beyond a level, with the row at which the kind of its taking is known.
fn taking(
    (side, level): (Side, f64),
    first: usize,
    close_back: usize,
    candles: &[Candle],
) -> Option<(usize, usize, Taking)> {
    let is_beyond = |price: f64| match side {
        Side::High => price > level,
        Side::Low => price < level,
    };
    let reach = |candle: &Candle| match side {
        Side::High => candle.high,
        Side::Low => candle.low,
    };
    let pierced = first + candles[first..].iter().position(|candle| is_beyond(reach(candle)))?;
    let back =
        candles[pierced..].iter().take(close_back + 1).position(|candle| !is_beyond(candle.close));
    match back {
        Some(later) => Some((pierced, pierced + later, Taking::Sweep)),
        None => {
            let known = pierced + close_back;
            (known < candles.len()).then_some((pierced, known, Taking::Run))
        }
    }
}

fn row(row: u64) -> usize {
    usize::try_from(row).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn swings_are_taken_by_the_first_candle_beyond(
        candles in random::candles(Timeframe::M15, 400),
        settings in random::settings(),
    ) {
        let settings = SmcSettings { levels_max: 10_000, ..settings };
        let events = run(Timeframe::M15, &settings, &candles);
        let close_back = settings.close_back as usize;
        let mut expected = Vec::new();
        for event in &events {
            let EventKind::Swing(swing) = event.kind else { continue };
            let place = (swing.side, swing.level);
            if let Some(taken) = taking(place, row(event.known_row) + 1, close_back, &candles) {
                expected.push((swing.scope, swing.side, row(event.formed_row), taken));
            }
        }
        let mut found = Vec::new();
        for event in &events {
            let EventKind::LevelTaken(taken) = event.kind else { continue };
            let LevelKind::Swing { scope, swing } = taken.level else { continue };
            let rows = (row(taken.pierced.row), row(event.known_row), taken.how);
            found.push((scope, taken.side, row(swing.row), rows));
        }
        let key = |entry: &(_, _, usize, (usize, usize, Taking))| (entry.0, entry.1, entry.2);
        expected.sort_by_key(key);
        found.sort_by_key(key);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn previous_levels_are_those_of_the_candles_of_the_period_before(
        candles in random::candles(Timeframe::H4, 400),
    ) {
        let settings = SmcSettings::default();
        let events = run(Timeframe::H4, &settings, &candles);
        let timeframes = [Timeframe::D1, Timeframe::W1, Timeframe::Month1];
        for (period, timeframe) in Period::ALL.into_iter().zip(timeframes) {
            let groups = candles.chunk_by(|one, other| {
                timeframe.open_of(one.open_time) == timeframe.open_of(other.open_time)
            });
            let mut expected: Vec<_> = groups
                .map(|group| {
                    let high = group.iter().map(|candle| candle.high).fold(f64::MIN, f64::max);
                    let low = group.iter().map(|candle| candle.low).fold(f64::MAX, f64::min);
                    (timeframe.open_of(group[0].open_time), high, low)
                })
                .collect();
            expected.pop();
            let found = events.iter().filter_map(|event| {
                let EventKind::PreviousLevels(it) = event.kind else { return None };
                (it.period == period).then_some((it.start, it.extent.high, it.extent.low))
            });
            prop_assert_eq!(found.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn sessions_hold_the_candles_that_open_in_their_window(
        candles in random::candles(Timeframe::M30, 600),
        hours in (0u16..24, 1u16..24),
    ) {
        // No daylight saving, which has its tests beside the code; a session has one date, that of its start.
        let zone = Tz::Asia__Kolkata;
        let (start, length) = hours;
        let end = (start + length) % 24;
        let window = SessionWindow::new(SessionKind::Session, "a", zone, [(start, 0), (end, 0)]);
        let settings = SmcSettings { sessions: vec![window], ..SmcSettings::default() };
        let local = |candle: &Candle| {
            DateTime::<Utc>::from_timestamp_millis(candle.open_time.millis()).unwrap().with_timezone(&zone)
        };
        let is_in = |candle: &Candle| {
            let hour = u16::try_from(local(candle).hour()).unwrap();
            (hour + 24 - start) % 24 < length
        };
        let date = |candle: &Candle| (local(candle) - chrono::TimeDelta::hours(i64::from(start))).date_naive();
        let inside: Vec<_> = candles.iter().filter(|candle| is_in(candle)).copied().collect();
        let groups = inside.chunk_by(|one, other| date(one) == date(other));
        let expected: Vec<_> = groups
            .map(|group| {
                let high = group.iter().map(|candle| candle.high).fold(f64::MIN, f64::max);
                let low = group.iter().map(|candle| candle.low).fold(f64::MAX, f64::min);
                (high, low)
            })
            .collect();
        let events = run(Timeframe::M30, &settings, &candles);
        let opened = events.iter().filter(|event| matches!(event.kind, EventKind::SessionOpened(_)));
        prop_assert_eq!(opened.count(), expected.len());
        let closed: Vec<_> = events
            .iter()
            .filter_map(|event| {
                let EventKind::SessionClosed(range) = event.kind else { return None };
                Some((range.extent.high, range.extent.low))
            })
            .collect();
        prop_assert!(closed.len() + 1 >= expected.len());
        prop_assert_eq!(&closed[..], &expected[..closed.len()]);
    }
}
