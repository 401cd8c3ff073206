//! Reports of the venue as text, mirrored ones as if they were not.

use domain::{
    Decimal, ExecutionReport, FillEnd, Liquidity, Price, RejectReason, Side, VenueReport,
};

/// Such as `1 buy 2 @ 100 taker part ?`; the question mark stands where policy decided.
pub(crate) fn text(report: &VenueReport, is_mirrored: bool) -> String {
    let shown = |price: Price| {
        let price = price.decimal();
        let price = if is_mirrored { Decimal::from(200) - price } else { price };
        price.normalize()
    };
    let doubt = |ambiguous| if ambiguous { " ?" } else { "" };
    match report {
        VenueReport::Order(ExecutionReport::Filled(fill)) => {
            let side = if is_mirrored { fill.side.opposite() } else { fill.side };
            let side = match side {
                Side::Buy => "buy",
                Side::Sell => "sell",
            };
            let liquidity = match fill.liquidity {
                Liquidity::Maker => "maker",
                Liquidity::Taker => "taker",
            };
            let part = match fill.end {
                FillEnd::Partial => " part",
                FillEnd::Complete => "",
            };
            let (id, price) = (fill.order.number(), shown(fill.price));
            let quantity = fill.quantity;
            let doubt = doubt(fill.ambiguous);
            format!("{id} {side} {quantity} @ {price} {liquidity}{part}{doubt}")
        }
        VenueReport::Order(ExecutionReport::Accepted { order, .. }) => {
            format!("{} accepted", order.number())
        }
        VenueReport::Order(ExecutionReport::Rejected { order, reason, .. }) => {
            format!("{} rejected {}", order.number(), rejection(reason))
        }
        VenueReport::Order(ExecutionReport::Cancelled { order, .. }) => {
            format!("{} cancelled", order.number())
        }
        VenueReport::Order(ExecutionReport::Expired { order, reason, .. }) => {
            format!("{} expired {reason:?}", order.number())
        }
        VenueReport::Funding(payment) => format!("funding {}", payment.amount),
        VenueReport::Liquidation(it) => {
            let doubt = doubt(it.ambiguous);
            format!("liquidated {} @ {}{doubt}", it.quantity, shown(it.price))
        }
    }
}

fn rejection(reason: &RejectReason) -> &'static str {
    match reason {
        RejectReason::InsufficientMargin { .. } => "InsufficientMargin",
        RejectReason::NothingToReduce => "NothingToReduce",
        RejectReason::WouldTriggerImmediately => "WouldTriggerImmediately",
        RejectReason::Filter(_) => "Filter",
        RejectReason::MaxPosition { .. } => "MaxPosition",
        RejectReason::NotTrading => "NotTrading",
    }
}
