//! A year of one-minute candles: the recorded one where it is at hand, else a random walk.

use std::io::BufRead;
use std::path::PathBuf;

use domain::{Candle, MarketKind, PriceScale, Timeframe, Timestamp};
use market::{Columns, Series, SeriesKey};

const ROWS: i64 = 525_600;

/// Name of the recorded year in that folder.
pub(crate) const RECORDED: &str = "binance_spot_BTCUSDT_1m_2023.csv.gz";

/// The folder with recorded market data.
pub(crate) fn data_folder() -> PathBuf {
    std::env::var_os("STB_MARKET_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market"),
        PathBuf::from,
    )
}

/// The year, about 525,600 candles.
pub(crate) fn minutes() -> Series {
    let columns = recorded().unwrap_or_else(walk);
    let symbol = "BTCUSDT".parse().expect("a symbol");
    let key = SeriesKey::new(MarketKind::Spot, symbol, Timeframe::M1);
    Series::new(key, PriceScale::new(2), columns).expect("recorded and generated candles are valid")
}

fn recorded() -> Option<Columns> {
    let file = std::fs::File::open(data_folder().join(RECORDED)).ok()?;
    let mut columns = Columns::default();
    for line in std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines().skip(1) {
        let line = line.ok()?;
        let mut fields = line.split(',');
        let open_time = Timestamp::from_millis(fields.next()?.parse().ok()?);
        let mut number = || fields.next()?.parse::<f64>().ok();
        let candle = Candle {
            open_time,
            open: number()?,
            high: number()?,
            low: number()?,
            close: number()?,
            volume: number()?,
        };
        columns.push(&candle);
    }
    Some(columns)
}

fn walk() -> Columns {
    let mut state = 7u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i32::try_from((state >> 33) % below).unwrap_or_default()
    };
    let mut cents = 2_000_000;
    let mut columns = Columns::default();
    for minute in 0..ROWS {
        let open = cents;
        cents = (cents + random(4001) - 2000).max(100_000);
        let (high, low) = (open.max(cents) + random(900), open.min(cents) - random(900));
        let price = |cents: i32| f64::from(cents) / 100.0;
        columns.push(&Candle {
            open_time: Timestamp::from_millis(1_672_531_200_000 + minute * 60_000),
            open: price(open),
            high: price(high),
            low: price(low),
            close: price(cents),
            volume: f64::from(random(1_000_000)) / 1e5,
        });
    }
    columns
}
