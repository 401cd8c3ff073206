//! Hand-made candles and positions for one strategy, shown close by close.
//!
//! Candles last a minute from the start of 2024 on, a Monday; prices have two decimals.

use std::collections::BTreeMap;

use domain::{
    Candle, Decimal, Direction, Entry, Intent, MarketKind, Price, PriceScale, Quantity, Role,
    Timeframe, Timestamp,
};
use market::{Columns, Series, SeriesKey};
use serde_json::{Value, json};
use strategy::{
    Context, Output, ParameterInput, PositionView, RoleCandles, Strategy, Surroundings,
};

/// 2024-01-01, a Monday.
pub(crate) const START: i64 = 1_704_067_200_000;

/// Candles, positions and parameters.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) lower: Series,
    pub(crate) higher: Option<Series>,
    /// By row: direction and entry price.
    pub(crate) positions: Vec<Option<(Direction, f64)>>,
    pub(crate) given: BTreeMap<String, ParameterInput>,
}

/// A file with these entries; a quantity of 1 and a long side unless said otherwise.
pub(crate) fn file(entries: &[Value], more: Value) -> String {
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| merged(json!({ "side": "long", "size": { "quantity": 1 } }), entry.clone()))
        .collect();
    let base = json!({
        "format": "stb-rules", "version": 1, "strategy": { "id": "TEST" }, "entries": entries,
    });
    serde_json::to_string_pretty(&merged(base, more)).unwrap()
}

fn merged(base: Value, more: Value) -> Value {
    match (base, more) {
        (Value::Object(mut base), Value::Object(more)) => {
            base.extend(more);
            Value::Object(base)
        }
        (_, more) => panic!("an object, was {more}"),
    }
}

pub(crate) fn series(timeframe: Timeframe, rows: &[[f64; 4]]) -> Series {
    let mut columns = Columns::default();
    for (row, [open, high, low, close]) in (0i32..).zip(rows) {
        let open_time = Timestamp::from_millis(START + i64::from(row) * timeframe.longest_millis());
        let volume = f64::from(row + 1);
        columns.push(&Candle {
            open_time,
            open: *open,
            high: *high,
            low: *low,
            close: *close,
            volume,
        });
    }
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
    Series::new(key, PriceScale::new(2), columns).unwrap()
}

/// Candles that are flat at these closes.
pub(crate) fn closes(closes: &[f64]) -> Stage {
    rows(&closes.iter().map(|close| [*close; 4]).collect::<Vec<_>>())
}

/// Candles of open, high, low and close.
pub(crate) fn rows(rows: &[[f64; 4]]) -> Stage {
    let lower = series(Timeframe::M1, rows);
    Stage { lower, higher: None, positions: Vec::new(), given: BTreeMap::new() }
}

impl Stage {
    /// Adds candles of five minutes, flat at these closes.
    pub(crate) fn higher(mut self, closes: &[f64]) -> Self {
        let rows: Vec<_> = closes.iter().map(|close| [*close; 4]).collect();
        self.higher = Some(series(Timeframe::M5, &rows));
        self
    }

    pub(crate) fn holding(mut self, positions: &[Option<(Direction, f64)>]) -> Self {
        self.positions = positions.to_vec();
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.given.insert(name.to_owned(), ParameterInput::Text(value.to_owned()));
        self
    }

    /// What a strategy wishes at each close, and what it shows.
    pub(crate) fn play(&self, text: &str) -> (Vec<Vec<Intent>>, Output) {
        let definition = rules::load("test.json", text).unwrap_or_else(|error| panic!("{error}"));
        let parameters = definition.resolve(&self.given).unwrap();
        let mut strategy = definition.strategy(&parameters).unwrap();
        let wishes = (0..self.lower.len()).map(|row| self.show(&mut *strategy, row)).collect();
        (wishes, strategy.take_output())
    }

    fn show(&self, strategy: &mut dyn strategy::Kept, row: usize) -> Vec<Intent> {
        let now = self.lower.close_time(row);
        let view = |role, candles, closed_now| RoleCandles { role, candles, closed_now };
        let higher = self.higher.as_ref().map(|series| {
            let closed = (0..series.len()).filter(|row| series.close_time(*row) <= now).count();
            let candles = series.closed(closed);
            view(Role::Htf, candles, candles.closed_at() == Some(now))
        });
        let position = self.positions.get(row).copied().flatten().map(view_of);
        let context = Context::new(
            now,
            (view(Role::Ltf, self.lower.closed(row + 1), true), higher.as_slice()),
            position.as_ref(),
            Surroundings::default(),
        );
        let mut intents = Vec::new();
        Strategy::on_candle(strategy, &context, &mut intents);
        intents
    }

    /// The rows at whose close the only entry of a condition is wished for.
    pub(crate) fn rows_with(&self, when: &Value, more: Value) -> Vec<usize> {
        let entry = json!({ "when": when, "if_open": "add" });
        let (wishes, _) = self.play(&file(&[entry], more));
        (0..).zip(wishes).filter(|(_, it)| !it.is_empty()).map(|(row, _)| row).collect()
    }

    /// A value at each close, as far as it is a price.
    pub(crate) fn values(&self, value: &Value, more: Value) -> Vec<Option<f64>> {
        let entry = |side: &str| {
            json!({
                "side": side,
                "when": { "compare": { "left": 1, "is": "equal", "right": 1 } },
                "if_open": "add",
                "order": { "limit": { "at": value, "candles": 1 } },
            })
        };
        let (wishes, _) = self.play(&file(&[entry("long"), entry("short")], more));
        let entry = |it: &Vec<Intent>| entries(it).first().map(|it| it.signal.entry().to_f64());
        wishes.iter().map(entry).collect()
    }
}

pub(crate) fn view_of((direction, entry_price): (Direction, f64)) -> PositionView {
    let entry_price = PriceScale::new(2).price(entry_price).unwrap();
    PositionView { direction, quantity: Quantity::new(Decimal::ONE).unwrap(), entry_price }
}

pub(crate) fn entries(intents: &[Intent]) -> Vec<&Entry> {
    intents
        .iter()
        .filter_map(|intent| match intent {
            Intent::Enter(entry) => Some(&**entry),
            Intent::Exit { .. }
            | Intent::MoveStop(_)
            | Intent::CancelEntries
            | Intent::GiveUp(_) => None,
        })
        .collect()
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(text.parse().unwrap()).unwrap()
}

/// A random walk in cents around 100; coarse, so that prices are equal often.
pub(crate) fn walk(seed: u64, rows: usize) -> Vec<[f64; 4]> {
    let mut seeded = domain::Seeded::new(seed);
    let mut last = 10_000;
    let cents = |cents: i64| Decimal::new(cents, 2).to_string().parse::<f64>().unwrap();
    (0..rows)
        .map(|_| {
            let open = (last + 5 * (seeded.up_to(4) - 2)).max(1000);
            let reach = if seeded.up_to(50) == 0 { 50 } else { 5 };
            let close = (open + reach * (seeded.up_to(40) - 20)).max(1000);
            let high = open.max(close) + 5 * seeded.up_to(9);
            let low = open.min(close) - 5 * seeded.up_to(9);
            last = close;
            [open, high, low, close].map(cents)
        })
        .collect()
}
