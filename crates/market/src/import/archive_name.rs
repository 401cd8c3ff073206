//! The official archive names: `SYMBOL-INTERVAL-YYYY-MM[-DD]` with `.csv`, `.csv.gz` or `.zip`.

use domain::{Symbol, Timeframe};

/// What an official archive name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveName {
    /// Instrument.
    pub symbol: Symbol,
    /// Candle length.
    pub timeframe: Timeframe,
}

impl ArchiveName {
    /// Reads a file name without folders; `None` when it has another form.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let ending =
            [".csv.gz", ".csv", ".zip"].into_iter().find(|ending| lower.ends_with(ending))?;
        let mut parts = name.get(..name.len() - ending.len())?.split('-');
        let (symbol, interval) = (parts.next()?, parts.next()?);
        let date: Vec<&str> = parts.collect();
        if !matches!(date.as_slice(), [year, month] if is_number(year, 4) && is_number(month, 2))
            && !matches!(date.as_slice(), [year, month, day]
                if is_number(year, 4) && is_number(month, 2) && is_number(day, 2))
        {
            return None;
        }
        let timeframe =
            if interval == "1mo" { Timeframe::Month1 } else { interval.parse().ok()? };
        Some(Self { symbol: symbol.parse().ok()?, timeframe })
    }
}

fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(&str, Timeframe)>) {
        let was = ArchiveName::parse(name);
        let was = was.as_ref().map(|name| (name.symbol.as_str(), name.timeframe));
        assert_eq!(was, expected, "{name}");
    }

    #[test]
    fn only_official_forms_say_something() {
        check("BTCUSDT-1m-2023-01.zip", Some(("BTCUSDT", Timeframe::M1)));
        check("BTCUSDT-1m-2023-01-31.csv", Some(("BTCUSDT", Timeframe::M1)));
        check("BTCUSDT_240628-4h-2023-01.csv.gz", Some(("BTCUSDT_240628", Timeframe::H4)));
        check("ETHUSDT-1mo-2023-01.zip", Some(("ETHUSDT", Timeframe::Month1)));
        check("binance_spot_BTCUSDT_1m_2023.csv.gz", None);
        check("BTCUSDT-1m-2023.zip", None);
        check("BTCUSDT-7m-2023-01.zip", None);
        check("BTCUSDT-1m-2023-01.txt", None);
        check("BTCUSDT-aggTrades-2023-01.zip", None);
        check("ü-1m-2023-01.csv", None);
        check("", None);
    }
}
