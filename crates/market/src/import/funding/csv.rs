//! Lines of funding CSV to cells.

use super::columns::Columns;
use super::row::Cells;
use super::{FundingReader, Place};
use crate::import::error::{ImportError, excerpt};
use crate::import::reader::{LINE_MAX, starts_like_a_number};
use crate::import::row::{FieldError, other_separator};

impl FundingReader<'_> {
    pub(super) fn read_csv(
        &mut self,
        entry: Option<String>,
        text: &[u8],
    ) -> Result<(), ImportError> {
        let mut place = Place { entry, line: 0 };
        let mut columns = None;
        let rows = self.rows.len();
        for line in text.split(|byte| *byte == b'\n') {
            place.line += 1;
            let line = line.trim_ascii();
            if line.len() > LINE_MAX {
                return Err(ImportError::LineTooLong { line: place.line, limit: LINE_MAX });
            }
            if line.is_empty() {
                continue;
            }
            match &columns {
                Some(columns) => self.read_line(line, columns, &place)?,
                None => columns = Some(self.first_line(line, &place)?),
            }
        }
        if !text.ends_with(b"\n") && self.rows.len() > rows {
            let line = place.line;
            self.notes.sentences.push(format!(
                "line {line}, the last one, has no line end: the file may be cut off"
            ));
        }
        Ok(())
    }

    /// A header, or a row that tells the columns by its form.
    fn first_line(&mut self, line: &[u8], place: &Place) -> Result<Columns, ImportError> {
        if !line.contains(&b',')
            && let Some(separator) = other_separator(line)
        {
            let expected = "columns separated by commas".to_owned();
            let was = format!("{separator} as separator: {}", excerpt(line));
            return Err(ImportError::Header { expected, was });
        }
        if starts_like_a_number(line) {
            let columns = Columns::without_header(line)?;
            self.read_line(line, &columns, place)?;
            return Ok(columns);
        }
        self.header_seen = true;
        let columns = Columns::from_header(line)?;
        if !columns.unknown.is_empty() {
            let names = excerpt(columns.unknown.join(", ").as_bytes());
            self.notes.sentences.push(format!("unknown columns left out: {names}"));
        }
        Ok(columns)
    }

    fn read_line(
        &mut self,
        line: &[u8],
        columns: &Columns,
        place: &Place,
    ) -> Result<(), ImportError> {
        let expected = columns.columns.len();
        let mut cells = Cells::default();
        let mut count = 0;
        for cell in line.split(|byte| *byte == b',') {
            let cell = cell.trim_ascii();
            match columns.columns.get(count) {
                Some(Some(column)) => cells.set(*column, cell),
                Some(None) => {}
                // A comma at the end of the line is no further field.
                None if count == expected && cell.is_empty() && line.ends_with(b",") => continue,
                None => {}
            }
            count += 1;
        }
        if count != expected {
            return Err(place.error(FieldError {
                field: None,
                expected: format!("{expected} fields separated by commas"),
                was: format!("{count}: {}", excerpt(line)),
            }));
        }
        self.accept(&cells, place)
    }
}
