//! Waiting for events of market structure.

use indicators::smc::{
    Break, BreakKind, Direction, Event, EventKind, LevelKind, Scope, Side, SwingLabel, Taken,
    Taking, Zone, ZoneKind,
};

use crate::model::{BreakWord, LevelWord, ZoneHappening};

/// Remembers when an event happened last.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    kind: Kind,
    /// In how many candles, the newest included.
    within: u64,
    /// The number of the candle with the last one, from 1.
    seen: Option<u64>,
}

/// Which events. A filter that is not there lets everything through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Swing {
        side: Option<Side>,
        label: Option<SwingLabel>,
        scope: Option<Scope>,
    },
    Break {
        kind: Option<BreakWord>,
        direction: Option<Direction>,
        scope: Option<Scope>,
    },
    Zone {
        event: ZoneHappening,
        kind: Option<ZoneKind>,
        direction: Option<Direction>,
        scope: Option<Scope>,
    },
    Level {
        level: Option<LevelWord>,
        how: Option<Taking>,
        side: Option<Side>,
        scope: Option<Scope>,
    },
    Pool {
        side: Option<Side>,
        scope: Option<Scope>,
    },
    Displacement {
        direction: Option<Direction>,
    },
}

impl Watch {
    pub(crate) const fn new(kind: Kind, within: u64) -> Self {
        Self { kind, within, seen: None }
    }

    /// Takes note of an event of the candle with this number.
    #[inline]
    pub(crate) fn see(&mut self, event: &Event, row: u64) {
        if self.kind.is(&event.kind) {
            self.seen = Some(row);
        }
    }

    #[inline]
    pub(crate) fn is_recent(&self, row: u64) -> bool {
        self.seen.is_some_and(|seen| row - seen < self.within)
    }
}

/// Whether a filter lets a value through.
pub(crate) fn lets<T: PartialEq>(filter: Option<T>, value: T) -> bool {
    filter.is_none_or(|filter| filter == value)
}

/// Likewise for a value that not all have; those without it pass.
pub(crate) fn lets_if_any<T: PartialEq>(filter: Option<T>, value: Option<T>) -> bool {
    value.is_none_or(|value| lets(filter, value))
}

impl Kind {
    fn is(&self, event: &EventKind) -> bool {
        match (self, event) {
            (Self::Swing { side, label, scope }, EventKind::Swing(it)) => {
                lets(*side, it.side)
                    && label.is_none_or(|label| it.label == Some(label))
                    && lets(*scope, it.scope)
            }
            (Self::Break { kind, direction, scope }, EventKind::Break(it)) => {
                kind.is_none_or(|kind| is_break(kind, it))
                    && lets(*direction, it.direction)
                    && lets(*scope, it.scope)
            }
            (Self::Zone { event, kind, direction, scope }, it) => {
                zone_of(*event, it).is_some_and(|zone| {
                    lets(*kind, zone.kind)
                        && lets(*direction, zone.direction)
                        && lets_if_any(*scope, zone.scope)
                })
            }
            (Self::Level { level, how, side, scope }, EventKind::LevelTaken(it)) => {
                level.is_none_or(|level| is_level(level, it))
                    && lets(*how, it.how)
                    && lets(*side, it.side)
                    && lets_if_any(*scope, scope_of(it))
            }
            (
                Self::Pool { side, scope },
                EventKind::PoolFormed(it) | EventKind::PoolExtended(it),
            ) => lets(*side, it.side) && lets(*scope, it.scope),
            (Self::Displacement { direction }, EventKind::Displacement { direction: it, .. }) => {
                lets(*direction, *it)
            }
            (
                Self::Swing { .. }
                | Self::Break { .. }
                | Self::Level { .. }
                | Self::Pool { .. }
                | Self::Displacement { .. },
                _,
            ) => false,
        }
    }
}

fn is_break(kind: BreakWord, it: &Break) -> bool {
    match kind {
        BreakWord::Bos => it.kind == BreakKind::Bos,
        BreakWord::Choch => it.kind == BreakKind::Choch,
        BreakWord::Shift => it.is_shift(),
    }
}

/// The zone that an event is about, if this is what happened to it.
const fn zone_of(happening: ZoneHappening, event: &EventKind) -> Option<&Zone> {
    match (happening, event) {
        (ZoneHappening::Formed, EventKind::ZoneFormed(zone))
        | (ZoneHappening::Touched, EventKind::ZoneTouched { zone, .. })
        | (ZoneHappening::Halved, EventKind::ZoneHalved(zone))
        | (ZoneHappening::Filled, EventKind::ZoneFilled(zone))
        | (ZoneHappening::Mitigated, EventKind::ZoneMitigated(zone))
        | (ZoneHappening::Inverted, EventKind::ZoneInverted(zone))
        | (ZoneHappening::Retested, EventKind::ZoneRetested { zone, .. })
        | (ZoneHappening::Invalidated, EventKind::ZoneInvalidated(zone)) => Some(zone),
        (
            ZoneHappening::Formed
            | ZoneHappening::Touched
            | ZoneHappening::Halved
            | ZoneHappening::Filled
            | ZoneHappening::Mitigated
            | ZoneHappening::Inverted
            | ZoneHappening::Retested
            | ZoneHappening::Invalidated,
            _,
        ) => None,
    }
}

const fn is_level(level: LevelWord, it: &Taken) -> bool {
    matches!(
        (level, it.level),
        (LevelWord::Swing, LevelKind::Swing { .. })
            | (LevelWord::Pool, LevelKind::Pool { .. })
            | (LevelWord::Previous, LevelKind::Previous(_))
            | (LevelWord::Session, LevelKind::Session(_))
    )
}

const fn scope_of(it: &Taken) -> Option<Scope> {
    match it.level {
        LevelKind::Swing { scope, .. } | LevelKind::Pool { scope, .. } => Some(scope),
        LevelKind::Previous(_) | LevelKind::Session(_) => None,
    }
}
