//! Equal runs give equal capsules, and whatever differs is named.

mod data;
mod files;
mod listings;
mod settings;

use domain::Money;
use serde_json::json;

use super::*;
use crate::tests::{self, BRACKETS, decimal, go_on, minutes, portfolio, single, spec};

fn capsule(spec: &RunSpec, data: &RunData) -> RunCapsule {
    let result = tests::try_run(spec, data).unwrap();
    RunCapsule::of(spec, data, &Registry::built_in(), &result)
}

fn verify(capsule: &RunCapsule, spec: &RunSpec, data: &RunData) -> Verdict {
    capsule.verify(spec, data, &Registry::built_in(), &mut go_on).unwrap()
}

fn small() -> (RunSpec, RunData) {
    (spec("SMA_CROSS", BRACKETS), single(minutes("TESTUSDT", 600, 3)))
}

#[test]
fn equal_runs_give_equal_bytes() {
    let bytes = || {
        let (spec, data) = portfolio();
        capsule(&spec, &data).with_request(&json!({ "symbol": "ONEUSDT" })).to_json()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_capsule_survives_its_file() {
    let (spec, data) = portfolio();
    let request =
        json!({ "balance": "100000", "ratio": 0.123_456_789_012_345_67, "list": [1, null] });
    let written = capsule(&spec, &data).with_request(&request);
    let text = written.to_json();
    let read = RunCapsule::from_json(&text).unwrap();
    assert_eq!(read.to_json(), text);
    assert_eq!(read.request(), Some(request.to_string().as_str()));
    let verdict = verify(&read, &spec, &data);
    assert!(verdict.is_identical() && verdict.is_reproduced(), "{verdict:?}");
}

#[test]
fn a_capsule_tells_people_what_was_run() {
    let (spec, data) = portfolio();
    let result = tests::try_run(&spec, &data).unwrap();
    let capsule = capsule(&spec, &data);
    assert_eq!(capsule.engine(), &EnginePrint::of_this_build());
    let [first, _, third] = capsule.strategies() else { panic!("three sleeves") };
    assert_eq!((first.id.as_str(), third.id.as_str()), ("SMA_CROSS", "SIMPLE_TEST"));
    let setting = |name: &str| capsule.settings().get(name).map(String::as_str);
    assert_eq!(setting("venue.costs.taker"), Some("0.0004"));
    assert_eq!(setting("venue.costs.slippage.fixed"), Some("0.0001"));
    assert_eq!(setting("venue.seed"), Some("0"));
    assert_eq!(setting("sleeves.1.parameters.slow"), Some("8"));
    assert_eq!(setting("sleeves.1.instrument"), Some("1"));
    assert_eq!(setting("instruments.0.filters.0.since"), Some("always"));
    assert_eq!(setting("instruments.0.filters.0.tick"), Some("0.01"));
    assert_eq!(setting("instruments.1.brackets.0.0.maintenance_rate"), Some("0.01"));
    assert_eq!(setting("rules.drawdown_max"), None, "rules that are off are absent");
    let names: Vec<&str> = capsule.series().keys().map(String::as_str).collect();
    let expected = [
        "instruments.0.mark",
        "instruments.1.finer",
        "sleeves.0.timeframes.0",
        "sleeves.0.timeframes.1",
        "sleeves.1.timeframes.0",
        "sleeves.2.timeframes.0",
    ];
    assert_eq!(names, expected);
    let hours = &capsule.series()["sleeves.0.timeframes.1"];
    assert_eq!(
        hours.to_string(),
        format!(
            "HTF demo ONEUSDT 1h last, 2 decimals, 96 candles from 2024-01-01T00:00:00Z to \
             2024-01-04T23:00:00Z, hash {}",
            hours.hash
        )
    );
    assert_eq!(capsule.funding()["instruments.0.funding"].settlements, 13);
    assert_eq!(capsule.result().final_balance, result.final_balance.to_string());
    assert_eq!(capsule.result().trades, result.trades.len() as u64);
}

#[test]
fn another_engine_or_strategy_is_named_and_may_still_reproduce() {
    let (spec, data) = small();
    let mut old = capsule(&spec, &data);
    old.engine.version = "0.0.1".to_owned();
    old.strategies[0].version = "0.9.0".to_owned();
    let verdict = verify(&old, &spec, &data);
    let texts: Vec<String> = verdict.differences.iter().map(ToString::to_string).collect();
    let engine = format!("engine version: expected 0.0.1, was {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(texts[0], engine);
    assert!(texts[1].starts_with("strategy sleeves.0: expected SMA_CROSS 0.9.0, was SMA_CROSS 1."));
    assert_eq!((texts.len(), verdict.is_reproduced()), (2, true));
}

#[test]
fn another_result_is_named_by_hash_and_figures() {
    let (spec, data) = small();
    let result = tests::try_run(&spec, &data).unwrap();
    let registry = Registry::built_in();
    let original = RunCapsule::of(&spec, &data, &registry, &result);
    let check = |change: fn(&mut RunResult), expected: &[&str]| {
        let mut other = result.clone();
        change(&mut other);
        let verdict = original.compare(&RunCapsule::of(&spec, &data, &registry, &other));
        let names: Vec<&str> = verdict.differences.iter().map(|it| it.name.as_str()).collect();
        assert_eq!((names.as_slice(), verdict.is_reproduced()), (expected, false));
    };
    check(|other| other.equity[5] += 1e-9, &["hash"]);
    check(|other| other.fills[0].fill.ambiguous ^= true, &["hash"]);
    check(|other| other.trades[0].metadata.readings.push(("x".into(), 1.0)), &["hash"]);
    check(|other| other.trades[0].costs.funding += Money::new(decimal("1")), &["hash"]);
    check(|other| drop(other.trades.pop()), &["hash", "trades"]);
    let balance: fn(&mut RunResult) =
        |other| other.final_balance += Money::new(decimal("0.00000000000001"));
    check(balance, &["final_balance", "hash"]);
}

#[test]
fn what_cannot_run_gives_no_verdict() {
    let (spec, data) = small();
    let capsule = capsule(&spec, &data);
    let registry = Registry::built_in();
    let nothing = capsule.verify(&spec, &RunData::default(), &registry, &mut go_on);
    assert!(matches!(nothing, Err(RunError::Misfit(_))));
    let mut stop = |_| std::ops::ControlFlow::Break(());
    assert_eq!(capsule.verify(&spec, &data, &registry, &mut stop), Err(RunError::Cancelled));
}
