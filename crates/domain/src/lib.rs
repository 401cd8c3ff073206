//! The words of the product: values and facts every other crate speaks in.
//!
//! Owed and owned amounts are exact decimals behind newtypes; candles are
//! statistics and carry `f64`. Nothing here reads a clock, a file or a socket.

mod amount;
mod candle;
mod exact;
mod ids;
mod instrument;
mod intent;
mod market_kind;
mod money;
mod order;
mod packed;
mod position;
mod price_kind;
mod report;
mod scale;
mod seeded;
mod settlement;
mod shown;
mod side;
mod signal;
mod symbol;
mod timeframe;
mod timestamp;

pub use amount::{OutOfRange, Price, Quantity, Rate};
pub use candle::{Candle, CandleError};
pub use ids::{InstrumentId, SleeveId};
pub use instrument::{Instrument, InstrumentRules, LotRules, Rounding};
pub use intent::{BreakEven, Entry, EntryOrder, ExitPlan, Intent, Sizing, Target, Trailing};
pub use market_kind::{MarketKind, UnknownMarketKind};
pub use money::Money;
pub use order::{
    ExitReason, OrderAmount, OrderId, OrderKind, OrderPurpose, OrderRequest, TimeInForce,
};
pub use position::{PositionKey, PositionMode, PositionSide};
pub use price_kind::{PriceKind, UnknownPriceKind};
pub use report::{
    ExecutionReport, ExpireReason, Fill, FillEnd, FilterBreach, FundingPayment, Liquidation,
    Liquidity, RejectReason, VenueReport,
};
pub use rust_decimal::Decimal;
pub use scale::PriceScale;
pub use seeded::Seeded;
pub use settlement::Settlement;
pub use shown::ratio_shown_beside;
pub use side::{Direction, Side};
pub use signal::{Confidence, Metadata, Signal, SignalError};
pub use symbol::{InvalidSymbol, Symbol};
pub use timeframe::{Role, Timeframe, UnknownRole, UnknownTimeframe};
pub use timestamp::{InvalidTimestamp, TimeRange, Timestamp};
