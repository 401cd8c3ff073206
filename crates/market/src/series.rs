//! One symbol's candles of one timeframe, as columns.
//!
//! Ascending by open time, no duplicates, every open time aligned to the timeframe.
//! Gaps are legal. Prices in quote asset, volumes in base asset unless said otherwise.

use std::fmt;

use domain::{
    Candle, CandleError, MarketKind, PriceKind, PriceScale, Symbol, TimeRange, Timeframe, Timestamp,
};

/// What identifies a series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// Market the candles come from.
    pub market: MarketKind,
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
    /// Price the candles are of. Mark price candles have volume 0 and no optional columns.
    pub price: PriceKind,
}

impl SeriesKey {
    /// Candles of the last traded price.
    #[must_use]
    pub const fn new(market: MarketKind, symbol: Symbol, timeframe: Timeframe) -> Self {
        Self { market, symbol, timeframe, price: PriceKind::Last }
    }

    /// The same candles of another price.
    #[must_use]
    pub fn of_price(self, price: PriceKind) -> Self {
        Self { price, ..self }
    }
}

impl fmt::Display for SeriesKey {
    /// `um BTCUSDT 1m`, or `um BTCUSDT 1m mark`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.market, self.symbol, self.timeframe)?;
        match self.price {
            PriceKind::Last => Ok(()),
            PriceKind::Mark => write!(f, " {}", self.price),
        }
    }
}

/// Columns that only some sources carry. Each is empty or as long as the series; NaN where the
/// source has no value for a candle. A longer candle with any such value has none either.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtraColumns {
    /// Traded quote asset.
    pub quote_volume: Vec<f64>,
    /// Number of trades.
    pub trades: Vec<f64>,
    /// Base asset bought by takers.
    pub taker_buy_volume: Vec<f64>,
    /// Quote asset spent by buying takers.
    pub taker_buy_quote_volume: Vec<f64>,
}

/// Why rows do not make a series.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// Columns differ in length.
    #[error("column {column}: expected {expected} values, was {was}")]
    Length {
        /// Column name.
        column: &'static str,
        /// Length of the open times.
        expected: usize,
        /// Its own length.
        was: usize,
    },
    /// Open times do not ascend.
    #[error("row {row}: expected an open time after {previous}, was {was}")]
    Order {
        /// Zero-based row.
        row: usize,
        /// Open time of the row before.
        previous: Timestamp,
        /// Open time of the row.
        was: Timestamp,
    },
    /// An open time is no candle edge.
    #[error("row {row}: expected an open time aligned to {timeframe}, was {was}")]
    Misaligned {
        /// Zero-based row.
        row: usize,
        /// Candle length.
        timeframe: Timeframe,
        /// Open time of the row.
        was: Timestamp,
    },
    /// A candle breaks a rule.
    #[error("row {row}: {error}")]
    Candle {
        /// Zero-based row.
        row: usize,
        /// The rule.
        error: CandleError,
    },
}

/// Closed candles as columns of equal length. Empty series are legal.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    key: SeriesKey,
    scale: PriceScale,
    /// Length of a candle, absent for calendar months; kept here because every row asks for it.
    fixed_millis: Option<i64>,
    open_time: Vec<i64>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    extra: ExtraColumns,
}

/// Raw columns from which a [`Series`] is made. Times in ms since the epoch, UTC.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Open times.
    pub open_time: Vec<i64>,
    /// First prices.
    pub open: Vec<f64>,
    /// Highest prices.
    pub high: Vec<f64>,
    /// Lowest prices.
    pub low: Vec<f64>,
    /// Last prices.
    pub close: Vec<f64>,
    /// Traded base asset.
    pub volume: Vec<f64>,
    /// Optional columns.
    pub extra: ExtraColumns,
}

impl Columns {
    /// Empty columns with room for `rows`.
    #[must_use]
    pub fn with_capacity(rows: usize) -> Self {
        let column = || Vec::with_capacity(rows);
        Self {
            open_time: Vec::with_capacity(rows),
            open: column(),
            high: column(),
            low: column(),
            close: column(),
            volume: column(),
            extra: ExtraColumns::default(),
        }
    }

    /// Appends one candle; the optional columns are left alone.
    #[inline]
    pub fn push(&mut self, candle: &Candle) {
        self.open_time.push(candle.open_time.millis());
        self.open.push(candle.open);
        self.high.push(candle.high);
        self.low.push(candle.low);
        self.close.push(candle.close);
        self.volume.push(candle.volume);
    }
}

impl Series {
    /// Makes a series and checks every invariant.
    ///
    /// # Errors
    /// [`SeriesError`] naming the first row that breaks one.
    pub fn new(key: SeriesKey, scale: PriceScale, columns: Columns) -> Result<Self, SeriesError> {
        check_lengths(&columns)?;
        let series = Self::from_checked(key, scale, columns);
        series.check_rows()?;
        Ok(series)
    }

    /// Makes a series from columns that were checked when they were stored.
    ///
    /// # Errors
    /// [`SeriesError::Length`] if columns differ in length; rows are not looked at.
    pub fn from_trusted(
        key: SeriesKey,
        scale: PriceScale,
        columns: Columns,
    ) -> Result<Self, SeriesError> {
        check_lengths(&columns)?;
        Ok(Self::from_checked(key, scale, columns))
    }

    fn from_checked(key: SeriesKey, scale: PriceScale, columns: Columns) -> Self {
        let Columns { open_time, open, high, low, close, volume, extra } = columns;
        let highest = high.iter().fold(0.0, |top, high| if *high > top { *high } else { top });
        Self {
            scale: scale.fitting(highest),
            fixed_millis: key.timeframe.fixed_millis(),
            key,
            open_time,
            open,
            high,
            low,
            close,
            volume,
            extra,
        }
    }

    fn check_rows(&self) -> Result<(), SeriesError> {
        (0..self.len()).try_for_each(|row| self.check_row(row, &self.candle(row)))
    }

    /// Whether a candle may stand in `row`, given those before it.
    fn check_row(&self, row: usize, candle: &Candle) -> Result<(), SeriesError> {
        let timeframe = self.key.timeframe;
        let was = candle.open_time;
        let previous = row.checked_sub(1).map(|row| Timestamp::from_millis(self.open_time[row]));
        if let Some(previous) = previous.filter(|previous| *previous >= was) {
            return Err(SeriesError::Order { row, previous, was });
        }
        if !timeframe.is_aligned(was) {
            return Err(SeriesError::Misaligned { row, timeframe, was });
        }
        candle.validate().map_err(|error| SeriesError::Candle { row, error })
    }

    /// Whether a candle can be the next one; gaps are legal.
    ///
    /// # Errors
    /// [`SeriesError`] with the rule that it breaks; its row is the one that it would have.
    pub fn check_next(&self, candle: &Candle) -> Result<(), SeriesError> {
        self.check_row(self.len(), candle)
    }

    /// Lets the series grow by its next candle, without values in the optional columns.
    ///
    /// # Errors
    /// As [`Self::check_next`]; nothing is changed then.
    pub fn push(&mut self, candle: &Candle) -> Result<(), SeriesError> {
        self.check_next(candle)?;
        self.scale = self.scale.fitting(candle.high);
        self.open_time.push(candle.open_time.millis());
        self.open.push(candle.open);
        self.high.push(candle.high);
        self.low.push(candle.low);
        self.close.push(candle.close);
        self.volume.push(candle.volume);
        let ExtraColumns { quote_volume, trades, taker_buy_volume, taker_buy_quote_volume } =
            &mut self.extra;
        let optional = [quote_volume, trades, taker_buy_volume, taker_buy_quote_volume];
        for column in optional.into_iter().filter(|column| !column.is_empty()) {
            column.push(f64::NAN);
        }
        Ok(())
    }

    /// What the series is of.
    #[must_use]
    pub const fn key(&self) -> &SeriesKey {
        &self.key
    }

    /// Candle length.
    #[must_use]
    pub const fn timeframe(&self) -> Timeframe {
        self.key.timeframe
    }

    /// Decimals of its prices.
    #[must_use]
    pub const fn scale(&self) -> PriceScale {
        self.scale
    }

    /// Number of candles.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.open_time.len()
    }

    /// Whether there are no candles.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open_time.is_empty()
    }

    /// Open times in ms since the epoch, ascending.
    #[inline]
    #[must_use]
    pub fn open_times(&self) -> &[i64] {
        &self.open_time
    }

    /// First prices.
    #[inline]
    #[must_use]
    pub fn open(&self) -> &[f64] {
        &self.open
    }

    /// Highest prices.
    #[inline]
    #[must_use]
    pub fn high(&self) -> &[f64] {
        &self.high
    }

    /// Lowest prices.
    #[inline]
    #[must_use]
    pub fn low(&self) -> &[f64] {
        &self.low
    }

    /// Last prices.
    #[inline]
    #[must_use]
    pub fn close(&self) -> &[f64] {
        &self.close
    }

    /// Traded base asset.
    #[inline]
    #[must_use]
    pub fn volume(&self) -> &[f64] {
        &self.volume
    }

    /// Columns that only some sources carry.
    #[must_use]
    pub const fn extra(&self) -> &ExtraColumns {
        &self.extra
    }

    /// The candle in `row`.
    ///
    /// # Panics
    /// If `row` is not below [`Self::len`].
    #[inline]
    #[must_use]
    pub fn candle(&self, row: usize) -> Candle {
        Candle {
            open_time: Timestamp::from_millis(self.open_time[row]),
            open: self.open[row],
            high: self.high[row],
            low: self.low[row],
            close: self.close[row],
            volume: self.volume[row],
        }
    }

    /// First instant after the candle in `row`: when it is closed and known.
    ///
    /// # Panics
    /// If `row` is not below [`Self::len`].
    #[inline]
    #[must_use]
    pub fn close_time(&self, row: usize) -> Timestamp {
        let open = Timestamp::from_millis(self.open_time[row]);
        match self.fixed_millis {
            Some(length) => open.plus_millis(length),
            None => self.key.timeframe.next_open(open),
        }
    }

    /// [`Self::close_time`] of the first `count` rows, ms since the epoch.
    #[must_use]
    pub fn close_times(&self, count: usize) -> Vec<i64> {
        let opens = &self.open_time[..count.min(self.len())];
        match self.fixed_millis {
            Some(length) => opens.iter().map(|open| open + length).collect(),
            None => (0..opens.len()).map(|row| self.close_time(row).millis()).collect(),
        }
    }

    /// The rows that open inside `range`, as a series of their own.
    #[must_use]
    pub fn slice(&self, range: TimeRange) -> Self {
        let from = self.open_time.partition_point(|time| *time < range.start.millis());
        let to = self.open_time.partition_point(|time| *time < range.end.millis()).max(from);
        let cut = |column: &Vec<f64>| column.get(from..to).map(<[f64]>::to_vec).unwrap_or_default();
        Self {
            key: self.key.clone(),
            scale: self.scale,
            fixed_millis: self.fixed_millis,
            open_time: self.open_time[from..to].to_vec(),
            open: cut(&self.open),
            high: cut(&self.high),
            low: cut(&self.low),
            close: cut(&self.close),
            volume: cut(&self.volume),
            extra: ExtraColumns {
                quote_volume: cut(&self.extra.quote_volume),
                trades: cut(&self.extra.trades),
                taker_buy_volume: cut(&self.extra.taker_buy_volume),
                taker_buy_quote_volume: cut(&self.extra.taker_buy_quote_volume),
            },
        }
    }
}

fn check_lengths(columns: &Columns) -> Result<(), SeriesError> {
    let expected = columns.open_time.len();
    let required = [
        ("open", columns.open.len()),
        ("high", columns.high.len()),
        ("low", columns.low.len()),
        ("close", columns.close.len()),
        ("volume", columns.volume.len()),
    ];
    let optional = [
        ("quote_volume", columns.extra.quote_volume.len()),
        ("trades", columns.extra.trades.len()),
        ("taker_buy_volume", columns.extra.taker_buy_volume.len()),
        ("taker_buy_quote_volume", columns.extra.taker_buy_quote_volume.len()),
    ];
    let wrong = required.into_iter().find(|(_, was)| *was != expected);
    let wrong =
        wrong.or_else(|| optional.into_iter().find(|(_, was)| *was != 0 && *was != expected));
    match wrong {
        Some((column, was)) => Err(SeriesError::Length { column, expected, was }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SeriesKey {
        SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1)
    }

    fn columns(minutes: &[i64]) -> Columns {
        let mut columns = Columns::default();
        for minute in minutes {
            let open_time = Timestamp::from_millis(minute * 60_000);
            columns.push(&Candle {
                open_time,
                open: 1.0,
                high: 2.0,
                low: 0.5,
                close: 1.5,
                volume: 3.0,
            });
        }
        columns
    }

    fn make(columns: Columns) -> Result<Series, SeriesError> {
        Series::new(key(), PriceScale::new(2), columns)
    }

    #[test]
    fn keys_name_the_price_only_when_it_is_not_the_last_one() {
        assert_eq!(key().to_string(), "demo TESTUSDT 1m");
        let mark = key().of_price(PriceKind::Mark);
        assert_eq!(mark.to_string(), "demo TESTUSDT 1m mark");
        assert_eq!((key() < mark, mark.of_price(PriceKind::Last)), (true, key()));
    }

    #[test]
    fn rows_must_ascend_and_align() {
        assert!(make(columns(&[1, 2, 5])).is_ok());
        assert!(matches!(make(columns(&[2, 2])), Err(SeriesError::Order { row: 1, .. })));
        assert!(matches!(make(columns(&[2, 1])), Err(SeriesError::Order { row: 1, .. })));
        let mut shifted = columns(&[1]);
        shifted.open_time[0] += 1;
        assert!(matches!(make(shifted), Err(SeriesError::Misaligned { row: 0, .. })));
    }

    #[test]
    fn optional_columns_are_whole_or_absent() {
        let mut short = columns(&[1, 2]);
        short.extra.trades.push(7.0);
        assert_eq!(make(short), Err(SeriesError::Length { column: "trades", expected: 2, was: 1 }));
    }

    #[test]
    fn a_series_grows_by_its_next_candle_and_by_no_other() {
        let whole = make(columns(&[1, 2, 5])).unwrap();
        let mut grown = make(columns(&[1])).unwrap();
        for row in 1..whole.len() {
            grown.push(&whole.candle(row)).unwrap();
        }
        assert_eq!(grown, whole);
        let refused = |candle: Candle| grown.clone().push(&candle).unwrap_err();
        assert!(matches!(refused(whole.candle(2)), SeriesError::Order { row: 3, .. }));
        let next = Candle { open_time: Timestamp::from_millis(360_001), ..whole.candle(0) };
        assert!(matches!(refused(next), SeriesError::Misaligned { row: 3, .. }));
        let upside_down = Candle { high: 0.1, open_time: Timestamp::from_millis(360_000), ..next };
        assert!(matches!(refused(upside_down), SeriesError::Candle { row: 3, .. }));
    }

    #[test]
    fn a_grown_series_has_the_scale_that_its_prices_allow() {
        let mut columns = columns(&[1]);
        let mut grown = Series::new(key(), PriceScale::new(8), columns.clone()).unwrap();
        let dear = Candle {
            open_time: Timestamp::from_millis(120_000),
            open: 5e8,
            high: 5e8,
            low: 5e8,
            close: 5e8,
            volume: 1.0,
        };
        grown.push(&dear).unwrap();
        columns.push(&dear);
        assert_eq!(grown, Series::new(key(), PriceScale::new(8), columns).unwrap());
    }

    #[test]
    fn slices_are_half_open() {
        let series = make(columns(&[1, 2, 3, 4])).unwrap();
        let range = TimeRange {
            start: Timestamp::from_millis(120_000),
            end: Timestamp::from_millis(240_000),
        };
        assert_eq!(series.slice(range).open_times(), [120_000, 180_000]);
    }
}
