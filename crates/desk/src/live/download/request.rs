//! What a download is asked for: checked, stored, read back.

use domain::{MarketKind, Symbol, TimeRange, Timeframe, Timestamp};
use serde::{Deserialize, Serialize};

use super::plan::Aim;
use crate::error::{DeskError, FieldError};
use crate::live::{DownloadDraft, VenueName};

/// Instruments of one download.
const SYMBOLS_MAX: usize = 300;

/// A checked request. Texts are those of the venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DownloadRequest {
    venue: String,
    symbols: Vec<String>,
    timeframes: Vec<String>,
    /// First open time, ms; the listing of each instrument when absent.
    from_ms: Option<i64>,
    /// First instant after the open times, ms; the moment of planning when absent.
    to_ms: Option<i64>,
    mark: bool,
    pub(crate) funding: bool,
    verify: bool,
    /// Whether the venue's own longer candles are compared with what the fetched ones make.
    #[serde(default)]
    pub(crate) check: bool,
    /// Whether the watch-list stood in for instruments that nobody named.
    #[serde(default)]
    watched: bool,
    /// Whether it goes on with what is stored: what is missing since the last stored candle of each series, and of the
    /// last days before.
    #[serde(default)]
    pub(crate) refresh: bool,
}

impl DownloadRequest {
    /// Checks a draft; `watched` stands in for no symbols.
    pub(crate) fn of(
        draft: &DownloadDraft,
        venue: VenueName,
        watched: &[Symbol],
        now: Timestamp,
    ) -> Result<Self, DeskError> {
        let mut errors = Vec::new();
        let symbols = symbols(&draft.symbols, watched, &mut errors);
        let timeframes = timeframes(&draft.timeframes, &mut errors);
        let time = |field: &'static str, text: &Option<String>, errors: &mut Vec<FieldError>| {
            let text = text.as_deref()?;
            let parsed = text.parse::<Timestamp>();
            parsed.map_err(|error| errors.push(FieldError::value(&[field], error.to_string()))).ok()
        };
        let from = time("from", &draft.from, &mut errors);
        let to = time("to", &draft.to, &mut errors);
        if let Some(from) = from.filter(|from| *from >= now) {
            let message = format!("expected a time that has passed, was {from}");
            errors.push(FieldError::value(&["from"], message));
        }
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            let message = format!("expected a time after from ({from}), was {to}");
            errors.push(FieldError::value(&["to"], message));
        }
        if !errors.is_empty() {
            return Err(DeskError::Invalid(errors));
        }
        Ok(Self {
            venue: venue.as_str().to_owned(),
            symbols,
            timeframes,
            from_ms: from.map(Timestamp::millis),
            to_ms: to.map(Timestamp::millis),
            mark: draft.mark.unwrap_or(false),
            funding: draft.funding.unwrap_or(true),
            verify: draft.verify.unwrap_or(false),
            check: draft.check.unwrap_or(true),
            watched: draft.symbols.is_empty(),
            refresh: false,
        })
    }

    /// What is missing of the stored history of these instruments: minutes, the mark price where it is stored, funding.
    pub(crate) fn refreshing(venue: VenueName, symbols: &[Symbol]) -> Self {
        Self {
            venue: venue.as_str().to_owned(),
            symbols: symbols.iter().map(ToString::to_string).collect(),
            timeframes: vec![Timeframe::M1.to_string()],
            from_ms: None,
            to_ms: None,
            mark: true,
            funding: true,
            verify: false,
            check: true,
            watched: true,
            refresh: true,
        }
    }

    /// Whether somebody named its instruments.
    pub(crate) const fn is_named(&self) -> bool {
        !self.watched && !self.refresh
    }

    /// What becomes of what is stored.
    pub(crate) const fn aim(&self) -> Aim {
        match (self.refresh, self.verify) {
            (true, _) => Aim::Refresh,
            (false, true) => Aim::Verify,
            (false, false) => Aim::Missing,
        }
    }

    /// Reads a stored request.
    pub(crate) fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `None` when this version knows no such venue.
    pub(crate) fn venue(&self) -> Option<VenueName> {
        VenueName::from_word(&self.venue)
    }

    pub(crate) fn market(&self) -> Option<MarketKind> {
        self.venue().map(VenueName::market)
    }

    pub(crate) fn symbols(&self) -> Vec<Symbol> {
        self.symbols.iter().filter_map(|symbol| symbol.parse().ok()).collect()
    }

    pub(crate) fn timeframes(&self) -> Vec<Timeframe> {
        self.timeframes.iter().filter_map(|timeframe| timeframe.parse().ok()).collect()
    }

    /// The prices that are wanted.
    pub(crate) fn prices(&self) -> &'static [domain::PriceKind] {
        if self.mark { &domain::PriceKind::ALL } else { &domain::PriceKind::ALL[..1] }
    }

    /// Open times of an instrument that was listed at an instant.
    pub(crate) fn range(&self, listed: Option<Timestamp>, now: Timestamp) -> TimeRange {
        let asked = self.from_ms.map(Timestamp::from_millis);
        let listed = listed.unwrap_or(Timestamp::from_millis(0));
        let start = asked.map_or(listed, |asked| asked.max(listed));
        TimeRange { start, end: self.to_ms.map_or(now, Timestamp::from_millis) }
    }

    /// A line for people.
    pub(crate) fn title(&self) -> String {
        let symbols = match self.symbols.as_slice() {
            [one, two, three, rest @ ..] if !rest.is_empty() => {
                format!("{one}, {two}, {three} and {} more", rest.len())
            }
            few => few.join(", "),
        };
        if self.refresh {
            return format!("Daily refresh of {symbols}");
        }
        let day = |millis: i64| -> String {
            Timestamp::from_millis(millis).to_string().chars().take(10).collect()
        };
        let from = self.from_ms.map_or_else(|| "the listing".to_owned(), day);
        let to = self.to_ms.map_or_else(|| "now".to_owned(), day);
        let mut title = format!("{symbols} {} from {from} to {to}", self.timeframes.join(" "));
        for (is_wanted, what) in [(self.mark, ", mark price"), (self.funding, ", funding")] {
            if is_wanted {
                title.push_str(what);
            }
        }
        title
    }
}

fn symbols(asked: &[String], watched: &[Symbol], errors: &mut Vec<FieldError>) -> Vec<String> {
    let mut symbols: Vec<String> = Vec::new();
    for text in asked {
        match text.parse::<Symbol>() {
            Ok(symbol) => symbols.push(symbol.to_string()),
            Err(error) => errors.push(FieldError::value(&["symbols"], error.to_string())),
        }
    }
    if asked.is_empty() {
        symbols = watched.iter().map(ToString::to_string).collect();
    }
    symbols.sort();
    symbols.dedup();
    if symbols.is_empty() && errors.is_empty() {
        let message = "expected at least one instrument: the watch-list is empty";
        errors.push(FieldError::value(&["symbols"], message));
    }
    if symbols.len() > SYMBOLS_MAX {
        let message = format!("expected at most {SYMBOLS_MAX} instruments, was {}", symbols.len());
        errors.push(FieldError::value(&["symbols"], message));
    }
    symbols
}

fn timeframes(asked: &[String], errors: &mut Vec<FieldError>) -> Vec<String> {
    let mut timeframes: Vec<Timeframe> = Vec::new();
    for text in asked {
        match text.parse::<Timeframe>() {
            Ok(timeframe) if timeframe <= Timeframe::D1 => timeframes.push(timeframe),
            Ok(timeframe) => {
                let message = format!(
                    "expected a timeframe of at most 1d, was {timeframe}: longer candles are built from shorter ones"
                );
                errors.push(FieldError::value(&["timeframes"], message));
            }
            Err(error) => errors.push(FieldError::value(&["timeframes"], error.to_string())),
        }
    }
    if asked.is_empty() {
        timeframes.push(Timeframe::M1);
    }
    timeframes.sort_unstable();
    timeframes.dedup();
    timeframes.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let draft = DownloadDraft {
            symbols: vec!["BTC/USDT".to_owned()],
            timeframes: vec!["1w".to_owned(), "7m".to_owned()],
            from: Some("2024-02-01".to_owned()),
            to: Some("2024-01-01".to_owned()),
            ..DownloadDraft::default()
        };
        let now = |text: &str| text.parse::<Timestamp>().unwrap();
        let fields = |now| {
            let request = DownloadRequest::of(&draft, VenueName::Demo, &[], now);
            let Err(DeskError::Invalid(errors)) = request else { panic!("it was accepted") };
            errors.iter().map(|error| error.path.join(".")).collect::<Vec<_>>()
        };
        assert_eq!(fields(now("2025-01-01")), ["symbols", "timeframes", "timeframes", "to"]);
        let early = fields(now("2024-02-01"));
        assert_eq!(early, ["symbols", "timeframes", "timeframes", "from", "to"]);
    }

    #[test]
    fn a_request_is_read_back_and_has_its_defaults() {
        let watched: Symbol = "ETHUSDT".parse().unwrap();
        let draft = DownloadDraft::default();
        let now = "2024-01-01".parse().unwrap();
        let request =
            DownloadRequest::of(&draft, VenueName::Demo, std::slice::from_ref(&watched), now)
                .unwrap();
        assert_eq!(DownloadRequest::read(&request.json()), Ok(request.clone()));
        assert_eq!(request.symbols(), [watched]);
        assert_eq!(request.timeframes(), [Timeframe::M1]);
        assert!(!request.is_named());
        assert!(
            request.funding && request.aim() == Aim::Missing && request.check && !request.refresh
        );
        assert_eq!(request.title(), "ETHUSDT 1m from the listing to now, funding");
        assert!(DownloadRequest::of(&draft, VenueName::Demo, &[], now).is_err());
        let refreshing = DownloadRequest::refreshing(VenueName::Demo, &request.symbols());
        assert_eq!(DownloadRequest::read(&refreshing.json()), Ok(refreshing.clone()));
        assert_eq!(refreshing.aim(), Aim::Refresh);
        assert_eq!(refreshing.title(), "Daily refresh of ETHUSDT");
    }

    #[test]
    fn a_request_of_an_earlier_version_is_read() {
        let json = r#"{"venue":"demo","symbols":["ETHUSDT"],"timeframes":["1m"],"from_ms":null,"to_ms":null,
            "mark":false,"funding":true,"verify":false}"#;
        let request = DownloadRequest::read(json).unwrap();
        assert!(!request.check && !request.refresh && request.is_named());
    }
}
