//! Runs and settings.

use domain::Timestamp;
use storage::{FinishedRun, JobStatus, NewRun, RunFilter, StrategySource, TradingStore};

use crate::support::Folder;

fn run(number: i64, symbol: &str, strategy: &str) -> NewRun {
    NewRun {
        id: format!("run-{number}"),
        created_at: Timestamp::from_millis(number * 1000),
        symbol: symbol.to_owned(),
        strategy: strategy.to_owned(),
        status: JobStatus::Queued,
        request_json: format!("{{\"n\":{number}}}"),
    }
}

fn filled() -> (Folder, TradingStore) {
    let folder = Folder::new();
    let store = TradingStore::open(&folder.data()).unwrap();
    for number in 0..7 {
        let symbol = if number % 2 == 0 { "BTCUSDT" } else { "ETHUSDT" };
        store.insert_run(&run(number, symbol, "SMA_CROSS"), &[]).unwrap();
    }
    (folder, store)
}

fn done<'a>() -> FinishedRun<'a> {
    FinishedRun {
        status: JobStatus::Completed,
        result_json: Some("{\"r\":1}"),
        summary_json: Some("{\"s\":1}"),
        trades: Some(b"trades"),
        fills: Some(b"fills"),
        skips: Some(b"skips"),
        output: Some(b"output"),
        equity: Some(b"equity"),
        capsule_json: Some("{\"c\":1}"),
        error: None,
    }
}

#[test]
fn a_run_from_queue_to_result_survives_reopening() {
    let (folder, store) = filled();
    assert!(store.set_run_status("run-3", JobStatus::Running, None).unwrap());
    assert_eq!(store.unfinished_runs().unwrap().len(), 7);
    assert_eq!(store.run("run-3").unwrap().unwrap().finished_at, None);
    assert!(store.finish_run("run-3", &done()).unwrap());
    drop(store);
    let store = TradingStore::open(&folder.data()).unwrap();
    let row = store.run("run-3").unwrap().unwrap();
    assert_eq!(
        (row.status, row.symbol.as_str(), row.request_json.as_str()),
        (JobStatus::Completed, "ETHUSDT", "{\"n\":3}")
    );
    assert_eq!(
        (row.result_json.as_deref(), row.summary_json.as_deref()),
        (Some("{\"r\":1}"), Some("{\"s\":1}"))
    );
    assert!(row.finished_at.unwrap() > row.created_at);
    assert_eq!(store.run_trades("run-3").unwrap().as_deref(), Some(b"trades".as_slice()));
    assert_eq!(store.run_equity("run-3").unwrap().as_deref(), Some(b"equity".as_slice()));
    assert_eq!(store.run_fills("run-3").unwrap().as_deref(), Some(b"fills".as_slice()));
    assert_eq!(store.run_skips("run-3").unwrap().as_deref(), Some(b"skips".as_slice()));
    assert_eq!(store.run_output("run-3").unwrap().as_deref(), Some(b"output".as_slice()));
    assert_eq!(store.run_capsule("run-3").unwrap().as_deref(), Some("{\"c\":1}"));
    assert_eq!(store.unfinished_runs().unwrap().len(), 6);
}

#[test]
fn pages_are_newest_first_and_filtered() {
    let (_folder, store) = filled();
    store.finish_run("run-4", &done()).unwrap();
    let check = |filter: &RunFilter, page, size, expected: &[&str], total| {
        let (rows, was) = store.runs_page(filter, page, size).unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!((ids.as_slice(), was), (expected, total));
        assert!(rows.iter().all(|row| row.result_json.is_none()));
    };
    let all = RunFilter::default();
    check(&all, 1, 3, &["run-6", "run-5", "run-4"], 7);
    check(&all, 3, 3, &["run-0"], 7);
    check(&all, 9, 3, &[], 7);
    check(&all, u64::MAX, u64::MAX, &[], 7);
    let bitcoin = RunFilter { symbol: Some("BTCUSDT".to_owned()), ..RunFilter::default() };
    check(&bitcoin, 1, 2, &["run-6", "run-4"], 4);
    check(&RunFilter { status: Some(JobStatus::Completed), ..bitcoin }, 1, 10, &["run-4"], 1);
    check(&RunFilter { strategy: Some("OTHER".to_owned()), ..RunFilter::default() }, 1, 10, &[], 0);
}

#[test]
fn a_run_is_found_by_each_of_its_symbols_and_strategies() {
    let (_folder, store) = filled();
    store.insert_run(&run(9, "BTCUSDT,1000PEPEUSDT", "SMA_CROSS,SIMPLE_TEST"), &[]).unwrap();
    let check = |symbol: Option<&str>, strategy: Option<&str>, expected| {
        let filter = RunFilter {
            symbol: symbol.map(str::to_owned),
            strategy: strategy.map(str::to_owned),
            status: None,
        };
        assert_eq!(store.runs_page(&filter, 1, 1).unwrap().1, expected, "{filter:?}");
    };
    check(Some("BTCUSDT"), None, 5);
    check(Some("1000PEPEUSDT"), None, 1);
    check(Some("PEPEUSDT"), None, 0);
    check(None, Some("SMA_CROSS"), 8);
    check(None, Some("SIMPLE_TEST"), 1);
    check(None, Some("SIMPLE"), 0);
}

#[test]
fn deleting_takes_the_result_along() {
    let (folder, store) = filled();
    store.finish_run("run-1", &done()).unwrap();
    assert!(store.delete_run("run-1").unwrap());
    assert!(!store.delete_run("run-1").unwrap());
    assert_eq!(store.run("run-1").unwrap(), None);
    assert_eq!(store.run_trades("run-1").unwrap(), None);
    store.finish_run("run-2", &done()).unwrap();
    assert_eq!(store.delete_all_runs().unwrap(), 6);
    let connection = rusqlite::Connection::open(folder.data().join("trading.db")).unwrap();
    let left: i64 =
        connection.query_row("SELECT count(*) FROM run_result", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn what_does_not_exist_and_what_exists_already() {
    let (_folder, store) = filled();
    assert!(!store.finish_run("none", &done()).unwrap());
    assert_eq!(store.run_trades("none").unwrap(), None, "a result needs its run");
    assert!(!store.set_run_status("none", JobStatus::Failed, Some("why")).unwrap());
    assert!(
        store
            .insert_run(&run(0, "BTCUSDT", "X"), &[])
            .unwrap_err()
            .to_string()
            .starts_with("cannot store the run")
    );
    assert!(store.set_run_status("run-0", JobStatus::Failed, Some("why")).unwrap());
    let row = store.run("run-0").unwrap().unwrap();
    assert_eq!((row.error.as_deref(), row.finished_at.is_some()), (Some("why"), true));
}

#[test]
fn settings_are_stored_together() {
    let (folder, store) = filled();
    assert_eq!(store.setting("theme").unwrap(), None);
    store.set_settings(&[("theme", "dark"), ("time_zone", "utc")]).unwrap();
    store.set_settings(&[("theme", "light")]).unwrap();
    drop(store);
    let store = TradingStore::open(&folder.data()).unwrap();
    assert_eq!(store.setting("theme").unwrap().as_deref(), Some("light"));
    let all = [("theme", "light"), ("time_zone", "utc")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(store.settings().unwrap(), all);
}

#[test]
fn states_have_names() {
    for status in JobStatus::ALL {
        assert_eq!(status.name().parse(), Ok(status));
    }
    assert!("done".parse::<JobStatus>().unwrap_err().to_string().contains("queued, running"));
}

#[test]
fn the_text_of_a_strategy_is_kept_once_with_its_first_run() {
    let (_folder, store) = filled();
    let source = |file: &str, text: &str| StrategySource {
        hash: "aa".to_owned(),
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let first = source("mine.luau", "text");
    store.insert_run(&run(10, "BTCUSDT", "MINE"), std::slice::from_ref(&first)).unwrap();
    store.insert_run(&run(11, "BTCUSDT", "MINE"), &[source("moved.luau", "text")]).unwrap();
    assert_eq!(store.strategy_source("aa").unwrap(), Some(first));
    assert_eq!(store.strategy_source("bb").unwrap(), None);
    assert!(
        store
            .insert_run(
                &run(10, "BTCUSDT", "MINE"),
                &[StrategySource { hash: "bb".to_owned(), ..source("b", "b") }]
            )
            .is_err()
    );
    assert_eq!(
        store.strategy_source("bb").unwrap(),
        None,
        "a run that is not stored leaves nothing"
    );
}
