//! What any file name lets one guess: instrument, market, and that the file holds no candles.
//!
//! A guess contradicts what was asked for or stays silent; it never decides what is stored.

use domain::{MarketKind, Symbol};

/// Guesses from the words of a file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameHints {
    /// Instrument: a word in capitals that ends in a quote asset.
    pub symbol: Option<Symbol>,
    /// Market: the word `spot`, or one of `um`, `futures`, `perp`.
    pub market: Option<MarketKind>,
    /// What the file holds instead of tradable candles, such as `funding rates`.
    pub other: Option<&'static str>,
}

const QUOTES: [&str; 4] = ["USDT", "USDC", "BUSD", "FDUSD"];

impl NameHints {
    /// Reads a file name without folders.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut hints = Self::default();
        for word in name.split(|letter: char| !letter.is_ascii_alphanumeric()) {
            if is_symbol(word) {
                hints.symbol = hints.symbol.or_else(|| word.parse().ok());
                continue;
            }
            match word.to_ascii_lowercase().as_str() {
                "spot" => hints.market = Some(MarketKind::Spot),
                "um" | "futures" | "perp" => hints.market = Some(MarketKind::UsdM),
                "mark" | "markpriceklines" => hints.other = Some("mark prices"),
                "indexpriceklines" => hints.other = Some("index prices"),
                "premiumindexklines" => hints.other = Some("premiums"),
                "funding" | "fundingrate" => hints.other = Some("funding rates"),
                "trades" | "aggtrades" => hints.other = Some("trades"),
                "bookticker" | "bookdepth" => hints.other = Some("order books"),
                _ => {}
            }
        }
        hints
    }
}

fn is_symbol(word: &str) -> bool {
    let capital = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    capital && QUOTES.iter().any(|quote| word.len() > quote.len() && word.ends_with(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, symbol: Option<&str>, market: Option<MarketKind>, other: Option<&str>) {
        let hints = NameHints::of(name);
        assert_eq!(hints.symbol.as_ref().map(Symbol::as_str), symbol, "{name}");
        assert_eq!((hints.market, hints.other), (market, other), "{name}");
    }

    #[test]
    fn names_say_what_they_say() {
        let (spot, futures) = (Some(MarketKind::Spot), Some(MarketKind::UsdM));
        check("binance_spot_BTCUSDT_1m_2023.csv.gz", Some("BTCUSDT"), spot, None);
        check("binance_um_ETHUSDT_1h_2023.csv.gz", Some("ETHUSDT"), futures, None);
        check("binance_um_mark_BTCUSDT_8h_2023.csv", Some("BTCUSDT"), futures, Some("mark prices"));
        check("BTCUSDT-fundingRate-2023-01.zip", Some("BTCUSDT"), None, Some("funding rates"));
        check("BTCUSDT-1m-2023-01.zip", Some("BTCUSDT"), None, None);
        check("klines.csv", None, None, None);
        check("USDT.csv", None, None, None);
        check("spotty_bitcoin_usdt.csv", None, None, None);
    }
}
