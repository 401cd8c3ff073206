//! Trades survive packing digit by digit.

use backtest::{Excursion, Trade, TradeCosts};
use domain::{
    Confidence, Decimal, Direction, EntryOrder, ExitReason, InstrumentId, Metadata, Money, Price,
    Quantity, Rate, Sizing, SleeveId,
};
use risk::{SizeCap, SizingTrace};

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn price(text: &str) -> Price {
    Price::new(decimal(text)).unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::new(decimal(text)).unwrap()
}

fn money(text: &str) -> Money {
    Money::new(decimal(text))
}

fn trade() -> Trade {
    Trade {
        index: 1,
        sleeve: SleeveId::new(1),
        instrument: InstrumentId::new(0),
        direction: Direction::Long,
        quantity: quantity("0.001"),
        entry_time: "2023-01-01".parse().unwrap(),
        entry_price: price("16541.77000"),
        exit_time: "2023-01-01T01:30:00Z".parse().unwrap(),
        exit_price: price("16600"),
        stop_loss: None,
        take_profit: Some(price("17000")),
        gross: money("0.05823"),
        costs: TradeCosts {
            commission: money("0.03314177"),
            slippage: money("0.01"),
            funding: money("-0.00200000000001"),
            liquidation_fee: Money::ZERO,
        },
        insurance: Money::ZERO,
        exit_reason: ExitReason::Signal,
        fills: 2,
        ambiguous: false,
        order: EntryOrder::Market,
        sizing: SizingTrace {
            rule: Sizing::Equity(Rate::new(decimal("0.95")).unwrap()),
            equity: money("10000"),
            available: money("9999.5"),
            price: price("16541.77"),
            stop_distance: None,
            wished: quantity("0.57429"),
            cap: SizeCap::None,
            quantity: quantity("0.001"),
        },
        confidence: Confidence::new(0.1 + 0.2).unwrap(),
        metadata: Metadata {
            kind: "MA_crossover".into(),
            readings: vec![("fast".into(), 1.0 / 3.0), ("slow".into(), 2.5)],
        },
    }
}

/// A second trade that differs in everything that may differ.
fn other() -> Trade {
    let sizing = SizingTrace {
        rule: Sizing::Volatility { risk: Rate::ONE, volatility: price("12.5") },
        stop_distance: Some(price("300")),
        cap: SizeCap::Margin,
        ..trade().sizing
    };
    Trade {
        index: 2,
        sleeve: SleeveId::new(0),
        direction: Direction::Short,
        stop_loss: Some(price("18000")),
        take_profit: None,
        insurance: money("7922816251426433759.123456789"),
        exit_reason: ExitReason::Liquidation,
        ambiguous: true,
        order: EntryOrder::Stop { until: None },
        sizing,
        metadata: Metadata::of_kind("test"),
        ..trade()
    }
}

#[test]
fn trades_survive_packing() {
    let names = [("ETHUSDT", "A"), ("BTCUSDT", "B")]
        .map(|(symbol, strategy)| (symbol.to_owned(), strategy.to_owned()));
    let excursion = Excursion {
        mae: money("1.5"),
        mfe: money("0.25"),
        mae_price: 16_500.1,
        mfe_price: 16_700.3,
    };
    let packed = pack_trades(&[trade(), other()], &[Some(excursion), None], &names).unwrap();
    let trades = unpack_trades(&packed).unwrap();
    let (one, two) = (&trades[0], &trades[1]);
    assert_eq!((one.index, one.sleeve, one.symbol.as_str()), (1, 1, "BTCUSDT"));
    assert_eq!((two.symbol.as_str(), two.strategy.as_str()), ("ETHUSDT", "A"));
    assert_eq!((one.side.as_str(), two.side.as_str()), ("long", "short"));
    assert_eq!((one.size, one.entry_price), (decimal("0.001"), decimal("16541.77")));
    assert_eq!((one.stop_loss, one.take_profit), (None, Some(decimal("17000"))));
    assert_eq!((two.stop_loss, two.take_profit), (Some(decimal("18000")), None));
    assert_eq!((one.net, two.net), (trade().net().decimal(), other().net().decimal()));
    assert_eq!(one.funding, decimal("-0.00200000000001"));
    assert_eq!(two.insurance, decimal("7922816251426433759.123456789"));
    assert_eq!((one.exit_reason.as_str(), two.exit_reason.as_str()), ("Signal", "Liquidation"));
    assert_eq!((one.ambiguous, two.ambiguous), (false, true));
    assert_eq!((one.fills, one.order.as_str(), two.order.as_str()), (2, "market", "stop"));
    let (sizing, other) = (one.sizing.as_ref().unwrap(), two.sizing.as_ref().unwrap());
    assert_eq!((sizing.rule.as_str(), sizing.value), ("equity", decimal("0.95")));
    assert_eq!((sizing.volatility, other.volatility), (None, Some(decimal("12.5"))));
    assert_eq!((other.cap.as_str(), other.stop_distance), ("margin", Some(decimal("300"))));
    let kept = one.excursion.unwrap();
    assert_eq!((kept.mae, kept.mfe), (decimal("1.5"), decimal("0.25")));
    assert!(kept.mae_price == excursion.mae_price && two.excursion.is_none());
    assert!(one.confidence == 0.1 + 0.2);
    assert_eq!(one.readings[0], ("fast".to_owned(), 1.0 / 3.0));
    assert_eq!((two.signal.as_str(), two.readings.len()), ("test", 0));
    assert!((one.duration_hours() - 1.5).abs() < f64::EPSILON);
}

#[test]
fn no_trades_are_no_trades() {
    let packed = pack_trades(&[], &[], &[]).unwrap();
    assert!(unpack_trades(&packed).unwrap().is_empty());
}

#[test]
fn foreign_bytes_are_an_error() {
    let packed = pack_trades(&[trade()], &[None], &[]).unwrap();
    for blob in [&[][..], &[9, 1, 2], &[2, 200, 0, 0, 0, 7], &[1], &packed[..packed.len() - 3]] {
        assert!(unpack_trades(blob).is_err(), "{blob:?}");
    }
}
