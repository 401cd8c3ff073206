//! Requests of live data to the venue, each in a task of its own; answers come through a channel.

use std::sync::Arc;
use std::time::Duration;

use binance::rate::Class;
use binance::rest::{Client, KlinePages, KlinePrice, KlinesRequest};
use domain::{Symbol, TimeRange, Timeframe};
use market::CandleRow;
use tokio::sync::{Semaphore, mpsc};

use super::watched::InstrumentFacts;

/// Requests for candles at once.
pub(super) const AT_ONCE: usize = 6;
/// How often the exchange information is read again.
const REFERENCE_EVERY: Duration = Duration::from_secs(3600);
/// How often the venue's clock is measured.
const CLOCK_EVERY: Duration = Duration::from_secs(300);
const AGAIN_FIRST: Duration = Duration::from_secs(1);
const AGAIN_LAST: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug)]
pub(super) enum Answer {
    /// The first closed candles of the range that was asked for.
    Candles { symbol: Symbol, timeframe: Timeframe, rows: Vec<CandleRow> },
    /// The request failed.
    NoCandles { symbol: Symbol, timeframe: Timeframe, reason: String },
    /// What the venue lists.
    Instruments(Vec<InstrumentFacts>),
    /// The venue did not answer.
    Unreachable(String),
}

/// Sends requests.
#[derive(Debug)]
pub(super) struct Asking {
    client: Arc<Client>,
    answers: mpsc::Sender<Answer>,
    at_once: Arc<Semaphore>,
}

impl Asking {
    pub(super) fn new(client: Arc<Client>, answers: mpsc::Sender<Answer>) -> Self {
        Self { client, answers, at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub(super) const fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Asks for the first closed candles of a range.
    pub(super) fn candles(&self, symbol: Symbol, timeframe: Timeframe, range: TimeRange) {
        let (client, answers, at_once) =
            (Arc::clone(&self.client), self.answers.clone(), Arc::clone(&self.at_once));
        tokio::spawn(async move {
            let Ok(_place) = at_once.acquire().await else { return };
            let request = KlinesRequest {
                symbol: symbol.clone(),
                timeframe,
                price: KlinePrice::Last,
                range,
                class: Class::Read,
            };
            let answer = match KlinePages::new(request).next(&client).await {
                Ok(page) => {
                    let rows = page.map(|page| page.rows).unwrap_or_default();
                    Answer::Candles { symbol, timeframe, rows }
                }
                Err(error) => Answer::NoCandles { symbol, timeframe, reason: error.to_string() },
            };
            // Nobody listens when everything is being opened anew.
            let _ = answers.send(answer).await;
        });
    }
}

/// Measures the clock and reads what is listed, again and again.
pub(super) async fn refer(client: Arc<Client>, answers: mpsc::Sender<Answer>) {
    let mut again = AGAIN_FIRST;
    loop {
        match listed(&client).await {
            Ok(instruments) => {
                again = AGAIN_FIRST;
                if answers.send(Answer::Instruments(instruments)).await.is_err() {
                    return;
                }
                keep_time(&client).await;
            }
            Err(reason) => {
                if answers.send(Answer::Unreachable(reason)).await.is_err() {
                    return;
                }
                tokio::time::sleep(again).await;
                again = (again * 2).min(AGAIN_LAST);
            }
        }
    }
}

async fn listed(client: &Client) -> Result<Vec<InstrumentFacts>, String> {
    client.sync_clock().await.map_err(|error| error.to_string())?;
    let info = client.exchange_info().await.map_err(|error| error.to_string())?;
    for refused in &info.refused {
        tracing::warn!(name = refused.name, reason = refused.reason, "a listing is left out");
    }
    Ok(info.listings.iter().filter_map(InstrumentFacts::of).collect())
}

/// Measures the clock until the exchange information is to be read again.
async fn keep_time(client: &Client) {
    let mut left = REFERENCE_EVERY;
    while !left.is_zero() {
        tokio::time::sleep(CLOCK_EVERY).await;
        left = left.saturating_sub(CLOCK_EVERY);
        if let Err(error) = client.sync_clock().await {
            tracing::warn!(%error, "the venue's clock was not measured");
        }
    }
}
