//! The gate every order passes. Only this crate can make an [`Approved`].
//!
//! Sizing, limits, loss locks and guards. It knows no strategy, no venue and no clock: time is an
//! argument. Every refusal is a code with its numbers.

#![deny(clippy::float_arithmetic)]

mod account;
mod approved;
mod gate;
mod guards;
mod limit;
mod liquidation;
mod loss_limits;
mod occupancy;
mod placement;
mod plan;
mod refusal;
mod rules;
mod sizing;
mod sizing_trace;
mod state;
mod ticket;

pub use account::{AccountView, Exposure, ExposureState, Quote};
pub use approved::Approved;
pub use gate::Gate;
pub use guards::ClosedTrade;
pub use loss_limits::Breach;
pub use plan::PlanFault;
pub use refusal::Refusal;
pub use rules::{
    BreachAction, GuardScope, InstrumentMargin, LowProfit, RiskRules, SleeveRules, StopCluster,
};
pub use sizing_trace::{SizeCap, SizingTrace};
pub use state::{ActiveLock, Lock, RecentClose, RiskDay, RiskState};
pub use ticket::{EntryTicket, ExitAmount, ExitTicket, Proposal};
