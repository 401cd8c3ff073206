//! What goes wrong with one call, as trading takes it, and what of it has really happened.

use domain::Timestamp;

use crate::api_call::Method;
use crate::faults::{TradeFault, TradeOccasion};
use crate::private_door::PrivateView;
use crate::trading::{EventFaults, Handled, OrderFaults, Trading};

/// The faults of one call.
#[derive(Debug)]
pub(super) struct Plan {
    occasion: Option<TradeOccasion>,
    symbol: Option<String>,
    order: OrderFaults,
    events: EventFaults,
}

impl Plan {
    /// What would go wrong with a call of a symbol.
    pub(super) fn of(method: Method, symbol: Option<&str>, view: &PrivateView<'_>) -> Self {
        let occasion = match method {
            Method::Post => Some(TradeOccasion::Placing),
            Method::Delete => Some(TradeOccasion::Cancelling),
            Method::Get | Method::Put => None,
        };
        let offset = view.told_time().millis() - view.now().millis();
        let mut plan = Self {
            occasion,
            symbol: symbol.map(str::to_owned),
            order: OrderFaults { clock_offset_ms: offset, ..OrderFaults::default() },
            events: EventFaults::default(),
        };
        let ahead = occasion.map(|occasion| view.faults_ahead(occasion, symbol));
        ahead.into_iter().flatten().for_each(|fault| plan.take(fault));
        plan
    }

    pub(super) const fn faults(&self) -> &OrderFaults {
        &self.order
    }

    /// Runs a call with these faults; those that could have an effect are written down.
    pub(super) fn carry_out(
        &self,
        trading: &mut Trading,
        view: &mut PrivateView<'_>,
        run: impl FnOnce(&mut Trading, &Self, Timestamp) -> Option<Handled>,
    ) -> Option<Handled> {
        let (orders, fills) = (trading.truth().orders.len(), trading.truth().fills.len());
        trading.set_event_faults(self.events);
        let handled = run(trading, self, view.now());
        trading.set_event_faults(EventFaults::default());
        let has_happened = match self.occasion {
            Some(TradeOccasion::Placing) => trading.truth().orders.len() > orders,
            Some(TradeOccasion::Cancelling) => trading.truth().fills.len() > fills,
            Some(TradeOccasion::Triggering | TradeOccasion::Second) | None => false,
        };
        if let (Some(occasion), true) = (self.occasion, has_happened) {
            view.inject_faults(occasion, self.symbol.as_deref());
        }
        handled
    }

    fn take(&mut self, fault: TradeFault) {
        match fault {
            TradeFault::Invisible(millis) => self.order.hidden_ms = millis,
            TradeFault::Pieces(count) => self.order.pieces = count,
            TradeFault::ExpiresInMatch => self.order.expires_in_match = true,
            TradeFault::FillBeforeAccept => self.events.fill_before_acceptance = true,
            TradeFault::FillBeforeCancel => self.order.fills_before_cancel = true,
            TradeFault::AlgoStuck
            | TradeFault::AlgoRejected
            | TradeFault::ManualBuy(_)
            | TradeFault::ManualSell(_)
            | TradeFault::Deleverage(_)
            | TradeFault::Leverage(_)
            | TradeFault::MarginCrossed
            | TradeFault::MarginIsolated
            | TradeFault::ModeHedge
            | TradeFault::ModeOneWay
            | TradeFault::Deposit(_)
            | TradeFault::ListenKeyExpired => {}
        }
    }
}
