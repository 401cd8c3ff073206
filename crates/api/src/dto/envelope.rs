//! Envelopes around answers.

use serde::Serialize;
use utoipa::ToSchema;

/// Answer of a route that does something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiResponse {
    /// Whether it was done. Failures are answered with an error status instead.
    pub success: bool,
    /// What was done, for people.
    #[schema(required = true)]
    pub message: Option<String>,
    /// Numbers of what was done, such as `{"deleted": 3}`.
    #[schema(required = true, value_type = Option<Object>)]
    pub data: Option<serde_json::Value>,
    /// Always null here; kept for clients of the original contract.
    #[schema(required = true)]
    pub error: Option<String>,
}

impl ApiResponse {
    pub(crate) fn done(message: impl Into<String>, data: Option<serde_json::Value>) -> Self {
        Self { success: true, message: Some(message.into()), data, error: None }
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Items of all pages.
    pub total: u64,
    /// This page, from 1.
    pub page: u64,
    /// Items of a full page.
    pub size: u64,
    /// Number of pages.
    pub pages: u64,
}

impl<T> Page<T> {
    pub(crate) fn new(items: Vec<T>, total: u64, page: u64, size: u64) -> Self {
        Self { items, total, page, size, pages: total.div_ceil(size) }
    }
}
