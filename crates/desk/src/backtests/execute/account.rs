//! The account by symbols and by sleeves. The shares and what belongs to no trade sum to its profit.

use backtest::{RunResult, Trade};
use domain::{Decimal, Money};
use strategy::Registry;

use super::figures::version;
use crate::backtests::outcome::{InstrumentRecord, ShareRecord, SleeveRecord};
use crate::backtests::request::RunRequest;

/// Each symbol with what its trades brought.
pub(super) fn by_instrument(
    instruments: Vec<InstrumentRecord>,
    trades: &[Trade],
) -> Vec<InstrumentRecord> {
    let shares = shares(instruments.len(), trades, |trade| trade.instrument.index());
    let filled = instruments.into_iter().zip(shares);
    filled.map(|(one, share)| InstrumentRecord { result: Some(share), ..one }).collect()
}

/// Each sleeve with what its trades brought.
pub(super) fn by_sleeve(
    request: &RunRequest,
    registry: &Registry,
    trades: &[Trade],
) -> Vec<SleeveRecord> {
    let sleeves = request.sleeves();
    let shares = shares(sleeves.len(), trades, |trade| trade.sleeve.index());
    let record = |(sleeve, result): (crate::backtests::request::SleeveRequest, _)| SleeveRecord {
        symbol: sleeve.symbol.to_string(),
        strategy_version: version(registry, &sleeve.strategy),
        strategy: sleeve.strategy,
        result,
    };
    sleeves.into_iter().zip(shares).map(record).collect()
}

/// What the account gained or lost that belongs to no trade.
pub(super) fn unassigned(result: &RunResult) -> Decimal {
    let net: Money = result.trades.iter().map(Trade::net).sum();
    (result.final_balance - result.initial_balance - net).decimal()
}

fn shares(count: usize, trades: &[Trade], place: impl Fn(&Trade) -> usize) -> Vec<ShareRecord> {
    let mut shares = vec![ShareRecord::default(); count];
    for trade in trades {
        if let Some(share) = shares.get_mut(place(trade)) {
            add(share, trade);
        }
    }
    shares
}

fn add(share: &mut ShareRecord, trade: &Trade) {
    let net = trade.net().decimal();
    share.trades += 1;
    share.winning_trades += u64::from(net > Decimal::ZERO);
    share.net_profit += net;
    share.commission += trade.costs.commission.decimal();
    share.slippage += trade.costs.slippage.decimal();
    share.funding += trade.costs.funding.decimal();
    share.liquidation_fees += trade.costs.liquidation_fee.decimal();
    share.insurance += trade.insurance.decimal();
}
