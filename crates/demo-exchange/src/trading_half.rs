//! Trading behind the venue's seam: the private half that a venue has unless it is told otherwise.
//!
//! Shows trading the market where something depends on it, and no oftener; translates faults and frames. No
//! rule of orders or of the market is here. Fills of accounts are told to their owners alone: they appear
//! neither in the public trades and candles nor in the public book, which are the same whoever trades.

mod acts;
mod feed;
mod market_steps;
mod order_plan;
mod rules;
mod user_keys;

use domain::{Decimal, Symbol, Timestamp};
use serde_json::{Value, json};

use crate::api_call::{ApiReply, ApiRequest, Method};
use crate::market::SymbolSpec;
use crate::options::Options;
use crate::private_door::{PrivateHalf, PrivateView, UserEvent};
use crate::trading::{Handled, Trading, TradingOptions};
use feed::Feeds;
use order_plan::Plan;
use rules::KnownRules;
use user_keys::UserKeys;

/// Milliseconds between two chances of others to do something with the account.
const ACTS_EVERY: i64 = 1_000;

/// Accounts and orders of a venue.
#[derive(Debug)]
pub(crate) struct TradingHalf {
    trading: Trading,
    rules: KnownRules,
    feeds: Feeds,
    keys: UserKeys,
    events: Vec<UserEvent>,
    acts_at: Option<Timestamp>,
    next: Option<Timestamp>,
}

impl TradingHalf {
    /// The accounts of the options, opened at `start`; `None` where there are none.
    pub(crate) fn new(options: &Options, start: Timestamp) -> Option<Self> {
        if options.accounts.is_empty() {
            return None;
        }
        let trading = Trading::new(TradingOptions {
            accounts: options.accounts.clone(),
            orders_per_ten_seconds: options.limits.orders_per_ten_seconds,
            orders_per_minute: options.limits.orders_per_minute,
            opened_at: start,
            seed: options.seed,
            ..TradingOptions::default()
        });
        Some(Self {
            trading,
            rules: KnownRules::default(),
            feeds: Feeds::default(),
            keys: UserKeys::default(),
            events: Vec::new(),
            acts_at: None,
            next: None,
        })
    }

    /// Shows what a call needs to see of the market, then lets trading answer it.
    fn carry_out(
        &mut self,
        call: &Asked,
        view: &mut PrivateView<'_>,
        run: impl FnOnce(&mut Trading, &Plan, Timestamp) -> Option<Handled>,
    ) -> Option<ApiReply> {
        self.rules.refresh(&mut self.trading, view);
        for symbol in call.symbols.iter().filter_map(|name| name.parse::<Symbol>().ok()) {
            match call.method {
                Method::Get => self.feeds.show_prices(&symbol, (&mut self.trading, view)),
                Method::Post | Method::Put | Method::Delete => {
                    self.feeds.show_whole(&symbol, (&mut self.trading, view));
                }
            }
        }
        let symbol = call.symbols.first().map(String::as_str);
        let plan = Plan::of(call.method, symbol, view);
        let handled = plan.carry_out(&mut self.trading, view, run);
        self.settle(view);
        handled.map(answered)
    }

    fn let_others_act(&mut self, view: &mut PrivateView<'_>) {
        for (act, symbol) in view.acts_of_others() {
            let symbol = acts::symbol_or_first(symbol, view);
            if let Ok(named) = symbol.parse() {
                self.feeds.show_whole(&named, (&mut self.trading, view));
            }
            acts::carry_out(act, &symbol, (&mut self.trading, view));
        }
    }

    /// Looks at what has changed: what to tell, what to wait for.
    fn settle(&mut self, view: &mut PrivateView<'_>) {
        self.keys.collect(&mut self.trading, &mut self.events);
        self.feeds.follow(&self.trading, view);
        let now = view.now();
        if view.has_acts_of_others() {
            let next =
                Timestamp::from_millis((now.millis().div_euclid(ACTS_EVERY) + 1) * ACTS_EVERY);
            self.acts_at = self.acts_at.filter(|at| *at > now).or(Some(next));
        } else {
            self.acts_at = None;
        }
        let times = [self.feeds.next_due(), self.trading.next_timer(), self.acts_at];
        // Whatever is due has been done by now; time has to pass before the next.
        let next = times.into_iter().flatten().min();
        self.next = next.map(|next| next.max(now.plus_millis(1)));
    }
}

impl PrivateHalf for TradingHalf {
    fn handle(&mut self, request: &ApiRequest, view: &mut PrivateView<'_>) -> Option<ApiReply> {
        self.carry_out(&Asked::over_rest(request, view), view, |trading, plan, now| {
            trading.handle_with(request, plan.faults(), now)
        })
    }

    fn handle_socket(&mut self, request: &Value, view: &mut PrivateView<'_>) -> Option<ApiReply> {
        let (method, _) = Trading::socket_route(request["method"].as_str()?)?;
        let symbols = request["params"]["symbol"].as_str().map(str::to_owned);
        let call = Asked { method, symbols: symbols.into_iter().collect() };
        self.carry_out(&call, view, |trading, plan, now| {
            trading.handle_socket(request, plan.faults(), now)
        })
        .map(unframed)
    }

    fn socket_route(&self, method: &str) -> Option<(Method, &'static str)> {
        Trading::socket_route(method)
    }

    fn is_let_through(&self, request: &ApiRequest) -> bool {
        Trading::is_let_through(request)
    }

    fn weight(&self, request: &ApiRequest) -> u32 {
        Trading::weight_of(request).unwrap_or(1)
    }

    fn advance(&mut self, view: &mut PrivateView<'_>) {
        let now = view.now();
        self.rules.refresh(&mut self.trading, view);
        self.feeds.show_what_is_due(&mut self.trading, view);
        self.trading.advance(now);
        if self.acts_at.is_some_and(|at| at <= now) {
            self.let_others_act(view);
        }
        self.settle(view);
    }

    fn next_event(&self) -> Option<Timestamp> {
        self.next
    }

    fn take_events(&mut self) -> Vec<UserEvent> {
        std::mem::take(&mut self.events)
    }

    fn truth(&self) -> Value {
        let accounts = self.trading.account_ids().into_iter();
        Value::Array(accounts.map(|account| self.trading.truth_json(account)).collect())
    }
}

/// How a call is meant, whichever way it came.
struct Asked {
    method: Method,
    /// Symbols whose market it is about.
    symbols: Vec<String>,
}

impl Asked {
    fn over_rest(request: &ApiRequest, view: &mut PrivateView<'_>) -> Self {
        let mut symbols: Vec<String> = request.parameter("symbol").into_iter().collect();
        let batch = request.parameter("batchOrders").and_then(|text| {
            let orders: Value = serde_json::from_str(&text).ok()?;
            let names = orders.as_array()?.iter().filter_map(|order| order["symbol"].as_str());
            Some(names.map(str::to_owned).collect::<Vec<_>>())
        });
        symbols.extend(batch.unwrap_or_default());
        // The older list names every symbol with its mark price, positions or not (§2.3).
        if request.path == "/fapi/v2/positionRisk" && symbols.is_empty() {
            symbols = names(&view.symbols());
        }
        symbols.sort_unstable();
        symbols.dedup();
        Self { method: request.method, symbols }
    }
}

fn names(specs: &[SymbolSpec]) -> Vec<String> {
    specs.iter().map(|spec| spec.symbol.as_str().to_owned()).collect()
}

/// Calls without weight say so instead of telling what is used (§2.0).
fn answered(handled: Handled) -> ApiReply {
    let Handled { mut reply, weight, .. } = handled;
    if weight == 0 && reply.status != 404 {
        reply.headers.push(("x-mbx-used-weight-1m", "-1".to_owned()));
    }
    reply
}

/// The body inside the frame that trading puts around it.
fn unframed(mut reply: ApiReply) -> ApiReply {
    let frame: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let body = frame.get("result").or_else(|| frame.get("error")).cloned();
    reply.body = body.unwrap_or_else(|| json!({})).to_string().into_bytes();
    reply
}

/// A number of whole lots in base units.
fn lots(count: i64, decimals: u8) -> Decimal {
    Decimal::new(count, u32::from(decimals))
}
