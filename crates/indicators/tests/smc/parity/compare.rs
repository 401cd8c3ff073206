//! Expected and actual rows side by side, and what is told about them.

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::Candle;

use super::answers::{Answer, Cell, Line, Measure, answer};
use crate::smc::vectors::{Malformed, Row, Table, VectorFile};

/// How many differences are told in full.
const TOLD: usize = 5;

/// What was compared so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) files: usize,
    /// Rows that the files or the port have.
    pub(super) rows: usize,
    differences: usize,
    told: Vec<String>,
}

impl Report {
    /// Compares one file of a folder with what the port says.
    pub(super) fn add(
        &mut self,
        file: &VectorFile,
        folder: &str,
        candles: &[Candle],
        table: &Table,
    ) -> Result<(), Malformed> {
        let count = file.form.prefix.unwrap_or(candles.len());
        let Some(candles) = candles.get(..count) else {
            let what = format!("expected at most {} candles, was {count}", candles.len());
            return Err(table.malformed(1, what));
        };
        let Some(answer) = answer(file.form, candles, table)? else {
            return Ok(());
        };
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        self.files += 1;
        self.add_answer(&format!("{folder}/{name}"), table, count, &answer)
    }

    fn add_answer(
        &mut self,
        file: &str,
        table: &Table,
        count: usize,
        answer: &Answer,
    ) -> Result<(), Malformed> {
        let mut header = vec!["i"];
        header.extend(answer.columns.iter().map(|(name, _)| name.as_str()));
        let mut pairs: BTreeMap<usize, (Option<&Row<'_>>, Option<&Line>)> = BTreeMap::new();
        let expected = table.rows(&header)?;
        let mut next = 0;
        for row in &expected {
            let place = row.place(0, count)?;
            if place < next {
                return Err(row.malformed(0, &format!("at least {next}")));
            }
            next = place + 1;
            pairs.entry(place).or_default().0 = Some(row);
        }
        for line in &answer.lines {
            pairs.entry(line.row).or_default().1 = Some(line);
        }
        self.rows += pairs.len();
        for (place, pair) in pairs {
            match pair {
                (Some(row), Some(line)) => self.add_row(file, answer, row, line)?,
                (Some(_), None) => {
                    self.differ(format!("{file}: row {place}, the row: expected one, was none"));
                }
                (None, _) => {
                    self.differ(format!("{file}: row {place}, the row: expected none, was one"));
                }
            }
        }
        Ok(())
    }

    fn add_row(
        &mut self,
        file: &str,
        answer: &Answer,
        row: &Row<'_>,
        line: &Line,
    ) -> Result<(), Malformed> {
        for (index, ((column, measure), cell)) in answer.columns.iter().zip(&line.cells).enumerate()
        {
            if !is_equal(row, index + 1, *measure, *cell)? {
                let (place, expected, was) = (line.row, row.word(index + 1), text(*cell));
                self.differ(format!(
                    "{file}: row {place}, {column}: expected {expected}, was {was}"
                ));
            }
        }
        Ok(())
    }

    fn differ(&mut self, difference: String) {
        self.differences += 1;
        if self.told.len() < TOLD {
            self.told.push(difference);
        }
    }

    pub(super) fn differences(&self) -> usize {
        self.differences
    }

    pub(super) fn summary(&self) -> String {
        let Self { files, rows, differences, .. } = self;
        format!("{files} files, {rows} rows, {differences} differences")
    }

    /// The first differences, one a line.
    pub(super) fn complaint(&self) -> String {
        let mut text = format!("{} differences, the first of them:", self.differences);
        for difference in &self.told {
            write!(text, "\n  {difference}").expect("a text takes what is written");
        }
        text
    }
}

fn is_equal(row: &Row<'_>, column: usize, measure: Measure, cell: Cell) -> Result<bool, Malformed> {
    if row.is_empty(column) {
        return Ok(cell == Cell::Empty);
    }
    // A word in the file is compared as it stands; anything else there has to be a number.
    let number = match cell {
        Cell::Number(number) => number,
        Cell::Word(word) => return Ok(row.word(column) == word),
        Cell::Empty => return Ok(false),
    };
    let expected = row.number(column)?;
    Ok(match measure {
        Measure::Exact => number == expected,
        Measure::Single => number as f32 == expected as f32,
        Measure::Tenths => (number - expected).abs() < 0.05,
        Measure::Word => false,
    })
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Word(word) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Compares `text` with two rows, 2 and 5, of a series of nine candles.
    fn check(text: &str, expected: &str) {
        let columns = [("kind", Measure::Word), ("Level", Measure::Single)];
        let line = |row| Line { row, cells: vec![Cell::Word("BOS"), Cell::Number(1.5)] };
        let answer = Answer {
            columns: columns.map(|(name, measure)| (name.to_owned(), measure)).into(),
            lines: [2, 5].map(line).into(),
        };
        let table = Table::new(Path::new("some.csv"), format!("i,kind,Level\n{text}"));
        let mut report = Report::default();
        let found = match report.add_answer("some.csv", &table, 9, &answer) {
            Ok(()) => {
                report.complaint().lines().skip(1).map(str::trim).collect::<Vec<_>>().join("; ")
            }
            Err(malformed) => malformed.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn differences_are_told_with_row_and_column() {
        check("2,BOS,1.5\n5,BOS,1.50000001\n", "");
        check(
            "2,CHOCH,1.5\n5,BOS,1.6\n",
            "some.csv: row 2, kind: expected CHOCH, was BOS; \
             some.csv: row 5, Level: expected 1.6, was 1.5",
        );
        check("2,BOS,\n5,BOS,1.5\n", "some.csv: row 2, Level: expected , was 1.5");
        check(
            "3,BOS,1.5\n5,BOS,1.5\n",
            "some.csv: row 2, the row: expected none, was one; \
             some.csv: row 3, the row: expected one, was none",
        );
    }

    #[test]
    fn rows_ascend_and_lie_in_the_series() {
        check("5,BOS,1.5\n2,BOS,1.5\n", "some.csv:3: i: expected at least 6, was \"2\"");
        check(
            "2,BOS,1.5\n9,BOS,1.5\n",
            "some.csv:3: i: expected a candle's number below 9, was \"9\"",
        );
        check("2,BOS,high\n", "some.csv:2: Level: expected a number, was \"high\"");
    }
}
