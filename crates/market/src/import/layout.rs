//! Which column stands where: from a header by name, or the venue's order without one.

use domain::PriceKind;

use super::error::{ImportError, excerpt};

/// Number of columns that mean something.
pub(crate) const FIELDS: usize = 11;

/// A column of a kline file, in the venue's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    OpenTime,
    Open,
    High,
    Low,
    Close,
    Volume,
    CloseTime,
    QuoteVolume,
    Count,
    TakerBuyVolume,
    TakerBuyQuoteVolume,
    Ignored,
    /// The volume of mark price candles: nothing or zero.
    NoVolume,
}

impl Field {
    pub(crate) const ALL: [Self; FIELDS] = [
        Self::OpenTime,
        Self::Open,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Volume,
        Self::CloseTime,
        Self::QuoteVolume,
        Self::Count,
        Self::TakerBuyVolume,
        Self::TakerBuyQuoteVolume,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OpenTime => "open_time",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume | Self::NoVolume => "volume",
            Self::CloseTime => "close_time",
            Self::QuoteVolume => "quote_volume",
            Self::Count => "count",
            Self::TakerBuyVolume => "taker_buy_volume",
            Self::TakerBuyQuoteVolume => "taker_buy_quote_volume",
            Self::Ignored => "ignore",
        }
    }

    /// Columns without which a row is no candle.
    pub(crate) const fn is_required(self) -> bool {
        (self as usize) <= Self::Volume as usize
    }

    const fn of_mark(self) -> Self {
        match self {
            Self::OpenTime
            | Self::Open
            | Self::High
            | Self::Low
            | Self::Close
            | Self::CloseTime
            | Self::Ignored
            | Self::NoVolume => self,
            Self::Volume => Self::NoVolume,
            Self::QuoteVolume | Self::Count | Self::TakerBuyVolume | Self::TakerBuyQuoteVolume => {
                Self::Ignored
            }
        }
    }

    /// Names seen in the wild, as [`letters`].
    fn of_header(letters: &str) -> Option<Self> {
        Some(match letters {
            "opentime" => Self::OpenTime,
            "open" => Self::Open,
            "high" => Self::High,
            "low" => Self::Low,
            "close" => Self::Close,
            "volume" => Self::Volume,
            "closetime" => Self::CloseTime,
            "quotevolume" | "quoteassetvolume" => Self::QuoteVolume,
            "count" | "trades" | "numberoftrades" | "numtrades" => Self::Count,
            "takerbuyvolume" | "takerbuybasevolume" | "takerbuybaseassetvolume" => {
                Self::TakerBuyVolume
            }
            "takerbuyquotevolume" | "takerbuyquoteassetvolume" => Self::TakerBuyQuoteVolume,
            "ignore" => Self::Ignored,
            _ => return None,
        })
    }
}

/// The small letters and digits of a column name.
pub(crate) fn letters(cell: &str) -> String {
    cell.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The columns of one CSV from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) fields: Vec<Field>,
    /// Header names that mean nothing here.
    pub(crate) unknown: Vec<String>,
}

impl Layout {
    /// The venue's order for a file without header, from its first row.
    pub(crate) fn without_header(first: &[u8]) -> Result<Self, ImportError> {
        let mut columns = first.split(|byte| *byte == b',').count();
        // Where it may be an empty last field, a trailing comma counts as one.
        if columns == FIELDS + 2 && first.ends_with(b",") {
            columns -= 1;
        }
        if !(6..=FIELDS + 1).contains(&columns) {
            let expected = "6 to 12 columns separated by commas".to_owned();
            return Err(ImportError::Header {
                expected,
                was: format!("{columns}: {}", excerpt(first)),
            });
        }
        let order = Field::ALL.into_iter().chain([Field::Ignored]);
        Ok(Self { fields: order.take(columns).collect(), unknown: Vec::new() })
    }

    /// The order that a header names.
    pub(crate) fn from_header(header: &[u8]) -> Result<Self, ImportError> {
        let refuse = |expected: String| ImportError::Header { expected, was: excerpt(header) };
        let text =
            std::str::from_utf8(header).map_err(|_| refuse("column names as text".to_owned()))?;
        let text = text.strip_suffix(',').unwrap_or(text);
        let has_open_time = text.split(',').any(|cell| letters(cell) == "opentime");
        let mut layout = Self { fields: Vec::new(), unknown: Vec::new() };
        for cell in text.split(',') {
            let field = match letters(cell).as_str() {
                "timestamp" | "time" if !has_open_time => Some(Field::OpenTime),
                name => Field::of_header(name),
            };
            if field.is_none() {
                layout.unknown.push(cell.trim().chars().take(40).collect());
            }
            let field = field.unwrap_or(Field::Ignored);
            if field != Field::Ignored && layout.fields.contains(&field) {
                return Err(refuse(format!("the column {} once", field.name())));
            }
            layout.fields.push(field);
        }
        let missing: Vec<&str> = Field::ALL
            .into_iter()
            .filter(|field| field.is_required() && !layout.fields.contains(field))
            .map(Field::name)
            .collect();
        if missing.is_empty() {
            Ok(layout)
        } else {
            Err(refuse(format!("a column {}", missing.join(", "))))
        }
    }

    /// The same columns for candles of `price`. The volumes of mark price candles mean nothing, and
    /// their count is a number of samples (Binance USDT-M, `markPriceKlines`).
    pub(crate) fn of_price(mut self, price: PriceKind) -> Self {
        match price {
            PriceKind::Last => {}
            PriceKind::Mark => self.fields.iter_mut().for_each(|field| *field = field.of_mark()),
        }
        self
    }

    /// Zero-based place of a column.
    pub(crate) fn place(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|other| *other == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(layout: &Layout) -> Vec<&'static str> {
        layout.fields.iter().map(|field| field.name()).collect()
    }

    #[test]
    fn headers_map_by_name() {
        let layout = Layout::from_header(b"close,Open Time,\"open\",high,low,volume,note").unwrap();
        assert_eq!(
            names(&layout),
            ["close", "open_time", "open", "high", "low", "volume", "ignore"]
        );
        assert_eq!(layout.unknown, ["note"]);
        assert_eq!(layout.place(Field::OpenTime), Some(1));
    }

    #[test]
    fn the_open_time_has_other_names_and_a_trailing_comma_is_no_column() {
        for name in ["timestamp", "Time", "open_time", " Open time"] {
            let header = format!("{name},open,high,low,close,volume,");
            let layout = Layout::from_header(header.as_bytes()).unwrap();
            assert_eq!(
                (layout.fields.len(), layout.place(Field::OpenTime), layout.unknown.len()),
                (6, Some(0), 0),
                "{name}"
            );
        }
        let both = Layout::from_header(b"time,open_time,open,high,low,close,volume").unwrap();
        assert_eq!((both.place(Field::OpenTime), both.unknown), (Some(1), vec!["time".to_owned()]));
        let twice = Layout::from_header(b"time,timestamp,open,high,low,close,volume");
        assert!(twice.unwrap_err().to_string().contains("open_time once"));
    }

    #[test]
    fn headers_must_be_complete_and_without_doubles() {
        let message = |header: &[u8]| Layout::from_header(header).unwrap_err().to_string();
        assert!(message(b"open_time,open,high,close").contains("expected a column low, volume"));
        assert!(message(b"open_time,open,open,high,low,close,volume").contains("open once"));
        assert!(message(b"id,price,qty").contains("open_time, open, high, low, close, volume"));
        assert!(message(b"\xff,open").contains("as text"));
    }

    #[test]
    fn without_header_the_first_row_gives_the_number_of_columns() {
        assert_eq!(Layout::without_header(b"1,2,3,4,5,6").unwrap().fields.len(), 6);
        assert_eq!(
            Layout::without_header(b"1,2,3,4,5,6,7,8,9,10,11,0").unwrap().fields[11],
            Field::Ignored
        );
        assert!(Layout::without_header(b"1,2,3,4,5").is_err());
        assert_eq!(Layout::without_header(b"1,2,3,4,5,6,7,8,9,10,11,0,").unwrap().fields.len(), 12);
        assert!(Layout::without_header(b"1,2,3,4,5,6,7,8,9,10,11,0,0").is_err());
    }
}
