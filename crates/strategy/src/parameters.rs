//! Typed parameters: what a strategy can be tuned by, and checked values for it.

use std::collections::BTreeMap;
use std::fmt;

use domain::Decimal;

use crate::Text;

/// Describes one parameter; forms, documentation and checks are made from it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSpec {
    /// Name in requests, `snake_case`.
    pub name: Text,
    /// Name for people.
    pub label: Text,
    /// Type, default and range.
    pub kind: ParameterKind,
    /// Unit for people, such as `candles`.
    pub unit: Option<Text>,
    /// One sentence of help.
    pub help: Text,
}

/// Type, default and range (both ends included) of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterKind {
    /// A whole number.
    Integer {
        /// Used when none is given.
        default: i64,
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
        /// Step of the form's field.
        step: i64,
    },
    /// An exact decimal.
    Decimal {
        /// Used when none is given.
        default: Decimal,
        /// Smallest value.
        min: Decimal,
        /// Largest value.
        max: Decimal,
        /// Step of the form's field.
        step: Decimal,
    },
    /// Yes or no.
    Boolean {
        /// Used when none is given.
        default: bool,
    },
    /// One of a few texts.
    Choice {
        /// Used when none is given.
        default: Text,
        /// All allowed texts.
        choices: Vec<Text>,
    },
}

/// A value as it arrives from a form, a request or a command line.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterInput {
    /// A number.
    Number(Decimal),
    /// A truth value.
    Boolean(bool),
    /// A text; numbers and truth values in texts are read.
    Text(String),
}

/// A checked value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// A whole number in range.
    Integer(i64),
    /// A decimal in range.
    Decimal(Decimal),
    /// A truth value.
    Boolean(bool),
    /// One of the choices.
    Text(String),
}

/// A value that its specification refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter {name}: expected {expected}, was {was}")]
pub struct ParameterError {
    /// Parameter name.
    pub name: String,
    /// The rule in words.
    pub expected: String,
    /// The offered value, shortened.
    pub was: String,
}

/// Checked values of all parameters of a strategy, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<Text, ParameterValue>);

impl Parameters {
    /// Checks `given` against `specs` and fills in defaults.
    ///
    /// # Errors
    /// One [`ParameterError`] per unknown name and per value out of range.
    pub fn resolve(
        specs: &[ParameterSpec],
        given: &BTreeMap<String, ParameterInput>,
    ) -> Result<Self, Vec<ParameterError>> {
        let mut errors: Vec<ParameterError> = given
            .iter()
            .filter(|(name, _)| !specs.iter().any(|spec| spec.name == name.as_str()))
            .map(|(name, _)| unknown(name, specs))
            .collect();
        let mut values = BTreeMap::new();
        for spec in specs {
            match given
                .get(&*spec.name)
                .map_or_else(|| Ok(spec.kind.default()), |input| spec.check(input))
            {
                Ok(value) => drop(values.insert(spec.name.clone(), value)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self(values)) } else { Err(errors) }
    }

    /// Names and values, ascending by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParameterValue)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// A whole number; `None` when there is no such parameter of that type.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(ParameterValue::Integer(value)) => Some(*value),
            Some(
                ParameterValue::Decimal(_) | ParameterValue::Boolean(_) | ParameterValue::Text(_),
            )
            | None => None,
        }
    }

    /// A truth value; `None` when there is no such parameter of that type.
    #[must_use]
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(ParameterValue::Boolean(value)) => Some(*value),
            Some(
                ParameterValue::Integer(_) | ParameterValue::Decimal(_) | ParameterValue::Text(_),
            )
            | None => None,
        }
    }

    /// A text; `None` when there is no such parameter of that type.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(ParameterValue::Text(value)) => Some(value),
            Some(
                ParameterValue::Integer(_)
                | ParameterValue::Decimal(_)
                | ParameterValue::Boolean(_),
            )
            | None => None,
        }
    }

    /// A decimal; `None` when there is no such parameter of that type.
    #[must_use]
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        match self.0.get(name) {
            Some(ParameterValue::Decimal(value)) => Some(*value),
            Some(
                ParameterValue::Integer(_) | ParameterValue::Boolean(_) | ParameterValue::Text(_),
            )
            | None => None,
        }
    }
}

impl ParameterKind {
    /// The value used when none is given.
    #[must_use]
    pub fn default(&self) -> ParameterValue {
        match self {
            Self::Integer { default, .. } => ParameterValue::Integer(*default),
            Self::Decimal { default, .. } => ParameterValue::Decimal(*default),
            Self::Boolean { default } => ParameterValue::Boolean(*default),
            Self::Choice { default, .. } => ParameterValue::Text(default.to_string()),
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Decimal { min, max, .. } => format!("a number from {min} to {max}"),
            Self::Boolean { .. } => "true or false".to_owned(),
            Self::Choice { choices, .. } => format!("one of {}", choices.join(", ")),
        }
    }

    fn read(&self, input: &ParameterInput) -> Option<ParameterValue> {
        match self {
            Self::Integer { min, max, .. } => {
                let number = input.number()?;
                let whole =
                    i64::try_from(number).ok().filter(|whole| Decimal::from(*whole) == number)?;
                (*min..=*max).contains(&whole).then_some(ParameterValue::Integer(whole))
            }
            Self::Decimal { min, max, .. } => {
                let number = input.number()?;
                (*min <= number && number <= *max).then_some(ParameterValue::Decimal(number))
            }
            Self::Boolean { .. } => input.boolean().map(ParameterValue::Boolean),
            Self::Choice { choices, .. } => {
                let ParameterInput::Text(text) = input else {
                    return None;
                };
                let is_known = choices.iter().any(|choice| choice == text);
                is_known.then(|| ParameterValue::Text(text.clone()))
            }
        }
    }
}

impl ParameterSpec {
    /// A whole number from `min` to `max`, in steps of one.
    #[must_use]
    pub fn integer(
        (name, label): (&'static str, &'static str),
        (default, min, max): (i64, i64, i64),
        help: &'static str,
    ) -> Self {
        let kind = ParameterKind::Integer { default, min, max, step: 1 };
        Self::of((name, label), kind, help)
    }

    /// A decimal of this kind.
    #[must_use]
    pub fn decimal(
        (name, label): (&'static str, &'static str),
        [default, min, max, step]: [Decimal; 4],
        help: &'static str,
    ) -> Self {
        Self::of((name, label), ParameterKind::Decimal { default, min, max, step }, help)
    }

    /// Yes or no.
    #[must_use]
    pub fn boolean(
        (name, label): (&'static str, &'static str),
        default: bool,
        help: &'static str,
    ) -> Self {
        Self::of((name, label), ParameterKind::Boolean { default }, help)
    }

    /// One of a few texts, of which the first is the default.
    #[must_use]
    pub fn choice(
        (name, label): (&'static str, &'static str),
        choices: &[&'static str],
        help: &'static str,
    ) -> Self {
        let default = Text::Borrowed(choices.first().copied().unwrap_or_default());
        let choices = choices.iter().map(|choice| Text::Borrowed(choice)).collect();
        Self::of((name, label), ParameterKind::Choice { default, choices }, help)
    }

    /// The same with a unit.
    #[must_use]
    pub fn in_unit(self, unit: &'static str) -> Self {
        Self { unit: Some(Text::Borrowed(unit)), ..self }
    }

    fn of(
        (name, label): (&'static str, &'static str),
        kind: ParameterKind,
        help: &'static str,
    ) -> Self {
        let (name, label, help) = (name.into(), label.into(), help.into());
        Self { name, label, kind, unit: None, help }
    }

    fn check(&self, input: &ParameterInput) -> Result<ParameterValue, ParameterError> {
        self.kind.read(input).ok_or_else(|| ParameterError {
            name: self.name.to_string(),
            expected: self.kind.expected(),
            was: shortened(&input.to_string()),
        })
    }
}

impl ParameterInput {
    fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Boolean(_) => None,
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(_) => None,
        }
    }
}

impl fmt::Display for ParameterInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

fn unknown(name: &str, specs: &[ParameterSpec]) -> ParameterError {
    let names: Vec<&str> = specs.iter().map(|spec| &*spec.name).collect();
    ParameterError {
        name: shortened(name),
        expected: if names.is_empty() {
            "no parameter: this strategy has none".to_owned()
        } else {
            format!("a parameter of this strategy, one of {}", names.join(", "))
        },
        was: "an unknown name".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<ParameterSpec> {
        let size = [Decimal::ONE, Decimal::new(1, 3), Decimal::TEN, Decimal::new(1, 3)];
        vec![
            ParameterSpec::integer(("fast", ""), (10, 1, 100), ""),
            ParameterSpec::decimal(("size", ""), size, ""),
            ParameterSpec::boolean(("strict", ""), true, ""),
            ParameterSpec::choice(("mode", ""), &["a", "b"], ""),
        ]
    }

    fn resolve(given: &[(&str, ParameterInput)]) -> Result<Parameters, Vec<ParameterError>> {
        let given = given.iter().map(|(name, input)| ((*name).to_owned(), input.clone())).collect();
        Parameters::resolve(&specs(), &given)
    }

    fn text(text: &str) -> ParameterInput {
        ParameterInput::Text(text.to_owned())
    }

    #[test]
    fn defaults_fill_what_is_not_given() {
        let parameters = resolve(&[("fast", text("20"))]).unwrap();
        assert_eq!(parameters.integer("fast"), Some(20));
        assert_eq!(parameters.decimal("size"), Some(Decimal::ONE));
        assert_eq!(parameters.iter().count(), 4);
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let errors = resolve(&[
            ("fast", ParameterInput::Number(Decimal::new(15, 1))),
            ("size", text("11")),
            ("strict", ParameterInput::Number(Decimal::ONE)),
            ("mode", text("c")),
            ("slow", text("1")),
        ])
        .unwrap_err();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 5);
        assert!(
            texts[0]
                .starts_with("parameter slow: expected a parameter of this strategy, one of fast")
        );
        assert!(texts[1].contains("a whole number from 1 to 100, was 1.5"));
        assert!(texts[4].contains("one of a, b, was \"c\""));
    }
}
