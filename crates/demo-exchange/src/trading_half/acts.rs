//! What others do with the first account, translated for trading (F12, F14).

use domain::{Decimal, PositionMode, PositionSide, Side, Symbol};

use super::lots;
use crate::faults::TradeFault;
use crate::private_door::PrivateView;
use crate::trading::{ForeignAct, MarginType, Trading};

/// Carries out an act with a symbol. One that the rules forbid comes to nothing, as it would for whoever
/// tried it.
pub(super) fn carry_out(
    fault: TradeFault,
    symbol: &str,
    (trading, view): (&mut Trading, &mut PrivateView<'_>),
) {
    let Some(account) = trading.account_ids().first().copied() else {
        return;
    };
    if fault == TradeFault::ListenKeyExpired {
        return trading.expire_listen_key(account);
    }
    let mode = trading.position_mode(account);
    let about = view.spec(symbol).map(|spec| (spec.symbol.clone(), spec.quantity_decimals));
    let Some(act) = about.and_then(|about| act_of(fault, about, mode)) else {
        return;
    };
    if let Err(refusal) = trading.act_elsewhere(account, act, view.now()) {
        tracing::debug!(status = refusal.status, "an act of others was refused");
    }
}

/// The symbol that is meant where none is named: the first.
pub(super) fn symbol_or_first(symbol: Option<String>, view: &mut PrivateView<'_>) -> String {
    symbol.unwrap_or_else(|| {
        let first = view.symbols().into_iter().next();
        first.map(|spec| spec.symbol.as_str().to_owned()).unwrap_or_default()
    })
}

fn act_of(
    fault: TradeFault,
    (symbol, decimals): (Symbol, u8),
    mode: PositionMode,
) -> Option<ForeignAct> {
    let trade = |symbol: Symbol, side: Side, count: i64| ForeignAct::ManualTrade {
        symbol,
        side,
        position_side: position_side(mode, side),
        quantity: lots(count, decimals),
    };
    Some(match fault {
        TradeFault::ManualBuy(count) => trade(symbol, Side::Buy, count),
        TradeFault::ManualSell(count) => trade(symbol, Side::Sell, count),
        TradeFault::Deleverage(count) => ForeignAct::AutoDeleverage {
            symbol,
            position_side: position_side(mode, Side::Buy),
            quantity: count.map_or(Decimal::MAX, |count| lots(count, decimals)),
        },
        TradeFault::Leverage(leverage) => ForeignAct::Leverage { symbol, leverage },
        TradeFault::MarginCrossed => {
            ForeignAct::Margin { symbol, margin_type: MarginType::Crossed }
        }
        TradeFault::MarginIsolated => {
            ForeignAct::Margin { symbol, margin_type: MarginType::Isolated }
        }
        TradeFault::ModeHedge => ForeignAct::Mode { mode: PositionMode::Hedge },
        TradeFault::ModeOneWay => ForeignAct::Mode { mode: PositionMode::OneWay },
        TradeFault::Deposit(amount) => ForeignAct::Deposit { amount: Decimal::from(amount) },
        TradeFault::ListenKeyExpired
        | TradeFault::Invisible(_)
        | TradeFault::Pieces(_)
        | TradeFault::ExpiresInMatch
        | TradeFault::FillBeforeAccept
        | TradeFault::FillBeforeCancel
        | TradeFault::AlgoStuck
        | TradeFault::AlgoRejected => return None,
    })
}

/// Whoever buys by hand means the long position where there are two.
const fn position_side(mode: PositionMode, side: Side) -> PositionSide {
    match (mode, side) {
        (PositionMode::OneWay, Side::Buy | Side::Sell) => PositionSide::Both,
        (PositionMode::Hedge, Side::Buy) => PositionSide::Long,
        (PositionMode::Hedge, Side::Sell) => PositionSide::Short,
    }
}
