//! How the accounts of the venue are set up. No state here.

use domain::{Decimal, Timestamp};

/// The key pair of the default demo account. It opens nothing but the built-in venue.
pub const DEMO_API_KEY: &str = "demo0key0demo0key0demo0key0demo0key0demo0key0demo0key0demo0key00";
/// The secret that belongs to [`DEMO_API_KEY`].
pub const DEMO_SECRET: &str = "demo0secret0demo0secret0demo0secret0demo0secret0demo0secret0demo";

/// One account at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOptions {
    /// The key that names the account in `X-MBX-APIKEY`.
    pub api_key: String,
    /// The secret that signs its requests (HMAC-SHA256).
    pub secret: String,
    /// First deposit in the margin asset.
    pub balance: Decimal,
    /// Number of the fee tier, shown only; the rates are those of the symbol.
    pub fee_tier: u32,
}

/// All accounts and the limits they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradingOptions {
    /// The accounts.
    pub accounts: Vec<AccountOptions>,
    /// Margin asset of the venue.
    pub asset: String,
    /// Orders an account may send in ten seconds.
    pub orders_per_ten_seconds: u32,
    /// Orders an account may send in a minute.
    pub orders_per_minute: u32,
    /// Open conditional orders an account may have over all symbols.
    pub conditional_orders_max: usize,
    /// When the accounts were opened and their first deposits made.
    pub opened_at: Timestamp,
    /// Where all chance begins: generated ids, delays of the algo service, faults by halves.
    pub seed: u64,
}

impl Default for AccountOptions {
    fn default() -> Self {
        Self {
            api_key: DEMO_API_KEY.to_owned(),
            secret: DEMO_SECRET.to_owned(),
            balance: Decimal::from(10_000),
            fee_tier: 0,
        }
    }
}

impl Default for TradingOptions {
    /// One demo account and the limits of mainnet (D:General Info).
    fn default() -> Self {
        Self {
            accounts: vec![AccountOptions::default()],
            asset: "USDT".to_owned(),
            orders_per_ten_seconds: 300,
            orders_per_minute: 1_200,
            conditional_orders_max: 200,
            opened_at: Timestamp::from_millis(0),
            seed: 1,
        }
    }
}
