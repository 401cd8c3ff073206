//! What any file name lets one guess: instrument, market, and what the file holds.
//!
//! A guess contradicts what was asked for or stays silent. Alone it decides one thing: a name that says
//! mark price makes candles mark price candles, which nothing in the file tells.

use domain::{MarketKind, PriceKind, Symbol};

use super::FileContent;

/// Guesses from the words of a file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameHints {
    /// Instrument: a word in capitals that ends in a quote asset.
    pub symbol: Option<Symbol>,
    /// Market: the word `spot`, or one of `um`, `futures`, `perp`.
    pub market: Option<MarketKind>,
    /// What the file holds: the words `mark` or `markPriceKlines`, `funding` or `fundingRate`. Last
    /// prices are said only by a folder `klines`.
    pub content: Option<FileContent>,
    /// What the file holds that cannot be stored, such as `index prices`.
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
                // Funding files may name the mark price as one of their columns.
                "mark" if hints.content.is_none() => {
                    hints.content = Some(FileContent::Candles(PriceKind::Mark));
                }
                "funding" => hints.content = Some(FileContent::Funding),
                "trades" | "aggtrades" => hints.other = Some("trades"),
                "bookticker" | "bookdepth" => hints.other = Some("order books"),
                word => hints.note_data_type(word),
            }
        }
        hints
    }

    /// Takes what the name left open from a folder around the file, the innermost first. Only the
    /// official names of the archive's folders say something.
    #[must_use]
    pub fn in_folder(mut self, folder: &str) -> Self {
        if self.content.is_some() || self.other.is_some() {
            return self;
        }
        match folder.to_ascii_lowercase().as_str() {
            "klines" => self.content = Some(FileContent::Candles(PriceKind::Last)),
            folder => self.note_data_type(folder),
        }
        self
    }

    /// The archive's names for what it holds, in small letters.
    fn note_data_type(&mut self, word: &str) {
        match word {
            "markpriceklines" => self.content = Some(FileContent::Candles(PriceKind::Mark)),
            "fundingrate" => self.content = Some(FileContent::Funding),
            "indexpriceklines" => self.other = Some("index prices"),
            "premiumindexklines" => self.other = Some("premiums"),
            _ => {}
        }
    }
}

fn is_symbol(word: &str) -> bool {
    let capital = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    capital && QUOTES.iter().any(|quote| word.len() > quote.len() && word.ends_with(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Option<FileContent> = Some(FileContent::Candles(PriceKind::Mark));
    const LAST: Option<FileContent> = Some(FileContent::Candles(PriceKind::Last));
    const FUNDING: Option<FileContent> = Some(FileContent::Funding);

    fn check(
        name: &str,
        symbol: Option<&str>,
        market: Option<MarketKind>,
        content: Option<FileContent>,
    ) {
        let hints = NameHints::of(name);
        assert_eq!(hints.symbol.as_ref().map(Symbol::as_str), symbol, "{name}");
        assert_eq!((hints.market, hints.content, hints.other), (market, content, None), "{name}");
    }

    #[test]
    fn names_say_what_they_say() {
        let (spot, futures) = (Some(MarketKind::Spot), Some(MarketKind::UsdM));
        check("binance_spot_BTCUSDT_1m_2023.csv.gz", Some("BTCUSDT"), spot, None);
        check("binance_um_ETHUSDT_1h_2023.csv.gz", Some("ETHUSDT"), futures, None);
        check("binance_um_mark_BTCUSDT_8h_2023.csv", Some("BTCUSDT"), futures, MARK);
        check("BTCUSDT-markPriceKlines-1m.zip", Some("BTCUSDT"), None, MARK);
        check("BTCUSDT-fundingRate-2023-01.zip", Some("BTCUSDT"), None, FUNDING);
        check("binance_um_funding_BTCUSDT_2023.csv", Some("BTCUSDT"), futures, FUNDING);
        check("mark_and_funding.csv", None, None, FUNDING);
        check("funding_with_mark.csv", None, None, FUNDING);
        check("BTCUSDT-1m-2023-01.zip", Some("BTCUSDT"), None, None);
        check("klines.csv", None, None, None);
        check("USDT.csv", None, None, None);
        check("spotty_bitcoin_usdt_marked.csv", None, None, None);
        assert_eq!(NameHints::of("BTCUSDT-aggTrades-2023-01.zip").other, Some("trades"));
    }

    fn check_folders(
        name: &str,
        folders: &[&str],
        content: Option<FileContent>,
        other: Option<&str>,
    ) {
        let hints =
            folders.iter().rev().fold(NameHints::of(name), |hints, one| hints.in_folder(one));
        assert_eq!((hints.content, hints.other), (content, other), "{folders:?}");
    }

    #[test]
    fn folders_of_the_archive_say_what_a_name_leaves_open() {
        let name = "BTCUSDT-1m-2023-01.zip";
        check_folders(name, &["um", "markPriceKlines", "BTCUSDT", "1m"], MARK, None);
        check_folders(name, &["um", "klines", "BTCUSDT", "1m"], LAST, None);
        check_folders(name, &["markPriceKlines", "old", "klines"], LAST, None);
        check_folders(name, &["indexPriceKlines", "BTCUSDT", "1m"], None, Some("index prices"));
        check_folders(name, &["premiumIndexKlines"], None, Some("premiums"));
        check_folders(name, &["home", "mark", "my markPriceKlines"], None, None);
        check_folders("x_mark.csv", &["klines"], MARK, None);
        check_folders("x.csv", &["fundingRate", "BTCUSDT"], FUNDING, None);
    }
}
