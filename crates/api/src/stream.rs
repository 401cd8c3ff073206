//! The event stream with its heartbeat, the same for every door.

use std::time::Duration;

use desk::{Desk, Received, Subscription, clock};
use futures_util::Stream;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::dto::event::{Event, EventEnvelope, Missed, Nothing};

const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);

struct Reader {
    subscription: Subscription,
    heartbeat: tokio::time::Interval,
    seq: u64,
    /// Whether the first heartbeat, which comes before anything else, has been given.
    greeted: bool,
}

/// Everything that happens from here on; a heartbeat at once and every 15 seconds. A reader that
/// falls behind by more than about a thousand events gets `lagged` and has to read everything again.
pub fn event_stream(desk: &Desk) -> impl Stream<Item = EventEnvelope> + Send + use<> {
    let subscription = desk.events().subscribe();
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reader = Reader { subscription, heartbeat, seq: desk.events().last_seq(), greeted: false };
    futures_util::stream::unfold(reader, |mut reader| async {
        let envelope = reader.next().await?;
        Some((envelope, reader))
    })
}

impl Reader {
    async fn next(&mut self) -> Option<EventEnvelope> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(self.aside(Event::Heartbeat(Nothing {})));
        }
        tokio::select! {
            biased;
            _ = self.heartbeat.tick() => Some(self.aside(Event::Heartbeat(Nothing {}))),
            received = self.subscription.next() => match received {
                Received::Event(envelope) => {
                    self.seq = envelope.seq;
                    Some(EventEnvelope::from(envelope.as_ref()))
                }
                Received::Lagged(missed) => {
                    self.seq += missed;
                    Some(self.aside(Event::Lagged(Missed { missed })))
                }
                Received::Closed => None,
            },
        }
    }

    fn aside(&self, event: Event) -> EventEnvelope {
        EventEnvelope { seq: self.seq, timestamp: clock::now().to_string(), event }
    }
}
