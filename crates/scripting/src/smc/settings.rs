//! The settings of `smc { ... }`, by the names they have everywhere.

use indicators::smc::{
    BlockBody, BlockRule, BreakBy, GapRule, Mitigation, RangeRule, SmcSettings, Tolerance,
};

use crate::arguments::Fields;

/// Fields of `smc`.
pub(crate) const FIELDS: [&str; 13] = [
    "role",
    "internal_length",
    "swing_length",
    "break_by",
    "block_rule",
    "block_body",
    "mitigation",
    "gap_rule",
    "tolerance",
    "close_back",
    "range_rule",
    "displacement_ratio",
    "displacement_length",
];

/// Zones and levels that one engine keeps: enough for any chart, little enough for many runs at once.
const KEPT: usize = 2_000;

/// Settings that are not given keep their defaults; a short swing length shortens the internal one with it.
pub(super) fn read(fields: &Fields<'_>) -> Result<SmcSettings, String> {
    let mut settings = SmcSettings { zones_max: KEPT, levels_max: KEPT, ..SmcSettings::default() };
    if let Some(length) = whole(fields, "swing_length")? {
        settings.swing_length = length;
        settings.internal_length = settings.internal_length.min(length.saturating_sub(1)).max(1);
    }
    if let Some(length) = whole(fields, "internal_length")? {
        settings.internal_length = length;
    }
    if let Some(length) = whole(fields, "displacement_length")? {
        settings.displacement_length = length;
    }
    if let Some(candles) = whole(fields, "close_back")? {
        settings.close_back = u32::try_from(candles).unwrap_or(u32::MAX);
    }
    if let Some(ratio) = fields.number("displacement_ratio")? {
        settings.displacement_ratio = ratio;
    }
    if let Some(ratio) = fields.number("tolerance")? {
        settings.tolerance = Tolerance::Atr { ratio, length: 200 };
    }
    rules(fields, &mut settings)?;
    settings.validate().map_err(|error| format!("smc: {error}"))?;
    Ok(settings)
}

fn rules(fields: &Fields<'_>, settings: &mut SmcSettings) -> Result<(), String> {
    let rule = [BreakBy::Close, BreakBy::Wick].map(|it| (it.name(), it));
    settings.break_by = fields.choice("break_by", &rule)?.unwrap_or(settings.break_by);
    let rule = [BlockRule::Extreme, BlockRule::LastOpposite].map(|it| (it.name(), it));
    settings.block_rule = fields.choice("block_rule", &rule)?.unwrap_or(settings.block_rule);
    let rule = [BlockBody::Range, BlockBody::Body].map(|it| (it.name(), it));
    settings.block_body = fields.choice("block_body", &rule)?.unwrap_or(settings.block_body);
    let rule = [Mitigation::Wick, Mitigation::Body].map(|it| (it.name(), it));
    settings.mitigation = fields.choice("mitigation", &rule)?.unwrap_or(settings.mitigation);
    let rule = [GapRule::Single, GapRule::Joined].map(|it| (it.name(), it));
    settings.gap_rule = fields.choice("gap_rule", &rule)?.unwrap_or(settings.gap_rule);
    let rule = [RangeRule::Swings, RangeRule::Trailing].map(|it| (it.name(), it));
    settings.range_rule = fields.choice("range_rule", &rule)?.unwrap_or(settings.range_rule);
    Ok(())
}

fn whole(fields: &Fields<'_>, name: &str) -> Result<Option<usize>, String> {
    let Some(number) = fields.number(name)? else { return Ok(None) };
    if number.fract() != 0.0 || !(0.0..=100_000.0).contains(&number) {
        return Err(fields.wrong(name, "a whole number of candles"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and small"
    )]
    Ok(Some(number as usize))
}
