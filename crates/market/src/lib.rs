//! Candle history: columns, the view over closed candles, aggregation, gaps, file import.
//!
//! A strategy never holds a whole [`Series`]: it gets [`Candles`], a view that ends
//! at the last closed candle. No clock, no database, no network here.

mod aggregate;
mod candles;
mod cursor;
mod gap;
pub mod import;
mod series;
pub mod synthetic;

pub use aggregate::{AggregateError, aggregate};
pub use candles::Candles;
pub use cursor::Cursor;
pub use gap::{Gap, gaps_in};
pub use series::{Columns, ExtraColumns, Series, SeriesError, SeriesKey};
