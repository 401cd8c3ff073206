//! Trades as earlier versions stored them: format 1, JSON with exact decimals as text, deflated.

use std::io::Read;

use domain::{Decimal, Timestamp};
use flate2::read::DeflateDecoder;
use serde::Deserialize;

use super::unreadable;
use crate::backtests::outcome::TradeRecord;
use crate::error::DeskError;
use crate::text;

#[derive(Deserialize)]
struct LegacyTrade {
    index: u32,
    side: String,
    size: Decimal,
    #[serde(with = "text")]
    entry_time: Timestamp,
    entry_price: Decimal,
    #[serde(with = "text")]
    exit_time: Timestamp,
    exit_price: Decimal,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    gross: Decimal,
    commission: Decimal,
    net: Decimal,
    slippage: Decimal,
    return_percent: Decimal,
    exit_reason: String,
    ambiguous: bool,
    confidence: f64,
    signal: String,
    readings: Vec<(String, f64)>,
}

/// Reads what follows the byte of the format.
pub(super) fn unpack_legacy_trades(packed: &[u8]) -> Result<Vec<TradeRecord>, DeskError> {
    let mut json = Vec::new();
    DeflateDecoder::new(packed)
        .read_to_end(&mut json)
        .map_err(|error| unreadable("trades", &error))?;
    let trades: Vec<LegacyTrade> =
        serde_json::from_slice(&json).map_err(|error| unreadable("trades", &error))?;
    Ok(trades.into_iter().map(TradeRecord::from).collect())
}

impl From<LegacyTrade> for TradeRecord {
    fn from(trade: LegacyTrade) -> Self {
        Self {
            index: trade.index,
            sleeve: 0,
            symbol: String::new(),
            strategy: String::new(),
            side: trade.side,
            size: trade.size,
            entry_time: trade.entry_time,
            entry_price: trade.entry_price,
            exit_time: trade.exit_time,
            exit_price: trade.exit_price,
            stop_loss: trade.stop_loss,
            take_profit: trade.take_profit,
            gross: trade.gross,
            commission: trade.commission,
            net: trade.net,
            slippage: trade.slippage,
            funding: Decimal::ZERO,
            liquidation_fee: Decimal::ZERO,
            insurance: Decimal::ZERO,
            return_percent: trade.return_percent,
            exit_reason: trade.exit_reason,
            ambiguous: trade.ambiguous,
            fills: 0,
            order: "market".to_owned(),
            sizing: None,
            excursion: None,
            confidence: trade.confidence,
            signal: trade.signal,
            readings: trade.readings,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::super::unpack_trades;

    /// A trade as version 0.1.0 stored it.
    const JSON: &str = r#"[{"index":1,"side":"long","size":"0.001","entry_time":"2023-01-01T00:00:00Z",
        "entry_price":"16541.77000","exit_time":"2023-01-01T01:30:00Z","exit_price":"16600","stop_loss":null,
        "take_profit":"17000","gross":"0.05823","commission":"0.03314177","net":"0.02508823","slippage":"0",
        "return_percent":"0.151666","exit_reason":"Signal","ambiguous":false,"confidence":0.30000000000000004,
        "signal":"test","readings":[["fast",0.3333333333333333]]}]"#;

    #[test]
    fn trades_of_the_first_format_are_read() {
        let mut encoder = DeflateEncoder::new(vec![1], Compression::new(1));
        encoder.write_all(JSON.as_bytes()).unwrap();
        let trades = unpack_trades(&encoder.finish().unwrap()).unwrap();
        assert_eq!(trades.len(), 1);
        let trade = &trades[0];
        assert_eq!((trade.index, trade.side.as_str(), trade.fills), (1, "long", 0));
        assert_eq!(trade.entry_price.to_string(), "16541.77000");
        assert_eq!((trade.stop_loss, trade.net.to_string().as_str()), (None, "0.02508823"));
        assert!((trade.duration_hours() - 1.5).abs() < f64::EPSILON);
        assert_eq!(trade.readings, [("fast".to_owned(), 1.0 / 3.0)]);
    }
}
