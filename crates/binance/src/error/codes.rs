//! The venue's codes and statuses as two tables: what they prove, and what to do.
//!
//! Where sources disagree the safer reading is taken: -1001 is unknown, though one page calls it a failure.

use super::Outcome;

/// What to do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Look the order up by its client id; for a read, ask again later.
    Unknown,
    /// Ask again after a back-off; nothing was executed.
    Retry,
    /// Wait for the rate budget or the end of a silence, then go on slower.
    Slow,
    /// Measure the venue's time, sign again, send once more.
    Clock,
    /// Our mistake, or stale filters: reload what is listed, tell, do not repeat.
    Fix,
    /// Somebody has to act: keys, funds, region, agreements.
    User,
    /// What was asked for is already so: a success.
    AlreadySo,
    /// Our picture is wrong: look at orders and positions.
    Reconcile,
    /// A refusal in the normal course of trading: whoever decided decides anew.
    Decide,
}

/// Statuses of a gateway that may have passed the request on.
const UNDECIDED: [u16; 4] = [408, 500, 502, 504];

pub(super) fn outcome(status: u16, code: i64, message: &str) -> Outcome {
    match code {
        -1000 | -1001 | -1006 | -1007 => Outcome::Unknown,
        -1003 | -1008 | -1015 | -1016 | -1021 | -5028 => Outcome::Refused,
        _ if matches!(status, 429 | 418 | 403) => Outcome::Refused,
        _ if status >= 500 || status == 408 => outcome_of_status(status, message),
        _ => Outcome::Proof,
    }
}

pub(super) fn outcome_of_status(status: u16, text: &str) -> Outcome {
    match status {
        429 | 418 | 403 => Outcome::Refused,
        503 if is_never_executed(text) => Outcome::Refused,
        408 | 500.. | 200..=299 => Outcome::Unknown,
        _ => Outcome::Proof,
    }
}

/// "Service Unavailable." is a failure in every case; "Unknown error" is not.
fn is_never_executed(text: &str) -> bool {
    text.to_ascii_lowercase().contains("service unavailable")
}

pub(super) fn reaction_to_status(status: u16, text: &str) -> Reaction {
    match status {
        429 | 418 | 403 => Reaction::Slow,
        401 | 451 => Reaction::User,
        503 if is_never_executed(text) => Reaction::Retry,
        408 | 500.. => Reaction::Unknown,
        _ => Reaction::Fix,
    }
}

pub(super) fn reaction(status: u16, code: i64, message: &str) -> Reaction {
    if matches!(status, 429 | 418) {
        return Reaction::Slow;
    }
    match code {
        -1000 | -1001 | -1006 | -1007 => Reaction::Unknown,
        -1003 | -1015 | -4400 => Reaction::Slow,
        -1008 | -1016 | -1112 | -2020 | -4131 => Reaction::Retry,
        -1021 | -5028 => Reaction::Clock,
        -4046 | -4059 | -4171 | -5027 => Reaction::AlreadySo,
        -1002
        | -1099
        | -1108
        | -1109
        | -2014
        | -2015
        | -2019..=-2017
        | -2023
        | -2027
        | -2028
        | -4047
        | -4048
        | -4067
        | -4068
        | -4087
        | -4088
        | -4107..=-4105
        | -4109
        | -4161
        | -4189
        | -4192
        | -4209..=-4202
        | -4403..=-4401
        | -4411
        | -4531 => Reaction::User,
        -1125 | -2013..=-2011 | -2022 | -2024 | -4061 | -4118..=-4116 | -4130 => {
            Reaction::Reconcile
        }
        -2021 | -5021 | -5022 => Reaction::Decide,
        _ if UNDECIDED.contains(&status) || status >= 500 => reaction_to_status(status, message),
        _ => Reaction::Fix,
    }
}
