//! How sound a stored series is: what is odd in it, what the venue revised, and whether longer stored candles
//! are what its candles make.

use domain::{MarketKind, PriceKind, Symbol, Timeframe, Timestamp};
use market::integrity::{self, IntegrityLimits, inspect};
use market::{Comparison, Series, SeriesKey, compare_aggregate, decimal_sum};
use storage::CheckedTimeframe;

use super::MarketData;
use crate::error::DeskError;
use crate::words::word_enum;

word_enum! {
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

word_enum! {
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

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// First open time concerned.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
    /// Candles concerned.
    pub candles: u64,
    /// One sentence.
    pub text: String,
}

/// How sound a stored series is.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrityReport {
    /// Market.
    pub market: MarketKind,
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
    /// Price.
    pub price: PriceKind,
    /// Candles looked at.
    pub candles: u64,
    /// Candles that would make it whole.
    pub expected: u64,
    /// How many findings of each kind there are; kinds without any are left out.
    pub totals: Vec<(FindingKind, u64)>,
    /// The first 500, ascending by time.
    pub findings: Vec<Finding>,
    /// Longer stored timeframes that were compared with what these candles make, and how many candles.
    pub compared: Vec<(Timeframe, u64)>,
    /// How many of the venue's own longer candles were compared with what these candles made then, at downloads, by
    /// timeframe. Empty when none was.
    pub checked: Vec<CheckedTimeframe>,
}

/// Findings that are listed.
const LISTED_MAX: usize = 500;
/// Findings of one kind, revisions and mismatches that are listed.
const LISTED_OF_A_KIND: usize = 100;

impl MarketData {
    /// Looks through one stored series.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] naming every wrong field; [`DeskError::NotFound`]; [`DeskError::Storage`].
    pub fn integrity(
        &self,
        market: &str,
        symbol: &str,
        (timeframe, price): (&str, &str),
    ) -> Result<IntegrityReport, DeskError> {
        let key = self.stored_key(market, symbol, (timeframe, price))?;
        let series = self.store().load_full(&key, None)?;
        let limits = IntegrityLimits { listed_max: LISTED_OF_A_KIND, ..IntegrityLimits::default() };
        let report = inspect(&series, &limits);
        let mut tally = Tally::default();
        for total in &report.totals {
            tally.count(kind_of(total.kind), total.findings);
        }
        tally.findings.extend(report.findings.into_iter().map(|finding| Finding {
            kind: kind_of(finding.kind),
            severity: severity_of(finding.severity),
            from: finding.from,
            to: finding.to,
            candles: finding.candles,
            text: finding.words,
        }));
        self.add_revisions(&key, &mut tally)?;
        let compared = self.add_mismatches(&series, &mut tally)?;
        self.add_told_otherwise(&series, &mut tally)?;
        let checked = self.store().venue_checks(&key)?;
        let expected = match (series.open_times().first(), series.len()) {
            (Some(first), len) => key
                .timeframe
                .count_between(Timestamp::from_millis(*first), series.close_time(len - 1)),
            (None, _) => 0,
        };
        tally.findings.sort_by_key(|finding| finding.from);
        tally.findings.truncate(LISTED_MAX);
        Ok(IntegrityReport {
            market: key.market,
            symbol: key.symbol,
            timeframe: key.timeframe,
            price: key.price,
            candles: report.candles,
            expected,
            totals: tally.totals,
            findings: tally.findings,
            compared,
            checked,
        })
    }

    fn add_revisions(&self, key: &SeriesKey, tally: &mut Tally) -> Result<(), DeskError> {
        let (revisions, all) = self.store().revisions(key, None, LISTED_OF_A_KIND)?;
        tally.count(FindingKind::Revised, all);
        tally.findings.extend(revisions.into_iter().map(|revision| {
            let from = revision.after.candle.open_time;
            Finding {
                kind: FindingKind::Revised,
                severity: Severity::Note,
                from,
                to: key.timeframe.next_open(from),
                candles: 1,
                text: format!(
                    "the venue changed it: close {} became {}, volume {} became {}",
                    revision.before.candle.close,
                    revision.after.candle.close,
                    revision.before.candle.volume,
                    revision.after.candle.volume
                ),
            }
        }));
        Ok(())
    }

    /// Longer stored candles of the same instrument against what these make.
    fn add_mismatches(
        &self,
        series: &Series,
        tally: &mut Tally,
    ) -> Result<Vec<(Timeframe, u64)>, DeskError> {
        let key = series.key();
        let coverage = self.coverage()?;
        let longer = coverage.iter().map(|one| &one.key).filter(|other| {
            let same = SeriesKey { timeframe: key.timeframe, ..(*other).clone() } == *key;
            same && other.timeframe != key.timeframe && key.timeframe.divides(other.timeframe)
        });
        let mut compared = Vec::new();
        for other in longer {
            let venue = self.store().load_full(other, None)?;
            let Ok(comparison) = compare_aggregate(series, &venue, LISTED_OF_A_KIND) else {
                continue;
            };
            compared.push((other.timeframe, comparison.compared));
            let whose = ("stored", key.timeframe, other.timeframe);
            tally.add_differences(FindingKind::Mismatch, whose, &comparison);
        }
        Ok(compared)
    }

    /// Longer candles as the venue told them when they were checked, where they still differ from what these make.
    fn add_told_otherwise(&self, series: &Series, tally: &mut Tally) -> Result<(), DeskError> {
        for venue in self.store().venue_candles(series.key())? {
            let Ok(comparison) = compare_aggregate(series, &venue, LISTED_OF_A_KIND) else {
                continue;
            };
            let whose = ("venue's", series.timeframe(), venue.timeframe());
            tally.add_differences(FindingKind::DerivedDiffers, whose, &comparison);
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Tally {
    totals: Vec<(FindingKind, u64)>,
    findings: Vec<Finding>,
}

impl Tally {
    fn count(&mut self, kind: FindingKind, more: u64) {
        if more == 0 {
            return;
        }
        match self.totals.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, total)) => *total += more,
            None => self.totals.push((kind, more)),
        }
    }

    fn add_differences(
        &mut self,
        kind: FindingKind,
        (whose, shorter, longer): (&str, Timeframe, Timeframe),
        comparison: &Comparison,
    ) {
        self.count(kind, comparison.different);
        self.findings.extend(comparison.differences.iter().map(|difference| {
            let (from, to) = (difference.time, longer.next_open(difference.time));
            let made = decimal_sum(difference.derived, shorter.count_between(from, to));
            Finding {
                kind,
                severity: Severity::Warning,
                from,
                to,
                candles: longer.count_between(from, to),
                text: format!(
                    "{} of the {whose} {longer} candle is {}, its {shorter} candles make {made}",
                    difference.field, difference.venue
                ),
            }
        }));
    }
}

const fn kind_of(kind: integrity::FindingKind) -> FindingKind {
    match kind {
        integrity::FindingKind::OutOfOrder
        | integrity::FindingKind::Misaligned
        | integrity::FindingKind::Unsound
        | integrity::FindingKind::QuoteVolume
        | integrity::FindingKind::TakerVolume => FindingKind::Unsound,
        integrity::FindingKind::Gap => FindingKind::Gap,
        integrity::FindingKind::FlatRun => FindingKind::FlatRun,
        integrity::FindingKind::Reversal
        | integrity::FindingKind::OpenJump
        | integrity::FindingKind::LongWick => FindingKind::Outlier,
        integrity::FindingKind::ZeroVolume => FindingKind::ZeroVolume,
        integrity::FindingKind::VolumeSpike => FindingKind::VolumeSpike,
    }
}

const fn severity_of(severity: integrity::Severity) -> Severity {
    match severity {
        integrity::Severity::Note => Severity::Note,
        integrity::Severity::Warning => Severity::Warning,
        integrity::Severity::Error => Severity::Error,
    }
}
