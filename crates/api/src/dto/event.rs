//! Events as they are streamed.

use desk::{Envelope, Event as Happened};
use serde::Serialize;
use utoipa::ToSchema;

use super::backtest::BacktestJob;
use super::download::DownloadJob;
use super::import::ImportJob;
use super::live::{ClosedCandles, LiveStatus, Tickers};
use super::settings::Settings;

/// One event with its place in the stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventEnvelope {
    /// Number of the event, ascending; `heartbeat` and `lagged` repeat the last one.
    pub seq: u64,
    /// When it was sent.
    pub timestamp: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A backtest moved or changed its state.
    Backtest(BacktestJob),
    /// An import moved or changed its state; without the gaps of its files.
    Import(ImportJob),
    /// Stored candles changed: read coverage and candles again.
    DataChanged(Nothing),
    /// The list of runs changed.
    RunsChanged(Nothing),
    /// The strategies of the folder changed: read the list again.
    StrategiesChanged(Nothing),
    /// The watch-list changed: read it again.
    WatchlistChanged(Nothing),
    /// Live data got better or worse.
    Live(LiveStatus),
    /// New prices of pairs.
    Tickers(Tickers),
    /// Candles have closed.
    CandlesClosed(ClosedCandles),
    /// A download moved or changed its state.
    Download(DownloadJob),
    /// The new settings.
    SettingsChanged(Settings),
    /// The stream is alive; at once and every 15 seconds.
    Heartbeat(Nothing),
    /// Events were lost because this reader was too slow: read everything again.
    Lagged(Missed),
}

/// An empty object.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Nothing {}

/// How many events were lost.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Missed {
    /// Number of events.
    pub missed: u64,
}

impl Event {
    /// The word of its type.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Backtest(_) => "backtest",
            Self::Import(_) => "import",
            Self::DataChanged(_) => "data_changed",
            Self::RunsChanged(_) => "runs_changed",
            Self::StrategiesChanged(_) => "strategies_changed",
            Self::WatchlistChanged(_) => "watchlist_changed",
            Self::Live(_) => "live",
            Self::Tickers(_) => "tickers",
            Self::CandlesClosed(_) => "candles_closed",
            Self::Download(_) => "download",
            Self::SettingsChanged(_) => "settings_changed",
            Self::Heartbeat(_) => "heartbeat",
            Self::Lagged(_) => "lagged",
        }
    }
}

impl From<&Envelope> for EventEnvelope {
    fn from(envelope: &Envelope) -> Self {
        let event = match &envelope.event {
            Happened::Backtest(progress) => Event::Backtest(progress.clone().into()),
            Happened::Import(progress) => Event::Import(ImportJob::brief(progress)),
            Happened::DataChanged => Event::DataChanged(Nothing {}),
            Happened::RunsChanged => Event::RunsChanged(Nothing {}),
            Happened::StrategiesChanged => Event::StrategiesChanged(Nothing {}),
            Happened::WatchlistChanged => Event::WatchlistChanged(Nothing {}),
            Happened::Live(status) => Event::Live(LiveStatus::from(status.as_ref())),
            Happened::Tickers(market, tickers) => Event::Tickers(Tickers {
                market: (*market).into(),
                tickers: tickers.iter().map(Into::into).collect(),
            }),
            Happened::CandlesClosed(closed) => Event::CandlesClosed(closed.as_ref().into()),
            Happened::Download(progress) => Event::Download(DownloadJob::from(progress.as_ref())),
            Happened::SettingsChanged(settings) => Event::SettingsChanged((*settings).into()),
        };
        Self { seq: envelope.seq, timestamp: envelope.timestamp.to_string(), event }
    }
}
