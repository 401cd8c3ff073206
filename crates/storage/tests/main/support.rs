//! Small candle files and stores for the tests.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use domain::{Candle, MarketKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::synthetic::{SyntheticSpec, generate};
use market::{CandleRow, Series, SeriesKey};
use storage::{FileReport, ImportControl, ImportRequest, MarketStore, OnConflict};

pub(crate) const HEADER: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume";

/// Minutes 2023-01-31 23:50 and later: ten are in January.
pub(crate) const START: i64 = 1_675_209_000_000;

/// Tables whose rows make up what is stored of the market.
const TABLES: [&str; 5] = ["series", "candle_chunk", "candle_tail", "candle_revision", "funding"];

pub(crate) struct Folder {
    pub(crate) dir: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn store(&self) -> MarketStore {
        MarketStore::open(&self.data()).unwrap()
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Number of rows of a table of the market.
    pub(crate) fn rows_of(&self, table: &str) -> i64 {
        let connection = rusqlite::Connection::open(self.data().join("market.db")).unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    /// Every stored row with its blobs, as one text.
    pub(crate) fn dump(&self) -> String {
        let connection = rusqlite::Connection::open(self.data().join("market.db")).unwrap();
        let mut dump = String::new();
        for table in TABLES {
            let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    dump += &format!("{:?};", row.get_ref(column).unwrap());
                }
                dump.push('\n');
            }
        }
        dump
    }
}

pub(crate) fn key() -> SeriesKey {
    SeriesKey::new(MarketKind::Spot, "BTCUSDT".parse().unwrap(), Timeframe::M1)
}

pub(crate) fn request(on_conflict: OnConflict) -> ImportRequest {
    ImportRequest {
        symbol: key().symbol,
        market: MarketKind::Spot,
        on_conflict,
        timeframe: None,
        price: None,
    }
}

pub(crate) fn symbol() -> Symbol {
    key().symbol
}

/// Futures, as funding and mark prices need them.
pub(crate) fn um_request(on_conflict: OnConflict) -> ImportRequest {
    ImportRequest { market: MarketKind::UsdM, ..request(on_conflict) }
}

pub(crate) fn import(store: &MarketStore, path: &Path) -> FileReport {
    import_with(store, path, OnConflict::Refuse)
}

pub(crate) fn import_funding(store: &MarketStore, path: &Path) -> FileReport {
    import_as(store, path, &um_request(OnConflict::Refuse))
}

pub(crate) fn import_with(store: &MarketStore, path: &Path, on_conflict: OnConflict) -> FileReport {
    import_as(store, path, &request(on_conflict))
}

pub(crate) fn import_as(store: &MarketStore, path: &Path, request: &ImportRequest) -> FileReport {
    let control = ImportControl { progress: &|_, _| {}, cancelled: &|| false };
    store.import_file(path, request, &control)
}

/// One good row; `close` tells revisions apart.
pub(crate) fn row(minute: i64, close: &str) -> String {
    let open = START + minute * 60_000;
    format!("{open},100,110,90,{close},5,{},505.5,7,2.5,250.25", open + 59_999)
}

pub(crate) fn rows(minutes: impl IntoIterator<Item = i64>) -> String {
    minutes.into_iter().map(|minute| row(minute, "101.5") + "\n").collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        packed.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(bytes).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

/// Made-up candles over several months, for tests that need many rows.
pub(crate) fn long_series(seed: u64, days: i64) -> Series {
    let start = Timestamp::from_millis(START);
    generate(&SyntheticSpec {
        symbol: key().symbol,
        range: TimeRange { start, end: start.plus_millis(days * 86_400_000) },
        first_price: 20_000.0,
        growth_yearly: 0.1,
        price_decimals: 2,
        volume_typical: 10.0,
        seed,
    })
}

pub(crate) fn csv_of(series: &Series) -> String {
    let mut text = String::new();
    for row in 0..series.len() {
        let candle = series.candle(row);
        text += &format!(
            "{},{},{},{},{},{},{}\n",
            candle.open_time.millis(),
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
            series.close_time(row).millis() - 1
        );
    }
    text
}

/// The required columns, for comparison bit for bit (no value is NaN or -0).
pub(crate) fn columns(series: &Series) -> [&[f64]; 5] {
    [series.open(), series.high(), series.low(), series.close(), series.volume()]
}

/// The candle of [`row`], as a venue tells it when it has closed.
pub(crate) fn candle(minute: i64, close: f64) -> CandleRow {
    CandleRow {
        candle: Candle {
            open_time: at(minute),
            open: 100.0,
            high: 110.0,
            low: 90.0,
            close,
            volume: 5.0,
        },
        quote_volume: 505.5,
        trades: 7.0,
        taker_buy_volume: 2.5,
        taker_buy_quote_volume: 250.25,
        price_decimals: 1,
    }
}

/// Candles of [`key`], as a batch.
pub(crate) fn candles(minutes: impl IntoIterator<Item = i64>) -> Vec<(SeriesKey, CandleRow)> {
    minutes.into_iter().map(|minute| (key(), candle(minute, 101.5))).collect()
}

pub(crate) fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(START + minute * 60_000)
}
