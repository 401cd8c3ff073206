//! Files into the store and out again.

use std::cell::Cell;

use domain::{MarketKind, PriceScale, TimeRange, Timeframe, Timestamp};
use market::{Columns, Series, SeriesKey};
use storage::{FileStatus, ImportControl, ImportRequest, OnConflict};

use crate::support::{
    Folder, HEADER, START, columns, csv_of, gzip, import, key, long_series, request, row, rows, zip,
};

fn check(name: &str, bytes: &[u8]) {
    let folder = Folder::new();
    let store = folder.store();
    let report = import(&store, &folder.file(name, bytes));
    assert_eq!((report.status, report.error), (FileStatus::Imported, None), "{name}");
    assert_eq!((report.rows, report.new_rows, report.duplicate_rows), (30, 30, 0), "{name}");
    assert_eq!(report.timeframe, Some(Timeframe::M1));
    assert_eq!(report.first.unwrap().millis(), START);
    let series = store.load_full(&key(), None).unwrap();
    assert_eq!(series.len(), 30);
    assert_eq!(series.close(), [101.5; 30]);
    assert_eq!(series.extra().trades, [7.0; 30]);
    assert_eq!(series.scale().decimals(), 1);
    assert!(store.load(&key(), None).unwrap().extra().trades.is_empty(), "only asked for candles");
}

#[test]
fn plain_gzip_and_zip() {
    let text = format!("{HEADER}\n{}", rows(0..30));
    check("a.csv", text.as_bytes());
    check("a.csv.gz", &gzip(text.as_bytes()));
    check("a.zip", &zip(&[("x.csv", text.as_bytes())]));
    check("BTCUSDT-1m-2023-01.zip", &zip(&[("BTCUSDT-1m-2023-01.csv", text.as_bytes())]));
}

#[test]
fn overlaps_are_idempotent_and_gaps_close() {
    let folder = Folder::new();
    let store = folder.store();
    let first = import(&store, &folder.file("a.csv", rows((0..20).chain(25..40))));
    assert_eq!((first.new_rows, first.gaps.len(), first.gaps[0].missing), (35, 1, 5));
    let again = import(&store, &folder.dir.path().join("a.csv"));
    assert_eq!(
        (again.status, again.new_rows, again.duplicate_rows),
        (FileStatus::Unchanged, 0, 35)
    );
    let coverage = store.coverage().unwrap().remove(0);
    assert_eq!((coverage.candles, coverage.gaps.len(), coverage.gaps[0].missing), (35, 1, 5));
    let fill = import(&store, &folder.file("b.csv", rows(10..30)));
    assert_eq!((fill.status, fill.new_rows, fill.duplicate_rows), (FileStatus::Imported, 5, 15));
    let coverage = store.coverage().unwrap().remove(0);
    assert_eq!((coverage.candles, coverage.gaps.len()), (40, 0));
    let expected: Vec<i64> = (0..40).map(|minute| START + minute * 60_000).collect();
    assert_eq!(store.load(&key(), None).unwrap().open_times(), expected);
}

#[test]
fn coverage_tells_months_gaps_between_them_and_size() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows((0..5).chain(12..20))));
    let coverage = store.coverage().unwrap();
    assert_eq!(coverage.len(), 1);
    let coverage = &coverage[0];
    assert_eq!((&coverage.key, coverage.candles, coverage.price_decimals), (&key(), 13, 1));
    assert_eq!((coverage.first.millis(), coverage.last.millis()), (START, START + 19 * 60_000));
    assert_eq!((coverage.gaps[0].from.millis(), coverage.gaps[0].missing), (START + 5 * 60_000, 7));
    let months: Vec<_> =
        coverage.months.iter().map(|m| (m.year, m.month, m.candles, m.expected)).collect();
    assert_eq!(months, [(2023, 1, 5, 44_640), (2023, 2, 8, 40_320)]);
    assert!(coverage.bytes > 100 && coverage.updated_at > coverage.last);
    assert_eq!(store.series_keys().unwrap(), [key()]);
}

#[test]
fn ranges_are_half_open_and_unknown_series_are_empty() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("a.csv", rows(0..30)));
    let at = |minute: i64| Timestamp::from_millis(START + minute * 60_000);
    let part = store.load_full(&key(), Some(TimeRange { start: at(8), end: at(12) })).unwrap();
    assert_eq!(part.open_times(), [at(8), at(9), at(10), at(11)].map(Timestamp::millis));
    assert_eq!(part.extra().quote_volume.len(), 4);
    assert!(
        store.load(&key(), Some(TimeRange { start: at(100), end: at(200) })).unwrap().is_empty()
    );
    assert!(store.load(&key(), Some(TimeRange { start: at(12), end: at(8) })).unwrap().is_empty());
    let other = SeriesKey { market: MarketKind::UsdM, ..key() };
    assert!(store.load(&other, None).unwrap().is_empty());
}

#[test]
fn the_month_after_the_end_of_a_range_is_not_read() {
    let folder = Folder::new();
    let store = folder.store();
    let finer = rows(10..20).replace("101.5", "101.5125");
    import(&store, &folder.file("a.csv", rows(0..10) + &finer));
    let february = Timestamp::from_millis(START + 600_000);
    let range = |end| Some(TimeRange { start: Timestamp::from_millis(START), end });
    let january = store.load(&key(), range(february)).unwrap();
    assert_eq!((january.len(), january.scale().decimals()), (10, 1));
    let more = store.load(&key(), range(february.plus_millis(1))).unwrap();
    assert_eq!((more.len(), more.scale().decimals()), (11, 4));
}

#[test]
fn whole_series_are_stored_bit_for_bit_and_replaced_whole() {
    let folder = Folder::new();
    let store = folder.store();
    let series = long_series(1, 45);
    store.write_series(&series).unwrap();
    drop(store);
    let store = folder.store();
    assert_eq!(store.load_full(series.key(), None).unwrap(), series);
    let shorter = long_series(2, 3);
    store.write_series(&shorter).unwrap();
    assert_eq!(store.load_full(series.key(), None).unwrap(), shorter);
    assert_eq!(store.delete_series(series.key()).unwrap(), shorter.len() as u64);
    assert_eq!(store.delete_series(series.key()).unwrap(), 0);
    assert!(store.coverage().unwrap().is_empty());
}

#[test]
fn values_that_are_no_short_decimals_survive_too() {
    let folder = Folder::new();
    let store = folder.store();
    let mut odd = Columns::default();
    for (minute, price, volume) in [
        (0, std::f64::consts::PI, 1e-30),
        (1, 1e-12, 1e300),
        (2, 1e9, 9_007_199_254_740_993.0),
        (3, 0.1 + 0.2, 0.1 + 0.2),
    ] {
        let open_time = Timestamp::from_millis(START + minute * 60_000);
        odd.push(&domain::Candle {
            open_time,
            open: price,
            high: price,
            low: price,
            close: price,
            volume,
        });
    }
    odd.extra.quote_volume = odd.volume.clone();
    let series = Series::new(key(), PriceScale::new(15), odd).unwrap();
    store.write_series(&series).unwrap();
    assert_eq!(store.load_full(&key(), None).unwrap(), series);
}

#[test]
fn a_bad_row_leaves_the_store_untouched() {
    let folder = Folder::new();
    let store = folder.store();
    import(&store, &folder.file("good.csv", rows(0..30)));
    let before = folder.dump();
    let mut text = rows(5..20_000);
    text += &row(20_000, "nan");
    let report = import(&store, &folder.file("bad.csv", &text));
    assert_eq!(report.status, FileStatus::Failed);
    let error = report.error.unwrap();
    assert_eq!(
        error.message,
        "bad.csv: line 19996, close: expected a finite decimal number, was 'nan'"
    );
    assert_eq!((error.line, error.field.as_deref()), (Some(19_996), Some("close")));
    assert_eq!(
        (error.expected.as_deref(), error.was.as_deref()),
        (Some("a finite decimal number"), Some("'nan'"))
    );
    assert_eq!(folder.dump(), before);
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let folder = Folder::new();
    let store = folder.store();
    let path = folder.file("a.csv", csv_of(&long_series(1, 70)));
    let asked = Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let before = folder.dump();
    let control = ImportControl { progress: &|_, _| {}, cancelled: &cancelled };
    let report = store.import_file(&path, &request(OnConflict::Refuse), &control);
    assert_eq!((report.status, report.error), (FileStatus::Cancelled, None));
    assert_eq!(folder.dump(), before);
    assert_eq!(
        import(&store, &path).status,
        FileStatus::Imported,
        "the store is usable afterwards"
    );
}

#[test]
fn progress_ends_at_the_size_of_the_file() {
    let folder = Folder::new();
    let store = folder.store();
    let series = long_series(1, 3);
    let path = folder.file("a.csv.gz", gzip(csv_of(&series).as_bytes()));
    let last = Cell::new((0, 0));
    let progress = |bytes, rows| {
        assert!(bytes >= last.get().0 && rows >= last.get().1, "progress ascends");
        last.set((bytes, rows));
    };
    let control = ImportControl { progress: &progress, cancelled: &|| false };
    let report = store.import_file(&path, &request(OnConflict::Refuse), &control);
    assert_eq!(last.get(), (std::fs::metadata(&path).unwrap().len(), report.rows));
}

#[test]
fn imports_at_the_same_time_wait_for_each_other() {
    let folder = Folder::new();
    let store = folder.store();
    let series = long_series(1, 40);
    let path = folder.file("a.csv", csv_of(&series));
    let reports = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| import(&store, &path)));
        both.map(|thread| thread.join().unwrap())
    });
    let mut statuses = reports.map(|report| format!("{:?}", report.status));
    statuses.sort();
    assert_eq!(statuses, ["Imported", "Unchanged"]);
    assert_eq!(columns(&store.load(&key(), None).unwrap()), columns(&series));
}

#[test]
fn an_import_that_waits_for_another_can_be_cancelled() {
    let folder = Folder::new();
    let store = folder.store();
    let path = folder.file("a.csv", rows(0..30));
    let (started, start) = std::sync::mpsc::sync_channel(1);
    let (release, released) = std::sync::mpsc::sync_channel::<()>(1);
    std::thread::scope(|scope| {
        let (store, path) = (&store, &path);
        let first = scope.spawn(move || {
            // Stands still inside the import until the second one is done.
            let wait = Cell::new(Some((started, released)));
            let progress = |_, _| {
                if let Some((started, released)) = wait.take() {
                    started.send(()).unwrap();
                    released.recv().unwrap();
                }
            };
            let control = ImportControl { progress: &progress, cancelled: &|| false };
            store.import_file(path, &request(OnConflict::Refuse), &control)
        });
        start.recv().unwrap();
        let control = ImportControl { progress: &|_, _| {}, cancelled: &|| true };
        let second = store.import_file(path, &request(OnConflict::Refuse), &control);
        release.send(()).unwrap();
        assert_eq!(second.status, FileStatus::Cancelled);
        assert_eq!(first.join().unwrap().status, FileStatus::Imported);
    });
}

#[test]
fn names_that_contradict_the_request_are_refused_or_doubted() {
    let folder = Folder::new();
    let store = folder.store();
    let refused = |name: &str| {
        let report = import(&store, &folder.file(name, rows(0..3)));
        assert_eq!(report.status, FileStatus::Failed, "{name}");
        report.error.unwrap().message
    };
    assert!(
        refused("binance_um_ETHUSDT_1m.csv")
            .contains("expected data of BTCUSDT, the file name says ETHUSDT")
    );
    assert!(
        refused("BTCUSDT-indexPriceKlines-1m.csv").contains("its name or folder says index prices")
    );
    assert!(store.coverage().unwrap().is_empty());
    let other = match request(OnConflict::Refuse).market {
        MarketKind::Spot => "um",
        MarketKind::UsdM | MarketKind::Demo => "spot",
    };
    let report = import(&store, &folder.file(&format!("x_{other}_BTCUSDT.csv"), rows(0..3)));
    assert_eq!(report.status, FileStatus::Imported);
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.contains(&format!("the file name says {other}")))
    );
}

#[test]
fn what_is_no_file_is_a_failed_report() {
    let folder = Folder::new();
    let store = folder.store();
    let report = import(&store, &folder.dir.path().join("missing.csv"));
    assert!(report.error.unwrap().message.starts_with("missing.csv: cannot be read"));
    let report = import(&store, folder.dir.path());
    assert!(report.error.unwrap().message.contains("expected a file, was a folder or device"));
    let report = import(&store, &folder.file("ETHUSDT-1m-2023-01.csv", rows(0..3)));
    assert!(report.error.unwrap().message.contains("the file name says ETHUSDT"));
    let made_up = ImportRequest { market: MarketKind::Demo, ..request(OnConflict::Refuse) };
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    let report = store.import_file(&folder.file("a.csv", rows(0..3)), &made_up, &control);
    assert!(report.error.unwrap().message.contains("expected the market um or spot, was demo"));
    assert!(store.series_keys().unwrap().is_empty());
}
