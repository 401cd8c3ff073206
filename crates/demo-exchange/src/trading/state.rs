//! The whole state of trading, and how everything in it is reached.
//!
//! One value holds all accounts, because orders of one can meet orders of another. It has no clock: the
//! time is the last one it was told, and never goes back.

use std::collections::BTreeMap;

use domain::{Decimal, Seeded, Symbol, Timestamp};
use serde_json::Value;

use super::account::{Account, AccountId, Income, PositionOf};
use super::algo_order::AlgoOrder;
use super::market_state::MarketState;
use super::market_view::SymbolRules;
use super::options::{AccountOptions, TradingOptions};
use super::order::Order;
use super::order_faults::{AlgoFault, EventFaults, OrderFaults};
use super::order_rate::OrderRate;
use super::truth::{Posting, TradingTruth};
use super::user_events::OpenNotional;
use super::user_streams::{UserStreamId, UserStreams};
use super::words::IncomeType;

/// First ids: order ids are beyond 2^53, as the venue's are.
const FIRST_ORDER: u64 = 8_389_765_739_000_000_001;
const FIRST_ALGO: u64 = 4_000_001_910_000_001;
const FIRST_TRADE: u64 = 2_000_000_001;
const FIRST_TRANSACTION: u64 = 9_689_000_001;

/// All accounts of the venue and its matching engine.
#[derive(Clone, Debug)]
pub struct Trading {
    pub(super) options: TradingOptions,
    pub(super) accounts: Vec<Account>,
    pub(super) rules: BTreeMap<Symbol, SymbolRules>,
    pub(super) markets: BTreeMap<Symbol, MarketState>,
    pub(super) streams: UserStreams,
    pub(super) truth: TradingTruth,
    /// Ids, keys and delays that the venue always has.
    pub(super) seeded: Seeded,
    /// Faults; apart, so that they change nothing else.
    pub(super) chance: Seeded,
    pub(super) now: Timestamp,
    /// Faults of the request that is being carried out.
    pub(super) faults: OrderFaults,
    pub(super) algo_fault: AlgoFault,
    /// Conditional orders that have triggered.
    pub(super) triggers: u64,
    pub(super) ids: Ids,
}

/// The next numbers.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    order: u64,
    algo: u64,
    trade: u64,
    transaction: u64,
    sequence: u64,
}

/// Where a wallet movement lands.
#[derive(Clone, Debug)]
pub(super) enum Purse {
    Cross,
    Isolated(PositionOf),
}

/// A wallet movement.
#[derive(Clone, Debug)]
pub(super) struct Movement {
    pub(super) kind: IncomeType,
    pub(super) amount: Decimal,
    pub(super) symbol: Option<Symbol>,
    pub(super) trade_id: Option<u64>,
}

fn next(counter: &mut u64) -> u64 {
    let current = *counter;
    *counter += 1;
    current
}

impl Ids {
    pub(super) fn order(&mut self) -> u64 {
        next(&mut self.order)
    }

    pub(super) fn algo(&mut self) -> u64 {
        next(&mut self.algo)
    }

    pub(super) fn trade(&mut self) -> u64 {
        next(&mut self.trade)
    }

    pub(super) fn transaction(&mut self) -> u64 {
        next(&mut self.transaction)
    }

    pub(super) fn sequence(&mut self) -> u64 {
        next(&mut self.sequence)
    }
}

impl Trading {
    /// Accounts at their start: each has its first deposit and nothing else.
    #[must_use]
    pub fn new(options: TradingOptions) -> Self {
        let (seed, now) = (options.seed, options.opened_at);
        let mut trading = Self {
            accounts: options.accounts.iter().map(account).collect(),
            options,
            rules: BTreeMap::new(),
            markets: BTreeMap::new(),
            streams: UserStreams::default(),
            truth: TradingTruth::default(),
            seeded: Seeded::new(seed),
            chance: Seeded::new(seed ^ 0x0F4A_17B5),
            now,
            faults: OrderFaults::default(),
            algo_fault: AlgoFault::None,
            triggers: 0,
            ids: Ids {
                order: FIRST_ORDER,
                algo: FIRST_ALGO,
                trade: FIRST_TRADE,
                transaction: FIRST_TRANSACTION,
                sequence: 1,
            },
        };
        for id in trading.account_ids() {
            let amount = trading.options.accounts[id.0].balance;
            let deposit =
                Movement { kind: IncomeType::Transfer, amount, symbol: None, trade_id: None };
            trading.post(id, &Purse::Cross, deposit);
        }
        trading
    }

    /// The log of what really happened.
    #[must_use]
    pub const fn truth(&self) -> &TradingTruth {
        &self.truth
    }

    /// All accounts, in the order of the options.
    #[must_use]
    pub fn account_ids(&self) -> Vec<AccountId> {
        (0..self.accounts.len()).map(AccountId).collect()
    }

    /// The account of an API key.
    #[must_use]
    pub fn account_of(&self, api_key: &str) -> Option<AccountId> {
        self.accounts.iter().position(|account| account.api_key == api_key).map(AccountId)
    }

    /// The wallet balance an account states, isolated wallets included.
    #[must_use]
    pub fn wallet(&self, account: AccountId) -> Decimal {
        self.account(account).wallet()
    }

    /// Opens a user stream. `events` names the wanted events; `None` wants all. Unknown names are silent.
    /// `None` when the listen key is unknown or has expired.
    pub fn open_user_stream(
        &mut self,
        listen_key: &str,
        events: Option<Vec<String>>,
    ) -> Option<UserStreamId> {
        self.streams.open(listen_key, events)
    }

    /// Forgets a stream whose connection has ended.
    pub fn close_user_stream(&mut self, stream: UserStreamId) {
        self.streams.close(stream);
    }

    /// Takes the frames that are due on a stream: raw events, oldest first.
    pub fn user_frames(&mut self, stream: UserStreamId) -> Vec<String> {
        self.streams.due(stream, self.now)
    }

    /// Whether the venue wants the connection of a stream closed: its key was deleted.
    #[must_use]
    pub fn is_user_stream_closed(&self, stream: UserStreamId) -> bool {
        self.streams.is_closed(stream)
    }

    /// F11, F12: what user streams do from now on.
    pub fn set_event_faults(&mut self, faults: EventFaults) {
        self.streams.faults = faults;
    }

    /// F17: what the algo service does from now on.
    pub fn set_algo_fault(&mut self, fault: AlgoFault) {
        self.algo_fault = fault;
    }

    /// F12: an account's listen key expires at once.
    pub fn expire_listen_key(&mut self, account: AccountId) {
        self.streams.expire_early(account, &mut self.chance, self.now);
    }

    pub(super) fn account(&self, id: AccountId) -> &Account {
        &self.accounts[id.0]
    }

    pub(super) fn account_mut(&mut self, id: AccountId) -> &mut Account {
        &mut self.accounts[id.0]
    }

    pub(super) fn order(&self, account: AccountId, id: u64) -> Option<&Order> {
        self.account(account).orders.get(&id)
    }

    pub(super) fn order_mut(&mut self, account: AccountId, id: u64) -> Option<&mut Order> {
        self.account_mut(account).orders.get_mut(&id)
    }

    pub(super) fn algo_mut(&mut self, account: AccountId, id: u64) -> Option<&mut AlgoOrder> {
        self.account_mut(account).algos.get_mut(&id)
    }

    /// Puts an event on the account's streams.
    pub(super) fn tell(&mut self, account: AccountId, event: &Value) {
        self.streams.tell(account, event, (&mut self.chance, self.now));
    }

    /// Moves money in or out of an account and writes it down. Nothing happens for nothing.
    pub(super) fn post(&mut self, account: AccountId, purse: &Purse, movement: Movement) {
        let Movement { kind, amount, symbol, trade_id } = movement;
        if amount.is_zero() {
            return;
        }
        let (time, transaction) = (self.now, self.ids.transaction());
        let owner = self.account_mut(account);
        match purse {
            Purse::Cross => owner.cross_wallet += amount,
            Purse::Isolated(position) => {
                owner.positions.entry(position.clone()).or_default().isolated_wallet += amount;
            }
        }
        owner.updated = time;
        let row = Income { kind, amount, symbol: symbol.clone(), trade_id, transaction, time };
        owner.income.push(row);
        let wallet_after = owner.wallet();
        let posting = Posting { account, kind, symbol, amount, trade_id, wallet_after, time };
        self.truth.postings.push(posting);
    }

    /// Notionals of the open orders of a symbol.
    pub(super) fn open_notional(&self, account: AccountId, symbol: &Symbol) -> OpenNotional {
        let mut notional = OpenNotional::default();
        for order in self.account(account).open_orders_of(symbol) {
            let size = order.remaining() * order.terms.price;
            match order.terms.side {
                domain::Side::Buy => notional.bid += size,
                domain::Side::Sell => notional.ask += size,
            }
        }
        notional
    }
}

fn account(options: &AccountOptions) -> Account {
    Account {
        api_key: options.api_key.clone(),
        secret: options.secret.clone(),
        fee_tier: options.fee_tier,
        cross_wallet: Decimal::ZERO,
        positions: BTreeMap::new(),
        settings: BTreeMap::new(),
        mode: domain::PositionMode::OneWay,
        multi_assets: false,
        orders: BTreeMap::new(),
        open_orders: std::collections::BTreeSet::new(),
        algos: BTreeMap::new(),
        open_algos: std::collections::BTreeSet::new(),
        trades: Vec::new(),
        income: Vec::new(),
        countdowns: BTreeMap::new(),
        rate: OrderRate::default(),
        margin_called: false,
        updated: Timestamp::from_millis(0),
    }
}
