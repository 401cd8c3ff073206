//! Calls that need a key: account, orders, settings, the user stream.
//!
//! Each is one request and is never repeated here. What a failure proves is told by
//! [`CallError::outcome`](crate::error::CallError::outcome). Structs are the venue's replies, field by field;
//! decimals are exact, times ms since the epoch.

mod account;
mod algo;
mod client_id;
mod history;
mod listen_key;
mod order;
mod parameters;
mod read;
mod settings;
mod user;
mod user_stream;
mod words;

pub use account::{
    Account, AccountAsset, AccountConfig, AccountPosition, Balance, BracketRow, CommissionRate,
    LeverageBrackets, PositionRisk, SymbolConfig,
};
pub use algo::{AlgoCancel, AlgoOrder};
pub use client_id::{BadClientId, ClientOrderId};
pub use history::{Income, IncomeQuery, UserTrade, UserTradesQuery};
pub use listen_key::ListenKey;
pub use order::{BatchItem, Order};
pub use parameters::{Lookup, NewOrder, Placed};
pub use settings::{LeverageSet, MarginType};
pub use user::{
    AccountChange, AccountUpdate, AlgoChange, AlgoUpdate, BalanceChange, ConfigUpdate, MarginCall,
    MarginCallPosition, OrderChange, OrderUpdate, PositionChange, UserEvent, parse_user_event,
    user_stream_url,
};
pub use user_stream::{UserAction, UserEvents, UserSession, UserStreamEvent, open_user_stream};
pub use words::{
    AlgoStatus, ExecutionType, MarginWord, OrderStatus, OrderTypeWord, PositionSideWord, SideWord,
};

#[cfg(test)]
mod tests;
