//! What faults can be aimed at: endpoints by the last word of their path, streams, events of the user stream.

use super::Area;
use crate::sockets::stream::KINDS;
use crate::{rest, trading};

/// Files of the bulk archive, whatever their name.
pub(crate) const ARCHIVE: &str = "archive";

/// Streams that are none: making a connection, and the pings on it.
const OF_CONNECTIONS: [&str; 2] = ["connect", "ping"];

const USER_EVENTS: [&str; 7] = [
    "ACCOUNT_CONFIG_UPDATE",
    "ACCOUNT_UPDATE",
    "ALGO_UPDATE",
    "MARGIN_CALL",
    "ORDER_TRADE_UPDATE",
    "TRADE_LITE",
    "listenKeyExpired",
];

/// Whether there is something of this name to aim at; `*` stands for all.
pub(super) fn is_known(area: Area, name: &str) -> bool {
    let ends_so = |path: &str| path.rsplit('/').next() == Some(name);
    name == "*"
        || match area {
            Area::Request => name == ARCHIVE || rest::paths().chain(trading::paths()).any(ends_so),
            Area::Stream => KINDS.contains(&name) || OF_CONNECTIONS.contains(&name),
            Area::User => USER_EVENTS.contains(&name),
            Area::Market | Area::Clock | Area::Trade => false,
        }
}
