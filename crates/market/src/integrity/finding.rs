//! The kinds of findings, how grave they are, and their words.

use std::fmt;

use domain::Timestamp;

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A candle does not open after the one before it.
    OutOfOrder,
    /// A candle does not open on the grid of its timeframe.
    Misaligned,
    /// A price or volume breaks the rules of a candle, such as a close outside low and high.
    Unsound,
    /// The traded quote asset per unit of the base asset lies outside low and high.
    QuoteVolume,
    /// Takers bought more than was traded.
    TakerVolume,
    /// Candles are missing.
    Gap,
    /// Candles at one price without volume, as in a halt of the exchange.
    FlatRun,
    /// The close moved far and came back in the next candle.
    Reversal,
    /// A candle opened far from the close before it.
    OpenJump,
    /// High or low lies far from open and close.
    LongWick,
    /// Candles without volume that are no flat run.
    ZeroVolume,
    /// Far more volume than around it.
    VolumeSpike,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Odd, but a market does that.
    Note,
    /// What is computed from these candles may mislead.
    Warning,
    /// The data is wrong.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl FindingKind {
    /// All kinds, the gravest first.
    pub const ALL: [Self; 12] = [
        Self::OutOfOrder,
        Self::Misaligned,
        Self::Unsound,
        Self::QuoteVolume,
        Self::TakerVolume,
        Self::Gap,
        Self::FlatRun,
        Self::Reversal,
        Self::OpenJump,
        Self::LongWick,
        Self::ZeroVolume,
        Self::VolumeSpike,
    ];

    /// A name for programs, such as `flat_run`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutOfOrder => "out_of_order",
            Self::Misaligned => "misaligned",
            Self::Unsound => "unsound",
            Self::QuoteVolume => "quote_volume",
            Self::TakerVolume => "taker_volume",
            Self::Gap => "gap",
            Self::FlatRun => "flat_run",
            Self::Reversal => "reversal",
            Self::OpenJump => "open_jump",
            Self::LongWick => "long_wick",
            Self::ZeroVolume => "zero_volume",
            Self::VolumeSpike => "volume_spike",
        }
    }

    /// How much it matters.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::OutOfOrder | Self::Misaligned | Self::Unsound => Severity::Error,
            Self::QuoteVolume | Self::TakerVolume | Self::Gap | Self::FlatRun | Self::Reversal => {
                Severity::Warning
            }
            Self::OpenJump | Self::LongWick | Self::ZeroVolume | Self::VolumeSpike => {
                Severity::Note
            }
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One odd place of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What is odd.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// Open time of the first candle that it is about.
    pub from: Timestamp,
    /// First instant after the last one.
    pub to: Timestamp,
    /// How many candles it is about; of a gap those that are missing.
    pub candles: u64,
    /// One sentence for people, without its end.
    pub words: String,
}

/// How much there is of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingTotal {
    /// The kind.
    pub kind: FindingKind,
    /// Findings, listed or not.
    pub findings: u64,
    /// Candles that they are about.
    pub candles: u64,
}

/// A finding before its words are needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) kind: FindingKind,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) candles: u64,
    /// How large it is, in what the kind is measured in: candles, a fraction, or a multiple.
    pub(super) size: f64,
    /// Column at fault, of an unsound candle.
    pub(super) field: &'static str,
}

impl Found {
    pub(super) fn into_finding(self, deviation: Option<f64>) -> Finding {
        let Self { kind, from, to, candles, .. } = self;
        let words = self.words(deviation);
        Finding { kind, severity: kind.severity(), from, to, candles, words }
    }

    fn words(&self, deviation: Option<f64>) -> String {
        let percent = self.size * 100.0;
        let candles = match self.candles {
            1 => "1 candle".to_owned(),
            count => format!("{count} candles"),
        };
        match self.kind {
            FindingKind::OutOfOrder => "opens no later than the candle before it".to_owned(),
            FindingKind::Misaligned => "does not open on the grid of its timeframe".to_owned(),
            FindingKind::Unsound => format!("{} breaks the rules of a candle", self.field),
            FindingKind::QuoteVolume => {
                format!("the average price traded lies {percent:.4} % outside low and high")
            }
            FindingKind::TakerVolume => {
                format!("takers bought {percent:.4} % more than was traded")
            }
            FindingKind::Gap => format!("{candles} missing"),
            FindingKind::FlatRun => format!("{candles} at one price without a trade"),
            FindingKind::Reversal => {
                let usual = usual(deviation);
                format!("the close moved by {percent:.2} % and came back in the next candle{usual}")
            }
            FindingKind::OpenJump => {
                format!("opened {percent:.2} % away from the close before{}", usual(deviation))
            }
            FindingKind::LongWick => format!("a wick of {percent:.2} %{}", usual(deviation)),
            FindingKind::ZeroVolume => format!("{candles} without volume"),
            FindingKind::VolumeSpike => {
                format!("{:.0} times the median volume of its surroundings", self.size)
            }
        }
    }
}

fn usual(deviation: Option<f64>) -> String {
    let percent =
        |deviation: f64| format!("; usual from close to close is {:.2} %", deviation * 100.0);
    deviation.map(percent).unwrap_or_default()
}
