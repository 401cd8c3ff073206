//! Where something stands in a file of rules: its path, its line and column.

use std::fmt;

/// A place in the text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

impl Place {
    /// The place of the byte at `offset`.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { line, column: before[start..].chars().count() + 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The way from the root to a value, such as `entries[0].when.all[1]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Field(String),
    Item(usize),
}

impl Path {
    pub(crate) fn enter(&mut self, field: &str) {
        self.0.push(Step::Field(crate::json::shortened(field)));
    }

    pub(crate) fn enter_item(&mut self, index: usize) {
        self.0.push(Step::Item(index));
    }

    pub(crate) fn leave(&mut self) {
        self.0.pop();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if number == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "{\n  \"ä\": 1\n}";
        let offset = text.find('1').unwrap();
        assert_eq!(Place::of(text, offset), Place { line: 2, column: 8 });
        assert_eq!(Place::of(text, 0).to_string(), "line 1, column 1");
    }

    #[test]
    fn paths_read_like_a_way_through_the_tree() {
        let mut path = Path::default();
        path.enter("entries");
        path.enter_item(0);
        path.enter("when");
        assert_eq!(path.to_string(), "entries[0].when");
    }
}
