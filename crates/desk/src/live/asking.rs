//! Requests of live data to the venue, each in a task of its own; answers come through a channel.

use std::sync::Arc;

use binance::rate::Class;
use binance::rest::{Client, KlinePages, KlinePrice, KlinesRequest};
use domain::{Symbol, TimeRange, Timeframe};
use market::CandleRow;
use tokio::sync::{Semaphore, mpsc};

use super::watched::InstrumentFacts;

/// Requests for candles at once.
pub(super) const AT_ONCE: usize = 6;

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
