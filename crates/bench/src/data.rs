//! Candles on the way in: import of a CSV year, and loading it from the database.

use std::io::Write;
use std::path::{Path, PathBuf};

use domain::MarketKind;
use market::Series;
use storage::{FileStatus, ImportControl, ImportRequest, MarketStore, OnConflict};

use crate::timing::{Bench, line};
use crate::year;

/// Runs the benchmarks of this file in a folder of their own.
pub(crate) fn run_all(bench: &Bench, year: &Series) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let plain = folder.path().join("year.csv");
    write_csv(&plain, year)?;
    measure_import(bench, "data.import_year_csv", &plain)?;
    let recorded: PathBuf = year::data_folder().join(year::RECORDED);
    if recorded.exists() {
        let unpacked = folder.path().join("recorded.csv");
        let mut packed = flate2::read::MultiGzDecoder::new(std::fs::File::open(&recorded)?);
        std::io::copy(&mut packed, &mut std::fs::File::create(&unpacked)?)?;
        measure_import(bench, "data.import_recorded_year_csv", &unpacked)?;
        measure_import(bench, "data.import_recorded_year_gz", &recorded)?;
    }
    measure_load(bench, if recorded.exists() { &recorded } else { &plain }, year)
}

fn measure_import(
    bench: &Bench,
    name: &str,
    file: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut bytes = 0;
    let mut failure = None;
    let best = bench.millis(name, 5, || match import(file) {
        Ok((_, imported)) => bytes = imported,
        Err(error) => failure = Some(error),
    });
    if let Some(error) = failure {
        return Err(error);
    }
    if let Some(best) = best {
        #[expect(clippy::cast_precision_loss, reason = "a number of bytes")]
        line(&format!("{name}.rate"), bytes as f64 / 1e6 / best.as_secs_f64(), "MB/s of CSV", 1);
    }
    Ok(())
}

fn measure_load(
    bench: &Bench,
    file: &Path,
    year: &Series,
) -> Result<(), Box<dyn std::error::Error>> {
    let (folder, _) = import(file)?;
    let store = MarketStore::open(folder.path())?;
    if bench.millis("data.load_year_1m", 15, || store.load(year.key(), None)).is_none() {
        return Ok(());
    }
    let bytes: u64 = store.coverage()?.iter().map(|series| series.bytes).sum();
    #[expect(clippy::cast_precision_loss, reason = "a number of bytes")]
    line("data.year_1m_on_disk", bytes as f64 / 1e6, "MB", 1);
    Ok(())
}

/// Imports into a fresh database; its folder, and the bytes of CSV read.
fn import(file: &Path) -> Result<(tempfile::TempDir, u64), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let store = MarketStore::open(folder.path())?;
    let request = ImportRequest {
        symbol: "BTCUSDT".parse()?,
        market: MarketKind::Spot,
        on_conflict: OnConflict::Refuse,
        price: None,
        timeframe: None,
    };
    let control = ImportControl { progress: &|_, _| (), cancelled: &|| false };
    let report = store.import_file(file, &request, &control);
    match report.status {
        FileStatus::Imported => Ok((folder, report.bytes_csv)),
        FileStatus::Unchanged | FileStatus::Failed | FileStatus::Cancelled => {
            Err(format!("import of {}: {:?}", file.display(), report.error).into())
        }
    }
}

fn write_csv(path: &Path, year: &Series) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "open_time,open,high,low,close,volume,close_time")?;
    for row in 0..year.len() {
        let candle = year.candle(row);
        let (open_time, close_time) =
            (candle.open_time.millis(), year.close_time(row).millis() - 1);
        writeln!(
            file,
            "{open_time},{},{},{},{},{},{close_time}",
            candle.open, candle.high, candle.low, candle.close, candle.volume
        )?;
    }
    file.flush()
}
