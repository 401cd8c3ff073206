//! Names that a script uses and that do not exist: the interpreter tells that something was nil, not what.

use crate::failure::Failure;
use crate::spelling;

/// What a script may call or index.
const KNOWN: [&str; 47] = [
    "account",
    "assert",
    "bit32",
    "buffer",
    "cancel_entries",
    "candle",
    "check",
    "close",
    "coroutine",
    "crossed_above",
    "crossed_below",
    "error",
    "funding",
    "getmetatable",
    "htf",
    "ipairs",
    "label",
    "log",
    "math",
    "move_stop",
    "next",
    "pairs",
    "param",
    "pcall",
    "plot",
    "position",
    "print",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "select",
    "setmetatable",
    "signal",
    "smc",
    "strategy",
    "string",
    "ta",
    "table",
    "tonumber",
    "tostring",
    "type",
    "typeof",
    "utc",
    "utf8",
    "xpcall",
    "zone",
];

/// What other programs offer and scripts do not.
const ABSENT: [&str; 10] = [
    "collectgarbage",
    "debug",
    "dofile",
    "io",
    "load",
    "loadfile",
    "loadstring",
    "os",
    "package",
    "require",
];

/// The failure with the name that is meant, where the text tells it.
pub(crate) fn explained(text: &str, failure: Failure) -> Failure {
    let follows: &[char] = match &failure.message {
        it if it.starts_with("attempt to call a nil value") => &['(', '{', '"', '\'', '`', '['],
        it if it.starts_with("attempt to index nil") => &['.', ':', '['],
        _ => return failure,
    };
    let line = failure.line.and_then(|line| text.lines().nth(line.checked_sub(1)?));
    let line = line.map(without_texts);
    let name = line.as_deref().and_then(|line| {
        let mut used = words(line).filter(|word| word.is_followed_by(follows));
        used.find(|word| !KNOWN.contains(&word.text) && !is_defined(text, word.text))
    });
    let Some(name) = name.map(|word| word.text) else { return failure };
    let message = if ABSENT.contains(&name) {
        format!("{name} does not exist in scripts: there are no files, network, processes or clock")
    } else {
        match spelling::meant(name, KNOWN) {
            Some(meant) => format!("{name} is not known; did you mean {meant}?"),
            None => format!("{name} is not known here"),
        }
    };
    Failure { message, ..failure }
}

/// A line with blanks for what stands in quotes, and without its comment.
fn without_texts(line: &str) -> String {
    let mut bare = String::with_capacity(line.len());
    let (mut quote, mut letters) = (None, line.chars().peekable());
    while let Some(letter) = letters.next() {
        match quote {
            Some(end) => {
                if letter == '\\' {
                    letters.next();
                } else if letter == end {
                    quote = None;
                }
                bare.push(if quote.is_some() { ' ' } else { letter });
            }
            None if letter == '-' && letters.peek() == Some(&'-') => break,
            None => {
                quote = ['"', '\'', '`'].contains(&letter).then_some(letter);
                bare.push(letter);
            }
        }
    }
    bare
}

/// A word that stands alone, not behind a dot or a colon.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    before: &'t str,
    after: &'t str,
}

impl Word<'_> {
    fn is_followed_by(self, letters: &[char]) -> bool {
        let after = self.after.trim_start_matches(' ');
        after.starts_with(letters) && !after.starts_with("..")
    }
}

fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut place = 0;
    std::iter::from_fn(move || {
        loop {
            let start = place + text[place..].find(is_part)?;
            let length = text[start..].find(|letter| !is_part(letter));
            let end = length.map_or(text.len(), |length| start + length);
            place = end;
            let word =
                Word { text: &text[start..end], before: &text[..start], after: &text[end..] };
            let is_field = word.before.ends_with(['.', ':']) && !word.before.ends_with("..");
            if !is_field && !word.text.starts_with(|letter: char| letter.is_ascii_digit()) {
                return Some(word);
            }
        }
    })
}

/// Whether a text does anything with a name but call or index it.
fn is_defined(text: &str, name: &str) -> bool {
    words(text).filter(|word| word.text == name).any(|word| {
        let is_used = word.is_followed_by(&['(', '{', '"', '\'', '`', '[', '.', ':']);
        !is_used || word.before.trim_end_matches(' ').ends_with("function")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, line: usize, message: &str) -> String {
        explained(text, Failure::at(Some(line), message)).message
    }

    #[test]
    fn what_is_declared_is_known() {
        let types = include_str!("../types/strategy.d.luau");
        let declared = types.lines().filter_map(|line| {
            let line = line.strip_prefix("declare ")?;
            let line = line.strip_prefix("function ").unwrap_or(line);
            line.split(['(', ':']).next()
        });
        let missing: Vec<&str> = declared.filter(|name| !KNOWN.contains(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn what_does_not_exist_is_named() {
        let call = "attempt to call a nil value";
        assert_eq!(
            told("x = 1\n  signl { side = 'long' }", 2, call),
            "signl is not known; did you mean signal?"
        );
        assert_eq!(told("buy(1)", 1, call), "buy is not known here");
        let index = "attempt to index nil with 'time'";
        assert_eq!(
            told("log(os.time())", 1, index),
            "os does not exist in scripts: there are no files, network, processes or clock"
        );
    }

    #[test]
    fn what_the_text_defines_is_not_blamed() {
        let call = "attempt to call a nil value";
        for text in [
            "local later later()",
            "local function later() end later()",
            "function f(later) later() end",
            "for _, later in list do later() end",
            "signal {}",
            "it.later()",
            "it:later()",
            "'a' .. later",
        ] {
            assert_eq!(told(text, 1, call), call, "{text}");
        }
        assert_eq!(told("buy(1)", 1, "no"), "no");
    }
}
