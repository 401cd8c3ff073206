//! Keys and signatures ("General Info", signed endpoints).
//!
//! What is signed is what is sent, byte for byte: parameters are encoded first, then signed. Secrets can be
//! neither printed nor copied out, and are wiped from memory when they are dropped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Begin of a PKCS#8 Ed25519 key without and with the public key behind it (RFC 8410), up to the seed.
const PKCS8: [&[u8]; 2] = [
    &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
    &[0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
];
const SEED: usize = 32;

/// An API key with its secret.
pub struct Credentials {
    key: Zeroizing<String>,
    secret: Secret,
}

enum Secret {
    Hmac(Zeroizing<Vec<u8>>),
    // Wipes itself.
    Ed25519(Box<SigningKey>),
}

/// A text that is no key of its kind. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}")]
pub struct BadKey {
    what: &'static str,
    expected: &'static str,
}

impl Credentials {
    /// A key with a secret text (HMAC-SHA256).
    ///
    /// # Errors
    /// [`BadKey`] for texts with blanks or beyond ASCII, as they come from careless copying.
    pub fn hmac(key: &str, secret: &str) -> Result<Self, BadKey> {
        let secret = Zeroizing::new(graphic("secret", secret)?.as_bytes().to_vec());
        Ok(Self { key: api_key(key)?, secret: Secret::Hmac(secret) })
    }

    /// A key with an Ed25519 private key in PKCS#8, as PEM or its base64 alone.
    ///
    /// # Errors
    /// [`BadKey`] for anything else; encrypted keys are not read.
    pub fn ed25519(key: &str, private_key: &str) -> Result<Self, BadKey> {
        let bad = BadKey {
            what: "private key",
            expected: "an unencrypted Ed25519 key (-----BEGIN PRIVATE KEY-----)",
        };
        let lines = private_key.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let base64 = Zeroizing::new(lines.collect::<String>());
        let der = Zeroizing::new(STANDARD.decode(base64.as_bytes()).map_err(|_| bad)?);
        let seed = PKCS8.iter().find_map(|begin| der.strip_prefix(*begin)?.get(..SEED));
        let seed: &[u8; SEED] = seed.and_then(|seed| seed.try_into().ok()).ok_or(bad)?;
        let secret = Secret::Ed25519(Box::new(SigningKey::from_bytes(seed)));
        Ok(Self { key: api_key(key)?, secret })
    }

    /// The key that is shown to the venue; no secret, but nobody else's business either.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The signature of a text, encoded for a query or form.
    pub(crate) fn signature(&self, payload: &str) -> String {
        match &self.secret {
            Secret::Hmac(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret)
                    .expect("HMAC takes secrets of any length");
                mac.update(payload.as_bytes());
                hex(&mac.finalize().into_bytes())
            }
            Secret::Ed25519(key) => {
                let base64 = STANDARD.encode(key.sign(payload.as_bytes()).to_bytes());
                utf8_percent_encode(&base64, NON_ALPHANUMERIC).to_string()
            }
        }
    }
}

fn api_key(key: &str) -> Result<Zeroizing<String>, BadKey> {
    graphic("API key", key).map(|key| Zeroizing::new(key.to_owned()))
}

/// A text of visible ASCII.
fn graphic<'a>(what: &'static str, text: &'a str) -> Result<&'a str, BadKey> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    Err(BadKey { what, expected: "letters, digits and signs without blanks" })
}

/// Bytes in small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier as _};

    use super::*;

    const KEY: &str = "dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83";
    const SECRET: &str = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9";

    fn check(payload: &str, expected: &str) {
        assert_eq!(Credentials::hmac(KEY, SECRET).unwrap().signature(payload), expected);
    }

    #[test]
    fn signatures_are_those_of_the_reference() {
        check(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943",
            "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9",
        );
        check(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000&timestamp=1591702613943",
            "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4",
        );
        check(
            &format!(
                "apiKey={KEY}&price=9000&quantity=1&recvWindow=5000&side=BUY&symbol=BTCUSDT&timeInForce=GTC&timestamp=1591702613943&type=LIMIT"
            ),
            "5b8fe2b962b8e1b2b82fb40e548d56147c2a8f835b5f1393ae4b4b90c38b527f",
        );
        check(
            "symbol=%E6%B5%8B%E8%AF%95USDT&timestamp=1760000007980",
            "5cfaf6d956dbcf0ad043b58147daa684e42c632800804b62142f62d16139a499",
        );
    }

    /// The example of RFC 8410, 10.3.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn ed25519_keys_are_read_from_pem_and_sign() {
        let credentials = Credentials::ed25519(KEY, PEM).unwrap();
        let signature = credentials.signature("timestamp=1");
        let base64 = percent_encoding::percent_decode_str(&signature).decode_utf8().unwrap();
        let bytes = STANDARD.decode(base64.as_bytes()).unwrap();
        let Secret::Ed25519(key) = &credentials.secret else { panic!("an Ed25519 key") };
        let signature = Signature::from_slice(&bytes).unwrap();
        assert!(key.verifying_key().verify(b"timestamp=1", &signature).is_ok());
    }

    #[test]
    fn bad_keys_are_refused_without_repeating_them() {
        for (key, secret) in [("", SECRET), ("a b", SECRET), (KEY, ""), (KEY, "s\u{e9}cret")] {
            assert!(Credentials::hmac(key, secret).is_err());
        }
        for pem in ["", "AAAA", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END-----"] {
            let error = Credentials::ed25519(KEY, pem).err().unwrap();
            assert!(!error.to_string().contains("AAAA"));
        }
    }
}
