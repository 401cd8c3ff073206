//! A venue with one symbol, and a client that signs. No assertions about behaviour here.

use domain::{Decimal, Symbol, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::trading::account::AccountId;
use crate::trading::{
    AccountOptions, Bracket, DEMO_API_KEY, DEMO_SECRET, Handled, Level, LotFilter, MarketStep,
    OrderFaults, PriceFilter, PublicTrade, SymbolRules, SymbolStatus, Trading, TradingOptions,
    UserStreamId,
};
use crate::{ApiRequest, Method};

/// The one account of the rig.
pub(super) const OWNER: AccountId = AccountId(0);
/// A second account, for orders that meet those of the first.
pub(super) const OTHER: AccountId = AccountId(1);
pub(super) const START: i64 = 1_780_000_000_000;
const OTHER_KEY: &str = "other0key0other0key0other0key0other0key0other0key0other0key00000";

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

/// The filters that were live in 2026-09 and the brackets of the example in FAQ:liquidation price.
pub(super) fn rules() -> SymbolRules {
    let bracket = |number, leverage_max, floor: i64, cap: i64, rate: &str, cum: i64| Bracket {
        number,
        leverage_max,
        notional_floor: floor.into(),
        notional_cap: cap.into(),
        maintenance_rate: decimal(rate),
        cum: cum.into(),
    };
    let lot =
        |max: &str| LotFilter { min: decimal("0.001"), max: decimal(max), step: decimal("0.001") };
    SymbolRules {
        status: SymbolStatus::Trading,
        price_precision: 2,
        quantity_precision: 3,
        price: PriceFilter {
            min: decimal("556.80"),
            max: decimal("4529764"),
            tick: decimal("0.10"),
        },
        lot: lot("1000"),
        market_lot: lot("120"),
        min_notional: decimal("50"),
        percent_up: decimal("1.05"),
        percent_down: decimal("0.95"),
        max_orders: 200,
        trigger_protect: decimal("0.05"),
        market_take_bound: decimal("0.05"),
        liquidation_fee: decimal("0.0125"),
        maker_fee: decimal("0.0002"),
        taker_fee: decimal("0.0005"),
        brackets: vec![
            bracket(1, 125, 0, 50_000, "0.004", 0),
            bracket(2, 100, 50_000, 250_000, "0.005", 50),
            bracket(3, 20, 250_000, 1_000_000, "0.01", 1_300),
        ],
    }
}

pub(super) struct Rig {
    pub(super) trading: Trading,
    pub(super) now: i64,
    pub(super) stream: UserStreamId,
    pub(super) faults: OrderFaults,
    key: &'static str,
}

impl Rig {
    /// At 50000, with a user stream that wants everything.
    pub(super) fn new() -> Self {
        Self::with_seed(1)
    }

    pub(super) fn with_seed(seed: u64) -> Self {
        let mut trading = Trading::new(TradingOptions {
            accounts: vec![
                AccountOptions::default(),
                AccountOptions { api_key: OTHER_KEY.to_owned(), ..AccountOptions::default() },
            ],
            seed,
            ..TradingOptions::default()
        });
        trading.set_rules(btc(), rules(), Timestamp::from_millis(START));
        let stream = UserStreamId::none();
        let faults = OrderFaults::default();
        let mut rig = Self { trading, now: START, stream, faults, key: DEMO_API_KEY };
        rig.step("50000");
        let key = rig.ok(Method::Post, "/fapi/v1/listenKey", "");
        let key = key["listenKey"].as_str().unwrap().to_owned();
        rig.stream = rig.trading.open_user_stream(&key, None).unwrap();
        rig
    }

    pub(super) fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// One step: twelve levels of 1.000 on each side, a tick apart, around `price`; mark and last at it.
    pub(super) fn step(&mut self, price: &str) {
        self.step_with(price, price, &[]);
    }

    /// A step with its own mark price and public trades (price, quantity, buyer is maker).
    pub(super) fn step_with(&mut self, price: &str, mark: &str, trades: &[(&str, &str, bool)]) {
        let side = |sign: i64| -> Vec<Level> {
            let level = |number: i64| Level {
                price: decimal(price) + Decimal::new(sign * number, 1),
                quantity: Decimal::ONE,
            };
            (1..=12).map(level).collect()
        };
        self.step_book(&side(-1), &side(1), (price, mark), trades);
    }

    pub(super) fn step_book(
        &mut self,
        bids: &[Level],
        asks: &[Level],
        (last, mark): (&str, &str),
        trades: &[(&str, &str, bool)],
    ) {
        self.now += 1_000;
        let trades: Vec<PublicTrade> = trades
            .iter()
            .zip(1..)
            .map(|((price, quantity, buyer_is_maker), id)| PublicTrade {
                id,
                price: decimal(price),
                quantity: decimal(quantity),
                buyer_is_maker: *buyer_is_maker,
            })
            .collect();
        let step = MarketStep {
            symbol: &btc(),
            bids,
            asks,
            trades: &trades,
            last_price: decimal(last),
            mark_price: decimal(mark),
        };
        self.trading.on_market(&step, self.time());
    }

    /// Lets time pass without a step.
    pub(super) fn wait(&mut self, millis: i64) {
        self.now += millis;
        let now = self.time();
        self.trading.advance(now);
    }

    /// A signed request of the second account.
    pub(super) fn as_other<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.key = OTHER_KEY;
        let result = act(self);
        self.key = DEMO_API_KEY;
        result
    }

    pub(super) fn request(&self, method: Method, path: &str, parameters: &str) -> ApiRequest {
        let joint = if parameters.is_empty() { "" } else { "&" };
        let payload = format!("{parameters}{joint}timestamp={}", self.now);
        let query = format!("{payload}&signature={}", signature(&payload));
        ApiRequest {
            method,
            path: path.to_owned(),
            query,
            body: String::new(),
            api_key: Some(self.key.to_owned()),
        }
    }

    pub(super) fn handled(&mut self, method: Method, path: &str, parameters: &str) -> Handled {
        let request = self.request(method, path, parameters);
        let (faults, now) = (self.faults, self.time());
        self.trading.handle_with(&request, &faults, now).expect("the path is one of trading's")
    }

    pub(super) fn call(&mut self, method: Method, path: &str, parameters: &str) -> (u16, Value) {
        let handled = self.handled(method, path, parameters);
        let body = serde_json::from_slice(&handled.reply.body).unwrap();
        (handled.reply.status, body)
    }

    pub(super) fn ok(&mut self, method: Method, path: &str, parameters: &str) -> Value {
        let (status, body) = self.call(method, path, parameters);
        assert_eq!(status, 200, "{path} {parameters}: {body}");
        body
    }

    /// The code of a refusal.
    pub(super) fn refused(&mut self, method: Method, path: &str, parameters: &str) -> i64 {
        let (status, body) = self.call(method, path, parameters);
        assert_ne!(status, 200, "{path} {parameters}: {body}");
        body["code"].as_i64().unwrap()
    }

    pub(super) fn order(&mut self, parameters: &str) -> Value {
        self.ok(Method::Post, "/fapi/v1/order", &format!("symbol=BTCUSDT&{parameters}"))
    }

    pub(super) fn order_refused(&mut self, parameters: &str) -> i64 {
        self.refused(Method::Post, "/fapi/v1/order", &format!("symbol=BTCUSDT&{parameters}"))
    }

    pub(super) fn market(&mut self, side: &str, quantity: &str) -> Value {
        self.order(&format!("side={side}&type=MARKET&quantity={quantity}"))
    }

    pub(super) fn limit(&mut self, side: &str, quantity: &str, price: &str) -> Value {
        let order = format!("side={side}&type=LIMIT&timeInForce=GTC&quantity={quantity}");
        self.order(&format!("{order}&price={price}"))
    }

    pub(super) fn algo(&mut self, parameters: &str) -> Value {
        let all = format!("algoType=CONDITIONAL&symbol=BTCUSDT&{parameters}");
        self.ok(Method::Post, "/fapi/v1/algoOrder", &all)
    }

    pub(super) fn algo_refused(&mut self, parameters: &str) -> i64 {
        let all = format!("algoType=CONDITIONAL&symbol=BTCUSDT&{parameters}");
        self.refused(Method::Post, "/fapi/v1/algoOrder", &all)
    }

    /// The order with an id, as a query shows it.
    pub(super) fn queried(&mut self, order: &Value) -> Value {
        let id = &order["orderId"];
        self.ok(Method::Get, "/fapi/v1/order", &format!("symbol=BTCUSDT&orderId={id}"))
    }

    /// The only position, as `positionRisk` shows it.
    pub(super) fn position(&mut self) -> Value {
        let rows = self.ok(Method::Get, "/fapi/v3/positionRisk", "symbol=BTCUSDT");
        rows[0].clone()
    }

    pub(super) fn events(&mut self) -> Vec<Value> {
        let frames = self.trading.user_frames(self.stream);
        frames.iter().map(|frame| serde_json::from_str(frame).unwrap()).collect()
    }

    /// Events in short: their name, and for orders `x/X`, for conditional orders `X`.
    pub(super) fn told(&mut self) -> Vec<String> {
        self.events().iter().map(short).collect()
    }

    pub(super) fn wallet(&self) -> Decimal {
        self.trading.wallet(OWNER)
    }
}

pub(super) fn short(event: &Value) -> String {
    let order = &event["o"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match event["e"].as_str().unwrap() {
        "ORDER_TRADE_UPDATE" => format!("ORDER {}/{}", text(&order["x"]), text(&order["X"])),
        "ALGO_UPDATE" => format!("ALGO {}", text(&order["X"])),
        "ACCOUNT_UPDATE" => format!("ACCOUNT {}", text(&event["a"]["m"])),
        name => name.to_owned(),
    }
}

pub(super) fn signature(payload: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(DEMO_SECRET.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
