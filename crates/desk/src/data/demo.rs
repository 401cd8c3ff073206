//! The history of a new installation: made up, labelled as such, the same that the demo exchange tells. With its
//! candles come its settlements of funding and its exchange rules.

use std::path::Path;
use std::sync::Arc;

use binance::parse::{ExchangeInfo, Listing};
use demo_exchange::{
    ApiRequest, DueFunding, Exchange, Method, Options, SymbolSpec, history, well_known_symbols,
};
use domain::{MarketKind, Price, PriceScale, Rate, Symbol, TimeRange, Timeframe, Timestamp};
use market::{Columns, ExtraColumns, Funding, FundingHistory, FundingKind, Series, SeriesKey};
use storage::{FileReport, FileStatus, StorageError, TradingStore};

use super::MarketData;
use super::file_report::{named, refused};
use crate::clock;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::exchange_rules::keep_rules;

/// Symbols whose history is made.
const SYMBOLS: [&str; 3] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

/// Where the symbols are kept that are still to be made, separated by commas.
const TO_MAKE: &str = "demo_history_to_make";

/// What to make.
#[derive(Clone, Debug)]
pub(crate) struct DemoHistory {
    pub(crate) spec: SymbolSpec,
    /// Open times of the candles; none is before the listing.
    pub(crate) range: TimeRange,
}

impl Desk {
    /// Makes the history of a few demo symbols in the background, up to the present, when nothing at all is stored;
    /// what an earlier start did not come to the end of is made again. Progress is listed among the imports.
    /// Returns their ids.
    ///
    /// # Errors
    /// [`DeskError::Storage`] when the stored data cannot be read; [`DeskError::Closing`].
    pub fn ensure_demo_data(&self) -> Result<Vec<String>, DeskError> {
        self.ensure_demo_data_until(clock::now())
    }

    /// As [`Self::ensure_demo_data`], up to an instant.
    ///
    /// # Errors
    /// As [`Self::ensure_demo_data`].
    pub fn ensure_demo_data_until(&self, end: Timestamp) -> Result<Vec<String>, DeskError> {
        let to_make = if self.data().coverage()?.is_empty() {
            let to_make = SYMBOLS.join(",");
            self.trading().set_settings(&[(TO_MAKE, &to_make)])?;
            to_make
        } else {
            self.trading().setting(TO_MAKE)?.unwrap_or_default()
        };
        let symbols: Vec<&str> = to_make.split(',').collect();
        let start = Timestamp::from_millis(0);
        self.make_demo_data(&symbols, TimeRange { start, end: Timeframe::M1.open_of(end) })
    }

    /// Makes minutes of demo symbols in the background that open inside a range, none before their listing. Progress is
    /// listed among the imports. Returns their ids.
    ///
    /// # Errors
    /// [`DeskError::Closing`].
    pub fn make_demo_data(
        &self,
        symbols: &[&str],
        range: TimeRange,
    ) -> Result<Vec<String>, DeskError> {
        let made = well_known_symbols()
            .into_iter()
            .filter(|spec| symbols.contains(&spec.symbol.as_str()))
            .map(|spec| DemoHistory {
                range: TimeRange { start: range.start.max(spec.listed), ..range },
                spec,
            });
        made.map(|made| self.imports().import_demo(made, Arc::clone(self.trading()))).collect()
    }
}

/// Makes and stores the history of one symbol, whole or, when it is cancelled, not at all.
pub(super) fn make(
    (data, trading): (&MarketData, &TradingStore),
    made: &DemoHistory,
    name: &Path,
    is_cancelled: impl Fn() -> bool,
) -> FileReport {
    let series = match make_and_store(data, made, is_cancelled) {
        Some(Ok(series)) => series,
        Some(Err(error)) => return refused(name, error),
        None => return named(name, FileStatus::Cancelled),
    };
    if let Err(error) = forget(trading, &made.spec.symbol) {
        tracing::warn!(%error, "the next start makes a history again that is made");
    }
    let time = |millis: Option<&i64>| millis.map(|millis| Timestamp::from_millis(*millis));
    FileReport {
        timeframe: Some(series.timeframe()),
        rows: series.len() as u64,
        new_rows: series.len() as u64,
        first: time(series.open_times().first()),
        last: time(series.open_times().last()),
        ..named(name, FileStatus::Imported)
    }
}

/// Takes a symbol from those that are still to be made.
fn forget(trading: &TradingStore, symbol: &Symbol) -> Result<(), StorageError> {
    let Some(to_make) = trading.setting(TO_MAKE)? else { return Ok(()) };
    let left: Vec<&str> = to_make.split(',').filter(|one| *one != symbol.as_str()).collect();
    trading.set_settings(&[(TO_MAKE, &left.join(","))])
}

/// `None` when it was cancelled meanwhile.
fn make_and_store(
    data: &MarketData,
    made: &DemoHistory,
    is_cancelled: impl Fn() -> bool,
) -> Option<Result<Series, String>> {
    let (columns, settled) = made_up(made, &is_cancelled)?;
    (!is_cancelled()).then(|| stored(data, made, (columns, &settled)))
}

/// Candles come last: with them the history counts as made.
fn stored(
    data: &MarketData,
    made: &DemoHistory,
    (columns, settled): (Columns, &[DueFunding]),
) -> Result<Series, String> {
    let (store, symbol, end) = (data.store(), &made.spec.symbol, made.range.end);
    let key = SeriesKey::new(MarketKind::Demo, symbol.clone(), Timeframe::M1);
    let scale = PriceScale::new(made.spec.price_decimals);
    let series = Series::new(key, scale, columns).map_err(words)?;
    let settlements = settled.iter().map(settlement).collect::<Result<_, _>>()?;
    let funding = FundingHistory::new(settlements).map_err(words)?;
    let listings = listed(symbol, end)?;
    keep_rules(store, (MarketKind::Demo, &listings), end).map_err(words)?;
    store.write_funding(MarketKind::Demo, symbol, &funding).map_err(words)?;
    store.write_series(&series).map_err(words)?;
    Ok(series)
}

/// `None` when it was cancelled meanwhile.
fn made_up(
    made: &DemoHistory,
    is_cancelled: impl Fn() -> bool,
) -> Option<(Columns, Vec<DueFunding>)> {
    let DemoHistory { spec, range } = made;
    let rows = usize::try_from(Timeframe::M1.count_between(range.start, range.end)).unwrap_or(0);
    let mut columns = Columns::with_capacity(rows);
    let mut extra = ExtraColumns::default();
    let mut settled = Vec::new();
    let candle = |made: demo_exchange::HistoryCandle| {
        columns.push(&made.candle);
        extra.quote_volume.push(made.quote_volume);
        extra.trades.push(made.trades);
        extra.taker_buy_volume.push(made.taker_buy_volume);
        extra.taker_buy_quote_volume.push(made.taker_buy_quote_volume);
    };
    let goes_on = || !is_cancelled();
    let told = history(spec, *range, goes_on, candle, |one| settled.push(one));
    columns.extra = extra;
    told.is_continue().then_some((columns, settled))
}

fn settlement(due: &DueFunding) -> Result<Funding, String> {
    Ok(Funding {
        time: due.time,
        rate: Rate::new(due.rate).map_err(words)?,
        mark: Some(Price::new(due.mark).map_err(words)?),
        kind: FundingKind::Regular,
    })
}

/// What the demo exchange lists of a symbol.
fn listed(symbol: &Symbol, now: Timestamp) -> Result<Vec<Listing>, String> {
    let options = Options { accounts: Vec::new(), ..Options::default() };
    let mut exchange = Exchange::new(options, now).map_err(words)?;
    let request = ApiRequest {
        method: Method::Get,
        path: "/fapi/v1/exchangeInfo".to_owned(),
        query: String::new(),
        body: String::new(),
        api_key: None,
    };
    let told = exchange.request(&request, now).reply.body;
    let info = ExchangeInfo::parse(std::str::from_utf8(&told).map_err(words)?)?;
    Ok(info.listings.into_iter().filter(|listing| listing.symbol == *symbol).collect())
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
