//! The parameters of an averaging strategy, and the ladder that they make together.

use domain::{Decimal, Direction};

use crate::{ParameterError, ParameterSpec};

use super::ladder::{Ladder, Shape};
use crate::built_in::given::{Given, contradiction};

/// The ladder that is asked for.
///
/// # Errors
/// [`ParameterError`] when the stop is not beyond the last entry.
pub(super) fn ladder(given: Given<'_>) -> Result<Ladder, ParameterError> {
    let short = given.0.text("side") == Some("short");
    let shape = Shape {
        direction: if short { Direction::Short } else { Direction::Long },
        entries: given.count("entries"),
        step: given.number("step"),
        step_factor: given.number("step_factor"),
        size_factor: given.number("size_factor"),
        stop: given.number("stop"),
    };
    Ladder::new(&shape).map_err(|last| {
        let expected = format!("more than the distance of the last entry ({})", last.normalize());
        contradiction("stop", expected, shape.stop)
    })
}

/// The parameters in the order of the form.
pub(super) fn parameters() -> Vec<ParameterSpec> {
    let step = [Decimal::new(2, 2), Decimal::new(1, 3), Decimal::new(3, 1), Decimal::new(1, 3)];
    let factor = [Decimal::ONE, Decimal::new(5, 1), Decimal::from(3), Decimal::new(5, 2)];
    let size = [Decimal::new(15, 1), Decimal::new(5, 1), Decimal::from(3), Decimal::new(5, 2)];
    let target = [Decimal::new(1, 2), Decimal::new(1, 3), Decimal::new(5, 1), Decimal::new(1, 3)];
    let stop = [Decimal::new(12, 2), Decimal::new(5, 3), Decimal::new(95, 2), Decimal::new(5, 3)];
    let risk = [Decimal::new(3, 2), Decimal::new(1, 3), Decimal::new(5, 1), Decimal::new(5, 3)];
    let exposure = [Decimal::new(9, 1), Decimal::new(5, 2), Decimal::from(20), Decimal::new(5, 2)];
    vec![
        ParameterSpec::choice(("side", "Side"), &["long", "short"], "Which direction is held."),
        ParameterSpec::integer(("entries", "Entries"), (5, 1, 20), "The first one included."),
        ParameterSpec::decimal(
            ("step", "Step"),
            step,
            "From the first entry to the second, against the position; 0.02 is 2 %.",
        )
        .in_unit("fraction"),
        ParameterSpec::decimal(
            ("step_factor", "Step factor"),
            factor,
            "How each further step grows beside the one before.",
        )
        .in_unit("multiple"),
        ParameterSpec::decimal(
            ("size_factor", "Size factor"),
            size,
            "How each further entry grows beside the one before.",
        )
        .in_unit("multiple"),
        ParameterSpec::decimal(
            ("target", "Target"),
            target,
            "From the average entry; must be worth the commission of both sides.",
        )
        .in_unit("fraction"),
        ParameterSpec::decimal(
            ("stop", "Stop"),
            stop,
            "From the first entry, beyond the last one; 0.12 is 12 %.",
        )
        .in_unit("fraction"),
        ParameterSpec::decimal(
            ("risk", "Risk of a cycle"),
            risk,
            "What the stop loses when all entries are filled; 0.03 is 3 %.",
        )
        .in_unit("fraction of equity"),
        ParameterSpec::decimal(
            ("exposure_max", "Largest exposure"),
            exposure,
            "Notional of all entries at most; above 1 it needs leverage.",
        )
        .in_unit("multiple of equity"),
        ParameterSpec::integer(
            ("pause", "Pause"),
            (24, 0, 100_000),
            "How long to wait after a stop.",
        )
        .in_unit("candles"),
    ]
}
