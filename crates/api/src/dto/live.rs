//! Live market data: its state, prices, watched pairs and instruments. Times are ms since the epoch, UTC.

use desk::live as facts;
use domain::{Decimal, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{Market, words};
use crate::exact::ExactNumber;

words! {
    /// Which venue live data comes from.
    VenueName {
        /// The exchange inside the application: made-up prices, no internet.
        Demo = "demo",
        /// Binance USDⓈ-M futures.
        Binance = "binance",
    }
}
words! {
    /// Live data in one word; the worst part decides.
    LiveState {
        /// Nothing is watched, or this process does not follow the market.
        Off = "off",
        /// Connections are being opened.
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
words! {
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
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveStatus {
    /// Where it comes from.
    pub venue: VenueName,
    /// Market of the stored candles it adds to.
    pub market: Market,
    /// Whether its prices are made up.
    pub synthetic: bool,
    /// In one word.
    pub state: LiveState,
    /// Why, in a sentence, when it is not live.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Since when the state holds.
    pub since: i64,
    /// Server clock minus clock of this machine, ms.
    #[schema(required = true)]
    pub clock_offset_ms: Option<i64>,
    /// Round trip of the last clock sample, ms.
    #[schema(required = true)]
    pub latency_ms: Option<u64>,
    /// The request budget of this address.
    pub rate: RateUse,
    /// Sockets.
    pub connections: Vec<ConnectionHealth>,
    /// Watched pairs in the order of the watch-list.
    pub pairs: Vec<PairHealth>,
    /// Frames that could not be read since the start.
    pub malformed_frames: u64,
    /// Frames per second, over the last seconds.
    pub frames_per_second: f64,
}

/// What is used of the request budget.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RateUse {
    /// Weight used in this minute.
    pub used: u32,
    /// Weight allowed a minute.
    pub limit: u32,
    /// Until when nothing is asked, after the venue said so.
    #[schema(required = true)]
    pub silent_until: Option<i64>,
}

/// One socket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionHealth {
    /// Route, such as `market 1`.
    pub name: String,
    /// Whether it is open and data comes.
    pub live: bool,
    /// When the last frame came.
    #[schema(required = true)]
    pub last_frame_at: Option<i64>,
    /// How often it was opened again.
    pub reconnects: u64,
    /// Streams asked for.
    pub streams: usize,
    /// Streams that are silent for longer than they may be.
    pub silent_streams: usize,
    /// Why it was closed last.
    #[schema(required = true)]
    pub last_error: Option<String>,
}

/// One watched pair and what has been counted while following it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairHealth {
    /// Instrument.
    pub symbol: String,
    /// In one word.
    pub state: PairState,
    /// Open time of the newest candle that was handed on.
    #[schema(required = true)]
    pub last_candle: Option<i64>,
    /// Milliseconds since its last price.
    #[schema(required = true)]
    pub age_ms: Option<i64>,
    /// Candles handed on in time.
    pub candles_live: u64,
    /// Candles handed on as history.
    pub candles_history: u64,
    /// Repeated frames.
    pub duplicates: u64,
    /// Candles that came with other numbers after they were handed on.
    pub revised: u64,
    /// Frames that came before an earlier candle, or long after their turn.
    pub out_of_order: u64,
    /// Frames that cannot be.
    pub refused: u64,
    /// Requests for missing candles.
    pub fetches: u64,
    /// Requests that failed.
    pub failed_fetches: u64,
    /// Candles that the venue never made.
    pub holes: u64,
}

/// The newest prices of a pair; null where nothing was told yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ticker {
    /// Instrument.
    pub symbol: String,
    /// Last traded price.
    #[schema(required = true)]
    pub last: Option<ExactNumber>,
    /// Best bid.
    #[schema(required = true)]
    pub bid: Option<ExactNumber>,
    /// Best ask.
    #[schema(required = true)]
    pub ask: Option<ExactNumber>,
    /// Mark price.
    #[schema(required = true)]
    pub mark: Option<ExactNumber>,
    /// Index price.
    #[schema(required = true)]
    pub index: Option<ExactNumber>,
    /// Change over 24 hours, fraction.
    #[schema(required = true)]
    pub change_24h: Option<ExactNumber>,
    /// Highest price of 24 hours.
    #[schema(required = true)]
    pub high_24h: Option<ExactNumber>,
    /// Lowest price of 24 hours.
    #[schema(required = true)]
    pub low_24h: Option<ExactNumber>,
    /// Quote asset traded in 24 hours.
    #[schema(required = true)]
    pub quote_volume_24h: Option<ExactNumber>,
    /// Funding rate to be settled next, fraction.
    #[schema(required = true)]
    pub funding_rate: Option<ExactNumber>,
    /// When it is settled.
    #[schema(required = true)]
    pub next_funding_at: Option<i64>,
    /// The one-minute candle that has not closed.
    #[schema(required = true)]
    pub forming: Option<FormingCandle>,
    /// When any of this changed last, venue time.
    pub updated_at: i64,
}

/// A candle that has not closed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FormingCandle {
    /// Open time.
    pub time: i64,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded base asset.
    pub volume: f64,
}

/// A batch of prices: pairs that changed since the last one. At most four times a second.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tickers {
    /// Market of the pairs.
    pub market: Market,
    /// The changed ones.
    pub tickers: Vec<Ticker>,
}

/// A candle has closed and is stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosedCandles {
    /// Market.
    pub market: Market,
    /// Candle length.
    pub timeframe: String,
    /// The candles, at most one second's.
    pub candles: Vec<ClosedCandle>,
}

/// One closed candle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosedCandle {
    /// Instrument.
    pub symbol: String,
    /// The candle.
    #[serde(flatten)]
    pub candle: FormingCandle,
}

/// The watch-list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Watchlist {
    /// Where its prices come from.
    pub venue: VenueName,
    /// Its pairs in order.
    pub pairs: Vec<WatchedPair>,
}

/// One pair of the watch-list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WatchedPair {
    /// Instrument.
    pub symbol: String,
    /// Whether it is followed.
    pub active: bool,
    /// When it was added.
    pub added_at: i64,
    /// What the venue says of it; null before the exchange information is known.
    #[schema(required = true)]
    pub instrument: Option<InstrumentFacts>,
    /// Its newest prices.
    #[schema(required = true)]
    pub ticker: Option<Ticker>,
}

/// What the venue says of an instrument.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstrumentFacts {
    /// Instrument.
    pub symbol: String,
    /// Base asset.
    pub base: String,
    /// Quote asset.
    pub quote: String,
    /// The venue's word, such as `TRADING`.
    pub status: String,
    /// Whether it trades at present.
    pub trading: bool,
    /// Smallest step of its price.
    #[schema(required = true)]
    pub tick: Option<ExactNumber>,
    /// Smallest step of its quantity.
    pub step: ExactNumber,
    /// Smallest quantity.
    pub quantity_min: ExactNumber,
    /// Smallest notional of an order, quote asset.
    pub notional_min: ExactNumber,
    /// First day of trading.
    #[schema(required = true)]
    pub listed_at: Option<i64>,
    /// Whether it is on the watch-list.
    pub watched: bool,
}

/// A pair to add.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "documents the body, which is read field by field")]
pub struct WatchRequest {
    /// Instrument, any case.
    #[schema(example = "BTCUSDT")]
    symbol: String,
    /// Whether it is followed.
    #[schema(default = true)]
    active: Option<bool>,
}

/// What to change of a pair; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "documents the body, which is read field by field")]
pub struct WatchChange {
    /// Whether it is followed.
    active: Option<bool>,
    /// Place in the list, from 0.
    position: Option<u64>,
}

fn exact(value: Option<Decimal>) -> Option<ExactNumber> {
    value.map(ExactNumber)
}

fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::millis)
}

impl From<facts::VenueName> for VenueName {
    fn from(venue: facts::VenueName) -> Self {
        match venue {
            facts::VenueName::Demo => Self::Demo,
            facts::VenueName::Binance => Self::Binance,
        }
    }
}

impl From<facts::LiveState> for LiveState {
    fn from(state: facts::LiveState) -> Self {
        match state {
            facts::LiveState::Off => Self::Off,
            facts::LiveState::Starting => Self::Starting,
            facts::LiveState::Live => Self::Live,
            facts::LiveState::Healing => Self::Healing,
            facts::LiveState::Stale => Self::Stale,
            facts::LiveState::Offline => Self::Offline,
        }
    }
}

impl From<facts::PairState> for PairState {
    fn from(state: facts::PairState) -> Self {
        match state {
            facts::PairState::Inactive => Self::Inactive,
            facts::PairState::Starting => Self::Starting,
            facts::PairState::Live => Self::Live,
            facts::PairState::Healing => Self::Healing,
            facts::PairState::Stale => Self::Stale,
            facts::PairState::Halted => Self::Halted,
        }
    }
}

impl From<&facts::LiveStatus> for LiveStatus {
    fn from(status: &facts::LiveStatus) -> Self {
        let market = status.venue.market();
        Self {
            venue: status.venue.into(),
            market: market.into(),
            synthetic: market.is_synthetic(),
            state: status.state.into(),
            reason: status.reason.clone(),
            since: status.since.millis(),
            clock_offset_ms: status.clock_offset_ms,
            latency_ms: status.latency_ms,
            rate: RateUse {
                used: status.rate.used,
                limit: status.rate.limit,
                silent_until: millis(status.rate.silent_until),
            },
            connections: status.connections.iter().map(ConnectionHealth::from).collect(),
            pairs: status.pairs.iter().map(PairHealth::from).collect(),
            malformed_frames: status.malformed_frames,
            frames_per_second: status.frames_per_second,
        }
    }
}

impl From<&facts::ConnectionHealth> for ConnectionHealth {
    fn from(health: &facts::ConnectionHealth) -> Self {
        Self {
            name: health.name.clone(),
            live: health.is_live,
            last_frame_at: millis(health.last_frame_at),
            reconnects: health.reconnects,
            streams: health.streams,
            silent_streams: health.silent_streams,
            last_error: health.last_error.clone(),
        }
    }
}

impl From<&facts::PairHealth> for PairHealth {
    fn from(health: &facts::PairHealth) -> Self {
        let counts = &health.counts;
        Self {
            symbol: health.symbol.to_string(),
            state: health.state.into(),
            last_candle: millis(health.last_candle),
            age_ms: health.age_ms,
            candles_live: counts.live,
            candles_history: counts.history,
            duplicates: counts.duplicates,
            revised: counts.revised,
            out_of_order: counts.out_of_order + counts.late,
            refused: counts.refused,
            fetches: counts.fetches,
            failed_fetches: counts.failed_fetches,
            holes: counts.holes,
        }
    }
}

impl From<&facts::Ticker> for Ticker {
    fn from(ticker: &facts::Ticker) -> Self {
        Self {
            symbol: ticker.symbol.to_string(),
            last: exact(ticker.last),
            bid: exact(ticker.bid),
            ask: exact(ticker.ask),
            mark: exact(ticker.mark),
            index: exact(ticker.index),
            change_24h: exact(ticker.change_24h),
            high_24h: exact(ticker.high_24h),
            low_24h: exact(ticker.low_24h),
            quote_volume_24h: exact(ticker.quote_volume_24h),
            funding_rate: exact(ticker.funding_rate),
            next_funding_at: millis(ticker.next_funding_at),
            forming: ticker.forming.map(|forming| forming.candle.into()),
            updated_at: ticker.updated_at.millis(),
        }
    }
}

impl From<domain::Candle> for FormingCandle {
    fn from(candle: domain::Candle) -> Self {
        let domain::Candle { open_time, open, high, low, close, volume } = candle;
        Self { time: open_time.millis(), open, high, low, close, volume }
    }
}

impl From<&facts::InstrumentFacts> for InstrumentFacts {
    fn from(facts: &facts::InstrumentFacts) -> Self {
        Self {
            symbol: facts.symbol.to_string(),
            base: facts.base.clone(),
            quote: facts.quote.clone(),
            status: facts.status.clone(),
            trading: facts.is_trading,
            tick: exact(facts.tick),
            step: facts.step.into(),
            quantity_min: facts.quantity_min.into(),
            notional_min: facts.notional_min.into(),
            listed_at: millis(facts.listed_at),
            watched: facts.is_watched,
        }
    }
}

impl From<&desk::ClosedCandles> for ClosedCandles {
    fn from(closed: &desk::ClosedCandles) -> Self {
        let candle = |(symbol, row): &(domain::Symbol, market::CandleRow)| ClosedCandle {
            symbol: symbol.to_string(),
            candle: row.candle.into(),
        };
        Self {
            market: closed.market.into(),
            timeframe: closed.timeframe.to_string(),
            candles: closed.rows.iter().map(candle).collect(),
        }
    }
}

impl WatchedPair {
    /// A pair with its newest prices, where there are any.
    #[must_use]
    pub fn new(pair: &facts::WatchedPair, ticker: Option<&facts::Ticker>) -> Self {
        Self {
            symbol: pair.symbol.to_string(),
            active: pair.is_active,
            added_at: pair.added_at.millis(),
            instrument: pair.instrument.as_ref().map(InstrumentFacts::from),
            ticker: ticker.map(Ticker::from),
        }
    }
}
