//! The socket side without sockets: routes, stream names, subscriptions, and the frames each is owed.
//!
//! A connection belongs to one route for life. Rules are those of §1.1 and §3 of the venue's documentation.

mod connection;
mod control;
mod frames;
mod hub;
mod outgoing;
mod route;
pub(crate) mod stream;
mod subscription;

pub use connection::Sent;
pub use hub::ConnectionId;

pub(crate) use control::subscribed_names;
pub(crate) use hub::{Hub, Lives, Surroundings};
pub(crate) use route::read as read_place;
pub(crate) use stream::Stream;
