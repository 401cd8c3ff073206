//! What is listed: names, grids, filters, brackets and funding of each symbol.
//!
//! Grids are powers of ten: a tick is one unit of the last decimal of a price, a lot one of a quantity.

use domain::{Symbol, Timestamp};
use market::synthetic::PathSpec;

/// A listed contract, and what its price path is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolSpec {
    /// Name, such as `BTCUSDT`.
    pub symbol: Symbol,
    /// First instant of trading.
    pub listed: Timestamp,
    /// Price at the listing, in quote asset.
    pub first_price: f64,
    /// Yearly growth of the level that the price swings around, as a fraction.
    pub growth_yearly: f64,
    /// Volume of an ordinary minute, in base asset.
    pub volume_typical: f64,
    /// Decimals of prices, at most 8; the tick is one unit of the last.
    pub price_decimals: u8,
    /// Decimals of quantities, at most 3; the lot is one unit of the last.
    pub quantity_decimals: u8,
    /// Other seeds give other markets.
    pub seed: u64,
    /// Share of minutes without a trade, in percent.
    pub quiet_percent: u8,
    /// Hours between settlements of funding: 8, 4 or 1.
    pub funding_hours: u8,
    /// Largest funding rate and, negated, the smallest, in units of 1e-8.
    pub funding_cap: i64,
    /// Smallest notional of an order, in quote asset.
    pub notional_min: u32,
    /// Largest quantity of a limit order, in base asset.
    pub quantity_max: u64,
    /// Largest quantity of a market order, in base asset.
    pub market_quantity_max: u64,
    /// How far from the mark price an order may be, in percent.
    pub band_percent: u8,
    /// Largest leverage; the brackets follow from it.
    pub leverage_max: u32,
}

/// One notional bracket (§9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Number, from 1.
    pub number: u32,
    /// Largest leverage in this bracket.
    pub leverage_max: u32,
    /// Notional above which it begins, in quote asset.
    pub floor: u64,
    /// Notional up to which it holds, in quote asset.
    pub cap: u64,
    /// Maintenance margin rate, in units of 1e-4.
    pub maintenance: u64,
    /// Maintenance amount to subtract, in units of 1e-4 of the quote asset.
    pub cumulated: u64,
}

impl SymbolSpec {
    /// What its price path is made of.
    pub(crate) fn path(&self) -> PathSpec {
        let Self { first_price, growth_yearly, price_decimals, volume_typical, seed, .. } = *self;
        PathSpec { first_price, growth_yearly, price_decimals, volume_typical, seed }
    }

    /// Base asset: the name without the quote asset.
    #[must_use]
    pub fn base_asset(&self) -> &str {
        self.symbol.as_str().trim_end_matches("USDT")
    }

    /// The notional brackets, ascending. Rates are half the initial margin of the top leverage (§9.3);
    /// `cum_n = floor_n * (rate_n - rate_(n-1)) + cum_(n-1)`.
    #[must_use]
    pub fn brackets(&self) -> Vec<Bracket> {
        brackets_of(self.leverage_max)
    }
}

/// The brackets of a symbol with this largest leverage.
pub(super) fn brackets_of(leverage_max: u32) -> Vec<Bracket> {
    let steps = [
        (1, 50_000),
        (2, 250_000),
        (4, 1_000_000),
        (10, 5_000_000),
        (25, 50_000_000),
        (50, 300_000_000),
    ];
    let mut brackets: Vec<Bracket> = Vec::new();
    for (divisor, cap) in steps {
        let leverage_max = (leverage_max / divisor).max(1);
        let maintenance = 5_000 / u64::from(leverage_max);
        let last = brackets.last().copied();
        let floor = last.map_or(0, |bracket| bracket.cap);
        let cumulated = last
            .map_or(0, |bracket| floor * (maintenance - bracket.maintenance) + bracket.cumulated);
        let number = u32::try_from(brackets.len() + 1).unwrap_or(u32::MAX);
        brackets.push(Bracket { number, leverage_max, floor, cap, maintenance, cumulated });
    }
    brackets
}

struct Row(&'static str, &'static str, f64, f64, f64, [u8; 6], [u64; 4], u64);

/// Columns: symbol, listing, first price, yearly growth, typical volume of a minute, then decimals of price,
/// decimals of quantity, quiet percent, funding hours, band percent, leverage/5, then smallest notional,
/// largest limit quantity, largest market quantity, funding cap in 1e-8, then seed.
const ROWS: [Row; 13] = [
    Row(
        "BTCUSDT",
        "2023-07-01",
        30_400.0,
        0.75,
        90.0,
        [2, 3, 0, 8, 5, 25],
        [50, 1_000, 120, 300_000],
        68,
    ),
    Row(
        "ETHUSDT",
        "2024-01-01",
        2_280.0,
        0.45,
        900.0,
        [2, 3, 0, 8, 5, 20],
        [20, 10_000, 2_000, 300_000],
        12,
    ),
    Row(
        "SOLUSDT",
        "2024-01-01",
        101.0,
        0.8,
        9_000.0,
        [2, 3, 0, 8, 5, 15],
        [5, 1_000_000, 80_000, 2_000_000],
        13,
    ),
    Row(
        "BNBUSDT",
        "2024-01-01",
        312.0,
        0.4,
        300.0,
        [2, 2, 0, 8, 5, 15],
        [5, 100_000, 2_000, 2_000_000],
        14,
    ),
    Row(
        "XRPUSDT",
        "2024-01-01",
        0.62,
        0.5,
        400_000.0,
        [4, 1, 0, 8, 5, 15],
        [5, 10_000_000, 2_000_000, 2_000_000],
        15,
    ),
    Row(
        "DOGEUSDT",
        "2024-01-01",
        0.089,
        0.5,
        2_000_000.0,
        [5, 0, 0, 8, 10, 15],
        [5, 300_000_000, 30_000_000, 2_000_000],
        16,
    ),
    Row(
        "ADAUSDT",
        "2024-06-01",
        0.45,
        0.3,
        500_000.0,
        [4, 0, 0, 8, 10, 15],
        [5, 20_000_000, 2_000_000, 2_000_000],
        17,
    ),
    Row(
        "AVAXUSDT",
        "2024-06-01",
        36.0,
        0.2,
        8_000.0,
        [3, 0, 0, 4, 10, 10],
        [5, 1_000_000, 100_000, 2_000_000],
        18,
    ),
    Row(
        "LINKUSDT",
        "2024-06-01",
        18.0,
        0.3,
        12_000.0,
        [3, 2, 0, 4, 10, 10],
        [20, 1_000_000, 100_000, 2_000_000],
        19,
    ),
    Row(
        "LTCUSDT",
        "2024-06-01",
        83.0,
        0.2,
        2_500.0,
        [2, 3, 0, 8, 10, 15],
        [20, 100_000, 10_000, 2_000_000],
        20,
    ),
    Row(
        "1000PEPEUSDT",
        "2024-06-01",
        0.014,
        0.4,
        9_000_000.0,
        [7, 0, 0, 4, 15, 10],
        [5, 800_000_000, 100_000_000, 2_000_000],
        21,
    ),
    Row(
        "SUIUSDT",
        "2024-06-01",
        1.05,
        0.6,
        120_000.0,
        [4, 1, 0, 1, 10, 10],
        [5, 10_000_000, 1_000_000, 2_000_000],
        22,
    ),
    Row(
        "BLZUSDT",
        "2024-06-01",
        0.31,
        0.1,
        900.0,
        [5, 0, 65, 4, 15, 4],
        [5, 10_000_000, 590_119, 2_000_000],
        23,
    ),
];

/// The thirteen symbols of a usual venue; the last one is quiet.
#[must_use]
pub fn well_known_symbols() -> Vec<SymbolSpec> {
    ROWS.iter().map(spec_of).collect()
}

fn spec_of(row: &Row) -> SymbolSpec {
    let Row(name, listed, first_price, growth_yearly, volume_typical, small, large, seed) = *row;
    let [price_decimals, quantity_decimals, quiet_percent, funding_hours, band_percent, fifths] =
        small;
    let [notional_min, quantity_max, market_quantity_max, funding_cap] = large;
    SymbolSpec {
        symbol: name.parse().expect("the table names symbols"),
        listed: listed.parse().expect("the table names dates"),
        first_price,
        growth_yearly,
        volume_typical,
        price_decimals,
        quantity_decimals,
        seed,
        quiet_percent,
        funding_hours,
        funding_cap: i64::try_from(funding_cap).unwrap_or(i64::MAX),
        notional_min: u32::try_from(notional_min).unwrap_or(u32::MAX),
        quantity_max,
        market_quantity_max,
        band_percent,
        leverage_max: u32::from(fifths) * 5,
    }
}

/// `count` symbols named `DEMO0001USDT` and so on, alike in size and different in their paths, listed at
/// `listed`.
#[must_use]
pub fn numbered_symbols(count: u32, listed: Timestamp, seed: u64) -> Vec<SymbolSpec> {
    let model = spec_of(&ROWS[3]);
    let numbered = |number: u32| SymbolSpec {
        symbol: format!("DEMO{number:04}USDT").parse().expect("letters and digits"),
        listed,
        first_price: 10.0 + f64::from(number % 97) * 3.0,
        growth_yearly: 0.1,
        seed: seed.wrapping_add(u64::from(number) * 7919),
        ..model.clone()
    };
    (1..=count).map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_continuous() {
        for spec in well_known_symbols() {
            let brackets = spec.brackets();
            for pair in brackets.windows(2) {
                let margin =
                    |bracket: &Bracket| pair[1].floor * bracket.maintenance - bracket.cumulated;
                assert_eq!(
                    margin(&pair[0]),
                    margin(&pair[1]),
                    "{} at {}",
                    spec.symbol,
                    pair[1].floor
                );
                assert!(pair[0].leverage_max >= pair[1].leverage_max);
            }
        }
    }
}
