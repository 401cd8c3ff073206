//! Which of the wanted instruments the venue lists, and since when.

use std::collections::BTreeMap;

use binance::parse::ExchangeInfo;
use domain::{Symbol, Timestamp};
use storage::{DownloadPart, PartState};

use super::request::DownloadRequest;

/// What the venue says of the wanted instruments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// When each was listed.
    pub(super) since: BTreeMap<Symbol, Timestamp>,
    /// Those of which nothing can be fetched, each with the reason.
    missing: Vec<(Symbol, String)>,
}

impl Listed {
    pub(super) fn of(info: &ExchangeInfo, wanted: &[Symbol]) -> Self {
        let mut listed = Self::default();
        for symbol in wanted {
            if let Some(listing) = info.listing(symbol) {
                let since = Timestamp::from_millis(listing.onboard_time_ms);
                listed.since.insert(symbol.clone(), since);
                continue;
            }
            let refused = info.refused.iter().find(|one| one.name == symbol.as_str());
            let reason = match refused {
                Some(refused) => format!("the listing of {symbol} is not read: {}", refused.reason),
                None => format!("the venue lists no {symbol}"),
            };
            listed.missing.push((symbol.clone(), reason));
        }
        listed
    }

    /// Why nothing at all can be fetched, when that is so.
    pub(super) fn nothing(&self) -> Option<String> {
        let reasons: Vec<&str> = self.missing.iter().map(|(_, reason)| reason.as_str()).collect();
        self.since.is_empty().then(|| reasons.join("; "))
    }

    /// A part for each instrument of which nothing can be fetched: failed when somebody named the instruments,
    /// otherwise absent.
    pub(super) fn parts(&self, request: &DownloadRequest, at: Timestamp) -> Vec<DownloadPart> {
        let state = if request.is_named() { PartState::Failed } else { PartState::Absent };
        let part = |(symbol, reason): &(Symbol, String)| DownloadPart {
            state,
            error: Some(reason.clone()),
            ..DownloadPart::waiting(format!("listing {symbol}"), at)
        };
        self.missing.iter().map(part).collect()
    }
}
