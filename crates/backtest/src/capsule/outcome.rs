//! What came of a run: one fingerprint of every trade, fill and equity, and a few figures for people.

use domain::{EntryOrder, Price, Sizing, SleeveId, TimeInForce, Timestamp};
use engine::{FillRecord, Trade, TradeCosts};
use risk::SizingTrace;
use serde::{Deserialize, Serialize};

use super::Fingerprint;
use super::fingerprint::CanonicalBytes;
use crate::RunResult;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultPrint {
    /// Over balances, trades, fills, and equity with its instants.
    pub hash: Fingerprint,
    /// Wallet at the end, in quote asset.
    pub final_balance: String,
    /// (final - initial) / initial, a fraction.
    pub total_return: String,
    /// Closed round trips.
    pub trades: u64,
}

impl ResultPrint {
    pub(super) fn of(result: &RunResult) -> Self {
        Self {
            hash: result_hash(result),
            final_balance: result.final_balance.to_string(),
            total_return: result.metrics.total_return.normalize().to_string(),
            trades: result.trades.len() as u64,
        }
    }
}

fn result_hash(result: &RunResult) -> Fingerprint {
    let mut bytes = CanonicalBytes::new();
    bytes.decimal(result.initial_balance.decimal());
    bytes.decimal(result.final_balance.decimal());
    bytes.number(result.trades.len() as u64);
    result.trades.iter().for_each(|trade| bytes.trade(trade));
    bytes.number(result.fills.len() as u64);
    result.fills.iter().for_each(|fill| bytes.fill(fill));
    bytes.integers(&result.instants.millis(result.equity.len()));
    bytes.floats(&result.equity);
    bytes.finish()
}

impl CanonicalBytes {
    fn trade(&mut self, trade: &Trade) {
        let Trade {
            index,
            sleeve,
            instrument,
            direction,
            quantity,
            entry_time,
            entry_price,
            exit_time,
            exit_price,
            stop_loss,
            take_profit,
            gross,
            costs,
            insurance,
            exit_reason,
            fills,
            ambiguous,
            order,
            sizing,
            confidence,
            metadata,
        } = trade;
        self.number(u64::from(*index));
        self.sleeve(*sleeve);
        self.number(u64::from(instrument.number()));
        self.text(direction.name());
        self.time(*entry_time);
        self.time(*exit_time);
        for exact in [quantity.decimal(), entry_price.decimal(), exit_price.decimal()] {
            self.decimal(exact);
        }
        self.optional(stop_loss.map(Price::decimal));
        self.optional(take_profit.map(Price::decimal));
        self.decimal(gross.decimal());
        self.costs(costs);
        self.decimal(insurance.decimal());
        self.text(exit_reason.name());
        self.number(u64::from(*fills));
        self.code(u8::from(*ambiguous));
        self.order(order);
        self.sizing(sizing);
        self.float(confidence.value());
        self.text(&metadata.kind);
        self.number(metadata.readings.len() as u64);
        for (name, reading) in &metadata.readings {
            self.text(name);
            self.float(*reading);
        }
    }

    fn costs(&mut self, costs: &TradeCosts) {
        let TradeCosts { commission, slippage, funding, liquidation_fee } = costs;
        for amount in [commission, slippage, funding, liquidation_fee] {
            self.decimal(amount.decimal());
        }
    }

    fn order(&mut self, order: &EntryOrder) {
        match *order {
            EntryOrder::Market => self.code(0),
            EntryOrder::Limit { time_in_force } => {
                self.code(1);
                self.text(time_in_force.name());
                self.until(match time_in_force {
                    TimeInForce::GoodTilDate(until) => Some(until),
                    TimeInForce::GoodTilCancelled
                    | TimeInForce::ImmediateOrCancel
                    | TimeInForce::FillOrKill
                    | TimeInForce::PostOnly => None,
                });
            }
            EntryOrder::Stop { until } => {
                self.code(2);
                self.until(until);
            }
            EntryOrder::StopLimit { trigger, until } => {
                self.code(3);
                self.decimal(trigger.decimal());
                self.until(until);
            }
        }
    }

    fn until(&mut self, until: Option<Timestamp>) {
        self.code(u8::from(until.is_some()));
        if let Some(until) = until {
            self.time(until);
        }
    }

    fn sizing(&mut self, sizing: &SizingTrace) {
        let SizingTrace { rule, equity, available, price, stop_distance, wished, cap, quantity } =
            sizing;
        let (code, amount, second) = match *rule {
            Sizing::Fixed(quantity) => (0, quantity.decimal(), None),
            Sizing::Notional(money) => (1, money.decimal(), None),
            Sizing::Equity(share) => (2, share.decimal(), None),
            Sizing::RiskOfEquity(risk) => (3, risk.decimal(), None),
            Sizing::Volatility { risk, volatility } => {
                (4, risk.decimal(), Some(volatility.decimal()))
            }
        };
        self.code(code);
        self.decimal(amount);
        self.optional(second);
        self.decimal(equity.decimal());
        self.decimal(available.decimal());
        self.decimal(price.decimal());
        self.optional(stop_distance.map(Price::decimal));
        self.decimal(wished.decimal());
        self.text(cap.name());
        self.decimal(quantity.decimal());
    }

    fn fill(&mut self, record: &FillRecord) {
        let FillRecord { trade, sleeve, purpose, fill } = record;
        let domain::Fill {
            order,
            position,
            side,
            time,
            price,
            quantity,
            commission,
            liquidity,
            slippage,
            ambiguous,
            end,
        } = fill;
        self.number(u64::from(*trade));
        self.sleeve(*sleeve);
        match purpose {
            domain::OrderPurpose::Entry => self.code(0),
            domain::OrderPurpose::Exit(reason) => {
                self.code(1);
                self.text(reason.name());
            }
        }
        self.number(order.number());
        self.number(position.index() as u64);
        self.code(match side {
            domain::Side::Buy => 1,
            domain::Side::Sell => 2,
        });
        self.time(*time);
        for exact in [price.decimal(), quantity.decimal(), commission.decimal(), slippage.decimal()]
        {
            self.decimal(exact);
        }
        self.code(match liquidity {
            domain::Liquidity::Maker => 1,
            domain::Liquidity::Taker => 2,
        });
        self.code(u8::from(*ambiguous));
        self.code(match end {
            domain::FillEnd::Partial => 1,
            domain::FillEnd::Complete => 2,
        });
    }

    fn sleeve(&mut self, sleeve: SleeveId) {
        self.number(u64::from(sleeve.number()));
    }
}
