//! Fault plans as texts: `TARGET:FAULT[=VALUE][@WHEN[,WHEN]]; ...`.

use std::fmt;
use std::str::FromStr;

use domain::{TimeRange, Timestamp};

use super::kind::{Area, BodyFault, FaultKind, Often, RequestFault, StreamFault, Target, When};
use super::listing::ListingFault;
use super::names;
use super::trade::TradeFault;

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Where.
    pub target: Target,
    /// What.
    pub kind: FaultKind,
    /// How often and when.
    pub when: When,
    text: String,
}

/// What goes wrong, in order: of the rules that fit, the first one that happens counts.
///
/// A target is an endpoint (`klines`, `order`, `archive`, `*`), a stream (`ws.kline`, `ws.depth`, `ws.*`), an event of
/// the user stream (`user.ORDER_TRADE_UPDATE`), `market`, `clock` or `trade`; `/BTCUSDT` behind it means that symbol alone.
/// The faults are those of [`FaultKind`], with `market` those of [`ListingFault`] too, with `trade` those of [`TradeFault`]. A time is a chance (`0.1`), the first times (`x3`), one time (`#7`) or
/// a range of the venue's time (`2025-01-01T00:00:00Z..2025-01-01T00:05:00Z`, without an end for ever); two of them are parted by a comma.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan(pub Vec<FaultRule>);

/// A text that is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fault {rule}, character {place}: expected {expected}, was {was:?}")]
pub struct FaultPlanError {
    /// Number of the rule, from 1.
    pub rule: usize,
    /// Character of the rule at which the expectation begins, from 1.
    pub place: usize,
    /// What is expected there.
    pub expected: &'static str,
    /// What stands there, shortened to 40 characters.
    pub was: String,
}

const FAULTS: &str = "a fault such as lost, reply-lost, reset, 503, 503-unknown, 408, 429, 418=120, error=-1007, delay=500, stale=1500, \
bad-json, html, empty, redirect, huge=104857600, gzip-bomb, trickle, wrong-type, nan, exponent, empty-text, number, removed, renamed, \
added, unknown-enum, repeated-row, short, altered, silent, drop, duplicate, reorder, close, half-open, no-ping, revise, gap, offset=-5000 or drift=200; \
with market one such as tick=10, step=10, min-notional=100, leverage=20 or status=TRADING_HALT; \
with trade one such as invisible=5000, pieces=5, fill-before-cancel, algo-stuck, manual-buy=100 or listen-key-expired";
/// The end of a range without one.
const FOR_EVER: Timestamp = Timestamp::from_millis(i64::MAX);
const TIMES: &str = "a chance such as 0.1, the first times such as x3, one time such as #7, or a range of times START..END or START..";

impl FromStr for FaultPlan {
    type Err = FaultPlanError;

    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let rules = text.split(';').filter(|rule| !rule.trim().is_empty()).enumerate();
        let rules = rules.map(|(index, rule)| {
            read_rule(rule.trim()).map_err(|(place, expected, was)| FaultPlanError {
                rule: index + 1,
                place: place + 1,
                expected,
                was: was.chars().take(40).collect(),
            })
        });
        rules.collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<&str> = self.0.iter().map(|rule| rule.text.as_str()).collect();
        f.write_str(&texts.join("; "))
    }
}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

type Complaint = (usize, &'static str, String);

fn read_rule(rule: &str) -> Result<FaultRule, Complaint> {
    let Some((target, rest)) = rule.split_once(':') else {
        return Err((rule.chars().count(), "a colon between target and fault", rule.to_owned()));
    };
    let place = target.chars().count() + 1;
    let target = read_target(target)?;
    let (fault, when) = match rest.split_once('@') {
        Some((fault, when)) => {
            let place = place + fault.chars().count() + 1;
            (fault, read_when(when).map_err(|was| (place, TIMES, was))?)
        }
        None => (rest, When { often: Often::Always, within: None }),
    };
    let kind = read_kind(fault.trim(), target.area);
    let kind = kind.ok_or_else(|| (place, FAULTS, fault.to_owned()))?;
    Ok(FaultRule { target, kind, when, text: rule.to_owned() })
}

fn read_target(text: &str) -> Result<Target, Complaint> {
    let (name, symbol) = match text.split_once('/') {
        Some((name, symbol)) => (name.trim(), Some(symbol.trim().to_owned())),
        None => (text.trim(), None),
    };
    let (area, name) = match (name.split_once('.'), name) {
        (Some(("ws", stream)), _) => (Area::Stream, stream),
        (Some(("user", event)), _) => (Area::User, event),
        (None, "ws") => (Area::Stream, "*"),
        (None, "user") => (Area::User, "*"),
        (None, "market") => (Area::Market, "*"),
        (None, "clock") => (Area::Clock, "*"),
        (None, "trade") => (Area::Trade, "*"),
        (_, name) => (Area::Request, name),
    };
    if !names::is_known(area, name) {
        let expected = "a target such as klines, *, ws.kline, user.ORDER_TRADE_UPDATE, market, clock or trade: \
                        the last word of an endpoint's path, archive, or a stream";
        return Err((0, expected, text.to_owned()));
    }
    Ok(Target { area, name: name.to_owned(), symbol })
}

fn read_when(text: &str) -> Result<When, String> {
    let mut when = When { often: Often::Always, within: None };
    for part in text.split(',').map(str::trim) {
        if let Some((start, end)) = part.split_once("..") {
            let time = |text: &str| text.parse::<Timestamp>().map_err(|_| part.to_owned());
            let end = if end.is_empty() { Ok(FOR_EVER) } else { time(end) };
            when.within = Some(TimeRange { start: time(start)?, end: end? });
        } else {
            when.often = read_often(part).ok_or_else(|| part.to_owned())?;
        }
    }
    Ok(when)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1,000,000, checked before"
)]
fn read_often(text: &str) -> Option<Often> {
    if let Some(count) = text.strip_prefix('x') {
        return count.parse().ok().map(Often::First);
    }
    if let Some(count) = text.strip_prefix('#') {
        return count.parse().ok().map(Often::Only);
    }
    let chance: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&chance).then_some(Often::Chance((chance * 1e6 + 0.5) as u32))
}

fn read_kind(text: &str, area: Area) -> Option<FaultKind> {
    let (word, value) = match text.split_once('=') {
        Some((word, value)) => (word, Some(value)),
        None => (text, None),
    };
    if matches!(area, Area::Trade) {
        return TradeFault::read(word, value).map(FaultKind::Trade);
    }
    if matches!(area, Area::Market)
        && let Some(change) = ListingFault::read(word, value)
    {
        return Some(FaultKind::Listing(change));
    }
    match value {
        None => plain_kind(word),
        Some(value) => kind_with_value(word, value),
    }
}

fn plain_kind(word: &str) -> Option<FaultKind> {
    Some(match word {
        "lost" => FaultKind::Request(RequestFault::Lost),
        "reply-lost" => FaultKind::Request(RequestFault::ReplyLost),
        "reset" => FaultKind::Reset,
        "reset-after" => FaultKind::Request(RequestFault::ResetAfter),
        "truncated" => FaultKind::Request(RequestFault::Truncated),
        "503-unknown" => FaultKind::Request(RequestFault::UnknownError),
        "503" => FaultKind::Request(RequestFault::Unavailable),
        "503-internal" => FaultKind::Request(RequestFault::InternalError),
        "503-throttled" => FaultKind::Request(RequestFault::Throttled),
        "408" => FaultKind::Request(RequestFault::TimedOut),
        "429" => FaultKind::Request(RequestFault::TooMany(None)),
        "bad-json" => FaultKind::Body(BodyFault::BadJson),
        "html" => FaultKind::Body(BodyFault::Html),
        "empty" => FaultKind::Body(BodyFault::Empty),
        "redirect" => FaultKind::Request(RequestFault::Redirect),
        "huge" => FaultKind::Request(RequestFault::Huge(100 << 20)),
        "gzip-bomb" => FaultKind::Request(RequestFault::GzipBomb),
        "trickle" => FaultKind::Request(RequestFault::Trickle),
        "wrong-type" => FaultKind::Body(BodyFault::WrongType),
        "nan" => FaultKind::Body(BodyFault::NanText),
        "exponent" => FaultKind::Body(BodyFault::Exponent),
        "empty-text" => FaultKind::Body(BodyFault::EmptyText),
        "number" => FaultKind::Body(BodyFault::NumberForText),
        "removed" => FaultKind::Body(BodyFault::FieldRemoved(None)),
        "renamed" => FaultKind::Body(BodyFault::FieldRenamed(None)),
        "added" => FaultKind::Body(BodyFault::FieldAdded),
        "unknown-enum" => FaultKind::Body(BodyFault::UnknownEnum),
        "repeated-row" => FaultKind::Body(BodyFault::RepeatedRow),
        "short" => FaultKind::Body(BodyFault::Short),
        "altered" => FaultKind::Body(BodyFault::Altered),
        "silent" => FaultKind::Stream(StreamFault::Silent),
        "drop" => FaultKind::Stream(StreamFault::Drop),
        "duplicate" => FaultKind::Stream(StreamFault::Duplicate),
        "reorder" => FaultKind::Stream(StreamFault::Reorder),
        "close" => FaultKind::Stream(StreamFault::Close),
        "half-open" => FaultKind::Stream(StreamFault::HalfOpen),
        "no-ping" => FaultKind::Stream(StreamFault::NoPing),
        "revise" => FaultKind::Stream(StreamFault::Revise),
        "gap" => FaultKind::Gap,
        _ => return None,
    })
}

fn kind_with_value(word: &str, value: &str) -> Option<FaultKind> {
    Some(match word {
        "error" => FaultKind::Request(RequestFault::Error(value.parse().ok()?)),
        "429" => FaultKind::Request(RequestFault::TooMany(Some(value.parse().ok()?))),
        "418" => FaultKind::Request(RequestFault::Banned(value.parse().ok()?)),
        "delay" => FaultKind::Delay(value.parse().ok().filter(|millis| *millis >= 0)?),
        "stale" => FaultKind::Request(RequestFault::Stale(
            value.parse().ok().filter(|millis| *millis >= 0)?,
        )),
        "huge" => FaultKind::Request(RequestFault::Huge(value.parse().ok()?)),
        "removed" => FaultKind::Body(BodyFault::FieldRemoved(Some(value.to_owned()))),
        "renamed" => FaultKind::Body(BodyFault::FieldRenamed(Some(value.to_owned()))),
        "offset" => FaultKind::Offset(value.parse().ok()?),
        "drift" => FaultKind::Drift(value.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_and_written() {
        let text = "klines:503@0.1; ws.kline/BTCUSDT:drop@0.01,2025-01-01..2025-01-02; clock:offset=-5000; order:reply-lost@x2; trade:invisible=500";
        let plan: FaultPlan = text.parse().unwrap();
        assert_eq!(plan.to_string(), text);
        assert_eq!(plan.0[0].when.often, Often::Chance(100_000));
        assert_eq!(plan.0[1].target.symbol.as_deref(), Some("BTCUSDT"));
        assert!(plan.0[1].when.within.is_some());
        assert_eq!(plan.0[2].kind, FaultKind::Offset(-5000));
        assert_eq!(plan.0[3].when.often, Often::First(2));
        assert_eq!("".parse::<FaultPlan>().unwrap().0, []);
        let change: FaultPlan = "market/BTCUSDT:tick=10@2025-01-01..".parse().unwrap();
        assert_eq!(change.0[0].kind, FaultKind::Listing(ListingFault::Tick(10)));
        assert_eq!(change.0[0].when.within.unwrap().end, FOR_EVER);
    }

    fn check(text: &str, words: &str) {
        let error = text.parse::<FaultPlan>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_place_and_expectation() {
        check("klines", "fault 1, character 7: expected a colon");
        check("klines:503; depth:explode", "fault 2, character 7: expected a fault");
        check("trade:explode", "fault 1, character 7: expected a fault");
        check("klines:503@2", "character 12: expected a chance");
        check("klines:503@x", "was \"x\"");
        check("klines:delay=-5", "expected a fault");
        check("market:tick=0", "expected a fault");
        check("market:status=halted", "expected a fault");
        check("klines:tick=10", "expected a fault");
        check("ws.:drop", "character 1: expected a target");
        check("klines:503; kline:503", "fault 2, character 1: expected a target");
        check("ws.klines:drop", "was \"ws.klines\"");
        check("user.ORDER:drop", "expected a target");
        for known in ["archive:503", "dual:503", "ws.connect:503", "ws.*:drop", "listenKey:503"] {
            assert!(known.parse::<FaultPlan>().is_ok(), "{known}");
        }
        check("klines:503@2025-01-01..yesterday", "START..END");
    }
}
