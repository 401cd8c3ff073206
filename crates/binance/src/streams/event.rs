//! What a session tells.

use domain::Timestamp;

use super::{Route, Stream};
use crate::frame::Frame;

/// A socket of a session; numbers are not used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub(crate) u64);

/// How a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamState {
    /// Asked for; nothing has come.
    Waiting,
    /// Its data is young enough.
    Live,
    /// Its data is too old though the socket stands: it is being asked for again.
    Stale,
    /// Its socket is gone: what happened meanwhile has to be fetched elsewhere.
    Lost,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamEvent {
    /// A frame of a wanted stream.
    Frame {
        /// Which stream.
        stream: Stream,
        /// When it was read off the socket, the venue's time as this machine knows it.
        received: Timestamp,
        /// What it says.
        frame: Frame,
    },
    /// A stream changed its state.
    State {
        /// Which stream.
        stream: Stream,
        /// Its new state.
        state: StreamState,
    },
    /// A socket was opened.
    Opened {
        /// Which socket.
        connection: ConnectionId,
        /// On which route.
        route: Route,
    },
    /// A socket was closed, or could not be opened.
    Closed {
        /// Which socket.
        connection: ConnectionId,
        /// On which route.
        route: Route,
        /// Why, in words.
        reason: String,
    },
    /// A frame was refused as a whole.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// This receiver was too slow: so many events before this one are missing. The states of all streams
    /// follow; what was missed has to be fetched elsewhere.
    Lagged {
        /// How many events.
        missed: u64,
    },
}

/// How a stream is, for a health page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamHealth {
    /// Which stream.
    pub stream: Stream,
    /// Its state.
    pub state: StreamState,
    /// Age of its last frame in ms; `None` before the first.
    pub age_ms: Option<u64>,
}

/// How often what happened in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounters {
    /// Frames told.
    pub frames: u64,
    /// Frames dropped because the other socket of a hand-over had told them.
    pub duplicates: u64,
    /// Frames that were refused.
    pub malformed: u64,
    /// Frames of streams that nobody wants, events without a stream.
    pub strays: u64,
    /// Sockets opened.
    pub opened: u64,
    /// Sockets closed other than by us.
    pub closed: u64,
    /// Planned hand-overs before the venue's 24 hours.
    pub rotations: u64,
    /// Streams that became stale.
    pub stale: u64,
    /// Control messages that were refused or not answered.
    pub control_failures: u64,
    /// Control messages sent.
    pub control_sent: u64,
}
