//! Candles on the way in one by one, and files of the archive as a download stores them.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use domain::{MarketKind, Symbol, TimeRange, Timeframe, Timestamp};
use market::{CandleRow, Series, SeriesKey};
use storage::{
    Download, DownloadPart, FetchedPart, FileStatus, ImportControl, ImportRequest, JobStatus,
    MarketStore, OnConflict,
};

use crate::timing::{Bench, line};

const SERIES: usize = 200;
const NOW: Timestamp = Timestamp::from_millis(0);

/// Runs the benchmarks of this file in folders of their own.
pub(crate) fn run_all(bench: &Bench, year: &Series) -> Result<(), Box<dyn Error>> {
    measure_append(bench, year)?;
    measure_archive(bench, year)
}

/// One closed minute of many series, over and over: how long the store is busy with it.
fn measure_append(bench: &Bench, year: &Series) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = MarketStore::open(folder.path())?;
    let keys: Vec<SeriesKey> = (0..SERIES).map(key).collect::<Result<_, _>>()?;
    let mut minutes = (0..year.len()).cycle();
    let mut failure = None;
    bench.millis("store.append.200_series", 240, || {
        let row = row_of(year, minutes.next().unwrap_or_default());
        let batch: Vec<_> = keys.iter().map(|key| (key.clone(), row)).collect();
        if let Err(error) = store.append(&batch, NOW) {
            failure = Some(error);
        }
    });
    bench.millis("store.coverage.200_series", 15, || store.coverage());
    failure.map_or(Ok(()), |error| Err(error.into()))
}

fn key(number: usize) -> Result<SeriesKey, Box<dyn Error>> {
    let symbol: Symbol = format!("S{number}USDT").parse()?;
    Ok(SeriesKey::new(MarketKind::UsdM, symbol, Timeframe::M1))
}

fn row_of(year: &Series, row: usize) -> CandleRow {
    CandleRow {
        candle: year.candle(row),
        quote_volume: 1_000.0,
        trades: 100.0,
        taker_buy_volume: f64::NAN,
        taker_buy_quote_volume: f64::NAN,
        price_decimals: 2,
    }
}

/// Twelve monthly files, as the archive has them, each marked as a part of a download.
fn measure_archive(bench: &Bench, year: &Series) -> Result<(), Box<dyn Error>> {
    if !bench.wants("store.archive_import") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let files = write_archive(folder.path(), year)?;
    let mut bytes = 0;
    let mut failure = None;
    let best = bench.millis("store.archive_import", 5, || match import(&files) {
        Ok(imported) => bytes = imported,
        Err(error) => failure = Some(error),
    });
    if let Some(error) = failure {
        return Err(error);
    }
    if let Some(best) = best {
        #[expect(clippy::cast_precision_loss, reason = "a number of bytes")]
        let rate = bytes as f64 / 1e6 / best.as_secs_f64();
        line("store.archive_import.rate", rate, "MB/s of CSV", 1);
    }
    Ok(())
}

/// Imports into a fresh store; the bytes of CSV read.
fn import(files: &[PathBuf]) -> Result<u64, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = MarketStore::open(folder.path())?;
    let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let parts: Vec<_> = files.iter().map(|file| DownloadPart::waiting(name(file), NOW)).collect();
    store.insert_download(&download(), &parts)?;
    let request = ImportRequest {
        symbol: "BTCUSDT".parse()?,
        market: MarketKind::Spot,
        on_conflict: OnConflict::Replace,
        price: None,
        timeframe: Some(Timeframe::M1),
    };
    let control = ImportControl { progress: &|_, _| (), cancelled: &|| false };
    let mut bytes = 0;
    for (file, part) in files.iter().zip(&parts) {
        let part = FetchedPart {
            download_id: "download",
            name: &part.name,
            archive_checksum: None,
            bytes: 0,
            now: NOW,
        };
        let report = store.import_part(file, &request, &control, &part);
        if report.status != FileStatus::Imported {
            return Err(format!("import of {}: {:?}", file.display(), report.error).into());
        }
        bytes += report.bytes_csv;
    }
    Ok(bytes)
}

fn download() -> Download {
    Download {
        id: "download".to_owned(),
        request_json: "{}".to_owned(),
        state: JobStatus::Running,
        created_at: NOW,
        updated_at: NOW,
        error: None,
    }
}

fn write_archive(folder: &Path, year: &Series) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut next = year.open_times().first().copied();
    while let Some(time) = next {
        let start = Timeframe::Month1.open_of(Timestamp::from_millis(time));
        let end = Timeframe::Month1.next_open(start);
        let (number, month) = start.year_month();
        let name = format!("BTCUSDT-1m-{number}-{month:02}");
        let path = folder.join(format!("{name}.zip"));
        let mut packed = zip::ZipWriter::new(std::fs::File::create(&path)?);
        packed.start_file(format!("{name}.csv"), zip::write::SimpleFileOptions::default())?;
        write_csv(&mut packed, &year.slice(TimeRange { start, end }))?;
        packed.finish()?;
        files.push(path);
        let row = year.open_times().partition_point(|time| *time < end.millis());
        next = year.open_times().get(row).copied();
    }
    Ok(files)
}

fn write_csv(file: &mut impl Write, month: &Series) -> std::io::Result<()> {
    let mut text = String::new();
    for row in 0..month.len() {
        let candle = month.candle(row);
        let (open_time, close_time) =
            (candle.open_time.millis(), month.close_time(row).millis() - 1);
        text += &format!(
            "{open_time},{},{},{},{},{},{close_time},{},100,{},{},0\n",
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
            candle.volume,
            candle.volume,
            candle.volume
        );
    }
    file.write_all(text.as_bytes())
}
