//! The key of the user stream: valid for 60 minutes, renewed every 30.

use reqwest::Method;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::CallError;
use crate::rate::{Class, Cost};
use crate::rest::{Access, Call, Client, Query};

/// A listen key: whoever has it reads the account's events. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ListenKey(Zeroizing<String>);

impl ListenKey {
    /// The key, for the URL of the stream.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Wraps a key.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    listen_key: Option<String>,
}

fn call(method: Method) -> Call {
    let call = Call::get("/fapi/v1/listenKey", Query::default(), Cost::weight(1), Class::Order);
    Call { method, access: Access::Key, ..call }
}

impl Client {
    /// Makes a listen key, or extends the one that is active (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn create_listen_key(&self) -> Result<ListenKey, CallError> {
        let Reply { listen_key } = self.read(call(Method::POST)).await?;
        listen_key
            .map(ListenKey::new)
            .ok_or_else(|| CallError::Malformed("no listen key".to_owned()))
    }

    /// Extends the listen key by 60 minutes (weight 1); the key when the venue tells one: when it is another,
    /// the stream has to be changed.
    ///
    /// # Errors
    /// [`CallError`]; -1125 when there is none: make one.
    pub async fn renew_listen_key(&self) -> Result<Option<ListenKey>, CallError> {
        let Reply { listen_key } = self.read(call(Method::PUT)).await?;
        Ok(listen_key.map(ListenKey::new))
    }

    /// Ends the listen key, for every program of this account that uses it (weight 1).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn close_listen_key(&self) -> Result<(), CallError> {
        self.send(call(Method::DELETE)).await.map(drop)
    }
}
