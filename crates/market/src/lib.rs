//! Market history: candles as columns, the view over closed candles, aggregation, gaps, what is odd in
//! them, funding settlements, file import.
//!
//! A strategy never holds a whole [`Series`]: it gets [`Candles`], a view that ends
//! at the last closed candle. No clock, no database, no network here.

mod aggregate;
mod candle_row;
mod candle_rows;
mod candles;
mod compare;
mod cursor;
pub mod follow;
mod funding;
mod gap;
pub mod import;
pub mod integrity;
mod series;
mod sum;
pub mod synthetic;

pub use aggregate::{AggregateError, aggregate, extend_aggregate};
pub use candle_row::CandleRow;
pub use candles::Candles;
pub use compare::{
    CompareError, Comparison, Difference, FieldDifferences, compare, compare_aggregate,
};
pub use cursor::Cursor;
pub use funding::{
    Funding, FundingHistory, FundingInterval, FundingKind, FundingOrderError, UnknownFundingKind,
    funding_gaps,
};
pub use gap::{Gap, gaps_in};
pub use series::{Columns, ExtraColumns, Series, SeriesError, SeriesKey};
pub use sum::decimal_sum;

#[cfg(test)]
mod recorded;
