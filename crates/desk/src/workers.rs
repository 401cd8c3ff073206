//! A bounded number of plain threads that work off a bounded queue.
//!
//! A panic inside a task ends that task only. Dropping the pool lets running tasks
//! end, forgets the waiting ones and joins the threads, those that end in time.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::lock::lock;

type Task = Box<dyn FnOnce() + Send>;

/// More waiting tasks than this are refused.
const WAITING_MAX: usize = 1000;

/// How long closing waits for running tasks.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// Threads and the queue they share.
#[derive(Debug)]
pub(crate) struct Workers {
    queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    closing: bool,
    /// Threads that have ended.
    ended: usize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

/// Why a task was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Too many are waiting.
    Full,
    /// The pool is being dropped.
    Closing,
}

impl Workers {
    /// Starts `count` threads (at least one) with this name.
    pub(crate) fn start(name: &str, count: usize) -> std::io::Result<Self> {
        let queue = Arc::new(Queue { state: Mutex::default(), changed: Condvar::new() });
        let threads = (0..count.max(1))
            .map(|_| {
                let queue = Arc::clone(&queue);
                std::thread::Builder::new().name(name.to_owned()).spawn(move || {
                    queue.work();
                    lock(&queue.state).ended += 1;
                    queue.changed.notify_all();
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { queue, threads: Mutex::new(threads) })
    }

    /// Puts a task at the end of the queue.
    pub(crate) fn submit(&self, task: impl FnOnce() + Send + 'static) -> Result<(), Rejected> {
        let mut state = lock(&self.queue.state);
        if state.closing {
            return Err(Rejected::Closing);
        }
        if state.waiting.len() >= WAITING_MAX {
            return Err(Rejected::Full);
        }
        state.waiting.push_back(Box::new(task));
        drop(state);
        self.queue.changed.notify_one();
        Ok(())
    }

    /// Takes no more tasks, forgets the waiting ones and waits for the running ones. One that does not end in time is
    /// left to the end of the process: what it works on is stored as unfinished.
    pub(crate) fn close(&self) {
        let forgotten = {
            let mut state = lock(&self.queue.state);
            state.closing = true;
            std::mem::take(&mut state.waiting)
        };
        drop(forgotten);
        self.queue.changed.notify_all();
        let own = std::thread::current().id();
        let mut threads = std::mem::take(&mut *lock(&self.threads));
        threads.retain(|thread| thread.thread().id() != own);
        let goes_on = |state: &mut State| state.ended < threads.len();
        let waited =
            self.queue.changed.wait_timeout_while(lock(&self.queue.state), WAIT_MAX, goes_on);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if timeout.timed_out() {
            tracing::warn!("a background task did not end in time and is left behind");
            return;
        }
        for thread in threads {
            // Panics of tasks are caught inside; a thread that died otherwise has nothing to say.
            let _ = thread.join();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.close();
    }
}

impl Queue {
    fn work(&self) {
        while let Some(task) = self.next() {
            if catch_unwind(AssertUnwindSafe(task)).is_err() {
                tracing::error!("a background task panicked; the others go on");
            }
        }
    }

    fn next(&self) -> Option<Task> {
        let mut state = lock(&self.state);
        loop {
            if let Some(task) = state.waiting.pop_front() {
                return Some(task);
            }
            if state.closing {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Runs `work` and turns a panic into its message.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_panic_ends_one_task_and_nothing_else() {
        let workers = Workers::start("test", 1).unwrap();
        let (sender, receiver) = mpsc::channel();
        workers.submit(|| panic!("on purpose")).unwrap();
        workers.submit(move || sender.send(7).unwrap()).unwrap();
        assert_eq!(receiver.recv().unwrap(), 7);
    }

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(guarded(|| 3), Ok(3));
        assert_eq!(guarded(|| -> i32 { panic!("broken {}", 1) }), Err("broken 1".to_owned()));
    }

    #[test]
    fn closing_forgets_what_waits_and_ends_what_runs() {
        let workers = Workers::start("test", 1).unwrap();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (ended, has_ended) = mpsc::channel();
        let ended_too = ended.clone();
        workers
            .submit(move || {
                started.send(()).unwrap();
                released.recv().unwrap();
                ended.send("running").unwrap();
            })
            .unwrap();
        has_started.recv().unwrap();
        workers.submit(move || ended_too.send("waiting").unwrap()).unwrap();
        release.send(()).unwrap();
        workers.close();
        assert!(has_ended.iter().next() == Some("running"));
        assert_eq!(workers.submit(|| ()), Err(Rejected::Closing));
    }
}
