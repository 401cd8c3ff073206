//! What the venue demands, stored as it changes, and used by runs from its moment on.

use std::path::Path;

use desk::backtests::{
    BacktestDraft, CapsuleReport, InstrumentRecord, JobStatus, RunReport, RunState,
};
use desk::live::DownloadDraft;
use desk::{Desk, Purpose};
use domain::{MarketKind, Symbol, TimeRange, Timestamp};
use storage::{InstrumentBrackets, InstrumentRules, MarketStore};
use strategy::ParameterInput;

use super::{LONG, ended, import, open};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn solana() -> Symbol {
    "SOLUSDT".parse().unwrap()
}

/// The first four days of a demo symbol.
async fn make(desk: &Desk) {
    let range = TimeRange { start: at("2024-01-01"), end: at("2024-01-05") };
    for id in desk.make_demo_data(&["SOLUSDT"], range).unwrap() {
        tokio::time::timeout(LONG, desk.imports().wait(&id)).await.unwrap();
        let progress = desk.imports().progress(&id).unwrap();
        assert_eq!(progress.status, JobStatus::Completed, "{:?}", progress.files);
    }
}

fn draft(symbol: &str, end: &str) -> BacktestDraft {
    let text = |text: &str| Some(text.to_owned());
    BacktestDraft {
        symbol: text(symbol),
        strategy: text("SMA_CROSS"),
        start_date: text("2024-01-01"),
        end_date: text(end),
        timeframes: Some(vec!["1m".to_owned()]),
        // More than the smallest notional.
        parameters: vec![("quantity".to_owned(), ParameterInput::Number(domain::Decimal::ONE))],
        ..BacktestDraft::default()
    }
}

async fn completed(desk: &Desk, draft: &BacktestDraft) -> (String, Box<RunReport>) {
    let id = desk.backtests().submit(draft).unwrap();
    let RunState::Completed(report) = ended(desk, &id).await else { panic!("it can be run") };
    (id, report)
}

fn codes(instrument: &InstrumentRecord) -> Vec<&str> {
    instrument.warnings.iter().map(|remark| remark.code.as_str()).collect()
}

fn noted(report: &CapsuleReport) -> Vec<&str> {
    report.notes.iter().map(|note| note.code.as_str()).collect()
}

/// The one stored row of the demo symbol.
fn stored(store: &MarketStore) -> InstrumentRules {
    let mut history = store.instrument_history(MarketKind::Demo, &solana()).unwrap();
    assert_eq!(history.len(), 1);
    history.remove(0)
}

fn with_store(dir: &Path, work: impl FnOnce(&MarketStore)) {
    work(&MarketStore::open(dir).unwrap());
}

#[tokio::test]
async fn a_demo_run_assumes_nothing_of_its_venue() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    let (_, report) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    let instrument = &report.details.instruments[0];
    assert_eq!(codes(instrument), ["SYNTHETIC_DATA", "MARK_FROM_LAST"]);
    assert_eq!(instrument.filters, "as of 2024-01-01");
    assert_eq!(instrument.brackets, "demo_exchange");
    let funding = &instrument.funding;
    // Three a day, and none at the listing.
    assert_eq!((funding.source.as_str(), funding.recorded, funding.assumed), ("recorded", 11, 0));
    assert_eq!(funding.with_mark, 11);
    desk.data().delete_funding("demo", "SOLUSDT").unwrap();
    let (_, report) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    let instrument = &report.details.instruments[0];
    assert_eq!(codes(instrument), ["SYNTHETIC_DATA", "FUNDING_NONE", "MARK_FROM_LAST"]);
}

#[tokio::test]
async fn a_run_whose_entries_are_all_refused_says_by_which_rule() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    let usual = BacktestDraft { parameters: Vec::new(), ..draft("SOLUSDT", "2024-01-05") };
    let (_, report) = completed(&desk, &usual).await;
    assert_eq!(report.figures.total_trades, 0);
    let remark = report.details.warnings.iter().find(|remark| remark.code == "NO_TRADES").unwrap();
    let reason = &report.details.skipped[0];
    assert!(remark.message.starts_with("none of "), "{remark:?}");
    assert!(remark.message.contains(&reason.message), "{remark:?}");
    assert!(reason.message.contains("the notional must be at least 5, was"), "{reason:?}");
}

#[tokio::test]
async fn a_demo_capsule_of_the_time_without_funding_is_still_reproduced() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    let (id, funded) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    let new = desk.backtests().capsule(&id).unwrap().unwrap();
    drop(desk);
    let load = |store: &MarketStore| store.load_funding(MarketKind::Demo, &solana(), None).unwrap();
    let funding = load(&MarketStore::open(dir.path()).unwrap());
    // What earlier releases ran on: candles of the demo market had no funding.
    let desk = open(dir.path(), Purpose::Server).unwrap();
    desk.data().delete_funding("demo", "SOLUSDT").unwrap();
    let (id, unfunded) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    assert_ne!(funded.figures, unfunded.figures, "funding matters");
    let old = desk.backtests().capsule(&id).unwrap().unwrap();
    let report = desk.backtests().verify(&new).unwrap();
    assert!(!report.reproduced, "funding that is stated and not stored is missed");
    drop(desk);
    with_store(dir.path(), |store| {
        store.write_funding(MarketKind::Demo, &solana(), &funding).unwrap();
    });
    let desk = open(dir.path(), Purpose::Server).unwrap();
    for (capsule, notes) in [(old, &["FUNDING_LEFT_OUT"][..]), (new, &[])] {
        let report = desk.backtests().verify(&capsule).unwrap();
        assert!(report.identical && report.reproduced, "{:?}", report.differences);
        assert_eq!(noted(&report), notes);
    }
}

#[tokio::test]
async fn changes_hold_from_their_moment_and_earlier_capsules_stay_true() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    let (id, before) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    let capsule = desk.backtests().capsule(&id).unwrap().unwrap();
    drop(desk);
    with_store(dir.path(), |store| {
        let first = stored(store);
        let changed = InstrumentRules {
            since: at("2024-01-02T06:00:00Z"),
            rules_json: first.rules_json.replace(r#""tick":"0.01""#, r#""tick":"0.5""#),
            ..first.clone()
        };
        let halted = InstrumentRules {
            since: at("2024-01-03"),
            status: "TRADING_HALT".to_owned(),
            ..changed.clone()
        };
        let later = InstrumentRules { since: at("2024-01-06"), ..first };
        assert_eq!(store.put_instruments(&[changed, halted, later]).unwrap(), 3);
        let row = r#"[{"cap":"1000000","maintenance_rate":"0.05","leverage_max":"10"}]"#;
        let brackets = InstrumentBrackets {
            market: MarketKind::Demo,
            symbol: solana(),
            since: at("2024-01-03"),
            brackets_json: row.to_owned(),
            seen_at: at("2024-01-03"),
        };
        assert!(store.put_brackets(&brackets).unwrap());
    });
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let (id, after) = completed(&desk, &draft("SOLUSDT", "2024-01-05")).await;
    let instrument = &after.details.instruments[0];
    assert_eq!(instrument.filters, "as of 2024-01-01, 1 change until 2024-01-02");
    assert_eq!(instrument.brackets, "demo_exchange, 1 change until 2024-01-03");
    assert_ne!(before.figures, after.figures, "the tick matters");
    let new = desk.backtests().capsule(&id).unwrap().unwrap();
    assert!(new.contains(r#""instruments.0.filters.1.since": "2024-01-02T06:00:00Z""#), "{new}");
    for (capsule, notes) in [(capsule, &["OTHER_FILTERS", "OTHER_BRACKETS"][..]), (new, &[])] {
        let report = desk.backtests().verify(&capsule).unwrap();
        assert!(report.identical && report.reproduced, "{:?}", report.differences);
        assert_eq!(noted(&report), notes);
    }
}

#[tokio::test]
async fn futures_use_what_is_stored_and_say_from_when_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    import(&desk, dir.path()).await;
    drop(desk);
    let test = |since: &str, rules: &InstrumentRules| InstrumentRules {
        market: MarketKind::UsdM,
        symbol: "TESTUSDT".parse().unwrap(),
        since: at(since),
        ..rules.clone()
    };
    with_store(dir.path(), |store| {
        store.put_instruments(&[test("2024-01-02", &stored(store))]).unwrap();
        let row = r#"[{"cap":"1000000","maintenance_rate":"0.05","leverage_max":"10"}]"#;
        let brackets = InstrumentBrackets {
            market: MarketKind::UsdM,
            symbol: "TESTUSDT".parse().unwrap(),
            since: at("2024-01-02"),
            brackets_json: row.to_owned(),
            seen_at: at("2024-01-02"),
        };
        store.put_brackets(&brackets).unwrap();
    });
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let (_, report) = completed(&desk, &draft("TESTUSDT", "2024-01-03")).await;
    let instrument = &report.details.instruments[0];
    let expected = ["FUNDING_ASSUMED", "FILTERS_AS_OF", "BRACKETS_AS_OF", "MARK_FROM_LAST"];
    assert_eq!(codes(instrument), expected);
    assert_eq!(instrument.filters, "as of 2024-01-02");
    assert_eq!(instrument.brackets, "as of 2024-01-02");
    drop(desk);
    with_store(dir.path(), |store| {
        store.put_instruments(&[test("2023-06-01", &stored(store))]).unwrap();
    });
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let (_, report) = completed(&desk, &draft("TESTUSDT", "2024-01-03")).await;
    let instrument = &report.details.instruments[0];
    assert!(!codes(instrument).contains(&"FILTERS_AS_OF"), "{:?}", codes(instrument));
    assert_eq!(instrument.filters, "as of 2023-06-01");
}

#[tokio::test]
async fn times_in_which_nobody_watched_the_venue_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    import(&desk, dir.path()).await;
    drop(desk);
    let see = |time: &str| {
        with_store(dir.path(), |store| {
            let (market, symbol) = (MarketKind::UsdM, "TESTUSDT".parse().unwrap());
            let (since, seen_at) = (at(time), at(time));
            let rules = InstrumentRules { market, symbol, since, seen_at, ..stored(store) };
            store.put_instruments(&[rules]).unwrap();
        });
    };
    let announce = |time: &str| {
        with_store(dir.path(), |store| {
            let row = r#"[{"cap":"1000000","maintenance_rate":"0.05","leverage_max":"10"}]"#;
            let brackets = InstrumentBrackets {
                market: MarketKind::UsdM,
                symbol: "TESTUSDT".parse().unwrap(),
                since: at(time),
                brackets_json: row.to_owned(),
                seen_at: at(time),
            };
            store.put_brackets(&brackets).unwrap();
        });
    };
    let remarks = async || {
        let desk = open(dir.path(), Purpose::Server).unwrap();
        let (_, report) = completed(&desk, &draft("TESTUSDT", "2024-01-03")).await;
        let all = report.details.instruments[0].warnings.clone();
        all.into_iter().filter(|one| one.code.ends_with("_UNCONFIRMED")).collect::<Vec<_>>()
    };
    see("2023-12-30");
    announce("2023-12-31");
    let found = remarks().await;
    let [filters, brackets] = found.as_slice() else { panic!("{found:?}") };
    assert!(filters.message.contains("seen on 2023-12-30 and then not"), "{filters:?}");
    assert!(brackets.message.contains("announced on 2023-12-31"), "{brackets:?}");
    see("2024-01-02T12:00:00Z");
    let found = remarks().await;
    let [brackets] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(brackets.code, "BRACKETS_UNCONFIRMED");
    announce("2024-01-02T12:00:00Z");
    assert_eq!(remarks().await, []);
}

#[tokio::test]
async fn a_damaged_row_is_named_and_nothing_is_run() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    make(&desk).await;
    drop(desk);
    with_store(dir.path(), |store| {
        let rules_json = stored(store).rules_json.replace(r#""tick":"0.01","#, "");
        store.put_instruments(&[InstrumentRules { rules_json, ..stored(store) }]).unwrap();
    });
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let id = desk.backtests().submit(&draft("SOLUSDT", "2024-01-05")).unwrap();
    let RunState::Failed(reason) = ended(&desk, &id).await else { panic!("its rules are damaged") };
    let named = "stored exchange rules of demo SOLUSDT since 2024-01-01T00:00:00Z cannot be read";
    assert!(reason.contains(named), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_stores_rules_and_finds_the_made_history_true() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let today = desk::clock::now().day_start();
    let range = TimeRange { start: today.plus_millis(-2 * 86_400_000), end: today };
    for id in desk.make_demo_data(&["SOLUSDT"], range).unwrap() {
        tokio::time::timeout(LONG, desk.imports().wait(&id)).await.unwrap();
    }
    let settlements = |desk: &Desk| desk.data().funding_coverage().unwrap()[0].settlements;
    assert_eq!(settlements(&desk), 6);
    let draft = DownloadDraft {
        symbols: vec!["SOLUSDT".to_owned()],
        from: Some(range.start.to_string()),
        to: Some(range.end.to_string()),
        verify: Some(true),
        ..DownloadDraft::default()
    };
    let id = desk.start_download(&draft).unwrap().id;
    let mut events = desk.events().subscribe();
    let ended = async {
        while !desk.downloads().progress(&id).unwrap().status.is_final() {
            events.next().await;
        }
    };
    tokio::time::timeout(LONG, ended).await.unwrap();
    let progress = desk.downloads().progress(&id).unwrap();
    assert_eq!(progress.status, JobStatus::Completed, "{:?}", progress.failures);
    assert!(progress.rows >= 2 * 1_440 + 6, "{} rows were compared", progress.rows);
    assert_eq!((progress.rows_new, progress.rows_revised), (0, 0), "it is the same history");
    assert_eq!(settlements(&desk), 6);
    desk.close();
    drop(desk);
    with_store(dir.path(), |store| {
        let all = store.instruments_at(MarketKind::Demo, today.plus_millis(86_400_000)).unwrap();
        assert_eq!(all.len(), 13);
        assert_eq!(stored(store).since, at("2024-01-01"), "the demo market never changed before");
    });
}
