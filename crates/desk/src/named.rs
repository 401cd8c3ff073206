//! Closed sets that the kernel defines, by their stable words: stored, read and listed here.

use domain::PositionMode;
use risk::{BreachAction, GuardScope};
use serde::{Deserialize, Deserializer, Serializer, de};
use simulator::{FillTime, IntrabarPolicy, LimitFill};

use crate::number::expected;

/// A value with a stable word.
pub(crate) trait Named: Copy + 'static {
    /// All values, the default first.
    const ALL: &'static [Self];

    /// The stable word.
    fn word(self) -> &'static str;

    /// The value of this word, in any case.
    ///
    /// # Errors
    /// The accepted words and what was there.
    fn of_word(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|value| value.word().eq_ignore_ascii_case(text.trim()));
        found.copied().ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|value| value.word()).collect();
            expected(&words.join(", "), text)
        })
    }
}

macro_rules! named {
    ($kind:ty, $all:expr, $word:expr) => {
        impl Named for $kind {
            const ALL: &'static [Self] = $all;

            fn word(self) -> &'static str {
                let word: fn(Self) -> &'static str = $word;
                word(self)
            }
        }
    };
}

named!(FillTime, &Self::ALL, Self::name);
named!(IntrabarPolicy, &Self::ALL, Self::name);
named!(LimitFill, &Self::ALL, Self::name);
named!(PositionMode, &[Self::OneWay, Self::Hedge], Self::name);
named!(BreachAction, &[Self::Block, Self::Flatten], |action| match action {
    BreachAction::Block => "block",
    BreachAction::Flatten => "flatten",
});
named!(GuardScope, &[Self::Instrument, Self::Account], |scope| match scope {
    GuardScope::Instrument => "instrument",
    GuardScope::Account => "account",
});
/// Writes the word of a value.
pub(crate) fn serialize<T: Named, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}

/// Reads a value from its word.
pub(crate) fn deserialize<'de, T: Named, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::of_word(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Named + PartialEq + std::fmt::Debug>() {
        for value in T::ALL {
            assert_eq!(T::of_word(&value.word().to_uppercase()).as_ref(), Ok(value));
        }
        assert!(T::of_word("nothing of it").unwrap_err().contains(T::ALL[0].word()));
    }

    #[test]
    fn words_are_read_back_in_any_case() {
        check::<FillTime>();
        check::<IntrabarPolicy>();
        check::<LimitFill>();
        check::<PositionMode>();
        check::<BreachAction>();
        check::<GuardScope>();
    }
}
