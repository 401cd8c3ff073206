//! Checked rows gathered by calendar month, with the rules between rows.

use std::ops::ControlFlow;

use domain::{Candle, CandleError, PriceScale, Timeframe, Timestamp};

use super::MonthBatch;
use super::layout::Field;
use super::row::{FieldError, Row};
use super::warnings::Warnings;
use crate::{Columns, Gap};

/// Most gaps that a summary lists.
const GAPS_MAX: usize = 100_000;
const OPTIONAL: [Field; 4] =
    [Field::QuoteVolume, Field::Count, Field::TakerBuyVolume, Field::TakerBuyQuoteVolume];

/// Takes rows in file order; complains about the first that does not belong.
#[derive(Debug)]
pub(crate) struct Months {
    timeframe: Timeframe,
    step: Option<i64>,
    previous: Option<(u64, i64)>,
    expected: i64,
    month_end: i64,
    columns: Columns,
    /// Bits of the fields that every row, or any row of the month carries.
    in_all: u16,
    in_any: u16,
    pub(crate) rows: u64,
    pub(crate) first: i64,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) gap_count: u64,
    pub(crate) price_decimals: u8,
    /// Whether any candle handed over had a volume.
    pub(crate) traded: bool,
}

impl Months {
    pub(crate) fn new(timeframe: Timeframe) -> Self {
        Self {
            timeframe,
            step: timeframe.fixed_millis(),
            previous: None,
            expected: i64::MIN,
            month_end: i64::MIN,
            columns: Columns::default(),
            in_all: u16::MAX,
            in_any: 0,
            rows: 0,
            first: 0,
            gaps: Vec::new(),
            gap_count: 0,
            price_decimals: 0,
            traded: false,
        }
    }

    pub(crate) const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// Open time of the last row.
    pub(crate) fn last(&self) -> i64 {
        self.previous.map_or(0, |(_, time)| time)
    }

    /// Whether `row` opens a month later than the one being gathered.
    #[inline]
    pub(crate) fn starts_month(&self, row: &Row) -> bool {
        row.open_time >= self.month_end && !self.columns.open_time.is_empty()
    }

    /// Checks a row and keeps it. Call [`Self::flush`] before when it starts a month.
    #[inline]
    pub(crate) fn push(&mut self, row: &Row, warnings: &mut Warnings) -> Result<(), FieldError> {
        self.check_times(row, warnings)?;
        let candle = Candle {
            open_time: Timestamp::from_millis(row.open_time),
            open: row.value(Field::Open),
            high: row.value(Field::High),
            low: row.value(Field::Low),
            close: row.value(Field::Close),
            volume: row.value(Field::Volume),
        };
        candle.validate().map_err(candle_error)?;
        self.push_optional(row, warnings)?;
        self.columns.push(&candle);
        if row.open_time >= self.month_end {
            self.start_month(candle.open_time);
        }
        self.in_all &= row.present;
        self.in_any |= row.present;
        self.rows += 1;
        self.previous = Some((row.line, row.open_time));
        Ok(())
    }

    #[inline]
    fn check_times(&mut self, row: &Row, warnings: &mut Warnings) -> Result<(), FieldError> {
        if row.open_time != self.expected {
            self.check_jump(row)?;
        }
        self.expected = match self.step {
            Some(step) => row.open_time + step,
            None => self.timeframe.next_open(Timestamp::from_millis(row.open_time)).millis(),
        };
        if row.close_time != self.expected - 1 && row.has(Field::CloseTime) {
            self.check_close_time(row, warnings)?;
        }
        Ok(())
    }

    /// A row that is not the successor of the one before: first, after a gap, or wrong.
    #[cold]
    fn check_jump(&mut self, row: &Row) -> Result<(), FieldError> {
        let time = Timestamp::from_millis(row.open_time);
        let wrong = |expected: String| FieldError {
            field: Some(Field::OpenTime.name()),
            expected,
            was: format!("{time} ({})", row.open_time),
        };
        if let Some((line, before)) = self.previous.filter(|(_, before)| row.open_time <= *before) {
            let before = Timestamp::from_millis(before);
            return Err(wrong(format!("a time after {before} (line {line})")));
        }
        if !self.timeframe.is_aligned(time) {
            return Err(wrong(format!("the start of a {} candle", self.timeframe)));
        }
        if self.previous.is_none() {
            self.first = row.open_time;
            return Ok(());
        }
        let from = Timestamp::from_millis(self.expected);
        self.gap_count += 1;
        if self.gaps.len() < GAPS_MAX {
            self.gaps.push(Gap {
                from,
                to: time,
                missing: self.timeframe.count_between(from, time),
            });
        }
        Ok(())
    }

    #[cold]
    fn check_close_time(&self, row: &Row, warnings: &mut Warnings) -> Result<(), FieldError> {
        let last = self.expected - 1;
        if row.close_time > row.open_time && row.close_time < last {
            warnings.early_close.note(row.line, row.open_time);
            return Ok(());
        }
        let (open, end) = (Timestamp::from_millis(row.open_time), Timestamp::from_millis(last));
        Err(FieldError {
            field: Some(Field::CloseTime.name()),
            expected: format!(
                "a time after {open} and at most {end}, as a {} candle has",
                self.timeframe
            ),
            was: format!("{} ({})", Timestamp::from_millis(row.close_time), row.close_time),
        })
    }

    #[inline]
    fn push_optional(&mut self, row: &Row, warnings: &mut Warnings) -> Result<(), FieldError> {
        for field in OPTIONAL {
            if row.value(field) < 0.0 {
                return Err(FieldError {
                    field: Some(field.name()),
                    expected: "a finite number not below 0".to_owned(),
                    was: row.value(field).to_string(),
                });
            }
        }
        if row.value(Field::TakerBuyVolume) > row.value(Field::Volume) {
            warnings.taker_above_volume.note(row.line, row.open_time);
        }
        // Absent values are NaN, see `Row`.
        let extra = &mut self.columns.extra;
        extra.quote_volume.push(row.value(Field::QuoteVolume));
        extra.trades.push(row.value(Field::Count));
        extra.taker_buy_volume.push(row.value(Field::TakerBuyVolume));
        extra.taker_buy_quote_volume.push(row.value(Field::TakerBuyQuoteVolume));
        Ok(())
    }

    #[cold]
    fn start_month(&mut self, time: Timestamp) {
        let month = Timeframe::Month1;
        self.month_end = month.next_open(month.open_of(time)).millis();
    }

    /// Hands over the gathered month, if any. `decimals` bounds the decimals of its prices.
    pub(crate) fn flush(
        &mut self,
        decimals: u8,
        warnings: &mut Warnings,
        sink: &mut dyn FnMut(MonthBatch) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(&first) = self.columns.open_time.first() else {
            return ControlFlow::Continue(());
        };
        let month = Timestamp::from_millis(first).year_month();
        let rows = self.columns.open_time.len();
        let mut columns = std::mem::replace(&mut self.columns, with_room(rows));
        for field in OPTIONAL {
            let bit = 1 << field as u16;
            if self.in_any & bit == 0 {
                column_of(&mut columns, field).clear();
            } else if self.in_all & bit == 0 {
                let (name, (year, month)) = (field.name(), month);
                warnings.say(format!("{name} is empty in some rows of {year}-{month:02}"));
            }
        }
        (self.in_all, self.in_any) = (u16::MAX, 0);
        self.traded = self.traded || columns.volume.iter().any(|volume| *volume > 0.0);
        let price_decimals = decimals_needed(&columns, decimals);
        self.price_decimals = self.price_decimals.max(price_decimals);
        sink(MonthBatch { month, timeframe: self.timeframe, columns, price_decimals })
    }
}

fn with_room(rows: usize) -> Columns {
    let room = rows + rows / 8;
    let mut columns = Columns::with_capacity(room);
    for field in OPTIONAL {
        column_of(&mut columns, field).reserve(room);
    }
    columns
}

fn column_of(columns: &mut Columns, field: Field) -> &mut Vec<f64> {
    let extra = &mut columns.extra;
    match field {
        Field::Count => &mut extra.trades,
        Field::TakerBuyVolume => &mut extra.taker_buy_volume,
        Field::TakerBuyQuoteVolume => &mut extra.taker_buy_quote_volume,
        Field::Open => &mut columns.open,
        Field::High => &mut columns.high,
        Field::Low => &mut columns.low,
        Field::Close => &mut columns.close,
        Field::Volume => &mut columns.volume,
        Field::QuoteVolume
        | Field::OpenTime
        | Field::CloseTime
        | Field::Ignored
        | Field::NoVolume => &mut extra.quote_volume,
    }
}

#[cold]
fn candle_error(error: CandleError) -> FieldError {
    let CandleError::BadField { field, expected, was } = error;
    // Hundreds of digits help nobody.
    let readable = was == 0.0 || (1e-15..1e15).contains(&was.abs());
    let was = if readable { was.to_string() } else { format!("{was:e}") };
    FieldError { field: Some(field), expected: expected.to_owned(), was }
}

/// The fewest decimals that write every price, when `enough` are known to do. Digits beyond the 15th
/// are noise of binary numbers, not decimals.
fn decimals_needed(columns: &Columns, enough: u8) -> u8 {
    let prices = [&columns.open, &columns.high, &columns.low, &columns.close];
    let highest = columns.high.iter().copied().fold(0.0, f64::max);
    let finest = PriceScale::new(enough).fitting(highest).decimals();
    let rounded = |price: f64, factor: f64| (price * factor).round() / factor;
    let finest_factor = 10f64.powi(i32::from(finest));
    let fits = |decimals: u8| {
        let factor = 10f64.powi(i32::from(decimals));
        prices.iter().all(|column| {
            column.iter().all(|price| rounded(*price, factor) == rounded(*price, finest_factor))
        })
    };
    (0..finest).find(|decimals| fits(*decimals)).unwrap_or(finest)
}
