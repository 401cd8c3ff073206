//! The equity curve: two columns packed by pco.

use backtest::EquityCurve;
use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress};

use super::unreadable;
use crate::error::DeskError;

const FORMAT: u8 = 1;

/// Packs the equity curve.
pub(crate) fn pack_equity(curve: &EquityCurve) -> Result<Vec<u8>, DeskError> {
    let config = ChunkConfig::default().with_compression_level(4);
    let time =
        simple_compress(&curve.time, &config).map_err(|error| unreadable("equity", &error))?;
    let equity =
        simple_compress(&curve.equity, &config).map_err(|error| unreadable("equity", &error))?;
    let length = u32::try_from(time.len()).map_err(|error| unreadable("equity", &error))?;
    let mut blob = Vec::with_capacity(5 + time.len() + equity.len());
    blob.push(FORMAT);
    blob.extend_from_slice(&length.to_le_bytes());
    blob.extend_from_slice(&time);
    blob.extend_from_slice(&equity);
    Ok(blob)
}

/// Unpacks the equity curve.
pub(crate) fn unpack_equity(blob: &[u8]) -> Result<EquityCurve, DeskError> {
    let packed = match blob.split_first() {
        Some((&FORMAT, rest)) => rest,
        Some((found, _)) => {
            return Err(unreadable("equity", &format!("expected format {FORMAT}, was {found}")));
        }
        None => return Err(unreadable("equity", &"empty")),
    };
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
    fn foreign_bytes_are_an_error() {
        for blob in [&[][..], &[9, 1, 2], &[1, 200, 0, 0, 0, 7], &[1]] {
            assert!(unpack_equity(blob).is_err(), "{blob:?}");
        }
    }
}
