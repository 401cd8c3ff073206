//! One account: wallet, positions, settings, orders and records. Rules that change them are elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Decimal, PositionMode, PositionSide, Side, Symbol, Timestamp};

use super::algo_order::AlgoOrder;
use super::order::Order;
use super::order_rate::OrderRate;
use super::position::Position;
use super::words::{IncomeType, MarginType};

/// Leverage of a symbol for which none was set (FAQ:leverage and margin).
const LEVERAGE_DEFAULT: u32 = 20;

/// Number of an account, in the order of the options. It is valid for the [`Trading`](super::Trading) that
/// gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountId(pub(crate) usize);

/// Which position of an account.
pub(crate) type PositionOf = (Symbol, PositionSide);

/// What a user sets for a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SymbolSettings {
    pub(crate) leverage: u32,
    pub(crate) margin_type: MarginType,
}

/// A fill as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserTrade {
    pub(crate) id: u64,
    pub(crate) order_id: u64,
    pub(crate) symbol: Symbol,
    pub(crate) side: Side,
    pub(crate) position_side: PositionSide,
    pub(crate) price: Decimal,
    pub(crate) quantity: Decimal,
    pub(crate) commission: Decimal,
    pub(crate) realized: Decimal,
    pub(crate) is_maker: bool,
    pub(crate) time: Timestamp,
}

/// A row of `income`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Income {
    pub(crate) kind: IncomeType,
    pub(crate) amount: Decimal,
    pub(crate) symbol: Option<Symbol>,
    pub(crate) trade_id: Option<u64>,
    pub(crate) transaction: u64,
    pub(crate) time: Timestamp,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) api_key: String,
    pub(crate) secret: String,
    pub(crate) fee_tier: u32,
    /// What is not set aside for isolated positions.
    pub(crate) cross_wallet: Decimal,
    pub(crate) positions: BTreeMap<PositionOf, Position>,
    pub(crate) settings: BTreeMap<Symbol, SymbolSettings>,
    pub(crate) mode: PositionMode,
    pub(crate) multi_assets: bool,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) open_orders: BTreeSet<u64>,
    pub(crate) algos: BTreeMap<u64, AlgoOrder>,
    pub(crate) open_algos: BTreeSet<u64>,
    pub(crate) trades: Vec<UserTrade>,
    pub(crate) income: Vec<Income>,
    /// When all orders of a symbol are cancelled unless the user calls again.
    pub(crate) countdowns: BTreeMap<Symbol, Timestamp>,
    pub(crate) rate: OrderRate,
    /// Whether its margin call is out and has not been cured.
    pub(crate) margin_called: bool,
    pub(crate) updated: Timestamp,
}

impl Default for SymbolSettings {
    fn default() -> Self {
        Self { leverage: LEVERAGE_DEFAULT, margin_type: MarginType::Crossed }
    }
}

impl Account {
    pub(crate) fn settings_of(&self, symbol: &Symbol) -> SymbolSettings {
        self.settings.get(symbol).copied().unwrap_or_default()
    }

    pub(crate) fn settings_mut(&mut self, symbol: &Symbol) -> &mut SymbolSettings {
        self.settings.entry(symbol.clone()).or_default()
    }

    pub(crate) fn position(&self, symbol: &Symbol, side: PositionSide) -> Position {
        self.positions.get(&(symbol.clone(), side)).cloned().unwrap_or_default()
    }

    /// Positions that are not flat, in the order of symbols.
    pub(crate) fn open_positions(&self) -> impl Iterator<Item = (&PositionOf, &Position)> {
        self.positions.iter().filter(|(_, position)| !position.is_flat())
    }

    pub(crate) fn has_position(&self, symbol: &Symbol) -> bool {
        self.open_positions().any(|((other, _), _)| other == symbol)
    }

    /// Open orders, oldest first.
    pub(crate) fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.open_orders.iter().filter_map(|id| self.orders.get(id))
    }

    pub(crate) fn open_orders_of<'a>(
        &'a self,
        symbol: &'a Symbol,
    ) -> impl Iterator<Item = &'a Order> {
        self.open_orders().filter(move |order| order.terms.symbol == *symbol)
    }

    /// Conditional orders that wait, oldest first.
    pub(crate) fn open_algos(&self) -> impl Iterator<Item = &AlgoOrder> {
        self.open_algos.iter().filter_map(|id| self.algos.get(id))
    }

    /// Everything it owns in the margin asset, before unrealized profit.
    pub(crate) fn wallet(&self) -> Decimal {
        self.cross_wallet
            + self.positions.values().map(|position| position.isolated_wallet).sum::<Decimal>()
    }

    /// Symbols with a position or an open order.
    pub(crate) fn active_symbols(&self) -> BTreeSet<Symbol> {
        let positions = self.open_positions().map(|((symbol, _), _)| symbol.clone());
        positions.chain(self.open_orders().map(|order| order.terms.symbol.clone())).collect()
    }

    /// The position sides that exist in its mode.
    pub(crate) const fn position_sides(&self) -> &'static [PositionSide] {
        match self.mode {
            PositionMode::OneWay => &[PositionSide::Both],
            PositionMode::Hedge => &[PositionSide::Long, PositionSide::Short],
        }
    }
}
