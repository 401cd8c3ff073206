//! Trades and equity as compressed blobs.
//!
//! Trades: JSON with exact decimals as text, deflated. Equity: two columns packed by
//! pco. Both begin with one byte that names the format, so that it can change later.

use std::io::{Read, Write};

use backtest::EquityCurve;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};

use super::outcome::TradeRecord;
use crate::error::DeskError;

const TRADES_FORMAT: u8 = 1;
const EQUITY_FORMAT: u8 = 1;
const LEVEL: u32 = 1;

/// Packs trades.
pub(crate) fn pack_trades(trades: &[TradeRecord]) -> Result<Vec<u8>, DeskError> {
    // In one piece: the encoder is slow on the many small writes of a serializer.
    let json = serde_json::to_vec(trades).map_err(|error| unreadable("trades", &error))?;
    let mut encoder = DeflateEncoder::new(vec![TRADES_FORMAT], Compression::new(LEVEL));
    encoder.write_all(&json).map_err(|error| unreadable("trades", &error))?;
    encoder.finish().map_err(|error| unreadable("trades", &error))
}

/// Unpacks trades.
pub(crate) fn unpack_trades(blob: &[u8]) -> Result<Vec<TradeRecord>, DeskError> {
    let packed = body(blob, TRADES_FORMAT, "trades")?;
    let mut json = Vec::new();
    DeflateDecoder::new(packed)
        .read_to_end(&mut json)
        .map_err(|error| unreadable("trades", &error))?;
    serde_json::from_slice(&json).map_err(|error| unreadable("trades", &error))
}

/// Packs the equity curve.
pub(crate) fn pack_equity(curve: &EquityCurve) -> Result<Vec<u8>, DeskError> {
    let config = ChunkConfig::default().with_compression_level(4);
    let time =
        simple_compress(&curve.time, &config).map_err(|error| unreadable("equity", &error))?;
    let equity =
        simple_compress(&curve.equity, &config).map_err(|error| unreadable("equity", &error))?;
    let length = u32::try_from(time.len()).map_err(|error| unreadable("equity", &error))?;
    let mut blob = Vec::with_capacity(5 + time.len() + equity.len());
    blob.push(EQUITY_FORMAT);
    blob.extend_from_slice(&length.to_le_bytes());
    blob.extend_from_slice(&time);
    blob.extend_from_slice(&equity);
    Ok(blob)
}

/// Unpacks the equity curve.
pub(crate) fn unpack_equity(blob: &[u8]) -> Result<EquityCurve, DeskError> {
    let packed = body(blob, EQUITY_FORMAT, "equity")?;
    let (length, rest) =
        packed.split_first_chunk::<4>().ok_or_else(|| unreadable("equity", &"too short"))?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (time, equity) =
        rest.split_at_checked(length).ok_or_else(|| unreadable("equity", &"too short"))?;
    let time = simple_decompress::<i64>(time).map_err(|error| unreadable("equity", &error))?;
    let equity = simple_decompress::<f64>(equity).map_err(|error| unreadable("equity", &error))?;
    if time.len() != equity.len() {
        return Err(unreadable("equity", &"columns differ in length"));
    }
    Ok(EquityCurve { time, equity })
}

fn body<'a>(blob: &'a [u8], format: u8, what: &str) -> Result<&'a [u8], DeskError> {
    match blob.split_first() {
        Some((found, rest)) if *found == format => Ok(rest),
        Some((found, _)) => {
            Err(unreadable(what, &format!("expected format {format}, was {found}")))
        }
        None => Err(unreadable(what, &"empty")),
    }
}

fn unreadable(what: &str, detail: &dyn std::fmt::Display) -> DeskError {
    DeskError::Stored { what: what.to_owned(), detail: detail.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equity_survives_packing_bit_by_bit() {
        let curve = EquityCurve {
            time: (0..5000).map(|minute| minute * 60_000).collect(),
            equity: (0..5000).map(|step| 10_000.0 + f64::from(step % 97) / 7.0).collect(),
        };
        assert_eq!(unpack_equity(&pack_equity(&curve).unwrap()).unwrap(), curve);
        let empty = EquityCurve::default();
        assert_eq!(unpack_equity(&pack_equity(&empty).unwrap()).unwrap(), empty);
    }

    #[test]
    fn trades_survive_packing() {
        let trade = TradeRecord {
            index: 1,
            side: "long".to_owned(),
            size: "0.001".parse().unwrap(),
            entry_time: "2023-01-01".parse().unwrap(),
            entry_price: "16541.77000".parse().unwrap(),
            exit_time: "2023-01-01T01:30:00Z".parse().unwrap(),
            exit_price: "16600".parse().unwrap(),
            stop_loss: None,
            take_profit: Some("17000".parse().unwrap()),
            gross: "0.05823".parse().unwrap(),
            commission: "0.03314177".parse().unwrap(),
            net: "0.02508823".parse().unwrap(),
            slippage: "0".parse().unwrap(),
            return_percent: "0.151666".parse().unwrap(),
            exit_reason: "Signal".to_owned(),
            ambiguous: false,
            confidence: 0.1 + 0.2,
            signal: "test".to_owned(),
            readings: vec![("fast".to_owned(), 1.0 / 3.0)],
        };
        let trades = vec![trade; 3];
        assert_eq!(unpack_trades(&pack_trades(&trades).unwrap()).unwrap(), trades);
        assert!((trades[0].duration_hours() - 1.5).abs() < f64::EPSILON);
    }

    #[test]
    fn foreign_bytes_are_an_error() {
        for blob in [&[][..], &[9, 1, 2], &[1, 200, 0, 0, 0, 7], &[1]] {
            assert!(unpack_equity(blob).is_err(), "{blob:?}");
            assert!(unpack_trades(blob).is_err(), "{blob:?}");
        }
    }
}
