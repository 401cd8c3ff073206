//! The frames of fifty symbols as the demo exchange sends them, made beforehand.
//!
//! Each best price comes four times: a real venue sends many more of them than the demo exchange, and more of them than of
//! anything else.

use std::error::Error;

use binance::streams::Route;
use demo_exchange::{
    ConnectionId, Exchange, Limits, Options, Sent, SymbolSet, SymbolSpec, numbered_symbols,
    well_known_symbols,
};
use domain::{Candle, MarketKind, PriceScale, Symbol, TimeRange, Timeframe, Timestamp};
use market::{Columns, Series, SeriesKey};

/// 2025-01-01.
const START: Timestamp = Timestamp::from_millis(1_735_689_600_000);
const SYMBOLS: usize = 50;
/// History before the start, ms.
const HISTORY: i64 = 2 * 3600 * 1000;
/// How often frames are taken off the sockets, ms of the venue.
const STEP: i64 = 20;
/// How often each best price comes.
const BOOKS: usize = 4;

/// What is sent, in its order, and what it comes to.
pub(crate) struct Load {
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) start: Timestamp,
    pub(crate) frames: Vec<Sending>,
    /// The candles of each symbol from the start on.
    pub(crate) series: Vec<Series>,
    options: Options,
}

/// One frame.
#[derive(Clone)]
pub(crate) struct Sending {
    pub(crate) route: Route,
    pub(crate) text: String,
    /// When the venue sends it.
    pub(crate) time: Timestamp,
    /// Place of the symbol whose candle it closes.
    pub(crate) closes: Option<usize>,
}

impl Load {
    /// At least so many frames.
    pub(crate) fn make(count: u64) -> Result<Self, Box<dyn Error>> {
        let specs = specs();
        let symbols: Vec<Symbol> = specs.iter().map(|spec| spec.symbol.clone()).collect();
        let limits = Limits { weight_per_minute: u32::MAX, ..Limits::default() };
        let symbol_set = SymbolSet::These(specs.clone());
        let options =
            Options { symbols: symbol_set, limits, accounts: Vec::new(), ..Options::default() };
        let mut exchange = Exchange::new(options.clone(), START)?;
        let frames = frames(&mut exchange, &symbols, count);
        let last = frames.last().map_or(START, |frame| frame.time);
        let range = TimeRange { start: START, end: Timeframe::M1.open_of(last) };
        let series = specs.iter().map(|spec| series(&mut exchange, spec, range));
        let series = series.collect::<Result<_, _>>()?;
        Ok(Self { symbols, start: START, frames, series, options })
    }

    /// How many candles it closes.
    pub(crate) fn closing(&self) -> usize {
        self.frames.iter().filter(|frame| frame.closes.is_some()).count()
    }

    /// The venue just before the start, when it knows no candle of the load, for requests.
    pub(crate) fn exchange(&self) -> Result<Exchange, Box<dyn Error>> {
        Ok(Exchange::new(self.options.clone(), START.plus_millis(-1))?)
    }
}

/// The well-known symbols but for the quiet one, and made-up ones.
fn specs() -> Vec<SymbolSpec> {
    let listed = START.plus_millis(-HISTORY);
    let mut specs = well_known_symbols();
    specs.retain(|spec| spec.quiet_percent == 0);
    let others = SYMBOLS - specs.len();
    specs.extend(numbered_symbols(u32::try_from(others).unwrap_or(0), listed, 1));
    specs.iter_mut().for_each(|spec| spec.listed = listed);
    specs
}

fn frames(exchange: &mut Exchange, symbols: &[Symbol], count: u64) -> Vec<Sending> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let market = socket(exchange, "market", symbols, &["kline_1m", "markPrice@1s", "ticker"]);
    let public = socket(exchange, "public", symbols, &["bookTicker"]);
    let (mut frames, mut time) = (Vec::with_capacity(wanted), START);
    while frames.len() < wanted {
        time = time.plus_millis(STEP);
        exchange.advance(time);
        for (route, socket) in [(Route::Market, market), (Route::Public, public)] {
            for sent in exchange.frames(socket) {
                let Sent::Text(text) = sent else {
                    exchange.pong(socket, time);
                    continue;
                };
                let closes = closes(&text, symbols);
                let times = if route == Route::Public { BOOKS } else { 1 };
                let frame = Sending { route, text, time, closes };
                frames.extend(std::iter::repeat_n(frame, times));
            }
        }
    }
    frames
}

fn socket(
    exchange: &mut Exchange,
    route: &str,
    symbols: &[Symbol],
    kinds: &[&str],
) -> ConnectionId {
    let names = symbols.iter().flat_map(|symbol| {
        kinds.iter().map(move |kind| format!("{}@{kind}", symbol.as_str().to_lowercase()))
    });
    let names: Vec<String> = names.collect();
    let path = format!("/{route}/stream?streams={}", names.join("/"));
    exchange.connect(&path, START).expect("the venue has these routes")
}

fn closes(text: &str, symbols: &[Symbol]) -> Option<usize> {
    if !text.contains("\"x\":true") {
        return None;
    }
    let (name, _) = text.strip_prefix("{\"stream\":\"")?.split_once("@kline_1m")?;
    symbols.iter().position(|symbol| symbol.as_str().eq_ignore_ascii_case(name))
}

/// The true candles of a symbol.
fn series(
    exchange: &mut Exchange,
    spec: &SymbolSpec,
    range: TimeRange,
) -> Result<Series, Box<dyn Error>> {
    let mut columns = Columns::default();
    for text in exchange.true_candles(spec.symbol.as_str(), Timeframe::M1, range) {
        let row: Vec<serde_json::Value> = serde_json::from_str(&text)?;
        let number = |place: usize| -> Result<f64, Box<dyn Error>> {
            Ok(row.get(place).and_then(serde_json::Value::as_str).unwrap_or_default().parse()?)
        };
        let open_time = row.first().and_then(serde_json::Value::as_i64).unwrap_or_default();
        columns.push(&Candle {
            open_time: Timestamp::from_millis(open_time),
            open: number(1)?,
            high: number(2)?,
            low: number(3)?,
            close: number(4)?,
            volume: number(5)?,
        });
    }
    let key = SeriesKey::new(MarketKind::Demo, spec.symbol.clone(), Timeframe::M1);
    Ok(Series::new(key, PriceScale::new(spec.price_decimals), columns)?)
}
