//! Room for another entry: per sleeve, per position and per account.

use domain::{Direction, Entry, PositionSide};
use risk::{Exposure, ExposureState, Refusal, RiskRules, SleeveRules};

use crate::support::{Setup, fixed, hedge, held, long_of, position, signal};

/// What a long of sleeve 0 on instrument 0 is answered next to these exposures.
fn check(rules: RiskRules, exposures: Vec<Exposure>, expected: Option<Refusal>) {
    let setup = Setup { exposures, ..Setup::with(rules) };
    assert_eq!(setup.review(long_of("1")).err(), expected);
}

fn waiting(exposure: Exposure) -> Exposure {
    Exposure { state: ExposureState::Waiting, ..exposure }
}

fn closing(exposure: Exposure) -> Exposure {
    Exposure { state: ExposureState::Closing, ..exposure }
}

fn short(exposure: Exposure) -> Exposure {
    Exposure { direction: Direction::Short, ..exposure }
}

#[test]
fn a_sleeve_has_one_position() {
    let own = held(0, position(0), "100");
    let open = Some(Refusal::PositionOpen);
    check(RiskRules::default(), vec![own], open);
    check(RiskRules::default(), vec![waiting(own)], open);
    check(RiskRules::default(), vec![short(own)], open);
    check(RiskRules::default(), vec![closing(own)], None);
    check(RiskRules::default(), vec![closing(short(own))], None);
    assert_eq!(Refusal::PositionOpen.code(), "POSITION_OPEN");
}

#[test]
fn a_position_may_be_enlarged_up_to_its_entries_in_one_direction() {
    let rules = RiskRules { entries_max: Some(3), ..RiskRules::default() };
    let own = |entries| Exposure { entries, ..held(0, position(0), "100") };
    let open = Some(Refusal::PositionOpen);
    check(rules, vec![own(2)], None);
    check(rules, vec![own(3)], open);
    check(rules, vec![own(2), waiting(own(1))], open);
    check(rules, vec![own(1), waiting(own(1))], None);
    check(rules, vec![short(own(1))], open);
}

#[test]
fn what_one_strategy_is_made_of_binds_no_other_and_yields_to_the_account() {
    let own = |entries| Exposure { entries, ..held(0, position(0), "100") };
    let review = |account: Option<u32>, sleeve: Option<u32>| {
        let rules = RiskRules { entries_max: account, ..RiskRules::default() };
        let sleeve = SleeveRules { entries_max: sleeve, ..SleeveRules::default() };
        let setup = Setup { rules, sleeve, exposures: vec![own(2)], ..Setup::default() };
        setup.review(long_of("1")).is_ok()
    };
    assert!(review(None, Some(3)));
    assert!(!review(None, Some(2)));
    assert!(!review(None, None), "one entry where nobody says otherwise");
    assert!(!review(Some(2), Some(3)), "the account's rule binds");
    assert!(review(Some(3), Some(1)));
}

#[test]
fn a_one_way_position_has_one_direction_for_all_sleeves() {
    let other = held(1, position(0), "100");
    let opposite = Refusal::OppositePosition { held: Direction::Short };
    assert_eq!(opposite.code(), "OPPOSITE_POSITION");
    check(RiskRules::default(), vec![short(other)], Some(opposite));
    check(RiskRules::default(), vec![waiting(short(other))], Some(opposite));
    check(RiskRules::default(), vec![closing(short(other))], None);
    check(RiskRules::default(), vec![other], None);
    check(RiskRules::default(), vec![short(held(1, position(1), "100"))], None);
}

#[test]
fn hedge_positions_live_side_by_side() {
    let exposures = vec![held(1, hedge(0, PositionSide::Short), "100")];
    let long = hedge(0, PositionSide::Long);
    let setup = Setup { position: long, exposures, ..Setup::default() };
    assert!(setup.review(long_of("1")).is_ok());
    let wrong = Entry::at_market(signal(Direction::Short), fixed("1"));
    let opposite = Refusal::OppositePosition { held: Direction::Long };
    assert_eq!(setup.review(wrong), Err(opposite));
}

#[test]
fn the_account_has_so_many_positions() {
    let rules = RiskRules { positions_max: Some(2), entries_max: Some(9), ..RiskRules::default() };
    let own = held(0, position(0), "100");
    let first = held(1, position(1), "100");
    let second = held(2, position(1), "100");
    let full = Refusal::PositionsMax { maximum: 2, was: 3 };
    assert_eq!(full.code(), "POSITIONS_MAX");
    check(rules, vec![first], None);
    check(rules, vec![first, second], Some(full));
    check(rules, vec![first, waiting(second)], Some(full));
    check(rules, vec![first, closing(second)], None);
    check(rules, vec![first, waiting(first)], None);
    check(rules, vec![own, waiting(own), first], None);
    let none = RiskRules { positions_max: Some(0), ..rules };
    check(none, vec![], Some(Refusal::PositionsMax { maximum: 0, was: 1 }));
}
