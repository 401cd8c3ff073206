//! Smart Money Concepts: what became known, candle by candle.

use desk::smc::{
    Break, Event, EventKind, Extent, LevelKind, Pool, PreviousLevels, SessionRange, SmcReport,
    SmcSettings, SwingEvent, Taken, Zone,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the engine told over the candles of one series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SmcEvents {
    /// Instrument.
    pub symbol: String,
    /// um, spot or demo; null for the candles of a file.
    #[schema(required = true)]
    pub market: Option<String>,
    /// Candle length.
    pub timeframe: String,
    /// How many candles were looked at, from the first one there is.
    pub candles: u64,
    /// Number of all events in the range.
    pub total: u64,
    /// The first of them, in the order in which they became known.
    pub events: Vec<SmcEvent>,
}

/// One fact. It is never changed or taken back; fields that its kind does not have are absent.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct SmcEvent {
    /// `swing`, `break`, `zone_formed`, `zone_touched`, `level_taken` and so on.
    pub kind: &'static str,
    /// Open time of the candle that the fact sits on.
    pub formed_at: String,
    /// Close time of the candle with which it became known: not before it may anyone act on it.
    pub known_at: String,
    /// Number of the candle that it sits on, from 0.
    pub formed_row: u64,
    /// Number of the candle with which it became known, from 0.
    pub known_row: u64,
    /// `internal` or `swing` structure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'static str>,
    /// `bullish` or `bearish`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<&'static str>,
    /// `high` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<&'static str>,
    /// More exactly what: `higher_high`, `bos`, `choch`, `sweep`, `run day`, the name of a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Price of a swing, a broken swing, or a level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// What made a level: `swing`, `pool`, `previous` or `session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_kind: Option<&'static str>,
    /// Number of the candle of the swing that was broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swing_row: Option<u64>,
    /// Number of the candle of the provisional swing in whose place a more extreme one is put.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces_row: Option<u64>,
    /// Whether a displacement made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub displaced: Option<bool>,
    /// The zone as it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<SmcZone>,
    /// How deep the candle went into the zone, 0 at its near edge, 1 at its far one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<f64>,
    /// Number of a pool of equal highs or lows, and how many swings it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<SmcPool>,
    /// Upper price of a range or a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Lower price of a range or a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Body of a displacement in average true ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// An order block or a fair value gap at one moment of its life.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SmcZone {
    /// Its number.
    pub id: u64,
    /// `order_block` or `fair_value_gap`.
    pub kind: &'static str,
    /// `fresh`, `touched`, `halved`, `filled`, `mitigated`, `inverted`, `invalidated` or `dropped`.
    pub stage: &'static str,
    /// Upper price.
    pub top: f64,
    /// Lower price.
    pub bottom: f64,
    /// How often the price came back into it before it went through.
    pub touches: u32,
    /// How often it came back from the other side afterwards.
    pub retests: u32,
    /// The deepest penetration before going through, a fraction of its height.
    #[schema(required = true)]
    pub deepest: Option<f64>,
}

/// A pool of equal highs or lows at one moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SmcPool {
    /// Its number, unique in its structure and side.
    pub id: u64,
    /// How many swings it has.
    pub members: u32,
    /// How far members may lie from the first.
    pub tolerance: f64,
}

impl SmcEvents {
    /// The answer to a question.
    #[must_use]
    pub fn of(report: &SmcReport, settings: &SmcSettings) -> Self {
        Self {
            symbol: report.symbol.to_string(),
            market: report.market.map(|market| market.name().to_owned()),
            timeframe: report.timeframe.to_string(),
            candles: report.candles,
            total: report.total,
            events: report.events.iter().map(|event| SmcEvent::of(event, settings)).collect(),
        }
    }
}

impl SmcEvent {
    /// One event; `settings` name its session.
    #[must_use]
    pub fn of(event: &Event, settings: &SmcSettings) -> Self {
        let base = Self {
            kind: event.kind.name(),
            formed_at: event.formed_at.to_string(),
            known_at: event.known_at.to_string(),
            formed_row: event.formed_row,
            known_row: event.known_row,
            ..Self::default()
        };
        let session = |index: desk::smc::SessionIndex| {
            settings.sessions.get(usize::from(index.0)).map(|window| window.name.clone())
        };
        match &event.kind {
            EventKind::Swing(swing) => base.swing(swing),
            EventKind::Break(found) => base.broken(found),
            EventKind::ZoneTouched { zone, depth } | EventKind::ZoneRetested { zone, depth } => {
                base.zone(zone, Some(*depth))
            }
            EventKind::ZoneFormed(zone)
            | EventKind::ZoneExtended(zone)
            | EventKind::ZoneConfirmed(zone)
            | EventKind::ZoneHalved(zone)
            | EventKind::ZoneFilled(zone)
            | EventKind::ZoneMitigated(zone)
            | EventKind::ZoneInverted(zone)
            | EventKind::ZoneInvalidated(zone)
            | EventKind::ZoneDropped(zone) => base.zone(zone, None),
            EventKind::PoolFormed(pool)
            | EventKind::PoolExtended(pool)
            | EventKind::PoolRevised(pool)
            | EventKind::PoolDissolved(pool) => base.pool(pool),
            EventKind::LevelTaken(taken) => base.taken(taken, session),
            EventKind::PreviousLevels(levels) => base.previous(levels),
            EventKind::SessionOpened(index) => Self { detail: session(*index), ..base },
            EventKind::SessionClosed(range) => base.session(range, session(range.session)),
            EventKind::DealingRange { scope, range } => Self {
                scope: Some(scope.name()),
                high: Some(range.high),
                low: Some(range.low),
                ..base
            },
            EventKind::Displacement { direction, ratio } => {
                Self { direction: Some(direction.name()), ratio: Some(*ratio), ..base }
            }
        }
    }

    fn swing(self, swing: &SwingEvent) -> Self {
        Self {
            scope: Some(swing.scope.name()),
            side: Some(swing.side.name()),
            level: Some(swing.level),
            detail: swing.label.map(|label| label.name().to_owned()),
            replaces_row: swing.replaces,
            ..self
        }
    }

    fn broken(self, found: &Break) -> Self {
        Self {
            scope: Some(found.scope.name()),
            direction: Some(found.direction.name()),
            detail: Some(found.kind.name().to_owned()),
            level: Some(found.level),
            swing_row: Some(found.swing.row),
            displaced: Some(found.displaced),
            ..self
        }
    }

    fn zone(self, zone: &Zone, depth: Option<f64>) -> Self {
        Self {
            scope: zone.scope.map(desk::smc::Scope::name),
            direction: Some(zone.direction.name()),
            displaced: Some(zone.displaced),
            depth,
            zone: Some(SmcZone {
                id: zone.id.number(),
                kind: zone.kind.name(),
                stage: zone.stage.name(),
                top: zone.top,
                bottom: zone.bottom,
                touches: zone.touches,
                retests: zone.retests,
                deepest: zone.deepest(),
            }),
            ..self
        }
    }

    fn pool(self, pool: &Pool) -> Self {
        Self {
            scope: Some(pool.scope.name()),
            side: Some(pool.side.name()),
            level: Some(pool.level()),
            pool: Some(SmcPool {
                id: pool.id.number(),
                members: pool.members,
                tolerance: pool.tolerance,
            }),
            ..self
        }
    }

    fn taken(
        self,
        taken: &Taken,
        session: impl Fn(desk::smc::SessionIndex) -> Option<String>,
    ) -> Self {
        let (scope, whose) = match taken.level {
            LevelKind::Swing { scope, .. } | LevelKind::Pool { scope, .. } => {
                (Some(scope.name()), None)
            }
            LevelKind::Previous(period) => (None, Some(period.name().to_owned())),
            LevelKind::Session(index) => (None, session(index)),
        };
        let taking = taken.how.name();
        Self {
            scope,
            side: Some(taken.side.name()),
            level: Some(taken.price),
            level_kind: Some(taken.level.name()),
            detail: Some(
                whose.map_or_else(|| taking.to_owned(), |whose| format!("{taking} {whose}")),
            ),
            ..self
        }
    }

    fn previous(self, levels: &PreviousLevels) -> Self {
        Self { detail: Some(levels.period.name().to_owned()), ..self }.between(&levels.extent)
    }

    fn session(self, range: &SessionRange, name: Option<String>) -> Self {
        Self { detail: name, ..self }.between(&range.extent)
    }

    fn between(self, extent: &Extent) -> Self {
        Self { high: Some(extent.high), low: Some(extent.low), ..self }
    }
}
