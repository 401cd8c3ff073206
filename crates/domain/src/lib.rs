//! The words of the product: values and facts every other crate speaks in.
//!
//! Owed and owned amounts are exact decimals behind newtypes; candles are
//! statistics and carry `f64`. Nothing here reads a clock, a file or a socket.

mod amount;
mod candle;
mod fill;
mod instrument;
mod intent;
mod market_kind;
mod order;
mod scale;
mod side;
mod signal;
mod symbol;
mod timeframe;
mod timestamp;

pub use amount::{Money, OutOfRange, Price, Quantity, Rate};
pub use candle::{Candle, CandleError};
pub use fill::{ExecutionReport, Fill, RejectReason};
pub use instrument::Instrument;
pub use intent::{Intent, Sizing};
pub use market_kind::{MarketKind, UnknownMarketKind};
pub use order::{ExitReason, OrderId, OrderKind, OrderPurpose, OrderRequest};
pub use rust_decimal::Decimal;
pub use scale::PriceScale;
pub use side::{Direction, Side};
pub use signal::{Confidence, Metadata, Signal, SignalError};
pub use symbol::{InvalidSymbol, Symbol};
pub use timeframe::{Role, Timeframe, UnknownRole, UnknownTimeframe};
pub use timestamp::{InvalidTimestamp, TimeRange, Timestamp};
