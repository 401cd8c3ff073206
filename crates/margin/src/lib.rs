//! What a futures account must hold for its positions.
//!
//! Initial margin and unrealised profit of one-way positions. Maintenance margin,
//! brackets, liquidation and funding are not here yet.

mod leverage;
mod pnl;

pub use leverage::Leverage;
pub use pnl::pnl;
