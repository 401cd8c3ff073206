//! The variable parts of an address.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use desk::FieldError;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Place};

/// What an address says where its route has names.
pub(crate) struct Path<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| {
            let message = "expected an address in UTF-8, other bytes and % written as %25";
            ApiError::fields(Place::Path, &[FieldError::value(&[], message)])
        })
    }
}
