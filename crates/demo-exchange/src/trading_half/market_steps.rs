//! One step of a symbol's market, translated for trading.

use domain::{Symbol, Timestamp};

use crate::faults::{TradeFault, TradeOccasion};
use crate::private_door::{BookLevel, PrivateView};
use crate::trading::{AlgoFault, Level, MarketStep, PublicTrade, Trading};

/// Shows trading the market as it stands, after some trades; `None` for a symbol that is not listed.
pub(super) fn show_step(
    symbol: &Symbol,
    (trades, levels): (&[PublicTrade], usize),
    (trading, view): (&mut Trading, &mut PrivateView<'_>),
) -> Option<()> {
    let now = view.now();
    let name = symbol.as_str();
    let book = view.best(name, levels)?;
    let (bids, asks) = (as_levels(&book.bids), as_levels(&book.asks));
    let step = MarketStep {
        symbol,
        bids: &bids,
        asks: &asks,
        trades,
        last_price: view.last_price(name)?,
        mark_price: view.mark(name, now)?.mark,
    };
    let triggered = trading.trigger_count();
    trading.set_algo_fault(algo_fault(&view.faults_ahead(TradeOccasion::Triggering, Some(name))));
    trading.on_market(&step, now);
    for _ in triggered..trading.trigger_count() {
        view.inject_faults(TradeOccasion::Triggering, Some(name));
    }
    Some(())
}

/// The public trades of a time, as trading takes them.
pub(super) fn shown_trades(
    symbol: &Symbol,
    (after, until): (Timestamp, Timestamp),
    view: &mut PrivateView<'_>,
) -> Vec<PublicTrade> {
    if after >= until {
        return Vec::new();
    }
    let trades = view.trades(symbol.as_str(), after, until).into_iter();
    let shown = trades.map(|trade| PublicTrade {
        id: trade.id.unsigned_abs(),
        price: trade.price,
        quantity: trade.quantity,
        buyer_is_maker: trade.buyer_is_maker,
    });
    shown.collect()
}

fn algo_fault(faults: &[TradeFault]) -> AlgoFault {
    if faults.contains(&TradeFault::AlgoRejected) {
        AlgoFault::Rejected
    } else if faults.contains(&TradeFault::AlgoStuck) {
        AlgoFault::Stuck
    } else {
        AlgoFault::None
    }
}

fn as_levels(levels: &[BookLevel]) -> Vec<Level> {
    let level = |level: &BookLevel| Level { price: level.price, quantity: level.quantity };
    levels.iter().map(level).collect()
}
