//! What a futures account must hold for its positions, and what happens when it does not.
//!
//! Exact maths of USDT-margined linear contracts: functions of their arguments alone. No order,
//! no wallet that is kept, no clock; the venue and risk call it with what they know.

#![deny(clippy::float_arithmetic)]

mod brackets;
mod cost_to_open;
mod cross;
mod funding;
mod leverage;
mod liquidation;
mod mode;
mod pnl;
mod position;
mod quotient;

pub use brackets::{Bracket, BracketError, BracketHistory, BracketStep, BracketTable};
pub use cost_to_open::{cost_to_open, open_loss};
pub use cross::{CrossAccount, CrossPosition};
pub use funding::funding_payment;
pub use leverage::Leverage;
pub use liquidation::{
    LiquidationBounds, LiquidationOutcome, liquidation_outcome, liquidation_price,
    liquidation_price_hedged,
};
pub use mode::{MarginMode, UnknownMarginMode};
pub use pnl::pnl;
pub use position::MarginPosition;
