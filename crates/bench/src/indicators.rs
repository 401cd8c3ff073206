//! Smart Money Concepts over candles in memory, every concept on.

use indicators::smc::{Smc, SmcSettings};
use market::{Series, aggregate};

use domain::Timeframe;

use crate::timing::{Bench, line};

pub(crate) fn run_all(bench: &Bench, year: &Series) {
    measure(bench, "smc.all.year_1m", year);
    let Ok(fives) = aggregate(year, Timeframe::M5) else { return };
    measure(bench, "smc.all.year_5m", &fives);
}

/// How many events the engine tells over the candles.
fn events(series: &Series) -> usize {
    let mut engine =
        Smc::new(series.timeframe(), SmcSettings::default()).expect("defaults are valid");
    let mut count = 0;
    for row in 0..series.len() {
        engine.push(&series.candle(row));
        count += engine.events().len();
    }
    count
}

fn measure(bench: &Bench, name: &str, series: &Series) {
    if bench.millis(name, 15, || events(series)).is_some() {
        #[expect(clippy::cast_precision_loss, reason = "a number of events")]
        line(&format!("{name}.events"), events(series) as f64, "events", 1);
    }
}
