//! What the venue lists, as read from it with its clock measured first.

use binance::error::CallError;
use binance::parse::ExchangeInfo;
use binance::rest::Client;

/// Measures the venue's clock and reads the exchange information.
///
/// # Errors
/// [`CallError`] of the call that failed.
pub(super) async fn read(client: &Client) -> Result<ExchangeInfo, CallError> {
    client.sync_clock().await?;
    let info = client.exchange_info().await?;
    for refused in &info.refused {
        tracing::warn!(name = refused.name, reason = refused.reason, "a listing is left out");
    }
    Ok(info)
}
