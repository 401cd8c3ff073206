//! The words of a script: which names it mentions at all.
//!
//! What a script does not mention is not kept for it. A word in a comment costs a little and harms nothing.

use std::collections::BTreeSet;

/// The names in a text.
pub(crate) struct Words<'a>(BTreeSet<&'a str>);

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        Self(text.split(|letter| !is_name(letter)).filter(|word| !word.is_empty()).collect())
    }

    pub(crate) fn mention(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_found() {
        let words = Words::of("local c = candle.close[0] -- `{htf.low[1]}`");
        assert!(["candle", "close", "htf", "low"].iter().all(|name| words.mention(name)));
        assert!(!words.mention("clos") && !words.mention("high"));
    }
}
