//! Funding files into the store and out again.

use std::path::Path;

use domain::{MarketKind, Price, Rate, Symbol, TimeRange, Timestamp};
use market::import::{FileContent, FundingRow};
use market::{Funding, FundingHistory, FundingKind};
use storage::{
    FileReport, FileStatus, FundingMerged, MarketStore, OnConflict, StorageError, collect_files,
};

use crate::support::{
    Folder, START, gzip, import, import_as, import_funding, rows, symbol, um_request, zip,
};

/// 2023-01-01T00:00:00Z.
const YEAR: i64 = 1_672_531_200_000;
const HOUR: i64 = 3_600_000;

fn archive(hours: impl IntoIterator<Item = i64>, rate: &str) -> String {
    let row = |hour: i64| format!("{},8,{rate}\n", YEAR + hour * HOUR + hour % 16);
    let rows: String = hours.into_iter().map(row).collect();
    format!("calc_time,funding_interval_hours,last_funding_rate\n{rows}")
}

fn item(hour: i64, rate: &str, kind: &str, mark: &str) -> String {
    let time = YEAR + hour * HOUR + 3;
    format!(
        r#"{{"symbol":"BTCUSDT","fundingRate":"{rate}","fundingTime":{time},"markPrice":"{mark}","rateType":"{kind}"}}"#
    )
}

fn history(store: &MarketStore) -> FundingHistory {
    store.load_funding(MarketKind::UsdM, &symbol(), None).unwrap()
}

fn texts(store: &MarketStore) -> Vec<String> {
    let text = |one: &Funding| {
        let hour = (one.settled_at().millis() - YEAR) / HOUR;
        let mark = one.mark.map(|mark| format!(" at {mark}")).unwrap_or_default();
        format!("{hour}h {} {}{mark}", one.rate, one.kind)
    };
    history(store).settlements().iter().map(text).collect()
}

fn import_with(store: &MarketStore, path: &Path, on_conflict: OnConflict) -> FileReport {
    import_as(store, path, &um_request(on_conflict))
}

fn check(name: &str, bytes: &[u8]) {
    let folder = Folder::new();
    let store = folder.store();
    let report = import_funding(&store, &folder.file(name, bytes));
    assert_eq!((report.status, report.error), (FileStatus::Imported, None), "{name}");
    assert_eq!(report.content, Some(FileContent::Funding));
    assert_eq!((report.rows, report.new_rows, report.timeframe), (3, 3, None));
    assert_eq!(report.first.unwrap().millis(), YEAR);
    assert_eq!(report.last.unwrap().millis(), YEAR + 16 * HOUR);
    assert_eq!(
        texts(&store),
        ["0h -0.00000691 regular", "8h -0.00000691 regular", "16h -0.00000691 regular"]
    );
    let before = folder.dump();
    let again = import_funding(&store, &folder.dir.path().join(name));
    assert_eq!((again.status, again.duplicate_rows), (FileStatus::Unchanged, 3));
    assert_eq!(folder.dump(), before);
}

#[test]
fn every_form_is_recognised_whatever_its_name_and_packing() {
    let text = archive([0, 8, 16], "-0.00000691");
    check("BTCUSDT-fundingRate-2023-01.zip", &zip(&[("x.csv", text.as_bytes())]));
    check("anything.csv", text.as_bytes());
    check("rates.csv.gz", &gzip(text.as_bytes()));
    let recorded = |hour: i64| format!("{},BTCUSDT,-0.0000069100,\n", YEAR + hour * HOUR + 8);
    let recorded: String = [0, 8, 16].map(recorded).concat();
    check("recorded.csv", recorded.as_bytes());
    let items = [0, 8, 16].map(|hour| item(hour, "-0.00000691", "Regular", ""));
    check("dump.json", format!("[{}]", items.join(",\n")).as_bytes());
    check("dump.json.gz", &gzip(format!("[{}]", items.join(",")).as_bytes()));
}

#[test]
fn sources_complete_each_other_without_counting_twice() {
    let folder = Folder::new();
    let store = folder.store();
    import_funding(&store, &folder.file("a.csv", archive([0, 8, 13], "0.0001")));
    let items = [
        item(0, "0.00010000", "Regular", "16500.50"),
        item(8, "0.0001", "Regular", ""),
        item(8, "0.01", "Special", "16510"),
    ];
    let json = folder.file("b.json", format!("[{}]", items.join(",")));
    let report = import_funding(&store, &json);
    assert_eq!(
        (report.status, report.new_rows, report.duplicate_rows),
        (FileStatus::Imported, 1, 2)
    );
    assert_eq!(report.warnings, ["mark_price added to 1 stored settlements"]);
    let expected = [
        "0h 0.0001 regular at 16500.5",
        "8h 0.0001 regular",
        "8h 0.01 special at 16510",
        "13h 0.0001 regular",
    ];
    assert_eq!(texts(&store), expected);
    assert_eq!(
        history(&store).settlements()[0].time.millis(),
        YEAR,
        "the time stays as first reported"
    );
    for file in ["a.csv", "b.json"] {
        let path = folder.dir.path().join(file);
        assert_eq!(import_funding(&store, &path).status, FileStatus::Unchanged, "{file}");
    }
    let special = format!("[{}]", item(13, "0.0001", "Special", ""));
    let report = import_with(&store, &folder.file("c.json", special), OnConflict::Replace);
    assert_eq!((report.status, report.conflict_rows), (FileStatus::Imported, 1));
    assert_eq!(texts(&store)[3], "13h 0.0001 special");
    assert_eq!(texts(&store).len(), 4);
}

#[test]
fn another_rate_is_a_conflict_and_treated_as_the_request_says() {
    let folder = Folder::new();
    let store = folder.store();
    import_funding(&store, &folder.file("a.csv", archive((0..20).map(|n| n * 8), "0.0001")));
    let other = folder.file("b.csv", archive((8..30).map(|n| n * 8), "0.00010001"));
    let before = folder.dump();
    let report = import_funding(&store, &other);
    assert_eq!(report.status, FileStatus::Failed);
    assert_eq!((report.conflict_rows, report.new_rows, report.conflicts.len()), (12, 10, 10));
    let message = report.error.unwrap().message;
    assert_eq!(
        message,
        "b.csv: 12 settlements differ from what is stored; first at 2023-01-03T16:00:00Z: funding_rate stored 0.0001, in the file 0.00010001. Nothing was imported; choose to keep or to replace the stored settlements"
    );
    assert_eq!(folder.dump(), before);
    let kept = import_with(&store, &other, OnConflict::Keep);
    assert_eq!((kept.status, kept.conflict_rows), (FileStatus::Imported, 12));
    let count = |rate: &str| texts(&store).iter().filter(|text| text.contains(rate)).count();
    assert_eq!((count(" 0.0001 "), count(" 0.00010001 ")), (20, 10));
    import_with(&store, &other, OnConflict::Replace);
    assert_eq!((count(" 0.0001 "), count(" 0.00010001 ")), (8, 22));
    assert_eq!(import_funding(&store, &other).status, FileStatus::Unchanged);
}

#[test]
fn a_bad_row_leaves_the_store_untouched() {
    let folder = Folder::new();
    let store = folder.store();
    import_funding(&store, &folder.file("a.csv", archive([0, 8], "0.0001")));
    let before = folder.dump();
    let bad = archive([8, 16, 24], "0.0001").replacen("0.0001\n", "0.0002\n", 2)
        + "1672700000000,8,nan\n";
    let report = import_with(&store, &folder.file("bad.csv", bad), OnConflict::Replace);
    assert_eq!((report.status, report.content), (FileStatus::Failed, Some(FileContent::Funding)));
    let error = report.error.unwrap();
    assert_eq!(
        error.message,
        "bad.csv: line 5, funding_rate: expected a finite decimal number, was 'nan'"
    );
    assert_eq!((error.line, error.field.as_deref()), (Some(5), Some("funding_rate")));
    assert_eq!(error.was.as_deref(), Some("'nan'"));
    assert_eq!(folder.dump(), before);
    let control = storage::ImportControl { progress: &|_, _| {}, cancelled: &|| true };
    let good = folder.file("good.csv", archive([16], "0.0001"));
    let report = store.import_file(&good, &um_request(OnConflict::Refuse), &control);
    assert_eq!((report.status, report.error), (FileStatus::Cancelled, None));
    assert_eq!(folder.dump(), before);
}

#[test]
fn progress_ends_at_the_size_of_the_file() {
    let folder = Folder::new();
    let store = folder.store();
    let text = archive((0..5000).map(|n| n * 8), "0.0001");
    let packed =
        [text.clone().into_bytes(), gzip(text.as_bytes()), zip(&[("x.csv", text.as_bytes())])];
    for bytes in packed {
        let path = folder.file("rates", &bytes);
        let last = std::cell::Cell::new((0, 0));
        let progress = |bytes, rows| {
            assert!(bytes >= last.get().0 && rows >= last.get().1, "progress ascends");
            last.set((bytes, rows));
        };
        let control = storage::ImportControl { progress: &progress, cancelled: &|| false };
        let report = store.import_file(&path, &um_request(OnConflict::Refuse), &control);
        assert_eq!(last.get(), (bytes.len() as u64, report.rows));
    }
}

#[test]
fn what_cannot_be_the_funding_of_the_instrument_is_refused() {
    let folder = Folder::new();
    let store = folder.store();
    let refused = |name: &str, text: String| {
        let report = import_funding(&store, &folder.file(name, text));
        assert_eq!(report.status, FileStatus::Failed, "{name}");
        report.error.unwrap().message
    };
    let text = || archive([0, 8], "0.0001");
    assert!(
        refused("ETHUSDT-fundingRate-2023-01.csv", text())
            .contains("expected data of BTCUSDT, the file name says ETHUSDT")
    );
    assert!(refused("BTCUSDT-1m-2023-01.csv", text()).contains(
        "expected 1m candles, as the file name says, was a file of funding rates; rename"
    ));
    assert!(refused("BTCUSDT-trades.csv", text()).contains("its name or folder says trades"));
    let ether = format!("{YEAR},ETHUSDT,0.0001,\n");
    assert!(
        refused("x.csv", ether)
            .contains("line 1, symbol: expected BTCUSDT, one symbol a file, was 'ETHUSDT'")
    );
    assert!(
        refused("BTCUSDT-fundingRate-2023-01.csv", rows(0..3))
            .contains("header: expected calc_time,")
    );
    let report = import(&store, &folder.file("spot.csv", text()));
    assert_eq!(
        report.error.unwrap().message,
        "spot.csv: expected the market um, was spot: it has no funding rates"
    );
    assert!(store.funding_coverage().unwrap().is_empty());
}

#[test]
fn coverage_tells_ends_marks_and_gaps() {
    let folder = Folder::new();
    let store = folder.store();
    let hours = [0, 8, 16, 24, 48, 56, 64, 72];
    let report = import_funding(&store, &folder.file("a.csv", archive(hours, "0.0001")));
    assert_eq!((report.gap_count, report.gaps[0].missing), (1, 2));
    let other: Symbol = "ETHUSDT".parse().unwrap();
    let request =
        storage::ImportRequest { symbol: other.clone(), ..um_request(OnConflict::Refuse) };
    import_as(&store, &folder.file("b.csv", archive([0], "0.0001")), &request);
    let marked = format!("[{}]", item(8, "0.0001", "Regular", "16500"));
    import_funding(&store, &folder.file("c.json", marked));

    let coverage = store.funding_coverage().unwrap();
    assert_eq!(coverage.len(), 2);
    let bitcoin = &coverage[0];
    assert_eq!((bitcoin.market, &bitcoin.symbol), (MarketKind::UsdM, &symbol()));
    assert_eq!((bitcoin.settlements, bitcoin.with_mark), (8, 1));
    assert_eq!((bitcoin.first.millis(), bitcoin.last.millis()), (YEAR, YEAR + 72 * HOUR));
    assert_eq!(bitcoin.gaps, report.gaps);
    assert_eq!(bitcoin.gaps[0].from.millis(), YEAR + 32 * HOUR);

    assert_eq!(store.delete_funding(MarketKind::UsdM, &symbol()).unwrap(), 8);
    assert_eq!(store.delete_funding(MarketKind::UsdM, &symbol()).unwrap(), 0);
    let coverage = store.funding_coverage().unwrap();
    assert_eq!((coverage.len(), &coverage[0].symbol), (1, &other), "others stay");
}

#[test]
fn ranges_are_half_open_by_the_minute() {
    let folder = Folder::new();
    let store = folder.store();
    import_funding(&store, &folder.file("a.csv", archive((0..6).map(|n| n * 8), "0.0001")));
    let at = |hour: i64| Timestamp::from_millis(YEAR + hour * HOUR);
    for (start, end, expected) in [(8, 24, 2), (0, 8, 1), (9, 16, 0), (40, 100, 1), (24, 8, 0)] {
        let range = TimeRange { start: at(start), end: at(end) };
        let part = store.load_funding(MarketKind::UsdM, &symbol(), Some(range)).unwrap();
        assert_eq!(part.len(), expected, "{start} to {end}");
        assert_eq!(part.settlements(), history(&store).slice(range));
    }
    assert!(store.load_funding(MarketKind::Demo, &symbol(), None).unwrap().is_empty());
}

#[test]
fn whole_histories_are_stored_exactly_and_replaced_whole() {
    let folder = Folder::new();
    let store = folder.store();
    let long = "0.0001000000000000000000000001".parse().unwrap();
    let funding = |hour: i64, kind| Funding {
        time: Timestamp::from_millis(YEAR + hour * HOUR - 7),
        rate: Rate::new(long).unwrap(),
        mark: Some(Price::new(long).unwrap()),
        kind,
    };
    let both = vec![funding(0, FundingKind::Regular), funding(0, FundingKind::Special)];
    let both = FundingHistory::new(both).unwrap();
    store.write_funding(MarketKind::Demo, &symbol(), &both).unwrap();
    assert_eq!(store.load_funding(MarketKind::Demo, &symbol(), None).unwrap(), both);
    let one = FundingHistory::new(vec![funding(8, FundingKind::Special)]).unwrap();
    store.write_funding(MarketKind::Demo, &symbol(), &one).unwrap();
    assert_eq!(store.load_funding(MarketKind::Demo, &symbol(), None).unwrap(), one);
}

#[test]
fn damaged_rows_are_noticed() {
    for change in [
        "rate = 'x'",
        "rate = '1001'",
        "mark = '0'",
        "mark = ''",
        "time_ms = time_ms + 60000",
        "settled_at_ms = settled_at_ms + 60000",
    ] {
        let folder = Folder::new();
        import_funding(&folder.store(), &folder.file("a.csv", archive([0, 8], "0.0001")));
        let connection = rusqlite::Connection::open(folder.data().join("market.db")).unwrap();
        connection
            .execute(&format!("UPDATE funding SET {change} WHERE time_ms = {YEAR}"), [])
            .unwrap();
        let store = folder.store();
        let error = store.load_funding(MarketKind::UsdM, &symbol(), None).unwrap_err();
        assert!(matches!(error, StorageError::Corrupt { .. }), "{change}: {error}");
        assert!(error.to_string().contains("funding of um BTCUSDT, 2023-01-01T00:0"), "{error}");
        let before = folder.dump();
        let report = import_funding(&store, &folder.file("b.csv", archive([0, 8, 16], "0.0001")));
        assert_eq!(report.status, FileStatus::Failed, "nothing is merged into damaged rows");
        assert_eq!(folder.dump(), before);
    }
}

#[test]
fn a_folder_of_mixed_files_goes_in_as_what_each_file_is() {
    let folder = Folder::new();
    let store = folder.store();
    folder.file("mix/funding_BTCUSDT.json", format!("[{}]", item(0, "0.0001", "Regular", "")));
    folder.file("mix/package.json", "{}");
    folder.file("mix/rates.csv", archive([8, 16], "0.0001"));
    folder.file("mix/candles.csv", rows(0..30));
    let mark = rows(0..30).replace(",5,", ",0,");
    folder.file("mix/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2023-01.csv", &mark);
    folder.file("mix/indexPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2023-01.csv", &mark);
    let (files, unusable) = collect_files(&[folder.dir.path().join("mix")]);
    assert!(unusable.is_empty(), "{unusable:?}");
    let reports = files.iter().map(|file| import_funding(&store, file));
    let shown: Vec<String> = reports
        .map(|report| {
            let content = report.content.map(|content| content.to_string());
            format!("{:?} {}", report.status, content.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Imported candles",
            "Imported funding rates",
            "Failed ",
            "Imported mark price candles",
            "Imported funding rates"
        ]
    );
    let keys: Vec<String> = store.series_keys().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(keys, ["um BTCUSDT 1m", "um BTCUSDT 1m mark"]);
    assert_eq!(history(&store).len(), 3);
}

#[test]
fn settlements_that_came_one_by_one_meet_stored_ones_as_those_of_a_file_do() {
    let folder = Folder::new();
    let store = folder.store();
    import_funding(&store, &folder.file("a.csv", format!("{START},8,0.0001\n")));
    let row = |hours: i64, rate: &str, mark: Option<&str>| FundingRow {
        time: Timestamp::from_millis(START + hours * 3_600_000 + 7),
        rate: Rate::new(rate.parse().unwrap()).unwrap(),
        mark: mark.map(|text| Price::new(text.parse().unwrap()).unwrap()),
        kind: None,
    };
    let merge = |rows: &[FundingRow], policy| {
        store.merge_funding(MarketKind::UsdM, &symbol(), rows, policy)
    };
    let page = [row(16, "0.0003", None), row(0, "0.0001", Some("20000")), row(8, "0.0002", None)];
    let merged = merge(&page, OnConflict::Refuse).unwrap();
    assert_eq!((merged.new, merged.duplicates, merged.conflict_count), (2, 1, 0));
    let overlapping = [row(8, "0.0002", None), row(8, "0.0002", None), row(24, "0.0004", None)];
    let merged = merge(&overlapping, OnConflict::Refuse).unwrap();
    assert_eq!((merged.new, merged.duplicates), (1, 1));

    let revised = [row(8, "0.0009", None), row(32, "0.0005", None)];
    let refused = merge(&revised, OnConflict::Refuse).unwrap();
    assert!(refused.is_refused);
    assert_eq!((refused.conflict_count, refused.conflicts[0].file.as_str()), (1, "0.0009"));
    let rates = || {
        let history = store.load_funding(MarketKind::UsdM, &symbol(), None).unwrap();
        let shown = |one: &Funding| (one.rate.to_string(), one.mark.is_some());
        history.settlements().iter().map(shown).collect::<Vec<_>>()
    };
    let rate = |text: &str| (text.to_owned(), false);
    let kept = [("0.0001".to_owned(), true), rate("0.0002"), rate("0.0003"), rate("0.0004")];
    assert_eq!(rates(), kept);
    assert!(!merge(&revised, OnConflict::Replace).unwrap().is_refused);
    assert_eq!((rates()[1].clone(), rates().len()), (rate("0.0009"), 5));

    let two = [row(40, "0.0001", None), row(40, "0.0002", None)];
    let error = merge(&two, OnConflict::Replace).unwrap_err();
    assert!(error.to_string().contains("one settlement of a kind in a minute"), "{error}");
    let error = merge(&[row(40, "1.5", None)], OnConflict::Replace).unwrap_err();
    assert!(error.to_string().contains("expected a rate between -1 and 1, was 1.5"), "{error}");
    assert_eq!(merge(&[], OnConflict::Refuse).unwrap(), FundingMerged::default());
    assert_eq!(rates().len(), 5);
}
