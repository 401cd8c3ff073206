//! How well live data is: in all, connection by connection, pair by pair.

use domain::{MarketKind, Symbol, Timestamp};
use market::follow::FollowCounts;

use crate::words::word_enum;

word_enum! {
    /// Which venue live data comes from.
    VenueName {
        /// The exchange inside the application: made-up prices, no internet.
        Demo = "demo",
        /// Binance USDⓈ-M futures.
        Binance = "binance",
    }
}

word_enum! {
    /// Live data in one word. The worst part decides.
    LiveState {
        /// Nothing is watched, or this process does not follow the market.
        Off = "off",
        /// Connections are being opened; nothing has come yet.
        Starting = "starting",
        /// Everything watched is whole and fresh.
        Live = "live",
        /// Candles were missed and are being fetched.
        Healing = "healing",
        /// Data is older than it may be.
        Stale = "stale",
        /// The venue cannot be reached, or has banned this address for a while.
        Offline = "offline",
    }
}

word_enum! {
    /// One watched pair in one word.
    PairState {
        /// Switched off by the user.
        Inactive = "inactive",
        /// Nothing has come yet.
        Starting = "starting",
        /// Whole and fresh.
        Live = "live",
        /// Candles were missed and are being fetched.
        Healing = "healing",
        /// Data is older than it may be.
        Stale = "stale",
        /// The venue does not trade it at present.
        Halted = "halted",
    }
}

/// Live data at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveStatus {
    /// Where it comes from.
    pub venue: VenueName,
    /// In one word.
    pub state: LiveState,
    /// Why, in a sentence, when it is not live.
    pub reason: Option<String>,
    /// Since when the state holds.
    pub since: Timestamp,
    /// Server clock minus clock of this machine, ms; `None` before it was measured.
    pub clock_offset_ms: Option<i64>,
    /// Round trip of the last clock sample, ms.
    pub latency_ms: Option<u64>,
    /// The request budget of this address.
    pub rate: RateUse,
    /// Sockets, one entry each.
    pub connections: Vec<ConnectionHealth>,
    /// Watched pairs in the order of the watch-list.
    pub pairs: Vec<PairHealth>,
    /// Frames that could not be read since the start.
    pub malformed_frames: u64,
    /// Frames per second, over the last seconds.
    pub frames_per_second: f64,
}

/// What is used of the request budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateUse {
    /// Weight used in this minute.
    pub used: u32,
    /// Weight allowed a minute.
    pub limit: u32,
    /// Until when nothing is asked, after the venue said so.
    pub silent_until: Option<Timestamp>,
}

/// One socket.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionHealth {
    /// Route, such as `market 1`.
    pub name: String,
    /// Whether it is open and data comes.
    pub is_live: bool,
    /// When the last frame came.
    pub last_frame_at: Option<Timestamp>,
    /// How often it was opened again.
    pub reconnects: u64,
    /// Streams asked for.
    pub streams: usize,
    /// Streams that are silent for longer than they may be.
    pub silent_streams: usize,
    /// Why it was closed last.
    pub last_error: Option<String>,
}

/// One watched pair.
#[derive(Clone, Debug, PartialEq)]
pub struct PairHealth {
    /// Instrument.
    pub symbol: Symbol,
    /// In one word.
    pub state: PairState,
    /// Open time of the newest candle that was handed on.
    pub last_candle: Option<Timestamp>,
    /// Milliseconds since its last price.
    pub age_ms: Option<i64>,
    /// What has been counted while following it.
    pub counts: FollowCounts,
}

impl VenueName {
    /// Market that its candles are stored under.
    #[must_use]
    pub const fn market(self) -> MarketKind {
        match self {
            Self::Demo => MarketKind::Demo,
            Self::Binance => MarketKind::UsdM,
        }
    }
}
