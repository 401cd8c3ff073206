//! The event stream over HTTP: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use desk::Desk;
use futures_util::{Stream, StreamExt};

use crate::dto::event::EventEnvelope;
use crate::stream::event_stream;

/// Everything that happens, as server-sent events: `event` is the type, `id` the number, `data` the envelope.
#[utoipa::path(
    operation_id = "stream_events",
    get, path = "/api/v1/events", tag = "events",
    responses((status = 200, description = "An endless stream", body = EventEnvelope, content_type = "text/event-stream"))
)]
pub(crate) async fn stream(
    State(desk): State<Arc<Desk>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(event_stream(&desk).map(|envelope| Ok(sent(&envelope))))
}

fn sent(envelope: &EventEnvelope) -> Event {
    let event = Event::default().event(envelope.event.kind()).id(envelope.seq.to_string());
    event.json_data(envelope).unwrap_or_else(|error| Event::default().comment(error.to_string()))
}
