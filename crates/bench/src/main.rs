//! The benchmark set: one JSON object per line with name, value, unit, n.
//!
//! Run with `cargo xtask bench [FILTER [ROUNDS]]`. Values are the best of n repetitions on one core;
//! data comes from the folder in `STB_MARKET_DATA` when it is there, else it is generated.

mod data;
mod indicators;
mod kernel;
mod live;
mod memory;
mod store;
mod streams;
mod timing;
mod year;

use timing::Bench;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == live::VENUE).is_some() {
        return live::venue();
    }
    let bench = Bench::from_arguments(arguments);
    if bench.wants("live.") {
        live::run_all(&bench)?;
    }
    if bench.wants("demo.") {
        live::first_touch(&bench)?;
    }
    if bench.wants("binance.") {
        streams::run_all(&bench);
    }
    let year = year::minutes();
    if bench.wants("kernel.") {
        kernel::run_all(&bench, &year);
    }
    if bench.wants("smc.") {
        indicators::run_all(&bench, &year);
    }
    if bench.wants("store.") {
        store::run_all(&bench, &year)?;
    }
    if bench.wants("data.") { data::run_all(&bench, &year) } else { Ok(()) }
}
