//! Scripts, candles, and ways to show the ones to the others.

use std::collections::BTreeMap;

use domain::{
    Candle, Decimal, Direction, Entry, Intent, MarketKind, Price, PriceScale, Quantity, Role,
    Seeded, Settlement, Timeframe, Timestamp,
};
use market::{Columns, Series, SeriesKey};
use scripting::ScriptError;
use strategy::{
    AccountView, Context, Definition, Kept, ParameterInput, PositionView, RoleCandles, Surroundings,
};

/// Name of the file in all tests.
pub(crate) const FILE: &str = "my.luau";

/// What most scripts begin with: two lines.
pub(crate) const HEAD: &str =
    "strategy { id = \"MINE\", summary = \"A test.\" }\nlocal state = {}\n";

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

pub(crate) fn load(text: &str) -> Result<Definition, ScriptError> {
    scripting::load(FILE, text)
}

/// A script whose `on_candle` has this body, which begins in line 4.
pub(crate) fn on_candle(body: &str) -> String {
    format!("{HEAD}function on_candle()\n{body}\nend\n")
}

pub(crate) fn strategy_of(text: &str, given: &[(&str, &str)]) -> Box<dyn Kept> {
    let definition = load(text).unwrap_or_else(|error| panic!("{error}"));
    let given: BTreeMap<String, ParameterInput> = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), ParameterInput::Text((*value).to_owned())))
        .collect();
    let parameters = definition.resolve(&given).unwrap();
    definition.strategy(&parameters).unwrap()
}

/// Candles of a timeframe from closes; each opens at the close before and reaches a half beyond both.
pub(crate) fn closes(timeframe: Timeframe, closes: &[f64]) -> Series {
    let mut columns = Columns::default();
    let mut before = closes.first().copied().unwrap_or_default();
    for (row, close) in (0i64..).zip(closes) {
        let open_time = Timestamp::from_millis(row * timeframe.longest_millis());
        let (high, low) = (before.max(*close) + 0.5, before.min(*close) - 0.5);
        columns.push(&Candle { open_time, open: before, high, low, close: *close, volume: 10.0 });
        before = *close;
    }
    let key = SeriesKey::new(MarketKind::Demo, "TESTUSDT".parse().unwrap(), timeframe);
    Series::new(key, PriceScale::new(2), columns).unwrap()
}

/// A random walk of closes in whole cents.
pub(crate) fn walk(seed: u64, rows: usize) -> Vec<f64> {
    let mut random = Seeded::new(seed);
    let mut cents = 1_000_000i64;
    (0..rows)
        .map(|_| {
            cents = (cents + random.up_to(4_000) - 2_000).max(100_000);
            Decimal::new(cents, 2).to_string().parse().unwrap()
        })
        .collect()
}

/// What a strategy sees beside candles of LTF.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around<'a> {
    pub(crate) higher: Option<&'a Series>,
    pub(crate) position: Option<&'a PositionView>,
    pub(crate) account: Option<&'a AccountView>,
    pub(crate) funding: &'a [Settlement],
}

/// Shows the first `rows` candles and all that has closed and been settled by then; the wishes.
pub(crate) fn show(
    strategy: &mut dyn Kept,
    series: &Series,
    rows: usize,
    around: Around<'_>,
) -> Vec<Intent> {
    let candles = series.closed(rows);
    let now = candles.closed_at().unwrap();
    let view = |role, candles, closed_now| RoleCandles { role, candles, closed_now };
    let higher: Vec<RoleCandles<'_>> = around
        .higher
        .map(|series| {
            let closed = (0..=series.len())
                .rev()
                .find(|count| series.closed(*count).closed_at().is_none_or(|at| at <= now));
            let candles = series.closed(closed.unwrap());
            view(Role::Htf, candles, candles.closed_at() == Some(now))
        })
        .into_iter()
        .collect();
    let settled = around.funding.iter().take_while(|it| it.time <= now).count();
    let surroundings =
        Surroundings { account: around.account, funding: &around.funding[..settled] };
    let context =
        Context::new(now, (view(Role::Ltf, candles, true), &higher), around.position, surroundings);
    let mut wishes = Vec::new();
    strategy.on_candle(&context, &mut wishes);
    wishes
}

/// Wishes of a script over candles, by row.
pub(crate) fn wishes_of(text: &str, list: &[f64]) -> Vec<(usize, Intent)> {
    let series = closes(Timeframe::M1, list);
    let mut strategy = strategy_of(text, &[]);
    (1..=series.len())
        .flat_map(|rows| {
            let wishes = show(&mut *strategy, &series, rows, Around::default());
            wishes.into_iter().map(move |wish| (rows - 1, wish))
        })
        .collect()
}

/// Why a script gives up over a few candles; `None` if it does not.
pub(crate) fn end_of(text: &str) -> Option<String> {
    let wishes = wishes_of(text, &[100.0, 101.0, 102.0]);
    wishes.into_iter().find_map(|(_, wish)| match wish {
        Intent::GiveUp(reason) => Some(reason.into()),
        Intent::Enter(_) | Intent::Exit { .. } | Intent::MoveStop(_) | Intent::CancelEntries => {
            None
        }
    })
}

/// The log of a script over these closes.
pub(crate) fn log_of(text: &str, list: &[f64]) -> Vec<String> {
    let series = closes(Timeframe::M1, list);
    let mut strategy = strategy_of(text, &[]);
    for rows in 1..=series.len() {
        if let Some(Intent::GiveUp(reason)) =
            show(&mut *strategy, &series, rows, Around::default()).pop()
        {
            panic!("{reason}");
        }
    }
    strategy.take_output().log.into_iter().map(|line| line.text).collect()
}

/// The entry that a script wishes at its first candle, which closes at 100.
pub(crate) fn entry_of(fields: &str) -> Result<Entry, String> {
    let text = on_candle(&format!("signal {{ {fields} }}"));
    match wishes_of(&text, &[100.0]).pop() {
        Some((_, Intent::Enter(entry))) => Ok(*entry),
        Some((_, Intent::GiveUp(reason))) => Err(reason.into()),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn position(direction: Direction) -> PositionView {
    PositionView {
        direction,
        quantity: Quantity::new(decimal("0.5")).unwrap(),
        entry_price: price("99.5"),
    }
}
