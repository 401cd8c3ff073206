//! What to do about a message of the interpreter or of ours.

/// Words of a message, and what helps.
const HINTS: &[(&[&str], &str)] = &[
    (&["Expected identifier when parsing expression, got '='"], "compare with ==, not with ="),
    (&["Expected 'then'", "got '='"], "compare with ==, not with ="),
    (&["got '!'"], "unequal is ~=, and not is spelled not"),
    (&["got '&'"], "and is spelled and"),
    (&["got '|'"], "or is spelled or"),
    (&["Expected '}'"], "a } or a comma between two fields is missing"),
    (&["Expected ')'"], "a ) or a comma between two values is missing"),
    (&["to close", "got <eof>"], "an end is missing"),
    (
        &["takes more steps"],
        "a script may take 500000 steps at one candle and 2000000 when the file is run; keep results of earlier candles in a \
         local of the file",
    ),
    (
        &["needs more memory"],
        "keep only the values that are needed; candles and indicators keep their history themselves",
    ),
    (
        &["compare", "nil"],
        "candle.close[n] is nil before there are n candles, and htf.close[0] before the first has closed: ask for it first",
    ),
    (
        &["arithmetic", "nil"],
        "candle.close[n] is nil before there are n candles, and htf.close[0] before the first has closed: ask for it first",
    ),
    (
        &["attempt to call a nil value"],
        "is the name spelled right? files, network, clock and require do not exist in scripts",
    ),
    (&["attempt to index nil"], "is the name spelled right? position is nil while nothing is held"),
    (&["on_candle is missing"], "write function on_candle() ... end, without local"),
    (
        &["was nan"],
        "an indicator reads nan until it has seen enough candles; a comparison with nan is false",
    ),
    (
        &["readonly table"],
        "libraries and readings cannot be changed; keep values in a local of the file",
    ),
    (&["belongs to the top"], "declare it once and keep what it returns in a local of the file"),
];

/// What helps, if it is known.
pub(crate) fn of(message: &str) -> Option<&'static str> {
    let fits = |words: &[&str]| words.iter().all(|word| message.contains(word));
    HINTS.iter().find(|(words, _)| fits(words)).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_helps() {
        assert_eq!(
            of("Expected 'end' (to close 'function' at line 3), got <eof>"),
            Some("an end is missing")
        );
        assert!(
            of("attempt to compare nil < number")
                .is_some_and(|hint| hint.contains("ask for it first"))
        );
        assert_eq!(
            of("Expected 'then' when parsing if statement, got '='"),
            Some("compare with ==, not with =")
        );
        assert_eq!(of("no"), None);
    }
}
