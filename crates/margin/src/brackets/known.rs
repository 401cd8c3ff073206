//! Tables that come with the product.

use domain::{Decimal, Money, Rate};

use super::{BracketStep, BracketTable};
use crate::Leverage;

/// Cap in quote asset, maintenance rate in tenths of a percent, largest leverage.
type Row = (i64, i64, i64);

const HISTORICAL_BTCUSDT: [Row; 10] = [
    (50_000, 4, 125),
    (250_000, 5, 100),
    (1_000_000, 10, 50),
    (10_000_000, 25, 20),
    (20_000_000, 50, 10),
    (50_000_000, 100, 5),
    (100_000_000, 125, 4),
    (200_000_000, 150, 3),
    (300_000_000, 250, 2),
    (500_000_000, 500, 1),
];

const CAUTIOUS: [Row; 6] = [
    (5_000, 10, 50),
    (25_000, 25, 20),
    (100_000, 50, 10),
    (250_000, 100, 5),
    (1_000_000, 125, 4),
    (1_000_000_000_000, 500, 1),
];

impl BracketTable {
    /// A table that BTCUSDT once had, not the one of today. Its first three rows are those of the
    /// example in Binance's FAQ on the liquidation price.
    #[must_use]
    pub fn historical_btcusdt() -> Self {
        of_rows(&HISTORICAL_BTCUSDT)
    }

    /// A table for instruments whose own is not known: it asks for more than the venue does of
    /// most, so that nothing looks safer than it is.
    #[must_use]
    pub fn cautious() -> Self {
        of_rows(&CAUTIOUS)
    }
}

fn of_rows(rows: &[Row]) -> BracketTable {
    let steps: Vec<BracketStep> = rows.iter().map(step).collect();
    BracketTable::new(&steps).expect("the rows ascend")
}

fn step(&(cap, rate, leverage): &Row) -> BracketStep {
    BracketStep {
        cap: Money::new(Decimal::from(cap)),
        maintenance_rate: Rate::new(Decimal::new(rate, 3)).expect("the rows hold fractions"),
        leverage_max: Leverage::new(Decimal::from(leverage)).expect("the rows hold leverages"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Maintenance amounts of a table, as whole numbers.
    fn amounts(table: &BracketTable) -> Vec<String> {
        table.brackets().iter().map(|bracket| bracket.maintenance_amount().to_string()).collect()
    }

    #[test]
    fn maintenance_amounts_follow_from_the_rows() {
        assert_eq!(
            amounts(&BracketTable::historical_btcusdt()),
            [
                "0",
                "50",
                "1300",
                "16300",
                "266300",
                "1266300",
                "2516300",
                "5016300",
                "25016300",
                "100016300"
            ]
        );
        assert_eq!(
            amounts(&BracketTable::cautious()),
            ["0", "75", "700", "5700", "11950", "386950"]
        );
    }

    #[test]
    fn every_bracket_can_open_what_it_must_keep() {
        for table in [BracketTable::historical_btcusdt(), BracketTable::cautious()] {
            for bracket in table.brackets() {
                let initial = bracket.leverage_max().initial_margin(bracket.cap());
                assert!(initial > table.maintenance_margin(bracket.cap()));
            }
        }
    }
}
