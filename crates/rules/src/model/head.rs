//! Who a strategy is, and which timeframes it looks at.

use domain::Timeframe;

use crate::block::record;
use crate::model::{Id, Line, Prose};
use crate::reader::Reader;

record! {
    /// Who a strategy is.
    pub struct About {
        /// Its name in requests; it must be the only one of this name.
        id: Id,
        /// The version of its rules.
        version: Line = Line("1".to_owned()),
        /// Who wrote it.
        author: Line = Line(String::new()),
        /// What it does, in one sentence.
        summary: Line = Line(String::new()),
        /// Idea, rules, parameters, when it loses; Markdown.
        description: Prose = Prose(String::new()),
    }
}

record! {
    /// The timeframes.
    pub struct Roles {
        /// The lower timeframe, on whose closes is decided.
        ltf: RoleLimits = RoleLimits::default(),
        /// The higher timeframe; without it there is none.
        htf: Option<RoleLimits>,
    }
}

record! {
    /// Which timeframes a role takes.
    pub struct RoleLimits, checked by check_limits {
        /// The shortest.
        min: Timeframe = Timeframe::M1,
        /// The longest.
        max: Timeframe = Timeframe::Month1,
        /// Why, for people.
        description: Line = Line(String::new()),
    }
}

impl Default for RoleLimits {
    /// All timeframes.
    fn default() -> Self {
        let description = Line(String::new());
        Self { min: Timeframe::M1, max: Timeframe::Month1, description }
    }
}

impl Default for Roles {
    /// One timeframe, whichever.
    fn default() -> Self {
        Self { ltf: RoleLimits::default(), htf: None }
    }
}

fn check_limits(limits: &RoleLimits, reader: &mut Reader<'_>) {
    if limits.min > limits.max {
        let expected = format!("a longest timeframe that is not shorter than {}", limits.min);
        reader.problem(expected, limits.max.to_string());
    }
}
