//! What strategies draw and write. Times of drawings are ms since the epoch, those of log lines texts.

use desk::backtests::{DrawingsReport, LogRecord, OutputCounts, PlotReport};
use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::words::words;

words! {
    /// Where a plot is drawn.
    Pane {
        /// Over the candles.
        Price = "price",
        /// Below them, with a scale of its own.
        Own = "own",
    }
}
words! {
    /// What a drawing stands for.
    Tone {
        /// Speaks for higher prices.
        Bullish = "bullish",
        /// Speaks for lower prices.
        Bearish = "bearish",
        /// For neither.
        Neutral = "neutral",
    }
}

/// What the strategies of one instrument have drawn in a span of time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Drawings {
    /// Instrument.
    pub symbol: String,
    /// Plots with a point in the span, sleeve by sleeve, in the order in which they were begun.
    pub plots: Vec<Plot>,
    /// Zones that overlap the span.
    pub zones: Vec<Zone>,
    /// Labels within the span.
    pub labels: Vec<Label>,
    /// Whether points of any plot were left out because of `limit`; lows and highs never are.
    pub thinned: bool,
    /// Points, zones, labels and log lines of the whole run that were not kept because there were too
    /// many.
    pub dropped: u64,
}

/// A named line as columns of equal length.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Plot {
    /// Place of its sleeve among the sleeves of the result, from 0.
    pub sleeve: u32,
    /// Strategy.
    pub strategy: String,
    /// Its name.
    pub name: String,
    /// Where it is drawn.
    pub pane: Pane,
    /// Closes of candles, ascending.
    pub time: Vec<i64>,
    /// Values.
    pub value: Vec<f64>,
    /// Points within the span before thinning.
    pub total_points: usize,
    /// Whether points were left out.
    pub thinned: bool,
}

/// A rectangle of prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Zone {
    /// Place of its sleeve, from 0.
    pub sleeve: u32,
    /// Of what it was made: the open time of a candle.
    pub from: i64,
    /// When it was known; before, no strategy could see it.
    pub known_at: i64,
    /// When it ended; null while it lasts.
    #[schema(required = true)]
    pub until: Option<i64>,
    /// Upper price.
    pub top: f64,
    /// Lower price.
    pub bottom: f64,
    /// What it stands for.
    pub tone: Tone,
    /// Short text.
    #[schema(example = "OB 4h")]
    pub text: String,
}

/// A short text at a price.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Label {
    /// Place of its sleeve, from 0.
    pub sleeve: u32,
    /// When it was known.
    pub time: i64,
    /// Where.
    pub price: f64,
    /// What it stands for.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// A line of a strategy's log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogLine {
    /// Close of the candle at which it was written.
    pub time: String,
    /// Place of its sleeve among the sleeves of the result, from 0.
    pub sleeve: u32,
    /// Instrument.
    pub symbol: String,
    /// Strategy.
    pub strategy: String,
    /// The line.
    pub text: String,
}

/// How much the strategies of a run have drawn and written; all zero in results of earlier versions.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Output {
    /// Plots, see the route `drawings`.
    pub plots: u64,
    /// Zones.
    pub zones: u64,
    /// Labels.
    pub labels: u64,
    /// Lines of the log, see the route `log`.
    pub log_lines: u64,
    /// Points, zones, labels and lines that were not kept because there were too many.
    pub dropped: u64,
}

impl From<DrawingsReport> for Drawings {
    fn from(report: DrawingsReport) -> Self {
        Self {
            symbol: report.symbol,
            thinned: report.plots.iter().any(PlotReport::is_thinned),
            plots: report.plots.into_iter().map(Plot::from).collect(),
            zones: report.zones.into_iter().map(Zone::from).collect(),
            labels: report.labels.into_iter().map(Label::from).collect(),
            dropped: report.dropped,
        }
    }
}

impl From<PlotReport> for Plot {
    fn from(plot: PlotReport) -> Self {
        Self {
            thinned: plot.is_thinned(),
            sleeve: plot.sleeve,
            strategy: plot.strategy,
            name: plot.name,
            pane: match plot.pane {
                desk::backtests::Pane::Price => Pane::Price,
                desk::backtests::Pane::Own => Pane::Own,
            },
            time: plot.time,
            value: plot.value,
            total_points: plot.total_points,
        }
    }
}

impl From<(u32, desk::backtests::Zone)> for Zone {
    fn from((sleeve, zone): (u32, desk::backtests::Zone)) -> Self {
        Self {
            sleeve,
            from: zone.from.millis(),
            known_at: zone.known_at.millis(),
            until: zone.until.map(Timestamp::millis),
            top: zone.top,
            bottom: zone.bottom,
            tone: zone.tone.into(),
            text: zone.text,
        }
    }
}

impl From<(u32, desk::backtests::Label)> for Label {
    fn from((sleeve, label): (u32, desk::backtests::Label)) -> Self {
        Self {
            sleeve,
            time: label.time.millis(),
            price: label.price,
            tone: label.tone.into(),
            text: label.text,
        }
    }
}

impl From<desk::backtests::Tone> for Tone {
    fn from(tone: desk::backtests::Tone) -> Self {
        match tone {
            desk::backtests::Tone::Bullish => Self::Bullish,
            desk::backtests::Tone::Bearish => Self::Bearish,
            desk::backtests::Tone::Neutral => Self::Neutral,
        }
    }
}

impl From<LogRecord> for LogLine {
    fn from(line: LogRecord) -> Self {
        Self {
            time: line.time.to_string(),
            sleeve: line.sleeve,
            symbol: line.symbol,
            strategy: line.strategy,
            text: line.text,
        }
    }
}

impl From<OutputCounts> for Output {
    fn from(counts: OutputCounts) -> Self {
        Self {
            plots: counts.plots,
            zones: counts.zones,
            labels: counts.labels,
            log_lines: counts.log_lines,
            dropped: counts.dropped,
        }
    }
}
