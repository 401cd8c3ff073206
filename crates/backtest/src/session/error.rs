//! What a session refuses, and why.

use domain::{InstrumentId, Timestamp};
use market::{AggregateError, SeriesError};

use crate::RunError;

/// Why a session was not begun, or did not take an input. A refused input has changed nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SessionError {
    /// What is also wrong with a run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// History or input and the session do not fit together.
    #[error("expected {expected}, was {was}")]
    Misfit {
        /// The rule.
        expected: &'static str,
        /// What there was.
        was: String,
    },
    /// A longer timeframe cannot be built from the shortest one of its instrument.
    #[error(transparent)]
    Aggregate(#[from] AggregateError),
    /// A candle breaks a rule, or is not the next one.
    #[error("instrument {}: {error}", .instrument.number())]
    Candle {
        /// Whose.
        instrument: InstrumentId,
        /// The rule.
        error: SeriesError,
    },
    /// The input is of a time before what the session knows already.
    #[error("expected a time at or after {clock}, was {was}")]
    Earlier {
        /// The latest time that the session knows.
        clock: Timestamp,
        /// Time of the input.
        was: Timestamp,
    },
    /// An earlier input has shown the books to disagree; the session takes no more.
    #[error("the session has stopped: {0}")]
    Stopped(String),
}
