//! Blocks about market structure: events, zones, levels, and the choices behind them.
//!
//! What the words mean in detail is in `indicators::smc`. Filters that are left out let everything through.

use domain::Role;
use indicators::smc::{
    BlockBody, BlockRule, BreakBy, Direction, GapRule, Half, Mitigation, Period, Scope, Side,
    SwingLabel, Taking, ZoneKind,
};

use crate::block::record;
use crate::model::{
    Back, BreakWord, Candles, Length, LevelWord, Multiple, Pick, Value, ZoneEdge, ZoneHappening,
    ZoneLife, ZonesKept,
};

record! {
    /// A confirmed swing.
    pub struct SwingEvent {
        /// A high or a low.
        side: Option<Side>,
        /// Beside the swing before it.
        label: Option<SwingLabel>,
        /// Of which structure.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// A broken swing.
    pub struct BreakEvent {
        /// With the trend or against it.
        kind: Option<BreakWord>,
        /// Upwards or downwards.
        direction: Option<Direction>,
        /// Of which structure.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// Something that happened to a zone.
    pub struct ZoneEvent {
        /// What happened.
        event: ZoneHappening,
        /// To which kind of zone.
        kind: Option<ZoneKind>,
        /// In which direction the zone was made.
        direction: Option<Direction>,
        /// Of which structure; gaps have none and are let through.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// A level that was taken.
    pub struct LevelEvent {
        /// What made it.
        level: Option<LevelWord>,
        /// Swept or run.
        how: Option<Taking>,
        /// A high or a low.
        side: Option<Side>,
        /// Of which structure; levels of periods and sessions have none and are let through.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// Equal highs or lows: liquidity beyond them.
    pub struct PoolEvent {
        /// Highs or lows.
        side: Option<Side>,
        /// Of which structure.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// A candle with a large body.
    pub struct DisplacementEvent {
        /// Upwards or downwards.
        direction: Option<Direction>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// Within how many candles of that timeframe, the newest included.
        within: Candles = Candles::whole(1),
    }
}

record! {
    /// Which living zones are meant.
    pub struct ZoneFilter {
        /// Order blocks or gaps.
        kind: Option<ZoneKind>,
        /// In which direction they act: that of their making, the opposite once the price went through.
        direction: Option<Direction>,
        /// How far their life has come.
        stage: Option<ZoneLife>,
        /// Of which structure; gaps have none and are let through.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

impl Default for ZoneFilter {
    /// All zones of the lower timeframe.
    fn default() -> Self {
        Self { kind: None, direction: None, stage: None, scope: None, role: Role::Ltf }
    }
}

record! {
    /// A price inside a living zone, edges included.
    pub struct InZone {
        /// Which zones.
        zone: ZoneFilter = ZoneFilter::default(),
        /// The price; without it the close of the lower timeframe.
        price: Option<Value>,
    }
}

record! {
    /// The direction of the last break of structure.
    pub struct TrendState {
        /// The direction.
        direction: Direction,
        /// Of which structure.
        scope: Scope = Scope::Swing,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// The half of the dealing range in which the close of its timeframe lies.
    pub struct RangeHalf {
        /// The half.
        half: Half,
        /// Of which structure.
        scope: Scope = Scope::Swing,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// An edge of a living zone.
    pub struct ZoneLevel {
        /// Which edge.
        edge: ZoneEdge,
        /// Which zones.
        zone: ZoneFilter = ZoneFilter::default(),
        /// Which one of them.
        pick: Pick = Pick::Newest,
    }
}

record! {
    /// The price of the last confirmed swing.
    pub struct SwingLevel {
        /// A high or a low.
        side: Side,
        /// Of which structure.
        scope: Scope = Scope::Swing,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// The high or low of the period before.
    pub struct PreviousLevel {
        /// Which period.
        period: Period,
        /// High or low.
        side: Side,
        /// From candles of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// Where the close lies in the dealing range.
    pub struct RangePlace {
        /// Of which structure.
        scope: Scope = Scope::Swing,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// How market structure is read from the candles of a timeframe.
    pub struct SmcChoices {
        /// Candles on either side of a swing of the internal structure; fewer than of the swing structure.
        internal_length: Length = Length::whole(5),
        /// Candles on either side of a swing of the swing structure.
        swing_length: Length = Length::whole(50),
        /// What breaks a swing.
        break_by: BreakBy = BreakBy::Close,
        /// Which candle is the order block.
        block_rule: BlockRule = BlockRule::Extreme,
        /// The zone of an order block.
        block_body: BlockBody = BlockBody::Range,
        /// What goes through an order block.
        mitigation: Mitigation = Mitigation::Wick,
        /// Whether gaps in a row are one zone.
        gap_rule: GapRule = GapRule::Single,
        /// How far apart equal highs and lows may be, in average true ranges of 200 candles.
        equal_within: Multiple = Multiple::tenths(1),
        /// How many further candles a close beyond a level has to come back and still be a sweep.
        close_back: Back = Back::whole(0),
        /// How many average true ranges the body of a displacement has at least.
        displacement: Multiple = Multiple::tenths(15),
        /// How many living zones of each kind, direction and structure are kept, the newest.
        zones_kept: ZonesKept = ZonesKept::whole(100),
    }
}

impl Default for SmcChoices {
    fn default() -> Self {
        Self {
            internal_length: Length::whole(5),
            swing_length: Length::whole(50),
            break_by: BreakBy::Close,
            block_rule: BlockRule::Extreme,
            block_body: BlockBody::Range,
            mitigation: Mitigation::Wick,
            gap_rule: GapRule::Single,
            equal_within: Multiple::tenths(1),
            close_back: Back::whole(0),
            displacement: Multiple::tenths(15),
            zones_kept: ZonesKept::whole(100),
        }
    }
}

record! {
    /// How market structure is read, by timeframe.
    #[derive(Default)]
    pub struct SmcRoles {
        /// From candles of the lower timeframe.
        ltf: SmcChoices = SmcChoices::default(),
        /// From candles of the higher timeframe.
        htf: SmcChoices = SmcChoices::default(),
    }
}
