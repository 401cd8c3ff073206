//! The two tables, row by row.

use super::*;

fn venue(status: u16, code: i64) -> CallError {
    CallError::Venue { status, code, message: String::new() }
}

fn status(status: u16, excerpt: &str) -> CallError {
    CallError::Status { status, excerpt: excerpt.into() }
}

fn check(error: &CallError, outcome: Outcome, reaction: Reaction) {
    assert_eq!((error.outcome(), error.reaction()), (outcome, reaction), "{error}");
}

#[test]
fn rejections_are_proof() {
    for code in [-1111, -4014, -4023, -4164, -4003, -2010, -1121, -4120] {
        check(&venue(400, code), Outcome::Proof, Reaction::Fix);
    }
    check(&venue(400, -2019), Outcome::Proof, Reaction::User);
    check(&venue(401, -2015), Outcome::Proof, Reaction::User);
    check(&venue(400, -2021), Outcome::Proof, Reaction::Decide);
    check(&venue(400, -5022), Outcome::Proof, Reaction::Decide);
    check(&venue(400, -4116), Outcome::Proof, Reaction::Reconcile);
    check(&venue(400, -2011), Outcome::Proof, Reaction::Reconcile);
    check(&venue(400, -4046), Outcome::Proof, Reaction::AlreadySo);
    check(&venue(400, -9999), Outcome::Proof, Reaction::Fix);
}

#[test]
fn what_was_not_executed_is_refused() {
    check(&venue(400, -1021), Outcome::Refused, Reaction::Clock);
    check(&venue(400, -5028), Outcome::Refused, Reaction::Clock);
    check(&venue(429, -1003), Outcome::Refused, Reaction::Slow);
    check(&venue(418, -1003), Outcome::Refused, Reaction::Slow);
    check(&venue(400, -1015), Outcome::Refused, Reaction::Slow);
    check(&venue(503, -1008), Outcome::Refused, Reaction::Retry);
    check(&status(503, "Service Unavailable."), Outcome::Refused, Reaction::Retry);
    check(&status(403, "<html>"), Outcome::Refused, Reaction::Slow);
    check(&CallError::NotSent("refused".into()), Outcome::Refused, Reaction::Retry);
}

#[test]
fn everything_in_doubt_is_unknown() {
    for code in [-1000, -1001, -1006, -1007] {
        check(&venue(503, code), Outcome::Unknown, Reaction::Unknown);
        check(&venue(400, code), Outcome::Unknown, Reaction::Unknown);
    }
    for code in [408, 500, 502, 504] {
        check(&status(code, ""), Outcome::Unknown, Reaction::Unknown);
    }
    let text = "Unknown error, please check your request or try again later.";
    check(&status(503, text), Outcome::Unknown, Reaction::Unknown);
    assert_eq!(venue(503, -9999).outcome(), Outcome::Unknown);
    assert_eq!(CallError::TimedOut("header").outcome(), Outcome::Unknown);
    assert_eq!(CallError::Broken("reset".into()).outcome(), Outcome::Unknown);
    assert_eq!(CallError::Malformed("cut off".into()).outcome(), Outcome::Unknown);
    assert_eq!(CallError::TooLarge { limit: 1 }.outcome(), Outcome::Unknown);
    let page = CallError::Foreign { status: 200, excerpt: "<html>".into() };
    check(&page, Outcome::Unknown, Reaction::Retry);
    assert!(page.is_down());
}
