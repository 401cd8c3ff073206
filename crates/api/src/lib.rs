//! The one documented contract: routes over the desk, their OpenAPI document, the event stream.
//!
//! - [`router`] makes the routes for a [`Door`]; [`call`] asks them without a port.
//! - [`serve`] answers a local HTTP port.
//! - [`event_stream`] is the same stream for every door.
//! - [`BacktestBody`] reads a backtest request for every door.
//! - [`dto`] holds the shapes that cross the doors; the desk knows none of them.

mod assets;
mod call;
mod door;
pub mod dto;
mod error;
pub mod exact;
mod layers;
mod read;
mod router;
mod routes;
mod server;
mod stream;
mod work;

pub use assets::Assets;
pub use call::{Answer, call};
pub use door::Door;
pub use read::backtest::BacktestBody;
pub use router::{openapi_json, router};
pub use server::{bind, serve};
pub use stream::event_stream;
