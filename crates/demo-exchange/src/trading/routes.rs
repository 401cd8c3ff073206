//! The table of trading's routes: method, path, security, weight, order count, and who answers.
//!
//! Weights are those of the documents' page for each route.

use super::handle::{Answer, Call};
use super::order_rate::OrderCount;
use super::parameters::Parameters;
use super::state::Trading;
use crate::Method;

/// What a request must prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// API key, fresh timestamp and signature.
    Signed,
    /// API key.
    KeyOnly,
}

/// Request weight.
#[derive(Clone, Copy, Debug)]
pub(super) enum Weight {
    Fixed(u32),
    /// With and without the parameter `symbol`.
    BySymbol(u32, u32),
}

/// One route.
pub(super) struct Route {
    method: Method,
    path: &'static str,
    pub(super) security: Security,
    pub(super) weight: Weight,
    pub(super) orders: OrderCount,
    /// Whether it cancels; cancels are exempt from throttling.
    pub(super) is_cancel: bool,
    pub(super) run: fn(&mut Trading, &Call) -> Answer,
}

impl Weight {
    pub(super) fn of(self, parameters: &Parameters) -> u32 {
        match self {
            Self::Fixed(weight) => weight,
            Self::BySymbol(with, without) => {
                if parameters.has("symbol") {
                    with
                } else {
                    without
                }
            }
        }
    }
}

impl Route {
    const fn signed(
        method: Method,
        path: &'static str,
        weight: Weight,
        run: fn(&mut Trading, &Call) -> Answer,
    ) -> Self {
        let orders = OrderCount { ten_seconds: 0, minute: 0 };
        let security = Security::Signed;
        Self { method, path, security, weight, orders, is_cancel: false, run }
    }

    const fn counting(self, ten_seconds: u32, minute: u32) -> Self {
        Self { orders: OrderCount { ten_seconds, minute }, ..self }
    }

    const fn cancelling(self) -> Self {
        Self { is_cancel: true, ..self }
    }

    const fn key_only(self) -> Self {
        Self { security: Security::KeyOnly, ..self }
    }
}

/// The route of a method and path.
pub(super) fn find_route(method: Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}

/// Whether the path has a route of any method.
pub(super) fn is_known_path(path: &str) -> bool {
    ROUTES.iter().any(|route| route.path == path)
}

use Method::{Delete, Get, Post, Put};
use Weight::{BySymbol, Fixed};

const fn get(path: &'static str, weight: Weight, run: fn(&mut Trading, &Call) -> Answer) -> Route {
    Route::signed(Get, path, weight, run)
}

const fn post(path: &'static str, weight: Weight, run: fn(&mut Trading, &Call) -> Answer) -> Route {
    Route::signed(Post, path, weight, run)
}

const fn put(path: &'static str, weight: Weight, run: fn(&mut Trading, &Call) -> Answer) -> Route {
    Route::signed(Put, path, weight, run)
}

const fn delete(
    path: &'static str,
    weight: Weight,
    run: fn(&mut Trading, &Call) -> Answer,
) -> Route {
    Route::signed(Delete, path, weight, run).cancelling()
}

const ROUTES: &[Route] = &[
    // Orders.
    post("/fapi/v1/order", Fixed(0), Trading::post_order).counting(1, 1),
    post("/fapi/v1/order/test", Fixed(0), Trading::test_order).counting(1, 1),
    post("/fapi/v1/batchOrders", Fixed(5), Trading::post_batch).counting(5, 1),
    put("/fapi/v1/order", Fixed(0), Trading::put_order).counting(1, 1),
    get("/fapi/v1/orderAmendment", Fixed(1), Trading::get_amendments),
    get("/fapi/v1/order", Fixed(1), Trading::get_order),
    get("/fapi/v1/openOrder", Fixed(1), Trading::get_open_order),
    get("/fapi/v1/openOrders", BySymbol(1, 40), Trading::get_open_orders),
    get("/fapi/v1/allOrders", Fixed(5), Trading::get_all_orders),
    delete("/fapi/v1/order", Fixed(1), Trading::delete_order),
    delete("/fapi/v1/allOpenOrders", Fixed(1), Trading::delete_open_orders),
    delete("/fapi/v1/batchOrders", Fixed(1), Trading::delete_batch),
    post("/fapi/v1/countdownCancelAll", Fixed(10), Trading::post_countdown).cancelling(),
    get("/fapi/v1/userTrades", Fixed(5), Trading::get_user_trades),
    get("/fapi/v1/forceOrders", BySymbol(20, 50), Trading::get_force_orders),
    // Conditional orders.
    post("/fapi/v1/algoOrder", Fixed(0), Trading::post_algo).counting(1, 1),
    get("/fapi/v1/algoOrder", Fixed(1), Trading::get_algo),
    get("/fapi/v1/openAlgoOrders", BySymbol(1, 40), Trading::get_open_algos),
    get("/fapi/v1/allAlgoOrders", Fixed(5), Trading::get_all_algos),
    delete("/fapi/v1/algoOrder", Fixed(1), Trading::delete_algo),
    delete("/fapi/v1/algoOpenOrders", Fixed(1), Trading::delete_open_algos),
    // Account.
    get("/fapi/v2/balance", Fixed(10), Trading::get_balance),
    get("/fapi/v3/balance", Fixed(5), Trading::get_balance),
    get("/fapi/v1/account", Fixed(1), Trading::retired),
    get("/fapi/v2/account", Fixed(10), Trading::get_account_v2),
    get("/fapi/v3/account", Fixed(5), Trading::get_account),
    get("/fapi/v1/positionRisk", Fixed(1), Trading::retired),
    get("/fapi/v2/positionRisk", Fixed(10), Trading::get_positions_v2),
    get("/fapi/v3/positionRisk", Fixed(5), Trading::get_positions),
    get("/fapi/v1/symbolConfig", Fixed(5), Trading::get_symbol_config),
    get("/fapi/v1/accountConfig", Fixed(5), Trading::get_account_config),
    get("/fapi/v1/leverageBracket", Fixed(1), Trading::get_brackets),
    get("/fapi/v1/commissionRate", Fixed(20), Trading::get_commission),
    get("/fapi/v1/income", Fixed(30), Trading::get_income),
    get("/fapi/v1/rateLimit/order", Fixed(1), Trading::get_order_limits),
    get("/fapi/v1/apiTradingStatus", BySymbol(1, 10), Trading::get_trading_status),
    get("/fapi/v1/feeBurn", Fixed(30), Trading::get_fee_burn),
    // Settings.
    post("/fapi/v1/leverage", Fixed(1), Trading::post_leverage),
    post("/fapi/v1/marginType", Fixed(1), Trading::post_margin_type),
    get("/fapi/v1/positionSide/dual", Fixed(30), Trading::get_mode),
    post("/fapi/v1/positionSide/dual", Fixed(1), Trading::post_mode),
    post("/fapi/v1/positionMargin", Fixed(1), Trading::post_position_margin),
    get("/fapi/v1/multiAssetsMargin", Fixed(30), Trading::get_multi_assets),
    post("/fapi/v1/multiAssetsMargin", Fixed(1), Trading::post_multi_assets),
    // User stream.
    post("/fapi/v1/listenKey", Fixed(1), Trading::post_listen_key).key_only(),
    put("/fapi/v1/listenKey", Fixed(1), Trading::put_listen_key).key_only(),
    delete("/fapi/v1/listenKey", Fixed(1), Trading::delete_listen_key).key_only(),
];

/// The paths of all calls that need a key.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(|route| route.path)
}
