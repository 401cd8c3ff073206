//! Who asks, and whether the request is fresh and signed (D:General Info).

use domain::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::ApiRequest;

/// Window without `recvWindow`, and its upper bound.
const RECV_WINDOW_DEFAULT_MS: i64 = 5_000;
const RECV_WINDOW_MAX_MS: i64 = 60_000;
/// How far a timestamp may be ahead of the server.
const AHEAD_MAX_MS: i64 = 1_000;
/// Keys are as long as this.
const KEY_LENGTH: usize = 64;

/// The key of a request if it has the form of one.
pub(crate) fn well_formed_key(key: Option<&str>) -> Result<&str, Refusal> {
    let key = key.ok_or(Refusal::KEY_FORMAT)?;
    let formed = key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if formed { Ok(key) } else { Err(Refusal::KEY_FORMAT) }
}

/// Checks the time window, then the signature over the bytes of query and body as they were sent.
pub(crate) fn check(
    request: &ApiRequest,
    parameters: &Parameters,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let signature = parameters.needed("signature")?;
    check_window(parameters, now)?;
    let payload = signed_payload(request).ok_or(Refusal::SIGNATURE)?;
    if is_signed(secret, &payload, signature) { Ok(()) } else { Err(Refusal::SIGNATURE) }
}

/// Checks a request of the socket API: its signature is over all other parameters, sorted by name and not
/// encoded (D:WebSocket API General Info).
pub(crate) fn check_sorted(
    parameters: &Parameters,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let signature = parameters.needed("signature")?;
    check_window(parameters, now)?;
    let payload = parameters.sorted_without("signature");
    if is_signed(secret, &payload, signature) { Ok(()) } else { Err(Refusal::SIGNATURE) }
}

fn check_window(parameters: &Parameters, now: Timestamp) -> Result<(), Refusal> {
    let sent: i64 = parameters.needed_number("timestamp")?;
    let window = parameters.number("recvWindow")?.unwrap_or(RECV_WINDOW_DEFAULT_MS);
    if !(0..=RECV_WINDOW_MAX_MS).contains(&window) {
        return Err(Refusal::malformed("recvWindow"));
    }
    if sent >= now.millis().saturating_add(AHEAD_MAX_MS) {
        return Err(Refusal::TIMESTAMP_AHEAD);
    }
    if now.millis().saturating_sub(sent) > window {
        return Err(Refusal::TIMESTAMP_OUTSIDE);
    }
    Ok(())
}

/// Query and body joined without a sign between them, and without the signature, which is the last
/// parameter of one of the two.
fn signed_payload(request: &ApiRequest) -> Option<String> {
    if let Some(query) = without_signature(&request.query) {
        return Some(format!("{query}{}", request.body));
    }
    without_signature(&request.body).map(|body| format!("{}{body}", request.query))
}

fn without_signature(text: &str) -> Option<&str> {
    let (before, last) = text.rsplit_once('&').unwrap_or(("", text));
    last.starts_with("signature=").then_some(before)
}

fn is_signed(secret: &str, payload: &str, signature: &str) -> bool {
    let Some(expected) = bytes_of_hex(signature) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(payload.as_bytes());
    mac.verify_slice(&expected).is_ok()
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<_>>>()?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;

    /// Keys of the vectors printed in the venue's documents (D:General Info).
    const SECRET: &str = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9";
    const SIGNED_AT: i64 = 1_591_702_613_943;

    fn request(query: &str, body: &str) -> ApiRequest {
        ApiRequest {
            method: Method::Post,
            path: "/fapi/v1/order".to_owned(),
            query: query.to_owned(),
            body: body.to_owned(),
            api_key: None,
        }
    }

    fn verdict(query: &str, body: &str, now: i64) -> Result<(), Refusal> {
        let request = request(query, body);
        let parameters = Parameters::of(&request);
        check(&request, &parameters, SECRET, Timestamp::from_millis(now))
    }

    const PAYLOAD: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943";
    const SIGNATURE: &str = "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9";

    #[test]
    fn the_official_vector_holds_in_query_and_body() {
        let signed = format!("{PAYLOAD}&signature={SIGNATURE}");
        assert_eq!(verdict(&signed, "", SIGNED_AT), Ok(()));
        assert_eq!(verdict("", &signed, SIGNED_AT), Ok(()));
        assert_eq!(verdict(&signed.replace("3c66", "3C66"), "", SIGNED_AT), Ok(()));
    }

    #[test]
    fn query_and_body_are_joined_without_a_sign() {
        let query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC";
        let body = "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943";
        let signature = "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4";
        assert_eq!(verdict(query, &format!("{body}&signature={signature}"), SIGNED_AT), Ok(()));
        assert_eq!(verdict(&format!("{query}&signature={signature}"), body, SIGNED_AT), Ok(()));
    }

    #[test]
    fn percent_encoded_bytes_are_signed_as_sent() {
        let signature = "5cfaf6d956dbcf0ad043b58147daa684e42c632800804b62142f62d16139a499";
        let query = "symbol=%E6%B5%8B%E8%AF%95USDT&timestamp=1760000007980";
        let signed = format!("{query}&signature={signature}");
        assert_eq!(verdict(&signed, "", 1_760_000_007_980), Ok(()));
    }

    #[test]
    fn another_order_of_parameters_or_a_changed_byte_is_refused() {
        let signed = |payload: &str| format!("{payload}&signature={SIGNATURE}");
        let reordered = PAYLOAD.replace("symbol=BTCUSDT&side=BUY", "side=BUY&symbol=BTCUSDT");
        for query in [
            signed(&reordered),
            signed(&PAYLOAD.replace("9000", "9001")),
            format!("signature={SIGNATURE}&{PAYLOAD}"),
            format!("{PAYLOAD}&signature=zz"),
            format!("{PAYLOAD}&signature=3c6"),
        ] {
            assert_eq!(verdict(&query, "", SIGNED_AT), Err(Refusal::SIGNATURE), "{query}");
        }
    }

    #[test]
    fn the_window_is_checked_both_ways() {
        let signed = format!("{PAYLOAD}&signature={SIGNATURE}");
        assert_eq!(verdict(&signed, "", SIGNED_AT + 5_000), Ok(()));
        assert_eq!(verdict(&signed, "", SIGNED_AT + 5_001), Err(Refusal::TIMESTAMP_OUTSIDE));
        assert_eq!(verdict(&signed, "", SIGNED_AT - 999), Ok(()));
        assert_eq!(verdict(&signed, "", SIGNED_AT - 1_000), Err(Refusal::TIMESTAMP_AHEAD));
        assert_eq!(verdict(PAYLOAD, "", SIGNED_AT), Err(Refusal::mandatory("signature")));
        let unstamped = verdict("symbol=BTCUSDT&signature=00", "", SIGNED_AT);
        assert_eq!(unstamped, Err(Refusal::mandatory("timestamp")));
        let wide = format!("{}&signature=00", PAYLOAD.replace("=5000", "=60001"));
        assert_eq!(verdict(&wide, "", SIGNED_AT), Err(Refusal::malformed("recvWindow")));
    }

    #[test]
    fn keys_have_a_form() {
        assert_eq!(well_formed_key(None), Err(Refusal::KEY_FORMAT));
        assert_eq!(well_formed_key(Some("short")), Err(Refusal::KEY_FORMAT));
        assert!(well_formed_key(Some(SECRET)).is_ok());
    }

    #[test]
    fn the_socket_vector_is_sorted_by_name() {
        let element = serde_json::json!({
            "type": "LIMIT", "symbol": "BTCUSDT", "side": "BUY", "quantity": "1", "price": "9000",
            "timeInForce": "GTC", "recvWindow": 5_000, "timestamp": SIGNED_AT,
            "apiKey": "dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83",
            "signature": "5b8fe2b962b8e1b2b82fb40e548d56147c2a8f835b5f1393ae4b4b90c38b527f",
        });
        let parameters = Parameters::of_element(&element).unwrap();
        assert_eq!(check_sorted(&parameters, SECRET, Timestamp::from_millis(SIGNED_AT)), Ok(()));
    }
}
