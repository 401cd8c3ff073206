//! The thread that carries sockets, requests and timers: one runtime for everything that speaks to a venue.

use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::lock::lock;

/// Threads of the runtime.
const WORKERS: usize = 2;
/// How long what is under way may take to end.
const SHUTDOWN_MAX: Duration = Duration::from_secs(2);

/// Started when it is needed first; ends with [`Self::close`].
#[derive(Debug, Default)]
pub(crate) struct IoThread(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    Running {
        handle: Handle,
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    },
    Closed,
}

impl IoThread {
    /// Where tasks can be spawned; `None` after the end.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn handle(&self) -> std::io::Result<Option<Handle>> {
        let mut state = lock(&self.0);
        match &*state {
            State::Running { handle, .. } => return Ok(Some(handle.clone())),
            State::Closed => return Ok(None),
            State::Idle => {}
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("venue")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        // The runtime is dropped by a thread that may block.
        let thread = std::thread::Builder::new().name("venue".to_owned()).spawn(move || {
            // A dropped sender is an end too.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_timeout(SHUTDOWN_MAX);
        })?;
        *state = State::Running { handle: handle.clone(), stop, thread };
        Ok(Some(handle))
    }

    /// Ends it; tasks that have not ended are dropped.
    pub(crate) fn close(&self) {
        let state = std::mem::replace(&mut *lock(&self.0), State::Closed);
        if let State::Running { stop, thread, .. } = state {
            drop(stop);
            if thread.join().is_err() {
                tracing::error!("the thread that speaks to venues ended badly");
            }
        }
    }
}

impl Drop for IoThread {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_when_needed_and_ends_once() {
        let io = IoThread::default();
        let handle = io.handle().unwrap().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        handle.spawn(async move { sender.send(7).unwrap() });
        assert_eq!(receiver.recv().unwrap(), 7);
        io.close();
        assert!(io.handle().unwrap().is_none());
        io.close();
    }
}
