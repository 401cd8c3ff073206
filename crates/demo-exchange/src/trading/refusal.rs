//! Refusals in the venue's words: code and message, and the HTTP status that goes with them.
//!
//! Codes are those of D:Error Code, and of answers seen where it is silent; messages are for people and
//! vary at the real venue.

use std::borrow::Cow;

use crate::ApiReply;

/// Why a request, or one part of a batch, was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i32,
    pub(crate) message: Cow<'static, str>,
}

macro_rules! refusals {
    ($($name:ident = $code:literal, $message:literal;)+) => {
        impl Refusal {
            $(pub(crate) const $name: Self = Self::fixed($code, $message);)+
        }
    };
}

refusals! {
    TOO_MANY_ORDERS = -1015, "Too many new orders; current limit is reached.";
    TIMESTAMP_OUTSIDE = -1021, "Timestamp for this request is outside of the recvWindow.";
    TIMESTAMP_AHEAD = -1021, "Timestamp for this request was 1000ms ahead of the server's time.";
    SIGNATURE = -1022, "Signature for this request is not valid.";
    START_AFTER_END = -1023, "Start time is greater than end time.";
    ONE_OF_IDS = -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";
    ONE_OF_ALGO_IDS = -1102, "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!";
    PRECISION = -1111, "Precision is over the maximum defined for this asset.";
    NO_DEPTH = -1112, "No orders on book for symbol.";
    TIME_IN_FORCE = -1115, "Invalid timeInForce.";
    ORDER_TYPE = -1116, "Invalid orderType.";
    SIDE = -1117, "Invalid side.";
    SYMBOL = -1121, "Invalid symbol.";
    SYMBOL_STATUS = -1122, "Invalid symbol status.";
    LISTEN_KEY = -1125, "This listenKey does not exist.";
    INTERVAL_TOO_LONG = -1127, "More than 7 days between startTime and endTime.";
    COMBINATION = -1128, "Combination of optional parameters invalid.";
    UNKNOWN_ORDER_SENT = -2011, "Unknown order sent.";
    NO_SUCH_ORDER = -2013, "Order does not exist.";
    KEY_FORMAT = -2014, "API-key format invalid.";
    KEY_UNKNOWN = -2015, "Invalid API-key, IP, or permissions for action.";
    BALANCE = -2018, "Balance is insufficient.";
    MARGIN = -2019, "Margin is insufficient.";
    WOULD_TRIGGER = -2021, "Order would immediately trigger.";
    REDUCE_ONLY = -2022, "ReduceOnly Order is rejected.";
    MAX_OPEN_ORDERS = -2025, "Reach max open order limit.";
    MAX_LEVERAGE = -2027, "Exceeded the maximum allowable position at current leverage.";
    MIN_LEVERAGE = -2028, "Leverage is smaller than permitted: insufficient margin balance.";
    PRICE_NOT_POSITIVE = -4001, "Price less than 0.";
    PRICE_ABOVE_MAX = -4002, "Price greater than max price.";
    QUANTITY_NOT_POSITIVE = -4003, "Quantity less than or equal to zero.";
    QUANTITY_BELOW_MIN = -4004, "Quantity less than min quantity.";
    QUANTITY_ABOVE_MAX = -4005, "Quantity greater than max quantity.";
    TRIGGER_NOT_POSITIVE = -4006, "Stop price less than zero.";
    TRIGGER_ABOVE_MAX = -4007, "Stop price greater than max price.";
    PRICE_BELOW_MIN = -4013, "Price less than min price.";
    PRICE_OFF_TICK = -4014, "Price not increased by tick size.";
    CLIENT_ID = -4015, "Client order id is not valid.";
    QUANTITY_OFF_STEP = -4023, "Qty not increased by step size.";
    LEVERAGE = -4028, "Leverage is not valid.";
    MAX_CONDITIONAL_ORDERS = -4045, "Reach max stop order limit.";
    MARGIN_TYPE_UNCHANGED = -4046, "No need to change margin type.";
    MARGIN_TYPE_ORDERS = -4047, "Margin type cannot be changed if there exists open orders.";
    MARGIN_TYPE_POSITION = -4048, "Margin type cannot be changed if there exists position.";
    ISOLATED_ONLY = -4049, "Add margin only support for isolated position.";
    CROSS_BALANCE = -4050, "Cross balance insufficient.";
    ISOLATED_BALANCE = -4051, "Isolated balance insufficient.";
    NO_POSITION_MARGIN = -4054, "Cannot add position margin: position is 0.";
    AMOUNT_NOT_POSITIVE = -4055, "Amount must be positive.";
    MODE_UNCHANGED = -4059, "No need to change position side.";
    POSITION_SIDE = -4061, "Order's position side does not match user's setting.";
    REDUCE_ONLY_CONFLICT = -4062, "Invalid or improper reduceOnly value.";
    MODE_ORDERS = -4067, "Position side cannot be changed if there exists open orders.";
    MODE_POSITION = -4068, "Position side cannot be changed if there exists position.";
    BATCH_SIZE = -4082, "Invalid number of batch place orders.";
    DUPLICATE_ID = -4116, "ClientOrderId is duplicated.";
    REDUCE_ONLY_ORDERS = -4118, "ReduceOnly Order Failed. Please check your existing position and open orders.";
    USE_ALGO = -4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.";
    CLOSE_EXISTS = -4130, "An open stop or take profit order with GTE and closePosition in the direction is existing.";
    MARKET_REJECT = -4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.";
    ACTIVATION_PRICE = -4135, "Invalid activation price.";
    CLOSE_SIDE = -4136, "Target strategy invalid for orderType and closePosition.";
    CLOSE_QUANTITY = -4137, "Quantity must be zero with closePosition equals true.";
    CLOSE_REDUCE_ONLY = -4138, "Reduce only must be true with closePosition equals true.";
    STATUS_OPENING = -4140, "Invalid symbol status for opening position.";
    SYMBOL_CLOSED = -4141, "Symbol is closed.";
    ISOLATED_LEVERAGE = -4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions.";
    MULTI_ISOLATED = -4167, "Unable to adjust to Multi-Assets mode with symbols of USDS-M Futures under isolated-margin mode.";
    ISOLATED_IN_MULTI = -4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode.";
    MULTI_ORDERS = -4170, "Unable to adjust Multi-Assets Mode with open orders.";
    MULTI_UNCHANGED = -4171, "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.";
    RETIRED = -5000, "This endpoint is retired, please use the v3 endpoint.";
    FOK = -5021, "Due to the order could not be filled immediately, the FOK order has been rejected.";
    GTX = -5022, "Due to the order could not be executed as maker, the Post Only order will be rejected.";
    AMEND_TYPE = -5023, "Only limit order is supported.";
    AMEND_LIMIT = -5026, "Exceed maximum modify order limit.";
    AMEND_UNCHANGED = -5027, "No need to modify the order.";
    PRICE_MATCH = -5037, "Invalid price match.";
    PRICE_MATCH_TYPE = -5038, "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT.";
    SELF_TRADE_PREVENTION = -5039, "Invalid self trade prevention mode.";
    GOOD_TILL_DATE = -5040, "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.";
    NO_MATCHED_PRICE = -5041, "No depth matches this BBO order.";
}

impl Refusal {
    const fn fixed(code: i32, message: &'static str) -> Self {
        Self { code, message: Cow::Borrowed(message) }
    }

    fn told(code: i32, message: String) -> Self {
        Self { code, message: Cow::Owned(message) }
    }

    pub(crate) fn mandatory(name: &str) -> Self {
        let message =
            format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
        Self::told(-1102, message)
    }

    pub(crate) fn not_required(name: &str) -> Self {
        Self::told(-1106, format!("Parameter '{name}' sent when not required."))
    }

    pub(crate) fn illegal(name: &str) -> Self {
        Self::told(-1100, format!("Illegal characters found in parameter '{name}'."))
    }

    pub(crate) fn malformed(name: &str) -> Self {
        Self::told(-1130, format!("Data sent for parameter '{name}' is not valid."))
    }

    pub(crate) fn price_above(highest: &str) -> Self {
        Self::told(-4016, format!("Limit price can't be higher than {highest}."))
    }

    pub(crate) fn price_below(lowest: &str) -> Self {
        Self::told(-4024, format!("Limit price can't be lower than {lowest}."))
    }

    pub(crate) fn notional(least: &str) -> Self {
        let message = format!(
            "Order's notional must be no smaller than {least} (unless you choose reduce only)."
        );
        Self::told(-4164, message)
    }

    /// The answer of a whole request.
    pub(crate) fn reply(&self) -> ApiReply {
        let status = match self.code {
            -2014 | -2015 => 401,
            -1015 => 429,
            _ => 400,
        };
        ApiReply::refusal(status, self.code, &self.message)
    }

    /// The element of a batch answer.
    pub(crate) fn element(&self) -> serde_json::Value {
        serde_json::json!({ "code": self.code, "msg": self.message })
    }
}
