//! The strategies that come with the application, one file each, and what several of them share.

mod bollinger_squeeze;
mod dca;
mod donchian_breakout;
mod ema_trend;
mod funding_carry;
mod given;
mod grid;
mod prices;
mod rsi_reversion;
mod simple_test;
mod sma_cross;
mod smc;

use crate::Definition;

/// Who wrote them.
const AUTHOR: &str = "Smart Trading Bot";

/// All built-in strategies in the order in which they are shown: trends, reversals, inventories, carry.
pub(crate) fn definitions() -> Vec<Definition> {
    vec![
        simple_test::definition(),
        smc::definition(),
        sma_cross::definition(),
        ema_trend::definition(),
        donchian_breakout::definition(),
        bollinger_squeeze::definition(),
        rsi_reversion::definition(),
        grid::definition(),
        dca::definition(),
        funding_carry::definition(),
    ]
}
