//! Where orders, stops and targets lie.

use domain::Role;
use indicators::smc::{Scope, ZoneKind};

use crate::block::{kinds, record};
use crate::model::{Candles, Length, Multiple, Nothing, Percent, Share, Value};

kinds! {
    /// The order that opens the position.
    pub enum Order in Order {
        /// At the next price.
        Market(Nothing) = "market",
        /// A limit order at a price.
        Limit(WaitingOrder) = "limit",
        /// A market order once the price has broken through a price.
        Stop(WaitingOrder) = "stop",
    }
}

record! {
    /// An order that waits. A newer one of the strategy takes its place.
    pub struct WaitingOrder {
        /// At which price.
        at: Value,
        /// After how many candles of the lower timeframe it is taken back.
        candles: Candles,
    }
}

kinds! {
    /// Where the stop lies: on the losing side of the entry.
    pub enum StopRule in Stop {
        /// At this price.
        At(Value) = "at",
        /// This many percent from the entry.
        Percent(Percent) = "percent",
        /// Some average true ranges from the entry.
        Atr(InMoves) = "atr",
        /// Beyond the far edge of a zone that acts in the direction of the entry.
        Zone(BeyondZone) = "zone",
        /// Beyond the lowest low (of a long) or the highest high (of a short) of the last candles.
        Extreme(BeyondExtreme) = "extreme",
    }
}

kinds! {
    /// Where the target lies: on the winning side of the entry.
    pub enum TargetRule in Target {
        /// At this price.
        At(Value) = "at",
        /// This many percent from the entry.
        Percent(Percent) = "percent",
        /// This many times the distance of the stop from the entry.
        RewardToRisk(Multiple) = "reward_to_risk",
        /// Some average true ranges from the entry.
        Atr(InMoves) = "atr",
        /// At the near edge of the nearest zone that acts against the entry.
        Zone(OppositeZone) = "zone",
    }
}

record! {
    /// A distance in average true ranges.
    pub struct InMoves {
        /// How many.
        multiple: Multiple,
        /// Over how many candles the ranges are averaged (Wilder).
        length: Length = Length::whole(14),
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// A stop beyond a zone: the nearest one whose far edge lies on the losing side of the entry.
    pub struct BeyondZone {
        /// Order blocks or gaps.
        kind: Option<ZoneKind>,
        /// Of which structure; gaps have none and are let through.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// How many percent of the edge's price further.
        beyond_percent: Option<Share>,
    }
}

record! {
    /// A stop beyond the extreme of the last candles.
    pub struct BeyondExtreme {
        /// How many candles.
        candles: Candles,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// How many percent of the extreme further.
        beyond_percent: Option<Share>,
    }
}

record! {
    /// A target at a zone that acts against the entry.
    pub struct OppositeZone {
        /// Order blocks or gaps.
        kind: Option<ZoneKind>,
        /// Of which structure; gaps have none and are let through.
        scope: Option<Scope>,
        /// Of which timeframe.
        role: Role = Role::Ltf,
    }
}
