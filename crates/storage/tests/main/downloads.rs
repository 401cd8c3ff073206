//! Downloads that are cut off and go on.

use domain::{Candle, TimeRange, Timeframe};
use market::{CandleRow, SeriesKey};
use storage::{
    CheckOutcome, CheckedRange, CheckedTimeframe, Download, DownloadPart, FetchedPart, FileReport,
    FileStatus, ImportControl, ImportRequest, JobStatus, MarketStore, OnConflict, PartState,
    StorageError,
};

use crate::support::{
    Folder, START, at, candle, candles, import, key, request, row, rows, symbol, um_request,
};

fn download(id: &str, minute: i64) -> Download {
    Download {
        id: id.to_owned(),
        request_json: "{\"symbols\":[\"BTCUSDT\"]}".to_owned(),
        state: JobStatus::Queued,
        created_at: at(minute),
        updated_at: at(minute),
        error: None,
    }
}

fn parts(names: &[&str]) -> Vec<DownloadPart> {
    names.iter().map(|name| DownloadPart::waiting(*name, at(0))).collect()
}

fn with_parts(names: &[&str]) -> (Folder, MarketStore) {
    let folder = Folder::new();
    let store = folder.store();
    store.insert_download(&download("a", 0), &parts(names)).unwrap();
    (folder, store)
}

fn fetched(name: &str) -> FetchedPart<'_> {
    FetchedPart { download_id: "a", name, archive_checksum: Some("c0ffee"), bytes: 99, now: at(7) }
}

fn import_part(
    (folder, store): (&Folder, &MarketStore),
    text: &str,
    request: &ImportRequest,
    part: &FetchedPart<'_>,
) -> FileReport {
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    let request = ImportRequest { timeframe: Some(Timeframe::M1), ..request.clone() };
    store.import_part(&folder.file("part.csv", text), &request, &control, part)
}

fn states(store: &MarketStore) -> Vec<(String, PartState, u64)> {
    let parts = store.download_parts("a").unwrap();
    parts.into_iter().map(|part| (part.name, part.state, part.rows)).collect()
}

#[test]
fn downloads_are_listed_until_they_are_finished() {
    let (folder, store) = with_parts(&["x"]);
    store.insert_download(&download("b", 1), &[]).unwrap();
    assert!(store.insert_download(&download("b", 2), &[]).is_err(), "an id is used once");
    let now = at(5);
    assert!(store.set_download_state("a", (JobStatus::Running, None), now).unwrap());
    assert!(store.set_download_state("b", (JobStatus::Failed, Some("no")), now).unwrap());
    assert!(!store.set_download_state("c", (JobStatus::Failed, None), now).unwrap());
    drop(store);
    let store = folder.store();
    let running = Download { state: JobStatus::Running, updated_at: now, ..download("a", 0) };
    assert_eq!(store.unfinished_downloads().unwrap(), std::slice::from_ref(&running));
    assert_eq!(store.download("a").unwrap(), Some(running));
    assert_eq!(store.downloads().unwrap()[1].error.as_deref(), Some("no"));
    assert!(store.delete_download("a").unwrap());
    assert!(!store.delete_download("a").unwrap());
    assert_eq!((store.download("a").unwrap(), store.download_parts("a").unwrap()), (None, vec![]));
}

#[test]
fn parts_keep_their_order_and_are_added_once() {
    let (_folder, store) = with_parts(&["z", "a"]);
    assert_eq!(store.add_download_parts("a", &parts(&["a", "m"])).unwrap(), 1);
    assert!(store.add_download_parts("unknown", &parts(&["a"])).is_err());
    let failed = DownloadPart {
        state: PartState::Failed,
        error: Some("expected 200, was 503".to_owned()),
        ..DownloadPart::waiting("a", at(3))
    };
    assert!(store.update_download_part("a", &failed).unwrap());
    assert!(!store.update_download_part("a", &DownloadPart::waiting("q", at(3))).unwrap());
    let found = store.download_parts("a").unwrap();
    assert_eq!(found, [parts(&["z"])[0].clone(), failed, parts(&["m"])[0].clone()]);
}

#[test]
fn a_part_is_marked_with_its_rows_also_when_it_holds_nothing_new() {
    let (folder, store) = with_parts(&["one", "two", "rates"]);
    let refuse = request(OnConflict::Refuse);
    let report = import_part((&folder, &store), &rows(0..5), &refuse, &fetched("one"));
    assert_eq!(report.status, FileStatus::Imported);
    let report = import_part((&folder, &store), &rows(1..4), &refuse, &fetched("two"));
    assert_eq!(report.status, FileStatus::Unchanged);
    let rates = format!("{START},8,0.0001\n");
    let um = um_request(OnConflict::Refuse);
    let report = import_part((&folder, &store), &rates, &um, &fetched("rates"));
    assert_eq!(report.status, FileStatus::Imported);
    drop(store);
    let store = folder.store();
    let stored = |name: &str, rows| (name.to_owned(), PartState::Stored, rows);
    assert_eq!(states(&store), [stored("one", 5), stored("two", 3), stored("rates", 1)]);
    let part = store.download_parts("a").unwrap().remove(0);
    assert_eq!((part.archive_checksum.as_deref(), part.bytes), (Some("c0ffee"), 99));
    assert_eq!(part.updated_at, at(7));
    assert_eq!(store.load_funding(um.market, &symbol(), None).unwrap().len(), 1);
}

#[test]
fn a_refused_part_stays_as_it_was() {
    let (folder, store) = with_parts(&["one"]);
    import(&store, &folder.file("a.csv", rows(0..3)));
    let text = row(1, "99.5") + "\n" + &row(9, "101.5");
    let refuse = request(OnConflict::Refuse);
    let report = import_part((&folder, &store), &text, &refuse, &fetched("one"));
    assert_eq!(report.status, FileStatus::Failed);
    assert_eq!(states(&store), [("one".to_owned(), PartState::Waiting, 0)]);
    let report = import_part((&folder, &store), "nonsense", &refuse, &fetched("one"));
    assert_eq!(report.status, FileStatus::Failed);
    assert_eq!(store.load(&key(), None).unwrap().len(), 3);
}

#[test]
fn a_part_that_no_download_has_stores_nothing() {
    let (folder, store) = with_parts(&["one"]);
    let refuse = request(OnConflict::Refuse);
    let report = import_part((&folder, &store), &rows(0..5), &refuse, &fetched("gone"));
    let message = report.error.unwrap().message;
    assert_eq!(message, "part.csv: download a has no part gone");
    let error = store.append_part(&candles(0..5), &fetched("gone")).unwrap_err();
    assert!(matches!(error, StorageError::UnknownPart { .. }), "{error}");
    assert_eq!((store.coverage().unwrap(), store.series_keys().unwrap()), (vec![], vec![]));
}

#[test]
fn candles_are_appended_together_with_the_mark_of_their_part() {
    let (_folder, store) = with_parts(&["one", "two"]);
    assert_eq!(store.append_part(&candles(0..4), &fetched("one")).unwrap().new, 4);
    let mut bad = candles(4..6);
    bad[1].1.candle.high = -1.0;
    assert!(store.append_part(&bad, &fetched("two")).is_err());
    let state = |name: &str, state, rows| (name.to_owned(), state, rows);
    assert_eq!(
        states(&store),
        [state("one", PartState::Stored, 4), state("two", PartState::Waiting, 0)]
    );
}

#[test]
fn what_the_archive_says_otherwise_is_a_revision() {
    let (folder, store) = with_parts(&["one"]);
    store.append(&candles(0..3), at(3)).unwrap();
    let text = [row(0, "101.5"), row(1, "99.5"), row(3, "101.5")].join("\n");
    let replace = request(OnConflict::Replace);
    let report = import_part((&folder, &store), &text, &replace, &fetched("one"));
    assert_eq!((report.new_rows, report.conflict_rows), (1, 1));
    let (revisions, total) = store.revisions(&key(), None, 9).unwrap();
    assert_eq!((total, revisions[0].before), (1, candle(1, 101.5)));
    assert_eq!((revisions[0].after.candle.close, revisions[0].seen_at), (99.5, at(7)));
    import_by_hand(&folder, &store);
    assert_eq!(store.revisions(&key(), None, 9).unwrap().1, 1, "a person's file is no revision");
}

#[test]
fn what_the_venue_says_otherwise_is_kept_with_the_mark_of_its_check() {
    let (folder, store) = with_parts(&["check"]);
    store.append(&candles(0..3), at(3)).unwrap();
    let hour = |open: f64| CandleRow {
        candle: Candle { open, ..candle(0, 101.5).candle },
        ..candle(0, 101.5)
    };
    let checked = CheckedRange {
        key: key(),
        timeframe: Timeframe::H1,
        range: TimeRange { start: at(-180), end: at(60) },
    };
    let part = DownloadPart {
        state: PartState::Stored,
        rows: 2,
        differences: 1,
        ..DownloadPart::waiting("check", at(9))
    };
    let mut row = hour(101.0);
    row.candle.open_time = Timeframe::H1.open_of(row.candle.open_time);
    assert!(store.venue_checks(&key()).unwrap().is_empty(), "none was ever compared");
    let hours = [row.candle.open_time.plus_millis(-3_600_000), row.candle.open_time];
    let one_differs = CheckOutcome { compared: &hours, different: &[row] };
    store.write_check(&checked, one_differs, ("a", &part)).unwrap();
    let counted =
        |candles| [CheckedTimeframe { timeframe: Timeframe::H1, candles, last: part.updated_at }];
    assert_eq!(store.venue_checks(&key()).unwrap(), counted(2));
    assert_eq!(store.download_parts("a").unwrap(), std::slice::from_ref(&part));
    let kept = store.venue_candles(&key()).unwrap();
    assert_eq!((kept.len(), kept[0].candle(0)), (1, row.candle));
    let gone = DownloadPart { name: "gone".to_owned(), ..part.clone() };
    let error = store.write_check(&checked, CheckOutcome::default(), ("a", &gone)).unwrap_err();
    assert!(matches!(error, StorageError::UnknownPart { .. }), "{error}");
    assert_eq!(store.venue_candles(&key()).unwrap(), kept, "all of it or nothing");
    assert_eq!(store.venue_checks(&key()).unwrap(), counted(2));
    let equal = CheckOutcome { compared: &hours[1..], different: &[] };
    store.write_check(&checked, equal, ("a", &part)).unwrap();
    assert!(store.venue_candles(&key()).unwrap().is_empty());
    assert_eq!(store.venue_checks(&key()).unwrap(), counted(1), "compared and equal is told");
    let earlier = TimeRange { end: hours[1], ..checked.range };
    let earlier = CheckedRange { range: earlier, ..checked.clone() };
    let again = CheckOutcome { compared: &hours[..1], different: &[] };
    store.write_check(&earlier, again, ("a", &part)).unwrap();
    assert_eq!(store.venue_checks(&key()).unwrap(), counted(2), "other hours of a day stay");
    store.write_check(&checked, one_differs, ("a", &part)).unwrap();
    store.delete_series(&key()).unwrap();
    for table in ["venue_candle", "venue_check"] {
        assert_eq!(folder.rows_of(table), 0, "they go with their series");
    }
}

fn import_by_hand(folder: &Folder, store: &MarketStore) {
    let path = folder.file("hand.csv", row(2, "95.5") + "\n" + &row(3, "101.5"));
    let report = crate::support::import_with(store, &path, OnConflict::Replace);
    assert_eq!(report.conflict_rows, 1);
    let key: SeriesKey = key();
    assert_eq!(store.load(&key, None).unwrap().close()[2], 95.5);
}
