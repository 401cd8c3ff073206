//! Values: numbers at a candle. A value may be missing, as during the warm-up of an indicator.

use domain::Role;
use indicators::Source;

use crate::block::{kinds, record};
use crate::model::{
    Amount, Back, Candles, Fact, IndicatorName, OutputName, PreviousLevel, RangePlace, SwingLevel,
    ZoneLevel,
};
use crate::reader::Reader;
use crate::reference::Want;

kinds! {
    /// A number at a candle: written out, a parameter, a price, a reading, or made from others.
    pub enum Value in Value, or Amount(Amount) "A number or a parameter." {
        /// A price of a candle, or its volume.
        Price(Price) = "price",
        /// A reading of an indicator.
        Indicator(Reading) = "indicator",
        /// The highest of some candles.
        Highest(Extreme) = "highest",
        /// The lowest of some candles.
        Lowest(Extreme) = "lowest",
        /// Something that is known of the position; missing without one.
        Position(Fact) = "position",
        /// The sum of two values.
        Add(Pair) = "add",
        /// The first value less the second.
        Subtract(Pair) = "subtract",
        /// The product of two values.
        Multiply(Pair) = "multiply",
        /// The first value divided by the second; missing when that is zero.
        Divide(Pair) = "divide",
        /// The larger of two values.
        Larger(Pair) = "larger",
        /// The smaller of two values.
        Smaller(Pair) = "smaller",
        /// A value without its sign.
        Absolute(Box<Value>) = "absolute",
        /// An edge of a living zone; missing without one.
        Zone(ZoneLevel) = "zone",
        /// The price of the last confirmed swing.
        Swing(SwingLevel) = "swing",
        /// The high or low of the day, week or month before.
        Previous(PreviousLevel) = "previous",
        /// Where the close lies in the dealing range: 0 at its low, 1 at its high.
        RangePlace(RangePlace) = "range_place",
    }
}

/// Two values.
pub type Pair = [Box<Value>; 2];

record! {
    /// A price of a candle.
    pub struct Price {
        /// Which price.
        of: Source = Source::Close,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// How many candles before the newest closed one.
        back: Back = Back::whole(0),
    }
}

record! {
    /// A reading of an indicator of the file.
    pub struct Reading, checked by refer_to_indicator {
        /// The indicator.
        name: IndicatorName,
        /// Its line; may be left out when it has one only.
        output: Option<OutputName>,
        /// How many candles of its timeframe before the newest closed one.
        back: Back = Back::whole(0),
    }
}

record! {
    /// The highest or lowest of some candles.
    pub struct Extreme {
        /// How many candles.
        candles: Candles,
        /// Of which price.
        of: Source,
        /// Of which timeframe.
        role: Role = Role::Ltf,
        /// How many candles before the newest closed one the last of them is.
        back: Back = Back::whole(0),
    }
}

fn refer_to_indicator(reading: &Reading, reader: &mut Reader<'_>) {
    let output = reading.output.as_ref().map(|it| it.as_str().to_owned());
    reader.refer(reading.name.as_str(), Want::Indicator { output });
}
