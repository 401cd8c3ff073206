//! The venue that live data comes from: where it is, and, for the demo, the exchange itself.

use std::net::SocketAddr;
use std::sync::Arc;

use binance::rest::Endpoints;
use demo_exchange::{Exchange, Options, Pace, Server};

use super::status::VenueName;
use crate::clock::{self, Stopwatch};

/// Where the demo venue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemoPlace {
    /// Inside the application, on a port of its own.
    #[default]
    Inside,
    /// A demo exchange of another process, such as `stb demo-exchange`, at this address of loopback.
    At(SocketAddr),
}

/// A venue that can be spoken to.
#[derive(Debug)]
pub(super) struct Venue {
    pub(super) endpoints: Endpoints,
    /// Answers as long as the venue is held.
    _server: Option<Server>,
}

impl Venue {
    /// Starts the demo exchange on a free port of this machine, unless it is elsewhere, or names the places of Binance.
    pub(super) async fn open(name: VenueName, demo: DemoPlace) -> Result<Self, String> {
        match (name, demo) {
            (VenueName::Binance, _) => Ok(Self { endpoints: Endpoints::mainnet(), _server: None }),
            (VenueName::Demo, DemoPlace::Inside) => Self::demo().await,
            (VenueName::Demo, DemoPlace::At(address)) => {
                Ok(Self { endpoints: endpoints_of(address)?, _server: None })
            }
        }
    }

    async fn demo() -> Result<Self, String> {
        let exchange = Exchange::new(Options::default(), clock::now());
        let exchange = exchange.map_err(|error| error.to_string())?;
        let since = Stopwatch::start();
        let pace = Pace { speed: 1.0, elapsed: Arc::new(move || since.elapsed()) };
        let server = Server::start(exchange, 0, pace).await;
        let server = server.map_err(|error| format!("the demo exchange has no port: {error}"))?;
        Ok(Self { endpoints: endpoints_of(server.address())?, _server: Some(server) })
    }
}

fn endpoints_of(address: SocketAddr) -> Result<Endpoints, String> {
    let http = format!("http://{address}");
    let endpoints = Endpoints::custom(&http, &format!("ws://{address}"), &http);
    endpoints.map_err(|error| error.to_string())
}
