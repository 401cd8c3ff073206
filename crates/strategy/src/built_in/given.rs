//! Checked parameters as the values that rules are made of, and the parameters that several strategies share.

use domain::{Decimal, Direction, Rate};

use crate::{ParameterError, ParameterSpec, Parameters};

/// The directions that a strategy may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sides {
    Both,
    Long,
    Short,
}

/// The parameters of a strategy, read by name.
#[derive(Clone, Copy)]
pub(super) struct Given<'a>(pub(super) &'a Parameters);

impl Given<'_> {
    /// A whole number, such as a count of candles.
    pub(super) fn count(self, name: &str) -> u32 {
        let count = self.0.integer(name).unwrap_or_default();
        u32::try_from(count).unwrap_or_default()
    }

    /// The length of an indicator.
    pub(super) fn length(self, name: &str) -> usize {
        usize::try_from(self.count(name)).unwrap_or_default()
    }

    pub(super) fn number(self, name: &str) -> Decimal {
        self.0.decimal(name).unwrap_or_default()
    }

    /// A fraction or a multiple.
    ///
    /// # Errors
    /// [`ParameterError`] beyond a thousand.
    pub(super) fn rate(self, name: &str) -> Result<Rate, ParameterError> {
        Rate::new(self.number(name)).map_err(|error| contradiction(name, error.expected, error.was))
    }

    /// The sides of [`sides`].
    pub(super) fn sides(self) -> Sides {
        match self.0.text("sides") {
            Some("long") => Sides::Long,
            Some("short") => Sides::Short,
            Some(_) | None => Sides::Both,
        }
    }
}

impl Sides {
    pub(super) const fn allow(self, direction: Direction) -> bool {
        match (self, direction) {
            (Self::Both, _) | (Self::Long, Direction::Long) | (Self::Short, Direction::Short) => {
                true
            }
            (Self::Long, Direction::Short) | (Self::Short, Direction::Long) => false,
        }
    }
}

/// What is wrong with a parameter beside the others.
pub(super) fn contradiction(
    name: &str,
    expected: impl Into<String>,
    was: impl ToString,
) -> ParameterError {
    ParameterError { name: name.to_owned(), expected: expected.into(), was: was.to_string() }
}

/// Checks that one length is below another.
///
/// # Errors
/// [`ParameterError`] of the lower one.
pub(super) fn check_below(
    given: Given<'_>,
    lower: &str,
    upper: &str,
) -> Result<(), ParameterError> {
    let (was, limit) = (given.count(lower), given.count(upper));
    if was < limit {
        return Ok(());
    }
    Err(contradiction(lower, format!("less than {upper} ({limit})"), was))
}

/// The choice of directions.
pub(super) fn sides() -> ParameterSpec {
    let choices = &["both", "long", "short"];
    ParameterSpec::choice(("sides", "Sides"), choices, "Which directions are traded.")
}

/// What the stop of a trade may lose. The account's own risk per trade replaces it.
pub(super) fn risk_per_trade() -> ParameterSpec {
    let range = [Decimal::new(1, 2), Decimal::new(1, 4), Decimal::new(1, 1), Decimal::new(1, 3)];
    let name = ("risk_per_trade", "Risk per trade");
    ParameterSpec::decimal(name, range, "What the stop may lose; 0.01 is 1 %.")
        .in_unit("fraction of equity")
}

/// The length of the average true range.
pub(super) fn atr_length() -> ParameterSpec {
    let help = "Candles in the average true range (Wilder).";
    ParameterSpec::integer(("atr", "ATR length"), (14, 1, 500), help).in_unit("candles")
}

/// The distance of the stop in average true ranges.
pub(super) fn stop_atr(default: Decimal) -> ParameterSpec {
    let range = [default, Decimal::new(1, 1), Decimal::from(50), Decimal::new(1, 1)];
    let help = "Distance of the stop from the close of the signal.";
    ParameterSpec::decimal(("stop_atr", "Stop distance"), range, help).in_unit("ATR")
}

/// The distance of the target in distances of the stop.
pub(super) fn reward(default: Decimal) -> ParameterSpec {
    let range = [default, Decimal::ZERO, Decimal::from(20), Decimal::new(1, 1)];
    let help = "Distance of the target beside that of the stop; 0 for no target.";
    ParameterSpec::decimal(("reward", "Reward"), range, help).in_unit("R")
}
