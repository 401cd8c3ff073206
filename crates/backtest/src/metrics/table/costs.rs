//! Rows about what trading cost.

use super::{Figure, MetricGroup, MetricRow};
use crate::Metrics;

const GROUP: MetricGroup = MetricGroup::Costs;
const FILLS: &str = "Fills of closed trades.";
const FUNDING: &str = "Funding settlements, netted over each trade.";
const LIQUIDATIONS: &str = "Liquidations.";

pub(super) fn rows(metrics: &Metrics) -> Vec<MetricRow> {
    let mut rows = fill_rows(metrics);
    rows.extend(funding_rows(metrics));
    rows.extend(liquidation_rows(metrics));
    rows
}

fn fill_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["total_costs", "Costs"],
            Figure::money(metrics.total_costs),
            [
                "Commission, slippage, net funding and liquidation fees together.",
                "Fills, funding settlements and liquidations of closed trades.",
            ],
        ),
        GROUP.row(
            ["total_commission", "Commission"],
            Figure::money(metrics.total_commission),
            [
                "Fees of all entries and exits; negative when the venue paid more than it took.",
                FILLS,
            ],
        ),
        GROUP.row(
            ["total_slippage", "Slippage"],
            Figure::money(metrics.total_slippage),
            [
                "Distance of fills from the undisturbed price times quantity; already contained in the profit.",
                FILLS,
            ],
        ),
    ]
}

fn funding_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["total_funding", "Funding (net)"],
            Figure::money(metrics.total_funding),
            ["Funding paid less funding received; negative when more was received.", FUNDING],
        ),
        GROUP.row(
            ["funding_paid", "Funding paid"],
            Figure::money(metrics.funding_paid),
            ["Funding of the trades that paid more than they received.", FUNDING],
        ),
        GROUP.row(
            ["funding_received", "Funding received"],
            Figure::money(metrics.funding_received),
            ["Funding of the trades that received more than they paid.", FUNDING],
        ),
    ]
}

fn liquidation_rows(metrics: &Metrics) -> Vec<MetricRow> {
    vec![
        GROUP.row(
            ["total_liquidation_fees", "Liquidation fees"],
            Figure::money(metrics.total_liquidation_fees),
            ["Fees the venue took for liquidating positions.", LIQUIDATIONS],
        ),
        GROUP.row(
            ["total_insurance", "Insurance"],
            Figure::money(metrics.total_insurance),
            [
                "What the insurance fund paid so that no liquidation lost more than the margin; not part of the costs.",
                LIQUIDATIONS,
            ],
        ),
    ]
}
