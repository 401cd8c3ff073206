//! Why a file is no strategy: the place, what is wrong, and what helps.

use std::fmt;

use crate::failure::Failure;
use crate::hints;

/// A file that is no strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Name of the file in the strategies folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in letters, from 1, where what is meant stands only once in the line.
    pub column: Option<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What helps, where that is known.
    pub hint: Option<String>,
}

impl ScriptError {
    /// The error with what its text tells about it.
    pub(crate) fn new(file: &str, text: &str, failure: &Failure) -> Self {
        let line = failure.line.unwrap_or(1);
        let column = failure.line.and_then(|line| column(text, line, &failure.message));
        let hint = hints::of(&failure.message).map(str::to_owned);
        Self { file: file.to_owned(), line, column, message: failure.message.clone(), hint }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        write!(f, " {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScriptError {}

/// The column of what a message is about, if it stands once in the line.
fn column(text: &str, line: usize, message: &str) -> Option<usize> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    if message.contains("got <eof>") {
        return Some(line.chars().count() + 1);
    }
    let place = meant(message).into_iter().find_map(|token| only_place(line, token))?;
    Some(line[..place].chars().count() + 1)
}

/// What a message may be about, the likeliest first: what was found, other quoted words, the function.
fn meant(message: &str) -> Vec<&str> {
    let found = message.split("got '").nth(1).and_then(|rest| rest.split('\'').next());
    let quoted = message.split('\'').skip(1).step_by(2);
    let function = message.split([':', ' ']).next();
    let field = message.split(": ").nth(1);
    let tokens = found.into_iter().chain(quoted).chain(field).chain(function);
    tokens.filter(|token| !token.is_empty() && !token.contains(' ')).collect()
}

/// Where `token` stands in `line`, if only once.
fn only_place(line: &str, token: &str) -> Option<usize> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let is_word = token.starts_with(is_name);
    let mut places = line.match_indices(token).map(|(place, _)| place).filter(|place| {
        !is_word
            || !(line[..*place].ends_with(is_name)
                || line[place + token.len()..].starts_with(is_name))
    });
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_told_only_if_it_is_certain() {
        let check = |line: &str, message: &str, expected: Option<usize>| {
            assert_eq!(column(line, 1, message), expected, "{message}");
        };
        check("if a = b then", "Expected 'then' when parsing if statement, got '='", Some(6));
        check("a = = b", "Expected identifier when parsing expression, got '='", None);
        check("fun()", "Expected 'end' (to close 'function' at line 3), got <eof>", Some(6));
        check("    signal { side = \"up\" }", "signal: side: expected \"long\"", Some(14));
        check("    signal { side = side }", "signal: side: expected \"long\"", Some(5));
        check("x()", "attempt to call a nil value", None);
        assert_eq!(column("", 3, "got '='"), None);
    }

    #[test]
    fn an_error_shows_place_words_and_hint() {
        let failure = Failure::at(Some(2), "Expected 'then' when parsing if statement, got '!'");
        let error = ScriptError::new("my.luau", "\nif !a then", &failure);
        assert_eq!(
            error.to_string(),
            "my.luau:2:4: Expected 'then' when parsing if statement, got '!'\n\
             hint: unequal is ~=, and not is spelled not"
        );
    }
}
