//! States of an order and the one table that moves between them.
//!
//! Terminal states are reached on proof only: an answer or event of the venue, or
//! the absence rule for orders of unknown fate.

/// Where an order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Approved and durable, not yet on its way.
    Prepared,
    /// On its way to the venue.
    Sending,
    /// Resting at the venue.
    Accepted,
    /// Filled in part.
    PartiallyFilled,
    /// A cancel is on its way.
    CancelPending,
    /// Sent without an answer: it may or may not exist.
    Unknown,
    /// Filled in full. Terminal.
    Filled,
    /// Taken back. Terminal.
    Cancelled,
    /// Refused by the venue. Terminal.
    Rejected,
    /// Ended by its own time in force. Terminal.
    Expired,
    /// Proven never to have existed. Terminal.
    Absent,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// The request goes out.
    Send,
    /// The venue has it.
    Accept,
    /// Part of it was filled.
    FillPart,
    /// The rest of it was filled.
    FillRest,
    /// A cancel request goes out.
    RequestCancel,
    /// The venue took it back.
    Cancel,
    /// The venue refused it.
    Reject,
    /// Its time in force ended.
    Expire,
    /// The answer was lost.
    LoseAnswer,
    /// Repeated looks prove that it does not exist.
    ProveAbsent,
}

/// An event that cannot happen in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order cannot go on with {event:?} while it is {state:?}")]
pub struct TransitionError {
    /// State of the order.
    pub state: OrderState,
    /// The impossible event.
    pub event: OrderEvent,
}

impl OrderEvent {
    /// All events.
    pub const ALL: [Self; 10] = [
        Self::Send,
        Self::Accept,
        Self::FillPart,
        Self::FillRest,
        Self::RequestCancel,
        Self::Cancel,
        Self::Reject,
        Self::Expire,
        Self::LoseAnswer,
        Self::ProveAbsent,
    ];
}

impl OrderState {
    /// All states.
    pub const ALL: [Self; 11] = [
        Self::Prepared,
        Self::Sending,
        Self::Accepted,
        Self::PartiallyFilled,
        Self::CancelPending,
        Self::Unknown,
        Self::Filled,
        Self::Cancelled,
        Self::Rejected,
        Self::Expired,
        Self::Absent,
    ];

    /// Whether the order's life is over. A late fill may still arrive after a cancel.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Filled | Self::Cancelled | Self::Rejected | Self::Expired | Self::Absent
        )
    }
}

/// The state after `event`.
///
/// # Errors
/// [`TransitionError`] for pairs that cannot occur.
pub const fn next_state(
    state: OrderState,
    event: OrderEvent,
) -> Result<OrderState, TransitionError> {
    use OrderEvent as E;
    use OrderState as S;
    let next = match (state, event) {
        (S::Prepared, E::Send) => S::Sending,
        (S::Prepared, E::RequestCancel | E::Cancel) => S::Cancelled, // It never left.
        (S::Sending | S::Unknown, E::Accept) => S::Accepted,
        (S::Accepted | S::PartiallyFilled | S::CancelPending, E::Accept) => state, // Answers repeat.
        (S::Sending | S::Accepted | S::PartiallyFilled | S::Unknown, E::FillPart) => {
            S::PartiallyFilled
        }
        (S::CancelPending, E::FillPart) => S::CancelPending,
        (
            S::Sending | S::Accepted | S::PartiallyFilled | S::CancelPending | S::Unknown,
            E::FillRest, // A fill may come before the acceptance and after a cancel request.
        ) => S::Filled,
        (S::Sending | S::Accepted | S::PartiallyFilled | S::CancelPending, E::RequestCancel) => {
            S::CancelPending
        }
        (S::Unknown, E::RequestCancel) => S::Unknown, // First find out whether it exists.
        (
            S::Sending | S::Accepted | S::PartiallyFilled | S::CancelPending | S::Unknown,
            E::Cancel,
        ) => S::Cancelled,
        // A conditional order may be refused when it triggers, long after its acceptance.
        (S::Sending | S::Unknown | S::Accepted | S::CancelPending, E::Reject) => S::Rejected,
        (
            S::Accepted | S::PartiallyFilled | S::CancelPending | S::Sending | S::Unknown,
            E::Expire,
        ) => S::Expired,
        (S::Sending | S::CancelPending | S::Unknown, E::LoseAnswer) => S::Unknown,
        (S::Unknown, E::ProveAbsent) => S::Absent,
        (
            S::Prepared,
            E::Accept
            | E::FillPart
            | E::FillRest
            | E::Reject
            | E::Expire
            | E::LoseAnswer
            | E::ProveAbsent,
        )
        | (S::Sending, E::Send | E::ProveAbsent)
        | (S::Accepted, E::Send | E::LoseAnswer | E::ProveAbsent)
        | (S::PartiallyFilled, E::Send | E::Reject | E::LoseAnswer | E::ProveAbsent)
        | (S::CancelPending, E::Send | E::ProveAbsent)
        | (S::Unknown, E::Send)
        | (S::Filled | S::Cancelled | S::Rejected | S::Expired | S::Absent, _) => {
            return Err(TransitionError { state, event });
        }
    };
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_states_are_never_left() {
        for state in OrderState::ALL.into_iter().filter(|state| state.is_terminal()) {
            assert!(
                OrderEvent::ALL.into_iter().all(|event| next_state(state, event).is_err()),
                "{state:?}"
            );
        }
    }

    #[test]
    fn every_state_is_reached_from_the_start() {
        let mut reached = vec![OrderState::Prepared];
        let mut looked_at = 0;
        while looked_at < reached.len() {
            let state = reached[looked_at];
            for next in
                OrderEvent::ALL.into_iter().filter_map(|event| next_state(state, event).ok())
            {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
            looked_at += 1;
        }
        assert_eq!(reached.len(), OrderState::ALL.len());
    }

    #[test]
    fn every_pair_of_state_and_event_is_decided() {
        let mut allowed = 0;
        for state in OrderState::ALL {
            for event in OrderEvent::ALL {
                match next_state(state, event) {
                    Ok(_) => allowed += 1,
                    Err(error) => assert_eq!(error, TransitionError { state, event }),
                }
            }
        }
        assert_eq!((allowed, OrderState::ALL.len() * OrderEvent::ALL.len()), (41, 110));
    }

    #[test]
    fn a_lost_answer_is_not_an_end() {
        let unknown = next_state(OrderState::Sending, OrderEvent::LoseAnswer).unwrap();
        assert!(!unknown.is_terminal());
        assert_eq!(next_state(unknown, OrderEvent::FillRest), Ok(OrderState::Filled));
        assert_eq!(next_state(unknown, OrderEvent::ProveAbsent), Ok(OrderState::Absent));
    }
}
