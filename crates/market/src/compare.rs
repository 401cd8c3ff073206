//! Candles built here checked against those that the venue built.

use std::cmp::Ordering;

use domain::{Timeframe, Timestamp};

use crate::{AggregateError, Series, aggregate};

/// How far two sums of the same volumes may differ, as a fraction of the larger: additions of binary numbers in
/// another order. The sum of the minutes of a month is off by half of this at most; the decimals that a venue tells
/// are far above it.
const SUM_TOLERANCE: f64 = 1e-11;

/// Why two series cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Their candles are of different lengths.
    #[error("expected {derived} candles as in the derived series, was {venue}")]
    Timeframe {
        /// Candle length of the derived series.
        derived: Timeframe,
        /// Candle length of the venue's.
        venue: Timeframe,
    },
    /// The shorter candles do not fill the longer ones.
    #[error(transparent)]
    Aggregate(#[from] AggregateError),
}

/// A value that differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Open time of the candle.
    pub time: Timestamp,
    /// Column.
    pub field: &'static str,
    /// As built here.
    pub derived: f64,
    /// As the venue says.
    pub venue: f64,
}

/// How much a column differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldDifferences {
    /// Column.
    pub field: &'static str,
    /// Candles in which both have a value.
    pub compared: u64,
    /// Candles in which the values differ.
    pub different: u64,
    /// The largest difference, as a fraction of the venue's value (of the derived one where that is 0).
    pub largest: f64,
}

/// What a comparison of two series found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Candles that both have.
    pub compared: u64,
    /// Of these, candles with any difference.
    pub different: u64,
    /// Candles that only the derived series has, in the time that both cover.
    pub only_derived: u64,
    /// Candles that only the venue has, in the time that both cover.
    pub only_venue: u64,
    /// Longer candles left out because shorter ones are missing in them.
    pub incomplete: u64,
    /// Each column, required ones first.
    pub fields: Vec<FieldDifferences>,
    /// The first differences, ascending by time, at most as many as asked for.
    pub differences: Vec<Difference>,
}

type Column = (&'static str, fn(&Series) -> &[f64], f64);

/// Prices are taken over, volumes are added up.
const COLUMNS: [Column; 9] = [
    ("open", Series::open, 0.0),
    ("high", Series::high, 0.0),
    ("low", Series::low, 0.0),
    ("close", Series::close, 0.0),
    ("volume", Series::volume, SUM_TOLERANCE),
    ("quote_volume", |series| &series.extra().quote_volume, SUM_TOLERANCE),
    ("count", |series| &series.extra().trades, SUM_TOLERANCE),
    ("taker_buy_volume", |series| &series.extra().taker_buy_volume, SUM_TOLERANCE),
    ("taker_buy_quote_volume", |series| &series.extra().taker_buy_quote_volume, SUM_TOLERANCE),
];

/// Compares derived candles with the venue's own of the same length, over the time that both cover. Prices must
/// be equal; volumes, which are sums, to 1e-11 of their value. Absent values are not compared.
///
/// # Errors
/// [`CompareError::Timeframe`] when the candles are of different lengths.
pub fn compare(
    derived: &Series,
    venue: &Series,
    listed_max: usize,
) -> Result<Comparison, CompareError> {
    if derived.timeframe() != venue.timeframe() {
        let (derived, venue) = (derived.timeframe(), venue.timeframe());
        return Err(CompareError::Timeframe { derived, venue });
    }
    Ok(compare_rows(derived, venue, listed_max, |_| true))
}

/// Builds the venue's candles out of `shorter` ones and compares them as [`compare`] does. A longer candle in
/// which shorter ones are missing is left out and counted.
///
/// # Errors
/// [`CompareError::Aggregate`] when the shorter candles do not fill the longer ones.
pub fn compare_aggregate(
    shorter: &Series,
    venue: &Series,
    listed_max: usize,
) -> Result<Comparison, CompareError> {
    let derived = aggregate(shorter, venue.timeframe())?;
    let rows_before = |time: i64| shorter.open_times().partition_point(|open| *open < time);
    let is_complete = |row: usize| {
        let (open, end) = (derived.open_times()[row], derived.close_time(row));
        let expected = shorter.timeframe().count_between(Timestamp::from_millis(open), end);
        (rows_before(end.millis()) - rows_before(open)) as u64 == expected
    };
    Ok(compare_rows(&derived, venue, listed_max, is_complete))
}

fn compare_rows(
    derived: &Series,
    venue: &Series,
    listed_max: usize,
    is_complete: impl Fn(usize) -> bool,
) -> Comparison {
    let mut comparison = Comparison {
        fields: COLUMNS.map(|(field, ..)| untouched(field)).to_vec(),
        ..Comparison::default()
    };
    let (mut ours, mut theirs) = (0, 0);
    while let (Some(our_time), Some(their_time)) =
        (derived.open_times().get(ours), venue.open_times().get(theirs))
    {
        match our_time.cmp(their_time) {
            Ordering::Equal if is_complete(ours) => {
                comparison.add((derived, ours), (venue, theirs), listed_max);
            }
            Ordering::Equal => comparison.incomplete += 1,
            Ordering::Less => comparison.only_derived += u64::from(theirs > 0),
            Ordering::Greater => comparison.only_venue += u64::from(ours > 0),
        }
        let (step_ours, step_theirs) = (our_time <= their_time, their_time <= our_time);
        ours += usize::from(step_ours);
        theirs += usize::from(step_theirs);
    }
    comparison
}

const fn untouched(field: &'static str) -> FieldDifferences {
    FieldDifferences { field, compared: 0, different: 0, largest: 0.0 }
}

impl Comparison {
    fn add(&mut self, ours: (&Series, usize), theirs: (&Series, usize), listed_max: usize) {
        let mut is_different = false;
        for ((field, read, tolerance), total) in COLUMNS.into_iter().zip(&mut self.fields) {
            let value = |(series, row): (&Series, usize)| {
                read(series).get(row).copied().filter(|value| !value.is_nan())
            };
            let (Some(derived), Some(venue)) = (value(ours), value(theirs)) else { continue };
            total.compared += 1;
            let difference = (derived - venue).abs();
            if difference <= tolerance * derived.abs().max(venue.abs()) {
                continue;
            }
            let base = if venue == 0.0 { derived } else { venue };
            total.different += 1;
            total.largest = total.largest.max((difference / base).abs());
            is_different = true;
            if self.differences.len() < listed_max {
                let time = Timestamp::from_millis(theirs.0.open_times()[theirs.1]);
                self.differences.push(Difference { time, field, derived, venue });
            }
        }
        self.compared += 1;
        self.different += u64::from(is_different);
    }
}

#[cfg(test)]
mod tests;
