//! Parameters: what a strategy of rules can be tuned by.

use domain::Decimal;

use crate::block::{kinds, record};
use crate::model::{Line, Name, Several};
use crate::reader::Reader;

record! {
    /// A parameter, which any number of the rules may refer to by its name.
    pub struct Parameter {
        /// Its name.
        name: Name,
        /// Its name for people; without it, its name.
        label: Option<Line>,
        /// What it does, in one sentence.
        help: Line = Line(String::new()),
        /// Its unit, such as candles.
        unit: Option<Line>,
        /// Type, default and range.
        kind: ParameterKind,
    }
}

kinds! {
    /// Type, default and range of a parameter.
    pub enum ParameterKind in Parameter {
        /// A whole number.
        Integer(IntegerKind) = "integer",
        /// A number.
        Decimal(DecimalKind) = "decimal",
        /// True or false.
        Boolean(BooleanKind) = "boolean",
        /// One of a few texts.
        Choice(ChoiceKind) = "choice",
    }
}

record! {
    /// A whole number.
    pub struct IntegerKind, checked by check_integer {
        /// Used when none is given.
        default: i64,
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
        /// Step of the form's field.
        step: i64 = 1,
    }
}

record! {
    /// A number.
    pub struct DecimalKind, checked by check_decimal {
        /// Used when none is given.
        default: Decimal,
        /// Smallest value.
        min: Decimal,
        /// Largest value.
        max: Decimal,
        /// Step of the form's field.
        step: Decimal,
    }
}

record! {
    /// True or false.
    pub struct BooleanKind {
        /// Used when none is given.
        default: bool,
    }
}

record! {
    /// One of a few texts.
    pub struct ChoiceKind, checked by check_choice {
        /// Used when none is given.
        default: Line,
        /// All texts.
        choices: Several<Line>,
    }
}

fn check_integer(kind: &IntegerKind, reader: &mut Reader<'_>) {
    let [default, min, max, step] =
        [kind.default, kind.min, kind.max, kind.step].map(Decimal::from);
    check_range([default, min, max, step], reader);
}

fn check_decimal(kind: &DecimalKind, reader: &mut Reader<'_>) {
    check_range([kind.default, kind.min, kind.max, kind.step], reader);
}

fn check_range([default, min, max, step]: [Decimal; 4], reader: &mut Reader<'_>) {
    if default < min || default > max {
        reader.problem(format!("a default from {min} to {max}"), default.to_string());
    }
    if step <= Decimal::ZERO {
        reader.problem("a step above 0", step.to_string());
    }
}

fn check_choice(kind: &ChoiceKind, reader: &mut Reader<'_>) {
    let choices = &kind.choices.0;
    if !choices.contains(&kind.default) {
        reader.problem("a default that is one of the choices", format!("{:?}", kind.default.0));
    }
    let is_repeated = |(place, choice)| choices[..place].contains(choice);
    if choices.iter().enumerate().any(is_repeated) {
        reader.problem("each choice once", "a choice twice");
    }
}
