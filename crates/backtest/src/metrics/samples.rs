//! Trades and inputs for the tests of figures and excursions.

use domain::{
    Confidence, Decimal, Direction, EntryOrder, ExitReason, InstrumentId, Metadata, Money, Price,
    Quantity, Rate, Sizing, SleeveId, Timestamp,
};
use engine::{Trade, TradeCosts};
use risk::{SizeCap, SizingTrace};

use super::MetricsInput;

pub(crate) const MINUTE_MS: i64 = 60_000;

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

/// A market trade of quantity 2 without costs, from one minute to another.
pub(crate) fn trade(direction: Direction, [entry, exit]: [&str; 2], [from, to]: [i64; 2]) -> Trade {
    let (entry_price, exit_price, quantity) = (price(entry), price(exit), quantity("2"));
    let gain = exit_price * quantity - entry_price * quantity;
    Trade {
        index: 1,
        sleeve: SleeveId::new(0),
        instrument: InstrumentId::new(0),
        direction,
        quantity,
        entry_time: Timestamp::from_millis(from * MINUTE_MS),
        entry_price,
        exit_time: Timestamp::from_millis(to * MINUTE_MS),
        exit_price,
        stop_loss: None,
        take_profit: None,
        gross: match direction {
            Direction::Long => gain,
            Direction::Short => -gain,
        },
        costs: TradeCosts::default(),
        insurance: Money::ZERO,
        exit_reason: ExitReason::Signal,
        fills: 2,
        ambiguous: false,
        order: EntryOrder::Market,
        sizing: SizingTrace {
            rule: Sizing::Equity(Rate::ONE),
            equity: money("1000"),
            available: money("1000"),
            price: entry_price,
            stop_distance: None,
            wished: quantity,
            cap: SizeCap::None,
            quantity,
        },
        confidence: Confidence::FULL,
        metadata: Metadata::of_kind("sample"),
    }
}

/// A long trade from 100 with this net profit, without costs.
pub(crate) fn result(net: &str) -> Trade {
    let mut trade = trade(Direction::Long, ["100", "100"], [0, 0]);
    trade.gross = money(net);
    trade
}

/// A run of `time` from the epoch on, from 1000 to the last equity.
pub(crate) fn input<'a>(
    time: &'a [i64],
    equity: &'a [f64],
    trades: &'a [Trade],
) -> MetricsInput<'a> {
    let last = equity.last().map_or(Ok(Decimal::ONE_THOUSAND), |equity| equity.to_string().parse());
    MetricsInput {
        start: Timestamp::from_millis(0),
        time: time.into(),
        equity,
        initial_balance: money("1000"),
        final_balance: Money::new(last.unwrap()),
        trades,
    }
}
