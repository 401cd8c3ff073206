//! One REST call as plain values: what was asked and what is answered. No sockets here.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Put,
    /// Takes away.
    Delete,
}

/// What was asked, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRequest {
    /// Method.
    pub method: Method,
    /// Path without the query, such as `/fapi/v1/order`.
    pub path: String,
    /// Query string as sent, without the question mark.
    pub query: String,
    /// Form body as sent; signatures are made over the bytes of query and body.
    pub body: String,
    /// The header `X-MBX-APIKEY`.
    pub api_key: Option<String>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiReply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the usual ones, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Body; JSON unless a fault made it something else.
    pub body: Vec<u8>,
}

impl ApiRequest {
    /// The decoded parameters, those of the query before those of the body; the query wins where both
    /// name one (D:General Info).
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let pairs = |text: &str| -> Vec<(String, String)> {
            let pairs = text.split('&').filter(|pair| !pair.is_empty());
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decoded(name), decoded(value))
                })
                .collect()
        };
        let mut all = pairs(&self.query);
        let in_body = pairs(&self.body);
        let named: Vec<bool> =
            in_body.iter().map(|(name, _)| all.iter().any(|(other, _)| other == name)).collect();
        let body_only = in_body.into_iter().zip(named).filter(|(_, named)| !named);
        all.extend(body_only.map(|(pair, _)| pair));
        all
    }

    /// The decoded value of one parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters().into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

impl ApiReply {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// A refusal in the venue's form.
    #[must_use]
    pub fn refusal(status: u16, code: i32, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "code": code, "msg": message }))
    }
}

fn decoded(text: &str) -> String {
    let spaced: Cow<'_, str> =
        if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_wins_over_the_body() {
        let request = ApiRequest {
            method: Method::Post,
            path: "/fapi/v1/order".to_owned(),
            query: "symbol=BTCUSDT&side=BUY".to_owned(),
            body: "side=SELL&newClientOrderId=a%3Ab".to_owned(),
            api_key: None,
        };
        assert_eq!(request.parameter("side").as_deref(), Some("BUY"));
        assert_eq!(request.parameter("newClientOrderId").as_deref(), Some("a:b"));
        assert_eq!(request.parameters().len(), 3);
    }
}
