//! Why a call failed, what that proves, and what to do about it.
//!
//! Whether an order exists is decided by [`CallError::outcome`], never by a text: the classes are those of
//! the venue's error pages ("Error Codes", "General Info") and of what its clients have met.

mod codes;

use domain::Timestamp;

use crate::rate::Silence;

pub use codes::Reaction;

/// A call without an answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Not sent: the venue has asked for silence.
    #[error("not sent: {0}")]
    Silent(Silence),
    /// Not sent: the rate budget is used up for longer than the call may wait.
    #[error("not sent: the rate budget is used up until {until}")]
    OverBudget {
        /// When there will be room.
        until: Timestamp,
    },
    /// Not sent: no connection could be made.
    #[error("not sent, no connection: {0}")]
    NotSent(String),
    /// Not sent: the client has no key, and the call needs one.
    #[error("not sent: this call needs an API key")]
    NoKey,
    /// Not sent: the venue has no such thing.
    #[error("not sent: {0}")]
    Impossible(&'static str),
    /// Not sent: the venue's time, which every signature needs, could not be measured.
    #[error("not sent, the venue's time is not known: {0}")]
    NoClock(Box<CallError>),
    /// Sent, and no answer within the time allowed.
    #[error("no answer: {0}")]
    TimedOut(&'static str),
    /// Sent, and the connection broke before the answer was complete.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The venue's own error.
    #[error("the venue answered {code} with status {status}: {message}")]
    Venue {
        /// HTTP status.
        status: u16,
        /// The venue's code, below zero.
        code: i64,
        /// The venue's words.
        message: String,
    },
    /// An error status without the venue's JSON.
    #[error("status {status}: {excerpt}")]
    Status {
        /// HTTP status.
        status: u16,
        /// Begin of the body.
        excerpt: String,
    },
    /// Somebody else answered: a redirect, or a page where JSON is due. Treated as a venue that is down.
    #[error("the answer is not the venue's (a captive portal?): status {status}, {excerpt}")]
    Foreign {
        /// HTTP status.
        status: u16,
        /// Begin of the body, or where a redirect leads.
        excerpt: String,
    },
    /// The body is larger than the client reads.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
    /// JSON that is not what the endpoint documents.
    #[error("an answer that cannot be read: {0}")]
    Malformed(String),
}

/// What an answer, or its absence, proves about a call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The venue decided: it answered with a code of rejection, or that it has the order already.
    Proof,
    /// It was not executed and may be tried again under the rules of its [`Reaction`].
    Refused,
    /// It may or may not have been executed: look it up, never send it again blindly.
    Unknown,
}

impl CallError {
    /// What it proves about a call that changes something.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Silent(_)
            | Self::OverBudget { .. }
            | Self::NotSent(_)
            | Self::NoKey
            | Self::Impossible(_)
            | Self::NoClock(_) => Outcome::Refused,
            Self::TimedOut(_)
            | Self::Broken(_)
            | Self::Foreign { .. }
            | Self::TooLarge { .. }
            | Self::Malformed(_) => Outcome::Unknown,
            Self::Venue { status, code, message } => codes::outcome(*status, *code, message),
            Self::Status { status, excerpt } => codes::outcome_of_status(*status, excerpt),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn reaction(&self) -> Reaction {
        match self {
            Self::Silent(_) | Self::OverBudget { .. } => Reaction::Slow,
            Self::NotSent(_) | Self::Foreign { .. } => Reaction::Retry,
            Self::NoKey => Reaction::User,
            Self::Impossible(_) => Reaction::Fix,
            Self::NoClock(error) if error.reaction() == Reaction::Unknown => Reaction::Retry,
            Self::NoClock(error) => error.reaction(),
            Self::TimedOut(_) | Self::Broken(_) => Reaction::Unknown,
            Self::TooLarge { .. } | Self::Malformed(_) => Reaction::Fix,
            Self::Venue { status, code, message } => codes::reaction(*status, *code, message),
            Self::Status { status, excerpt } => codes::reaction_to_status(*status, excerpt),
        }
    }

    /// The venue's code, when it sent one.
    #[must_use]
    pub const fn code(&self) -> Option<i64> {
        if let Self::Venue { code, .. } = self { Some(*code) } else { None }
    }

    /// Whether the venue cannot be reached at all: no connection, no answer, or somebody else's.
    #[must_use]
    pub const fn is_down(&self) -> bool {
        matches!(
            self,
            Self::NotSent(_) | Self::TimedOut(_) | Self::Broken(_) | Self::Foreign { .. }
        )
    }
}

#[cfg(test)]
mod tests;
