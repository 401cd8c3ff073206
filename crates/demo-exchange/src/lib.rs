//! The demo exchange: a venue that speaks the protocol of Binance USDⓈ-M futures on loopback.
//!
//! Written from the venue's published rules and not from our client, so that it can catch our mistakes.
//! The core is free of I/O and has no clock: requests and frames in, replies and frames out, at a time
//! that is told. Its market is made up from a seed, and equal inputs give equal outputs.
//!
//! - [`Exchange`]: the core, set up by [`Options`]; [`ApiRequest`], [`ApiReply`] and [`Delivery`] are one REST call, [`Sent`] is
//!   what a socket is sent.
//! - [`FaultPlan`]: what goes wrong. [`Truth`]: what really happened.
//! - [`Replay`]: recorded data in the place of a made-up market.
//! - [`trading`]: accounts, orders, margin and the user stream. A venue has one account unless its options say otherwise;
//!   its key pair is [`trading::DEMO_API_KEY`] and [`trading::DEMO_SECRET`], for HMAC-SHA256. The pair opens
//!   nothing but such venues.
//! - [`PrivateHalf`]: the seam between the two halves, for another private half than [`trading`].
//! - [`Server`]: the same on a port of loopback, with routes that control it.

mod api_call;
mod archive;
mod decimal_text;
mod delivery;
mod exchange;
mod faults;
mod history;
mod limits;
mod market;
mod options;
mod private_door;
mod replay;
mod rest;
mod server;
mod sockets;
pub mod trading;
mod trading_half;
mod truth;

pub use api_call::{ApiReply, ApiRequest, Method};
pub use delivery::{Delivery, Way};
pub use exchange::{Exchange, Need};
pub use faults::{
    Area, BodyFault, FaultKind, FaultPlan, FaultPlanError, FaultRule, ListingFault, Often,
    RequestFault, StreamFault, Target, TradeFault, TradeOccasion, When,
};
pub use history::{HistoryCandle, history};
pub use limits::Limits;
pub use market::{Bracket, Made, SymbolSpec, Unmade, numbered_symbols, well_known_symbols};
pub use options::{Options, OptionsError, SymbolSet};
pub use private_door::{
    BestLevels, BookLevel, DueFunding, MarkState, PrivateHalf, PrivateView, PublicTrade, UserEvent,
};
pub use replay::{Replay, ReplayError, ReplayTime};
pub use server::{Elapsed, Pace, Server};
pub use sockets::{ConnectionId, Sent};
pub use truth::{InjectedFault, SeenCall, Truth};
