//! What changes of a listing while the venue runs: the words of `market:...` beside `gap`.

/// A rule or the status of a symbol is another one in the time named (F15): in `exchangeInfo`, for orders, and announced
/// by `!contractInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingFault {
    /// `tick=10`: prices of orders are multiples of so many ticks.
    Tick(u32),
    /// `step=10`: quantities of orders are multiples of so many lots.
    Step(u32),
    /// `min-notional=100`: the smallest notional of an order, in quote asset.
    NotionalMin(u32),
    /// `leverage=20`: the largest leverage; the brackets follow from it.
    LeverageMax(u32),
    /// `status=TRADING_HALT`: the status word.
    Status(String),
}

/// The venue's range.
const LEVERAGE_MAX: u32 = 125;

impl ListingFault {
    /// Reads a word and its value; `None` for what is no fault.
    pub(crate) fn read(word: &str, value: Option<&str>) -> Option<Self> {
        let value = value?;
        let number = || value.parse::<u32>().ok().filter(|number| *number > 0);
        Some(match word {
            "tick" => Self::Tick(number()?),
            "step" => Self::Step(number()?),
            "min-notional" => Self::NotionalMin(number()?),
            "leverage" => Self::LeverageMax(number().filter(|number| *number <= LEVERAGE_MAX)?),
            "status" => Self::Status(status_word(value)?),
            _ => return None,
        })
    }
}

fn status_word(text: &str) -> Option<String> {
    let is_word =
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    is_word.then(|| text.to_owned())
}
