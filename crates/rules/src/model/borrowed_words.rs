//! Words for what other crates call their own: directions, timeframes, prices, market structure.

use domain::{Direction, Role, Timeframe};
use indicators::smc;

use crate::block::{Block, known_words};
use crate::json::Json;
use crate::reader::Reader;
use crate::reference::Want;
use crate::shape::{Shape, Word, label};

/// The word of a role. A role that is not described in the file is a problem.
impl Block for Role {
    fn shape() -> Shape {
        let word = |name, help| Word { name, label: label(name), help };
        Shape::Word {
            words: vec![
                word("LTF", "Lower timeframe: timing of entries and exits."),
                word("HTF", "Higher timeframe: trend and major levels."),
            ],
        }
    }

    fn read(json: &Json, reader: &mut Reader<'_>) -> Option<Self> {
        let roles = [Self::Ltf, Self::Htf];
        let Some(role) = roles.into_iter().find(|role| json.kind == role.write().kind) else {
            return reader.not(json, "one of \"LTF\", \"HTF\"");
        };
        reader.refer(role.name(), Want::Role(role));
        Some(role)
    }

    fn write(&self) -> Json {
        Json::text(self.name())
    }
}

known_words! { Direction {
    Direction::Long = "long", "Gains when the price rises.";
    Direction::Short = "short", "Gains when the price falls.";
} }

known_words! { Timeframe {
    Timeframe::M1 = "1m", "One minute.";
    Timeframe::M3 = "3m", "Three minutes.";
    Timeframe::M5 = "5m", "Five minutes.";
    Timeframe::M15 = "15m", "Fifteen minutes.";
    Timeframe::M30 = "30m", "Thirty minutes.";
    Timeframe::H1 = "1h", "One hour.";
    Timeframe::H2 = "2h", "Two hours.";
    Timeframe::H4 = "4h", "Four hours.";
    Timeframe::H6 = "6h", "Six hours.";
    Timeframe::H8 = "8h", "Eight hours.";
    Timeframe::H12 = "12h", "Twelve hours.";
    Timeframe::D1 = "1d", "One day.";
    Timeframe::D3 = "3d", "Three days.";
    Timeframe::W1 = "1w", "One week.";
    Timeframe::Month1 = "1M", "One month.";
} }

known_words! { indicators::Source {
    indicators::Source::Open = "open", "First price.";
    indicators::Source::High = "high", "Highest price.";
    indicators::Source::Low = "low", "Lowest price.";
    indicators::Source::Close = "close", "Last price.";
    indicators::Source::Hl2 = "hl2", "Middle of high and low.";
    indicators::Source::Hlc3 = "hlc3", "Mean of high, low and close.";
    indicators::Source::Ohlc4 = "ohlc4", "Mean of open, high, low and close.";
    indicators::Source::Volume = "volume", "Traded base asset.";
} }

known_words! { smc::Direction {
    smc::Direction::Bullish = "bullish", "Upwards.";
    smc::Direction::Bearish = "bearish", "Downwards.";
} }

known_words! { smc::Side {
    smc::Side::High = "high", "A high.";
    smc::Side::Low = "low", "A low.";
} }

known_words! { smc::Scope {
    smc::Scope::Internal = "internal", "The structure of the short swings.";
    smc::Scope::Swing = "swing", "The structure of the long swings.";
} }

known_words! { smc::SwingLabel {
    smc::SwingLabel::HigherHigh = "HH", "A high above the high before.";
    smc::SwingLabel::LowerHigh = "LH", "A high not above the high before.";
    smc::SwingLabel::HigherLow = "HL", "A low not below the low before.";
    smc::SwingLabel::LowerLow = "LL", "A low below the low before.";
} }

known_words! { smc::ZoneKind {
    smc::ZoneKind::OrderBlock = "order_block", "The candle that a break of structure came from.";
    smc::ZoneKind::FairValueGap = "fair_value_gap", "The room between three candles that do not overlap.";
} }

known_words! { smc::Taking {
    smc::Taking::Sweep = "sweep", "Traded beyond and closed back.";
    smc::Taking::Run = "run", "Closed beyond.";
} }

known_words! { smc::Period {
    smc::Period::Day = "day", "The UTC day before.";
    smc::Period::Week = "week", "The week before, from Monday.";
    smc::Period::Month = "month", "The month before.";
} }

known_words! { smc::Half {
    smc::Half::Premium = "premium", "The upper half.";
    smc::Half::Equilibrium = "equilibrium", "The middle exactly.";
    smc::Half::Discount = "discount", "The lower half.";
} }

known_words! { smc::BreakBy {
    smc::BreakBy::Close = "close", "A close beyond the swing.";
    smc::BreakBy::Wick = "wick", "A high or low beyond the swing.";
} }

known_words! { smc::BlockRule {
    smc::BlockRule::Extreme = "extreme", "The candle with the extreme price since the swing.";
    smc::BlockRule::LastOpposite = "last_opposite", "The last candle that closed against the break.";
} }

known_words! { smc::BlockBody {
    smc::BlockBody::Range = "range", "From low to high.";
    smc::BlockBody::Body = "body", "From open to close.";
} }

known_words! { smc::Mitigation {
    smc::Mitigation::Wick = "wick", "A wick beyond the far edge.";
    smc::Mitigation::Body = "body", "A body beyond the far edge.";
} }

known_words! { smc::GapRule {
    smc::GapRule::Single = "single", "Each gap is its own.";
    smc::GapRule::Joined = "joined", "Gaps in a row are one zone.";
} }
