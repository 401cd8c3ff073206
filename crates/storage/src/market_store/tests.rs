//! A full disk, by SQLite's own limit on the size of the file.

use domain::MarketKind;
use market::synthetic::{demo_specs, generate};

use super::*;

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
    let mut spec = demo_specs().remove(0);
    spec.range.end = spec.range.start.plus_millis(70 * 86_400_000);
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
