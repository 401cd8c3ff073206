//! Desk calls read and write databases: they run on threads that may block.

use std::sync::Arc;

use desk::{Desk, DeskError};

use crate::error::{ApiError, Place};

/// Runs `work` where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    desk: &Arc<Desk>,
    work: impl FnOnce(&Desk) -> Result<T, DeskError> + Send + 'static,
) -> Result<T, ApiError> {
    blocking_from(desk, Place::Body, work).await
}

/// As [`blocking`], for requests whose fields stand in the query.
pub(crate) async fn blocking_from<T: Send + 'static>(
    desk: &Arc<Desk>,
    place: Place,
    work: impl FnOnce(&Desk) -> Result<T, DeskError> + Send + 'static,
) -> Result<T, ApiError> {
    let desk = Arc::clone(desk);
    match tokio::task::spawn_blocking(move || work(&desk)).await {
        Ok(answer) => answer.map_err(|error| ApiError::of(place, error)),
        Err(_) => Err(ApiError::internal("internal error")),
    }
}
