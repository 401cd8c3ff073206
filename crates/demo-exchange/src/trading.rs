//! The trading half of the venue: accounts, matching, margin, conditional orders and the user stream.
//!
//! `D:` names a page of Binance's developer documents, section USDⓈ-M Futures, and `FAQ:` an article of its
//! support pages, both read in 2026-11.
//!
//! Sans-I/O and deterministic: requests and market steps in, answers and frames out, at a time that is
//! told. Rules are those of the venue's published documents. Sockets, IP limits and the market itself are
//! elsewhere.
//!
//! - [`Trading`]: everything; [`TradingOptions`] says how it begins.
//! - [`MarketStep`], [`SymbolRules`]: what it sees of the market.
//! - [`Trading::handle`], [`Trading::handle_socket`] → [`Handled`]: one request over REST or the socket API.
//! - [`Trading::watched_symbols`], [`Trading::next_timer`]: what it waits for.
//! - [`Trading::open_user_stream`], [`Trading::user_frames`]: the user stream.
//! - [`TradingTruth`]: what really happened.
//! - [`OrderFaults`], [`EventFaults`], [`AlgoFault`], [`ForeignAct`]: what goes wrong on demand.

mod account;
mod account_margin;
mod account_routes;
mod admission;
mod algo_life;
mod algo_order;
mod algo_routes;
mod amend;
mod decimal_text;
mod delisting;
mod fills;
mod filters;
mod foreign;
mod generated_name;
mod handle;
mod liquidation;
mod margin;
mod market_state;
mod market_step;
mod market_view;
mod matching;
mod options;
mod order;
mod order_faults;
mod order_json;
mod order_rate;
mod order_request;
mod order_routes;
mod parameters;
mod position;
mod reduce_only;
mod refusal;
mod resting;
mod routes;
mod settings;
mod settings_routes;
mod signature;
mod socket_call;
mod state;
#[cfg(test)]
mod tests;
mod time_window;
mod timers;
mod truth;
mod truth_json;
mod user_events;
mod user_streams;
mod watched;
mod words;

pub use account::AccountId;
pub use handle::Handled;
pub use market_view::{
    Bracket, Level, LotFilter, MarketStep, PriceFilter, PublicTrade, SymbolRules, SymbolStatus,
};
pub use options::{AccountOptions, DEMO_API_KEY, DEMO_SECRET, TradingOptions};
pub use order_faults::{AlgoFault, EventFaults, ForeignAct, OrderFaults, RequestFate, UnknownCode};
pub use order_rate::OrderCount;
pub(crate) use routes::paths;
pub use state::Trading;
pub use truth::{Posting, TradingTruth, TrueFill, TrueOrder};
pub use user_streams::UserStreamId;
pub use watched::Watched;
pub use words::{IncomeType, MarginType};
