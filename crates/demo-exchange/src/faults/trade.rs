//! What goes wrong in the matching engine and on the account: the words of `trade:...` and when each may
//! happen.

/// What goes wrong with orders, and what others do with the account (F8, F12 to F14, F17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeFault {
    /// `invisible=5000`: an accepted order cannot be queried for so many milliseconds (F8).
    Invisible(i64),
    /// `pieces=5`: an order that takes is filled in so many parts (F13).
    Pieces(u32),
    /// `expires-in-match`: an order that takes ends after its first fill (F13).
    ExpiresInMatch,
    /// `fill-before-accept`: the first fill of an order is told before its acceptance (F12).
    FillBeforeAccept,
    /// `fill-before-cancel`: an order fills just before its cancellation, which is refused (F13).
    FillBeforeCancel,
    /// `algo-stuck`: a conditional order that triggers stays in `TRIGGERING` (F17).
    AlgoStuck,
    /// `algo-rejected`: the matching engine refuses a conditional order that triggers (F17).
    AlgoRejected,
    /// `manual-buy=100`: a market order of so many lots from elsewhere (F14).
    ManualBuy(i64),
    /// `manual-sell=100`: likewise.
    ManualSell(i64),
    /// `deleverage=100`: so many lots of the position at most are closed by the venue; `deleverage`: all (F14).
    Deleverage(Option<i64>),
    /// `leverage=5`: set from elsewhere (F14).
    Leverage(u32),
    /// `margin-crossed`: likewise.
    MarginCrossed,
    /// `margin-isolated`: likewise.
    MarginIsolated,
    /// `mode-hedge`: likewise.
    ModeHedge,
    /// `mode-one-way`: likewise.
    ModeOneWay,
    /// `deposit=100`: so much of the margin asset comes, or goes where negative (F14).
    Deposit(i64),
    /// `listen-key-expired`: the listen key ends before its time (F12).
    ListenKeyExpired,
}

/// What gives a fault the chance to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeOccasion {
    /// An order that is accepted.
    Placing,
    /// A cancellation that finds its order.
    Cancelling,
    /// A conditional order that triggers.
    Triggering,
    /// Every full second of the venue's time.
    Second,
}

impl TradeFault {
    /// Reads a word and its value; `None` for what is no fault.
    pub(crate) fn read(word: &str, value: Option<&str>) -> Option<Self> {
        match value {
            None => plain(word),
            Some(value) => with_value(word, value),
        }
    }

    /// The word it is written with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invisible(_) => "invisible",
            Self::Pieces(_) => "pieces",
            Self::ExpiresInMatch => "expires-in-match",
            Self::FillBeforeAccept => "fill-before-accept",
            Self::FillBeforeCancel => "fill-before-cancel",
            Self::AlgoStuck => "algo-stuck",
            Self::AlgoRejected => "algo-rejected",
            Self::ManualBuy(_) => "manual-buy",
            Self::ManualSell(_) => "manual-sell",
            Self::Deleverage(_) => "deleverage",
            Self::Leverage(_) => "leverage",
            Self::MarginCrossed => "margin-crossed",
            Self::MarginIsolated => "margin-isolated",
            Self::ModeHedge => "mode-hedge",
            Self::ModeOneWay => "mode-one-way",
            Self::Deposit(_) => "deposit",
            Self::ListenKeyExpired => "listen-key-expired",
        }
    }

    /// When it may happen.
    #[must_use]
    pub const fn occasion(self) -> TradeOccasion {
        match self {
            Self::Invisible(_)
            | Self::Pieces(_)
            | Self::ExpiresInMatch
            | Self::FillBeforeAccept => TradeOccasion::Placing,
            Self::FillBeforeCancel => TradeOccasion::Cancelling,
            Self::AlgoStuck | Self::AlgoRejected => TradeOccasion::Triggering,
            Self::ManualBuy(_)
            | Self::ManualSell(_)
            | Self::Deleverage(_)
            | Self::Leverage(_)
            | Self::MarginCrossed
            | Self::MarginIsolated
            | Self::ModeHedge
            | Self::ModeOneWay
            | Self::Deposit(_)
            | Self::ListenKeyExpired => TradeOccasion::Second,
        }
    }
}

fn plain(word: &str) -> Option<TradeFault> {
    Some(match word {
        "expires-in-match" => TradeFault::ExpiresInMatch,
        "fill-before-accept" => TradeFault::FillBeforeAccept,
        "fill-before-cancel" => TradeFault::FillBeforeCancel,
        "algo-stuck" => TradeFault::AlgoStuck,
        "algo-rejected" => TradeFault::AlgoRejected,
        "deleverage" => TradeFault::Deleverage(None),
        "margin-crossed" => TradeFault::MarginCrossed,
        "margin-isolated" => TradeFault::MarginIsolated,
        "mode-hedge" => TradeFault::ModeHedge,
        "mode-one-way" => TradeFault::ModeOneWay,
        "listen-key-expired" => TradeFault::ListenKeyExpired,
        _ => return None,
    })
}

fn with_value(word: &str, value: &str) -> Option<TradeFault> {
    let positive = || value.parse::<i64>().ok().filter(|number| *number > 0);
    let small = || value.parse::<u32>().ok().filter(|number| *number > 0);
    Some(match word {
        "invisible" => TradeFault::Invisible(positive()?),
        "pieces" => TradeFault::Pieces(small()?),
        "manual-buy" => TradeFault::ManualBuy(positive()?),
        "manual-sell" => TradeFault::ManualSell(positive()?),
        "deleverage" => TradeFault::Deleverage(Some(positive()?)),
        "leverage" => TradeFault::Leverage(small()?),
        "deposit" => TradeFault::Deposit(value.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for text in [
            "invisible=500",
            "pieces=5",
            "expires-in-match",
            "fill-before-accept",
            "fill-before-cancel",
            "algo-stuck",
            "algo-rejected",
            "manual-buy=100",
            "manual-sell=100",
            "deleverage=3",
            "deleverage",
            "leverage=5",
            "margin-crossed",
            "margin-isolated",
            "mode-hedge",
            "mode-one-way",
            "deposit=-5",
            "listen-key-expired",
        ] {
            let (word, value) =
                text.split_once('=').map_or((text, None), |(word, value)| (word, Some(value)));
            let fault = TradeFault::read(word, value);
            assert_eq!(fault.map(TradeFault::word), Some(word));
        }
    }

    #[test]
    fn words_without_meaning_are_none() {
        for (word, value) in
            [("explode", None), ("pieces", None), ("pieces", Some("-1")), ("algo-stuck", Some("1"))]
        {
            assert_eq!(TradeFault::read(word, value), None, "{word} {value:?}");
        }
    }
}
