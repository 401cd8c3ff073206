//! The seam between the public side and the private half: what orders and accounts need from the market,
//! and what they give back. No order is known on this side of it.

use std::fmt;

use domain::{Decimal, Timestamp};
use serde_json::Value;

use crate::api_call::{ApiReply, ApiRequest, Method};
use crate::faults::{Faults, Injected, TradeFault, TradeOccasion};
use crate::limits::Limits;
use crate::market::book::Book;
use crate::market::mark::{next_settlement_time, prices_at, running_rate, settlements};
use crate::market::{Market, Series, SymbolSpec, Terms};
use crate::truth::{InjectedFault, Truth};

/// The half of the venue that knows accounts and orders.
pub trait PrivateHalf: fmt::Debug + Send {
    /// Answers a call; `None` when the path is unknown, so that the venue answers 404.
    fn handle(&mut self, request: &ApiRequest, view: &mut PrivateView<'_>) -> Option<ApiReply>;

    /// Answers a call that came over the socket API, as [`PrivateHalf::handle`] answers one over REST: with the
    /// bare body, unframed. `None` when the method is unknown.
    fn handle_socket(&mut self, request: &Value, view: &mut PrivateView<'_>) -> Option<ApiReply>;

    /// The REST call that a method of the socket API stands for; `None` when the method is unknown.
    fn socket_route(&self, method: &str) -> Option<(Method, &'static str)>;

    /// Whether a call gets through when others are throttled: exits and cancellations (§6.2).
    fn is_let_through(&self, request: &ApiRequest) -> bool;

    /// IP weight of a call that [`PrivateHalf::handle`] will get (§2.3 to §2.7); 0 for orders.
    fn weight(&self, request: &ApiRequest) -> u32;

    /// Lets time pass up to the time of the view: fills, triggers, funding, liquidation, expiry. Also called when
    /// faults or the status of a symbol have changed.
    fn advance(&mut self, view: &mut PrivateView<'_>);

    /// When it next wants to be advanced: later than the time it was advanced to last. Between these times it is
    /// asked things without being advanced, at any later time of the view.
    fn next_event(&self) -> Option<Timestamp>;

    /// What it has to say on user streams, in order; each is handed out once.
    fn take_events(&mut self) -> Vec<UserEvent>;

    /// What really happened to the accounts, as JSON.
    fn truth(&self) -> Value;
}

/// Something for the user streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    /// A frame for all sockets of a listen key that want such events.
    Frame {
        /// Whose.
        listen_key: String,
        /// Name of the event, such as `ORDER_TRADE_UPDATE`.
        name: String,
        /// The symbol it is about, where it is about one.
        symbol: Option<String>,
        /// The payload without envelope.
        text: String,
    },
    /// The sockets of a listen key are closed.
    Close {
        /// Whose.
        listen_key: String,
    },
}

/// Price and size of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookLevel {
    /// Quote asset per base unit.
    pub price: Decimal,
    /// Base units.
    pub quantity: Decimal,
}

/// The best levels of both sides, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestLevels {
    /// Buyers, descending by price.
    pub bids: Vec<BookLevel>,
    /// Sellers, ascending by price.
    pub asks: Vec<BookLevel>,
}

/// A trade of the public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicTrade {
    /// Number of its last fill.
    pub id: i64,
    /// When.
    pub time: Timestamp,
    /// Quote asset per base unit.
    pub price: Decimal,
    /// Base units.
    pub quantity: Decimal,
    /// Whether the taker sold.
    pub buyer_is_maker: bool,
}

/// Prices that are not of trades, and the running funding rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkState {
    /// Mark price.
    pub mark: Decimal,
    /// Index price.
    pub index: Decimal,
    /// Rate to be charged next, as a fraction.
    pub rate: Decimal,
    /// When it is charged.
    pub next_funding: Timestamp,
}

/// Funding that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueFunding {
    /// When it is booked.
    pub time: Timestamp,
    /// Fraction; above zero longs pay shorts.
    pub rate: Decimal,
    /// Mark price of the settlement.
    pub mark: Decimal,
}

/// The market, the clock and the fault menu as the private half sees them.
#[derive(Debug)]
pub struct PrivateView<'a> {
    pub(crate) market: &'a mut Market,
    pub(crate) faults: &'a mut Faults,
    pub(crate) truth: &'a mut Truth,
    pub(crate) limits: &'a Limits,
    pub(crate) now: i64,
}

impl PrivateView<'_> {
    /// Time of the venue.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Time as the venue tells it, wrong when a fault says so: what `timestamp` is checked against.
    #[must_use]
    pub fn told_time(&self) -> Timestamp {
        Timestamp::from_millis(self.now + self.faults.clock_offset(self.now))
    }

    /// The limits on orders.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        self.limits
    }

    /// All listed symbols.
    pub fn symbols(&mut self) -> Vec<SymbolSpec> {
        (0..self.market.len()).map(|place| self.market.series(place).spec().clone()).collect()
    }

    /// Filters, brackets and intervals of a symbol.
    pub fn spec(&mut self, symbol: &str) -> Option<&SymbolSpec> {
        let place = self.market.place(symbol)?;
        Some(self.market.series(place).spec())
    }

    /// Status word, such as `TRADING`.
    #[must_use]
    pub fn status(&self, symbol: &str) -> Option<&str> {
        self.market.place(symbol).map(|place| self.market.status(place, self.now))
    }

    /// What a symbol demands of orders now.
    pub(crate) fn terms(&self, symbol: &str) -> Option<Terms> {
        self.market.place(symbol).map(|place| self.market.terms(place, self.now))
    }

    /// The best `levels` of each side now.
    pub fn best(&mut self, symbol: &str, levels: usize) -> Option<BestLevels> {
        let now = self.now;
        let series = self.series(symbol)?;
        let book = Book::at(series, now, levels.max(1));
        let spec = series.spec();
        let level = |(price, quantity): &(i64, i64)| BookLevel {
            price: exact(*price, spec.price_decimals),
            quantity: exact(*quantity, spec.quantity_decimals),
        };
        Some(BestLevels {
            bids: book.bids.iter().map(level).collect(),
            asks: book.asks.iter().map(level).collect(),
        })
    }

    /// Price of the last public trade.
    pub fn last_price(&mut self, symbol: &str) -> Option<Decimal> {
        let now = self.now;
        let series = self.series(symbol)?;
        let price = series.price_at(now);
        Some(exact(price, series.spec().price_decimals))
    }

    /// Public trades after `after` and up to `until`, in order.
    pub fn trades(&mut self, symbol: &str, after: Timestamp, until: Timestamp) -> Vec<PublicTrade> {
        let Some(series) = self.series(symbol) else {
            return Vec::new();
        };
        let trades = series.trades_between(after.millis(), until.millis());
        let spec = series.spec();
        let public = |trade: crate::market::Trade| PublicTrade {
            id: trade.fills.1,
            time: Timestamp::from_millis(trade.time),
            price: exact(trade.price, spec.price_decimals),
            quantity: exact(trade.quantity, spec.quantity_decimals),
            buyer_is_maker: trade.buyer_is_maker,
        };
        trades.into_iter().map(public).collect()
    }

    /// When the public next trades after `after`, looked for two minutes ahead; without a trade the end of
    /// these.
    pub fn next_trade_time(&mut self, symbol: &str, after: Timestamp) -> Option<Timestamp> {
        let next = self.series(symbol)?.next_trade_time(after.millis());
        Some(Timestamp::from_millis(match next {
            crate::market::NextTrade::At(time) | crate::market::NextTrade::NotBefore(time) => time,
        }))
    }

    /// Mark and index price and the running rate at `at`.
    pub fn mark(&mut self, symbol: &str, at: Timestamp) -> Option<MarkState> {
        let series = self.series(symbol)?;
        let prices = prices_at(series, at.millis());
        let (rate, next) = running_rate(series, at.millis());
        Some(MarkState {
            mark: exact(prices.mark, 8),
            index: exact(prices.index, 8),
            rate: exact(rate, 8),
            next_funding: Timestamp::from_millis(next),
        })
    }

    /// Funding booked after `after` and up to `until`, ascending.
    pub fn funding(&mut self, symbol: &str, after: Timestamp, until: Timestamp) -> Vec<DueFunding> {
        let Some(series) = self.series(symbol) else {
            return Vec::new();
        };
        let due = settlements(series, after.millis() + 1, until.millis()).into_iter();
        due.map(|settlement| DueFunding {
            time: Timestamp::from_millis(settlement.time),
            rate: exact(settlement.rate, 8),
            mark: exact(settlement.mark, 8),
        })
        .collect()
    }

    /// When funding of a symbol is booked next after `after`.
    pub fn next_funding_time(&mut self, symbol: &str, after: Timestamp) -> Option<Timestamp> {
        let series = self.series(symbol)?;
        Some(Timestamp::from_millis(next_settlement_time(series, after.millis())))
    }

    /// How often the status or the rules of a symbol have been changed since the start.
    #[must_use]
    pub fn status_changes(&self) -> usize {
        self.market.changes_count()
    }

    /// The faults that would happen on an occasion, as in `trade:pieces=5`. They have not happened: whoever
    /// carries them out says so with [`PrivateView::inject_faults`], which draws the same ones.
    #[must_use]
    pub fn faults_ahead(&self, on: TradeOccasion, symbol: Option<&str>) -> Vec<TradeFault> {
        if !self.faults.has_trade(on) {
            return Vec::new();
        }
        let ahead = self.faults.clone().roll_trade(on, symbol, self.now);
        ahead.into_iter().map(|(fault, _)| fault).collect()
    }

    /// The faults that happen on an occasion. Counts them and writes them to the truth log.
    pub fn inject_faults(&mut self, on: TradeOccasion, symbol: Option<&str>) -> Vec<TradeFault> {
        let found = self.faults.roll_trade(on, symbol, self.now);
        let faults = found.into_iter().map(|(fault, injected)| {
            self.write_down(fault, injected);
            fault
        });
        faults.collect()
    }

    /// What others do with the account at this second, and with which symbol where one is named.
    pub fn acts_of_others(&mut self) -> Vec<(TradeFault, Option<String>)> {
        let found = self.faults.roll_acts(self.now);
        let acts = found.into_iter().map(|(fault, symbol, injected)| {
            self.write_down(fault, injected);
            (fault, symbol)
        });
        acts.collect()
    }

    /// Whether others are to do anything with the account, now or later.
    #[must_use]
    pub fn has_acts_of_others(&self) -> bool {
        self.faults.has_trade(TradeOccasion::Second)
    }

    fn write_down(&mut self, fault: TradeFault, injected: Injected) {
        self.truth.fault(InjectedFault {
            time: Timestamp::from_millis(self.now),
            rule: injected.rule,
            at: fault.word().to_owned(),
            carried_out: true,
        });
    }

    fn series(&mut self, symbol: &str) -> Option<&mut Series> {
        let place = self.market.place(symbol)?;
        Some(self.market.series(place))
    }
}

fn exact(units: i64, decimals: u8) -> Decimal {
    Decimal::new(units, u32::from(decimals))
}
