//! The words of a script: which names it mentions at all.
//!
//! What a script does not mention is not kept for it. Comments mention nothing; texts mention fields, which may be
//! asked for by a text, but no names of the program. A text in backticks may hold program.

use std::collections::BTreeSet;

/// The names in a text.
pub(crate) struct Words<'a> {
    /// Outside of comments and texts.
    names: BTreeSet<&'a str>,
    /// Inside of texts.
    texts: BTreeSet<&'a str>,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let mut words = Self { names: BTreeSet::new(), texts: BTreeSet::new() };
        let mut rest = text;
        while !rest.is_empty() {
            let start = rest.find(['-', '\'', '"', '[']).unwrap_or(rest.len());
            words.names.extend(words_in(&rest[..start]));
            rest = &rest[start..];
            if let Some(comment) = rest.strip_prefix("--") {
                rest = &comment[long_end(comment).unwrap_or_else(|| line_end(comment))..];
            } else if let Some(end) = long_end(rest).or_else(|| quoted_end(rest)) {
                words.texts.extend(words_in(&rest[..end]));
                rest = &rest[end..];
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        words
    }

    /// Whether the program itself uses the name.
    pub(crate) fn mention(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether the program or a text of it uses the name.
    pub(crate) fn mention_field(&self, name: &str) -> bool {
        self.names.contains(name) || self.texts.contains(name)
    }
}

fn words_in(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(move |letter| !is_name(letter)).filter(|word| !word.is_empty())
}

fn line_end(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Where a text or comment in long brackets ends that begins here.
fn long_end(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let level = inner.len() - inner.trim_start_matches('=').len();
    let inner = inner[level..].strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    let opened = text.len() - inner.len();
    Some(inner.find(&close).map_or(text.len(), |end| opened + end + close.len()))
}

/// Where a text in quotes ends that begins here: at the same quote, or with the line.
fn quoted_end(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' => return Some(place),
            _ if letter == quote => return Some(place + 1),
            _ => {}
        }
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, names: &[&str], fields: &[&str]) {
        let words = Words::of(text);
        for name in ["candle", "close", "htf", "low", "account"] {
            assert_eq!(words.mention(name), names.contains(&name), "{name} in {text}");
            let is_field = names.contains(&name) || fields.contains(&name);
            assert_eq!(words.mention_field(name), is_field, "{name} in {text}");
        }
    }

    #[test]
    fn whole_names_are_found() {
        check("local c = candle.close[0] + closes - lowest", &["candle", "close"], &[]);
        check("local c = `{htf.low[1]}`", &["htf", "low"], &[]);
        check("x = a[b[1]] - htf", &["htf"], &[]);
    }

    #[test]
    fn comments_mention_nothing_and_texts_fields_alone() {
        check("-- htf\nlocal c = candle -- close", &["candle"], &[]);
        check("--[[ htf\nlow ]] candle", &["candle"], &[]);
        check("--[==[ htf ]] low ]==] candle", &["candle"], &[]);
        check(
            "candle['close'] \"no htf \\\" low\" account",
            &["candle", "account"],
            &["close", "htf", "low"],
        );
        check("description = [[ the htf ]] low", &["low"], &["htf"]);
        check("local broken = 'htf\nlow", &["low"], &["htf"]);
        check("--[[ htf", &[], &[]);
    }
}
