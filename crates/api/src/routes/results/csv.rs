//! Trades as CSV: one head line, one line a trade, exact digits, empty where there is no value.

use std::fmt::Write as _;

use desk::backtests::TradeRecord;
use domain::Decimal;

const HEAD: [&str; 30] = [
    "index",
    "symbol",
    "strategy",
    "side",
    "size",
    "entry_date",
    "entry_price",
    "exit_date",
    "exit_price",
    "stop_loss",
    "take_profit",
    "pnl",
    "commission",
    "pnl_slippage",
    "funding",
    "liquidation_fee",
    "insurance",
    "pnl_comm",
    "return_pct",
    "exit_reason",
    "duration_hours",
    "ambiguous",
    "order",
    "fills",
    "mae",
    "mfe",
    "sizing_rule",
    "sizing_value",
    "confidence",
    "signal",
];

/// The whole file.
pub(super) fn of(trades: &[TradeRecord]) -> String {
    let mut text = HEAD.join(",");
    text.push('\n');
    for trade in trades {
        let cells = cells(trade);
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            push_cell(&mut text, cell);
        }
        text.push('\n');
    }
    text
}

fn cells(trade: &TradeRecord) -> [String; HEAD.len()] {
    let exact = |value: Decimal| value.normalize().to_string();
    let optional = |value: Option<Decimal>| value.map_or_else(String::new, exact);
    let sizing = trade.sizing.as_ref();
    [
        trade.index.to_string(),
        trade.symbol.clone(),
        trade.strategy.clone(),
        trade.side.clone(),
        exact(trade.size),
        trade.entry_time.to_string(),
        exact(trade.entry_price),
        trade.exit_time.to_string(),
        exact(trade.exit_price),
        optional(trade.stop_loss),
        optional(trade.take_profit),
        exact(trade.gross),
        exact(trade.commission),
        exact(trade.slippage),
        exact(trade.funding),
        exact(trade.liquidation_fee),
        exact(trade.insurance),
        exact(trade.net),
        exact(trade.return_percent),
        trade.exit_reason.clone(),
        trade.duration_hours().to_string(),
        trade.ambiguous.to_string(),
        trade.order.clone(),
        trade.fills.to_string(),
        optional(trade.excursion.map(|one| one.mae)),
        optional(trade.excursion.map(|one| one.mfe)),
        sizing.map_or_else(String::new, |one| one.rule.clone()),
        optional(sizing.map(|one| one.value)),
        trade.confidence.to_string(),
        trade.signal.clone(),
    ]
}

/// Quotes what would break the line (RFC 4180).
fn push_cell(text: &mut String, cell: &str) {
    if cell.contains([',', '"', '\n', '\r']) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
    } else {
        text.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_quoted() {
        let check = |cell: &str, expected: &str| {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected);
        };
        check("Take Profit", "Take Profit");
        check("a,b", "\"a,b\"");
        check("say \"no\"", "\"say \"\"no\"\"\"");
    }
}
