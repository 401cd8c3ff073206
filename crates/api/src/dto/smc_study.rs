//! What came of touched zones: the words of the question and the figures of the answer.

use std::fmt::Display;
use std::str::FromStr;

use desk::smc::{
    Direction, Scope, Spread, StopRule, StudyQuestion, StudyReport, TargetRow, ZoneKind,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Most targets of a question.
const TARGETS_MAX: usize = 20;

/// What came of touched zones.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SmcStudy {
    /// Instrument.
    pub symbol: String,
    /// um, spot or demo; null for the candles of a file.
    #[schema(required = true)]
    pub market: Option<String>,
    /// Candle length.
    pub timeframe: String,
    /// How many candles were looked at.
    pub candles: u64,
    /// `order_block` or `fair_value_gap`.
    pub zone: &'static str,
    /// `bullish`, `bearish` or null for both.
    #[schema(required = true)]
    pub direction: Option<&'static str>,
    /// `internal`, `swing` or null for both.
    #[schema(required = true)]
    pub scope: Option<&'static str>,
    /// Which touch of a zone, from 1.
    pub touch: u32,
    /// `wick` or `close` beyond the far edge.
    pub stop: &'static str,
    /// Candles after the touch that were looked at.
    pub horizon: u64,
    /// Zones that were formed, touched or not.
    pub zones: u64,
    /// Touches that were measured.
    pub samples: u64,
    /// One row a target.
    pub targets: Vec<StudyTarget>,
    /// How far the price went against the entry (MAE); null without samples.
    #[schema(required = true)]
    pub adverse: Option<StudySpread>,
    /// How far the price went along (MFE); null without samples.
    #[schema(required = true)]
    pub favourable: Option<StudySpread>,
}

/// What came of one target. The counts sum to the samples.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StudyTarget {
    /// Heights of the zone beyond its near edge.
    pub target: f64,
    /// Reached before the stop.
    pub hits: u64,
    /// Stopped before, ambiguous ones included.
    pub losses: u64,
    /// Of the losses those whose candle reached target and stop.
    pub ambiguous: u64,
    /// Neither within the horizon.
    pub unresolved: u64,
    /// Neither before the candles ended.
    pub cut: u64,
    /// Hits among hits and losses, a fraction; null without either.
    #[schema(required = true)]
    pub hit_rate: Option<f64>,
}

/// How some distances spread.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StudySpread {
    /// Mean, in heights of the zone.
    pub mean: f64,
    /// Median, in heights of the zone.
    pub median: f64,
    /// 90 % do not exceed it, in heights of the zone.
    pub ninth_decile: f64,
    /// Greatest, in heights of the zone.
    pub most: f64,
    /// Mean, as a fraction of the entry's price.
    pub mean_fraction: f64,
}

impl SmcStudy {
    /// The answer to a question.
    #[must_use]
    pub fn of(report: &StudyReport, question: &StudyQuestion) -> Self {
        let study = &report.study;
        Self {
            symbol: report.symbol.to_string(),
            market: report.market.map(|market| market.name().to_owned()),
            timeframe: report.timeframe.to_string(),
            candles: report.candles,
            zone: question.kind.name(),
            direction: question.direction.map(Direction::name),
            scope: question.scope.map(Scope::name),
            touch: question.touch,
            stop: question.stop.name(),
            horizon: question.horizon as u64,
            zones: study.zones as u64,
            samples: study.samples.len() as u64,
            targets: study.targets.iter().map(StudyTarget::from).collect(),
            adverse: study.against.as_ref().map(StudySpread::from),
            favourable: study.along.as_ref().map(StudySpread::from),
        }
    }
}

impl From<&TargetRow> for StudyTarget {
    fn from(row: &TargetRow) -> Self {
        Self {
            target: row.target,
            hits: row.hits as u64,
            losses: row.losses as u64,
            ambiguous: row.ambiguous as u64,
            unresolved: row.unresolved as u64,
            cut: row.cut as u64,
            hit_rate: row.rate(),
        }
    }
}

impl From<&Spread> for StudySpread {
    fn from(spread: &Spread) -> Self {
        let Spread { mean, median, ninth_decile, most, mean_fraction } = *spread;
        Self { mean, median, ninth_decile, most, mean_fraction }
    }
}

/// A word of a question that is not one of those expected.
fn unexpected(expected: impl Display, was: &str) -> String {
    let was: String = was.chars().take(32).collect();
    format!("expected {expected}, was {was:?}")
}

/// Which zones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zones(Option<ZoneKind>);

impl Zones {
    /// The kind asked for.
    #[must_use]
    pub fn kind(self) -> ZoneKind {
        self.0.unwrap_or(ZoneKind::OrderBlock)
    }
}

impl FromStr for Zones {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kinds = [ZoneKind::OrderBlock, ZoneKind::FairValueGap];
        let found = kinds.into_iter().find(|kind| kind.name() == text);
        found
            .map(|kind| Self(Some(kind)))
            .ok_or_else(|| unexpected("order_block or fair_value_gap", text))
    }
}

/// Zones of which direction.
#[derive(Clone, Copy, Debug)]
pub struct Directions(Option<Direction>);

impl Default for Directions {
    fn default() -> Self {
        Self(Some(Direction::Bullish))
    }
}

impl Directions {
    /// `None` for both.
    #[must_use]
    pub const fn direction(self) -> Option<Direction> {
        self.0
    }
}

impl FromStr for Directions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "both" {
            return Ok(Self(None));
        }
        let found = Direction::ALL.into_iter().find(|it| it.name() == text);
        found.map(|it| Self(Some(it))).ok_or_else(|| unexpected("bullish, bearish or both", text))
    }
}

/// Order blocks of which structure.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scopes(Option<Scope>);

impl Scopes {
    /// `None` for both.
    #[must_use]
    pub const fn scope(self) -> Option<Scope> {
        self.0
    }
}

impl FromStr for Scopes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "both" {
            return Ok(Self(None));
        }
        let found = Scope::ALL.into_iter().find(|it| it.name() == text);
        found.map(|it| Self(Some(it))).ok_or_else(|| unexpected("internal, swing or both", text))
    }
}

/// What stops a sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stops(Option<StopRule>);

impl Stops {
    /// The rule asked for.
    #[must_use]
    pub fn rule(self) -> StopRule {
        self.0.unwrap_or(StopRule::Wick)
    }
}

impl FromStr for Stops {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [StopRule::Wick, StopRule::Close].into_iter().find(|it| it.name() == text);
        found.map(|it| Self(Some(it))).ok_or_else(|| unexpected("wick or close", text))
    }
}

/// Targets in heights of the zone.
#[derive(Clone, Debug)]
pub struct Targets(pub Vec<f64>);

impl Default for Targets {
    fn default() -> Self {
        Self(vec![1.0, 2.0, 3.0])
    }
}

impl FromStr for Targets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_target = |target: &f64| *target > 0.0 && *target <= 1000.0;
        let read = |part: &str| part.trim().parse().ok().filter(is_target);
        let targets: Option<Vec<f64>> = text.split(',').map(read).collect();
        targets.filter(|targets| targets.len() <= TARGETS_MAX).map(Self).ok_or_else(|| {
            unexpected("up to 20 numbers above 0 and at most 1000, joined by commas", text)
        })
    }
}
