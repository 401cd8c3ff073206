//! The columns of funding files: by their names in a header or in JSON, or by the form of a row.

use crate::import::error::{ImportError, excerpt};
use crate::import::layout::{Layout, letters};
use crate::import::reader::starts_like_a_number;

/// A column that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Time,
    Symbol,
    Rate,
    Mark,
    Kind,
    /// The length of the interval: checked, not kept, as the times themselves tell it.
    Interval,
    /// When a rate will be settled: it is still running then, and no settlement.
    NextTime,
}

impl Column {
    /// Columns without which a row is no settlement.
    const REQUIRED: [Self; 2] = [Self::Time, Self::Rate];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Time => "funding_time",
            Self::Symbol => "symbol",
            Self::Rate => "funding_rate",
            Self::Mark => "mark_price",
            Self::Kind => "rate_type",
            Self::Interval => "funding_interval_hours",
            Self::NextTime => "next_funding_time",
        }
    }

    /// Names of the archive, of the REST interface and of recorded files, as [`letters`].
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match letters(name).as_str() {
            "calctime" | "fundingtime" | "timestamp" | "time" => Self::Time,
            "symbol" => Self::Symbol,
            "lastfundingrate" | "fundingrate" => Self::Rate,
            "markprice" => Self::Mark,
            "ratetype" => Self::Kind,
            "fundingintervalhours" => Self::Interval,
            "nextfundingtime" => Self::NextTime,
            _ => return None,
        })
    }
}

/// The columns of one CSV from left to right, `None` for those that mean nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<Option<Column>>,
    /// Header names that mean nothing here.
    pub(super) unknown: Vec<String>,
}

impl Columns {
    pub(super) fn from_header(header: &[u8]) -> Result<Self, ImportError> {
        let refuse = |expected: String| ImportError::Header { expected, was: excerpt(header) };
        let text =
            std::str::from_utf8(header).map_err(|_| refuse("column names as text".to_owned()))?;
        let mut layout = Self { columns: Vec::new(), unknown: Vec::new() };
        for cell in text.strip_suffix(',').unwrap_or(text).split(',') {
            let column = Column::named(cell);
            match column {
                Some(column) if layout.columns.contains(&Some(column)) => {
                    return Err(refuse(format!("the column {} once", column.name())));
                }
                Some(_) => {}
                None => layout.unknown.push(cell.trim().chars().take(40).collect()),
            }
            layout.columns.push(column);
        }
        if layout.columns.contains(&Some(Column::NextTime)) {
            return Err(refuse(format!("settled rates without {}", Column::NextTime.name())));
        }
        let missing: Vec<&str> = Column::REQUIRED
            .into_iter()
            .filter(|column| !layout.columns.contains(&Some(*column)))
            .map(Column::name)
            .collect();
        if missing.is_empty() {
            Ok(layout)
        } else {
            Err(refuse(format!("a column {}", missing.join(", "))))
        }
    }

    /// The columns of a file without header, from its first row: the archive's
    /// `calc_time,funding_interval_hours,last_funding_rate` when the second cell is a number, else
    /// `funding_time,symbol,funding_rate[,mark_price]`.
    pub(super) fn without_header(row: &[u8]) -> Result<Self, ImportError> {
        let cells: Vec<&[u8]> = row.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
        let columns = match cells.as_slice() {
            [_, second, _] | [_, second, _, b""] if is_digits(second) => {
                vec![Column::Time, Column::Interval, Column::Rate]
            }
            [_, second, _] if is_word(second) => vec![Column::Time, Column::Symbol, Column::Rate],
            [_, second, _, _] | [_, second, _, _, b""] if is_word(second) => {
                vec![Column::Time, Column::Symbol, Column::Rate, Column::Mark]
            }
            _ => {
                let expected = "calc_time,funding_interval_hours,last_funding_rate or \
                                funding_time,symbol,funding_rate,mark_price";
                return Err(ImportError::Header {
                    expected: expected.to_owned(),
                    was: excerpt(row),
                });
            }
        };
        let columns = columns.into_iter().map(Some).collect();
        Ok(Self { columns, unknown: Vec::new() })
    }
}

/// Whether a file that begins like this can only hold funding rates. Without a header that is so when the
/// first row has one of the forms above: candles have at least six columns.
pub(crate) fn is_funding_head(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"[") || head.starts_with(b"{") {
        return memchr::memmem::find(head, b"\"fundingRate\"").is_some();
    }
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    if !starts_like_a_number(line) {
        // Candles may carry a rate beside their prices.
        return Columns::from_header(line).is_ok() && Layout::from_header(line).is_err();
    }
    let time = line.split(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
    is_digits(time) && matches!(time.len(), 13 | 16) && Columns::without_header(line).is_ok()
}

fn is_word(cell: &[u8]) -> bool {
    cell.iter().any(u8::is_ascii_alphabetic)
}

fn is_digits(cell: &[u8]) -> bool {
    !cell.is_empty() && cell.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, expected: bool) {
        assert_eq!(is_funding_head(head.as_bytes()), expected, "{head}");
    }

    #[test]
    fn funding_files_are_told_from_others_by_their_beginning() {
        check("calc_time,funding_interval_hours,last_funding_rate\n", true);
        check("funding_time,symbol,funding_rate,mark_price\n1,", true);
        check("\u{feff}symbol,fundingTime,fundingRate\r\n", true);
        check("1672531200000,8,0.0001\n", true);
        check("1672531200000,8,0.0001,\n", true);
        check("1672531200000,BTCUSDT,0.0001,\n1672560000008,", true);
        check("1672531200000000,1000SHIBUSDT,-0.0001,0.5", true);
        check(" [ {\"symbol\": \"BTCUSDT\", \"fundingRate\": \"0.0001\"", true);
        check("open_time,open,high,low,close,volume\n", false);
        check("1672531200000,1,2,0.5,1.5,3\n", false);
        check("1672531200000,16537.6,1.5\n", false);
        check("timestamp,open,high,low,close,volume,funding_rate\n", false);
        check("id,price,qty,quote_qty,time,is_buyer_maker\n", false);
        check("1,8,0.0001\n", false);
        check("time,rate\n", false);
        check("symbol,markPrice,lastFundingRate,nextFundingTime,time\n", false);
        check("[[1672531200000,\"1\"]]", false);
        check("", false);
    }

    #[test]
    fn headers_must_be_complete_and_without_doubles() {
        let message = |header: &[u8]| Columns::from_header(header).unwrap_err().to_string();
        assert_eq!(
            message(b"time,rate"),
            "header: expected a column funding_rate, was 'time,rate'"
        );
        assert!(message(b"time,fundingTime,fundingRate").contains("the column funding_time once"));
        assert!(message(b"\xff,fundingRate").contains("as text"));
        let layout = Columns::from_header(b"fundingRate,note,calc_time,").unwrap();
        assert_eq!(layout.columns, [Some(Column::Rate), None, Some(Column::Time)]);
        assert_eq!(layout.unknown, ["note"]);
    }
}
