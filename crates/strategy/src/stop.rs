//! The wish to end a run, for strategies that one candle can keep busy for long.

use std::fmt;
use std::sync::Arc;

/// Asks whether somebody wishes the run to end. What is decided after such a wish counts for nothing: the run
/// has no result.
#[derive(Clone)]
pub struct StopRequest(Arc<dyn Fn() -> bool + Send + Sync>);

impl StopRequest {
    /// A request that is made as soon as `is_made` says so, and not taken back.
    pub fn new(is_made: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_made))
    }

    /// Whether the run is to end.
    #[must_use]
    pub fn is_made(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for StopRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StopRequest").field(&self.is_made()).finish()
    }
}
