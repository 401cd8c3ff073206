//! Strategies from files: found, refused with a reason, read again, and kept as they were for the runs made
//! with them.

use std::fs;
use std::path::Path;

use desk::backtests::{BacktestDraft, CheckOptions, RunReport, RunState};
use desk::strategies::{FOLDER, Origin, template};
use desk::{Desk, Event, Purpose, Received, Subscription};
use storage::{JobStatus, TradingStore};

use super::{LONG, draft, ended, import, leave_behind, open};

fn write(dir: &Path, file: &str, text: impl AsRef<[u8]>) {
    fs::create_dir_all(dir.join(FOLDER)).unwrap();
    fs::write(dir.join(FOLDER).join(file), text).unwrap();
}

/// Errors by file.
fn invalid(desk: &Desk) -> Vec<(String, String)> {
    let registry = desk.strategies().registry();
    registry.invalid().iter().map(|it| (it.file.clone(), it.error.clone())).collect()
}

#[tokio::test]
async fn files_are_strategies_or_are_listed_with_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "mine.luau", template("it.luau", "MINE"));
    write(dir.path(), "twin.luau", template("it.luau", "TWIN"));
    write(dir.path(), "twin (copy).luau", template("it.luau", "TWIN"));
    write(dir.path(), "taken.luau", template("it.luau", "SMA_CROSS"));
    write(dir.path(), "broken.luau", "local x =\nfunction");
    write(dir.path(), "empty.luau", "");
    write(dir.path(), "large.luau", vec![b' '; 300 * 1024]);
    write(dir.path(), "other.luau", [0x41, 0xff, 0x42]);
    let rules = include_str!("../../../rules/examples/sma_cross.json");
    write(dir.path(), "rules.json", rules);
    write(dir.path(), "wrong.json", rules.replacen("sma", "smo", 1));
    write(dir.path(), "_draft.luau", "not read");
    write(dir.path(), "notes.txt", "not read");
    fs::create_dir(dir.path().join(FOLDER).join("folder.luau")).unwrap();
    let desk = open(dir.path(), Purpose::Command("test")).unwrap();
    let registry = desk.strategies().registry();
    let found = registry.find("mine").unwrap();
    assert_eq!(*found.source().origin(), Origin::File("mine.luau".to_owned()));
    assert!(registry.find("TWIN").is_none(), "a copy never runs in the place of what one works on");
    let invalid = invalid(&desk);
    let files: Vec<&str> = invalid.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(
        files,
        [
            "broken.luau",
            "empty.luau",
            "large.luau",
            "other.luau",
            "taken.luau",
            "twin (copy).luau",
            "twin.luau",
            "wrong.json"
        ]
    );
    let expected = [
        "broken.luau:2:",
        "on_candle is missing",
        "256 KiB",
        "byte 1",
        "taken by SMA_CROSS",
        "declared by twin.luau as well",
        "declared by twin (copy).luau as well",
        "indicators[0]",
    ];
    for ((file, error), words) in invalid.iter().zip(expected) {
        assert!(error.contains(words), "{file}: {error}");
    }
    assert!(registry.find("RULES_SMA_CROSS").is_some());
    assert!(registry.find("SMA_CROSS").is_some_and(|it| *it.source().origin() == Origin::BuiltIn));
}

/// Waits until the strategies change.
async fn changed(events: &mut Subscription) {
    let wait = async {
        loop {
            match events.next().await {
                Received::Event(envelope) if matches!(envelope.event, Event::StrategiesChanged) => {
                    return;
                }
                Received::Event(_) | Received::Lagged(_) => {}
                Received::Closed => panic!("the desk has closed"),
            }
        }
    };
    tokio::time::timeout(LONG, wait).await.unwrap();
}

#[tokio::test]
async fn a_file_is_read_again_when_it_is_saved() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let mut events = desk.events().subscribe();
    let version = |desk: &Desk| {
        let registry = desk.strategies().registry();
        registry.find("MINE").map(|found| found.info.version.to_string())
    };
    assert_eq!(version(&desk), None);
    write(dir.path(), "mine.luau", template("it.luau", "MINE"));
    changed(&mut events).await;
    assert_eq!(version(&desk).as_deref(), Some("0.1.0"));
    write(dir.path(), "mine.luau", template("it.luau", "MINE").replace("0.1.0", "0.2.0"));
    changed(&mut events).await;
    assert_eq!(version(&desk).as_deref(), Some("0.2.0"));
    write(dir.path(), "mine.luau", "strategy {");
    changed(&mut events).await;
    assert_eq!((version(&desk), invalid(&desk).len()), (None, 1));
    fs::remove_file(dir.path().join(FOLDER).join("mine.luau")).unwrap();
    changed(&mut events).await;
    assert_eq!(invalid(&desk), []);
}

async fn run(desk: &Desk) -> (String, RunReport) {
    let draft = BacktestDraft { strategy: Some("MINE".to_owned()), ..draft() };
    let id = desk.backtests().submit(&draft).unwrap();
    (id.clone(), completed(desk, &id).await)
}

async fn completed(desk: &Desk, id: &str) -> RunReport {
    let state = ended(desk, id).await;
    let RunState::Completed(report) = state else { panic!("{state:?}") };
    *report
}

#[tokio::test]
async fn runs_keep_to_the_text_that_they_were_made_with() {
    let dir = tempfile::tempdir().unwrap();
    let old = template("it.luau", "MINE");
    let new = old.replace("0.999", "0.99").replace("0.1.0", "0.2.0");
    assert_ne!(old, new);
    write(dir.path(), "mine.luau", &old);
    let desk = open(dir.path(), Purpose::Server).unwrap();
    import(&desk, dir.path()).await;
    let (id, first) = run(&desk).await;
    assert!(first.figures.total_trades > 0);
    let capsule = desk.backtests().capsule(&id).unwrap().unwrap();
    let request =
        desk.backtests().check(&BacktestDraft { strategy: Some("MINE".to_owned()), ..draft() });
    assert_eq!(request.unwrap().checks, CheckOptions { truncation: false, band: true });

    write(dir.path(), "mine.luau", &new);
    desk.strategies().refresh();
    let (_, second) = run(&desk).await;
    assert_ne!(second.figures.final_balance, first.figures.final_balance);
    assert_eq!(second.details.strategy_version, "0.2.0");
    let verdict = desk.backtests().verify(&capsule).unwrap();
    assert!(verdict.identical, "{:?}", verdict.differences);
    drop(desk);

    // A run that waited while the file changed is made with the text of then, even without the file.
    let store = TradingStore::open(dir.path()).unwrap();
    let request = store.run(&id).unwrap().unwrap().request_json;
    drop(store);
    leave_behind(dir.path(), "waited", JobStatus::Queued, &request);
    let hash = request.split("\"MINE\":\"").nth(1).unwrap()[..64].to_owned();
    leave_behind(dir.path(), "lost", JobStatus::Queued, &request.replace(&hash, &"0".repeat(64)));
    fs::remove_file(dir.path().join(FOLDER).join("mine.luau")).unwrap();
    let desk = open(dir.path(), Purpose::Server).unwrap();
    let waited = completed(&desk, "waited").await;
    assert_eq!(waited.figures, first.figures);
    assert_eq!(waited.details.strategy_version, "0.1.0");
    let RunState::Failed(reason) = ended(&desk, "lost").await else { panic!("no such text") };
    assert!(
        reason.contains("the text of MINE that the run was made with is not stored"),
        "{reason}"
    );
}
