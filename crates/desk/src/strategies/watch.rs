//! Notices that a folder has changed.
//!
//! Editors save in several steps; what they do within a moment counts as one change.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};

/// How long nothing must happen for a change to be over.
const QUIET: Duration = Duration::from_millis(150);

/// After so many events in a row the folder is looked at all the same.
const EVENTS_MAX: usize = 20;

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    /// Dropped first: the channel ends, and with it the thread.
    watcher: Option<RecommendedWatcher>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Calls `changed` on a thread of its own after each change in `folder`.
    pub(super) fn start(
        folder: &Path,
        changed: impl Fn() + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let (sender, receiver) = channel();
        let mut watcher = recommended_watcher(move |event| {
            // Nobody listens only when the watch is ending.
            let _ = sender.send(event);
        })?;
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        let thread = std::thread::Builder::new()
            .name("strategies".to_owned())
            .spawn(move || work(&receiver, changed))
            .map_err(notify::Error::io)?;
        Ok(Self { watcher: Some(watcher), thread: Some(thread) })
    }
}

fn work(receiver: &Receiver<notify::Result<notify::Event>>, changed: impl Fn()) {
    while let Ok(event) = receiver.recv() {
        // An error may have swallowed a change, so that it counts as one.
        if event.is_ok_and(|event| event.kind.is_access()) {
            continue;
        }
        // Something that never rests must not hide the rest.
        for _ in 0..EVENTS_MAX {
            match receiver.recv_timeout(QUIET) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        changed();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.watcher.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been reported where it happened.
            let _ = thread.join();
        }
    }
}
