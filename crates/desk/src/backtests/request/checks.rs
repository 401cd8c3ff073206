//! What is proved about a result beside computing it.

use serde::{Deserialize, Serialize};

/// Which proofs are made. Each costs further runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOptions {
    /// Reruns on prefixes and with the future replaced by noise: decisions must not change.
    pub truncation: bool,
    /// Reruns under both extreme policies when trades depended on an unknown order of events.
    pub band: bool,
}
