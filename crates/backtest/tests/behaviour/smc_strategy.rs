//! `SMC` checked from outside: what each of its trades claims is looked up in event logs made anew, and the
//! stop and target are worked out from the claimed zone.

use std::ops::ControlFlow;

use backtest::{RunData, RunResult, TruncationBadge, TruncationPlan, check_truncation};
use domain::{Direction, Role, Symbol, TimeRange, Timeframe, Timestamp};
use indicators::Atr;
use indicators::smc::{self, Event, EventKind, Scope, Smc, SmcSettings, Taking, Zone};
use market::synthetic::{SyntheticSpec, generate};
use market::{Series, aggregate};
use strategy::{Registry, Tone};

use crate::support::{data, decimal, run_data, spec};

const DAY: i64 = 86_400_000;

/// Made-up candles of 5 minutes and 1 hour.
fn market(seed: u64, days: i64) -> RunData {
    let start = Timestamp::from_millis(0);
    let minutes = generate(&SyntheticSpec {
        symbol: "TESTUSDT".parse::<Symbol>().unwrap(),
        range: TimeRange { start, end: start.plus_millis(days * DAY) },
        first_price: 30_000.0,
        growth_yearly: 0.0,
        price_decimals: 1,
        volume_typical: 10.0,
        seed,
    });
    let of = |timeframe| aggregate(&minutes, timeframe).unwrap();
    data(vec![(Role::Ltf, of(Timeframe::M5)), (Role::Htf, of(Timeframe::H1))])
}

fn events(series: &Series) -> Vec<Event> {
    let mut engine = Smc::new(series.timeframe(), SmcSettings::default()).unwrap();
    let mut events = Vec::new();
    for row in 0..series.len() {
        engine.push(&series.candle(row));
        events.extend_from_slice(engine.events());
    }
    events
}

/// Zones keep their numbers with and without sessions, which make none.
fn zone(events: &[Event], id: f64, until: Timestamp) -> Zone {
    let is_it = |event: &&Event| {
        event.known_at <= until && event.kind.zone().is_some_and(|it| it.id.number() as f64 == id)
    };
    *events.iter().rfind(is_it).and_then(|event| event.kind.zone()).expect("a zone known by then")
}

/// Average true range of the candles closed by a time.
fn atr(series: &Series, time: Timestamp) -> f64 {
    let mut atr = Atr::new(14);
    let closed = (0..series.len()).take_while(|row| series.close_time(*row) <= time);
    closed.map(|row| atr.push(&series.candle(row))).last().flatten().unwrap()
}

fn check_claims(data: &RunData, result: &RunResult, rewards: i64) {
    let [(_, ltf), (_, htf)] = &data.timeframes[0][..] else { panic!("two timeframes") };
    let (low_events, high_events) = (events(ltf), events(htf));
    for trade in &result.trades {
        let reading = |name: &str| {
            let mut readings = trade.metadata.readings.iter();
            readings.find(|(it, _)| it == name).map(|(_, value)| *value).unwrap()
        };
        // Orders fill at the next open, which is the close at which they were decided.
        let decided = trade.entry_time;
        let way = match trade.direction {
            Direction::Long => smc::Direction::Bullish,
            Direction::Short => smc::Direction::Bearish,
        };
        let zone = zone(&high_events, reading("zone_id"), decided);
        assert_eq!((zone.direction, zone.flipped_at), (way, None), "{trade:?}");
        assert_eq!((zone.top, zone.bottom), (reading("zone_top"), reading("zone_bottom")));
        let buffer = 0.15 * atr(htf, decided);
        let stop = match way {
            smc::Direction::Bullish => zone.bottom - buffer,
            smc::Direction::Bearish => zone.top + buffer,
        };
        let set = trade.stop_loss.unwrap();
        assert!((set.to_f64() - stop).abs() <= 0.1, "{set} beyond {stop}");
        let row = ltf.open_times().partition_point(|open| *open < decided.millis()) - 1;
        let close = ltf.scale().price(ltf.close()[row]).unwrap();
        let (risk, reward) =
            (close.minus(set).abs(), trade.take_profit.unwrap().minus(close).abs());
        assert_eq!(reward, risk * domain::Decimal::from(rewards));
        let row = u64::try_from(row).unwrap();
        let is_break = |event: &&Event| matches!(&event.kind, EventKind::Break(it) if it.scope == Scope::Internal && it.direction == way);
        let broken = low_events.iter().filter(|it| it.known_row == row).find(is_break);
        assert!(broken.is_some(), "a break at the very candle: {trade:?}");
        let is_sweep = |event: &&Event| matches!(&event.kind, EventKind::LevelTaken(it) if it.how == Taking::Sweep && it.side.direction() != way && it.price == reading("sweep_level"));
        let swept = low_events.iter().filter(|it| it.known_row <= row && it.known_row + 20 >= row);
        assert!(swept.filter(is_sweep).count() > 0, "a sweep not long before: {trade:?}");
    }
}

#[test]
fn each_trade_rests_on_what_the_event_logs_tell() {
    let mut trades = 0;
    for seed in 0..4 {
        let data = market(seed, 120);
        let spec = spec("SMC", &[("min_risk_reward", "2")], "100000", "0.0004");
        let result = run_data(&spec, &data);
        check_claims(&data, &result, 2);
        trades += result.trades.len();
    }
    assert!(trades > 20, "only {trades} trades were checked");
}

#[test]
fn it_does_not_look_ahead() {
    let data = market(7, 60);
    let parameters = [("require_sweep", "false"), ("refine_entry", "true"), ("use_bbands", "true")];
    for parameters in [&parameters[..], &[]] {
        let spec = spec("SMC", parameters, "100000", "0.0004");
        let plan = TruncationPlan { cuts: 6, seed: 3 };
        let go_on = &mut |_| ControlFlow::Continue(());
        let report = check_truncation(&spec, &data, &Registry::built_in(), &plan, go_on).unwrap();
        assert_eq!(report.badge(), TruncationBadge::Passed);
    }
}

#[test]
fn looser_rules_bring_more_trades() {
    let data = market(3, 90);
    let count = |parameters: &[(&str, &str)]| {
        run_data(&spec("SMC", parameters, "100000", "0.0004"), &data).trades.len()
    };
    let strict = count(&[]);
    assert!(count(&[("require_sweep", "false")]) >= strict);
    assert!(count(&[("require_sweep", "false"), ("require_break", "false")]) > strict);
    assert!(count(&[("volume_ratio_threshold", "0"), ("fvg_min_pct", "0.1")]) > 0);
    assert!(count(&[("min_filters", "4"), ("use_bbands", "true")]) <= strict);
}

#[test]
fn zones_are_drawn_from_the_moment_they_are_known() {
    let data = market(1, 60);
    let result = run_data(&spec("SMC", &[], "100000", "0.0004"), &data);
    let zones = &result.outputs[0].drawings.zones;
    assert!(zones.len() > 5, "{} zones", zones.len());
    assert!(zones.iter().all(|zone| zone.from < zone.known_at && zone.bottom < zone.top));
    assert!(zones.iter().all(|zone| zone.until.is_none_or(|until| until > zone.known_at)));
    assert!(zones.iter().any(|zone| zone.tone == Tone::Bullish));
    assert!(zones.iter().any(|zone| zone.tone == Tone::Bearish));
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    let registry = Registry::built_in();
    let given = [("rsi_oversold", "80")]
        .map(|(name, value)| (name.to_owned(), strategy::ParameterInput::Number(decimal(value))));
    let errors = registry.find("SMC").unwrap().resolve(&given.into()).unwrap_err();
    assert_eq!(errors[0].name, "rsi_oversold");
    assert!(errors[0].expected.contains("less than rsi_overbought (70)"), "{errors:?}");
}
