//! The venue that live data comes from: where it is, and, for the demo, the exchange itself.

use std::sync::Arc;

use binance::rest::Endpoints;
use demo_exchange::{Exchange, Options, Pace, Server};

use super::status::VenueName;
use crate::clock::{self, Stopwatch};

/// A venue that can be spoken to.
#[derive(Debug)]
pub(super) struct Venue {
    pub(super) endpoints: Endpoints,
    /// Answers as long as the venue is held.
    _server: Option<Server>,
}

impl Venue {
    /// Starts the demo exchange on a free port of this machine, or names the places of Binance.
    pub(super) async fn open(name: VenueName) -> Result<Self, String> {
        match name {
            VenueName::Binance => Ok(Self { endpoints: Endpoints::mainnet(), _server: None }),
            VenueName::Demo => Self::demo().await,
        }
    }

    async fn demo() -> Result<Self, String> {
        let exchange = Exchange::new(Options::default(), clock::now());
        let exchange = exchange.map_err(|error| error.to_string())?;
        let since = Stopwatch::start();
        let pace = Pace { speed: 1.0, elapsed: Arc::new(move || since.elapsed()) };
        let server = Server::start(exchange, 0, pace).await;
        let server = server.map_err(|error| format!("the demo exchange has no port: {error}"))?;
        let address = server.address();
        let http = format!("http://{address}");
        let endpoints = Endpoints::custom(&http, &format!("ws://{address}"), &http);
        let endpoints = endpoints.map_err(|error| error.to_string())?;
        Ok(Self { endpoints, _server: Some(server) })
    }
}
