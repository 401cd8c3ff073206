//! Live market streams that heal themselves.
//!
//! [`Session`] decides: a state machine without I/O that keeps the wanted streams alive over as many
//! sockets as they need, and says what to connect, send and close. [`open`] runs it over real sockets. A
//! stream is live after its first frame, never by an acknowledgement; health is the age of its data.

mod connection;
mod event;
mod log;
mod name;
mod session;
pub(crate) mod socket;
mod task;

pub use event::{ConnectionId, StreamCounters, StreamEvent, StreamHealth, StreamState};
pub use name::{DepthSpeed, Route, Stream};
pub use session::{Action, Session, SessionSettings};
pub(crate) use task::INCOMING as SOCKET_QUEUE;
pub use task::{StreamWishes, Streams, open};
