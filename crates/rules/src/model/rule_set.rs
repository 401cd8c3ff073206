//! A whole file of rules.

use domain::Decimal;

use crate::block::{Block, record};
use crate::json::{Json, JsonKind};
use crate::model::{
    About, CancelRule, Entries, EntryRule, ExitRule, IndicatorUse, Multiple, Name, Parameter,
    Roles, Several, SmcRoles, StopMove,
};
use crate::reader::Reader;
use crate::shape::{Shape, Value};

/// What the file calls itself.
pub(crate) const FORMAT: &str = "stb-rules";
/// The version of the format.
pub(crate) const VERSION: u32 = 1;

record! {
    /// A strategy as rules.
    pub struct RuleSet, checked by check_names {
        /// What the file is.
        format: Format,
        /// In which version of the format.
        version: Version,
        /// Who the strategy is.
        strategy: About,
        /// The timeframes that it looks at.
        roles: Roles = Roles::default(),
        /// What it can be tuned by.
        parameters: Vec<Parameter>,
        /// Indicators under names.
        indicators: Vec<IndicatorUse>,
        /// How market structure is read.
        smc: SmcRoles = SmcRoles::default(),
        /// Smallest reward divided by risk of an entry; risk refuses others. Needs stops and targets.
        reward_to_risk_min: Option<Multiple>,
        /// How many entries may make up a position, for rules that add to one; without it one. The account's own
        /// rule goes first.
        entries_max: Option<Entries>,
        /// When positions are opened.
        entries: Several<EntryRule>,
        /// When they are closed, beside stops and targets.
        exits: Vec<ExitRule>,
        /// When their stop is moved.
        stop_moves: Vec<StopMove>,
        /// When waiting entries are taken back.
        cancels: Vec<CancelRule>,
    }
}

/// Always `stb-rules`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format;

/// Always 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version;

impl Block for Format {
    fn shape() -> Shape {
        Shape::Fixed { value: Value(Self.write()) }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let is_good = json.kind == Self.write().kind;
        if is_good { Some(Self) } else { reader.not(json, format!("{FORMAT:?}")) }
    }

    fn write(&self) -> Json {
        Json::text(FORMAT)
    }
}

impl Block for Version {
    fn shape() -> Shape {
        Shape::Fixed { value: Value(Self.write()) }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let is_good = json.kind == Self.write().kind;
        if is_good { Some(Self) } else { reader.not(json, format!("version {VERSION}")) }
    }

    fn write(&self) -> Json {
        Json::made(JsonKind::Number(Decimal::from(VERSION)))
    }
}

fn check_names(rules: &RuleSet, reader: &mut Reader<'_>) {
    let parameters: Vec<&Name> = rules.parameters.iter().map(|it| &it.name).collect();
    let indicators: Vec<&Name> = rules.indicators.iter().map(|it| &it.name).collect();
    for (what, names) in [("parameters", parameters), ("indicators", indicators)] {
        for (place, name) in names.iter().enumerate() {
            if names[..place].contains(name) {
                let expected = format!("{what} of different names");
                reader.problem(expected, format!("{:?} twice", name.as_str()));
            }
        }
    }
}
