//! Work that is cut off: by a full disk (SQLite's own limit on the size of the file), or inside a transaction.

use domain::MarketKind;
use market::synthetic::{SyntheticSpec, generate};

use super::*;

fn minutes_of_days(days: i64) -> SyntheticSpec {
    let start: Timestamp = "2023-07-01".parse().unwrap();
    SyntheticSpec {
        symbol: "BTCUSDT".parse().unwrap(),
        range: domain::TimeRange { start, end: start.plus_millis(days * 86_400_000) },
        first_price: 30_400.0,
        growth_yearly: 0.75,
        price_decimals: 2,
        volume_typical: 90.0,
        seed: 68,
    }
}

fn limit(store: &MarketStore, pages_more: i64) {
    let writer = store.writer();
    let pages: i64 = writer.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    writer.pragma_update(None, "max_page_count", pages + pages_more).unwrap();
}

#[test]
fn a_full_disk_undoes_a_whole_file_of_funding() {
    let folder = tempfile::tempdir().unwrap();
    let store = MarketStore::open(folder.path()).unwrap();
    let path = folder.path().join("rates.csv");
    let row = |hour: i64| format!("{},8,0.0001\n", 1_672_531_200_000 + hour * 3_600_000);
    std::fs::write(&path, (0..20_000).map(row).collect::<String>()).unwrap();
    let symbol: domain::Symbol = "BTCUSDT".parse().unwrap();
    let request = ImportRequest {
        symbol: symbol.clone(),
        market: MarketKind::UsdM,
        on_conflict: OnConflict::Refuse,
        timeframe: None,
        price: None,
    };
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    limit(&store, 3);
    let report = store.import_file(&path, &request, &control);
    assert_eq!(report.status, FileStatus::Failed);
    let message = report.error.unwrap().message;
    let expected = "rates.csv: the disk is full: import rates.csv was undone";
    assert!(message.starts_with(expected), "{message}");
    assert!(store.load_funding(MarketKind::UsdM, &symbol, None).unwrap().is_empty());
    limit(&store, 100_000);
    assert_eq!(store.import_file(&path, &request, &control).new_rows, 20_000);
}

#[test]
fn a_full_disk_undoes_the_whole_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = MarketStore::open(folder.path()).unwrap();
    let mut spec = minutes_of_days(70);
    let before = generate(&spec);
    store.write_series(&before).unwrap();
    let coverage = store.coverage().unwrap();

    limit(&store, 3);
    spec.seed += 1;
    spec.range.end = spec.range.start.plus_millis(200 * 86_400_000);
    let after = generate(&spec);
    let error = store.write_series(&after).unwrap_err();
    assert!(matches!(error, StorageError::DiskFull { .. }), "{error}");
    assert!(
        error.to_string().starts_with("the disk is full: store demo BTCUSDT 1m was undone"),
        "{error}"
    );

    let path = folder.path().join("a.csv");
    let rows: String = (0..after.len())
        .map(|row| {
            let candle = after.candle(row);
            format!(
                "{},{},{},{},{},{}\n",
                candle.open_time.millis(),
                candle.open,
                candle.high,
                candle.low,
                candle.close,
                candle.volume
            )
        })
        .collect();
    std::fs::write(&path, rows).unwrap();
    let request = ImportRequest {
        symbol: spec.symbol,
        market: MarketKind::Spot,
        on_conflict: OnConflict::Refuse,
        timeframe: None,
        price: None,
    };
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    let report = store.import_file(&path, &request, &control);
    assert_eq!(report.status, FileStatus::Failed);
    assert!(
        report
            .error
            .unwrap()
            .message
            .starts_with("a.csv: the disk is full: import a.csv was undone")
    );

    assert_eq!(store.coverage().unwrap(), coverage);
    assert_eq!(store.load(before.key(), None).unwrap(), before);
    limit(&store, 100_000);
    assert_eq!(store.import_file(&path, &request, &control).status, FileStatus::Imported);
}

/// Candles of three months, in the tail.
fn arrived(store: &MarketStore) -> SeriesKey {
    let series = generate(&minutes_of_days(70));
    let key = series.key().clone();
    let columns = columns_of(&series);
    let rows = (0..series.len()).step_by(60).filter_map(|row| columns.row(row, 2));
    let batch: Vec<_> = rows.map(|row| (key.clone(), row)).collect();
    assert_eq!(store.append(&batch, Timestamp::default()).unwrap().new, batch.len() as u64);
    key
}

#[test]
fn a_compaction_that_is_cut_off_leaves_every_candle_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = MarketStore::open(folder.path()).unwrap();
    let key = arrived(&store);
    let (series, coverage) = (store.load(&key, None).unwrap(), store.coverage().unwrap());
    let late = Timestamp::from_millis(i64::MAX);
    {
        let mut writer = store.writer();
        let transaction = writer.transaction().unwrap();
        let id = series_table::find(&transaction, &key).unwrap().unwrap();
        let moved = compact::compact(&transaction, (id, &key), late).ok();
        assert_eq!(moved, Some(series.len() as u64));
    }
    assert_eq!(store.coverage().unwrap(), coverage);
    assert_eq!(store.load(&key, None).unwrap(), series);

    limit(&store, 0);
    let error = store.compact(None, late).unwrap_err();
    let expected = "the disk is full: compact demo BTCUSDT 1m was undone";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert_eq!(store.coverage().unwrap(), coverage);
    limit(&store, 100_000);
    assert_eq!(store.compact(None, late).unwrap().candles, series.len() as u64);
    assert_eq!(store.load(&key, None).unwrap(), series);
}

#[test]
fn a_batch_that_does_not_fit_on_the_disk_is_not_half_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = MarketStore::open(folder.path()).unwrap();
    limit(&store, 2);
    let columns = columns_of(&generate(&minutes_of_days(10)));
    let key = SeriesKey::new(MarketKind::Demo, "BTCUSDT".parse().unwrap(), domain::Timeframe::M1);
    let rows = (0..5000).filter_map(|row| columns.row(row, 2));
    let batch: Vec<_> = rows.map(|row| (key.clone(), row)).collect();
    let error = store.append(&batch, Timestamp::default()).unwrap_err();
    assert!(error.to_string().contains("store 5000 candles was undone"), "{error}");
    assert_eq!(store.coverage().unwrap(), []);
    assert_eq!(store.series_keys().unwrap(), []);
}
