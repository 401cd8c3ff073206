//! What the engine tells: one fact with the candle it sits on and the moment it was known.
//!
//! An event is never changed or taken back. Each carries what it is about as it stood at that moment.

use domain::Timestamp;

use super::direction::{Direction, Place, Scope, Side, names};
use super::levels::Taken;
use super::periods::PreviousLevels;
use super::pools::Pool;
use super::range::Range;
use super::sessions::{SessionIndex, SessionRange};
use super::zone::Zone;

/// One fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Open time of the candle that the fact sits on.
    pub formed_at: Timestamp,
    /// Close time (exclusive end) of the candle with which it was known: not before it may anyone act on it.
    pub known_at: Timestamp,
    /// The row of the candle that the fact sits on.
    pub formed_row: u64,
    /// The row of the candle with which it was known.
    pub known_row: u64,
    /// The fact.
    pub kind: EventKind,
}

/// The facts. Where nothing else is said, a fact sits on the candle with which it was known.
// With a tag as wide as its alignment a fact is written where it stays; with a narrow one it is made elsewhere first and
// copied together with the gap behind the tag.
#[repr(u64)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// A swing was confirmed. Sits on the swing's candle.
    Swing(SwingEvent),
    /// A swing was broken.
    Break(Break),
    /// A zone was formed. Sits on the candle of the order block or the middle candle of the gap.
    ZoneFormed(Zone),
    /// A gap was joined to the one before it, whose edges and place are now these. Sits on the middle candle.
    ZoneExtended(Zone),
    /// The run of joined gaps has ended; from this candle on the zone's life goes on.
    ZoneConfirmed(Zone),
    /// The price came back into the zone: the first candle after it was known that reaches its near edge, later
    /// each that reaches it after a candle that did not.
    ZoneTouched {
        /// The zone with this touch counted.
        zone: Zone,
        /// How deep this candle went, as [`Zone::depth_of`] counts it.
        depth: f64,
    },
    /// Half of the zone was reached for the first time.
    ZoneHalved(Zone),
    /// A wick went beyond the far edge of a gap for the first time.
    ZoneFilled(Zone),
    /// The price went through an order block, which became a breaker.
    ZoneMitigated(Zone),
    /// A candle closed beyond the far edge of a gap, which became an inverted one.
    ZoneInverted(Zone),
    /// The price came back to a breaker or an inverted gap from the other side, after it had left.
    ZoneRetested {
        /// The zone with this retest counted.
        zone: Zone,
        /// How deep this candle went, as [`Zone::depth_of`] counts it: 1 at the edge it came from, 0 at the other.
        depth: f64,
    },
    /// The price went back through a breaker or an inverted gap: the zone's end.
    ZoneInvalidated(Zone),
    /// The zone was forgotten, for too many of its kind were living.
    ZoneDropped(Zone),
    /// Two swings were found equal. Sits on the first.
    PoolFormed(Pool),
    /// A further swing joined the pool. Sits on that swing.
    PoolExtended(Pool),
    /// The pool's last member was provisional and has been replaced by a swing that is no member. Sits on the
    /// first swing.
    PoolRevised(Pool),
    /// As [`Self::PoolRevised`], with the first swing alone remaining: there is no pool.
    PoolDissolved(Pool),
    /// The price went beyond a level.
    LevelTaken(Taken),
    /// A period began: these are the levels of the one before.
    PreviousLevels(PreviousLevels),
    /// A session began with this candle.
    SessionOpened(SessionIndex),
    /// A session has ended; its high and low are levels now.
    SessionClosed(SessionRange),
    /// A swing set one side of the dealing range.
    DealingRange {
        /// Of which structure.
        scope: Scope,
        /// The range.
        range: Range,
    },
    /// A candle with a large body.
    Displacement {
        /// Its direction.
        direction: Direction,
        /// Its body in true ranges: |close - open| / ATR.
        ratio: f64,
    },
}

impl EventKind {
    /// The stable name, lower case, for files and interfaces.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Swing(_) => "swing",
            Self::Break(_) => "break",
            Self::ZoneFormed(_) => "zone_formed",
            Self::ZoneExtended(_) => "zone_extended",
            Self::ZoneConfirmed(_) => "zone_confirmed",
            Self::ZoneTouched { .. } => "zone_touched",
            Self::ZoneHalved(_) => "zone_halved",
            Self::ZoneFilled(_) => "zone_filled",
            Self::ZoneMitigated(_) => "zone_mitigated",
            Self::ZoneInverted(_) => "zone_inverted",
            Self::ZoneRetested { .. } => "zone_retested",
            Self::ZoneInvalidated(_) => "zone_invalidated",
            Self::ZoneDropped(_) => "zone_dropped",
            Self::PoolFormed(_) => "pool_formed",
            Self::PoolExtended(_) => "pool_extended",
            Self::PoolRevised(_) => "pool_revised",
            Self::PoolDissolved(_) => "pool_dissolved",
            Self::LevelTaken(_) => "level_taken",
            Self::PreviousLevels(_) => "previous_levels",
            Self::SessionOpened(_) => "session_opened",
            Self::SessionClosed(_) => "session_closed",
            Self::DealingRange { .. } => "dealing_range",
            Self::Displacement { .. } => "displacement",
        }
    }
}

/// What a fact is about, where it is about such a thing.
impl EventKind {
    /// The zone, as it stood.
    #[must_use]
    pub const fn zone(&self) -> Option<&Zone> {
        match self {
            Self::ZoneFormed(zone)
            | Self::ZoneExtended(zone)
            | Self::ZoneConfirmed(zone)
            | Self::ZoneTouched { zone, depth: _ }
            | Self::ZoneHalved(zone)
            | Self::ZoneFilled(zone)
            | Self::ZoneMitigated(zone)
            | Self::ZoneInverted(zone)
            | Self::ZoneRetested { zone, depth: _ }
            | Self::ZoneInvalidated(zone)
            | Self::ZoneDropped(zone) => Some(zone),
            Self::Swing(_)
            | Self::Break(_)
            | Self::PoolFormed(_)
            | Self::PoolExtended(_)
            | Self::PoolRevised(_)
            | Self::PoolDissolved(_)
            | Self::LevelTaken(_)
            | Self::PreviousLevels(_)
            | Self::SessionOpened(_)
            | Self::SessionClosed(_)
            | Self::DealingRange { .. }
            | Self::Displacement { .. } => None,
        }
    }

    /// The pool, as it stood; of a taken pool see [`Taken`].
    #[must_use]
    pub const fn pool(&self) -> Option<&Pool> {
        if let Self::PoolFormed(pool)
        | Self::PoolExtended(pool)
        | Self::PoolRevised(pool)
        | Self::PoolDissolved(pool) = self
        {
            Some(pool)
        } else {
            None
        }
    }
}

/// A swing beside the one before it of the same side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SwingLabel {
    /// A high above the high before.
    HigherHigh,
    /// A high not above the high before.
    LowerHigh,
    /// A low not below the low before.
    HigherLow,
    /// A low below the low before.
    LowerLow,
}

names!(SwingLabel { HigherHigh => "HH", LowerHigh => "LH", HigherLow => "HL", LowerLow => "LL" });

impl SwingLabel {
    /// `is_beyond`: above the high before, or below the low before.
    #[inline]
    pub(super) const fn new(side: Side, is_beyond: bool) -> Self {
        match (side, is_beyond) {
            (Side::High, true) => Self::HigherHigh,
            (Side::High, false) => Self::LowerHigh,
            (Side::Low, true) => Self::LowerLow,
            (Side::Low, false) => Self::HigherLow,
        }
    }
}

/// A confirmed swing. It stays provisional until a swing of the other side is confirmed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwingEvent {
    /// Of which structure.
    pub scope: Scope,
    /// High or low.
    pub side: Side,
    /// Its price.
    pub level: f64,
    /// Beside the swing before it of the same side; `None` for the first.
    pub label: Option<SwingLabel>,
    /// The row of the provisional swing that it replaces, being more extreme; `None` for a new one.
    pub replaces: Option<u64>,
}

/// A break with the trend or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakKind {
    /// Break of structure: with the trend, or the first of all.
    Bos,
    /// Change of character: against the trend. With displacement it is called a market structure shift (MSS).
    Choch,
}

names!(BreakKind { Bos => "bos", Choch => "choch" });

/// The break of a swing by the newest candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    /// Of which structure.
    pub scope: Scope,
    /// Upwards through a high or downwards through a low.
    pub direction: Direction,
    /// With the trend or against it.
    pub kind: BreakKind,
    /// The broken price.
    pub level: f64,
    /// The candle of the broken swing.
    pub swing: Place,
    /// The breaking candle.
    pub broken: Place,
    /// Whether the breaking candle is a displacement in this direction.
    pub displaced: bool,
}

impl Break {
    /// Whether it is a market structure shift: a change of character made with displacement.
    #[must_use]
    pub const fn is_shift(&self) -> bool {
        matches!(self.kind, BreakKind::Choch) && self.displaced
    }
}
