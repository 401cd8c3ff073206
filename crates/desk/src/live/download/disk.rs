//! Work of downloads on the disk, away from the threads that carry sockets.

use std::sync::Arc;

use tokio::sync::RwLock;

/// Hands out work; knows when all of it has ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<RwLock<()>>);

impl Disk {
    /// Does `work` on a thread that may block. It goes on to its end even when nobody waits for it any more.
    ///
    /// # Errors
    /// A sentence when it panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let working = Arc::clone(&self.0).read_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(working);
            done
        });
        done.await.map_err(|error| format!("work on the disk ended badly: {error}"))
    }

    /// Waits until nothing is at work; nothing more may be handed out by then.
    pub(super) async fn rest(&self) {
        drop(self.0.write().await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test(flavor = "multi_thread")]
    async fn work_that_nobody_waits_for_is_waited_for_at_the_end() {
        let disk = Disk::default();
        let ((begun, has_begun), (go_on, may_go_on), (end, ended)) =
            (channel(), channel::<()>(), channel());
        let work = disk.run(move || {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            end.send(()).unwrap();
        });
        {
            let mut work = Box::pin(work);
            let waited = tokio::time::timeout(std::time::Duration::ZERO, &mut work).await;
            assert!(waited.is_err(), "it cannot have ended");
        }
        has_begun.recv().unwrap();
        go_on.send(()).unwrap();
        disk.rest().await;
        assert!(ended.try_recv().is_ok());
    }
}
