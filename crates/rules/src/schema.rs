//! The description of everything that a file of rules may say.

use crate::json::DEPTH_MAX;
use crate::load::BYTES_MAX;
use crate::model::{
    BreakEvenRule, Condition, FORMAT, Order, ParameterKind, RuleSet, Size, StopRule, TargetRule,
    VERSION, Value,
};
use crate::reader::BLOCKS_MAX;
use crate::shape::{Schema, SizeLimits};

/// What a file of rules may say: the fields of the file and the kinds of blocks, with types and help.
#[must_use]
pub fn schema() -> Schema {
    Schema {
        format: FORMAT,
        version: VERSION,
        limits: SizeLimits { bytes_max: BYTES_MAX, depth_max: DEPTH_MAX, blocks_max: BLOCKS_MAX },
        fields: RuleSet::fields(),
        groups: vec![
            Condition::kinds(),
            Value::kinds(),
            Order::kinds(),
            StopRule::kinds(),
            TargetRule::kinds(),
            Size::kinds(),
            BreakEvenRule::kinds(),
            ParameterKind::kinds(),
        ],
    }
}
