//! The fault menu: what can go wrong at this venue, where, how often and when.
//!
//! A plan is a text such as `klines:503@0.1; ws.kline/BTCUSDT:drop@0.01; clock:offset=-5000`. Chance comes from
//! the seed, so that equal plans fail at equal places. [`FaultPlan`] says how a text is read.

mod damage;
mod kind;
mod listing;
mod names;
mod plan_text;
mod roll;
mod trade;

pub use kind::{Area, BodyFault, FaultKind, Often, RequestFault, StreamFault, Target, When};
pub use listing::ListingFault;
pub use plan_text::{FaultPlan, FaultPlanError, FaultRule};
pub use trade::{TradeFault, TradeOccasion};

pub(crate) use damage::{damaged, gzip_bomb};
pub(crate) use names::ARCHIVE;
pub(crate) use roll::{Faults, Injected, Occasion};
