//! Frames on their way into a connection, and what faults make of them and of it.

use super::connection::{Connection, Sent};
use super::subscription::Frame;
use crate::faults::{FaultKind, Injected, StreamFault, damaged};

/// A revised candle is corrected so much later, in milliseconds.
const CORRECTION_DELAY: i64 = 1_500;

pub(super) const fn is_of_connections(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::Reset | FaultKind::Stream(StreamFault::Close | StreamFault::HalfOpen))
}

pub(super) const fn is_of_frames(kind: &FaultKind) -> bool {
    is_of_connections(kind)
        || matches!(
            kind,
            FaultKind::Body(_)
                | FaultKind::Delay(_)
                | FaultKind::Stream(
                    StreamFault::Drop | StreamFault::Duplicate | StreamFault::Reorder
                )
        )
}

pub(super) const fn is_of_user_events(kind: &FaultKind) -> bool {
    is_of_frames(kind) || matches!(kind, FaultKind::Stream(StreamFault::Silent))
}

pub(super) const fn is_revision(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::Stream(StreamFault::Revise))
}

pub(super) fn enveloped(is_combined: bool, name: &str, text: String) -> String {
    if is_combined { format!(r#"{{"stream":"{name}","data":{text}}}"#) } else { text }
}

pub(super) fn deliver_frame(
    connection: &mut Connection,
    name: &str,
    frame: Frame,
    (injected, now): (Option<&Injected>, i64),
) {
    match (injected, frame.unfinished) {
        (Some(injected), Some(unfinished)) if is_revision(&injected.kind) => {
            let correction = Sent::Text(enveloped(connection.is_combined, name, frame.text));
            connection.send_at(now + CORRECTION_DELAY, correction);
            deliver(connection, (name, &unfinished), None, now);
        }
        (injected, _) => deliver(connection, (name, &frame.text), injected, now),
    }
}

pub(super) fn deliver(
    connection: &mut Connection,
    (name, text): (&str, &str),
    injected: Option<&Injected>,
    now: i64,
) {
    let sent = |text: String| Sent::Text(enveloped(connection.is_combined, name, text));
    let frame = sent(text.to_owned());
    let Some(injected) = injected else {
        return connection.send(frame);
    };
    match &injected.kind {
        FaultKind::Body(fault) => {
            let body = damaged(fault, text.as_bytes());
            let frame = sent(String::from_utf8_lossy(&body).into_owned());
            connection.send(frame);
        }
        FaultKind::Delay(millis) => connection.send_at(now + millis, frame),
        FaultKind::Stream(StreamFault::Duplicate) => {
            connection.send(frame.clone());
            connection.send(frame);
        }
        FaultKind::Stream(StreamFault::Reorder) => connection.send_swapped(frame),
        FaultKind::Stream(StreamFault::Drop | StreamFault::Silent) => {}
        FaultKind::Reset | FaultKind::Stream(StreamFault::Close | StreamFault::HalfOpen) => {
            spoil_connection(connection, injected);
        }
        FaultKind::Stream(StreamFault::NoPing | StreamFault::Revise)
        | FaultKind::Request(_)
        | FaultKind::Gap
        | FaultKind::Listing(_)
        | FaultKind::Offset(_)
        | FaultKind::Drift(_)
        | FaultKind::Trade(..) => connection.send(frame),
    }
}

pub(super) fn spoil_connection(connection: &mut Connection, injected: &Injected) {
    connection.send(match injected.kind {
        FaultKind::Stream(StreamFault::Close) => Sent::Close(1001, "going away"),
        FaultKind::Stream(StreamFault::HalfOpen) => Sent::HalfOpen,
        FaultKind::Stream(_)
        | FaultKind::Reset
        | FaultKind::Request(_)
        | FaultKind::Body(_)
        | FaultKind::Delay(_)
        | FaultKind::Gap
        | FaultKind::Listing(_)
        | FaultKind::Offset(_)
        | FaultKind::Drift(_)
        | FaultKind::Trade(..) => Sent::Reset,
    });
}
