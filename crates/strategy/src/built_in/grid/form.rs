//! The parameters of a grid, and the shape that they make together.

use domain::{Decimal, Price};

use crate::{ParameterError, ParameterSpec};

use super::Shape;
use super::frame::Frame;
use crate::built_in::given::{Given, contradiction, sides};

/// The shape that is asked for.
///
/// # Errors
/// [`ParameterError`] of what contradicts the others.
pub(super) fn shape(given: Given<'_>) -> Result<Shape, ParameterError> {
    let (lower, upper) = (given.number("lower"), given.number("upper"));
    let (levels, stop_steps) = (given.count("levels"), given.number("stop_steps"));
    let reach = Decimal::from(levels) + stop_steps;
    if lower.is_zero() && upper.is_zero() {
        let spacing = given.rate("spacing")?;
        if spacing.decimal() * reach >= Decimal::ONE {
            let expected =
                format!("below 1 / {reach}, so that the stop of the long side is a price");
            return Err(contradiction("spacing", expected, spacing));
        }
        return Ok(Shape::Around { spacing, levels, stop_steps });
    }
    if lower.is_zero() || lower >= upper {
        let expected = format!("below upper ({upper}) and above 0, or both of them 0");
        return Err(contradiction("lower", expected, lower));
    }
    let spacing = (upper - lower) / Decimal::TWO / Decimal::from(levels);
    let centre = Price::new((lower + upper) / Decimal::TWO);
    let centre = centre.map_err(|error| contradiction("upper", error.expected, error.was))?;
    if spacing * reach >= centre.decimal() {
        let expected = "so near to upper that the stop below it is a price";
        return Err(contradiction("lower", expected, lower));
    }
    Ok(Shape::Fixed(Frame { centre, spacing, levels, stop_steps }))
}

/// The parameters in the order of the form.
pub(super) fn parameters() -> Vec<ParameterSpec> {
    let price = [Decimal::ZERO, Decimal::ZERO, Decimal::new(1_000_000, 0), Decimal::new(1, 1)];
    let spacing = [Decimal::new(1, 2), Decimal::new(1, 4), Decimal::new(2, 1), Decimal::new(1, 3)];
    let stop = [Decimal::TWO, Decimal::new(1, 1), Decimal::from(20), Decimal::new(5, 1)];
    let risk = [Decimal::new(3, 2), Decimal::new(1, 3), Decimal::new(5, 1), Decimal::new(5, 3)];
    let exposure = [Decimal::new(9, 1), Decimal::new(5, 2), Decimal::from(20), Decimal::new(5, 2)];
    vec![
        ParameterSpec::integer(("levels", "Levels"), (5, 1, 50), "Lines on each side.")
            .in_unit("lines"),
        ParameterSpec::decimal(
            ("spacing", "Spacing"),
            spacing,
            "From line to line around a centre; 0.01 is 1 % of it. Unused between two prices.",
        )
        .in_unit("fraction"),
        ParameterSpec::decimal(
            ("lower", "Lowest line"),
            price,
            "With the highest line a fixed grid; 0 for one around the close.",
        )
        .in_unit("quote asset"),
        ParameterSpec::decimal(("upper", "Highest line"), price, "Likewise.")
            .in_unit("quote asset"),
        ParameterSpec::decimal(
            ("stop_steps", "Stop beyond"),
            stop,
            "How many distances beyond the outermost line everything is given up.",
        )
        .in_unit("lines"),
        ParameterSpec::decimal(
            ("risk", "Risk of the grid"),
            risk,
            "What the stop loses when all units of a side are held; 0.03 is 3 %.",
        )
        .in_unit("fraction of equity"),
        ParameterSpec::decimal(
            ("exposure_max", "Largest exposure"),
            exposure,
            "Notional of all units of a side at most; above 1 it needs leverage.",
        )
        .in_unit("multiple of equity"),
        ParameterSpec::integer(
            ("pause", "Pause"),
            (24, 0, 100_000),
            "How long the grid waits after its stop.",
        )
        .in_unit("candles"),
        sides(),
    ]
}
