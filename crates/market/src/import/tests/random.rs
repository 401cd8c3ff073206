//! Random and mutated files: never a panic, never an invalid candle; what is printed is read back.

use proptest::prelude::*;

use super::*;
use crate::{Series, SeriesKey};
use domain::{MarketKind, PriceScale};

/// Whatever was handed over by a successful read makes a valid series.
fn only_valid_candles(bytes: &[u8]) {
    let Ok(outcome) = read(bytes) else { return };
    let mut rows = 0;
    let mut last = i64::MIN;
    for batch in outcome.months {
        rows += batch.columns.open_time.len() as u64;
        assert!(batch.columns.open_time[0] > last, "months ascend");
        last = *batch.columns.open_time.last().unwrap();
        let key = SeriesKey::new(MarketKind::Spot, "X".parse().unwrap(), batch.timeframe);
        let extra = batch.columns.extra.clone();
        Series::new(key, PriceScale::new(batch.price_decimals), batch.columns)
            .expect("handed over means checked");
        for column in
            [extra.quote_volume, extra.trades, extra.taker_buy_volume, extra.taker_buy_quote_volume]
        {
            assert!(
                column.iter().all(|value| value.is_nan() || (0.0..f64::INFINITY).contains(value))
            );
        }
    }
    assert_eq!(rows, outcome.summary.rows);
    assert!(rows > 0);
}

/// Open, high, low, close in hundredths and a volume in thousandths that make a candle.
fn candle() -> impl Strategy<Value = [i64; 5]> {
    (2i64..10_000_000, 2i64..10_000_000, 0i64..100_000, 0i64..100_000, 0i64..1_000_000_000)
        .prop_map(|(open, close, above, below, volume)| {
            [open, open.max(close) + above, (open.min(close) - below).max(1), close, volume]
        })
}

proptest! {
    #[test]
    fn printed_candles_read_back_bit_for_bit(candles in proptest::collection::vec((candle(), 1i64..4), 2..200)) {
        let mut time = START;
        let mut text = String::new();
        let mut expected = Vec::new();
        for ([open, high, low, close, volume], step) in candles {
            let values = [open, high, low, close].map(|units| units as f64 / 100.0);
            let volume = volume as f64 / 1000.0;
            let [o, h, l, c] = values;
            text += &format!("{time},{o},{h},{l},{c},{volume},{}\n", time + 59_999);
            expected.push((time, values, volume));
            time += step * 60_000;
        }
        let outcome = read(text.as_bytes()).unwrap();
        let was: Vec<_> = outcome.months.iter().flat_map(|batch| {
            let c = &batch.columns;
            (0..c.open_time.len()).map(|i| (c.open_time[i], [c.open[i], c.high[i], c.low[i], c.close[i]], c.volume[i])).collect::<Vec<_>>()
        }).collect();
        prop_assert_eq!(was, expected);
    }

    #[test]
    fn random_bytes_do_no_harm(bytes: Vec<u8>) {
        only_valid_candles(&bytes);
        only_valid_candles(&gzip(&bytes));
        only_valid_candles(&zip(&[("a.csv", &bytes)]));
        only_valid_candles(&[b"\x1f\x8b\x08\x00".as_slice(), &bytes].concat());
        only_valid_candles(&[b"PK\x03\x04".as_slice(), &bytes, b"PK\x05\x06", &bytes].concat());
    }

    #[test]
    fn mutated_files_do_no_harm(changes in proptest::collection::vec((0usize..4000, proptest::sample::select(b"0123456789.,-+eE\n\r;\"NaN \0\xff".to_vec()), 0u8..3), 1..8), pack in 0u8..3) {
        let mut bytes = csv(HEADER, (0..30).map(row)).into_bytes();
        for (at, byte, kind) in changes {
            let at = at % bytes.len();
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        match pack {
            0 => only_valid_candles(&bytes),
            1 => only_valid_candles(&gzip(&bytes)),
            _ => only_valid_candles(&zip(&[("a.csv", &bytes)])),
        }
    }

    #[test]
    fn damaged_archives_do_no_harm(at in 0usize..2000, byte: u8, cut in 0usize..2000) {
        let text = csv(HEADER, (0..200).map(row));
        for mut packed in [gzip(text.as_bytes()), zip(&[("a.csv", text.as_bytes()), ("b.csv", b"1")])] {
            let at = at % packed.len();
            packed[at] = byte;
            only_valid_candles(&packed);
            packed.truncate(cut % packed.len());
            only_valid_candles(&packed);
        }
    }
}
