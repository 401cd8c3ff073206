//! Conditions: true or false at a candle. What hangs on a missing value does not hold, nor does its opposite.

use domain::Role;

use crate::block::{Block, kinds, record};
use crate::json::Json;
use crate::model::{
    BreakEvent, Candles, CrossDirection, DisplacementEvent, Event, InZone, LevelEvent, Line,
    ParameterName, PoolEvent, PositionIs, RangeHalf, Relation, SessionName, Several, SwingEvent,
    TimeWindow, TrendState, Value, ZoneEvent,
};
use crate::reader::Reader;
use crate::reference::Want;
use crate::shape::Shape;

kinds! {
    /// Holds at a closed candle or not. What hangs on a missing value does not hold, nor does its opposite.
    pub enum Condition in Condition {
        /// Every one of these.
        All(Several<Condition>) = "all",
        /// At least one of these.
        Any(Several<Condition>) = "any",
        /// The opposite of this. Where a value is missing, it holds as little as its opposite.
        Not(Box<Condition>) = "not",
        /// One value stands above or below another.
        Compare(Compare) = "compare",
        /// One value has crossed another with this candle.
        Crosses(Crosses) = "crosses",
        /// A value has risen with each of the last candles.
        Rising(Slope) = "rising",
        /// A value has fallen with each of the last candles.
        Falling(Slope) = "falling",
        /// A condition held at one of the last candles, this one included.
        Recently(Past) = "recently",
        /// A condition has held at each of the last candles, this one included.
        Lasting(Past) = "lasting",
        /// A parameter that is true or false.
        Switch(Switch) = "switch",
        /// An option of a parameter is chosen.
        Chosen(Chosen) = "chosen",
        /// The candle closes inside a time of day.
        Time(TimeWindow) = "time",
        /// The candle closes inside a session.
        Session(SessionName) = "session",
        /// How the strategy stands.
        Position(PositionIs) = "position",
        /// Some candles have passed since the last entry or exit, or there was none.
        Waited(Waited) = "waited",
        /// A swing was confirmed.
        SwingFormed(SwingEvent) = "swing_formed",
        /// A swing was broken.
        StructureBreak(BreakEvent) = "structure_break",
        /// Something happened to an order block or fair value gap.
        ZoneEvent(ZoneEvent) = "zone_event",
        /// A level was swept or run.
        LevelTaken(LevelEvent) = "level_taken",
        /// Equal highs or lows were found.
        PoolFormed(PoolEvent) = "pool_formed",
        /// A candle with a large body.
        Displacement(DisplacementEvent) = "displacement",
        /// A price lies inside a living zone.
        InZone(InZone) = "in_zone",
        /// The direction of the last break of structure.
        Trend(TrendState) = "trend",
        /// The close lies in this half of the dealing range.
        RangeHalf(RangeHalf) = "range_half",
    }
}

record! {
    /// A comparison.
    pub struct Compare {
        /// What is compared.
        left: Value,
        /// How it must stand to the other.
        is: Relation,
        /// With what.
        right: Value,
    }
}

record! {
    /// A crossing: the values stand otherwise than one candle before.
    pub struct Crosses {
        /// What crosses.
        left: Value,
        /// In which direction.
        direction: CrossDirection,
        /// What is crossed.
        right: Value,
        /// Candles of which timeframe are looked at.
        role: Role = Role::Ltf,
    }
}

record! {
    /// A value that rises or falls.
    pub struct Slope {
        /// The value.
        value: Value,
        /// With how many candles in a row.
        candles: Candles = Candles::whole(1),
        /// Candles of which timeframe.
        role: Role = Role::Ltf,
    }
}

record! {
    /// A condition at candles of the lower timeframe that have passed.
    pub struct Past {
        /// The condition.
        condition: Box<Condition>,
        /// How many candles, this one included.
        candles: Candles,
    }
}

record! {
    /// An option of a choice parameter.
    pub struct Chosen, checked by refer_to_option {
        /// The parameter.
        parameter: ParameterName,
        /// The option.
        option: Line,
    }
}

record! {
    /// Candles of the lower timeframe since something.
    pub struct Waited {
        /// Since what.
        since: Event,
        /// At least how many.
        candles: Candles,
    }
}

/// The name of a parameter that is true or false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch(pub ParameterName);

impl Block for Switch {
    fn shape() -> Shape {
        ParameterName::shape()
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let name = ParameterName::read(json, reader)?;
        reader.refer(name.as_str(), Want::Switch);
        Some(Self(name))
    }

    fn write(&self) -> Json {
        self.0.write()
    }
}

fn refer_to_option(chosen: &Chosen, reader: &mut Reader<'_>) {
    reader.refer(chosen.parameter.as_str(), Want::Chosen(chosen.option.0.clone()));
}
