//! What follows from reports, in the order in which they come and out of it.

use domain::{
    ExecutionReport, ExitReason, ExpireReason, FillEnd, FilterBreach, Intent, OrderRequest, Rate,
    RejectReason, Timestamp,
};

use crate::support::{
    cancelled, filled, is_market, kernel, kernel_of, long, quantity, read, short,
};

const WHOLE: FillEnd = FillEnd::Complete;
const PART: FillEnd = FillEnd::Partial;

fn exit() -> Intent {
    exit_share("1")
}

fn exit_share(share: &str) -> Intent {
    let share = Rate::new(share.parse().unwrap()).unwrap();
    Intent::Exit { reason: ExitReason::Signal, share }
}

#[test]
fn a_filled_entry_is_protected_and_a_filled_target_takes_the_stop_back() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 1 MARKET 2"]);
    let (exits, texts) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    assert_eq!(texts, ["place 2 STOP_MARKET 2", "place 3 LIMIT 2"]);
    let (_, texts) = read(&kernel.tell(filled(&exits[1], "2", WHOLE)));
    assert_eq!(texts, ["cancel 2"]);
    assert_eq!(kernel.effects.trades.len(), 1);
    assert!(kernel.tell(cancelled(&exits[0])).is_empty());
    assert!(kernel.state.orders().open().is_empty());
}

#[test]
fn each_part_of_an_entry_renews_its_protection() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "0.5", PART));
    let (_, texts) = read(&kernel.tell(filled(&entry[0], "1.5", WHOLE)));
    assert_eq!(texts, ["cancel 2", "cancel 3", "place 4 STOP_MARKET 2", "place 5 LIMIT 2"]);
}

#[test]
fn a_part_of_a_target_shrinks_the_stop_but_not_the_target_itself() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let (exits, _) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    let (_, texts) = read(&kernel.tell(filled(&exits[1], "0.5", PART)));
    assert_eq!(texts, ["place 4 STOP_MARKET 1.5", "cancel 2"]);
}

#[test]
fn a_stop_that_is_being_filled_is_left_alone_and_the_target_taken_back() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let (exits, _) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    let (_, texts) = read(&kernel.tell(filled(&exits[0], "0.5", PART)));
    assert_eq!(texts, ["cancel 3"]);
    kernel.tell(cancelled(&exits[1]));
    assert!(kernel.tell(filled(&exits[0], "1.5", WHOLE)).is_empty());
    assert_eq!(kernel.effects.trades[0].exit_reason, ExitReason::StopLoss);
}

#[test]
fn what_is_left_of_an_entry_is_taken_back_with_its_trade() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let (exits, _) = read(&kernel.tell(filled(&entry[0], "0.5", PART)));
    let (_, texts) = read(&kernel.tell(filled(&exits[0], "0.5", WHOLE)));
    assert_eq!(texts, ["cancel 3", "cancel 1"]);
    // The cancel comes too late: what was bought meanwhile is a trade of its own, protected again.
    let (_, texts) = read(&kernel.tell(filled(&entry[0], "1", PART)));
    assert_eq!(texts, ["place 4 STOP_MARKET 1", "place 5 LIMIT 1"]);
    assert_eq!(kernel.effects.trades.len(), 1);
}

#[test]
fn late_fill_after_cancel_is_booked_and_protected() {
    let mut kernel = kernel(vec![vec![long("2")], vec![Intent::CancelEntries]]);
    let (entry, _) = read(&kernel.close());
    let (_, texts) = read(&kernel.close());
    assert_eq!(texts, ["cancel 1"]);
    kernel.tell(cancelled(&entry[0]));
    let (_, texts) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    assert_eq!(texts, ["place 2 STOP_MARKET 2", "place 3 LIMIT 2"]);
    let held = kernel.state.books().account().position(entry[0].position).copied();
    assert_eq!(held.map(|it| it.quantity), Some(quantity("2")));
}

#[test]
fn a_reversal_waits_until_the_old_position_is_gone() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit(), short("1")]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (leaving, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 4 MARKET 2"]);
    let (_, texts) = read(&kernel.tell(filled(&leaving[0], "1", PART)));
    assert_eq!(texts, ["cancel 2", "cancel 3"]);
    let (entered, texts) = read(&kernel.tell(filled(&leaving[0], "1", WHOLE)));
    assert_eq!(texts, ["place 5 MARKET 1"]);
    assert!(is_market(&entered[0]) && !entered[0].amount.only_reduces());
    kernel.tell(filled(&entered[0], "1", WHOLE));
    assert_eq!(kernel.effects.trades.len(), 1);
}

#[test]
fn an_exit_takes_back_what_is_left_of_its_entry() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit()]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "0.5", PART));
    let (_, texts) = read(&kernel.close());
    assert_eq!(texts, ["cancel 1", "place 4 MARKET 0.5"]);
}

#[test]
fn a_late_part_of_an_entry_is_protected_and_leaves_as_well() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit()]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "0.5", PART));
    let (leaving, _) = read(&kernel.close());
    let (placed, texts) = read(&kernel.tell(filled(&entry[0], "0.5", PART)));
    let protected = ["cancel 2", "cancel 3", "place 5 STOP_MARKET 1", "place 6 LIMIT 1"];
    assert_eq!(texts[..4], protected, "the exit of the first part goes on");
    assert_eq!(texts[4..], ["place 7 MARKET 0.5"]);
    kernel.tell(filled(&leaving[0], "0.5", WHOLE));
    kernel.tell(filled(&placed[2], "0.5", WHOLE));
    assert_eq!(kernel.effects.trades[0].quantity, quantity("1"));
}

#[test]
fn a_stop_that_cannot_be_placed_is_a_market_exit() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let (exits, _) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    let report = ExecutionReport::Rejected {
        order: exits[0].id,
        time: Timestamp::from_millis(0),
        reason: RejectReason::WouldTriggerImmediately,
    };
    let (leaving, texts) = read(&kernel.tell(report));
    assert_eq!(texts, ["place 4 MARKET 2"]);
    kernel.tell(filled(&leaving[0], "2", WHOLE));
    assert_eq!(kernel.effects.trades[0].exit_reason, ExitReason::StopLoss);
}

#[test]
fn an_exit_of_all_adds_what_an_exit_of_a_part_leaves() {
    let mut kernel = kernel(vec![
        vec![long("2")],
        vec![exit_share("0.25")],
        vec![exit(), short("1")],
        vec![exit()],
    ]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (first, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 4 MARKET 0.5"]);
    let (second, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 5 MARKET 1.5"], "the entry waits");
    assert!(kernel.close().is_empty());
    assert_eq!(kernel.effects.skips[0].skip.code(), "ALREADY_CLOSING");
    kernel.tell(filled(&first[0], "0.5", WHOLE));
    let (_, texts) = read(&kernel.tell(filled(&second[0], "1.5", WHOLE)));
    assert_eq!(texts.last().map(String::as_str), Some("place 8 MARKET 1"), "{texts:?}");
}

#[test]
fn parts_together_are_no_more_than_is_held() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit_share("0.7"), exit_share("0.7")]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (_, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 4 MARKET 1.4", "place 5 MARKET 0.6"]);
}

#[test]
fn an_exit_that_the_venue_refuses_is_told() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit()]]);
    let (entry, _) = read(&kernel.close());
    let (exits, _) = read(&kernel.tell(filled(&entry[0], "2", WHOLE)));
    let (leaving, _) = read(&kernel.close());
    let minimum = quantity("3");
    let refused = |order: &OrderRequest, reason| ExecutionReport::Rejected {
        order: order.id,
        time: Timestamp::from_millis(0),
        reason,
    };
    let filter = RejectReason::Filter(FilterBreach::QuantityMin { minimum, was: quantity("2") });
    kernel.tell(refused(&leaving[0], filter));
    kernel.tell(refused(&exits[1], RejectReason::NothingToReduce));
    let codes: Vec<_> = kernel.effects.skips.iter().map(|it| it.skip.code()).collect();
    assert_eq!(codes, ["FILTER_AT_VENUE"], "a race is none");
}

#[test]
fn a_refused_stop_closes_what_an_exit_of_a_part_leaves() {
    let moved = Intent::MoveStop(crate::support::price("95"));
    let mut kernel = kernel(vec![vec![long("2")], vec![exit_share("0.5"), moved]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (placed, texts) = read(&kernel.close());
    assert_eq!(texts, ["place 4 MARKET 1", "place 5 STOP_MARKET 2", "cancel 2"]);
    let report = ExecutionReport::Rejected {
        order: placed[1].id,
        time: Timestamp::from_millis(0),
        reason: RejectReason::WouldTriggerImmediately,
    };
    let (_, texts) = read(&kernel.tell(report));
    assert_eq!(texts, ["place 6 MARKET 1"]);
}

#[test]
fn an_entry_that_comes_to_nothing_is_told_once() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let expired = ExecutionReport::Expired {
        order: entry[0].id,
        time: Timestamp::from_millis(0),
        reason: ExpireReason::TimeInForce,
    };
    kernel.tell(expired);
    kernel.tell(expired);
    assert_eq!(kernel.effects.skips.len(), 1);
    assert_eq!(kernel.effects.skips[0].skip.code(), "EXPIRED");
}

#[test]
fn a_report_that_cannot_be_is_an_error_and_books_nothing() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    let before = kernel.state.books().account().positions().count();
    assert!(kernel.try_tell(filled(&entry[0], "2.1", WHOLE)).is_err());
    assert_eq!(kernel.state.books().account().positions().count(), before);
    assert!(kernel.effects.fills.is_empty());
}

/// Two round trips of one of two sleeves. After each report the first `taken` executions are taken from the
/// list. Gives the numbers of the trades that those in the list belong to.
fn numbers(taken: usize) -> Vec<u32> {
    let mut kernel = kernel_of(vec![vec![vec![long("2")], vec![short("2")]], Vec::new()]);
    for _ in 0..2 {
        let (entry, _) = read(&kernel.close());
        for (amount, end) in [("0.5", PART), ("1.5", WHOLE)] {
            kernel.tell(filled(&entry[0], amount, end));
            kernel.effects.fills.drain(..taken.min(kernel.effects.fills.len()));
        }
        let target = *kernel.state.orders().open().last().unwrap();
        kernel.tell(filled(&target.request, "2", WHOLE));
    }
    assert_eq!(kernel.effects.trades.len(), 2);
    kernel.effects.fills.iter().map(|record| record.trade).collect()
}

#[test]
fn executions_get_the_number_of_their_trade_even_if_some_were_taken_from_the_list() {
    assert_eq!(numbers(0), [1, 1, 1, 2, 2, 2]);
    assert_eq!(numbers(1), [2, 2]);
    assert_eq!(numbers(9), [2]);
}

#[test]
fn the_end_takes_everything_back_and_closes_at_market() {
    let mut kernel = kernel(vec![vec![long("2")]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (_, texts) = read(&kernel.end());
    assert_eq!(texts, ["cancel 2", "cancel 3", "place 4 MARKET 2"]);
}

#[test]
fn the_end_forgets_entries_that_were_waiting_for_a_flat_sleeve() {
    let mut kernel = kernel(vec![vec![long("2")], vec![exit(), short("1")]]);
    let (entry, _) = read(&kernel.close());
    kernel.tell(filled(&entry[0], "2", WHOLE));
    let (leaving, _) = read(&kernel.close());
    kernel.end();
    let (_, texts) = read(&kernel.tell(filled(&leaving[0], "2", WHOLE)));
    assert!(texts.iter().all(|text| !text.starts_with("place")), "{texts:?}");
}

#[test]
fn equal_events_give_equal_effects() {
    let play = || {
        let mut kernel = kernel(vec![vec![long("2")], vec![exit(), short("1")]]);
        let (entry, _) = read(&kernel.close());
        kernel.tell(filled(&entry[0], "2", WHOLE));
        let commands = kernel.close();
        (kernel.effects, commands)
    };
    assert_eq!(play(), play());
}
