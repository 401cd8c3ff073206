//! Data for tests: recorded frames, where the market's data is at hand.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

/// The recorded frames of BTCUSDT of 2024-08-08, without the time at which they were received.
pub(crate) fn recorded_frames() -> Option<impl Iterator<Item = String>> {
    let path = folder().join("binance_um_ws_BTCUSDT_20240808.jsonl.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let lines = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    Some(lines.map(|line| line.unwrap().split_once(' ').unwrap().1.to_owned()))
}

fn folder() -> PathBuf {
    std::env::var_os("STB_MARKET_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market"),
        PathBuf::from,
    )
}
