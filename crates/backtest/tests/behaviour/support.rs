//! Candles and requests for the tests of this binary.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use backtest::{InstrumentData, RunData, RunError, RunResult, RunSpec, SleeveSpec, run};
use domain::{
    Candle, Decimal, Instrument, InstrumentId, MarketKind, Money, PriceScale, Rate, Role,
    Timeframe, Timestamp,
};
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use market::{Columns, Series, SeriesKey};
use risk::RiskRules;
use simulator::{Costs, Listing, Slippage, VenueSettings};
use strategy::{ParameterInput, Registry};

/// Numbers from a seed (SplitMix64, Steele et al. 2014), so that every run of the tests is the same.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `0` to `below - 1`.
    pub(crate) fn below(&mut self, below: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(below).unwrap()).unwrap()
    }
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    Rate::new(decimal(text)).unwrap()
}

/// A series of one-minute candles from prices in cents: open, high, low, close.
pub(crate) fn minutes(cents: &[[i64; 4]]) -> Series {
    series(Timeframe::M1, (0i64..).map(|minute| minute * 60_000).zip(cents.iter().copied()))
}

/// A series from open times and prices in cents.
pub(crate) fn series(timeframe: Timeframe, rows: impl Iterator<Item = (i64, [i64; 4])>) -> Series {
    let mut columns = Columns::default();
    for (time, cents) in rows {
        let [open, high, low, close] =
            cents.map(|cents| Decimal::new(cents, 2).to_string().parse::<f64>().unwrap());
        let open_time = Timestamp::from_millis(time);
        columns.push(&Candle { open_time, open, high, low, close, volume: 1.0 });
    }
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
    Series::new(key, PriceScale::new(2), columns).unwrap()
}

/// The same units read with another number of decimals: 2 gives cents.
pub(crate) fn scaled_minutes(units: &[[i64; 4]], decimals: u8) -> Series {
    let mut columns = Columns::default();
    for (minute, units) in (0i64..).zip(units) {
        let [open, high, low, close] = units.map(|units| {
            Decimal::new(units, u32::from(decimals)).to_string().parse::<f64>().unwrap()
        });
        let open_time = Timestamp::from_millis(minute * 60_000);
        columns.push(&Candle { open_time, open, high, low, close, volume: 1.0 });
    }
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), Timeframe::M1);
    Series::new(key, PriceScale::new(decimals), columns).unwrap()
}

/// A random walk in cents whose steps are multiples of `grain`, so that coarse walks have many ties.
pub(crate) fn walk(seed: u64, rows: usize, grain: i64) -> Vec<[i64; 4]> {
    let mut random = Seeded(seed);
    let mut last = 1_000_000;
    let mut candles = Vec::with_capacity(rows);
    for _ in 0..rows {
        let open = (last + grain * (random.below(5) - 2)).max(100_000);
        let close = (open + grain * (random.below(41) - 20)).max(100_000);
        let high = open.max(close) + grain * random.below(10);
        let low = open.min(close) - grain * random.below(10);
        candles.push([open, high, low, close]);
        last = close;
    }
    candles
}

/// A run of one strategy on one instrument: both fees alike, no slippage, pessimistic, next open.
pub(crate) fn spec(
    strategy: &str,
    parameters: &[(&str, &str)],
    balance: &str,
    commission: &str,
) -> RunSpec {
    let commission = rate(commission);
    RunSpec {
        initial_balance: Money::new(decimal(balance)),
        venue: VenueSettings {
            costs: Costs { maker: commission, taker: commission, slippage: Slippage::None },
            ..VenueSettings::default()
        },
        rules: RiskRules { commission, ..RiskRules::default() },
        sleeves: vec![sleeve(strategy, parameters, 0)],
    }
}

/// A strategy with parameters on an instrument of the account.
pub(crate) fn sleeve(strategy: &str, parameters: &[(&str, &str)], instrument: u16) -> SleeveSpec {
    let given: BTreeMap<String, ParameterInput> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    SleeveSpec {
        strategy: strategy.to_owned(),
        parameters: Registry::built_in().find(strategy).unwrap().resolve(&given).unwrap(),
        instrument: InstrumentId::new(instrument),
    }
}

/// Market and stop orders fill this fraction away, and risk expects it.
pub(crate) fn slipping(mut spec: RunSpec, fraction: &str) -> RunSpec {
    spec.venue.costs.slippage = Slippage::Fixed(rate(fraction));
    spec.rules.slippage = rate(fraction);
    spec
}

/// An instrument without filters, on cross margin without leverage.
pub(crate) fn instrument(series: &Series) -> InstrumentData {
    let key = series.key();
    InstrumentData {
        listing: Listing {
            instrument: Instrument::without_filters(key.symbol.clone(), series.scale()),
            leverage: Leverage::ONE,
            margin_mode: MarginMode::Cross,
            brackets: BracketHistory::new(BracketTable::cautious()),
        },
        mark: None,
        finer: None,
        funding: Arc::new([]),
    }
}

/// One instrument and one sleeve; the first series tells symbol and scale.
pub(crate) fn data(timeframes: Vec<(Role, Series)>) -> RunData {
    let instrument = match timeframes.first() {
        Some((_, series)) => instrument(series),
        None => instrument(&minutes(&[])),
    };
    let timeframes =
        timeframes.into_iter().map(|(role, series)| (role, Arc::new(series))).collect();
    RunData { instruments: vec![instrument], timeframes: vec![timeframes] }
}

pub(crate) fn run_data(spec: &RunSpec, data: &RunData) -> RunResult {
    run(spec, data, &Registry::built_in(), &mut |_| ControlFlow::Continue(())).unwrap()
}

pub(crate) fn try_run(
    spec: &RunSpec,
    timeframes: Vec<(Role, Series)>,
) -> Result<RunResult, RunError> {
    let continues = &mut |_| ControlFlow::Continue(());
    run(spec, &data(timeframes), &Registry::built_in(), continues)
}

pub(crate) fn run_on(spec: &RunSpec, series: Series) -> RunResult {
    try_run(spec, vec![(Role::Ltf, series)]).unwrap()
}

/// The year of one-minute candles of the shared market data as cents; `None` where it is not there.
pub(crate) fn shared_year() -> Option<Vec<(i64, [i64; 4])>> {
    let folder = std::env::var_os("STB_MARKET_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market"),
        PathBuf::from,
    );
    let file = std::fs::File::open(folder.join("binance_spot_BTCUSDT_1m_2023.csv.gz")).ok()?;
    let lines = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    let row = |line: String| {
        let mut fields = line.split(',');
        let time = fields.next().unwrap().parse().unwrap();
        let mut cents = || {
            let price = decimal(fields.next().unwrap()) * Decimal::ONE_HUNDRED;
            i64::try_from(price).unwrap()
        };
        (time, [cents(), cents(), cents(), cents()])
    };
    Some(lines.skip(1).map(|line| row(line.unwrap())).collect())
}
