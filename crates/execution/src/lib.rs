//! The life of orders between approval and their last report.
//!
//! Takes only what risk approved. Places nothing itself: it says what to place, and
//! keeps the state of each order by one transition table.

mod book;
mod state;

pub use book::{Applied, Ending, KernelOrder, OrderBook, OrderError};
pub use state::{OrderEvent, OrderState, TransitionError, next_state};
