//! The data model: what a file of rules says, as values.

mod amount;
mod borrowed_words;
mod condition;
mod entry;
mod exit;
mod head;
mod indicator;
mod parameter;
mod placement;
mod rule_set;
mod smc;
mod text;
mod time;
mod value;
mod words;

pub use amount::{
    Amount, Back, Candles, Confidence, CoolDown, Entries, Length, Multiple, Percent, Positive,
    Share, ZonesKept,
};
pub use condition::{Chosen, Compare, Condition, Crosses, Past, Slope, Switch, Waited};
pub use entry::{BreakEvenRule, EntryRule, Nothing, Part, Size, SizeByMoves, TrailingRule};
pub use exit::{CancelRule, ExitRule, StopMove};
pub use head::{About, RoleLimits, Roles};
pub use indicator::{IndicatorUse, Settings};
pub use parameter::{BooleanKind, ChoiceKind, DecimalKind, IntegerKind, Parameter, ParameterKind};
pub use placement::{
    BeyondExtreme, BeyondZone, InMoves, OppositeZone, Order, StopRule, TargetRule, WaitingOrder,
};
pub(crate) use rule_set::{FORMAT, VERSION};
pub use rule_set::{Format, RuleSet, Version};
pub use smc::{
    BreakEvent, DisplacementEvent, InZone, LevelEvent, PoolEvent, PreviousLevel, RangeHalf,
    RangePlace, SmcChoices, SmcRoles, SwingEvent, SwingLevel, TrendState, ZoneEvent, ZoneFilter,
    ZoneLevel,
};
pub use text::{
    CatalogueName, Id, IndicatorName, Line, Name, OutputName, ParameterName, Prose, Several,
};
pub use time::{ClockTime, TimeWindow, ZoneName};
pub use value::{Extreme, Pair, Price, Reading, Value};
pub use words::{
    BreakWord, CrossDirection, Day, EitherSide, Event, Fact, IfOpen, LevelWord, Pick, PositionIs,
    Relation, SessionName, ZoneEdge, ZoneHappening, ZoneLife,
};
