//! A vector file as a table: one line of column names, then one line for each row. An empty field is no value.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// A file that does not hold what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) file: PathBuf,
    /// From 1; 0 for the file as a whole.
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// The text of one file.
pub(crate) struct Table {
    file: PathBuf,
    text: String,
}

/// One line of a table.
pub(crate) struct Row<'a> {
    table: &'a Table,
    line: usize,
    columns: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl Malformed {
    pub(crate) fn new(file: &Path, line: usize, what: String) -> Self {
        Self { file: file.to_path_buf(), line, what }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

impl Table {
    /// Reads a file, unpacked when its name ends in `.gz`.
    pub(crate) fn open(path: &Path) -> Result<Self, Malformed> {
        let text = read(path).map_err(|error| Malformed::new(path, 0, error.to_string()))?;
        Ok(Self::new(path, text))
    }

    pub(crate) fn new(path: &Path, text: String) -> Self {
        Self { file: path.to_path_buf(), text }
    }

    pub(crate) fn malformed(&self, line: usize, what: String) -> Malformed {
        Malformed::new(&self.file, line, what)
    }

    /// The names in the first line.
    pub(crate) fn columns(&self) -> Vec<&str> {
        self.text.lines().next().unwrap_or_default().split(',').collect()
    }

    /// The rows below a first line that has to be `columns`.
    pub(crate) fn rows<'a>(&'a self, columns: &'a [&'a str]) -> Result<Vec<Row<'a>>, Malformed> {
        if self.columns() != columns {
            let what = format!("expected columns {columns:?}, was {:?}", self.columns());
            return Err(self.malformed(1, what));
        }
        let lines = self.text.lines().enumerate().skip(1);
        lines.map(|(index, text)| self.row(index + 1, text, columns)).collect()
    }

    fn row<'a>(
        &'a self,
        line: usize,
        text: &'a str,
        columns: &'a [&'a str],
    ) -> Result<Row<'a>, Malformed> {
        let cells: Vec<&str> = text.split(',').collect();
        if cells.len() != columns.len() {
            let what = format!("expected {} fields, was {}", columns.len(), cells.len());
            return Err(self.malformed(line, what));
        }
        Ok(Row { table: self, line, columns, cells })
    }
}

impl<'a> Row<'a> {
    pub(crate) fn word(&self, column: usize) -> &'a str {
        self.cells[column]
    }

    pub(crate) fn is_empty(&self, column: usize) -> bool {
        self.cells[column].is_empty()
    }

    pub(crate) fn number(&self, column: usize) -> Result<f64, Malformed> {
        let number = self.cells[column].parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.malformed(column, "a number"))
    }

    /// The number of a candle, below `count`.
    pub(crate) fn place(&self, column: usize, count: usize) -> Result<usize, Malformed> {
        let place = self.cells[column].parse().ok().filter(|place| *place < count);
        place.ok_or_else(|| self.malformed(column, &format!("a candle's number below {count}")))
    }

    /// What is wrong with a cell.
    pub(crate) fn malformed(&self, column: usize, expected: &str) -> Malformed {
        let (name, was) = (self.columns[column], self.cells[column]);
        self.table.malformed(self.line, format!("{name}: expected {expected}, was {was:?}"))
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.extension().is_none_or(|extension| extension != "gz") {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    MultiGzDecoder::new(fs::File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let table = Table::new(Path::new("some.csv"), text.to_owned());
        let read = || {
            let rows = table.rows(&["i", "Level"])?;
            rows.iter().map(|row| Ok((row.place(0, 9)?, row.number(1)?))).collect()
        };
        let found: Result<Vec<(usize, f64)>, Malformed> = read();
        let found = match found {
            Ok(rows) => format!("{rows:?}"),
            Err(malformed) => malformed.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        check("i,Level\n3,1.5\n8,2\n", "[(3, 1.5), (8, 2.0)]");
        check("i,Level\n", "[]");
        check("", "some.csv:1: expected columns [\"i\", \"Level\"], was [\"\"]");
        check("i,Level\n3,1.5\n4\n", "some.csv:3: expected 2 fields, was 1");
        check("i,Level\n3,x\n", "some.csv:2: Level: expected a number, was \"x\"");
        check("i,Level\n3,NaN\n", "some.csv:2: Level: expected a number, was \"NaN\"");
        check("i,Level\n9,1\n", "some.csv:2: i: expected a candle's number below 9, was \"9\"");
    }
}
