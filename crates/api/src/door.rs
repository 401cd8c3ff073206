//! Through which door a request comes.

/// The door a router stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The desktop window: in process, may name local paths.
    Window,
    /// A local HTTP port: anything on this machine can knock.
    Http {
        /// The port it is bound to.
        port: u16,
    },
}
