//! The recorded year, where the machine has it: `STB_MARKET_DATA` names the folder.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use domain::{MarketKind, PriceKind, Symbol, Timeframe};
use market::import::{MonthBatch, ReadControl, ReadOptions, read_klines};
use market::{Funding, SeriesKey};
use storage::{FileStatus, ImportRequest, OnConflict};

use crate::support::{Folder, import, import_as, key, um_request};

fn year() -> Option<PathBuf> {
    recorded("binance_spot_BTCUSDT_1m_2023.csv.gz")
}

fn recorded(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market");
    let dir = std::env::var_os("STB_MARKET_DATA").map_or(beside, PathBuf::from);
    let path = dir.join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("the recorded data is not here, nothing to compare: {}", path.display());
    None
}

#[test]
fn the_recorded_funding_is_stored_digit_for_digit() {
    for name in ["BTCUSDT", "ETHUSDT"] {
        let Some(path) = recorded(&format!("binance_um_funding_{name}_2023.csv")) else { return };
        let folder = Folder::new();
        let store = folder.store();
        let symbol: Symbol = name.parse().unwrap();
        let request = ImportRequest { symbol: symbol.clone(), ..um_request(OnConflict::Refuse) };
        let report = import_as(&store, &path, &request);
        assert_eq!((report.status, report.error), (FileStatus::Imported, None));
        assert_eq!((report.new_rows, report.gap_count, report.warnings), (1095, 0, vec![]));

        let history = store.load_funding(MarketKind::UsdM, &symbol, None).unwrap();
        let stored: Vec<String> = history
            .settlements()
            .iter()
            .map(|one| format!("{},{name},{},", one.time.millis(), one.rate))
            .collect();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(stored, text.lines().skip(1).collect::<Vec<_>>());
        let late = |one: &Funding| one.time.millis() - one.settled_at().millis();
        assert_eq!(history.settlements().iter().map(late).max(), Some(29));
        let intervals = history.intervals();
        assert_eq!((intervals.len(), intervals[0].hours), (1, 8));
        assert_eq!(import_as(&store, &path, &request).status, FileStatus::Unchanged);
        assert_eq!(store.funding_coverage().unwrap()[0].settlements, 1095);
    }
}

#[test]
fn recorded_mark_prices_are_found_by_their_name() {
    for name in ["BTCUSDT", "ETHUSDT"] {
        let Some(path) = recorded(&format!("binance_um_mark_{name}_8h_2023.csv")) else { return };
        let folder = Folder::new();
        let store = folder.store();
        let symbol: Symbol = name.parse().unwrap();
        let request = ImportRequest { symbol: symbol.clone(), ..um_request(OnConflict::Refuse) };
        let report = import_as(&store, &path, &request);
        assert_eq!((report.status, report.new_rows), (FileStatus::Imported, 1095));
        assert_eq!((report.gap_count, report.warnings), (0, vec![]));
        let key = SeriesKey::new(MarketKind::UsdM, symbol, Timeframe::H8).of_price(PriceKind::Mark);
        let series = store.load_full(&key, None).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for (row, line) in text.lines().skip(1).enumerate() {
            let cells: Vec<&str> = line.split(',').collect();
            let candle = series.candle(row);
            let prices = [candle.open, candle.high, candle.low, candle.close];
            for (price, cell) in prices.into_iter().zip(&cells[1..5]) {
                let exact = series.scale().price(price).unwrap();
                assert_eq!(exact.to_string(), *cell, "line {}", row + 2);
            }
        }
        assert_eq!((series.len(), series.volume().iter().sum::<f64>()), (1095, 0.0));
        assert_eq!(store.series_keys().unwrap(), [key]);
    }
}

#[test]
fn the_recorded_year_is_stored_bit_for_bit() {
    let Some(path) = year() else { return };
    let mut parsed: Vec<MonthBatch> = Vec::new();
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let bytes = Cursor::new(std::fs::read(&path).unwrap());
    let summary = read_klines("year", bytes, &ReadOptions::default(), control, &mut |batch| {
        parsed.push(batch);
        ControlFlow::Continue(())
    });
    let folder = Folder::new();
    let store = folder.store();
    let report = import(&store, &path);
    assert_eq!(
        (report.status, report.rows, report.new_rows),
        (FileStatus::Imported, 525_520, 525_520)
    );
    let gaps: Vec<String> =
        report.gaps.iter().map(|gap| format!("{} {} {}", gap.from, gap.to, gap.missing)).collect();
    assert_eq!(gaps, ["2023-03-24T12:40:00Z 2023-03-24T14:00:00Z 80"]);
    assert_eq!(report.gaps, summary.unwrap().gaps);
    assert_eq!(
        report.warnings,
        [
            "close time earlier than the end of the candle: 1 candle, line 118841 (2023-03-24T12:39:00Z)"
        ]
    );

    let series = store.load_full(&key(), None).unwrap();
    assert_eq!((series.len(), series.scale().decimals()), (525_520, 2));
    let joined = |pick: fn(&MonthBatch) -> &Vec<f64>| -> Vec<u64> {
        parsed.iter().flat_map(|batch| pick(batch).iter().map(|value| value.to_bits())).collect()
    };
    let same = |column: &[f64], pick: fn(&MonthBatch) -> &Vec<f64>, name: &str| {
        let bits: Vec<u64> = column.iter().map(|value| value.to_bits()).collect();
        assert!(bits == joined(pick), "column {name}");
    };
    same(series.open(), |batch| &batch.columns.open, "open");
    same(series.high(), |batch| &batch.columns.high, "high");
    same(series.low(), |batch| &batch.columns.low, "low");
    same(series.close(), |batch| &batch.columns.close, "close");
    same(series.volume(), |batch| &batch.columns.volume, "volume");
    let extra = series.extra();
    same(&extra.quote_volume, |batch| &batch.columns.extra.quote_volume, "quote_volume");
    same(&extra.trades, |batch| &batch.columns.extra.trades, "count");
    same(
        &extra.taker_buy_volume,
        |batch| &batch.columns.extra.taker_buy_volume,
        "taker_buy_volume",
    );
    same(
        &extra.taker_buy_quote_volume,
        |batch| &batch.columns.extra.taker_buy_quote_volume,
        "taker_buy_quote_volume",
    );
    let times: Vec<i64> =
        parsed.iter().flat_map(|batch| batch.columns.open_time.iter().copied()).collect();
    assert!(series.open_times() == times);

    assert_eq!(import(&store, &path).status, FileStatus::Unchanged);
    let coverage = store.coverage().unwrap().remove(0);
    assert_eq!((coverage.candles, coverage.gaps.len(), coverage.months.len()), (525_520, 1, 12));
    drop(store);
    let size = std::fs::metadata(folder.data().join("market.db")).unwrap().len();
    assert!(size <= 16_000_000, "expected at most 16 MB on disk, was {size}");
}

#[test]
fn every_recorded_candle_file_is_readable() {
    let Some(year) = year() else { return };
    let options = ReadOptions::default();
    for entry in std::fs::read_dir(year.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let candles = ["_1m_", "_5m_", "_1h_", "_8h_"].into_iter().any(|part| name.contains(part));
        let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
        let file = std::fs::File::open(&path).unwrap();
        let read = read_klines(&name, file, &options, control, &mut |_| ControlFlow::Continue(()));
        assert_eq!(read.is_ok(), candles, "{name}: {read:?}");
    }
}
