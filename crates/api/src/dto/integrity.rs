//! How sound a stored series is. Times are ms since the epoch, UTC.

use desk::data as found;
use serde::Serialize;
use utoipa::ToSchema;

use super::market::PriceKind;
use super::words::{Market, words};

words! {
    /// What was found.
    FindingKind {
        /// Candles are missing.
        Gap = "gap",
        /// Candles in a row without movement and volume, such as while the venue was down.
        FlatRun = "flat_run",
        /// Candles without volume.
        ZeroVolume = "zero_volume",
        /// A price far from its neighbours.
        Outlier = "outlier",
        /// Far more volume than usual.
        VolumeSpike = "volume_spike",
        /// The venue changed a closed candle.
        Revised = "revised",
        /// A candle of a longer timeframe that is not what its shorter ones make.
        Mismatch = "mismatch",
        /// The venue's own candle of a longer timeframe, asked for after a download, is not what these candles make.
        DerivedDiffers = "derived_differs",
        /// A candle that breaks the rules of candles.
        Unsound = "unsound",
    }
}
words! {
    /// How much it matters.
    Severity {
        /// Good to know.
        Note = "note",
        /// Results may be off here.
        Warning = "warning",
        /// Data is missing or wrong.
        Error = "error",
    }
}

/// How sound a stored series is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IntegrityReport {
    /// Market.
    pub market: Market,
    /// Instrument.
    pub symbol: String,
    /// Candle length.
    pub timeframe: String,
    /// Price.
    pub price: PriceKind,
    /// Candles looked at.
    pub candles: u64,
    /// Candles that would make it whole.
    pub expected: u64,
    /// How many findings of each kind there are; kinds without any are left out.
    pub totals: Vec<FindingTotal>,
    /// The first 500, ascending by time.
    pub findings: Vec<Finding>,
    /// Longer stored timeframes that were compared with what these candles make; empty when none is stored.
    pub compared: Vec<ComparedTimeframe>,
    /// How many of the venue's own longer candles were compared with what these candles made then, at downloads, by
    /// timeframe; those that still differ are findings. Empty when none was ever compared.
    pub checked: Vec<CheckedTimeframe>,
}

/// Findings of one kind.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FindingTotal {
    /// Kind.
    pub kind: FindingKind,
    /// How many.
    pub count: u64,
}

/// A longer timeframe that was compared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComparedTimeframe {
    /// Candle length.
    pub timeframe: String,
    /// Candles compared.
    pub candles: u64,
}

/// The venue's own longer candles of one timeframe that were compared at downloads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckedTimeframe {
    /// Candle length.
    pub timeframe: String,
    /// Candles compared, each counted once.
    pub candles: u64,
    /// When the last ones were.
    pub last_at: i64,
}

/// One finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// First open time concerned.
    pub from: i64,
    /// First instant after it.
    pub to: i64,
    /// Candles concerned.
    pub candles: u64,
    /// One sentence.
    pub text: String,
}

impl From<&found::IntegrityReport> for IntegrityReport {
    fn from(report: &found::IntegrityReport) -> Self {
        Self {
            market: report.market.into(),
            symbol: report.symbol.to_string(),
            timeframe: report.timeframe.to_string(),
            price: report.price.into(),
            candles: report.candles,
            expected: report.expected,
            totals: report
                .totals
                .iter()
                .map(|(kind, count)| FindingTotal { kind: (*kind).into(), count: *count })
                .collect(),
            findings: report.findings.iter().map(Finding::from).collect(),
            compared: report.compared.iter().copied().map(ComparedTimeframe::from).collect(),
            checked: report
                .checked
                .iter()
                .map(|one| CheckedTimeframe {
                    timeframe: one.timeframe.to_string(),
                    candles: one.candles,
                    last_at: one.last.millis(),
                })
                .collect(),
        }
    }
}

impl From<(domain::Timeframe, u64)> for ComparedTimeframe {
    fn from((timeframe, candles): (domain::Timeframe, u64)) -> Self {
        Self { timeframe: timeframe.to_string(), candles }
    }
}

impl From<&found::Finding> for Finding {
    fn from(finding: &found::Finding) -> Self {
        Self {
            kind: finding.kind.into(),
            severity: finding.severity.into(),
            from: finding.from.millis(),
            to: finding.to.millis(),
            candles: finding.candles,
            text: finding.text.clone(),
        }
    }
}

impl From<found::FindingKind> for FindingKind {
    fn from(kind: found::FindingKind) -> Self {
        match kind {
            found::FindingKind::Gap => Self::Gap,
            found::FindingKind::FlatRun => Self::FlatRun,
            found::FindingKind::ZeroVolume => Self::ZeroVolume,
            found::FindingKind::Outlier => Self::Outlier,
            found::FindingKind::VolumeSpike => Self::VolumeSpike,
            found::FindingKind::Revised => Self::Revised,
            found::FindingKind::Mismatch => Self::Mismatch,
            found::FindingKind::DerivedDiffers => Self::DerivedDiffers,
            found::FindingKind::Unsound => Self::Unsound,
        }
    }
}

impl From<found::Severity> for Severity {
    fn from(severity: found::Severity) -> Self {
        match severity {
            found::Severity::Note => Self::Note,
            found::Severity::Warning => Self::Warning,
            found::Severity::Error => Self::Error,
        }
    }
}
