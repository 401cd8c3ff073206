//! Several processes, and processes that die: this test program starts itself again as a child.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::MarketKind;
use storage::{
    DataDirLock, Download, DownloadPart, FetchedPart, ImportControl, JobStatus, MarketStore,
    OnConflict, PartState, StorageError,
};

use crate::support::{
    Folder, at, candles, columns, csv_of, key, long_series, request, rows, symbol, um_request,
};

const TASK: &str = "STORAGE_TEST_TASK";
const DATA: &str = "STORAGE_TEST_DATA";
const FILE: &str = "STORAGE_TEST_FILE";

fn child(task: &str, data: &Path, file: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::as_a_child", "--nocapture"])
        .env(TASK, task)
        .env(DATA, data)
        .env(FILE, file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nchild {line}").and_then(|()| out.flush()).expect("the parent listens");
}

/// Waits until the child has said so many lines; fewer when it ends before. The pipe stays open.
fn hear(child: &mut Child, lines: usize) -> usize {
    let out = BufReader::new(child.stdout.as_mut().unwrap());
    out.lines().map_while(Result::ok).filter(|line| line.starts_with("child ")).take(lines).count()
}

/// Does nothing unless started by one of the tests below.
#[test]
fn as_a_child() {
    let (Ok(task), Some(data)) = (std::env::var(TASK), std::env::var_os(DATA)) else { return };
    let data = Path::new(&data);
    if task == "lock" {
        let _lock = DataDirLock::acquire(data, "a test").unwrap();
        say("holds the lock");
        // Ends when the parent closes the pipe or kills this process.
        std::io::stdin().lines().next();
        return;
    }
    let store = MarketStore::open(data).unwrap();
    if task == "append" {
        append_for_ever(&store);
    }
    if task == "download" {
        fetch_parts(&store, data);
        return;
    }
    let file = std::env::var_os(FILE).unwrap();
    let control =
        ImportControl { progress: &|bytes, _| say(&bytes.to_string()), cancelled: &|| false };
    let request = if task == "funding" {
        um_request(OnConflict::Replace)
    } else {
        request(OnConflict::Replace)
    };
    store.import_file(Path::new(&file), &request, &control);
}

/// Stores five candles at a time, and moves all but the newest three into chunks every few batches.
fn append_for_ever(store: &MarketStore) -> ! {
    let stored = store.load(&key(), None).unwrap().len();
    let mut minute = i64::try_from(stored).unwrap();
    loop {
        store.append(&candles(minute..minute + 5), at(minute)).unwrap();
        minute += 5;
        if minute % 20 == 0 {
            store.compact(None, at(minute - 3)).unwrap();
        }
        say(&minute.to_string());
    }
}

#[test]
fn killed_while_candles_arrive_nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    let folder = Folder::new();
    let mut before = 0;
    for lines in [3, 8, 4, 13, 5, 21] {
        let mut writer = child("append", &folder.data(), Path::new(""));
        let heard = hear(&mut writer, lines);
        writer.kill().unwrap();
        writer.wait().unwrap();
        let store = folder.store();
        let series = store.load_full(&key(), None).unwrap();
        let count = i64::try_from(series.len()).unwrap();
        assert!(count >= before + 5 * i64::try_from(heard).unwrap(), "{count} after {before}");
        assert_eq!(count % 5, 0, "a batch is stored whole");
        let times: Vec<i64> = (0..count).map(|minute| at(minute).millis()).collect();
        assert_eq!(series.open_times(), times, "no hole and nothing twice");
        let coverage = store.coverage().unwrap().remove(0);
        assert_eq!((coverage.candles, coverage.gaps), (series.len() as u64, vec![]));
        before = count;
    }
}

/// Parts of a download that the test's children fetch.
const PARTS: i64 = 40;

/// The candles of a part: 200 of them, some of which the part before holds too.
fn minutes_of(part: i64) -> std::ops::Range<i64> {
    part * 180..part * 180 + 200
}

/// Stores the parts that are not stored yet: even ones as files, odd ones as candles.
fn fetch_parts(store: &MarketStore, data: &Path) {
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    for part in store.download_parts("a").unwrap() {
        if part.state == PartState::Stored {
            continue;
        }
        let number: i64 = part.name.parse().unwrap();
        let name = part.name.as_str();
        let fetched =
            FetchedPart { download_id: "a", name, archive_checksum: None, bytes: 1, now: at(0) };
        if number % 2 == 0 {
            let path = data.join(format!("{number}.csv"));
            std::fs::write(&path, rows(minutes_of(number))).unwrap();
            store.import_part(&path, &request(OnConflict::Refuse), &control, &fetched);
        } else {
            store.append_part(&candles(minutes_of(number)), &fetched).unwrap();
        }
        say(name);
    }
}

#[test]
fn a_killed_download_goes_on_without_a_hole_or_a_duplicate() {
    let folder = Folder::new();
    let download = Download {
        id: "a".to_owned(),
        request_json: "{}".to_owned(),
        state: JobStatus::Running,
        created_at: at(0),
        updated_at: at(0),
        error: None,
    };
    let parts: Vec<_> =
        (0..PARTS).map(|part| DownloadPart::waiting(part.to_string(), at(0))).collect();
    folder.store().insert_download(&download, &parts).unwrap();
    for lines in [0, 3, 7, 2, 9, 99] {
        let mut fetcher = child("download", &folder.data(), Path::new(""));
        let heard = hear(&mut fetcher, lines);
        fetcher.kill().unwrap();
        fetcher.wait().unwrap();
        let store = folder.store();
        let parts = store.download_parts("a").unwrap();
        let stored: Vec<_> = parts.iter().filter(|part| part.state == PartState::Stored).collect();
        assert!(stored.len() >= heard, "what was said is kept");
        assert!(stored.iter().all(|part| part.rows == 200));
        let mut expected: Vec<i64> = stored
            .iter()
            .flat_map(|part| minutes_of(part.name.parse().unwrap()))
            .map(|minute| at(minute).millis())
            .collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(store.load(&key(), None).unwrap().open_times(), expected);
        let candles: u64 = store.coverage().unwrap().iter().map(|one| one.candles).sum();
        assert_eq!(candles, expected.len() as u64);
    }
    let parts = folder.store().download_parts("a").unwrap();
    assert!(parts.iter().all(|part| part.state == PartState::Stored), "the last one finished");
}

#[test]
fn a_second_process_is_told_who_holds_the_folder() {
    let folder = Folder::new();
    let mut holder = child("lock", &folder.data(), Path::new(""));
    assert_eq!(hear(&mut holder, 1), 1);
    let error = DataDirLock::acquire(&folder.data(), "other").unwrap_err();
    assert!(matches!(error, StorageError::InUse { .. }), "{error}");
    if cfg!(unix) {
        let holder = format!("in use by another process (process {}, a test)", holder.id());
        assert!(error.to_string().contains(&holder), "{error}");
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    let lock = DataDirLock::acquire(&folder.data(), "next").expect("the lock died with its holder");
    assert!(DataDirLock::acquire(&folder.data(), "twice").is_err(), "also inside one process");
    drop(lock);
    DataDirLock::acquire(&folder.data(), "after").expect("dropping lets others in");
}

#[test]
fn killed_imports_leave_the_state_before_or_after_never_between() {
    let folder = Folder::new();
    let revisions = [long_series(1, 100), long_series(2, 100)];
    let files =
        [folder.file("a.csv", csv_of(&revisions[0])), folder.file("b.csv", csv_of(&revisions[1]))];
    let mut state: Option<usize> = None;
    let mut died = 0;
    for (round, lines) in [1, 3, 2, 5, 4, 7, 6, 9].into_iter().enumerate() {
        let next = round % 2;
        let mut importer = child("import", &folder.data(), &files[next]);
        hear(&mut importer, lines);
        importer.kill().unwrap();
        died += u32::from(!importer.wait().unwrap().success());
        let found = folder.store().load(&key(), None).unwrap();
        let matches = |revision: usize| columns(&found) == columns(&revisions[revision]);
        let before = state.map_or(found.is_empty(), matches);
        assert!(before || matches(next), "round {round}: {} candles of neither state", found.len());
        if matches(next) {
            state = Some(next);
        }
        assert_eq!(
            folder.store().coverage().unwrap().iter().map(|series| series.candles).sum::<u64>(),
            found.len() as u64
        );
    }
    assert!(died > 0, "no child was caught at work");
}

#[test]
fn killed_funding_imports_leave_the_state_before_or_after_never_between() {
    let folder = Folder::new();
    let text = |rate: &str| -> String {
        let row = |hour: i64| format!("{},8,{rate}\n", 1_672_531_200_000 + hour * 3_600_000);
        (0..30_000).map(row).collect()
    };
    let rates = ["0.0001", "-0.0002"];
    let files = rates.map(|rate| folder.file(&format!("rate{rate}.csv"), text(rate)));
    let mut before: Option<&str> = None;
    let mut died = 0;
    for (round, lines) in [2, 30, 5, 3, 25, 4].into_iter().enumerate() {
        let mut importer = child("funding", &folder.data(), &files[round % 2]);
        hear(&mut importer, lines);
        importer.kill().unwrap();
        died += u32::from(!importer.wait().unwrap().success());
        let found = folder.store().load_funding(MarketKind::UsdM, &symbol(), None).unwrap();
        let all = |rate: &str| {
            let same = found.settlements().iter().all(|one| one.rate.to_string() == rate);
            same && found.len() == 30_000
        };
        let after = rates[round % 2];
        let unchanged = before.map_or(found.is_empty(), all);
        assert!(unchanged || all(after), "round {round}: {} settlements of neither", found.len());
        if all(after) {
            before = Some(after);
        }
    }
    assert!(died > 0, "no child was caught at work");
}
