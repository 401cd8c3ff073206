//! The words of the fault menu.

use domain::TimeRange;

use super::listing::ListingFault;
use super::trade::TradeFault;

/// Where a fault happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which part of the venue.
    pub area: Area,
    /// Endpoint, stream or event; `*` stands for all.
    pub name: String,
    /// Only this symbol.
    pub symbol: Option<String>,
}

/// A part of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// REST calls and the archive, by the last part of the path: `klines`, `order`, `archive`.
    Request,
    /// Frames of market streams, by kind: `ws.kline`, `ws.aggTrade`, `ws.depth`.
    Stream,
    /// Events of the user stream, by name: `user.ORDER_TRADE_UPDATE`.
    User,
    /// The market itself: `market/BTCUSDT:gap`, `market/BTCUSDT:tick=10`.
    Market,
    /// The venue's clock as it is told.
    Clock,
    /// What the matching engine does: `trade:...`, with words of its own.
    Trade,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A request is lost, refused or answered in an odd way.
    Request(RequestFault),
    /// A body or a frame is not what it should be.
    Body(BodyFault),
    /// A stream does not tell what it should.
    Stream(StreamFault),
    /// `reset`: the connection is cut; a request is not carried out (F1, F9).
    Reset,
    /// `delay=2000`: late by so many milliseconds (F11, F19).
    Delay(i64),
    /// `gap`: no trading and no rows in the time named (F18).
    Gap,
    /// A rule or the status of a symbol is another one (F15).
    Listing(ListingFault),
    /// `offset=-5000`: the told time is off by so many milliseconds (F7).
    Offset(i64),
    /// `drift=200`: the told time runs ahead by so many parts per million from the start on (F7).
    Drift(i64),
    /// In the matching engine, or on the account (F8, F12 to F14, F17).
    Trade(TradeFault),
}

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestFault {
    /// `lost`: never reaches the venue, never answered (F1).
    Lost,
    /// `reply-lost`: carried out, never answered (F2).
    ReplyLost,
    /// `reset-after`: carried out, then the connection is cut (F2).
    ResetAfter,
    /// `truncated`: half of the body, then the connection is cut (F2).
    Truncated,
    /// `503-unknown`: carried out or not, half and half (F3).
    UnknownError,
    /// `503`: "Service Unavailable.", never carried out (F5).
    Unavailable,
    /// `503-internal`: -1001, never carried out (§6.2).
    InternalError,
    /// `503-throttled`: -1008, never carried out; exits and cancellations get through (F5).
    Throttled,
    /// `408`: carried out or not, half and half (F4).
    TimedOut,
    /// `error=-1007`: any code; -1000, -1006 and -1007 are carried out half and half (F4).
    Error(i32),
    /// `429` or `429=30` with a Retry-After in seconds (F6).
    TooMany(Option<u32>),
    /// `418=120`: banned for so many seconds (F6).
    Banned(u32),
    /// `stale=1500`: answered as of so many milliseconds ago (F18).
    Stale(i64),
    /// `redirect`: a captive portal (F20).
    Redirect,
    /// `huge=104857600`: so many bytes of blanks after the body (F16).
    Huge(u64),
    /// `gzip-bomb`: a small body that unfolds to 100 MB (F16).
    GzipBomb,
    /// `trickle`: one byte a second (F16).
    Trickle,
}

/// What is wrong with a body or a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// `bad-json`: cut in the middle of a word (F16).
    BadJson,
    /// `html`: a page with status 200 (F16).
    Html,
    /// `empty`: no body with status 200 (F16).
    Empty,
    /// `wrong-type`: an object where a list belongs, and the other way round (F16).
    WrongType,
    /// `nan`: the first decimal is "NaN" (F16).
    NanText,
    /// `exponent`: the first decimal is written with an exponent (F16).
    Exponent,
    /// `empty-text`: the first decimal is "" (F16).
    EmptyText,
    /// `number`: the first decimal is a JSON number (F16).
    NumberForText,
    /// `removed` or `removed=x`: a field is missing (F15).
    FieldRemoved(Option<String>),
    /// `renamed` or `renamed=x`: a field has another name (F15).
    FieldRenamed(Option<String>),
    /// `added`: a field nobody knows (F15).
    FieldAdded,
    /// `unknown-enum`: a word nobody knows (F15).
    UnknownEnum,
    /// `repeated-row`: the last item of a list comes twice (F18).
    RepeatedRow,
    /// `short`: the second half of a list is missing, its only item too (F18).
    Short,
    /// `altered`: the last decimal of the first item is another (F18).
    Altered,
}

/// What goes wrong with a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// `silent`: acknowledged, then no data (F10).
    Silent,
    /// `drop`: one frame is missing (F11).
    Drop,
    /// `duplicate`: sent twice (F11).
    Duplicate,
    /// `reorder`: sent after the next frame of the connection (F11).
    Reorder,
    /// `close`: the connection is closed in order (F9).
    Close,
    /// `half-open`: the connection stays and says nothing ever again (F9).
    HalfOpen,
    /// `no-ping`: the venue's pings are missing (F9).
    NoPing,
    /// `revise`: a closed candle is told without its last trade and corrected 1.5 s later (F18).
    Revise,
}

/// How often a fault happens, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// How often.
    pub often: Often,
    /// Only inside this time of the venue.
    pub within: Option<TimeRange>,
}

/// How often a fault happens where it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// Every time.
    Always,
    /// `@0.05`: with this chance, in parts per million.
    Chance(u32),
    /// `@x3`: the first so many times.
    First(u64),
    /// `@#7`: only that time, counted from 1.
    Only(u64),
}

impl RequestFault {
    /// Whether a request that meets this fault is carried out: surely, never, or by the toss of `coin`.
    #[must_use]
    pub const fn is_carried_out(&self, coin: bool) -> bool {
        match self {
            Self::Lost
            | Self::Unavailable
            | Self::InternalError
            | Self::Throttled
            | Self::TooMany(_)
            | Self::Banned(_)
            | Self::Redirect => false,
            Self::UnknownError | Self::TimedOut | Self::Error(-1000 | -1006 | -1007) => coin,
            Self::Error(_) => false,
            Self::ReplyLost
            | Self::ResetAfter
            | Self::Truncated
            | Self::Stale(_)
            | Self::Huge(_)
            | Self::GzipBomb
            | Self::Trickle => true,
        }
    }
}
