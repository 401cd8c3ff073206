//! What a connection or session wants done, in order.

use std::collections::VecDeque;

/// A queue of things to do.
#[derive(Debug)]
pub(super) struct Outbox<T>(VecDeque<T>);

impl<T> Outbox<T> {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn push(&mut self, item: T) {
        self.0.push_back(item);
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.0.pop_front()
    }
}
