//! The user's wish to stop: Ctrl-C, and SIGTERM where there are signals.
//!
//! Listening begins at once, so that a wish is not missed before somebody waits for it.

use crate::failure::Failure;

/// Listens for the wish to stop.
#[derive(Debug)]
pub(crate) struct Interrupt {
    #[cfg(unix)]
    keyboard: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    keyboard: tokio::signal::windows::CtrlC,
}

impl Interrupt {
    /// Begins to listen. Needs a runtime.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            keyboard: signal(SignalKind::interrupt()).map_err(|error| refused(&error))?,
            terminate: signal(SignalKind::terminate()).map_err(|error| refused(&error))?,
        })
    }

    /// Begins to listen. Needs a runtime.
    #[cfg(windows)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        Ok(Self { keyboard: tokio::signal::windows::ctrl_c().map_err(|error| refused(&error))? })
    }

    /// Waits for the wish to stop.
    pub(crate) async fn wait(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.keyboard.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        {
            let _ = self.keyboard.recv().await; // The value says only that it happened.
        }
    }
}

fn refused(error: &std::io::Error) -> Failure {
    Failure::work("SIGNALS", format!("Ctrl-C cannot be listened for: {error}"))
}
