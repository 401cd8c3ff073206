//! The user stream, kept alive: listen key, socket, renewal. [`UserSession`] decides without I/O;
//! [`open_user_stream`] runs it.
//!
//! An idle account sends nothing, so the socket is probed: it must answer a control message every 30 s. What
//! happened while it was closed is never sent again: each opening asks for a reconciliation. Times are monotonic.

mod session;
mod task;

pub use session::{UserAction, UserSession};
pub use task::{UserEvents, open_user_stream};

use domain::Timestamp;

use super::UserEvent;

/// One thing that happened on the user stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserStreamEvent {
    /// The socket is open: events are held from now on. Reconcile by REST, then apply them.
    Opened,
    /// Nothing more will come until it is opened again.
    Interrupted {
        /// Why, in words, without the key.
        reason: String,
    },
    /// An event of the account.
    Event {
        /// When it was read off the socket, the venue's time as this machine knows it.
        received: Timestamp,
        /// What it says.
        event: UserEvent,
    },
    /// An event was refused as a whole: the picture of the account is not complete any more.
    Malformed {
        /// What is wrong with it, without the text.
        reason: String,
    },
    /// This receiver was too slow: so many events are missing. Reconcile.
    Lagged {
        /// How many.
        missed: u64,
    },
}
