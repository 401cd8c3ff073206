//! What makes readings fit for a strategy: they depend on the past alone and are never rewritten.

use domain::{Candle, Timeframe};
use indicators::smc::{
    Direction, Event, Period, Pool, Scope, SessionIndex, Side, Smc, SmcSettings, Zone,
};
use proptest::prelude::*;

use super::{random, run};

/// All that can be read after a candle.
#[derive(Clone, Debug, PartialEq)]
struct Readings {
    zones: Vec<Zone>,
    ended: Vec<Zone>,
    pools: Vec<Pool>,
    rest: String,
}

fn readings(smc: &Smc) -> Readings {
    let by_scope = |scope| {
        format!(
            "{:?} {:?} {:?} {:?}",
            smc.structure(scope),
            smc.dealing_range(scope),
            smc.optimal_entry(scope),
            smc.retracement(scope)
        )
    };
    let periods = Period::ALL.map(|period| smc.previous(period));
    let sessions = (0..8).map(SessionIndex).map(|it| (smc.session(it), smc.last_session(it)));
    let pools = Scope::ALL.into_iter().flat_map(|scope| Side::ALL.map(|side| (scope, side)));
    Readings {
        zones: smc.zones().copied().collect(),
        ended: smc.ended_zones().copied().collect(),
        pools: pools.flat_map(|(scope, side)| smc.pools(scope, side)).copied().collect(),
        rest: format!(
            "{:?} {periods:?} {:?}",
            Scope::ALL.map(by_scope),
            sessions.collect::<Vec<_>>()
        ),
    }
}

fn new(settings: &SmcSettings) -> Smc {
    Smc::new(Timeframe::H1, settings.clone()).unwrap()
}

/// Events and readings with each candle.
fn history(settings: &SmcSettings, candles: &[Candle]) -> Vec<(Vec<Event>, Readings)> {
    let mut smc = new(settings);
    let mut history = Vec::new();
    for candle in candles {
        smc.push(candle);
        history.push((smc.events().to_vec(), readings(&smc)));
    }
    history
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_prefix_has_the_events_and_readings_of_the_whole(
        candles in random::candles(Timeframe::H1, 160),
        settings in random::settings(),
    ) {
        let whole = history(&settings, &candles);
        for length in 1..=candles.len() {
            let mut smc = new(&settings);
            let mut events = Vec::new();
            for candle in &candles[..length] {
                smc.push(candle);
                events.extend_from_slice(smc.events());
            }
            let expected: Vec<_> = whole[..length].iter().flat_map(|(events, _)| events).collect();
            prop_assert!(events.iter().eq(expected), "prefix of {} candles", length);
            prop_assert_eq!(&readings(&smc), &whole[length - 1].1);
        }
    }

    #[test]
    fn another_future_leaves_the_past_unchanged(
        candles in random::candles(Timeframe::H1, 300),
        noise in random::candles(Timeframe::H1, 300),
        settings in random::settings(),
    ) {
        let whole = run(Timeframe::H1, &settings, &candles);
        for length in (1..candles.len()).step_by(7) {
            let Some(last) = candles[..length].last() else { continue };
            let later = noise.iter().map(|candle| {
                let open_time = last.open_time.plus_millis(
                    candle.open_time.millis() - noise[0].open_time.millis() + 3_600_000,
                );
                Candle { open_time, ..*candle }
            });
            let other: Vec<_> = candles[..length].iter().copied().chain(later).collect();
            let is_past = |event: &&Event| event.known_row < length as u64;
            let other = run(Timeframe::H1, &settings, &other);
            let past = other.iter().filter(is_past);
            prop_assert!(past.eq(whole.iter().filter(is_past)), "after {} candles", length);
        }
    }

    #[test]
    fn events_are_told_with_their_candle_and_never_before_what_they_sit_on(
        candles in random::candles(Timeframe::H1, 400),
        settings in random::settings(),
    ) {
        let mut smc = new(&settings);
        for (row, candle) in (0u64..).zip(&candles) {
            smc.push(candle);
            for event in smc.events() {
                prop_assert_eq!(event.known_row, row);
                prop_assert_eq!(event.known_at, candle.open_time.plus_millis(3_600_000));
                prop_assert!(event.formed_row <= row);
                let formed = &candles[usize::try_from(event.formed_row).unwrap()];
                prop_assert_eq!(event.formed_at, formed.open_time);
            }
            let ids: Vec<_> = smc.zones().map(|zone| zone.id).collect();
            prop_assert!(ids.is_sorted_by(|one, other| one > other));
            for zone in smc.zones() {
                prop_assert!(zone.is_living());
                prop_assert_eq!(smc.zone(zone.id), Some(zone));
            }
            let kinds = Direction::ALL.map(|direction| smc.gaps(direction).count());
            prop_assert!(kinds.iter().all(|count| *count <= settings.zones_max));
        }
    }
}
