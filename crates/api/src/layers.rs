//! What every request passes: slashes, correlation id, the door's protection.

pub(crate) mod correlation;
pub(crate) mod protection;
pub(crate) mod slashes;
