//! Frames of the market streams. Each shows one payload of the reference.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::number::{Number, bare, empty_is_none, parse_f64};

/// The name of an event; objects without one are envelopes, replies or errors.
#[derive(Debug, Deserialize)]
pub(crate) struct EventName<'a> {
    #[serde(borrow, rename = "e")]
    pub(crate) event: Option<Cow<'a, str>>,
}

/// `{"stream":"btcusdt@depth","data":{...}}`, `{"result":null,"id":1}`,
/// `{"error":{"code":2,"msg":"..."},"id":1}` or `{"code":2,"msg":"..."}`
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    pub(crate) stream: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) id: Option<&'a RawValue>,
    /// `null` when it is there and null.
    #[serde(borrow, default, deserialize_with = "present")]
    pub(crate) result: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) msg: Option<&'a RawValue>,
}

/// The value of a key that is there, null included.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// `{"code":2,"msg":"Invalid request: ..."}`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ErrorBody {
    pub(crate) code: i64,
    #[serde(default)]
    pub(crate) msg: String,
}

/// A column of a candle: a number inside a text, as the nearest `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column(pub(crate) f64);

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        parse_f64(text.as_bytes()).map(Self).map_err(D::Error::custom)
    }
}

/// `{"e":"kline","E":1638747660000,"s":"BTCUSDT","k":{...}}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Kline<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(borrow, rename = "k")]
    pub(crate) candle: KlineCandle<'a>,
}

/// `{"t":1638747660000,"T":1638747719999,"s":"BTCUSDT","i":"1m","f":100,"L":200,"o":"0.0010",
/// "c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500",
/// "Q":"0.500","B":"123456"}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct KlineCandle<'a> {
    #[serde(rename = "t")]
    pub(crate) open_time: i64,
    #[serde(rename = "T")]
    pub(crate) close_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(borrow, rename = "i")]
    pub(crate) interval: Cow<'a, str>,
    #[serde(rename = "f")]
    pub(crate) first_trade: i64,
    #[serde(rename = "L")]
    pub(crate) last_trade: i64,
    #[serde(rename = "o")]
    pub(crate) open: Number,
    #[serde(rename = "c")]
    pub(crate) close: Number,
    #[serde(rename = "h")]
    pub(crate) high: Number,
    #[serde(rename = "l")]
    pub(crate) low: Number,
    #[serde(rename = "v")]
    pub(crate) volume: Column,
    #[serde(rename = "n")]
    pub(crate) trades: i64,
    #[serde(rename = "x")]
    pub(crate) closed: bool,
    #[serde(rename = "q")]
    pub(crate) quote_volume: Column,
    #[serde(rename = "V")]
    pub(crate) taker_buy_volume: Column,
    #[serde(rename = "Q")]
    pub(crate) taker_buy_quote_volume: Column,
}

/// `{"e":"aggTrade","E":123456789,"s":"BTCUSDT","a":5933014,"p":"0.001","q":"100","nq":"100","f":100,
/// "l":105,"T":123456785,"m":true,"st":1}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct AggTrade<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "a")]
    pub(crate) id: u64,
    #[serde(rename = "p")]
    pub(crate) price: Number,
    #[serde(rename = "q")]
    pub(crate) quantity: Number,
    #[serde(rename = "f")]
    pub(crate) first_trade: i64,
    #[serde(rename = "l")]
    pub(crate) last_trade: i64,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    #[serde(rename = "m")]
    pub(crate) buyer_is_maker: bool,
}

/// `{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30",
/// "q":"0.006","X":"MARKET","m":false}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Trade<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "t")]
    pub(crate) id: u64,
    #[serde(rename = "p")]
    pub(crate) price: Number,
    #[serde(rename = "q")]
    pub(crate) quantity: Number,
    #[serde(borrow, rename = "X")]
    pub(crate) kind: Cow<'a, str>,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    #[serde(rename = "m")]
    pub(crate) buyer_is_maker: bool,
}

/// `{"e":"bookTicker","u":400900217,"E":1568014460893,"T":1568014460891,"s":"BNBUSDT","ps":"BNBUSDT",
/// "b":"25.3519","B":"31.21","a":"25.3652","A":"40.66","st":1}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct BookTicker<'a> {
    #[serde(rename = "u")]
    pub(crate) update_id: u64,
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "b")]
    pub(crate) bid_price: Number,
    #[serde(rename = "B")]
    pub(crate) bid_quantity: Number,
    #[serde(rename = "a")]
    pub(crate) ask_price: Number,
    #[serde(rename = "A")]
    pub(crate) ask_quantity: Number,
}

/// `{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15","ap":"11794.15",
/// "i":"11784.62","P":"11784.25","r":"0.00038167","T":1562306400000,"st":1}`; delivery contracts send
/// an empty rate and the time 0.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct MarkPrice<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "p")]
    pub(crate) mark: Number,
    #[serde(rename = "i", deserialize_with = "empty_is_none")]
    pub(crate) index: Option<Number>,
    #[serde(rename = "r", deserialize_with = "empty_is_none")]
    pub(crate) rate: Option<Number>,
    #[serde(rename = "T")]
    pub(crate) next_funding_time: i64,
}

/// `{"e":"depthUpdate","E":123456789,"T":123456788,"s":"BTCUSDT","ps":"BTCUSDT","U":157,"u":160,
/// "pu":149,"b":[["0.0024","10"]],"a":[["0.0026","100"]],"st":1}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Depth<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(rename = "T")]
    pub(crate) time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "U")]
    pub(crate) first_update: u64,
    #[serde(rename = "u")]
    pub(crate) last_update: u64,
    #[serde(rename = "pu")]
    pub(crate) previous_update: u64,
    #[serde(rename = "b")]
    pub(crate) bids: Vec<Level>,
    #[serde(rename = "a")]
    pub(crate) asks: Vec<Level>,
}

/// One price of a book and the quantity that rests there: `["0.0024","10"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Quote asset per base unit.
    pub price: Number,
    /// Base asset; zero removes the level.
    pub quantity: Number,
}

impl<'de> Deserialize<'de> for Level {
    /// Reads the pair; further items, which older servers sent, are ignored.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Level;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of price and quantity")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Level, A::Error> {
                let missing = |index| A::Error::invalid_length(index, &"price and quantity");
                let price = items.next_element()?.ok_or_else(|| missing(0))?;
                let quantity = items.next_element()?.ok_or_else(|| missing(1))?;
                while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Level { price, quantity })
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

/// `{"e":"24hrTicker","E":123456789,"s":"BTCUSDT","p":"0.0015","P":"250.00","w":"0.0018",
/// "c":"0.0025","Q":"10","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,
/// "C":86400000,"F":0,"L":18150,"n":18151}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Ticker<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(rename = "P")]
    pub(crate) change_percent: Number,
    #[serde(rename = "c")]
    pub(crate) last: Number,
    #[serde(rename = "o")]
    pub(crate) open: Number,
    #[serde(rename = "h")]
    pub(crate) high: Number,
    #[serde(rename = "l")]
    pub(crate) low: Number,
    #[serde(rename = "v")]
    pub(crate) volume: Column,
    #[serde(rename = "q")]
    pub(crate) quote_volume: Column,
}

/// `{"e":"contractInfo","E":1,"s":"IOTAUSDT","ct":"PERPETUAL","dt":4133404800000,
/// "ot":1569398400000,"cs":"TRADING","bks":[...],"st":1}`
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct ContractInfo<'a> {
    #[serde(rename = "E")]
    pub(crate) event_time: i64,
    #[serde(borrow, rename = "s")]
    pub(crate) symbol: Cow<'a, str>,
    #[serde(borrow, rename = "ct")]
    pub(crate) contract_type: Cow<'a, str>,
    #[serde(borrow, rename = "cs")]
    pub(crate) status: Cow<'a, str>,
    #[serde(rename = "dt")]
    pub(crate) delivery_time: i64,
    #[serde(rename = "ot")]
    pub(crate) onboard_time: i64,
    #[serde(rename = "bks", default)]
    pub(crate) brackets: Vec<ContractBracket>,
    /// 1 for USDⓈ-M, 2 for COIN-M; absent before June 2026.
    #[serde(rename = "st")]
    pub(crate) symbol_type: Option<i64>,
}

/// `{"bs":2,"bnf":5000,"bnc":25000,"mmr":0.025,"cf":75,"mi":11,"ma":20}`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ContractBracket {
    #[serde(rename = "bs")]
    pub(crate) bracket: u32,
    #[serde(rename = "bnf", deserialize_with = "bare")]
    pub(crate) notional_floor: Number,
    #[serde(rename = "bnc", deserialize_with = "bare")]
    pub(crate) notional_cap: Number,
    #[serde(rename = "mmr", deserialize_with = "bare")]
    pub(crate) maintenance_rate: Number,
    #[serde(rename = "cf", deserialize_with = "bare")]
    pub(crate) cumulative: Number,
    #[serde(rename = "ma")]
    pub(crate) leverage_max: u32,
}
