//! Events of the user stream.
//!
//! The position of a fill arrives before the fill itself, with the same times; events may repeat and come
//! late. Keys are left out freely by the Algo Service, so almost everything of it is optional.

use domain::{Symbol, Timestamp};
use serde::Deserialize;

use super::read::{id_or_empty, symbol};
use super::{
    AlgoStatus, ExecutionType, ListenKey, MarginWord, OrderStatus, OrderTypeWord, PositionSideWord,
    SideWord,
};
use crate::Number;
use crate::frame::FrameError;
use crate::number::empty_is_none;
use crate::rest::Endpoints;
use crate::wire::stream::EventName;

/// One event of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    /// An order changed or traded.
    Order(Box<OrderUpdate>),
    /// A conditional order changed.
    Algo(Box<AlgoUpdate>),
    /// Balances or positions changed.
    Account(Box<AccountUpdate>),
    /// Leverage or asset mode changed.
    Config(ConfigUpdate),
    /// Positions are close to liquidation, or beyond it already.
    MarginCall(MarginCall),
    /// The listen key has expired: nothing more will come.
    ListenKeyExpired,
    /// The answer to a control message; what it says holds the key and is not kept.
    Answer {
        /// The id we sent.
        id: u64,
    },
    /// An event that adds nothing, or that this version does not know, by its name.
    Ignored {
        /// The name.
        event: String,
    },
}

/// `ORDER_TRADE_UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OrderUpdate {
    /// When it was sent, ms.
    #[serde(rename = "E")]
    pub event_time: i64,
    /// When the matching engine had it, ms.
    #[serde(rename = "T")]
    pub time: i64,
    /// The order.
    #[serde(rename = "o")]
    pub order: OrderChange,
}

/// An order and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OrderChange {
    /// On which contract.
    #[serde(rename = "s", deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Our name; of a triggered conditional order its own name. `autoclose-`, `adl_autoclose` and
    /// `settlement_autoclose-` are the venue's.
    #[serde(rename = "c")]
    pub client_id: String,
    /// The venue's number.
    #[serde(rename = "i")]
    pub order_id: u64,
    /// Buy or sell.
    #[serde(rename = "S")]
    pub side: SideWord,
    /// Which position.
    #[serde(rename = "ps")]
    pub position_side: PositionSideWord,
    /// Its type.
    #[serde(rename = "o")]
    pub kind: OrderTypeWord,
    /// What happened.
    #[serde(rename = "x")]
    pub execution: ExecutionType,
    /// Its state.
    #[serde(rename = "X")]
    pub status: OrderStatus,
    /// Its quantity.
    #[serde(rename = "q")]
    pub quantity: Number,
    /// Its price; zero for market orders.
    #[serde(rename = "p")]
    pub price: Number,
    /// Quantity of this fill.
    #[serde(rename = "l")]
    pub last_filled: Number,
    /// Quantity of all fills so far; only moves up.
    #[serde(rename = "z")]
    pub filled: Number,
    /// Price of this fill.
    #[serde(rename = "L")]
    pub last_price: Number,
    /// Average price of all fills.
    #[serde(rename = "ap", default, deserialize_with = "empty_is_none")]
    pub average_price: Option<Number>,
    /// Fee of this fill.
    #[serde(rename = "n", default, deserialize_with = "empty_is_none")]
    pub commission: Option<Number>,
    /// Asset of the fee.
    #[serde(rename = "N")]
    pub commission_asset: Option<String>,
    /// Number of the trade; 0 unless it is one.
    #[serde(rename = "t")]
    pub trade_id: u64,
    /// When it traded, ms.
    #[serde(rename = "T")]
    pub trade_time: i64,
    /// Whether our order was there before.
    #[serde(rename = "m", default)]
    pub maker: bool,
    /// Whether it only reduces.
    #[serde(rename = "R", default)]
    pub reduce_only: bool,
    /// Realized profit of this fill, before fees.
    #[serde(rename = "rp", default, deserialize_with = "empty_is_none")]
    pub realized: Option<Number>,
    /// Why it expired (`er`), in the venue's number.
    #[serde(rename = "er")]
    pub expiry_reason: Option<String>,
}

/// `ALGO_UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AlgoUpdate {
    /// When it was sent, ms.
    #[serde(rename = "E")]
    pub event_time: i64,
    /// When the service had it, ms.
    #[serde(rename = "T")]
    pub time: i64,
    /// The order.
    #[serde(rename = "o")]
    pub order: AlgoChange,
}

/// A conditional order and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AlgoChange {
    /// Our name.
    #[serde(rename = "caid")]
    pub client_id: String,
    /// The service's number.
    #[serde(rename = "aid")]
    pub algo_id: u64,
    /// On which contract.
    #[serde(rename = "s", deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Its state.
    #[serde(rename = "X")]
    pub status: AlgoStatus,
    /// Its quantity.
    #[serde(rename = "q", default, deserialize_with = "empty_is_none")]
    pub quantity: Option<Number>,
    /// Number of the order it became in the matching engine.
    #[serde(rename = "ai", default, deserialize_with = "id_or_empty")]
    pub order_id: Option<u64>,
    /// What that order has filled.
    #[serde(rename = "aq", default, deserialize_with = "empty_is_none")]
    pub filled: Option<Number>,
    /// Why it was refused; told once only.
    #[serde(rename = "rm")]
    pub reason: Option<String>,
}

/// `ACCOUNT_UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountUpdate {
    /// When it was sent, ms.
    #[serde(rename = "E")]
    pub event_time: i64,
    /// When it happened, ms.
    #[serde(rename = "T")]
    pub time: i64,
    /// What changed.
    #[serde(rename = "a")]
    pub change: AccountChange,
}

/// What changed on the account; values are absolute, what did not change is left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountChange {
    /// Why, in the venue's word, such as `ORDER` or `FUNDING_FEE`.
    #[serde(rename = "m")]
    pub reason: String,
    /// Balances.
    #[serde(rename = "B", default)]
    pub balances: Vec<BalanceChange>,
    /// Positions.
    #[serde(rename = "P", default)]
    pub positions: Vec<PositionChange>,
    /// The contract of a funding payment; since 2026-08.
    #[serde(rename = "S")]
    pub symbol: Option<String>,
}

/// A balance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BalanceChange {
    /// Of which asset.
    #[serde(rename = "a")]
    pub asset: String,
    /// Wallet balance.
    #[serde(rename = "wb")]
    pub wallet: Number,
    /// Wallet balance of the cross account.
    #[serde(rename = "cw")]
    pub cross_wallet: Number,
    /// Change other than by profit, loss and fees.
    #[serde(rename = "bc")]
    pub change: Number,
}

/// A position.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PositionChange {
    /// Of which contract.
    #[serde(rename = "s", deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Which of its positions.
    #[serde(rename = "ps")]
    pub position_side: PositionSideWord,
    /// Signed quantity.
    #[serde(rename = "pa")]
    pub amount: Number,
    /// Average price of the entries.
    #[serde(rename = "ep")]
    pub entry_price: Number,
    /// Margin type.
    #[serde(rename = "mt")]
    pub margin: MarginWord,
    /// Wallet of an isolated position.
    #[serde(rename = "iw")]
    pub isolated_wallet: Number,
}

/// `ACCOUNT_CONFIG_UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigUpdate {
    /// The leverage of a contract.
    Leverage {
        /// Which contract.
        symbol: Symbol,
        /// The leverage.
        leverage: u32,
    },
    /// Whether all assets are margin.
    MultiAssets(bool),
}

/// `MARGIN_CALL`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MarginCall {
    /// When it was sent, ms.
    #[serde(rename = "E")]
    pub event_time: i64,
    /// The positions.
    #[serde(rename = "p")]
    pub positions: Vec<MarginCallPosition>,
}

/// A position close to liquidation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MarginCallPosition {
    /// Of which contract.
    #[serde(rename = "s", deserialize_with = "symbol")]
    pub symbol: Symbol,
    /// Which of its positions.
    #[serde(rename = "ps")]
    pub position_side: PositionSideWord,
    /// Signed quantity.
    #[serde(rename = "pa")]
    pub amount: Number,
    /// Mark price.
    #[serde(rename = "mp")]
    pub mark_price: Number,
    /// Maintenance margin.
    #[serde(rename = "mm")]
    pub maintenance: Number,
}

#[derive(Deserialize)]
struct Config {
    ac: Option<Leverage>,
    ai: Option<MultiAssets>,
}

#[derive(Deserialize)]
struct Leverage {
    #[serde(deserialize_with = "symbol")]
    s: Symbol,
    l: u32,
}

#[derive(Deserialize)]
struct MultiAssets {
    j: bool,
}

#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow)]
    data: Option<&'a serde_json::value::RawValue>,
    id: Option<u64>,
}

/// Where the user stream is, all events of it. The URL holds the key: never log it.
#[must_use]
pub fn user_stream_url(endpoints: &Endpoints, key: &ListenKey) -> String {
    format!("{}/private/ws/{}", endpoints.streams, key.text())
}

/// Parses a frame of the user stream, wrapped or not.
///
/// # Errors
/// [`FrameError`] when a mandatory field is missing or a value is wrong: it concerns orders or the account, so
/// trading must not go on as if nothing had come.
pub fn parse_user_event(text: &str) -> Result<UserEvent, FrameError> {
    let EventName { event } = read(text)?;
    if let Some(event) = event {
        return event_of(&event, text);
    }
    let Wrapped { data, id } = read(text)?;
    if let (None, Some(id)) = (data, id) {
        return Ok(UserEvent::Answer { id });
    }
    let inner = data.ok_or_else(|| FrameError::Malformed("an event without a name".to_owned()))?;
    let EventName { event } = read(inner.get())?;
    let event = event.ok_or_else(|| FrameError::Malformed("an event without a name".to_owned()))?;
    event_of(&event, inner.get())
}

/// The message names place and field, never the text: it may hold the listen key.
fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, FrameError> {
    serde_json::from_str(text).map_err(|error| FrameError::Malformed(error.to_string()))
}

fn event_of(event: &str, text: &str) -> Result<UserEvent, FrameError> {
    Ok(match event {
        "ORDER_TRADE_UPDATE" => UserEvent::Order(Box::new(read(text)?)),
        "ALGO_UPDATE" => UserEvent::Algo(Box::new(read(text)?)),
        "ACCOUNT_UPDATE" => UserEvent::Account(Box::new(read(text)?)),
        "ACCOUNT_CONFIG_UPDATE" => UserEvent::Config(config(read(text)?)?),
        "MARGIN_CALL" => UserEvent::MarginCall(read(text)?),
        "listenKeyExpired" => UserEvent::ListenKeyExpired,
        other => UserEvent::Ignored { event: other.to_owned() },
    })
}

fn config(config: Config) -> Result<ConfigUpdate, FrameError> {
    match config {
        Config { ac: Some(Leverage { s, l }), .. } => {
            Ok(ConfigUpdate::Leverage { symbol: s, leverage: l })
        }
        Config { ai: Some(MultiAssets { j }), .. } => Ok(ConfigUpdate::MultiAssets(j)),
        Config { ac: None, ai: None } => {
            Err(FrameError::Malformed("a change of configuration without one".to_owned()))
        }
    }
}

impl OrderUpdate {
    /// When the matching engine had it.
    #[must_use]
    pub const fn engine_time(&self) -> Timestamp {
        Timestamp::from_millis(self.time)
    }
}
