//! The sums of margin, as pure functions of rules and numbers (FAQ:cost to open,
//! FAQ:leverage and margin, FAQ:liquidation price).
//!
//! Amounts are in the margin asset, cut to eight decimals where they are owed. No account is known here.

use domain::{Decimal, Side};

use super::decimal_text::cut;
use super::market_view::Bracket;

/// Rounds of the search for the bracket in which a liquidation happens.
const ROUNDS_MAX: usize = 20;

/// One position that takes part in a liquidation price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    /// Signed quantity.
    pub(crate) amount: Decimal,
    /// Entry price.
    pub(crate) entry_price: Decimal,
}

/// What stands behind the legs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backing {
    /// The isolated wallet, or the cross wallet.
    pub(crate) wallet: Decimal,
    /// Maintenance margin of all other cross positions; zero when isolated.
    pub(crate) others_maintenance: Decimal,
    /// Unrealized profit of all other cross positions; zero when isolated.
    pub(crate) others_unrealized: Decimal,
}

/// The row of a notional of either sign; beyond the table its last row. `None` of an empty table.
pub(crate) fn bracket_of(brackets: &[Bracket], notional: Decimal) -> Option<&Bracket> {
    let size = notional.abs();
    brackets.iter().find(|bracket| size <= bracket.notional_cap).or_else(|| brackets.last())
}

/// Maintenance margin of a notional of either sign.
pub(crate) fn maintenance(brackets: &[Bracket], notional: Decimal) -> Decimal {
    bracket_of(brackets, notional).map_or(Decimal::ZERO, |bracket| {
        cut((notional.abs() * bracket.maintenance_rate - bracket.cum).max(Decimal::ZERO))
    })
}

/// Initial margin of a notional of either sign.
pub(crate) fn initial(notional: Decimal, leverage: u32) -> Decimal {
    cut(notional.abs() / Decimal::from(leverage.max(1)))
}

/// Largest notional at a leverage; zero when no row allows it.
pub(crate) fn notional_max(brackets: &[Bracket], leverage: u32) -> Decimal {
    let allowed = brackets.iter().filter(|bracket| bracket.leverage_max >= leverage);
    allowed.map(|bracket| bracket.notional_cap).max().unwrap_or(Decimal::ZERO)
}

/// What an order that opens loses at once against the mark price (FAQ:cost to open).
pub(crate) fn open_loss(side: Side, quantity: Decimal, price: Decimal, mark: Decimal) -> Decimal {
    let gain = match side {
        Side::Buy => mark - price,
        Side::Sell => price - mark,
    };
    cut(quantity * gain.min(Decimal::ZERO).abs())
}

/// The mark price at which equity meets maintenance margin; `None` when there is none above zero.
///
/// The venue names the variables and not the solution; it is that of freqtrade's `exchange/binance.py`,
/// and its test cases are tests here. The bracket is that of the notional at the price itself: solved
/// again until it does not change.
pub(crate) fn liquidation_price(
    legs: &[Leg],
    backing: Backing,
    brackets: &[Bracket],
) -> Option<Decimal> {
    let mut rows: Vec<&Bracket> = legs
        .iter()
        .map(|leg| bracket_of(brackets, leg.amount * leg.entry_price))
        .collect::<Option<_>>()?;
    let mut price = solved(legs, &rows, backing)?;
    for _ in 0..ROUNDS_MAX {
        let again: Vec<&Bracket> = legs
            .iter()
            .map(|leg| bracket_of(brackets, leg.amount * price))
            .collect::<Option<_>>()?;
        if again == rows {
            break;
        }
        rows = again;
        price = solved(legs, &rows, backing)?;
    }
    Some(cut(price)).filter(|price| *price > Decimal::ZERO)
}

fn solved(legs: &[Leg], rows: &[&Bracket], backing: Backing) -> Option<Decimal> {
    let mut above = backing.wallet - backing.others_maintenance + backing.others_unrealized;
    let mut below = Decimal::ZERO;
    for (leg, row) in legs.iter().zip(rows) {
        above += row.cum - leg.amount * leg.entry_price;
        below += leg.amount.abs() * row.maintenance_rate - leg.amount;
    }
    above.checked_div(below)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn row(floor: &str, cap: &str, rate: &str, cum: &str) -> Bracket {
        Bracket {
            number: 1,
            leverage_max: 20,
            notional_floor: decimal(floor),
            notional_cap: decimal(cap),
            maintenance_rate: decimal(rate),
            cum: decimal(cum),
        }
    }

    /// The table of the example in FAQ:liquidation price.
    fn table() -> Vec<Bracket> {
        vec![
            row("0", "50000", "0.004", "0"),
            row("50000", "250000", "0.005", "50"),
            row("250000", "1000000", "0.01", "1300"),
        ]
    }

    fn backing(wallet: &str, maintenance: &str, unrealized: &str) -> Backing {
        Backing {
            wallet: decimal(wallet),
            others_maintenance: decimal(maintenance),
            others_unrealized: decimal(unrealized),
        }
    }

    fn price(leg: (&str, &str), backing: Backing, brackets: &[Bracket]) -> Decimal {
        let leg = Leg { amount: decimal(leg.0), entry_price: decimal(leg.1) };
        liquidation_price(&[leg], backing, brackets).unwrap()
    }

    #[test]
    fn maintenance_follows_the_table() {
        assert_eq!(maintenance(&table(), decimal("264000")), decimal("1340"));
        assert_eq!(maintenance(&table(), decimal("-264000")), decimal("1340"));
        let ada = [row("0", "50000", "0.0065", "0")];
        assert_eq!(maintenance(&ada, decimal("12.31427700")), decimal("0.08004280"));
        let comp = [row("0", "50000", "0.01", "0")];
        assert_eq!(maintenance(&comp, decimal("-49.72023376")), decimal("0.49720233"));
        // Both rows of a boundary give one value.
        let step = decimal("250000");
        assert_eq!(maintenance(&table(), step), step * decimal("0.01") - decimal("1300"));
    }

    #[test]
    fn initial_margin_is_cut() {
        assert_eq!(initial(decimal("-49.72023376"), 20), decimal("2.48601168"));
        assert_eq!(initial(decimal("12.31427700"), 20), decimal("0.61571385"));
    }

    #[test]
    fn the_cost_to_open_of_the_faq() {
        let (price, mark) = (decimal("9253.30"), decimal("9259.84"));
        let one = Decimal::ONE;
        assert_eq!(initial(price, 20).trunc_with_scale(2), decimal("462.66"));
        assert_eq!(open_loss(Side::Buy, one, price, mark), Decimal::ZERO);
        assert_eq!(open_loss(Side::Sell, one, price, mark), decimal("6.54"));
    }

    #[test]
    fn liquidation_prices_of_the_reference() {
        let one = [row("0", "1000000000000", "0.1", "135365")];
        let two = [row("0", "1000000000000", "0.025", "16300")];
        let wallet = "1535443.01";
        let cases = [
            (&one, ("3683.979", "1456.84"), backing(wallet, "0", "0"), "1114.78"),
            (&two, ("109.488", "32481.98"), backing(wallet, "0", "0"), "18778.73"),
            (&one, ("3683.979", "1456.84"), backing(wallet, "71200.81144", "-56354.57"), "1153.26"),
            (
                &two,
                ("109.488", "32481.98"),
                backing(wallet, "356512.508", "-448192.89"),
                "26316.89",
            ),
        ];
        for (rows, leg, backing, expected) in cases {
            assert_eq!(price(leg, backing, rows).round_dp(2), decimal(expected));
        }
        let ours = [row("0", "1000000", "0.004", "0")];
        let five = backing("5000", "0", "0");
        assert_eq!(price(("1", "50000"), five, &ours).round_dp(4), decimal("45180.7229"));
        assert_eq!(price(("-1", "50000"), five, &ours).round_dp(4), decimal("54780.8765"));
    }

    #[test]
    fn the_bracket_is_that_of_the_liquidation() {
        let backing = backing("26400", "0", "0");
        let long = price(("6", "44000"), backing, &table());
        assert_eq!(long.round_dp(4), decimal("39790.6198"));
        let equity = decimal("26400") + decimal("6") * (long - decimal("44000"));
        let owed = maintenance(&table(), decimal("6") * long);
        assert_eq!(equity.round_dp(4), decimal("1143.7186"));
        assert!((equity - owed).abs() < decimal("0.0001"));
        let short = price(("-6", "44000"), backing, &table());
        assert_eq!(short.round_dp(4), decimal("48135.3135"));
    }

    #[test]
    fn both_sides_of_a_hedge_share_one_price() {
        let legs = [
            Leg { amount: decimal("2"), entry_price: decimal("50000") },
            Leg { amount: decimal("-1"), entry_price: decimal("51000") },
        ];
        let price = liquidation_price(&legs, backing("5000", "0", "0"), &table()).unwrap();
        let equity = decimal("5000") + decimal("2") * (price - decimal("50000"))
            - (price - decimal("51000"));
        let owed = maintenance(&table(), decimal("2") * price) + maintenance(&table(), price);
        assert!((equity - owed).abs() < decimal("0.0001"), "{price}");
    }

    proptest! {
        #[test]
        fn equity_meets_maintenance_at_the_price(
            milli in -20_000..20_000i64,
            entry in 10_000..90_000i64,
            wallet in 0..200_000i64,
        ) {
            let leg = Leg { amount: Decimal::new(milli, 3), entry_price: entry.into() };
            let backing =
                Backing { wallet: wallet.into(), ..backing("0", "0", "0") };
            if let Some(price) = liquidation_price(&[leg], backing, &table()) {
                let equity = backing.wallet + leg.amount * (price - leg.entry_price);
                let owed = maintenance(&table(), leg.amount * price);
                let is_beyond_table = (leg.amount * price).abs() > decimal("1000000");
                let gap = equity - owed;
                prop_assert!(is_beyond_table || gap.abs() < decimal("0.0001"), "{}", gap);
            }
        }
    }

    #[test]
    fn a_well_backed_long_has_no_price() {
        let leg = Leg { amount: Decimal::ONE, entry_price: decimal("100") };
        assert_eq!(liquidation_price(&[leg], backing("1000", "0", "0"), &table()), None);
        let flat = Leg { amount: Decimal::ZERO, entry_price: Decimal::ZERO };
        assert_eq!(liquidation_price(&[flat], backing("1000", "0", "0"), &table()), None);
    }

    #[test]
    fn the_largest_position_depends_on_the_leverage() {
        let mut rows = table();
        rows[1].leverage_max = 10;
        rows[2].leverage_max = 5;
        assert_eq!(notional_max(&rows, 20), decimal("50000"));
        assert_eq!(notional_max(&rows, 5), decimal("1000000"));
        assert_eq!(notional_max(&rows, 21), Decimal::ZERO);
    }
}
