//! Recorded candle files for tests, where the machine has them: `STB_MARKET_DATA` names the folder.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use domain::{MarketKind, PriceScale};

use crate::import::{MonthBatch, ReadControl, ReadOptions, read_klines};
use crate::{CandleRow, Columns, Series, SeriesKey};

/// The candles of a file; `None`, with a word, where it is not.
pub(crate) fn recorded(name: &str, market: MarketKind, symbol: &str) -> Option<Series> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market");
    let path = std::env::var_os("STB_MARKET_DATA").map_or(beside, PathBuf::from).join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("the recorded data is not here, nothing to look at: {}", path.display());
        return None;
    };
    let (mut columns, mut decimals) = (Columns::default(), 0);
    let mut take = |batch: MonthBatch| {
        decimals = decimals.max(batch.price_decimals);
        let rows = 0..batch.columns.open_time.len();
        let rows: Vec<CandleRow> = rows.filter_map(|row| batch.columns.row(row, 0)).collect();
        rows.iter().for_each(|row| columns.push_row(row));
        ControlFlow::Continue(())
    };
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let summary = read_klines(name, file, &ReadOptions::default(), control, &mut take).unwrap();
    let key = SeriesKey::new(market, symbol.parse().unwrap(), summary.timeframe);
    Some(Series::new(key, PriceScale::new(decimals), columns).unwrap())
}
