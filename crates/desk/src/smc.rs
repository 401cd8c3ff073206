//! Smart Money Concepts over candles: stored ones, or those of a file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use domain::{Candle, MarketKind, PriceScale, Symbol, Timeframe, Timestamp};
use market::import::{ReadControl, ReadOptions, read_klines};
use market::{Columns, Series, SeriesKey};

pub use indicators::smc::study::{Spread, StopRule, Study, StudyQuestion, TargetRow};
pub use indicators::smc::*;

use crate::backtests::MarketChoice;
use crate::data::{CandleQuery, MarketData};
use crate::error::{DeskError, FieldError};

/// Everything that the engine tells over some candles.
#[derive(Clone, Debug)]
pub struct SmcReport {
    /// Market the candles come from; `None` for those of a file.
    pub market: Option<MarketKind>,
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
    /// How many candles were looked at.
    pub candles: u64,
    /// How much became known in the time asked for.
    pub total: u64,
    /// The first of it, in the order in which it became known.
    pub events: Vec<Event>,
}

/// What came of touched zones over some candles.
#[derive(Clone, Debug)]
pub struct StudyReport {
    /// Market the candles come from; `None` for those of a file.
    pub market: Option<MarketKind>,
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
    /// How many candles were looked at.
    pub candles: u64,
    /// The figures.
    pub study: Study,
}

/// Candles to look at.
#[derive(Clone, Debug)]
pub struct Looked {
    market: Option<MarketKind>,
    series: Series,
}

/// All stored candles of an instrument before `to`.
///
/// # Errors
/// [`DeskError::Refused`] when there is no such symbol or timeframe; [`DeskError::Storage`].
pub fn stored(
    data: &MarketData,
    (symbol, timeframe): (&Symbol, Timeframe),
    (market, to): (MarketChoice, Option<Timestamp>),
) -> Result<Looked, DeskError> {
    let query = CandleQuery {
        symbol: symbol.clone(),
        timeframe,
        market,
        price: domain::PriceKind::Last,
        from: None,
        to,
        limit: usize::MAX,
    };
    let page = data.candles(&query)?;
    Ok(Looked { market: Some(page.market), series: page.series })
}

/// The candles of a kline file (`.csv`, `.csv.gz` or `.zip`).
///
/// # Errors
/// [`DeskError::Invalid`] saying what is wrong with the file, and where.
pub fn of_file(
    file: &Path,
    (symbol, timeframe): (&Symbol, Option<Timeframe>),
) -> Result<Looked, DeskError> {
    Ok(Looked { market: None, series: read(file, symbol, timeframe)? })
}

impl Looked {
    /// What the engine tells over the candles: the first `limit` facts known in `[from, to)`.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] for settings that make no sense.
    pub fn events(
        &self,
        settings: &SmcSettings,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        limit: usize,
    ) -> Result<SmcReport, DeskError> {
        let series = &self.series;
        let mut engine =
            Smc::new(series.timeframe(), settings.clone()).map_err(|error| senseless(&error))?;
        let (mut total, mut events) = (0, Vec::new());
        for row in 0..series.len() {
            engine.push(&series.candle(row));
            let known = series.close_time(row);
            if from.is_some_and(|from| known < from) || to.is_some_and(|to| known >= to) {
                continue;
            }
            total += engine.events().len() as u64;
            events.extend(engine.events().iter().take(limit.saturating_sub(events.len())));
        }
        Ok(SmcReport {
            market: self.market,
            symbol: series.key().symbol.clone(),
            timeframe: series.timeframe(),
            candles: series.len() as u64,
            total,
            events,
        })
    }

    /// What came of touched zones.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] for settings that make no sense.
    pub fn study(
        &self,
        question: &StudyQuestion,
        settings: &SmcSettings,
    ) -> Result<StudyReport, DeskError> {
        let series = &self.series;
        let candles: Vec<Candle> = (0..series.len()).map(|row| series.candle(row)).collect();
        let study = question.answer(series.timeframe(), settings.clone(), &candles);
        Ok(StudyReport {
            market: self.market,
            symbol: series.key().symbol.clone(),
            timeframe: series.timeframe(),
            candles: candles.len() as u64,
            study: study.map_err(|error| senseless(&error))?,
        })
    }
}

fn senseless(error: &SmcSettingsError) -> DeskError {
    DeskError::Invalid(vec![FieldError::value(&[], error.to_string())])
}

fn read(file: &Path, symbol: &Symbol, timeframe: Option<Timeframe>) -> Result<Series, DeskError> {
    let wrong = |message: String| {
        DeskError::Invalid(vec![FieldError::value(&[], format!("{}: {message}", file.display()))])
    };
    let source = File::open(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let options = ReadOptions { symbol: Some(symbol.clone()), timeframe, ..ReadOptions::default() };
    let control = ReadControl { progress: &|_, _| {}, cancelled: &|| false };
    let mut all = Columns::default();
    let summary = read_klines(&name, source, &options, control, &mut |batch| {
        all.open_time.extend(batch.columns.open_time);
        all.open.extend(batch.columns.open);
        all.high.extend(batch.columns.high);
        all.low.extend(batch.columns.low);
        all.close.extend(batch.columns.close);
        all.volume.extend(batch.columns.volume);
        ControlFlow::Continue(())
    });
    let summary = summary.map_err(|error| wrong(error.to_string()))?;
    let key = SeriesKey::new(MarketKind::UsdM, symbol.clone(), summary.timeframe);
    Series::new(key, PriceScale::new(summary.price_decimals), all)
        .map_err(|error| wrong(error.to_string()))
}
