//! How a script failed: the line, as far as it is known, and what went wrong.

use mlua::Error;
use strategy::ParameterError;

/// Names of the chunks that are not the script.
pub(crate) const OWN_CHUNKS: [&str; 4] = ["(sandbox)", "(series)", "(smc)", "(functions)"];

/// What went wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// From 1.
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
    /// The parameter that the script does not accept, if that is what is wrong.
    pub(crate) refused: Option<ParameterError>,
}

impl Failure {
    pub(crate) fn at(line: Option<usize>, message: impl Into<String>) -> Self {
        Self { line, message: message.into(), refused: None }
    }

    /// The line and words of an error's text, such as `my.luau:12: no`.
    pub(crate) fn read(file: &str, text: &str) -> Self {
        let text = text.split("\nstack traceback:").next().unwrap_or_default();
        let text = text.strip_prefix("runtime error: ").unwrap_or(text);
        let text = text.strip_prefix("syntax error: ").unwrap_or(text);
        let text = without_own_place(text);
        let placed = text.strip_prefix(file).and_then(|rest| rest.strip_prefix(':'));
        let (line, message) = placed
            .and_then(|rest| rest.split_once(':'))
            .and_then(|(line, message)| Some((line.parse().ok()?, message)))
            .map_or((None, text), |(line, message)| (Some(line), message));
        match message.trim() {
            "not enough memory" => Self { line, ..Self::out_of_memory() },
            message => Self::at(line, one_line(message)),
        }
    }

    /// The same of what the interpreter answers.
    pub(crate) fn of(file: &str, error: &Error) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the interpreter's errors may become more"
        )]
        match error {
            Error::MemoryError(_) => Self::out_of_memory(),
            Error::CallbackError { cause, .. } => Self::of(file, cause),
            Error::RuntimeError(text) | Error::SyntaxError { message: text, .. } => {
                Self::read(file, text)
            }
            other => Self::read(file, &other.to_string()),
        }
    }

    pub(crate) fn out_of_memory() -> Self {
        Self::at(
            None,
            "needs more memory than a script may have: 64 MiB in all, 8 MiB at one candle",
        )
    }

    pub(crate) fn is_out_of_memory(&self) -> bool {
        self.message == Self::out_of_memory().message
    }

    /// `my.luau:12: no`.
    pub(crate) fn told(&self, file: &str) -> String {
        match self.line {
            Some(line) => format!("{file}:{line}: {}", self.message),
            None => format!("{file}: {}", self.message),
        }
    }
}

/// The words of a library call that ours surrounds, without the line in ours.
fn without_own_place(text: &str) -> &str {
    let rest = OWN_CHUNKS.iter().find_map(|name| text.strip_prefix(name)?.strip_prefix(':'));
    let words =
        rest.and_then(|rest| rest.split_once(": ")).filter(|(line, _)| line.parse::<u32>().is_ok());
    words.map_or(text, |(_, words)| words)
}

/// A message for people is one line of moderate length.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_apart_from_the_words() {
        let check = |text: &str, line: Option<usize>, message: &str| {
            assert_eq!(Failure::read("my.luau", text), Failure::at(line, message));
        };
        check("my.luau:12: no", Some(12), "no");
        check("my.luau:12: a: b\nstack traceback:\n\t[C]: in ?", Some(12), "a: b");
        check("other.luau:12: no", None, "other.luau:12: no");
        check("no  words\nin line", None, "no words in line");
        check("(sandbox):67: pattern too complex", None, "pattern too complex");
        check("", None, "");
        check("my.luau:12: not enough memory", Some(12), &Failure::out_of_memory().message);
    }
}
