//! The user's wish to stop: Ctrl-C, and SIGTERM where there are signals.
//!
//! Listening begins at once, so that a wish is not missed before somebody waits for it, and goes
//! on as long as the process lives: a second wish ends it at once, whatever it is busy with.

use std::io;
use std::sync::mpsc;

use tokio::sync::watch;

use crate::failure::Failure;

/// Exit code of a program that Ctrl-C ended, as shells count.
const ENDED_AT_ONCE: i32 = 130;

/// Listens for the wish to stop.
#[derive(Debug)]
pub(crate) struct Interrupt {
    wished: watch::Receiver<bool>,
}

impl Interrupt {
    /// Begins to listen, on a thread that no work can hold up.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (wish, wished) = watch::channel(false);
        let (begun, has_begun) = mpsc::channel();
        std::thread::Builder::new()
            .name("interrupt".to_owned())
            .spawn(move || hear(&wish, &begun))
            .map_err(|error| refused(&error))?;
        let answer = has_begun.recv().unwrap_or_else(|gone| Err(io::Error::other(gone)));
        answer.map_err(|error| refused(&error))?;
        Ok(Self { wished })
    }

    /// Waits for the wish to stop.
    pub(crate) async fn wait(&mut self) {
        if self.wished.wait_for(|wished| *wished).await.is_err() {
            // The listener is gone, so that no wish can come any more.
            std::future::pending::<()>().await;
        }
    }
}

fn hear(wish: &watch::Sender<bool>, begun: &mpsc::Sender<io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(begun.send(Err(error))),
    };
    runtime.block_on(async {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => return drop(begun.send(Err(error))),
        };
        drop(begun.send(Ok(())));
        signals.next().await;
        wish.send_replace(true);
        signals.next().await;
        // Stores survive it: each change is whole or absent, and the folder's lock dies too.
        std::process::exit(ENDED_AT_ONCE);
    });
}

#[cfg(unix)]
struct Signals {
    keyboard: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            keyboard: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.keyboard.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    keyboard: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { keyboard: tokio::signal::windows::ctrl_c()? })
    }

    async fn next(&mut self) {
        let _ = self.keyboard.recv().await; // The value says only that it happened.
    }
}

fn refused(error: &io::Error) -> Failure {
    Failure::work("SIGNALS", format!("Ctrl-C cannot be listened for: {error}"))
}
