//! A desk over real files: one process at a time, nothing forgotten, nothing left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod live;
mod strategies;
mod venue_rules;

use std::path::Path;
use std::time::Duration;

use desk::backtests::{
    BacktestDraft, DrawingsQuery, DrawingsReport, HistoryFilter, JobStatus, OutputCounts, RunState,
};
use desk::data::ImportRequestDraft;
use desk::{Desk, DeskError, DeskOptions, Event, Purpose, Received};
use storage::{NewRun, TradingStore};

const LONG: Duration = Duration::from_secs(60);

fn open(dir: &Path, purpose: Purpose) -> Result<Desk, DeskError> {
    Desk::open(DeskOptions { data_dir: dir.to_path_buf(), purpose })
}

/// Two days of one-minute candles that swing around 100.
fn csv() -> String {
    let row = |minute: i64| {
        let open_time = 1_704_067_200_000 + minute * 60_000;
        let price =
            |minute: i64| 100.0 + f64::from(i32::try_from(minute * 37 % 101).unwrap()) / 10.0;
        let (open, close) = (price(minute), price(minute + 1));
        let (high, low) = (open.max(close) + 0.5, open.min(close) - 0.5);
        format!(
            "{open_time},{open:.2},{high:.2},{low:.2},{close:.2},1.000,{},0,1,0,0,0\n",
            open_time + 59_999
        )
    };
    (0..2880).map(row).collect()
}

async fn import(desk: &Desk, dir: &Path) {
    let file = dir.join("TESTUSDT-1m.csv");
    std::fs::write(&file, csv()).unwrap();
    let draft =
        ImportRequestDraft { symbol: Some("TESTUSDT".to_owned()), ..ImportRequestDraft::default() };
    let id = desk.imports().import_paths(&[file], &draft).unwrap();
    tokio::time::timeout(LONG, desk.imports().wait(&id)).await.unwrap();
    assert_eq!(desk.imports().progress(&id).unwrap().status, JobStatus::Completed);
}

fn draft() -> BacktestDraft {
    let text = |text: &str| Some(text.to_owned());
    BacktestDraft {
        symbol: text("TESTUSDT"),
        strategy: text("SMA_CROSS"),
        start_date: text("2024-01-01"),
        end_date: text("2024-01-03"),
        timeframes: Some(vec!["1m".to_owned()]),
        ..BacktestDraft::default()
    }
}

async fn ended(desk: &Desk, id: &str) -> RunState {
    tokio::time::timeout(LONG, desk.backtests().wait(id)).await.unwrap();
    desk.backtests().state(id).unwrap()
}

#[tokio::test]
async fn one_desk_works_on_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), Purpose::Window).unwrap();
    let refused = open(dir.path(), Purpose::Server).unwrap_err().to_string();
    assert!(
        refused.contains(&std::process::id().to_string()) && refused.contains("the desktop window"),
        "{refused}"
    );
    drop(first);
    assert!(open(dir.path(), Purpose::Server).is_ok());
}

/// Leaves a run behind as a process does that died in the middle.
fn leave_behind(dir: &Path, id: &str, status: JobStatus, request_json: &str) {
    let store = TradingStore::open(dir).unwrap();
    let run = NewRun {
        id: id.to_owned(),
        created_at: "2024-01-01".parse().unwrap(),
        symbol: "TESTUSDT".to_owned(),
        strategy: "SMA_CROSS".to_owned(),
        status,
        request_json: request_json.to_owned(),
    };
    store.insert_run(&run, &[]).unwrap();
}

/// Imports candles, runs once, closes, and gives the stored request of the run.
async fn stored_request(dir: &Path) -> String {
    let desk = open(dir, Purpose::Server).unwrap();
    import(&desk, dir).await;
    let id = desk.backtests().submit(&draft()).unwrap();
    assert!(matches!(ended(&desk, &id).await, RunState::Completed(_)));
    drop(desk);
    TradingStore::open(dir).unwrap().run(&id).unwrap().unwrap().request_json
}

fn count(desk: &Desk, status: JobStatus) -> u64 {
    let filter = HistoryFilter { status: Some(status), ..HistoryFilter::default() };
    desk.backtests().list(&filter, 1, 100).unwrap().1
}

#[tokio::test]
async fn unfinished_runs_go_on_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let request = stored_request(dir.path()).await;
    leave_behind(dir.path(), "queued", JobStatus::Queued, &request);
    leave_behind(dir.path(), "running", JobStatus::Running, &request);
    leave_behind(dir.path(), "unreadable", JobStatus::Running, "{}");
    let command = open(dir.path(), Purpose::Command("data list")).unwrap();
    assert_eq!(
        (count(&command, JobStatus::Queued), count(&command, JobStatus::Running)),
        (1, 2),
        "commands leave them"
    );
    drop(command);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    for id in ["queued", "running"] {
        assert!(matches!(ended(&desk, id).await, RunState::Completed(_)), "{id}");
    }
    let RunState::Failed(reason) = desk.backtests().state("unreadable").unwrap() else {
        panic!("it cannot be run")
    };
    assert!(reason.contains("request of run unreadable"), "{reason}");
}

#[tokio::test]
async fn a_run_that_ends_the_application_is_tried_twice() {
    let dir = tempfile::tempdir().unwrap();
    let request = stored_request(dir.path()).await;
    leave_behind(dir.path(), "fatal", JobStatus::Running, &request);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    assert!(matches!(ended(&desk, "fatal").await, RunState::Completed(_)), "the second try");
    drop(desk);
    leave_behind(dir.path(), "twice", JobStatus::Running, &request);
    let store = TradingStore::open(dir.path()).unwrap();
    store
        .set_run_status("twice", JobStatus::Running, Some("the application ended while it ran"))
        .unwrap();
    drop(store);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let RunState::Failed(reason) = desk.backtests().state("twice").unwrap() else {
        panic!("there is no third try")
    };
    assert_eq!(reason, "the application ended while it ran");
}

#[tokio::test]
async fn closing_interrupts_and_does_not_cancel() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    import(&desk, dir.path()).await;
    for _ in 0..10 {
        desk.backtests().submit(&draft()).unwrap();
    }
    drop(desk);
    let command = open(dir.path(), Purpose::Command("data list")).unwrap();
    let (finished, waiting) =
        (count(&command, JobStatus::Completed), count(&command, JobStatus::Queued));
    assert_eq!(finished + waiting, 10, "none is lost, cancelled or left as running");
}

#[tokio::test]
async fn a_run_whose_data_vanished_is_stored_as_failed() {
    let dir = tempfile::tempdir().unwrap();
    let request = stored_request(dir.path()).await;
    leave_behind(dir.path(), "late", JobStatus::Queued, &request);
    let command = open(dir.path(), Purpose::Command("data list")).unwrap();
    command.data().delete_series("um", "TESTUSDT", ("1m", "last")).unwrap();
    drop(command);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let RunState::Failed(reason) = ended(&desk, "late").await else {
        panic!("there are no candles any more")
    };
    assert!(reason.contains("no candles of \"TESTUSDT\""), "{reason}");
    let filter = HistoryFilter { status: Some(JobStatus::Failed), ..HistoryFilter::default() };
    let (runs, _) = desk.backtests().list(&filter, 1, 1).unwrap();
    assert_eq!(runs[0].progress.error.as_deref(), Some(reason.as_str()));
    assert!(matches!(desk.backtests().trades("late"), Err(DeskError::RunFailed(_))));
}

#[tokio::test]
async fn uploads_of_a_crashed_process_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let left = dir.path().join("uploads/7/half.csv");
    std::fs::create_dir_all(left.parent().unwrap()).unwrap();
    std::fs::write(&left, "half").unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    assert!(!left.exists());
    let draft =
        ImportRequestDraft { symbol: Some("TESTUSDT".to_owned()), ..ImportRequestDraft::default() };
    let mut upload = desk.imports().upload("x.csv", &draft).unwrap();
    upload.write(csv().as_bytes()).unwrap();
    let id = desk.imports().import_upload(upload, &draft).unwrap();
    tokio::time::timeout(LONG, desk.imports().wait(&id)).await.unwrap();
    let report = desk.imports().progress(&id).unwrap();
    assert_eq!((report.status, report.files[0].rows), (JobStatus::Completed, 2880));
}

#[tokio::test]
async fn a_cancelled_import_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let file = dir.path().join("TESTUSDT-1m.csv");
    std::fs::write(&file, csv()).unwrap();
    let draft =
        ImportRequestDraft { symbol: Some("TESTUSDT".to_owned()), ..ImportRequestDraft::default() };
    // The demo data occupy the one import worker meanwhile.
    let demo = desk.ensure_demo_data().unwrap();
    let id = desk.imports().import_paths(&[file], &draft).unwrap();
    for waiting in demo[1..].iter().chain([&id]) {
        desk.imports().cancel(waiting).unwrap();
        desk.imports().cancel(waiting).unwrap();
    }
    tokio::time::timeout(LONG, desk.imports().wait(&id)).await.unwrap();
    assert_eq!(desk.imports().progress(&id).unwrap().status, JobStatus::Cancelled);
    assert!(
        desk.data()
            .coverage()
            .unwrap()
            .iter()
            .all(|series| series.key.symbol.as_str() != "TESTUSDT")
    );
}

#[tokio::test]
async fn demo_history_that_was_interrupted_is_made_with_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let end: domain::Timestamp = "2024-02-01".parse().unwrap();
    let symbols = |desk: &Desk| -> Vec<String> {
        let coverage = desk.data().coverage().unwrap();
        coverage.iter().map(|series| series.key.symbol.to_string()).collect()
    };
    {
        let desk = open(dir.path(), Purpose::Server).unwrap();
        let made = desk.ensure_demo_data_until(end).unwrap();
        assert_eq!(made.len(), 3);
        made[1..].iter().for_each(|id| desk.imports().cancel(id).unwrap());
        for id in &made {
            tokio::time::timeout(LONG, desk.imports().wait(id)).await.unwrap();
        }
        assert_eq!(symbols(&desk), ["BTCUSDT"]);
    }
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let made = desk.ensure_demo_data_until(end).unwrap();
    assert_eq!(made.len(), 2, "what was stored is not made again");
    for id in &made {
        tokio::time::timeout(LONG, desk.imports().wait(id)).await.unwrap();
    }
    assert_eq!(symbols(&desk), ["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
    desk.data().delete_series("demo", "ETHUSDT", ("1m", "last")).unwrap();
    assert!(desk.ensure_demo_data_until(end).unwrap().is_empty(), "what was deleted stays deleted");
}

#[tokio::test]
async fn states_arrive_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    import(&desk, dir.path()).await;
    let mut events = desk.events().subscribe();
    let id = desk.backtests().submit(&draft()).unwrap();
    ended(&desk, &id).await;
    let mut states = Vec::new();
    while states.last() != Some(&JobStatus::Completed) {
        let Received::Event(envelope) = events.next().await else { panic!("nothing is lost") };
        if let Event::Backtest(progress) = &envelope.event {
            states.push(progress.status);
        }
    }
    states.dedup();
    assert_eq!(states, [JobStatus::Queued, JobStatus::Running, JobStatus::Completed]);
}

/// Request, figures and result of a run as version 0.1.0 stored them.
const OLD_REQUEST: &str = r#"{"symbol":"TESTUSDT","market":"auto","strategy":"SMA_CROSS",
    "start":"2024-01-01T00:00:00Z","end":"2024-01-03T00:00:00Z",
    "timeframes":[{"timeframe":"1m","role":"LTF"}],"initial_balance":"10000","commission":"0.001",
    "slippage":"0.0001","leverage":"1","risk_per_trade":null,"parameters":{"fast":{"integer":10},
    "quantity":{"decimal":"0.01"},"slow":{"integer":30},"stop_loss":{"decimal":"0"},
    "take_profit":{"decimal":"0"}},"gap_policy":"annotate","intrabar_policy":"pessimistic"}"#;
const OLD_FIGURES: &str = r#"{"market":"um","synthetic":false,"final_balance":"9990","total_return":"-0.001",
    "max_drawdown":0.002,"sharpe_ratio":null,"total_trades":0,"winning_trades":0,"losing_trades":0,
    "win_rate":null,"profit_factor":null,"avg_trade":null,"max_consecutive_losses":0,
    "total_commission":"0","total_slippage":"0"}"#;
const OLD_RESULT: &str = r#"{"strategy_version":"1.0.0","warnings":[{"code":"FUNDING_NOT_MODELLED",
    "message":"funding payments are not part of this result"}],"gaps":[{"timeframe":"1m",
    "from":"2024-01-01T10:00:00Z","to":"2024-01-01T11:00:00Z","missing":60}],"gap_count":1,"skipped":[],
    "metrics":[{"key":"final_balance","label":"Final balance","value":{"exact":"9990"},"unit":"money",
    "definition":"d","basis":"b"}],"timing":{"load_ms":1.5,"run_ms":0.5,"bars":2880},
    "first_candle":"2024-01-01T00:00:00Z","last_candle":"2024-01-02T23:59:00Z"}"#;

#[tokio::test]
async fn runs_of_an_earlier_version_open_and_can_be_run() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    import(&desk, dir.path()).await;
    drop(desk);
    leave_behind(dir.path(), "old", JobStatus::Running, OLD_REQUEST);
    leave_behind(dir.path(), "waiting", JobStatus::Queued, OLD_REQUEST);
    let store = TradingStore::open(dir.path()).unwrap();
    let finished = storage::FinishedRun {
        status: JobStatus::Completed,
        result_json: Some(OLD_RESULT),
        summary_json: Some(OLD_FIGURES),
        trades: None,
        fills: None,
        skips: None,
        output: None,
        equity: None,
        capsule_json: None,
        error: None,
    };
    store.finish_run("old", &finished).unwrap();
    drop(store);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let RunState::Completed(report) = desk.backtests().state("old").unwrap() else {
        panic!("it has a result")
    };
    assert_eq!(report.details.warnings[0].code, "FUNDING_NOT_MODELLED");
    assert!(report.details.sleeves.is_empty() && report.details.band.is_none());
    assert!(desk.backtests().trades("old").unwrap().is_empty());
    assert!(desk.backtests().fills("old").unwrap().is_empty());
    assert!(desk.backtests().skips("old").unwrap().is_empty());
    assert!(desk.backtests().log("old").unwrap().is_empty());
    let drawings = desk.backtests().drawings("old", &DrawingsQuery::default()).unwrap();
    assert_eq!(drawings, DrawingsReport { symbol: "TESTUSDT".to_owned(), ..Default::default() });
    assert_eq!(report.details.output, OutputCounts::default());
    assert_eq!(desk.backtests().capsule("old").unwrap(), None);
    let RunState::Completed(report) = ended(&desk, "waiting").await else {
        panic!("what an earlier version asked for can be run")
    };
    let funding = &report.details.instruments[0].funding;
    assert_eq!((funding.source.as_str(), funding.settlements), ("off", 0), "as it would have been");
    assert_eq!(report.details.instruments[0].filters, "off");
}

#[tokio::test]
async fn a_capsule_is_verified_without_leaving_a_run() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    import(&desk, dir.path()).await;
    let id = desk.backtests().submit(&draft()).unwrap();
    assert!(matches!(ended(&desk, &id).await, RunState::Completed(_)));
    let capsule = desk.backtests().capsule(&id).unwrap().unwrap();
    let report = desk.backtests().verify(&capsule).unwrap();
    assert!(report.identical && report.reproduced, "{:?}", report.differences);
    assert_eq!(desk.backtests().list(&HistoryFilter::default(), 1, 10).unwrap().1, 1);
    desk.data().delete_series("um", "TESTUSDT", ("1m", "last")).unwrap();
    assert!(matches!(desk.backtests().verify(&capsule), Err(DeskError::Refused(_))));
    assert!(matches!(desk.backtests().verify("{}"), Err(DeskError::Invalid(_))));
}
