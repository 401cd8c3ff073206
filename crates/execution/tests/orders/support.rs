//! Orders that risk has approved, and reports about them.

use domain::{
    Confidence, Decimal, Direction, Entry, ExecutionReport, ExitReason, Fill, FillEnd, Instrument,
    InstrumentId, Liquidity, Metadata, Money, OrderId, OrderKind, OrderRequest, PositionKey, Price,
    PriceScale, Quantity, Side, Signal, Sizing, SleeveId, Timestamp,
};
use execution::OrderBook;
use margin::{BracketHistory, BracketTable, Leverage, MarginMode};
use risk::{
    AccountView, ExitAmount, ExitTicket, Gate, InstrumentMargin, Proposal, Quote, RiskRules,
    SleeveRules,
};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(0);

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(text.parse().unwrap()).unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(text.parse().unwrap()).unwrap()
}

fn gate() -> Gate {
    let margin = InstrumentMargin {
        leverage: Leverage::ONE,
        mode: MarginMode::Cross,
        brackets: BracketHistory::new(BracketTable::cautious()),
    };
    Gate::new(RiskRules::default(), vec![margin], vec![SleeveRules::default(); 2])
}

/// Sends an entry to buy so much.
pub(crate) fn enter(book: &mut OrderBook, amount: &str) -> OrderRequest {
    let instrument = Instrument::without_filters("TESTUSDT".parse().unwrap(), PriceScale::new(2));
    let metadata = Metadata::of_kind("test");
    let signal = Signal::new(Direction::Long, price("100"), Confidence::FULL, metadata);
    let proposal = Proposal {
        sleeve: SleeveId::new(0),
        position: PositionKey::default(),
        entry: Box::new(Entry::at_market(signal, Sizing::Fixed(quantity(amount)))),
        quote: Quote { mark: price("100"), age_ms: 0 },
        instrument: &instrument,
        room: None,
    };
    let money = Money::new(Decimal::from(1_000_000));
    let account = AccountView { now: NOW, equity: money, available: money, exposures: &[] };
    book.submit_entry(&gate().review_entry(proposal, &account).unwrap())
}

/// Sends an exit of so much for the second sleeve.
pub(crate) fn leave(book: &mut OrderBook, kind: OrderKind, amount: ExitAmount) -> OrderRequest {
    let ticket = ExitTicket {
        sleeve: SleeveId::new(1),
        position: PositionKey::one_way(InstrumentId::new(0)),
        side: Side::Sell,
        kind,
        amount,
        reason: ExitReason::StopLoss,
    };
    book.submit_exit(&gate().review_exit(ticket, quantity("1000")).unwrap())
}

pub(crate) fn fill(request: &OrderRequest, amount: &str, end: FillEnd) -> Fill {
    Fill {
        order: request.id,
        position: request.position,
        side: request.side,
        time: NOW,
        price: price("100"),
        quantity: quantity(amount),
        commission: Money::ZERO,
        liquidity: Liquidity::Taker,
        slippage: Money::ZERO,
        ambiguous: false,
        end,
    }
}

pub(crate) fn part(request: &OrderRequest, amount: &str) -> ExecutionReport {
    ExecutionReport::Filled(fill(request, amount, FillEnd::Partial))
}

pub(crate) fn rest(request: &OrderRequest, amount: &str) -> ExecutionReport {
    ExecutionReport::Filled(fill(request, amount, FillEnd::Complete))
}

pub(crate) fn accepted(order: OrderId) -> ExecutionReport {
    ExecutionReport::Accepted { order, time: NOW }
}

pub(crate) fn cancelled(order: OrderId) -> ExecutionReport {
    ExecutionReport::Cancelled { order, time: NOW }
}

/// A cancel of everything; the orders to take back.
pub(crate) fn cancel_all(book: &mut OrderBook) -> Vec<OrderId> {
    let mut asked = Vec::new();
    book.cancel(|_| true, |request| asked.push(request.id));
    asked
}
